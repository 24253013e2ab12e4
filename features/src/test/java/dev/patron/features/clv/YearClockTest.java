package dev.patron.features.clv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class YearClockTest {
  private static final Schema TIMES =
      Schema.of().with("repeat_recency_days", Type.LONG).with("tenure_days", Type.LONG);

  /** 13 periods, as a window of 90 days and the rest of a year have. */
  private static final double[] PACES = {1, 2, 3, .5, .25, .75, 1.5, .1, .2, .3, .4, .6, .7};

  private static YearClock clock(LocalDate day) {
    return new YearClock(day.toEpochDay(), 90, PACES);
  }

  /** The pace of each day one by one is that of the same day and month of any other year. */
  @Test
  void daysPassAtThePaceOfTheirDate() {
    for (LocalDate asOf :
        List.of(
            LocalDate.of(2023, 12, 31),
            LocalDate.of(2024, 2, 28),
            LocalDate.of(2024, 2, 29),
            LocalDate.of(2024, 6, 30))) {
      YearClock clock = clock(asOf);
      for (long days : new long[] {-20, 0, 17}) {
        YearClock later = clock.later(days);
        double passed = 0;
        for (long ago = 0; ago < 2_000; ago++) {
          LocalDate day = asOf.plusDays(days - ago);
          assertThat(later.at(day.toEpochDay())).as("%s", day).isCloseTo(-passed, within(1e-9));
          boolean isLeapDay = day.getMonthValue() == 2 && day.getDayOfMonth() == 29;
          LocalDate like = isLeapDay ? day.minusDays(1) : day;
          long other = like.withYear(2025).toEpochDay();
          passed += clock.at(other) - clock.at(other - 1);
        }
      }
    }
  }

  @Test
  void customersAreKnownAsLongAsTheClockSays() {
    YearClock clock = clock(LocalDate.of(2023, 12, 31));
    Frame customers =
        Frame.ofRows(
            TIMES,
            List.of(
                Arrays.asList(0L, 0L),
                Arrays.asList(0L, 300L),
                Arrays.asList(5L, 5L),
                Arrays.asList(200L, 800L),
                Arrays.asList(1L, 20_000L),
                Arrays.asList(null, 3L),
                Arrays.asList(null, null)));

    Frame byClock = clock.by(customers);

    long asOf = clock.foundOn();
    for (int row = 0; row < 5; row++) {
      long tenure = customers.longs("tenure_days").get(row);
      long toLast = customers.longs("repeat_recency_days").get(row);
      double known = -clock.at(asOf - tenure);
      assertThat((double) byClock.longs("tenure_days").get(row)).isCloseTo(known, within(0.51));
      assertThat((double) byClock.longs("repeat_recency_days").get(row))
          .isCloseTo(known + clock.at(asOf - tenure + toLast), within(toLast == 1 ? 1 : 0.51));
      assertThat(byClock.longs("repeat_recency_days").get(row) > 0).isEqualTo(toLast > 0);
      assertThat(byClock.longs("repeat_recency_days").get(row))
          .isLessThanOrEqualTo(byClock.longs("tenure_days").get(row));
    }
    for (int row = 5; row < 7; row++) {
      assertThat(byClock.column("tenure_days").isNull(row)).isTrue();
      assertThat(byClock.column("repeat_recency_days").isNull(row)).isTrue();
    }
  }

  @Test
  void byAnEvenClockNothingChanges() {
    Frame customers =
        Frame.ofRows(TIMES, List.of(List.of(0L, 0L), List.of(7L, 90L), List.of(900L, 900L)));

    assertThat(YearClock.even(LocalDate.of(2024, 3, 1).toEpochDay(), 45).by(customers))
        .isEqualTo(customers);
  }

  @Test
  void whoCameBackBeforeComingIsNoCustomer() {
    for (long[] wrong : new long[][] {{10, 9}, {-1, 5}, {1, 9_000_000}}) {
      Frame customers = Frame.ofRows(TIMES, List.of(List.of(wrong[0], wrong[1])));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> clock(LocalDate.of(2023, 12, 31)).by(customers))
          .withMessageContaining("no customer can have repeat_recency_days " + wrong[0]);
    }
  }
}
