package dev.patron.pipelines.report;

import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import dev.patron.features.tables.Tables;
import java.text.NumberFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Currency;
import java.util.List;
import java.util.Locale;

/**
 * The segments as a table of text, for the end of a run: one line a segment and one for all
 * customers. Columns are aligned by the width that terminals give to characters.
 */
public final class SummaryTable {
  private static final String GAP = "  ";
  private static final String MISSING = "-";
  private static final int WIDEST_NAME = 40;

  private SummaryTable() {}

  /**
   * The table, every line ending in a line feed; a sentence if there are no customers.
   *
   * @param segmentSummary {@link Tables#SEGMENT_SUMMARY}, in any order
   * @param currency ISO 4217 code, or empty for plain numbers
   * @param locale how numbers are written
   * @param horizonDays how far the expected value reaches
   */
  public static String render(
      Frame segmentSummary, String currency, Locale locale, int horizonDays) {
    Frame segments =
        segmentSummary.conform(Tables.SEGMENT_SUMMARY).sort(List.of("segment_id", "segment"));
    long customers = 0;
    for (int row = 0; row < segments.rows(); row++) {
      customers += segments.longs("customers").get(row);
    }
    if (customers == 0) {
      return "No customers yet: there is no purchase at or before the observation time.\n";
    }
    Numbers numbers = new Numbers(currency, locale);
    List<List<String>> lines = new ArrayList<>();
    lines.add(
        List.of(
            "Segment",
            "Customers",
            "Revenue",
            "Recency, days",
            "Purchases",
            "Spent",
            "Value, " + horizonDays + " days"));
    for (int row = 0; row < segments.rows(); row++) {
      Object name = segments.value(row, "segment");
      lines.add(
          List.of(
              printable(name == null ? "(no segment)" : name.toString()),
              numbers.count(segments.longs("customers").get(row)),
              numbers.share(value(segments, "share_of_revenue", row)),
              numbers.decimal(value(segments, "mean_recency_days", row)),
              numbers.decimal(value(segments, "mean_frequency", row)),
              numbers.money(value(segments, "mean_monetary", row)),
              numbers.money(value(segments, "mean_cltv", row))));
    }
    lines.add(
        List.of(
            "All",
            numbers.count(customers),
            numbers.share(sum(segments, "share_of_revenue")),
            numbers.decimal(mean(segments, "mean_recency_days")),
            numbers.decimal(mean(segments, "mean_frequency")),
            numbers.money(mean(segments, "mean_monetary")),
            numbers.money(mean(segments, "mean_cltv"))));
    return layOut(lines);
  }

  /** One value; NaN if it is null. */
  private static double value(Frame segments, String name, int row) {
    Column column = segments.column(name);
    return column.isNull(row) ? Double.NaN : segments.doubles(name).get(row);
  }

  /** The sum of what is known; NaN if nothing is. */
  private static double sum(Frame segments, String name) {
    double sum = 0;
    int known = 0;
    for (int row = 0; row < segments.rows(); row++) {
      double value = value(segments, name, row);
      if (!Double.isNaN(value)) {
        sum += value;
        known++;
      }
    }
    return known == 0 ? Double.NaN : sum;
  }

  /** The mean over the customers of the segments where it is known; NaN if nowhere. */
  private static double mean(Frame segments, String name) {
    double sum = 0;
    long customers = 0;
    for (int row = 0; row < segments.rows(); row++) {
      double value = value(segments, name, row);
      if (!Double.isNaN(value)) {
        long weight = segments.longs("customers").get(row);
        sum += value * weight;
        customers += weight;
      }
    }
    return customers == 0 ? Double.NaN : sum / customers;
  }

  /** Names to the left, numbers to the right, a rule below the head and above the last line. */
  private static String layOut(List<List<String>> lines) {
    int[] widths = new int[lines.get(0).size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], width(line.get(i)));
      }
    }
    String rule = "-".repeat(Arrays.stream(widths).sum() + GAP.length() * (widths.length - 1));
    StringBuilder text = new StringBuilder();
    for (int at = 0; at < lines.size(); at++) {
      if (at == 1 || at == lines.size() - 1) {
        text.append(rule).append('\n');
      }
      List<String> line = lines.get(at);
      for (int i = 0; i < widths.length; i++) {
        String padding = " ".repeat(widths[i] - width(line.get(i)));
        text.append(i == 0 ? "" : GAP)
            .append(i == 0 ? line.get(i) + padding : padding + line.get(i));
      }
      text.append('\n');
    }
    return text.toString();
  }

  /**
   * A name as it may go to a terminal: characters that steer terminals or turn the direction of
   * writing are replaced, and what is too long is cut.
   */
  private static String printable(String name) {
    StringBuilder text = new StringBuilder();
    int width = 0;
    for (int character : name.codePoints().toArray()) {
      int shown = steers(character) ? '\uFFFD' : character;
      width += width(shown);
      if (width > WIDEST_NAME - 1) {
        return text.append('…').toString();
      }
      text.appendCodePoint(shown);
    }
    return text.toString();
  }

  private static boolean steers(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default ->
          (character >= 0x202A && character <= 0x202E)
              || (character >= 0x2066 && character <= 0x2069);
    };
  }

  /** How many columns of a terminal this text takes. */
  static int width(String text) {
    return text.codePoints().map(SummaryTable::width).sum();
  }

  /**
   * Two for East Asian wide characters and emoji (UAX 11), none for marks and joiners, else one.
   */
  private static int width(int character) {
    int type = Character.getType(character);
    if (type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.FORMAT) {
      return 0;
    }
    boolean wide =
        (character >= 0x1100 && character <= 0x115F)
            || (character >= 0x2E80 && character <= 0xA4CF && character != 0x303F)
            || (character >= 0xAC00 && character <= 0xD7A3)
            || (character >= 0xF900 && character <= 0xFAFF)
            || (character >= 0xFE30 && character <= 0xFE6F)
            || (character >= 0xFF00 && character <= 0xFF60)
            || (character >= 0xFFE0 && character <= 0xFFE6)
            || (character >= 0x1F300 && character <= 0x1F64F)
            || (character >= 0x1F680 && character <= 0x1F6FF)
            || (character >= 0x1F900 && character <= 0x1FAFF)
            || (character >= 0x20000 && character <= 0x3FFFD);
    return wide ? 2 : 1;
  }

  /** Numbers in the words of a locale; NaN is written as missing. */
  private static final class Numbers {
    private final NumberFormat counts;
    private final NumberFormat shares;
    private final NumberFormat decimals;
    private final NumberFormat amounts;
    private final String suffix;

    Numbers(String currency, Locale locale) {
      counts = NumberFormat.getIntegerInstance(locale);
      shares = fixed(NumberFormat.getPercentInstance(locale), 1);
      decimals = fixed(NumberFormat.getNumberInstance(locale), 1);
      Currency known =
          Currency.getAvailableCurrencies().stream()
              .filter(candidate -> candidate.getCurrencyCode().equals(currency))
              .findAny()
              .orElse(null);
      if (known == null) {
        amounts = fixed(NumberFormat.getNumberInstance(locale), 2);
        suffix = currency.isEmpty() ? "" : " " + currency;
      } else {
        amounts = NumberFormat.getCurrencyInstance(locale);
        amounts.setCurrency(known);
        fixed(amounts, Math.max(0, known.getDefaultFractionDigits()));
        suffix = "";
      }
    }

    private static NumberFormat fixed(NumberFormat format, int digits) {
      format.setMinimumFractionDigits(digits);
      format.setMaximumFractionDigits(digits);
      return format;
    }

    String count(long number) {
      return counts.format(number);
    }

    String share(double fraction) {
      return Double.isFinite(fraction) ? shares.format(fraction) : MISSING;
    }

    String decimal(double number) {
      return Double.isFinite(number) ? decimals.format(number) : MISSING;
    }

    String money(double amount) {
      return Double.isFinite(amount) ? amounts.format(amount) + suffix : MISSING;
    }
  }
}
