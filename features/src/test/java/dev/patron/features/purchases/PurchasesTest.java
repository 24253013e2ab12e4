package dev.patron.features.purchases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import dev.patron.features.summary.ExactSum;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PurchasesTest {
  private static final ZoneId UTC = ZoneOffset.UTC;
  private static final Schema LINE =
      Schema.of()
          .with("book_id", Type.LONG)
          .with("quantity", Type.LONG)
          .with("subtotal", new Type.Decimal(10, 2));
  private static final Schema ORDERS =
      Schema.of()
          .with("order_id", Type.LONG)
          .with("customer_id", Type.STRING)
          .with("at", Type.TIMESTAMP)
          .with("books", new Type.ListOf(new Type.RowOf(LINE)));
  private static final PurchaseColumns BOOKSTORE =
      new PurchaseColumns(
          "customer_id", "order_id", "at", "books", "quantity", "subtotal", null, null);

  private static final List<String> TOTALS =
      List.of("customer_id", "order_id", "purchased_at", "lines", "units", "amount", "returned");

  private static Instant at(String text) {
    return Instant.parse(text);
  }

  private static List<@Nullable Object> row(@Nullable Object... values) {
    return Arrays.asList(values);
  }

  private static List<@Nullable Object> line(long book, long quantity, String subtotal) {
    return row(book, quantity, new BigDecimal(subtotal));
  }

  private static Frame purchases(Frame facts, PurchaseColumns columns, ZoneId zone) {
    return Purchases.of(new OrderLines(facts.schema(), columns, zone, null).takeApart(facts), zone);
  }

  @Test
  void anOrderIsOnePurchaseWhoseAmountIsTheSumOfItsLines() {
    Frame facts =
        Frame.ofRows(
            ORDERS,
            List.of(
                row(
                    7L,
                    "ann",
                    at("2024-03-01T10:00:00Z"),
                    List.of(line(1, 2, "20.00"), line(2, 1, "5.50")))));
    assertThat(purchases(facts, BOOKSTORE, UTC).toRows())
        .containsExactly(
            row(
                "ann",
                7L,
                at("2024-03-01T10:00:00Z"),
                2L,
                3.0,
                new BigDecimal("25.50"),
                new BigDecimal("0.00"),
                null,
                null));
  }

  @Test
  void anOrderWithoutLinesIsARowThatNoMeasureCounts() {
    Frame facts =
        Frame.ofRows(
            ORDERS,
            List.of(
                row(1L, "ann", at("2024-03-01T10:00:00Z"), List.of()),
                row(2L, "ann", at("2024-03-02T10:00:00Z"), null),
                row(3L, "ann", at("2024-03-03T10:00:00Z"), List.of(line(1, 2, "20.00"))),
                row(3L, "ann", at("2024-03-02T23:00:00Z"), List.of())));
    Frame purchases = purchases(facts, BOOKSTORE, UTC);
    BigDecimal none = new BigDecimal("0.00");
    assertThat(purchases.select(TOTALS).toRows())
        .containsExactly(
            row("ann", 1L, at("2024-03-01T10:00:00Z"), 0L, 0.0, none, none),
            row("ann", 2L, at("2024-03-02T10:00:00Z"), 0L, 0.0, none, none),
            row("ann", 3L, at("2024-03-03T10:00:00Z"), 1L, 2.0, new BigDecimal("20.00"), none));

    Frame features =
        new CustomerFeatures(UTC, Values.micros(at("2024-03-31T23:59:59.999999Z"))).of(purchases);
    assertThat(features.value(0, "frequency")).isEqualTo(1L);
    assertThat(features.value(0, "tenure_days")).isEqualTo(28L);
  }

  @Test
  void aReturnReducesTheMoneyAndIsNoPurchase() {
    Frame facts =
        Frame.ofRows(
            ORDERS,
            List.of(
                row(1L, "ann", at("2024-03-01T10:00:00Z"), List.of(line(1, 2, "20.00"))),
                row(2L, "ann", at("2024-03-05T10:00:00Z"), List.of(line(1, -1, "-10.00")))));
    Frame purchases = purchases(facts, BOOKSTORE, UTC);
    assertThat(purchases.longs("lines").get(1)).isZero();
    assertThat(purchases.value(1, "returned")).isEqualTo(new BigDecimal("10.00"));

    Frame features =
        new CustomerFeatures(UTC, Values.micros(at("2024-03-31T23:59:59.999999Z"))).of(purchases);
    assertThat(features.value(0, "frequency")).isEqualTo(1L);
    assertThat(features.value(0, "monetary")).isEqualTo(new BigDecimal("10.00"));
    assertThat(features.value(0, "returned")).isEqualTo(new BigDecimal("10.00"));
    assertThat(features.value(0, "recency_days")).isEqualTo(30L);
  }

  @Test
  void whoOnlyGaveBackIsNoCustomerWithAPurchase() {
    Frame facts =
        Frame.ofRows(
            ORDERS,
            List.of(row(2L, "ann", at("2024-03-05T10:00:00Z"), List.of(line(1, -1, "-10.00")))));
    Frame purchases = purchases(facts, BOOKSTORE, UTC);
    assertThat(new CustomerFeatures(UTC, Long.MAX_VALUE / 2).of(purchases).rows()).isZero();
  }

  @Test
  void aPurchaseOfAmountZeroIsAPurchase() {
    Frame facts =
        Frame.ofRows(
            ORDERS,
            List.of(row(1L, "ann", at("2024-03-01T10:00:00Z"), List.of(line(1, 1, "0.00")))));
    Frame purchases = purchases(facts, BOOKSTORE, UTC);
    Frame features =
        new CustomerFeatures(UTC, Values.micros(at("2024-03-01T23:00:00Z"))).of(purchases);
    assertThat(features.value(0, "frequency")).isEqualTo(1L);
  }

  @Test
  void aQuantityBelowZeroIsAReturnWhateverTheSignOfTheAmount() {
    Schema sales =
        Schema.of()
            .with("invoice", Type.STRING)
            .with("who", Type.LONG)
            .with("day", Type.DATE)
            .with("quantity", Type.LONG)
            .with("price", new Type.Decimal(10, 2));
    PurchaseColumns columns =
        new PurchaseColumns("who", "invoice", "day", null, "quantity", null, "price", null);
    Frame facts =
        Frame.ofRows(
            sales,
            List.of(
                row("1", 5L, LocalDate.of(2024, 1, 2), 3L, new BigDecimal("1.25")),
                row("C1", 5L, LocalDate.of(2024, 1, 3), -1L, new BigDecimal("1.25"))));
    Frame purchases = purchases(facts, columns, UTC);
    assertThat(purchases.value(0, "amount")).isEqualTo(new BigDecimal("3.75"));
    assertThat(purchases.value(0, "purchased_at")).isEqualTo(at("2024-01-02T00:00:00Z"));
    assertThat(purchases.value(1, "returned")).isEqualTo(new BigDecimal("1.25"));
    assertThat(purchases.value(1, "lines")).isEqualTo(0L);
  }

  @Test
  void withoutAnOrderColumnAllLinesOfACustomersDayInTheShopsZoneAreOnePurchase() {
    Schema sales =
        Schema.of().with("who", Type.STRING).with("at", Type.TIMESTAMP).with("amount", Type.DOUBLE);
    PurchaseColumns columns =
        new PurchaseColumns("who", null, "at", null, null, "amount", null, null);
    Frame facts =
        Frame.ofRows(
            sales,
            List.of(
                row("ann", at("2024-06-01T21:30:00Z"), 1.5),
                row("ann", at("2024-06-01T22:30:00Z"), 2.5),
                row("ann", at("2024-06-02T20:00:00Z"), 4.0)));
    Frame purchases = purchases(facts, columns, ZoneId.of("Europe/Berlin"));
    assertThat(purchases.select(TOTALS).toRows())
        .containsExactly(
            row("ann", "2024-06-01", at("2024-06-01T21:30:00Z"), 1L, 1.0, 1.5, 0.0),
            row("ann", "2024-06-02", at("2024-06-01T22:30:00Z"), 2L, 2.0, 6.5, 0.0));
  }

  @Test
  void aPriceOfAFractionalQuantityIsRoundedHalfUp() {
    Schema sales =
        Schema.of()
            .with("who", Type.STRING)
            .with("at", Type.TIMESTAMP)
            .with("kilos", Type.DOUBLE)
            .with("price", new Type.Decimal(10, 2));
    PurchaseColumns columns =
        new PurchaseColumns("who", null, "at", null, "kilos", null, "price", null);
    Frame facts =
        Frame.ofRows(
            sales, List.of(row("ann", at("2024-06-01T21:30:00Z"), 0.5, new BigDecimal("0.05"))));
    assertThat(purchases(facts, columns, UTC).value(0, "amount")).isEqualTo(new BigDecimal("0.03"));
  }

  @Test
  void aLineWhosePriceIsNotKnownKeepsItsPurchase() {
    PurchaseColumns columns =
        new PurchaseColumns(
            "customer_id", "order_id", "at", "books", "quantity", null, null, "book_id");
    OrderLines orderLines = new OrderLines(ORDERS, columns, UTC, new Type.Decimal(10, 2));
    Frame facts =
        Frame.ofRows(
            ORDERS,
            List.of(
                row(
                    1L,
                    "ann",
                    at("2024-03-01T10:00:00Z"),
                    List.of(line(1, 2, "0.00"), line(2, 1, "0.00")))));
    Frame lines = orderLines.takeApart(facts);
    assertThat(lines.value(0, OrderLines.PRODUCT)).isEqualTo(1L);
    Frame prices =
        Frame.ofRows(
            Schema.of().with("price", new Type.Decimal(10, 2)),
            List.of(row(new BigDecimal("3.10")), row((Object) null)));
    Frame priced =
        orderLines.price(lines.with("price", new Type.Decimal(10, 2), prices.column(0)), "price");
    assertThat(priced.schema()).isEqualTo(orderLines.schema());
    assertThat(Purchases.of(priced, UTC).value(0, "amount")).isEqualTo(new BigDecimal("6.20"));
    assertThat(Purchases.of(priced, UTC).value(0, "lines")).isEqualTo(2L);
  }

  /** Random lines of few customers on few days, some of them returns, some anonymous. */
  private static List<List<@Nullable Object>> randomLines(Random random, int count) {
    List<List<@Nullable Object>> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int order = random.nextInt(Math.max(1, count / 3));
      Instant at = at("2024-01-01T00:00:00Z").plusSeconds(order * 21_611L);
      BigDecimal amount = BigDecimal.valueOf(random.nextInt(5_000) - 800, 2);
      lines.add(
          row(
              order % 11 == 10 ? null : "c" + order % 11,
              (long) order,
              at,
              null,
              (double) (1 + random.nextInt(3)),
              amount));
    }
    return lines;
  }

  private static final Schema LINES =
      Schema.of()
          .with("customer_id", Type.STRING)
          .with("order_id", Type.LONG)
          .with("purchased_at", Type.TIMESTAMP)
          .with("product", Type.STRING)
          .with("quantity", Type.DOUBLE)
          .with("amount", new Type.Decimal(18, 2));

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void featuresAreWhatALoopOverTheLinesComputes(long seed) {
    Random random = new Random(seed);
    List<List<@Nullable Object>> lines = randomLines(random, 300);
    Instant asOf = at("2024-01-20T12:00:00Z");
    LocalDate asOfDay = LocalDate.of(2024, 1, 20);

    Map<String, TreeMap<LocalDate, BigDecimal>> dayTotals = new TreeMap<>();
    Map<String, TreeSet<Long>> orders = new TreeMap<>();
    Map<String, BigDecimal> monetary = new TreeMap<>();
    for (List<@Nullable Object> line : lines) {
      String customer = (String) line.get(0);
      Instant time = (Instant) Objects.requireNonNull(line.get(2));
      BigDecimal amount = (BigDecimal) Objects.requireNonNull(line.get(5));
      if (customer == null || time.isAfter(asOf)) {
        continue;
      }
      monetary.merge(customer, amount, BigDecimal::add);
      if (amount.signum() >= 0) {
        dayTotals
            .computeIfAbsent(customer, any -> new TreeMap<>())
            .merge(LocalDate.ofInstant(time, UTC), amount, BigDecimal::add);
        orders
            .computeIfAbsent(customer, any -> new TreeSet<>())
            .add((Long) Objects.requireNonNull(line.get(1)));
      }
    }

    Collections.shuffle(lines, random);
    Frame features =
        new CustomerFeatures(UTC, Values.micros(asOf))
            .of(Purchases.of(Frame.ofRows(LINES, lines), UTC));
    assertThat(features.rows()).as("seed %d", seed).isEqualTo(dayTotals.size());
    for (int i = 0; i < features.rows(); i++) {
      String customer = (String) Objects.requireNonNull(features.value(i, "customer_id"));
      TreeMap<LocalDate, BigDecimal> days = Objects.requireNonNull(dayTotals.get(customer));
      LocalDate first = days.firstKey();
      LocalDate last = days.lastKey();
      List<Double> repeatPaid =
          days.tailMap(first, false).values().stream()
              .filter(total -> total.signum() > 0)
              .map(BigDecimal::doubleValue)
              .toList();
      assertThat(features.value(i, "frequency"))
          .isEqualTo((long) Objects.requireNonNull(orders.get(customer)).size());
      assertThat(features.value(i, "monetary")).isEqualTo(monetary.get(customer));
      assertThat(features.value(i, "recency_days"))
          .isEqualTo(asOfDay.toEpochDay() - last.toEpochDay());
      assertThat(features.value(i, "tenure_days"))
          .isEqualTo(asOfDay.toEpochDay() - first.toEpochDay());
      assertThat(features.value(i, "repeat_purchases")).isEqualTo(days.size() - 1L);
      assertThat(features.value(i, "repeat_recency_days"))
          .isEqualTo(last.toEpochDay() - first.toEpochDay());
      assertThat(features.value(i, "repeat_paid_days")).isEqualTo((long) repeatPaid.size());
      assertThat(features.value(i, "repeat_mean_amount")).satisfies(isMeanOf(repeatPaid));
      List<Double> paid =
          days.values().stream()
              .filter(total -> total.signum() > 0)
              .map(BigDecimal::doubleValue)
              .toList();
      assertThat(features.value(i, "paid_days")).isEqualTo((long) paid.size());
      assertThat(features.value(i, "paid_mean_amount")).satisfies(isMeanOf(paid));
      assertThat(features.value(i, "purchase_days_28")).isEqualTo(daysWithin(days, asOfDay, 0, 28));
      assertThat(features.value(i, "purchase_days_91")).isEqualTo(daysWithin(days, asOfDay, 0, 91));
      assertThat(features.value(i, "purchase_days_364"))
          .isEqualTo(daysWithin(days, asOfDay, 0, 364));
      assertThat(features.value(i, "purchase_days_year_ago"))
          .isEqualTo(daysWithin(days, asOfDay, 273, 364));
      assertThat((Double) features.value(i, "spend_91"))
          .isCloseTo(spendWithin(days, asOfDay, 91), within(1e-9));
      assertThat((Double) features.value(i, "spend_364"))
          .isCloseTo(spendWithin(days, asOfDay, 364), within(1e-9));
      assertThat(features.value(i, "first_day_amount"))
          .isEqualTo(days.firstEntry().getValue().doubleValue());
      assertThat(features.value(i, "last_day_amount"))
          .isEqualTo(days.lastEntry().getValue().doubleValue());
      Double deviation = (Double) features.value(i, "gap_deviation_days");
      if (days.size() < 3) {
        assertThat(deviation).isNull();
      } else {
        List<LocalDate> dates = List.copyOf(days.keySet());
        double mean = (last.toEpochDay() - first.toEpochDay()) / (dates.size() - 1.0);
        double squares = 0;
        for (int d = 1; d < dates.size(); d++) {
          double gap = dates.get(d).toEpochDay() - dates.get(d - 1).toEpochDay();
          squares += (gap - mean) * (gap - mean) / (dates.size() - 1);
        }
        assertThat(deviation).isCloseTo(Math.sqrt(squares), within(1e-6));
      }
    }
  }

  private static long daysWithin(
      NavigableMap<LocalDate, BigDecimal> days, LocalDate asOf, int from, int to) {
    return days.subMap(asOf.minusDays(to), false, asOf.minusDays(from), true).size();
  }

  private static double spendWithin(
      NavigableMap<LocalDate, BigDecimal> days, LocalDate asOf, int daysBack) {
    return days.tailMap(asOf.minusDays(daysBack), false).values().stream()
        .mapToDouble(BigDecimal::doubleValue)
        .sum();
  }

  private static Consumer<@Nullable Object> isMeanOf(List<Double> amounts) {
    return mean -> {
      if (amounts.isEmpty()) {
        assertThat(mean).isNull();
      } else {
        assertThat((Double) Objects.requireNonNull(mean))
            .isCloseTo(amounts.stream().mapToDouble(v -> v).average().orElseThrow(), within(1e-9));
      }
    };
  }

  /** Random lines, of which those of one order are spread over days and hours. */
  private static List<List<@Nullable Object>> spreadLines(Random random, int count) {
    List<List<@Nullable Object>> lines = randomLines(random, count);
    for (List<@Nullable Object> line : lines) {
      Instant first = (Instant) Objects.requireNonNull(line.get(2));
      line.set(2, first.plusSeconds(random.nextInt(3) * 7_200L * random.nextInt(40)));
      if (random.nextInt(20) == 0) {
        line.set(4, null);
        line.set(5, null);
      }
      if (random.nextInt(10) == 0) {
        line.set(1, null);
      }
    }
    return lines;
  }

  /** Taken as one order they would be one purchase over any number of years. */
  @Test
  void linesWithoutAnOrderNumberAreOnePurchaseACustomerAndDay() {
    ZoneId berlin = ZoneId.of("Europe/Berlin");
    BigDecimal five = new BigDecimal("5.00");
    Frame purchases =
        Purchases.of(
            Frame.ofRows(
                LINES,
                List.of(
                    row("ann", null, at("2024-03-01T22:30:00Z"), null, 1.0, five),
                    row("ann", null, at("2024-01-01T08:00:00Z"), null, 1.0, five),
                    row("ann", null, at("2024-01-01T22:59:00Z"), null, 2.0, five),
                    row("ann", null, at("2024-01-01T23:00:00Z"), null, 4.0, five),
                    row("ann", 1L, at("2024-01-01T09:00:00Z"), null, 8.0, five),
                    row("ann", 1L, at("2024-03-01T09:00:00Z"), null, 8.0, five),
                    row(null, null, at("2024-01-01T08:00:00Z"), null, 1.0, five),
                    row(null, null, at("2024-01-03T08:00:00Z"), null, 1.0, five))),
            berlin);

    assertThat(
            purchases.select(List.of("customer_id", "order_id", "purchased_at", "units")).toRows())
        .containsExactly(
            row(null, null, at("2024-01-01T08:00:00Z"), 1.0),
            row(null, null, at("2024-01-03T08:00:00Z"), 1.0),
            row("ann", null, at("2024-01-01T08:00:00Z"), 3.0),
            row("ann", null, at("2024-01-01T23:00:00Z"), 4.0),
            row("ann", null, at("2024-03-01T22:30:00Z"), 1.0),
            row("ann", 1L, at("2024-01-01T09:00:00Z"), 16.0));
  }

  private static Frame upTo(Frame lines, long time) {
    return lines.filter(row -> lines.longs("purchased_at").get(row) <= time);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void purchasesAsOfATimeAreThoseOfTheLinesUpToIt(long seed) {
    Random random = new Random(seed);
    Frame lines = Frame.ofRows(LINES, spreadLines(random, 200));
    Frame purchases = Purchases.of(lines, UTC);
    assertThat(purchases.filter(row -> !purchases.column("versions").isNull(row)).rows())
        .isPositive();
    List<String> key = List.of("customer_id", "order_id", "purchased_at");
    for (int round = 0; round < 40; round++) {
      long time = lines.longs("purchased_at").get(random.nextInt(lines.rows())) - round % 2;
      assertThat(Purchases.asOf(purchases, time).sort(key))
          .as("seed %d, time %d", seed, time)
          .isEqualTo(Purchases.of(upTo(lines, time), UTC).select(TOTALS).sort(key));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void everyMeasureOfAPastTimeIsThatOfTheLinesUpToIt(long seed) {
    Random random = new Random(seed);
    Frame lines = Frame.ofRows(LINES, spreadLines(random, 300));
    Frame purchases = Purchases.of(lines, UTC);
    for (int round = 0; round < 20; round++) {
      long time = lines.longs("purchased_at").get(random.nextInt(lines.rows())) - round % 2;
      Frame then = Purchases.of(upTo(lines, time), UTC);
      assertThat(new CustomerFeatures(UTC, time).of(purchases))
          .as("seed %d, time %d", seed, time)
          .isEqualTo(new CustomerFeatures(UTC, time).of(then));
      assertThat(new PurchaseTotals(UTC, time).partial(purchases))
          .as("seed %d, time %d", seed, time)
          .isEqualTo(new PurchaseTotals(UTC, time).partial(then));
      assertThat(Purchases.newest(then)).isEqualTo(newestBought(upTo(lines, time)));
    }
  }

  private static long newestBought(Frame lines) {
    long newest = Long.MIN_VALUE;
    for (int row = 0; row < lines.rows(); row++) {
      BigDecimal amount = (BigDecimal) lines.value(row, "amount");
      if (amount != null && amount.signum() >= 0) {
        newest = Math.max(newest, lines.longs("purchased_at").get(row));
      }
    }
    return newest;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theMoneyOfWindowsSideBySideIsAllTheMoney(long seed) {
    Random random = new Random(seed);
    Frame purchases = Purchases.of(Frame.ofRows(LINES, spreadLines(random, 300)), UTC);
    long cut = Values.micros(at("2024-01-10T00:00:00Z"));
    long later = Values.micros(at("2024-01-17T12:00:00Z"));
    long end = Values.micros(at("2024-12-31T00:00:00Z"));
    Frame first = new Holdout(UTC, cut, later).of(purchases);
    Frame second = new Holdout(UTC, cut, end).of(purchases);
    Frame rest = new Outcomes(UTC, later, end, "rest").append(first, purchases);
    assertThat(rest.rows()).isPositive();
    for (int row = 0; row < rest.rows(); row++) {
      assertThat(rest.doubles("actual_spend").get(row) + rest.doubles("rest_spend").get(row))
          .isCloseTo(second.doubles("actual_spend").get(row), within(1e-9));
    }
  }

  @Test
  void aLineThatComesLaterToAnOrderIsMoneyOfItsOwnTimeAndNoPurchase() {
    Frame purchases =
        Purchases.of(
            Frame.ofRows(
                LINES,
                List.of(
                    row("ann", 1L, at("2024-01-01T08:00:00Z"), null, 1.0, new BigDecimal("5.00")),
                    row("ann", 1L, at("2024-02-01T08:00:00Z"), null, 2.0, new BigDecimal("3.00")),
                    row(
                        "ann",
                        1L,
                        at("2024-05-01T08:00:00Z"),
                        null,
                        1.0,
                        new BigDecimal("-4.00")))),
            UTC);
    assertThat(purchases.toRows())
        .containsExactly(
            row(
                "ann",
                1L,
                at("2024-01-01T08:00:00Z"),
                2L,
                3.0,
                new BigDecimal("8.00"),
                new BigDecimal("4.00"),
                at("2024-05-01T08:00:00Z"),
                List.of(
                    List.of(
                        at("2024-01-01T08:00:00Z"),
                        at("2024-01-01T08:00:00Z"),
                        1L,
                        1.0,
                        new BigDecimal("5.00"),
                        new BigDecimal("0.00")),
                    List.of(
                        at("2024-02-01T08:00:00Z"),
                        at("2024-01-01T08:00:00Z"),
                        2L,
                        3.0,
                        new BigDecimal("8.00"),
                        new BigDecimal("0.00")))));
    Frame holdout =
        new Holdout(
                UTC,
                Values.micros(at("2024-01-31T23:59:59.999999Z")),
                Values.micros(at("2024-03-31T23:59:59.999999Z")))
            .of(purchases);
    assertThat(
            holdout
                .select(List.of("monetary", "returned", "actual_purchases", "actual_spend"))
                .toRows())
        .containsExactly(row(new BigDecimal("5.00"), new BigDecimal("0.00"), 0L, 3.0));
    assertThat(Purchases.newest(purchases)).isEqualTo(Values.micros(at("2024-02-01T08:00:00Z")));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void purchasesDoNotDependOnTheOrderOfTheLines(long seed) {
    Random random = new Random(seed);
    List<List<@Nullable Object>> lines = randomLines(random, 200);
    Frame once = Purchases.of(Frame.ofRows(LINES, lines), UTC);
    Collections.shuffle(lines, random);
    assertThat(Purchases.of(Frame.ofRows(LINES, lines), UTC)).isEqualTo(once);
  }

  @Test
  void aHoldoutCountsTheDaysAndMoneyAfterTheCutOffAndForgetsNobody() {
    Frame purchases =
        Purchases.of(
            Frame.ofRows(
                LINES,
                List.of(
                    row("ann", 1L, at("2024-01-01T08:00:00Z"), null, 1.0, new BigDecimal("5.00")),
                    row("bob", 2L, at("2024-01-02T08:00:00Z"), null, 1.0, new BigDecimal("7.00")),
                    row("ann", 3L, at("2024-02-01T08:00:00Z"), null, 1.0, new BigDecimal("1.00")),
                    row("ann", 4L, at("2024-02-01T09:00:00Z"), null, 1.0, new BigDecimal("2.00")),
                    row("ann", 5L, at("2024-02-02T09:00:00Z"), null, 1.0, new BigDecimal("-2.00")),
                    row("ann", 6L, at("2024-04-01T09:00:00Z"), null, 1.0, new BigDecimal("9.00")),
                    row("cy", 7L, at("2024-02-01T09:00:00Z"), null, 1.0, new BigDecimal("9.00")))),
            UTC);
    Frame holdout =
        new Holdout(
                UTC,
                Values.micros(at("2024-01-31T23:59:59.999999Z")),
                Values.micros(at("2024-03-31T23:59:59.999999Z")))
            .of(purchases);
    assertThat(
            holdout
                .select(List.of("customer_id", "frequency", "actual_purchases", "actual_spend"))
                .toRows())
        .containsExactly(row("ann", 1L, 1L, 3.0), row("bob", 1L, 0L, 0.0));
  }

  @Test
  void totalsByMonthAndCohortAddUpHoweverTheCustomersAreCut() {
    List<List<@Nullable Object>> lines = randomLines(new Random(9), 400);
    Frame purchases = Purchases.of(Frame.ofRows(LINES, lines), UTC);
    PurchaseTotals totals = new PurchaseTotals(UTC, Values.micros(at("2024-12-31T00:00:00Z")));
    Frame whole = totals.partial(purchases);
    List<Frame> parts = new ArrayList<>();
    for (Frame part : purchases.split(List.of("customer_id"), 5)) {
      if (part != null) {
        parts.add(totals.partial(part));
      }
    }
    Frame joined = PurchaseTotals.merge(Frame.concat(PurchaseTotals.schema(), parts));
    assertThat(PurchaseTotals.revenueByMonth(joined))
        .isEqualTo(PurchaseTotals.revenueByMonth(whole));
    assertThat(PurchaseTotals.cohortRetention(joined))
        .isEqualTo(PurchaseTotals.cohortRetention(whole));

    double revenue = 0;
    for (List<@Nullable Object> line : lines) {
      revenue += Math.max(0, ((BigDecimal) Objects.requireNonNull(line.get(5))).doubleValue());
    }
    Frame months = PurchaseTotals.revenueByMonth(whole);
    double sum = 0;
    for (int i = 0; i < months.rows(); i++) {
      sum += months.doubles("revenue").get(i);
    }
    assertThat(sum).isCloseTo(revenue, within(1e-3));
  }

  @Test
  void everyCohortIsWholeInItsFirstMonth() {
    Frame purchases = Purchases.of(Frame.ofRows(LINES, randomLines(new Random(3), 500)), UTC);
    Frame cohorts =
        PurchaseTotals.cohortRetention(
            new PurchaseTotals(UTC, Values.micros(at("2024-12-31T00:00:00Z"))).partial(purchases));
    for (int i = 0; i < cohorts.rows(); i++) {
      assertThat(cohorts.doubles("retention").get(i)).isBetween(0.0, 1.0);
      if (cohorts.longs("months_since").get(i) == 0) {
        assertThat(cohorts.doubles("retention").get(i)).isEqualTo(1.0);
      }
    }
  }

  @Test
  void exactSumsDoNotDependOnTheOrder() {
    Random random = new Random(1);
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      values.add((random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(12)));
    }
    ExactSum forward = new ExactSum();
    values.forEach(forward::add);
    Collections.shuffle(values, random);
    ExactSum shuffled = new ExactSum();
    ExactSum half = new ExactSum();
    values.subList(0, 5_000).forEach(shuffled::add);
    values.subList(5_000, 10_000).forEach(half::add);
    shuffled.add(half);
    assertThat(shuffled.value()).isEqualTo(forward.value());
    assertThat(forward.value()).isCloseTo(values.stream().mapToDouble(v -> v).sum(), within(0.01));
    ExactSum negative = new ExactSum();
    negative.add(-1.5);
    assertThat(negative.value()).isEqualTo(-1.5);
  }
}
