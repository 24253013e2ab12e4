package dev.patron.features.purchases;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.clv.RandomDraws;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.purchases.RollingOrigin.Origin;
import dev.patron.features.tables.Tables;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class RollingOriginTest {
  private static final Schema PURCHASES = Tables.purchases(Type.LONG, Type.LONG, Type.DOUBLE);
  private static final long DAY = 86_400_000_000L;
  private static final List<Origin> ORIGINS =
      List.of(new Origin(100, 30), new Origin(130, 60), new Origin(200, 0));

  private static Frame purchases(long lastDay) {
    RandomDraws draws = new RandomDraws(9);
    FrameBuilder rows = new FrameBuilder(PURCHASES);
    for (long order = 0; order < 600; order++) {
      long day = draws.integer(220);
      long customer = draws.integer(40);
      boolean isReturn = draws.uniform() < 0.1;
      double amount = 1 + draws.integer(50);
      long time = day * DAY + draws.integer(1000);
      if (day > lastDay) {
        continue;
      }
      rows.longs("customer_id").append(customer);
      rows.longs("order_id").append(order);
      rows.longs("purchased_at").append(time);
      rows.longs("lines").append(isReturn ? 0 : 1);
      rows.doubles("units").append(1);
      rows.doubles("amount").append(isReturn ? 0 : amount);
      rows.doubles("returned").append(isReturn ? amount : 0);
      rows.column("changed_at").appendNull();
      rows.column("versions").appendNull();
    }
    return rows.build();
  }

  private static Frame of(Frame rows, int origin) {
    return rows.filter(row -> rows.longs("origin").get(row) == origin);
  }

  @Test
  void everyOriginHasTheFeaturesAndOutcomesOfItsHoldout() {
    Frame purchases = purchases(Long.MAX_VALUE);
    Frame rows = new RollingOrigin(ZoneOffset.UTC, ORIGINS).of(purchases);

    for (int i = 0; i < 2; i++) {
      Origin origin = ORIGINS.get(i);
      Days days = Days.utc();
      Frame expected =
          new Holdout(ZoneOffset.UTC, days.endOf(origin.day()), days.endOf(origin.end()))
              .of(purchases);
      List<String> shared = rows.schema().names().stream().filter(expected.schema()::has).toList();
      assertThat(shared).contains("tenure_days", "actual_purchases", "actual_spend");
      assertThat(of(rows, i).select(shared)).isEqualTo(expected.select(shared));
    }
    assertThat(of(rows, 2).rows()).isPositive();
    assertThat(of(rows, 2).doubles("actual_spend").get(0)).isZero();
  }

  @Test
  void thePastWindowIsTheActualWindowOfAnEarlierOrigin() {
    Frame purchases = purchases(Long.MAX_VALUE);
    Frame now = new RollingOrigin(ZoneOffset.UTC, List.of(new Origin(130, 30))).of(purchases);
    Frame before = new RollingOrigin(ZoneOffset.UTC, List.of(new Origin(100, 30))).of(purchases);

    int compared = 0;
    for (int row = 0; row < now.rows(); row++) {
      for (int earlier = 0; earlier < before.rows(); earlier++) {
        if (now.longs("customer_id").get(row) == before.longs("customer_id").get(earlier)) {
          assertThat(now.value(row, "past_purchases"))
              .isEqualTo(before.value(earlier, "actual_purchases"));
          assertThat(now.value(row, "past_spend")).isEqualTo(before.value(earlier, "actual_spend"));
          compared++;
        }
      }
    }
    assertThat(compared).isGreaterThan(20);
  }

  @Test
  void whatComesAfterACutOffChangesNothingButItsOutcomes() {
    List<String> known =
        RollingOrigin.schema(PURCHASES).names().stream()
            .filter(name -> !name.startsWith("actual_"))
            .toList();
    RollingOrigin origin = new RollingOrigin(ZoneOffset.UTC, List.of(new Origin(100, 30)));

    assertThat(origin.of(purchases(100)).select(known))
        .isEqualTo(origin.of(purchases(Long.MAX_VALUE)).select(known));
  }

  @Test
  void nothingAfterAnAsOfWithinADayIsLookedAt() {
    long asOf = 200 * DAY + 500;
    Frame all = purchases(Long.MAX_VALUE);
    LongColumn at = all.longs("purchased_at");
    Frame known = all.filter(row -> at.get(row) <= asOf);
    List<Origin> origins = List.of(new Origin(200, 0), new Origin(170, 30), new Origin(140, 60));
    assertThat(all.filter(row -> at.get(row) > asOf && at.get(row) < 201 * DAY).rows())
        .isPositive();

    assertThat(new RollingOrigin(ZoneOffset.UTC, origins, asOf).of(all))
        .isEqualTo(new RollingOrigin(ZoneOffset.UTC, origins).of(known));
  }

  @Test
  void whoStaysAwayIsNotForgotten() {
    Frame rows = of(new RollingOrigin(ZoneOffset.UTC, ORIGINS).of(purchases(100)), 0);

    assertThat(rows.rows()).isPositive();
    for (int row = 0; row < rows.rows(); row++) {
      assertThat(rows.longs("actual_purchases").get(row)).isZero();
    }
  }

  @Test
  void aShareOfCustomersHasAllOfTheirRowsWhereverTheyLie() {
    Frame purchases = purchases(Long.MAX_VALUE);
    CustomerShare half = CustomerShare.ofAbout(20, 40, 3);
    Frame chosen = half.of(purchases);

    assertThat(chosen.rows()).isBetween(purchases.rows() / 4, purchases.rows() * 3 / 4);
    Frame first = half.of(purchases.slice(0, 300));
    Frame second = half.of(purchases.slice(300, purchases.rows()));
    assertThat(Frame.concat(PURCHASES, List.of(first, second))).isEqualTo(chosen);
    for (int row = 0; row < chosen.rows(); row++) {
      long customer = chosen.longs("customer_id").get(row);
      assertThat(half.of(purchases.filter(r -> purchases.longs("customer_id").get(r) == customer)))
          .isEqualTo(purchases.filter(r -> purchases.longs("customer_id").get(r) == customer));
    }
    assertThat(CustomerShare.ofAbout(40, 40, 3).of(purchases)).isSameAs(purchases);
  }
}
