package dev.patron.features.trees;

import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.frame.Frame;
import java.io.Serializable;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What trees change about a probabilistic forecast. The level stays that of the probabilistic
 * model; the trees have a say in the shape, who gets more of it and who less, as far as back-tests
 * have shown that this helps.
 *
 * @param trees null if back-tests gave them no weight
 * @param purchases of the expected number of purchases
 * @param spend of the expected spend
 * @param interval of the spend
 * @param inSeason by which customers are forecast where a shop has seasons beyond chance; null: by
 *     the calendar
 * @param amountWithin the factor by which the amount of a purchase may differ from what the model
 *     of money says of the customer, in the season and with the mix of all; infinite, as before
 *     schema version 7 of the documents: by any
 */
public record Refinement(
    @Nullable TwoStageTrees trees,
    Part purchases,
    Part spend,
    Interval interval,
    @Nullable InSeason inSeason,
    double amountWithin)
    implements Serializable {
  /** What is known of a season is known of windows that begin at most so many days away from it. */
  public static final long SEASON_HOLDS_DAYS = 28;

  /**
   * Purchases and spend have weights of their own, which say how well trees rank customers by each,
   * and their ratio is no better known than this. Of who is almost surely gone, trees leave some
   * purchases and, without a weight, no spend: the ratio would be next to nothing.
   */
  private static final double AMOUNT_WITHIN = 2;

  /** Nothing is changed. */
  public static final Refinement NONE = new Refinement(null, Part.NONE, Part.NONE);

  /** With an amount that stays near that of the model of money. */
  public Refinement(
      @Nullable TwoStageTrees trees,
      Part purchases,
      Part spend,
      Interval interval,
      @Nullable InSeason inSeason) {
    this(trees, purchases, spend, interval, inSeason, AMOUNT_WITHIN);
  }

  /** By the calendar. */
  public Refinement(@Nullable TwoStageTrees trees, Part purchases, Part spend, Interval interval) {
    this(trees, purchases, spend, interval, null);
  }

  /** Means alone are changed; the interval is stretched as its mean is. */
  public Refinement(@Nullable TwoStageTrees trees, Part purchases, Part spend) {
    this(trees, purchases, spend, Interval.NONE);
  }

  /**
   * How the interval of the probabilistic model is made that of the blend, beside being stretched
   * as its mean is.
   *
   * @param pace how many days each day of the horizon counts for when purchases are drawn: the
   *     season of purchases, or 1
   * @param width as wide as that would have held as many customers as an interval should where that
   *     could be seen: above 1 the upper end is multiplied by it and the lower one divided by it;
   *     below 1 the upper end comes so much nearer to the mean
   * @param crosses whether, as before schema version 5 of the documents, a width below 1 multiplies
   *     and divides too, which leaves no interval where the two ends are close
   */
  public record Interval(double pace, double width, boolean crosses) implements Serializable {
    /** Nothing is changed. */
    public static final Interval NONE = new Interval(1, 1);

    /** An interval whose ends do not cross. */
    public Interval(double pace, double width) {
      this(pace, width, false);
    }

    public Interval {
      if (!isPositive(pace) || !isPositive(width)) {
        throw new IllegalArgumentException(
            "pace is %s and width %s; positive numbers are wanted".formatted(pace, width));
      }
    }

    /** What {@link #low} and {@link #high} do to the two ends, in words for a card. */
    public String inWords() {
      if (width == 1) {
        return "it stays as it is";
      }
      return String.format(
          Locale.ROOT,
          width > 1 || crosses
              ? "its upper end is multiplied by %.3f and its lower one divided by it"
              : "its upper end comes nearer to the mean, to %.3f of the distance between the two, and"
                  + " stays where the mean lies above it; its lower end stays",
          width);
    }

    /** The lower end of an interval with these ends. */
    public double low(double low) {
      return width >= 1 || crosses ? low / width : low;
    }

    /** The upper end of an interval with these ends around this mean. */
    public double high(double low, double mean, double high) {
      if (width >= 1 || crosses) {
        return high * width;
      }
      // Of what few may buy and most do not, the mean lies above what nearly all stay below.
      double middle = Math.max(low, Math.min(mean, high));
      return middle + width * (high - middle);
    }
  }

  /**
   * How one quantity is made of two forecasts.
   *
   * @param weight of the trees, from 0 to 1
   * @param level what the trees are multiplied by, so that they add up to what the probabilistic
   *     model does over all customers of the training
   * @param season what the blend is multiplied by: what is expected of the window in its season
   *     beside what is expected without seasons; 1 where no season is known or it did not help
   * @param mix what the blend is multiplied by in any window: of spend, how much more often those
   *     buy who buy for more; 1 where that was not seen or did not help
   */
  public record Part(double weight, double level, double season, double mix)
      implements Serializable {
    /** Nothing is changed. */
    public static final Part NONE = new Part(0, 1, 1);

    /** Without a mix. */
    public Part(double weight, double level, double season) {
      this(weight, level, season, 1);
    }

    public Part {
      if (!(weight >= 0 && weight <= 1)) {
        throw new IllegalArgumentException("weight is " + weight + "; 0 to 1 is wanted");
      }
      if (!isPositive(level) || !isPositive(season) || !isPositive(mix)) {
        throw new IllegalArgumentException(
            "level is %s, season %s and mix %s; positive numbers are wanted"
                .formatted(level, season, mix));
      }
    }

    private Part withoutSeason() {
      return new Part(weight, level, NONE.season(), mix);
    }

    /** The blend of the two forecasts. */
    public double blend(double probabilistic, double byTrees) {
      return mix * season * ((1 - weight) * probabilistic + weight * level * byTrees);
    }
  }

  public Refinement {
    if (trees == null && (purchases.weight() > 0 || spend.weight() > 0)) {
      throw new IllegalArgumentException("a weight is wanted for trees that there are not");
    }
    if (!(amountWithin >= 1)) {
      throw new IllegalArgumentException(
          "amountWithin is " + amountWithin + "; a factor of at least 1 is wanted");
    }
  }

  private static boolean isPositive(double number) {
    return number > 0 && !Double.isInfinite(number);
  }

  /** Whether a season is known of the window that is forecast. */
  public boolean hasSeason() {
    return purchases.season() != 1
        || spend.season() != 1
        || interval.pace() != 1
        || inSeason != null;
  }

  /**
   * The same for customers as they are known so many days later than those of the training, or
   * earlier where that is negative; not by a clock where that is too many.
   */
  public Refinement later(long days) {
    if (inSeason == null || days == 0) {
      return this;
    }
    return Math.abs(days) > SEASON_HOLDS_DAYS
        ? withoutSeason()
        : new Refinement(trees, purchases, spend, interval, inSeason.later(days), amountWithin);
  }

  /** What is expected of customers before trees change it. */
  Expectation expected(LifetimeModel model, Frame features, long days) {
    return inSeason == null
        ? Expectation.of(model, features, days)
        : inSeason.expected(model, features, days);
  }

  /** The same of a window of whose season nothing is known. */
  public Refinement withoutSeason() {
    return new Refinement(
        trees,
        purchases.withoutSeason(),
        spend.withoutSeason(),
        new Interval(Interval.NONE.pace(), interval.width(), interval.crosses()),
        null,
        amountWithin);
  }

  /**
   * The expected amount of a purchase of a customer: spend by purchases, as far as that is near
   * what the model of money says.
   *
   * @param probabilistic what the model of money says
   * @param expectedPurchases the blend
   * @param expectedSpend the blend
   */
  double amount(double probabilistic, double expectedPurchases, double expectedSpend) {
    if (!(expectedPurchases > 0)) {
      return probabilistic;
    }
    double ratio = expectedSpend / expectedPurchases;
    if (Double.isInfinite(amountWithin)) {
      return ratio;
    }
    double middle =
        probabilistic * spend.season() * spend.mix() / (purchases.season() * purchases.mix());
    return Math.max(middle / amountWithin, Math.min(ratio, middle * amountWithin));
  }

  /** Whether the forecast stays as it is. */
  public boolean isNone() {
    return trees == null
        && purchases.equals(Part.NONE)
        && spend.equals(Part.NONE)
        && interval.equals(Interval.NONE)
        && inSeason == null;
  }
}
