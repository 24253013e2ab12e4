package dev.patron.pipelines.training;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.patron.features.clv.Nbd;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.purchases.DailyPurchases;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeasonClockTest {
  /** In 1974: no leap day lies in the years before or after. */
  private static final long AS_OF = 1_700;

  /** A purchase in 50 days on the mean of all, however long they have been known. */
  private static final Nbd MODEL = new Nbd(2, 100 / 7.0);

  private static final Schema TIMES =
      Schema.of().with("repeat_recency_days", Type.LONG).with("tenure_days", Type.LONG);

  private static Frame customers(long[] toLast, long[] tenure) {
    return Frame.of(TIMES, LongColumn.of(toLast), LongColumn.of(tenure));
  }

  /** A shop that is busy on the days 83 to 56 before as-of and the same of the years before. */
  private static DailyPurchases shop(long quiet, long busy) {
    return shop(quiet, busy, 281, 309);
  }

  /**
   * A thousand customers who all came on day 270, of whom {@code quiet} come again on a day, and
   * {@code busy} times as many from the day {@code from} until {@code to} of each year, which
   * begins on the day after as-of.
   */
  private static DailyPurchases shop(long quiet, long busy, long from, long to) {
    long[] day = new long[(int) (AS_OF - 969)];
    long[] firsts = new long[day.length];
    long[] repeats = new long[day.length];
    firsts[0] = 1_000;
    for (int i = 0; i < day.length; i++) {
      day[i] = 970L + i;
      long ofYear = Math.floorMod(day[i] - AS_OF - 1, 365L);
      repeats[i] = i == 0 ? 0 : ofYear >= from && ofYear < to ? busy * quiet : quiet;
    }
    return DailyPurchases.of(
        List.of(
            Frame.of(
                DailyPurchases.SCHEMA,
                LongColumn.of(day),
                LongColumn.of(firsts),
                LongColumn.of(repeats))));
  }

  private static SeasonClock clock(DailyPurchases daily, long window) {
    return requireNonNull(
        SeasonClock.of(
            daily,
            AS_OF,
            window,
            customers(new long[] {0}, new long[] {AS_OF - 970}),
            MODEL,
            (customers, near) -> MODEL));
  }

  @Test
  void anEvenShopHasAClockLikeAnyOther() {
    SeasonClock clock = clock(shop(20, 1), 90);

    for (long day = 970; day <= AS_OF + 365; day += 5) {
      assertThat(clock.at(day)).as("day %d", day).isCloseTo((double) (day - AS_OF), within(12.0));
    }
    assertThat(clock.isBeyondChance()).isFalse();
  }

  @Test
  void itRunsFastWhileTheShopIsBusy() {
    SeasonClock clock = clock(shop(20, 4), 60);

    double busy = clock.at(AS_OF - 58) - clock.at(AS_OF - 82);
    double quiet = clock.at(AS_OF - 2) - clock.at(AS_OF - 26);
    assertThat(busy / quiet).isBetween(3.6, 4.1);
    assertThat(clock.at(AS_OF - 58 - 365) - clock.at(AS_OF - 82 - 365))
        .as("every year")
        .isCloseTo(busy, within(1e-9));
    assertThat(clock.isBeyondChance()).isTrue();
  }

  @Test
  void theWindowIsAsLongAsByTheCalendar() {
    for (long window : new long[] {28, 90, 365}) {
      SeasonClock clock = clock(shop(20, 4), window);

      assertThat(clock.at(AS_OF)).isZero();
      assertThat(clock.at(AS_OF + window)).isCloseTo((double) window, within(1e-9));
    }
  }

  @Test
  void aWindowIsAsBusyAsItWasWhereverItEnds() {
    for (long window : new long[] {14, 20, 40, 45, 90, 100, 128, 300}) {
      SeasonClock clock = clock(shop(20, 4, 0, window), window);

      double rest = 365 - window;
      assertThat(clock.at(AS_OF + 365) - clock.at(AS_OF + window))
          .as("the rest of the year, a quarter as busy as its first %d days", window)
          .isCloseTo(rest / 4, within(0.03 * rest / 4));
    }
  }

  /** Every year somebody buys in December alone: what comes 365 days later need not be December. */
  @Test
  void aYearIsThatOfTheCalendar() {
    long asOf = LocalDate.of(2023, 12, 31).toEpochDay();
    long first = LocalDate.of(2021, 1, 1).toEpochDay();
    long[] day = new long[(int) (asOf - first + 1)];
    long[] firsts = new long[day.length];
    long[] repeats = new long[day.length];
    firsts[0] = 1_000;
    for (int i = 0; i < day.length; i++) {
      day[i] = first + i;
      repeats[i] = LocalDate.ofEpochDay(day[i]).getMonthValue() == 12 ? 80 : 10;
    }
    DailyPurchases daily =
        DailyPurchases.of(
            List.of(
                Frame.of(
                    DailyPurchases.SCHEMA,
                    LongColumn.of(day),
                    LongColumn.of(firsts),
                    LongColumn.of(repeats))));
    SeasonClock clock =
        requireNonNull(
            SeasonClock.of(
                daily,
                asOf,
                365,
                customers(new long[] {0}, new long[] {asOf - first}),
                MODEL,
                (customers, near) -> MODEL));

    assertThat(pace(clock, 2024, 12, 20)).isCloseTo(pace(clock, 2023, 12, 20), within(1e-9));
    for (int year = 2021; year < 2025; year++) {
      assertThat(pace(clock, year, 12, 31))
          .as("New Year's Eve of %d, beside the day after", year)
          .isGreaterThan(5 * pace(clock, year + 1, 1, 1));
    }
    assertThat(pace(clock, 2024, 2, 29)).isCloseTo(pace(clock, 2024, 2, 28), within(1e-9));
  }

  private static double pace(SeasonClock clock, int year, int month, int day) {
    long epochDay = LocalDate.of(year, month, day).toEpochDay();
    return clock.at(epochDay) - clock.at(epochDay - 1);
  }

  @Test
  void byItCustomersRemainPossible() {
    // Beside a window that holds the busy season, a day of the rest of the year is a short one.
    SeasonClock clock = clock(shop(20, 9), 300);
    Frame by = clock.by(customers(new long[] {0, 1, 700, 3}, new long[] {0, 1, 730, 40}));

    for (int row = 0; row < by.rows(); row++) {
      long toLast = by.longs("repeat_recency_days").get(row);
      assertThat(toLast > 0).isEqualTo(row > 0);
      assertThat(toLast).isLessThanOrEqualTo(by.longs("tenure_days").get(row));
    }
  }

  @Test
  void withoutHistoryOrModelThereIsNone() {
    Frame customers = customers(new long[] {0}, new long[] {10});

    assertThat(
            SeasonClock.of(
                DailyPurchases.of(List.of()), AS_OF, 90, customers, MODEL, (rows, near) -> MODEL))
        .isNull();
    assertThat(SeasonClock.of(shop(20, 1), 200, 90, customers, MODEL, (rows, near) -> MODEL))
        .as("nothing is known by then")
        .isNull();
    assertThat(SeasonClock.of(shop(20, 1), AS_OF, 90, customers, MODEL, (rows, near) -> null))
        .isNull();
  }
}
