package dev.patron.features.purchases;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import dev.patron.features.tables.Tables;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PurchaseTotalsTest {
  private static final Schema PURCHASES = Tables.purchases(Type.LONG, Type.LONG, Type.DOUBLE);
  private static final PurchaseTotals TOTALS =
      new PurchaseTotals(ZoneOffset.UTC, Values.micros(Instant.parse("2024-06-30T23:59:59Z")));

  /** Purchases, returns (no lines) and anonymous ones (no customer). */
  private static Frame purchases(Random random, int customers) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (long order = 0; order < 60; order++) {
      long customer = random.nextInt(customers + 1);
      rows.add(
          Arrays.asList(
              customer == customers ? null : customer,
              order,
              Instant.parse("2024-01-01T10:00:00Z").plusSeconds(86_400L * random.nextInt(200)),
              (long) random.nextInt(3),
              1.0,
              0.25 * random.nextInt(50),
              0.25 * random.nextInt(4),
              null,
              null));
    }
    return Frame.ofRows(PURCHASES, rows);
  }

  @Test
  void theTotalsOfSomeCustomersTakenFromThoseOfAllAreThoseOfTheOthers() {
    Random random = new Random(5);
    for (int round = 0; round < 100; round++) {
      Frame all = purchases(random, 12);
      long some = random.nextInt(14);
      Frame theirs = all.filter(row -> isAmong(all, row, some));
      Frame others = all.filter(row -> !isAmong(all, row, some));
      assertThat(PurchaseTotals.difference(TOTALS.partial(all), TOTALS.partial(theirs)))
          .isEqualTo(TOTALS.partial(others));
    }
  }

  private static boolean isAmong(Frame purchases, int row, long below) {
    return !purchases.column("customer_id").isNull(row)
        && purchases.longs("customer_id").get(row) < below;
  }
}
