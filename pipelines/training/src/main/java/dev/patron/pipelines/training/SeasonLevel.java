package dev.patron.pipelines.training;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import java.util.Arrays;

/**
 * What a coming window will be beside its forecast, as the same window one year earlier was. A
 * shop's customers differ from those of a year ago in how long they have been known, and with that
 * in how much season their past holds: who came after the last Christmas looks like a rare buyer
 * just before the next one, who has seen two looks like a frequent one. So the year before is asked
 * by tenths of tenure, and what it says of each is weighed by what customers of that tenure are
 * expected to do now.
 */
final class SeasonLevel {
  private static final int GROUPS = 10;

  /** Each group is mixed with so much, of all that was expected, of the mean of all groups. */
  private static final double PRIOR = 0.001;

  private final long[] edges;
  private final double[] levels = new double[GROUPS];
  private final double overall;

  /**
   * The level of an ended window.
   *
   * @param customers known at its beginning, with {@code tenure_days}; at least one
   * @param expected of each
   * @param actual what each did
   */
  SeasonLevel(Frame customers, double[] expected, double[] actual) {
    edges = edges(customers.longs("tenure_days"), customers.rows());
    overall = Amounts.ratio(actual, expected);
    int[] groups = groups(customers);
    double[] above = totals(groups, actual);
    double[] below = totals(groups, expected);
    double prior = PRIOR * Arrays.stream(below).sum();
    for (int group = 0; group < GROUPS; group++) {
      levels[group] =
          prior > 0 ? (above[group] + prior * overall) / (below[group] + prior) : overall;
    }
  }

  /** The upper tenure of each group but the last. */
  private static long[] edges(LongColumn tenures, int rows) {
    long[] sorted = new long[rows];
    Arrays.setAll(sorted, tenures::get);
    Arrays.sort(sorted);
    long[] edges = new long[GROUPS - 1];
    Arrays.setAll(edges, i -> sorted[(int) ((long) rows * (i + 1) / GROUPS)]);
    return edges;
  }

  private int[] groups(Frame customers) {
    LongColumn tenures = customers.longs("tenure_days");
    int[] groups = new int[customers.rows()];
    for (int row = 0; row < groups.length; row++) {
      while (groups[row] < edges.length && tenures.get(row) > edges[groups[row]]) {
        groups[row]++;
      }
    }
    return groups;
  }

  private static double[] totals(int[] groups, double[] values) {
    double[] totals = new double[GROUPS];
    for (int row = 0; row < groups.length; row++) {
      totals[groups[row]] += values[row];
    }
    return totals;
  }

  /** What the forecast of a window a year later is to be multiplied by. */
  double of(Frame customers, double[] expected) {
    double[] totals = totals(groups(customers), expected);
    double sum = 0;
    double levelled = 0;
    for (int group = 0; group < GROUPS; group++) {
      sum += totals[group];
      levelled += totals[group] * levels[group];
    }
    return sum > 0 && levelled > 0 ? levelled / sum : overall;
  }
}
