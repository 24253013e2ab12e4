package dev.patron.pipelines.training;

import dev.patron.features.clv.PurchaseModel;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Type;
import dev.patron.features.purchases.DailyPurchases;
import java.util.Arrays;
import org.apache.commons.math3.util.FastMath;
import org.jspecify.annotations.Nullable;

/**
 * A clock that runs fast while a shop is busy and slowly while it is quiet, the same way every
 * year. The models of purchases know no seasons: to them who came after the last Christmas is a
 * rare buyer just before the next one, and who has seen two a frequent one. By this clock purchases
 * come evenly, so the models are right by it; and the window that is to be forecast is as long as
 * it is by the calendar, so they forecast it in its own season.
 *
 * <p>The pace of each thirteenth of the year is what was bought again in it, beside what a model
 * expects by this clock of all who had come by then: how many there are, how long they have been
 * known and who of them has left is thereby no part of the pace. It is found by a few rounds of
 * fitting the model and mending the pace.
 */
final class SeasonClock {
  private static final int YEAR = 365;
  private static final int PERIODS = 13;
  private static final int ROUNDS = 4;
  private static final double DAYS_PER_WEEK = 7;

  /** A curve that bends over months is known well enough by its values a fortnight apart. */
  private static final double GRID_DAYS = 14;

  /** Purchases come in clusters: their counts vary so much more than a Poisson's. */
  private static final double DISPERSION = 2;

  /** The 99.9 % quantile of chi-squared with as many degrees of freedom as paces can differ in. */
  private static final double CHANCE = 32.91;

  private final long asOf;
  private final double[] pace;

  /** How far the counts are from an even pace, as chi-squared measures it. */
  private final double unevenness;

  private final double[] passed = new double[YEAR + 1];

  private SeasonClock(long asOf, double[] pace, double unevenness) {
    this.asOf = asOf;
    this.pace = pace;
    this.unevenness = unevenness;
    for (int day = 0; day < YEAR; day++) {
      passed[day + 1] = passed[day] + pace[period(day)];
    }
  }

  private static int period(int dayOfYear) {
    return dayOfYear * PERIODS / YEAR;
  }

  /** A model of purchases for customers whose times are by the clock; null if there is none. */
  interface Fit {
    @Nullable PurchaseModel of(Frame customers);
  }

  /**
   * The clock of a shop.
   *
   * @param daily what was bought; looked at until as-of alone
   * @param asOf the day before the window that is to be forecast
   * @param windowDays its length
   * @param customers known by as-of, with {@code tenure_days} and {@code repeat_recency_days}
   * @return null if there is no history, or no model of it
   */
  static @Nullable SeasonClock of(
      DailyPurchases daily, long asOf, long windowDays, Frame customers, Fit fit) {
    if (daily.isEmpty() || daily.firstDay() >= asOf) {
      return null;
    }
    double[] even = new double[PERIODS];
    Arrays.fill(even, 1);
    SeasonClock clock = new SeasonClock(asOf, even, 0);
    for (int round = 0; round < ROUNDS; round++) {
      PurchaseModel model = fit.of(clock.by(customers));
      if (model == null) {
        return null;
      }
      clock = clock.mended(daily, model).inUnitsOf(windowDays);
    }
    return clock;
  }

  /** Whether the shop is busier at some times of the year than at others by more than chance. */
  boolean isBeyondChance() {
    return unevenness > CHANCE;
  }

  /** How far counts of so many purchases are off by chance, as the logarithm of a factor. */
  static double chance(double purchases) {
    return Math.sqrt(DISPERSION / (purchases + 1));
  }

  /** The days by this clock from as-of to a day; negative before it. */
  double at(long day) {
    long since = day - asOf;
    return Math.floorDiv(since, (long) YEAR) * passed[YEAR] + passed[Math.floorMod(since, YEAR)];
  }

  /** The same customers with their times by this clock, to whole days. */
  Frame by(Frame customers) {
    LongColumn tenures = customers.longs("tenure_days");
    LongColumn toLast = customers.longs("repeat_recency_days");
    long[] tenure = new long[customers.rows()];
    long[] recency = new long[customers.rows()];
    for (int row = 0; row < tenure.length; row++) {
      long first = asOf - tenures.get(row);
      double start = at(first);
      recency[row] =
          toLast.get(row) == 0 ? 0 : Math.max(1, Math.round(at(first + toLast.get(row)) - start));
      tenure[row] = Math.max(recency[row], Math.round(-start));
    }
    return customers
        .with("tenure_days", Type.LONG, LongColumn.of(tenure))
        .with("repeat_recency_days", Type.LONG, LongColumn.of(recency));
  }

  private SeasonClock mended(DailyPurchases daily, PurchaseModel model) {
    double[] expected = new double[PERIODS];
    double[] actual = new double[PERIODS];
    double[] anybody = anybody(model, -at(daily.firstDay()));
    int days = Math.toIntExact(asOf - daily.firstDay()) + 1;
    double[] times = new double[days];
    Arrays.setAll(times, i -> at(daily.firstDay() + i));
    for (int day = 1; day < days; day++) {
      int period = period((int) Math.floorMod(daily.firstDay() + day - 1 - asOf, (long) YEAR));
      actual[period] += daily.repeats(daily.firstDay() + day);
      double sum = 0;
      for (int first = 0; first < day; first++) {
        double came = daily.firsts(daily.firstDay() + first);
        if (came > 0) {
          sum +=
              came
                  * (between(anybody, times[day] - times[first])
                      - between(anybody, times[day - 1] - times[first]));
        }
      }
      expected[period] += sum;
    }
    return shrunk(expected, actual);
  }

  /**
   * The pace that would have made expected what came, drawn to the mean pace as far as the paces
   * differ no more than counts do by chance: a shop without seasons keeps an even clock.
   */
  private SeasonClock shrunk(double[] expected, double[] actual) {
    double[] logs = new double[PERIODS];
    double[] chance = new double[PERIODS];
    for (int i = 0; i < PERIODS; i++) {
      logs[i] = FastMath.log(pace[i] * (actual[i] + 1) / (expected[i] + 1));
      chance[i] = DISPERSION / (actual[i] + 1);
    }
    double mean = Arrays.stream(logs).sum() / PERIODS;
    double variance = 0;
    double beyond = 0;
    for (int i = 0; i < PERIODS; i++) {
      beyond += (logs[i] - mean) * (logs[i] - mean) / chance[i];
      variance += ((logs[i] - mean) * (logs[i] - mean) - chance[i]) / PERIODS;
    }
    double real = Math.max(0, variance);
    double[] paces = new double[PERIODS];
    for (int i = 0; i < PERIODS; i++) {
      paces[i] = FastMath.exp(mean + (logs[i] - mean) * real / (real + chance[i]));
    }
    return new SeasonClock(asOf, paces, beyond);
  }

  /** Repeat purchases of a customer of whom nothing is known, each {@link #GRID_DAYS} more. */
  private static double[] anybody(PurchaseModel model, double most) {
    double[] expected = new double[(int) (most / GRID_DAYS) + 3];
    Arrays.setAll(expected, i -> model.expectedOfAnybody(i * GRID_DAYS / DAYS_PER_WEEK));
    return expected;
  }

  private static double between(double[] anybody, double days) {
    double at = days / GRID_DAYS;
    int below = (int) at;
    return anybody[below] + (at - below) * (anybody[below + 1] - anybody[below]);
  }

  private SeasonClock inUnitsOf(long windowDays) {
    double unit = at(asOf + windowDays) / windowDays;
    return new SeasonClock(asOf, Arrays.stream(pace).map(p -> p / unit).toArray(), unevenness);
  }
}
