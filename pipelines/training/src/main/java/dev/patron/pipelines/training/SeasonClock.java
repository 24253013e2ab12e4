package dev.patron.pipelines.training;

import dev.patron.features.clv.PurchaseModel;
import dev.patron.features.clv.YearClock;
import dev.patron.features.frame.Frame;
import dev.patron.features.purchases.DailyPurchases;
import java.util.Arrays;
import org.apache.commons.math3.distribution.ChiSquaredDistribution;
import org.apache.commons.math3.util.FastMath;
import org.jspecify.annotations.Nullable;

/**
 * A clock that runs fast while a shop is busy and slowly while it is quiet, the same way every
 * year. The models of purchases know no seasons: to them who came after the last Christmas is a
 * rare buyer just before the next one, and who has seen two a frequent one. By this clock purchases
 * come evenly, so the models are right by it; and the window that is to be forecast is as long as
 * it is by the calendar, so they forecast it in its own season.
 *
 * <p>The pace of each period of about four weeks is what was bought again in it, beside what a
 * model expects by this clock of all who had come by then: how many there are, how long they have
 * been known and who of them has left is thereby no part of the pace. It is found by a few rounds
 * of fitting the model and mending the pace. The window is made of whole periods: one that reached
 * beyond it would lend it the pace of what comes after, say of the days after Christmas.
 */
final class SeasonClock {
  private static final int ROUNDS = 4;
  private static final double DAYS_PER_WEEK = 7;

  /** A curve that bends over months is known well enough by its values a fortnight apart. */
  private static final double GRID_DAYS = 14;

  /** Purchases come in clusters: their counts vary so much more than a Poisson's. */
  private static final double DISPERSION = 2;

  /** How unlikely it is that a shop without seasons is taken for one that has them. */
  private static final double CHANCE = 0.001;

  private final YearClock year;

  /** How far the counts are from an even pace, as chi-squared measures it. */
  private final double unevenness;

  private SeasonClock(YearClock year, double unevenness) {
    this.year = year;
    this.unevenness = unevenness;
  }

  /** Fits a model of purchases. */
  interface Fit {

    /**
     * For customers whose times are by the clock; null if there is none.
     *
     * @param near the model by an earlier state of the clock
     */
    @Nullable PurchaseModel of(Frame customers, PurchaseModel near);
  }

  /**
   * The clock of a shop.
   *
   * @param daily what was bought; looked at until as-of alone
   * @param asOf the day before the window that is to be forecast
   * @param windowDays its length
   * @param customers known by as-of, with {@code tenure_days} and {@code repeat_recency_days}
   * @param byCalendar the model of purchases of these customers as they are
   * @return null if there is no history, or no model of it
   */
  static @Nullable SeasonClock of(
      DailyPurchases daily,
      long asOf,
      long windowDays,
      Frame customers,
      PurchaseModel byCalendar,
      Fit fit) {
    if (daily.isEmpty() || daily.firstDay() >= asOf) {
      return null;
    }
    SeasonClock clock = new SeasonClock(YearClock.even(asOf, windowDays), 0);
    PurchaseModel model = byCalendar;
    for (int round = 0; round < ROUNDS; round++) {
      if (round > 0) {
        model = fit.of(clock.by(customers), model);
      }
      if (model == null) {
        return null;
      }
      clock = clock.mended(daily, model).inUnitsOfTheWindow();
    }
    return clock;
  }

  /** Whether the shop is busier at some times of the year than at others by more than chance. */
  boolean isBeyondChance() {
    return unevenness
        > new ChiSquaredDistribution(year.paces().length - 1.0)
            .inverseCumulativeProbability(1 - CHANCE);
  }

  /** How far counts of so many purchases are off by chance, as the logarithm of a factor. */
  static double chance(double purchases) {
    return Math.sqrt(DISPERSION / (purchases + 1));
  }

  /** What it shows. */
  YearClock year() {
    return year;
  }

  /** The days by this clock from as-of to a day; negative before it. */
  double at(long day) {
    return year.at(day);
  }

  /** The same customers with their times by this clock, to whole days. */
  Frame by(Frame customers) {
    return year.by(customers);
  }

  private SeasonClock mended(DailyPurchases daily, PurchaseModel model) {
    int periods = year.paces().length;
    double[] expected = new double[periods];
    double[] actual = new double[periods];
    double[] anybody = anybody(model, -at(daily.firstDay()));
    int days = Math.toIntExact(year.foundOn() - daily.firstDay()) + 1;
    double[] times = new double[days];
    Arrays.setAll(times, i -> at(daily.firstDay() + i));
    for (int day = 1; day < days; day++) {
      int period = year.period(daily.firstDay() + day);
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
    double[] pace = year.paces();
    double[] logs = new double[pace.length];
    double[] chance = new double[pace.length];
    for (int i = 0; i < pace.length; i++) {
      logs[i] = FastMath.log(pace[i] * (actual[i] + 1) / (expected[i] + 1));
      chance[i] = DISPERSION / (actual[i] + 1);
    }
    double mean = Arrays.stream(logs).sum() / pace.length;
    double variance = 0;
    double beyond = 0;
    for (int i = 0; i < pace.length; i++) {
      beyond += (logs[i] - mean) * (logs[i] - mean) / chance[i];
      variance += ((logs[i] - mean) * (logs[i] - mean) - chance[i]) / pace.length;
    }
    double real = Math.max(0, variance);
    double[] paces = new double[pace.length];
    for (int i = 0; i < pace.length; i++) {
      paces[i] = FastMath.exp(mean + (logs[i] - mean) * real / (real + chance[i]));
    }
    return new SeasonClock(year.with(paces), beyond);
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

  private SeasonClock inUnitsOfTheWindow() {
    double unit = at(year.foundOn() + year.windowDays()) / year.windowDays();
    double[] paces = Arrays.stream(year.paces()).map(pace -> pace / unit).toArray();
    return new SeasonClock(year.with(paces), unevenness);
  }
}
