package dev.patron.pipelines.report;

import dev.patron.features.accounts.Account;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.slices.Slices;
import dev.patron.features.tables.Tables;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the report shows: aggregates, and for a shop of few customers the scores of each under the
 * customer's id. Everything but the shop may be empty or absent; the report then says so in a
 * sentence.
 *
 * <p>Frames are brought to the columns of {@link Tables}, so that a column that nobody named, a
 * customer's e-mail say, cannot reach the page; frames and lists are put in canonical order, so
 * that equal content gives an equal page.
 *
 * @param shop whose customers these are
 * @param segmentSummary {@link Tables#SEGMENT_SUMMARY}
 * @param revenueByMonth {@link Tables#REVENUE_BY_MONTH}
 * @param cohortRetention {@link Tables#COHORT_RETENTION}
 * @param segmentMigration {@link Tables#SEGMENT_MIGRATION}
 * @param rfm the cells of the RFM grid; cells without customers may be left out
 * @param calibrations predictions held against what came; empty if the history was too short
 * @param models the models behind the numbers
 * @param quality what became of the records read, by table
 * @param tableVersions the version of each table that was read
 * @param headlines {@link Tables#HEADLINES}: the newest row is of this report
 * @param slices the customers and their purchases by segment and country; null if there are none
 * @param products the best sellers and their prices, most sold first; empty if no catalogue is kept
 * @param customers the customers to be looked up
 * @param backTest what was measured of each candidate at each cut-off; empty if nothing was
 * @param drift how the customers changed since the champion was trained; empty if not measured
 */
public record ReportData(
    Shop shop,
    Frame segmentSummary,
    Frame revenueByMonth,
    Frame cohortRetention,
    Frame segmentMigration,
    List<RfmCell> rfm,
    List<Calibration> calibrations,
    List<ModelFacts> models,
    List<TableQuality> quality,
    SortedMap<String, Long> tableVersions,
    Frame headlines,
    @Nullable Sliced slices,
    List<Product> products,
    Customers customers,
    Frame backTest,
    Frame drift) {

  /** Checks that all columns have the types of {@link Tables} and that no RFM cell occurs twice. */
  public ReportData {
    segmentSummary =
        canonical(segmentSummary, Tables.SEGMENT_SUMMARY, List.of("segment_id", "segment"));
    revenueByMonth = canonical(revenueByMonth, Tables.REVENUE_BY_MONTH, List.of("month"));
    cohortRetention =
        canonical(
            cohortRetention, Tables.COHORT_RETENTION, List.of("cohort_month", "months_since"));
    segmentMigration =
        canonical(
            segmentMigration,
            Tables.SEGMENT_MIGRATION,
            List.of("from_as_of", "to_as_of", "from_segment", "to_segment"));
    rfm = rfm.stream().sorted(Comparator.comparing(RfmCell::r).thenComparing(RfmCell::fm)).toList();
    for (int i = 1; i < rfm.size(); i++) {
      if (rfm.get(i - 1).r() == rfm.get(i).r() && rfm.get(i - 1).fm() == rfm.get(i).fm()) {
        throw new IllegalArgumentException(
            "RFM cell R %d, FM %d occurs twice".formatted(rfm.get(i).r(), rfm.get(i).fm()));
      }
    }
    calibrations = List.copyOf(calibrations);
    models = List.copyOf(models);
    quality = quality.stream().sorted(Comparator.comparing(TableQuality::table)).toList();
    tableVersions = Collections.unmodifiableSortedMap(new TreeMap<>(tableVersions));
    headlines = canonical(headlines, Tables.HEADLINES, List.of("sequence"));
    products = List.copyOf(products);
    backTest = known(backTest, BACK_TEST);
    drift = known(drift, DRIFT);
  }

  /** What is shown of the back-test, where its table has it. */
  public static final List<String> BACK_TEST =
      List.of(
          "cutoff",
          "candidate",
          "role",
          "target",
          "chosen",
          "customers",
          "expected_total",
          "actual_total",
          "mae",
          "rmse",
          "bias",
          "spearman",
          "gini",
          "coverage");

  /** What is shown of the drift, where its table has it. */
  public static final List<String> DRIFT =
      List.of(
          "trained_as_of",
          "kind",
          "measure",
          "psi",
          "ks",
          "share_at_training",
          "share_now",
          "threshold",
          "drifted");

  private static Frame known(Frame frame, List<String> columns) {
    return frame.select(columns.stream().filter(frame.schema()::has).toList());
  }

  /** A report of the gold tables and of what was made of them and of the records. */
  public ReportData(
      Shop shop,
      Frame segmentSummary,
      Frame revenueByMonth,
      Frame cohortRetention,
      Frame segmentMigration,
      List<RfmCell> rfm,
      List<Calibration> calibrations,
      List<ModelFacts> models,
      List<TableQuality> quality,
      SortedMap<String, Long> tableVersions) {
    this(
        shop,
        segmentSummary,
        revenueByMonth,
        cohortRetention,
        segmentMigration,
        rfm,
        calibrations,
        models,
        quality,
        tableVersions,
        Frame.empty(Tables.HEADLINES),
        null,
        List.of(),
        Customers.NONE,
        Frame.empty(Schema.of()),
        Frame.empty(Schema.of()));
  }

  /** A report in which nothing is known but the shop: what a shop without customers gets. */
  public static ReportData empty(Shop shop) {
    return new ReportData(
        shop,
        Frame.empty(Tables.SEGMENT_SUMMARY),
        Frame.empty(Tables.REVENUE_BY_MONTH),
        Frame.empty(Tables.COHORT_RETENTION),
        Frame.empty(Tables.SEGMENT_MIGRATION),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        Collections.emptySortedMap());
  }

  private static Frame canonical(Frame frame, Schema schema, List<String> order) {
    return frame.conform(schema).sort(order);
  }

  /**
   * Whose customers these are, and how their numbers are written.
   *
   * @param dataset the dataset's name
   * @param currency ISO 4217 code, or empty if the dataset names none
   * @param locale how numbers are written; sentences and dates are English
   * @param zone where days and months begin
   * @param asOf the observation time; null if there is no purchase
   * @param horizonDays how far the expected value reaches, at least 1
   */
  public record Shop(
      String dataset,
      String currency,
      Locale locale,
      ZoneId zone,
      @Nullable Instant asOf,
      int horizonDays) {
    private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");

    /** Checks the currency and the horizon. */
    public Shop {
      if (!currency.isEmpty() && !CURRENCY.matcher(currency).matches()) {
        throw new IllegalArgumentException(
            "currency '%s': a code of three capital letters, such as EUR, is wanted"
                .formatted(currency));
      }
      if (horizonDays < 1) {
        throw new IllegalArgumentException("horizonDays %d: at least 1".formatted(horizonDays));
      }
    }
  }

  /**
   * One cell of the RFM grid.
   *
   * @param r the recency score, 1 (long ago) to 5 (just now)
   * @param fm the mean of the frequency and the monetary score, rounded, 1 (least) to 5 (most)
   * @param segment the segment that this cell belongs to
   * @param customers how many customers it holds
   * @param revenue what they spent up to as-of
   */
  public record RfmCell(int r, int fm, String segment, long customers, double revenue) {
    /** Checks the scores. */
    public RfmCell {
      if (r < 1 || r > 5 || fm < 1 || fm > 5) {
        throw new IllegalArgumentException(
            "RFM cell R %d, FM %d: scores are 1 to 5".formatted(r, fm));
      }
    }
  }

  /**
   * Customers and purchases by segment and country.
   *
   * @param customers {@link Slices#customersSchema}
   * @param purchases {@link Slices#purchasesSchema}
   */
  public record Sliced(Frame customers, Frame purchases) {
    /** Puts the rows in canonical order. */
    public Sliced {
      customers =
          canonical(
              customers, Slices.customersSchema(), List.of("segment", "country", "cube", "x", "y"));
      purchases =
          canonical(
              purchases,
              Slices.purchasesSchema(),
              List.of("segment", "country", "cohort", "month"));
    }
  }

  /**
   * A product and its prices.
   *
   * @param id the key of the catalogue
   * @param name what it is called now; its id if it has no name
   * @param units how many were sold up to as-of
   * @param prices its versions, the first first; empty if the catalogue does not know it
   */
  public record Product(String id, String name, double units, List<Price> prices) {
    /** Copies the prices. */
    public Product {
      prices = List.copyOf(prices);
    }

    /**
     * One version of a product.
     *
     * @param from since when
     * @param to until when, exclusive; null: still
     * @param price of a unit, in the shop's currency; NaN if it has none
     */
    public record Price(Instant from, @Nullable Instant to, double price) {}
  }

  /**
   * The customers to be looked up.
   *
   * @param count how many customers there are
   * @param listed {@link #COLUMNS} of each, and columns {@code reason_1} to {@code reason_3} where
   *     the scores have them; null if there are too many
   */
  public record Customers(long count, @Nullable Frame listed) {
    /** Shops with more customers than this are not listed. */
    public static final long MOST = 50_000;

    /** What is shown of a customer. No other column of the frame reaches the page. */
    public static final List<String> COLUMNS =
        List.of(
            "customer_id",
            "segment",
            "country",
            "r_score",
            "f_score",
            "m_score",
            "recency_days",
            "frequency",
            "monetary",
            "p_alive",
            "cltv",
            "cltv_low",
            "cltv_high");

    /** Nobody. */
    public static final Customers NONE = new Customers(0, null);
  }

  /**
   * Predictions from before a cut-off, held against what the customers did after it.
   *
   * @param cutOff where training data ended
   * @param days how long was watched after it
   * @param by how the customers are grouped
   * @param measure what was predicted
   * @param groups in the order in which they are shown
   */
  public record Calibration(
      Instant cutOff, int days, Grouping by, Measure measure, List<Group> groups) {
    /** Copies the groups. */
    public Calibration {
      groups = List.copyOf(groups);
    }

    /** How the customers are grouped. */
    public enum Grouping {
      /** Tenths of the customers by what was predicted, the least first. */
      DECILE,
      /** Number of repeat purchases before the cut-off. */
      FREQUENCY
    }

    /** What was predicted. */
    public enum Measure {
      /** Purchases per customer. */
      PURCHASES,
      /** Money per customer, in the shop's currency. */
      SPEND
    }

    /**
     * The customers of one group.
     *
     * @param label the decile or the number of purchases, for example {@code 7+}
     * @param customers how many
     * @param predictedMean per customer
     * @param actualMean per customer
     */
    public record Group(String label, long customers, double predictedMean, double actualMean) {}
  }

  /**
   * One model behind the numbers.
   *
   * @param name for example {@code cltv}
   * @param version as in {@code models/NAME/VERSION}
   * @param kind in words, for example {@code BG/NBD and Gamma-Gamma}
   * @param warnings what a reader must know, as sentences; shown at the top of the page
   */
  public record ModelFacts(String name, String version, String kind, List<String> warnings) {
    /** Copies the warnings. */
    public ModelFacts {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * What became of the records of one table.
   *
   * @param table its name
   * @param counts how many records had which fate; what is missing is 0
   * @param quarantined how many records were refused, by reason
   */
  public record TableQuality(
      String table, Map<Account.Count, Long> counts, SortedMap<String, Long> quarantined) {
    /** Copies the maps. */
    public TableQuality {
      Map<Account.Count, Long> ordered = new EnumMap<>(Account.Count.class);
      ordered.putAll(counts);
      counts = Collections.unmodifiableMap(ordered);
      quarantined = Collections.unmodifiableSortedMap(new TreeMap<>(quarantined));
    }

    /** The quality of a table with this account. */
    public static TableQuality of(
        String table, Account account, SortedMap<String, Long> quarantined) {
      Map<Account.Count, Long> counts = new EnumMap<>(Account.Count.class);
      for (Account.Count count : Account.Count.values()) {
        counts.put(count, account.get(count));
      }
      return new TableQuality(table, counts, quarantined);
    }
  }
}
