package dev.patron.features.purchases;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.Tables;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DailyPurchasesTest {
  private static final long HOUR = 3_600_000_000L;
  private static final long DAY = 24 * HOUR;

  private final FrameBuilder rows =
      new FrameBuilder(Tables.purchases(Type.LONG, Type.LONG, Type.DOUBLE));

  private DailyPurchasesTest bought(@Nullable Long customer, long at, long lines) {
    if (customer == null) {
      rows.column("customer_id").appendNull();
    } else {
      rows.longs("customer_id").append(customer);
    }
    rows.longs("order_id").append(rows.rows());
    rows.longs("purchased_at").append(at);
    rows.longs("lines").append(lines);
    rows.doubles("units").append(1);
    rows.doubles("amount").append(1);
    rows.doubles("returned").append(0);
    rows.column("changed_at").appendNull();
    rows.column("versions").appendNull();
    return this;
  }

  private Frame counted(ZoneId zone) {
    return DailyPurchases.count(zone, rows.build());
  }

  @Test
  void whoComesFirstAndWhoComesAgainIsCountedByDay() {
    DailyPurchases daily =
        DailyPurchases.of(
            List.of(
                bought(2L, 12 * DAY, 1)
                    .bought(1L, 10 * DAY, 1)
                    .bought(1L, 12 * DAY, 1)
                    .bought(1L, 12 * DAY + HOUR, 2)
                    .bought(2L, 15 * DAY, 1)
                    .counted(ZoneOffset.UTC)));

    assertThat(daily.firstDay()).isEqualTo(10);
    assertThat(daily.firsts(10)).isEqualTo(1);
    assertThat(daily.firsts(12)).isEqualTo(1);
    assertThat(daily.repeats(10)).isZero();
    assertThat(daily.repeats(12)).as("two orders of one day are one purchase").isEqualTo(1);
    assertThat(daily.repeats(13)).isZero();
    assertThat(daily.repeats(15)).isEqualTo(1);
    assertThat(daily.repeats(9) + daily.repeats(16)).as("outside").isZero();
  }

  @Test
  void returnsAndPurchasesOfNobodyAreNone() {
    Frame counted = bought(1L, 0, 0).bought(null, DAY, 1).counted(ZoneOffset.UTC);

    assertThat(counted.rows()).isZero();
    assertThat(DailyPurchases.of(List.of(counted)).isEmpty()).isTrue();
  }

  @Test
  void daysAreThoseOfTheZone() {
    Frame counted = bought(1L, 10 * DAY - HOUR, 1).counted(ZoneId.of("Europe/Berlin"));

    assertThat(counted.longs("day").get(0)).isEqualTo(10);
  }

  @Test
  void sharesOfTheCustomersAddUp() {
    Frame one = bought(1L, 3 * DAY, 1).bought(1L, 5 * DAY, 1).counted(ZoneOffset.UTC);
    Frame other =
        new DailyPurchasesTest()
            .bought(2L, 2 * DAY, 1)
            .bought(2L, 5 * DAY, 1)
            .counted(ZoneOffset.UTC);

    for (List<Frame> frames : List.of(List.of(one, other), List.of(other, one))) {
      DailyPurchases both = DailyPurchases.of(frames);
      assertThat(both.firstDay()).isEqualTo(2);
      assertThat(both.firsts(3)).isEqualTo(1);
      assertThat(both.repeats(5)).isEqualTo(2);
    }
  }
}
