package dev.patron.features.trees;

import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.rfm.Measure;
import java.util.ArrayList;
import java.util.List;

/**
 * What the trees look at: measures of the features table, and what the probabilistic model forecast
 * from them. Every input is known at the as-of of its features. Null becomes -1, below everything.
 */
public final class TreeInputs {
  /** The value of what is not known. */
  static final double UNKNOWN = -1;

  /** Whole numbers of the features table that are looked at as they are. */
  private static final List<String> COUNTS =
      List.of(
          "recency_days",
          "tenure_days",
          "repeat_purchases",
          "frequency",
          "purchase_days_28",
          "purchase_days_91",
          "purchase_days_364",
          "purchase_days_year_ago");

  /** Numbers of the features table that are looked at as they are. */
  private static final List<String> AMOUNTS =
      List.of(
          "mean_amount",
          "repeat_mean_amount",
          "spend_91",
          "spend_364",
          "first_day_amount",
          "last_day_amount",
          "gap_deviation_days");

  /** What the probabilistic model forecast. */
  private static final List<String> FORECASTS =
      List.of("p_alive", "expected_purchases", "expected_amount");

  /** The names of all inputs, in order. */
  public static final List<String> NAMES = names();

  /** The whole numbers of the features table that they need. */
  public static final List<String> LONG_COLUMNS = COUNTS;

  /** The numbers in double precision of the features table that they need. */
  public static final List<String> DOUBLE_COLUMNS = AMOUNTS;

  private TreeInputs() {}

  private static List<String> names() {
    List<String> names = new ArrayList<>(COUNTS);
    names.addAll(AMOUNTS);
    names.add("monetary");
    names.addAll(List.of("recency_share", "mean_gap_days", "overdue"));
    names.addAll(FORECASTS);
    return List.copyOf(names);
  }

  /**
   * The inputs of each customer.
   *
   * @param features of the customers
   * @param expected of the same customers over the trees' window, row by row
   * @return one row of {@link #NAMES} a customer
   */
  public static double[][] of(Frame features, Expectation expected) {
    int rows = features.rows();
    double[][] inputs = new double[rows][NAMES.size()];
    int next = 0;
    for (String name : COUNTS) {
      LongColumn column = features.longs(name);
      for (int row = 0; row < rows; row++) {
        inputs[row][next] = column.isNull(row) ? UNKNOWN : column.get(row);
      }
      next++;
    }
    for (String name : AMOUNTS) {
      fill(inputs, next++, features.doubles(name));
    }
    double[] monetary = Measure.values(features, Measure.MONETARY.column());
    LongColumn recency = features.longs("recency_days");
    LongColumn tenure = features.longs("tenure_days");
    LongColumn repeats = features.longs("repeat_purchases");
    LongColumn toLast = features.longs("repeat_recency_days");
    for (int row = 0; row < rows; row++) {
      inputs[row][next] = Double.isNaN(monetary[row]) ? UNKNOWN : monetary[row];
      inputs[row][next + 1] = recency.get(row) / (tenure.get(row) + 1.0);
      boolean repeated = repeats.get(row) > 0;
      double gap = repeated ? (double) toLast.get(row) / repeats.get(row) : UNKNOWN;
      inputs[row][next + 2] = gap;
      inputs[row][next + 3] = repeated ? recency.get(row) / (gap + 1) : UNKNOWN;
    }
    next += 4;
    for (int row = 0; row < rows; row++) {
      inputs[row][next] = expected.alive(row);
      inputs[row][next + 1] = expected.purchases(row);
      inputs[row][next + 2] = expected.amount(row);
    }
    return inputs;
  }

  private static void fill(double[][] inputs, int at, DoubleColumn column) {
    for (int row = 0; row < inputs.length; row++) {
      inputs[row][at] = column.isNull(row) ? UNKNOWN : column.get(row);
    }
  }
}
