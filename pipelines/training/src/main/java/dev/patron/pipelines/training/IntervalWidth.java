package dev.patron.pipelines.training;

import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.trees.Refinement.Interval;
import java.util.Arrays;
import java.util.List;

/**
 * How wide an interval must be to hold what it should, as windows that have passed show (split
 * conformal prediction, Vovk et al. 2005, with one number for all customers). The share that an
 * interval of a width holds is the share of the customers who need no more.
 *
 * <p>What comes is never quite like what was tested, so an interval is not bent to hold exactly 90
 * %: it stays as it is drawn where it held {@value #LEAST} to {@value #MOST} of the customers, and
 * is otherwise changed as little as that takes.
 */
final class IntervalWidth {
  static final double LEAST = 0.90;
  static final double MOST = 0.94;

  private static final double NARROWEST = 0.25;
  private static final double WIDEST = 2;

  private IntervalWidth() {}

  /**
   * The least width at which each customer's interval holds what the customer spent, as {@link
   * Interval} makes an interval of a width: 0 where any does, infinite where none does.
   *
   * @param forecast with {@code cltv_low} and {@code cltv_high}
   * @param spend of the same customers
   */
  static double[] needed(Frame forecast, DoubleColumn spend) {
    DoubleColumn means = forecast.doubles("cltv");
    DoubleColumn lows = forecast.doubles("cltv_low");
    DoubleColumn highs = forecast.doubles("cltv_high");
    double[] needed = new double[forecast.rows()];
    for (int row = 0; row < needed.length; row++) {
      double low = lows.get(row);
      double high = highs.get(row);
      double middle = Math.max(low, Math.min(means.get(row), high));
      double above =
          spend.get(row) > high
              ? ratio(spend.get(row), high)
              : narrow(spend.get(row), middle, high);
      double below = spend.get(row) < low ? ratio(low, spend.get(row)) : 0;
      needed[row] = Math.max(above, below);
    }
    return needed;
  }

  private static double narrow(double spend, double middle, double high) {
    return spend <= middle ? 0 : (spend - middle) / (high - middle);
  }

  private static double ratio(double above, double below) {
    return above <= 0 ? 0 : below <= 0 ? Double.POSITIVE_INFINITY : above / below;
  }

  /** The share of the customers whose interval of this width holds what they spent. */
  static double covered(double[] needed, double width) {
    return Arrays.stream(needed).filter(least -> least <= width).count() / (double) needed.length;
  }

  static double[] pool(List<double[]> needed) {
    return needed.stream().flatMapToDouble(Arrays::stream).toArray();
  }

  /**
   * The width for all customers.
   *
   * @param needed by the customers of each tested day; 1 if there is none
   */
  static double of(List<double[]> needed) {
    double[] widths = pool(needed);
    if (widths.length == 0) {
      return 1;
    }
    double covered = covered(widths, 1);
    Arrays.sort(widths);
    if (covered < LEAST) {
      return Math.min(WIDEST, widths[(int) Math.ceil(LEAST * widths.length) - 1]);
    }
    if (covered > MOST) {
      double enough = widths[(int) Math.ceil(MOST * widths.length) - 1];
      // Who spends nothing is held by any interval: where so many do, none can hold fewer.
      return enough < NARROWEST ? 1 : enough;
    }
    return 1;
  }
}
