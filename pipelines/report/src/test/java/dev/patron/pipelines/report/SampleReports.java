package dev.patron.pipelines.report;

import dev.patron.features.accounts.Account;
import dev.patron.features.accounts.Account.Count;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.Tables;
import dev.patron.pipelines.report.ReportData.Calibration;
import dev.patron.pipelines.report.ReportData.ModelFacts;
import dev.patron.pipelines.report.ReportData.RfmCell;
import dev.patron.pipelines.report.ReportData.Shop;
import dev.patron.pipelines.report.ReportData.TableQuality;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Invented shops of every size. The main method writes a page for each, to be looked at: {@code
 * java ... SampleReports target/pages}.
 */
final class SampleReports {
  private static final Instant AS_OF = Instant.parse("2025-06-30T21:59:59.999999Z");
  private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");

  private SampleReports() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    Map<String, ReportData> pages =
        Map.of(
            "bookstore", bookstore(Locale.US, "EUR"),
            "german", bookstore(Locale.GERMANY, "EUR"),
            "eleven", eleven(),
            "empty", empty(),
            "tiny", tiny(),
            "hostile", hostile());
    for (Map.Entry<String, ReportData> page : pages.entrySet()) {
      Files.writeString(
          folder.resolve(page.getKey() + ".html"),
          ReportPage.render(page.getValue()),
          StandardCharsets.UTF_8);
    }
  }

  static Shop shop(Locale locale, String currency) {
    return new Shop("bookstore", currency, locale, ZONE, AS_OF, 365);
  }

  /** A shop without a purchase. */
  static ReportData empty() {
    return ReportData.empty(new Shop("bookstore", "EUR", Locale.US, ZONE, null, 365));
  }

  /** A shop with three customers, all of this month. */
  static ReportData tiny() {
    Instant asOf = Instant.parse("2025-06-12T21:59:59.999999Z");
    return new ReportData(
        new Shop("lemonade", "", Locale.UK, ZONE, asOf, 90),
        Frame.ofRows(
            Tables.SEGMENT_SUMMARY,
            List.of(
                Arrays.asList(
                    0L, "Recent", 3L, 1.0, 42.5, 1.0, 4.0, 1.3, 14.17, null, null, null))),
        Frame.ofRows(
            Tables.REVENUE_BY_MONTH,
            List.of(List.of(LocalDate.of(2025, 6, 1), 4L, 3L, 1L, 42.5, 0.0))),
        Frame.ofRows(
            Tables.COHORT_RETENTION,
            List.of(List.of(LocalDate.of(2025, 6, 1), 0L, 3L, 3L, 1.0, 42.5))),
        Frame.empty(Tables.SEGMENT_MIGRATION),
        List.of(new RfmCell(3, 3, "Potential Loyalists", 3, 42.5)),
        List.of(),
        List.of(
            new ModelFacts(
                "segments",
                "1",
                "RFM map",
                List.of("Three customers are too few for K-Means; segments come from RFM."))),
        List.of(),
        new TreeMap<>(Map.of("silver/purchases", 0L)));
  }

  /** Names that try to be markup, scripts, templates and formulas. */
  static ReportData hostile() {
    List<String> names =
        List.of(
            "<script>alert(1)</script>",
            "</script><img src=x onerror=alert(1)>",
            "\"><b>'&amp;\u2028\u2029",
            "=HYPERLINK(\"x\")",
            "{{script}}{name|x}<!-- <script>");
    List<List<Object>> rows = new ArrayList<>();
    List<RfmCell> cells = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      rows.add(
          List.of(
              (long) i,
              names.get(i),
              100L - i,
              0.2,
              1000.0 - 90 * i,
              0.2,
              10.0,
              2.0,
              10.0,
              0.5,
              5.0,
              500.0));
      cells.add(new RfmCell(i + 1, i + 1, names.get(i), 100 - i, 1000.0));
    }
    ReportData sample = bookstore(Locale.US, "USD");
    return new ReportData(
        new Shop("<b>shop</b> {{data}}", "USD", Locale.US, ZONE, AS_OF, 365),
        Frame.ofRows(Tables.SEGMENT_SUMMARY, rows),
        sample.revenueByMonth(),
        sample.cohortRetention(),
        Frame.ofRows(
            Tables.SEGMENT_MIGRATION,
            List.of(List.of(AS_OF, AS_OF, names.get(0), names.get(1), 3L))),
        cells,
        sample.calibrations(),
        List.of(new ModelFacts(names.get(0), names.get(1), names.get(2), names)),
        List.of(new TableQuality(names.get(1), Map.of(), new TreeMap<>(Map.of(names.get(0), 3L)))),
        new TreeMap<>(Map.of(names.get(1), 7L)));
  }

  /** Segments straight from the RFM map, an open month at the end. */
  static ReportData eleven() {
    ReportData sample = bookstore(Locale.US, "USD");
    Map<String, long[]> bySegment = new TreeMap<>();
    for (RfmCell cell : sample.rfm()) {
      long[] sums = bySegment.computeIfAbsent(cell.segment(), name -> new long[2]);
      sums[0] += cell.customers();
      sums[1] += (long) cell.revenue();
    }
    double customers = bySegment.values().stream().mapToLong(sums -> sums[0]).sum();
    double revenue = bySegment.values().stream().mapToLong(sums -> sums[1]).sum();
    List<List<Object>> rows = new ArrayList<>();
    bySegment.forEach(
        (name, sums) ->
            rows.add(
                List.of(
                    (long) rows.size(),
                    name,
                    sums[0],
                    sums[0] / customers,
                    (double) sums[1],
                    sums[1] / revenue,
                    100.0,
                    3.0,
                    sums[1] / (double) sums[0],
                    0.4,
                    12.0,
                    12.0 * sums[0])));
    return new ReportData(
        new Shop(
            "A shop with a rather long name that goes on",
            "USD",
            Locale.US,
            ZoneId.of("UTC"),
            Instant.parse("2025-06-12T23:59:59Z"),
            180),
        Frame.ofRows(Tables.SEGMENT_SUMMARY, rows),
        sample.revenueByMonth(),
        sample.cohortRetention(),
        sample.segmentMigration(),
        sample.rfm(),
        sample.calibrations().subList(0, 1),
        List.of(),
        sample.quality(),
        sample.tableVersions());
  }

  /** A shop of 23,570 customers over three years. */
  static ReportData bookstore(Locale locale, String currency) {
    Random random = new Random(42);
    Frame segments =
        Frame.ofRows(
            Tables.SEGMENT_SUMMARY,
            List.of(
                segment(0, "Champions", 1_980, .084, 1_214_300, .412, 18.2, 11.4, .94, 412.8),
                segment(1, "Loyal", 3_771, .160, 742_400, .252, 61.0, 5.2, .81, 128.4),
                segment(2, "Promising", 4_714, .200, 389_000, .132, 74.5, 1.9, .62, 51.3),
                segment(3, "At Risk", 5_185, .220, 436_100, .148, 348.1, 3.6, .31, 22.9),
                segment(4, "Lost", 7_920, .336, 165_000, .056, 611.7, 1.1, .08, 2.4)));
    List<List<Object>> months = new ArrayList<>();
    LocalDate first = LocalDate.of(2022, 7, 1);
    for (int i = 0; i < 36; i++) {
      double season = 1 + (first.plusMonths(i).getMonthValue() >= 11 ? .7 : 0);
      double revenue =
          Math.round((46_000 + 1_400 * i) * season * (.92 + .16 * random.nextDouble()));
      months.add(
          List.of(
              first.plusMonths(i),
              (long) (revenue / 37),
              (long) (revenue / 44),
              (long) (revenue / 900),
              revenue,
              Math.rint(revenue * .021)));
    }
    List<List<Object>> cohorts = new ArrayList<>();
    for (int cohort = 18; cohort < 36; cohort++) {
      long size = 420L + random.nextInt(300);
      for (int since = 0; since < 36 - cohort; since++) {
        double retention = since == 0 ? 1 : (.08 + .22 / since) * (.85 + .3 * random.nextDouble());
        long back = Math.round(size * retention);
        cohorts.add(
            List.of(
                first.plusMonths(cohort),
                (long) since,
                size,
                back,
                back / (double) size,
                back * 37.0));
      }
    }
    Instant before = Instant.parse("2025-03-31T21:59:59.999999Z");
    Frame migration =
        Frame.ofRows(
            Tables.SEGMENT_MIGRATION,
            List.of(
                List.of(before, AS_OF, "Champions", "Champions", 1_810L),
                List.of(before, AS_OF, "Champions", "Loyal", 122L),
                List.of(before, AS_OF, "Loyal", "At Risk", 341L),
                List.of(before, AS_OF, "At Risk", "Lost", 1_204L),
                List.of(before, AS_OF, "Lost", "Lost", 6_511L),
                Arrays.asList(before, AS_OF, null, "Promising", 912L)));
    return new ReportData(
        shop(locale, currency),
        segments,
        Frame.ofRows(Tables.REVENUE_BY_MONTH, months),
        Frame.ofRows(Tables.COHORT_RETENTION, cohorts),
        migration,
        rfm(),
        List.of(
            calibration(
                Calibration.Grouping.DECILE,
                Calibration.Measure.SPEND,
                List.of("1", "2", "3", "4", "5", "6", "7", "8", "9", "10"),
                new double[] {1.1, 1.9, 3.4, 6.0, 9.8, 15.5, 26.1, 47.9, 92.0, 291.4},
                new double[] {1.4, 2.2, 3.1, 6.9, 9.1, 17.0, 24.2, 51.3, 99.7, 304.0}),
            calibration(
                Calibration.Grouping.FREQUENCY,
                Calibration.Measure.PURCHASES,
                List.of("0", "1", "2", "3", "4", "5", "6", "7+"),
                new double[] {.21, .55, 1.02, 1.49, 2.0, 2.55, 3.01, 6.4},
                new double[] {.24, .60, 1.06, 1.40, 2.2, 2.5, 3.3, 6.1})),
        List.of(
            new ModelFacts("segments", "3", "K-Means on RFM, k = 5", List.of()),
            new ModelFacts(
                "cltv",
                "7",
                "Blend of BG/NBD with Gamma-Gamma and boosted trees",
                List.of(
                    "Drop-out is not identified on this history: nothing tells a customer who"
                        + " left from one who buys rarely."))),
        List.of(
            quality("customers", 25_120, 41, 3, 0, Map.of("MISSING_KEY", 12L, "MALFORMED", 29L)),
            quality("books", 8_412, 0, 0, 0, Map.of()),
            quality("orders", 69_659, 118, 12, 702, Map.of("RULE", 100L, "WRONG_TYPE", 18L))),
        new TreeMap<>(
            Map.of("silver/purchases", 14L, "gold/customer_features", 9L, "gold/scores", 9L)),
        headlines(before),
        SampleSlices.of(List.of("Champions", "Loyal", "Promising", "At Risk", "Lost"), AS_OF, ZONE),
        products(),
        new ReportData.Customers(
            SampleSlices.CUSTOMERS,
            SampleSlices.described(List.of("Champions", "Loyal", "Promising", "At Risk", "Lost"))),
        backTest(),
        Frame.empty(Schema.of()));
  }

  private static Frame headlines(Instant before) {
    return Frame.ofRows(
        Tables.HEADLINES,
        List.of(
            List.of(1L, before, 22_658L, 70_110L, 2_801_400.0, .41, 1_602_000.0, 365L),
            List.of(2L, AS_OF, 23_570L, 74_300L, 2_946_800.0, .43, 1_681_113.1, 365L)));
  }

  private static List<ReportData.Product> products() {
    Instant first = Instant.parse("2022-07-01T00:00:00Z");
    Instant then = Instant.parse("2024-02-01T00:00:00Z");
    return List.of(
        new ReportData.Product(
            "7",
            "The Sea, the Sea",
            912,
            List.of(
                new ReportData.Product.Price(first, then, 9.99),
                new ReportData.Product.Price(then, null, 11.49))),
        new ReportData.Product("9", "9", 640, List.of()));
  }

  /** Two candidates at two cut-offs and together, as {@code ops/backtest} has them. */
  static Frame backTest() {
    Schema schema =
        Schema.of()
            .with("cutoff", Type.DATE)
            .with("candidate", Type.STRING)
            .with("role", Type.STRING)
            .with("target", Type.STRING)
            .with("chosen", Type.BOOLEAN)
            .with("customers", Type.LONG)
            .with("expected_total", Type.DOUBLE)
            .with("actual_total", Type.DOUBLE)
            .with("mae", Type.DOUBLE)
            .with("rmse", Type.DOUBLE)
            .with("bias", Type.DOUBLE)
            .with("gini", Type.DOUBLE)
            .with("coverage", Type.DOUBLE);
    List<List<Object>> rows = new ArrayList<>();
    for (LocalDate day : Arrays.asList(LocalDate.of(2024, 1, 1), LocalDate.of(2024, 7, 1), null)) {
      rows.add(
          Arrays.asList(
              day, "blend", "blend", "spend", true, 900L, 9_000.0, 9_400.0, 31.9, 92.1, -.04, .72,
              .91));
      rows.add(
          Arrays.asList(
              day, "mean", "naive", "spend", false, 900L, 9_900.0, 9_400.0, 39.0, 114.0, .05, 0.0,
              null));
    }
    return Frame.ofRows(schema, rows);
  }

  private static TableQuality quality(
      String table,
      long read,
      long refused,
      long duplicates,
      long anonymous,
      Map<String, Long> by) {
    Account account = new Account();
    account.count(Count.READ, read);
    account.count(Count.QUARANTINED, refused);
    account.count(Count.DUPLICATE, duplicates);
    account.count(Count.ANONYMOUS, anonymous);
    return TableQuality.of(table, account, new TreeMap<>(by));
  }

  private static Calibration calibration(
      Calibration.Grouping by,
      Calibration.Measure measure,
      List<String> labels,
      double[] predicted,
      double[] actual) {
    List<Calibration.Group> groups = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      groups.add(new Calibration.Group(labels.get(i), 2_200 - 10L * i, predicted[i], actual[i]));
    }
    return new Calibration(Instant.parse("2024-06-30T22:00:00Z"), 365, by, measure, groups);
  }

  private static List<RfmCell> rfm() {
    Map<String, String> segments = new TreeMap<>();
    put(segments, "Champions", "55", "54", "45");
    put(segments, "Loyal", "53", "44", "35", "34");
    put(segments, "Potential Loyalists", "52", "42", "33", "43");
    put(segments, "Recent", "51");
    put(segments, "Promising", "41", "31");
    put(segments, "Needing Attention", "32", "23", "22");
    put(segments, "About to Sleep", "21");
    put(segments, "At Risk", "25", "24", "13");
    put(segments, "Cannot Lose Them", "15", "14");
    put(segments, "Hibernating", "12");
    put(segments, "Lost", "11");
    List<RfmCell> cells = new ArrayList<>();
    segments.forEach(
        (cell, name) -> {
          int r = cell.charAt(0) - '0';
          int fm = cell.charAt(1) - '0';
          long customers = 1_500 - 250L * Math.abs(r - fm) + 320L * ((6 - r) / fm) + 40L * r;
          cells.add(new RfmCell(r, fm, name, customers, customers * 14.0 * fm * fm));
        });
    Collections.shuffle(cells, new Random(1));
    return cells;
  }

  private static void put(Map<String, String> segments, String name, String... cells) {
    for (String cell : cells) {
      segments.put(cell, name);
    }
  }

  private static List<Object> segment(
      long id,
      String name,
      long customers,
      double share,
      double revenue,
      double shareOfRevenue,
      double recency,
      double frequency,
      double alive,
      double value) {
    return List.of(
        id,
        name,
        customers,
        share,
        revenue,
        shareOfRevenue,
        recency,
        frequency,
        revenue / customers,
        alive,
        value,
        value * customers);
  }
}
