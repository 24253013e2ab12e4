package dev.patron.features.clv;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.io.Serializable;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A clock that runs at another pace in each period of the year, the same way every year: fast while
 * a shop is busy and slowly while it is quiet. By it purchases come evenly, as the models of
 * purchases have it. Years are those of the calendar; a leap day is as busy as the day before it.
 *
 * <p>The year begins on the day after the one that the paces were found at. The window that was to
 * be forecast then is made of whole periods, and so is the rest of the year. Immutable.
 */
public final class YearClock implements Serializable {
  private static final int YEAR = 365;

  /** The 28th of February, counted from the first of January as 0. */
  private static final int BEFORE_LEAP_DAY = 58;

  private static final double PERIOD_DAYS = 28;

  /** Five thousand years. */
  private static final long LONGEST_DAYS = 5_000L * YEAR;

  private static final String TENURE = "tenure_days";
  private static final String TO_LAST = "repeat_recency_days";

  private final long foundOn;
  private final long asOf;
  private final long windowDays;
  private final double[] paces;

  /** The period of each day of a year without leap day that begins after the paces were found. */
  private final int[] periods;

  private final double[] passed = new double[YEAR + 1];

  /**
   * A clock.
   *
   * @param foundOn the day before the window, since 1970
   * @param windowDays its length, at least 1
   * @param paces of each period, above 0: those of the window, then those of the rest of the year
   */
  public YearClock(long foundOn, long windowDays, double[] paces) {
    this(foundOn, windowDays, paces.clone(), foundOn);
  }

  private YearClock(long foundOn, long windowDays, double[] paces, long asOf) {
    if (windowDays < 1) {
      throw new IllegalArgumentException("windowDays is " + windowDays + "; at least 1 is wanted");
    }
    this.foundOn = foundOn;
    this.asOf = asOf;
    this.windowDays = windowDays;
    this.paces = paces;
    this.periods = periods(windowDays);
    if (paces.length != periods(this.periods)) {
      throw new IllegalArgumentException(
          "%d paces are given for a window of %d days; %d are wanted"
              .formatted(paces.length, windowDays, periods(this.periods)));
    }
    for (double pace : paces) {
      if (!(pace > 0) || Double.isInfinite(pace)) {
        throw new IllegalArgumentException("a pace is " + pace + "; a positive number is wanted");
      }
    }
    for (int day = 0; day < YEAR; day++) {
      passed[day + 1] = passed[day] + paces[periods[day]];
    }
  }

  /** The clock of a shop that is equally busy all year, with a window of this length. */
  public static YearClock even(long foundOn, long windowDays) {
    double[] paces = new double[periods(periods(windowDays))];
    Arrays.fill(paces, 1);
    return new YearClock(foundOn, windowDays, paces);
  }

  /** The window in whole periods, and the rest of the year in whole periods. */
  private static int[] periods(long windowDays) {
    int window = (int) Math.min(windowDays, YEAR);
    int rest = YEAR - window;
    int ofWindow = periodsIn(window);
    int ofRest = periodsIn(rest);
    int[] periods = new int[YEAR];
    Arrays.setAll(
        periods,
        day -> day < window ? day * ofWindow / window : ofWindow + (day - window) * ofRest / rest);
    return periods;
  }

  private static int periodsIn(int days) {
    return (int) Math.max(1, Math.round(days / PERIOD_DAYS));
  }

  private static int periods(int[] periods) {
    return periods[YEAR - 1] + 1;
  }

  /** The same clock with other paces. */
  public YearClock with(double[] newPaces) {
    return new YearClock(foundOn, windowDays, newPaces.clone(), asOf);
  }

  /** The same clock for customers as they are known so many days later. */
  public YearClock later(long days) {
    return days == 0 ? this : new YearClock(foundOn, windowDays, paces, asOf + days);
  }

  /** The day before the window, since 1970. */
  public long foundOn() {
    return foundOn;
  }

  /** The length of the window. */
  public long windowDays() {
    return windowDays;
  }

  /** The pace of each period. */
  public double[] paces() {
    return paces.clone();
  }

  /** The days by this clock from as-of to a day; negative before it. */
  public double at(long day) {
    return sinceFound(day) - (asOf == foundOn ? 0 : sinceFound(asOf));
  }

  private double sinceFound(long day) {
    long since = withoutLeapDays(day) - withoutLeapDays(foundOn);
    long leapDays = day - foundOn - since;
    return Math.floorDiv(since, (long) YEAR) * passed[YEAR]
        + passed[Math.floorMod(since, YEAR)]
        + leapDays * paces[ofNumbered(BEFORE_LEAP_DAY)];
  }

  /** The period of a day. */
  public int period(long day) {
    return ofNumbered(withoutLeapDays(day));
  }

  private int ofNumbered(long numbered) {
    return periods[(int) Math.floorMod(numbered - 1 - withoutLeapDays(foundOn), (long) YEAR)];
  }

  /**
   * A number of a day that is 365 more each year, so that Christmas remains Christmas: a leap day
   * has that of the day before.
   */
  private static long withoutLeapDays(long epochDay) {
    LocalDate date = LocalDate.ofEpochDay(epochDay);
    int ofYear = date.getDayOfYear() - 1;
    return (long) YEAR * date.getYear()
        + (date.isLeapYear() && ofYear > BEFORE_LEAP_DAY ? ofYear - 1 : ofYear);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof YearClock clock
        && foundOn == clock.foundOn
        && asOf == clock.asOf
        && windowDays == clock.windowDays
        && Arrays.equals(paces, clock.paces);
  }

  @Override
  public int hashCode() {
    return Objects.hash(foundOn, asOf, windowDays, Arrays.hashCode(paces));
  }

  /**
   * The same customers with their times by this clock, to whole days; unknown ones remain unknown.
   *
   * @param customers as of the clock's as-of, with {@code tenure_days} and {@code
   *     repeat_recency_days}
   * @throws IllegalArgumentException if somebody came back before having come
   */
  public Frame by(Frame customers) {
    LongColumn tenures = customers.longs(TENURE);
    LongColumn toLast = customers.longs(TO_LAST);
    FrameBuilder times =
        new FrameBuilder(Schema.of().with(TENURE, Type.LONG).with(TO_LAST, Type.LONG));
    for (int row = 0; row < customers.rows(); row++) {
      if (tenures.isNull(row) || toLast.isNull(row)) {
        times.column(TENURE).appendNull();
        times.column(TO_LAST).appendNull();
        continue;
      }
      if (toLast.get(row) < 0
          || toLast.get(row) > tenures.get(row)
          || tenures.get(row) > LONGEST_DAYS) {
        throw new IllegalArgumentException(
            "no customer can have %s %d and %s %d"
                .formatted(TO_LAST, toLast.get(row), TENURE, tenures.get(row)));
      }
      long first = asOf - tenures.get(row);
      double start = at(first);
      long recency =
          toLast.get(row) == 0 ? 0 : Math.max(1, Math.round(at(first + toLast.get(row)) - start));
      times.longs(TO_LAST).append(recency);
      times.longs(TENURE).append(Math.max(recency, Math.round(-start)));
    }
    Frame byClock = times.build();
    Frame changed = customers;
    for (String name : List.of(TENURE, TO_LAST)) {
      changed = changed.with(name, Type.LONG, byClock.column(name));
    }
    return changed;
  }
}
