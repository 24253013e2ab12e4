package dev.patron.runners.portability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The bundled bookstore from raw files to scored customers on both runners, every table read by
 * Delta Lake's own reader and compared with the truth beside the data or, where that is silent,
 * with {@link ShopByHand}.
 */
class BookstoreIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int HORIZON_DAYS = 365;

  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  @TempDir static Path folder;

  private static Path direct;
  private static Path onSpark;
  private static DeltaReader reader;
  private static ShopByHand shop;

  @BeforeAll
  static void run() throws IOException {
    Path dataset = Program.BOOKSTORE.resolve("dataset.yaml");
    direct = folder.resolve("direct");
    onSpark = folder.resolve("spark");
    Program.run(Program.DIRECT, dataset, direct);
    Program.run(Program.SPARK, dataset, onSpark);
    reader = new DeltaReader();
    shop =
        new ShopByHand(
            reader.parquet(Program.BOOKSTORE.resolve("orders")).collectAsList().stream()
                .map(ShopByHand.Order::of)
                .toList());
  }

  @AfterAll
  static void close() {
    reader.close();
  }

  @Test
  void bothRunnersMakeTheSameTables() {
    assertThat(Program.verify(onSpark)).isEqualTo(Program.verify(direct));
  }

  @Test
  void customersAreTheRowsAtTheEnd() throws IOException {
    List<String> columns =
        List.of(
            "customer_id",
            "email",
            "first_name",
            "last_name",
            "gender",
            "street",
            "city",
            "country_code",
            "row_status",
            "row_time");
    assertThat(texts("silver/customers", columns))
        .isEqualTo(texts(truth("customers.jsonl.gz"), columns));
    assertThat(count("silver/customers", "_sequence is null or _changed_at is null")).isZero();
  }

  @Test
  void booksHaveTheirVersions() throws IOException {
    List<String> columns =
        List.of(
            "book_id",
            "version",
            "title",
            "author",
            "price",
            "updated",
            "valid_from",
            "valid_to",
            "is_current");
    assertThat(texts("silver/books", columns))
        .isEqualTo(texts(truth("books_history.jsonl.gz"), columns));
  }

  @Test
  void openVersionsOfBooksAreTheRowsAtTheEnd() throws IOException {
    List<String> columns = List.of("book_id", "title", "author", "price", "updated");
    assertThat(
            texts(
                reader
                    .table(direct, "silver/books")
                    .where("is_current and valid_to is null")
                    .collectAsList(),
                columns))
        .isEqualTo(texts(truth("books.jsonl.gz"), columns));
    assertThat(count("silver/books", "is_current <> (valid_to is null)")).isZero();
  }

  @Test
  void everyVersionOfABookHasItsOwnSurrogateKey() {
    List<Row> keys = reader.rows(direct, "silver/books", "sk");
    assertThat(keys.stream().map(row -> row.getString(0)))
        .doesNotContainNull()
        .doesNotHaveDuplicates();
  }

  @Test
  void ordersStandOnceWithTheirLines() {
    assertThat(
            byKey(reader.rows(direct, "silver/orders"), ShopByHand.Order::of, ShopByHand.Order::id))
        .isEqualTo(shop.orders());
  }

  @Test
  void countriesAreThoseOfTheFile() throws IOException {
    Set<String> expected = new TreeSet<>();
    for (String line : Files.readAllLines(Program.BOOKSTORE.resolve("country_lookup.csv"))) {
      if (!line.startsWith("country_code")) {
        expected.add(line.replace("\"\"", "''").replace("\"", "").replace("''", "\""));
      }
    }
    Set<String> actual = new TreeSet<>();
    for (Row row :
        reader.rows(direct, "silver/country_lookup", "country_code", "country", "region")) {
      actual.add(row.mkString(",").replace("null", ""));
    }
    assertThat(actual).isEqualTo(expected).anyMatch(line -> line.startsWith("NA,"));
  }

  @Test
  void purchasesAreTheSumsOfTheirLines() {
    assertThat(
            byKey(
                reader.rows(direct, "silver/purchases"),
                row ->
                    new ShopByHand.Purchase(
                        row.getAs("customer_id"),
                        row.<Long>getAs("order_id"),
                        row.getAs("purchased_at"),
                        row.<Long>getAs("lines"),
                        row.<Double>getAs("units"),
                        money(row, "amount"),
                        money(row, "returned")),
                ShopByHand.Purchase::order))
        .isEqualTo(shop.purchases());
  }

  @Test
  void featuresAreWhatALoopOverOrdersFinds() {
    assertThat(
            byKey(
                reader.rows(direct, "gold/customer_features"),
                row ->
                    new ShopByHand.Customer(
                        row.<Long>getAs("customer_id"),
                        row.getAs("as_of"),
                        row.getAs("first_purchase_at"),
                        row.getAs("last_purchase_at"),
                        row.<Long>getAs("recency_days"),
                        row.<Long>getAs("frequency"),
                        money(row, "monetary"),
                        Objects.requireNonNull(mean(row, "mean_amount")),
                        row.<Long>getAs("tenure_days"),
                        row.<Long>getAs("repeat_purchases"),
                        row.<Long>getAs("repeat_recency_days"),
                        mean(row, "repeat_mean_amount"),
                        row.<Long>getAs("repeat_paid_days"),
                        money(row, "returned"),
                        row.<Double>getAs("units")),
                ShopByHand.Customer::id))
        .isEqualTo(shop.customers());
  }

  @Test
  void scoresOfRfmAreCutsOfValues() {
    SortedMap<Long, ShopByHand.Scores> actual = new TreeMap<>();
    for (Row row : reader.rows(direct, "gold/customer_features")) {
      actual.put(
          row.getAs("customer_id"),
          new ShopByHand.Scores(
              row.<Long>getAs("r_score"),
              row.<Long>getAs("f_score"),
              row.<Long>getAs("m_score"),
              row.getAs("rfm_segment")));
    }
    assertThat(actual).isEqualTo(shop.scores());
  }

  @Test
  void revenueOfEachMonthAddsUp() {
    SortedMap<LocalDate, ShopByHand.Month> actual = new TreeMap<>();
    for (Row row : reader.rows(direct, "gold/revenue_by_month")) {
      actual.put(
          row.getAs("month"),
          new ShopByHand.Month(
              row.<Long>getAs("purchases"),
              row.<Long>getAs("customers"),
              row.<Long>getAs("anonymous_purchases"),
              money(row, "revenue")));
      assertThat(row.<Double>getAs("returned")).isZero();
    }
    assertThat(actual).isEqualTo(shop.months());
  }

  @Test
  void retentionOfEachCohortCountsItsBuyers() {
    SortedMap<ShopByHand.CohortMonth, ShopByHand.Retention> actual = new TreeMap<>();
    for (Row row : reader.rows(direct, "gold/cohort_retention")) {
      actual.put(
          new ShopByHand.CohortMonth(row.getAs("cohort_month"), row.<Long>getAs("months_since")),
          new ShopByHand.Retention(
              row.<Long>getAs("cohort_customers"),
              row.<Long>getAs("customers"),
              row.<Double>getAs("retention"),
              money(row, "revenue")));
    }
    assertThat(actual).isEqualTo(shop.retention());
  }

  @Test
  void everyCustomerWhoBoughtIsScored() {
    List<Row> scores = reader.rows(direct, "gold/customer_scores");
    assertThat(scores.stream().map(row -> row.<Long>getAs("customer_id")))
        .containsExactlyInAnyOrderElementsOf(shop.customers().keySet());
    for (Row row : scores) {
      assertThat(row.<Instant>getAs("as_of")).isEqualTo(shop.asOf());
      assertThat(row.<Long>getAs("horizon_days")).isEqualTo(HORIZON_DAYS);
      assertThat(row.<Double>getAs("p_alive")).isBetween(0.0, 1.0);
      assertThat(row.<Double>getAs("expected_purchases")).isFinite().isNotNegative();
      assertThat(row.<Double>getAs("expected_amount")).isFinite().isPositive();
      double cltv = row.<Double>getAs("cltv");
      double low = row.<Double>getAs("cltv_low");
      double high = row.<Double>getAs("cltv_high");
      assertThat(cltv).as(row.toString()).isFinite().isNotNegative();
      assertThat(low).as(row.toString()).isNotNegative().isLessThanOrEqualTo(high);
      // Low and high are quantiles and cltv is a mean. Of somebody who most likely buys nothing
      // any more, 95 of 100 futures may be worth nothing, and the mean lies above them.
      assertThat(low).as(row.toString()).isLessThanOrEqualTo(cltv);
      if (high > 0) {
        assertThat(high).as(row.toString()).isFinite();
      }
      assertThat(row.<String>getAs("segment")).isNotBlank();
      assertThat(row.<String>getAs("segment_model")).isNotBlank();
      assertThat(row.<String>getAs("cltv_model")).isNotBlank();
    }
  }

  @Test
  void valueOfTheShopIsNearWhatItWillSell() throws IOException {
    // The truth knows how many orders the year to come has, by the model that made the shop.
    long coming = 0;
    for (String line : Files.readAllLines(truthFile("customer_parameters.csv"))) {
      String last = line.substring(line.lastIndexOf(',') + 1);
      coming += last.equals("future_orders") ? 0 : Long.parseLong(last);
    }
    double expected =
        reader.rows(direct, "gold/customer_scores", "sum(expected_purchases)").get(0).getDouble(0);
    assertThat(expected).isBetween(0.75 * coming, 1.25 * coming);
  }

  @Test
  void segmentsSumTheirCustomersUp() {
    Map<Long, ShopByHand.Customer> customers = shop.customers();
    SortedMap<Long, List<Row>> members = new TreeMap<>();
    for (Row row : reader.rows(direct, "gold/customer_scores")) {
      members.computeIfAbsent(row.getAs("segment_id"), any -> new ArrayList<>()).add(row);
    }
    List<Row> summary = reader.rows(direct, "gold/segment_summary");
    assertThat(summary.stream().map(row -> row.<Long>getAs("segment_id")))
        .containsExactlyInAnyOrderElementsOf(members.keySet());
    double revenueOfAll =
        customers.values().stream()
            .mapToDouble(customer -> customer.monetary().doubleValue())
            .sum();
    for (Row row : summary) {
      List<Row> own = Objects.requireNonNull(members.get(row.<Long>getAs("segment_id")));
      List<ShopByHand.Customer> described =
          own.stream()
              .map(score -> Objects.requireNonNull(customers.get(score.<Long>getAs("customer_id"))))
              .toList();
      double revenue =
          described.stream().mapToDouble(customer -> customer.monetary().doubleValue()).sum();
      double value = own.stream().mapToDouble(score -> score.<Double>getAs("cltv")).sum();
      assertThat(row.<Long>getAs("customers")).isEqualTo(own.size());
      assertThat(own).allMatch(score -> score.getAs("segment").equals(row.getAs("segment")));
      near(row, "share_of_customers", (double) own.size() / customers.size());
      near(row, "revenue", revenue);
      near(row, "share_of_revenue", revenue / revenueOfAll);
      near(row, "mean_recency_days", average(described, c -> (double) c.recencyDays()));
      near(row, "mean_frequency", average(described, c -> (double) c.frequency()));
      near(row, "mean_monetary", revenue / own.size());
      near(row, "mean_p_alive", average(own, score -> score.<Double>getAs("p_alive")));
      near(row, "mean_cltv", value / own.size());
      near(row, "total_cltv", value);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"customers", "books"})
  void quarantineHoldsTheUnreadableRecordsAndNothingElse(String table) throws IOException {
    List<String> expected = new ArrayList<>();
    for (JsonNode fault : truth("faults.jsonl.gz")) {
      if (fault.path("fault").asText().equals("malformed")
          && fault.path("form").asText().equals("debezium")
          && fault.path("table").asText().equals(table)) {
        expected.add(fault.path("reason").asText() + " " + value(fault.path("text").asText()));
      }
    }
    List<String> actual = new ArrayList<>();
    for (Row row : reader.rows(direct, "quarantine/" + table)) {
      actual.add(row.getAs("reason") + " " + row.getAs("_value"));
      assertThat(row.<String>getAs("detail")).isNotBlank();
      assertThat(row.<String>getAs("_file")).contains("debezium/" + table);
    }
    assertThat(actual).isNotEmpty().containsExactlyInAnyOrderElementsOf(expected);
  }

  /** What a record is: a whole line, or in a line with topic and offset what it calls value. */
  private static String value(String line) {
    try {
      JSON.readTree(line);
    } catch (IOException e) {
      return line;
    }
    String name = "\"value\":";
    return line.substring(line.indexOf(name) + name.length(), line.length() - 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"orders", "country_lookup"})
  void cleanTablesHaveAnEmptyQuarantine(String table) {
    assertThat(reader.rows(direct, "quarantine/" + table)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"customers", "books", "orders", "country_lookup"})
  void bronzeHoldsEveryRecordRead(String table) throws IOException {
    JsonNode truth = accounts(table);
    assertThat(count("bronze/" + table, "true")).isEqualTo(truth.path("records").asLong());
  }

  @ParameterizedTest
  @ValueSource(strings = {"customers", "books", "orders", "country_lookup"})
  void accountsAddUp(String table) throws IOException {
    for (Path warehouse : List.of(direct, onSpark)) {
      List<Row> rows =
          reader
              .table(warehouse, "ops/runs")
              .where("stage = 'refine' and table_name = '" + table + "'")
              .collectAsList();
      assertThat(rows).hasSize(1);
      Row row = rows.get(0);
      List<String> fates =
          List.of(
              "inserted",
              "updated",
              "unchanged",
              "deleted",
              "stale",
              "duplicate",
              "ignored",
              "quarantined",
              "dropped");
      assertThat(row.<Long>getAs("read"))
          .isEqualTo(fates.stream().mapToLong(fate -> row.<Long>getAs(fate)).sum());
      JsonNode truth = accounts(table);
      long quarantined = 0;
      for (JsonNode ofReason : truth.path("quarantined")) {
        quarantined += ofReason.asLong();
      }
      assertThat(row.<Long>getAs("read")).isEqualTo(truth.path("records").asLong());
      assertThat(row.<Long>getAs("duplicate")).isEqualTo(truth.path("duplicates").asLong());
      assertThat(row.<Long>getAs("ignored")).isEqualTo(truth.path("ignored").asLong());
      assertThat(row.<Long>getAs("quarantined")).isEqualTo(quarantined);
      assertThat(row.<Long>getAs("written")).isEqualTo(count("silver/" + table, "true"));
    }
  }

  @Test
  void anonymousPurchasesAreKeptAndCounted() throws IOException {
    JsonNode orders = accounts("orders");
    assertThat(count("silver/purchases", "customer_id is null"))
        .isEqualTo(orders.path("anonymous_orders").asLong());
    assertThat(
            reader.rows(direct, "ops/runs", "table_name", "anonymous").stream()
                .filter(row -> row.getString(0).equals("purchases"))
                .map(row -> row.getLong(1)))
        .containsExactly(orders.path("anonymous_orders").asLong());
    assertThat(reader.rows(direct, "silver/purchases", "sum(amount)").get(0).getDecimal(0))
        .isEqualByComparingTo(orders.path("amount").asText());
  }

  private static JsonNode accounts(String table) throws IOException {
    JsonNode truth = JSON.readTree(truthFile("accounts.json").toFile()).path(table);
    return truth.has("debezium") ? truth.path("debezium") : truth;
  }

  private static long count(String table, String condition) {
    return reader.table(direct, table).where(condition).count();
  }

  private static <K extends Comparable<K>, V> SortedMap<K, V> byKey(
      List<Row> rows, Function<Row, V> value, Function<V, K> key) {
    SortedMap<K, V> map = new TreeMap<>();
    for (Row row : rows) {
      V made = value.apply(row);
      assertThat(map.put(key.apply(made), made)).as("two rows of one key").isNull();
    }
    return map;
  }

  private static BigDecimal money(Row row, String column) {
    Object value = row.getAs(column);
    BigDecimal decimal =
        value instanceof Double number ? BigDecimal.valueOf(number) : (BigDecimal) value;
    // Cents are exact in decimals; a sum of doubles that was not rounded well would not be.
    return decimal.setScale(
        2, value instanceof Double ? RoundingMode.HALF_EVEN : RoundingMode.UNNECESSARY);
  }

  private static @Nullable BigDecimal mean(Row row, String column) {
    Double value = row.getAs(column);
    return value == null ? null : new BigDecimal(value).setScale(9, RoundingMode.HALF_EVEN);
  }

  /** Sums that may be added in any order round each value to a multiple of 2^-20. */
  private static void near(Row row, String column, double expected) {
    boolean sum = column.equals("revenue") || column.equals("total_cltv");
    long values = sum ? row.<Long>getAs("customers") : 1;
    assertThat(row.<Double>getAs(column))
        .as(column)
        .isCloseTo(expected, within(values * 0x1p-20 + 1e-12 * Math.abs(expected)));
  }

  private static <T> double average(List<T> values, Function<T, Double> number) {
    return values.stream().mapToDouble(number::apply).average().orElseThrow();
  }

  private static Path truthFile(String name) {
    return Program.BOOKSTORE.resolve("truth").resolve(name);
  }

  private static List<JsonNode> truth(String name) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(truthFile(name))),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        rows.add(JSON.readTree(line));
      }
    }
    return rows;
  }

  private static Set<String> texts(String table, List<String> columns) {
    return texts(reader.rows(direct, table), columns);
  }

  private static Set<String> texts(List<Row> rows, List<String> columns) {
    Set<String> texts = new TreeSet<>();
    for (Row row : rows) {
      texts.add(text(columns, row::getAs));
    }
    assertThat(texts).as("rows are distinct").hasSameSizeAs(rows);
    return texts;
  }

  private static Set<String> texts(Iterable<JsonNode> rows, List<String> columns) {
    Set<String> texts = new TreeSet<>();
    for (JsonNode row : rows) {
      texts.add(
          text(columns, column -> row.path(column).isNull() ? null : row.path(column).asText()));
    }
    return texts;
  }

  /** Instants and decimals as the truth writes them: six and two digits behind the point. */
  private static String text(List<String> columns, Function<String, @Nullable Object> values) {
    List<String> texts = new ArrayList<>();
    for (String column : columns) {
      Object value = values.apply(column);
      if (value instanceof Instant instant) {
        value = MICROS.format(instant);
      }
      texts.add(column + "=" + value);
    }
    return texts.toString();
  }
}
