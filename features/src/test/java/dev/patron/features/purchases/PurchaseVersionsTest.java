package dev.patron.features.purchases;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import dev.patron.features.tables.Tables;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Purchases of orders that are corrected, moved to somebody else and taken back. */
class PurchaseVersionsTest {
  private static final ZoneId UTC = ZoneOffset.UTC;
  private static final Type MONEY = new Type.Decimal(10, 2);
  private static final Schema HISTORY =
      Schema.of()
          .with("order", Type.LONG)
          .with("customer", Type.STRING)
          .with("at", Type.TIMESTAMP)
          .with("amount", MONEY)
          .and(Tables.HISTORY);
  private static final OrderLines LINES =
      OrderLines.ofVersions(
          HISTORY,
          new PurchaseColumns("customer", "order", "at", null, null, "amount", null, null),
          UTC,
          null);

  private static Instant day(int day) {
    return Instant.parse("2024-01-01T12:00:00Z").plusSeconds(86_400L * (day - 1));
  }

  private static List<@Nullable Object> row(@Nullable Object... values) {
    return Arrays.asList(values);
  }

  /** A version of the order with this number. */
  private static List<@Nullable Object> version(
      long order, int version, String customer, int at, String amount, int from, int to) {
    return row(
        order,
        customer,
        day(at),
        new BigDecimal(amount),
        day(from),
        to == 0 ? null : day(to),
        to == 0,
        (long) version,
        "",
        "");
  }

  private static Frame purchases(List<List<@Nullable Object>> history) {
    return Purchases.of(LINES.takeApart(Frame.ofRows(HISTORY, history)), UTC);
  }

  private static BigDecimal money(Frame purchases, int row) {
    return (BigDecimal) Objects.requireNonNull(purchases.value(row, "amount"));
  }

  private static Frame amounts(Frame purchases, int day) {
    return Purchases.asOf(purchases, Values.micros(day(day)))
        .sort(List.of("customer_id", "order_id"))
        .select(List.of("customer_id", "order_id", "purchased_at", "lines", "amount"));
  }

  @Test
  void theFirstVersionOfAnOrderCountsFromItsOwnTimeOnWheneverItWasWrittenDown() {
    Frame purchases = purchases(List.of(version(1, 1, "ann", 3, "5.00", 20, 0)));
    assertThat(amounts(purchases, 2).toRows()).isEmpty();
    assertThat(amounts(purchases, 3).toRows())
        .containsExactly(row("ann", 1L, day(3), 1L, new BigDecimal("5.00")));
    assertThat(purchases.value(0, "changed_at")).isNull();
    assertThat(purchases.value(0, "versions")).isNull();
  }

  @Test
  void aCorrectionCountsFromWhenItWasMade() {
    Frame purchases =
        purchases(
            List.of(version(1, 1, "ann", 3, "50.00", 3, 7), version(1, 2, "ann", 3, "5.00", 7, 0)));
    assertThat(amounts(purchases, 6).value(0, "amount")).isEqualTo(new BigDecimal("50.00"));
    assertThat(amounts(purchases, 7).value(0, "amount")).isEqualTo(new BigDecimal("5.00"));
    assertThat(purchases.value(0, "amount")).isEqualTo(new BigDecimal("5.00"));
    assertThat(Purchases.newestOfVersions(purchases)).isEqualTo(Values.micros(day(3)));
  }

  /** A status is no property of a purchase. */
  @Test
  void whatDoesNotChangeThePurchaseIsNoVersionOfIt() {
    Frame purchases =
        purchases(
            List.of(version(1, 1, "ann", 3, "5.00", 3, 7), version(1, 2, "ann", 3, "5.00", 7, 0)));
    assertThat(purchases.value(0, "changed_at")).isNull();
    assertThat(purchases.value(0, "versions")).isNull();
  }

  @Test
  void anOrderThatIsDeletedIsNoPurchaseAnyMoreAndOneThatComesAgainIsOneAgain() {
    Frame purchases =
        purchases(
            List.of(version(1, 1, "ann", 3, "5.00", 3, 7), version(1, 2, "ann", 3, "6.00", 9, 12)));
    assertThat(amounts(purchases, 6).toRows()).hasSize(1);
    assertThat(amounts(purchases, 7).toRows()).isEmpty();
    assertThat(amounts(purchases, 9).value(0, "amount")).isEqualTo(new BigDecimal("6.00"));
    assertThat(amounts(purchases, 12).toRows()).isEmpty();
    assertThat(purchases.rows()).isEqualTo(1);
    assertThat(purchases.value(0, "purchased_at")).isNull();
    assertThat(purchases.value(0, "lines")).isEqualTo(0L);
    assertThat(Purchases.newestOfVersions(purchases)).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void anOrderThatBecomesSomebodyElsesWasTheirsUntilThen() {
    Frame purchases =
        purchases(
            List.of(version(1, 1, "ann", 3, "5.00", 3, 7), version(1, 2, "bob", 3, "5.00", 7, 0)));
    assertThat(amounts(purchases, 6).toRows())
        .containsExactly(row("ann", 1L, day(3), 1L, new BigDecimal("5.00")));
    assertThat(amounts(purchases, 7).toRows())
        .containsExactly(row("bob", 1L, day(3), 1L, new BigDecimal("5.00")));
    // Nobody bought anything on the day of the correction.
    assertThat(Purchases.newestOfVersions(purchases)).isEqualTo(Values.micros(day(3)));
  }

  @Test
  void whatIsCorrectedOfAnOrderAfterItBecameSomebodyElsesIsNotBoughtThen() {
    Frame purchases =
        purchases(
            List.of(
                version(1, 1, "ann", 3, "5.00", 3, 7),
                version(1, 2, "bob", 3, "5.00", 7, 9),
                version(1, 3, "bob", 3, "6.00", 9, 0)));
    assertThat(Purchases.newestOfVersions(purchases)).isEqualTo(Values.micros(day(3)));
  }

  @Test
  void anOrderWhoseTimeIsCorrectedWasBoughtAtTheTimeThatIsRight() {
    Frame purchases =
        purchases(
            List.of(version(1, 1, "ann", 3, "5.00", 3, 7), version(1, 2, "ann", 5, "5.00", 7, 0)));
    assertThat(Purchases.newestOfVersions(purchases)).isEqualTo(Values.micros(day(5)));
  }

  @Test
  void anOrderThatIsDeletedAndWrittenOnceMoreWasBoughtWhenItWas() {
    Frame purchases =
        purchases(
            List.of(version(1, 1, "ann", 3, "5.00", 3, 7), version(1, 2, "ann", 3, "5.00", 8, 0)));
    assertThat(Purchases.newestOfVersions(purchases)).isEqualTo(Values.micros(day(3)));
    assertThat(amounts(purchases, 3).rows()).isEqualTo(1);
  }

  @Test
  void aVersionThatWasNoMoreWhenItsTimeCameNeverCounts() {
    assertThat(purchases(List.of(version(1, 1, "ann", 9, "5.00", 3, 7))).rows()).isZero();
  }

  @Test
  void onlyOpenVersionsWithoutATimeAreTold() {
    List<@Nullable Object> closed = version(1, 1, "ann", 3, "5.00", 3, 7);
    List<@Nullable Object> open = version(2, 1, "ann", 3, "5.00", 3, 0);
    closed.set(2, null);
    open.set(2, null);
    Frame history = Frame.ofRows(HISTORY, List.of(closed, open));
    assertThat(LINES.withoutTime(history).toRows()).containsExactly(open);
    assertThat(LINES.takeApart(history).rows()).isZero();
  }

  private static final Schema PLAIN =
      Schema.of()
          .with("customer_id", Type.STRING)
          .with("order_id", Type.LONG)
          .with("purchased_at", Type.TIMESTAMP)
          .with("product", Type.STRING)
          .with("quantity", Type.DOUBLE)
          .with("amount", MONEY);

  /** Lines of few orders, some without a number, a customer or money, true for a while or still. */
  private static Frame randomLines(Random random, boolean change) {
    List<List<@Nullable Object>> lines = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      int order = random.nextInt(40);
      int at = 1 + order / 3 + random.nextInt(4);
      int since = change ? at + random.nextInt(3) * random.nextInt(6) : at;
      boolean none = random.nextInt(15) == 0;
      lines.add(
          row(
              order % 7 == 6 ? null : "c" + order % 7,
              random.nextInt(8) == 0 ? null : (long) order,
              day(at),
              null,
              none ? null : 1.0 + random.nextInt(3),
              none ? null : BigDecimal.valueOf(random.nextInt(5_000) - 800, 2),
              day(since),
              change && random.nextBoolean() ? day(since + 1 + random.nextInt(9)) : null));
    }
    return Frame.ofRows(
        PLAIN.with(OrderLines.SINCE, Type.TIMESTAMP).with(OrderLines.UNTIL, Type.TIMESTAMP), lines);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void linesThatNeverChangeMakeThePurchasesThatFactsMake(long seed) {
    Frame all = randomLines(new Random(seed), false);
    // One without a quantity is a version of facts, though it changes nothing.
    Frame lines = all.filter(row -> !all.column("quantity").isNull(row));
    assertThat(Purchases.of(lines, UTC).toRows())
        .isEqualTo(Purchases.of(lines.select(PLAIN.names()), UTC).toRows());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void atAnyTimePurchasesAreThoseOfTheLinesThatAreTrueThen(long seed) {
    Frame lines = randomLines(new Random(seed), true);
    Frame purchases = Purchases.of(lines, UTC);
    List<String> order = List.of("customer_id", "order_id", "purchased_at", "amount");
    for (int day = 0; day < 40; day++) {
      long time = Values.micros(day(day));
      Frame now = Purchases.of(OrderLines.asOf(lines, time).select(PLAIN.names()), UTC);
      Frame known = Purchases.asOf(purchases, time);
      assertThat(known.sort(order).toRows())
          .as("seed %d, day %d", seed, day)
          .isEqualTo(now.select(known.schema().names()).sort(order).toRows());
    }
  }

  /** What is a purchase at both ends of a window, and more at the second, was bought within it. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void additionsAreWhatPurchasesGrewBy(long seed) {
    Frame lines = randomLines(new Random(seed), true);
    Frame numbered = lines.filter(row -> !lines.column("order_id").isNull(row));
    Frame purchases = Purchases.of(numbered, UTC);
    for (int day = 1; day < 25; day += 3) {
      long after = Values.micros(day(day));
      long end = Values.micros(day(day + 6));
      Frame before = Purchases.asOf(purchases, after);
      Frame now = Purchases.asOf(purchases, end);
      List<List<@Nullable Object>> grown = new ArrayList<>();
      LongColumn at = now.longs("purchased_at");
      for (int i = 0; i < now.rows(); i++) {
        for (int j = 0; j < before.rows(); j++) {
          if (now.column("customer_id").same(i, before.column("customer_id"), j)
              && now.column("order_id").same(i, before.column("order_id"), j)
              && at.get(i) <= after) {
            BigDecimal more = money(now, i).subtract(money(before, j));
            if (more.signum() > 0) {
              grown.add(row(now.value(i, "customer_id"), now.value(i, "order_id"), more));
            }
          }
        }
      }
      assertThat(Purchases.additions(purchases, after, end).toRows())
          .as("seed %d, day %d", seed, day)
          .containsExactlyInAnyOrderElementsOf(grown);
    }
  }
}
