package dev.patron.features.evaluate;

import it.unimi.dsi.fastutil.ints.IntArrays;
import org.jspecify.annotations.Nullable;

/**
 * How near a forecast came to what happened, over the customers of one window.
 *
 * @param mae the mean absolute error a customer
 * @param rmse the root of the mean squared error a customer
 * @param bias the forecast total over the actual one, less 1; null if the actual total is 0
 * @param spearman the rank correlation, ties at their mean rank; null if either side is constant
 * @param gini how well the forecast orders customers by what they did, 1 for perfectly and 0 for
 *     not at all: the concentration of the actual values in the order of the forecast over their
 *     own; customers of equal forecast share their places. Null if all did the same
 */
public record Accuracy(
    double mae,
    double rmse,
    @Nullable Double bias,
    @Nullable Double spearman,
    @Nullable Double gini) {

  /**
   * The accuracy of a forecast.
   *
   * @param expected a customer, at least one
   * @param actual the same customers in the same order
   */
  public static Accuracy of(double[] expected, double[] actual) {
    return of(expected, actual, ascending(expected), ascending(actual), null);
  }

  /**
   * The same with each customer counted so many times.
   *
   * @param byExpected the customers' places by ascending forecast
   * @param byActual the customers' places by ascending actual value
   * @param counts null: once
   */
  static Accuracy of(
      double[] expected,
      double[] actual,
      int[] byExpected,
      int[] byActual,
      int @Nullable [] counts) {
    double absolute = 0;
    double squares = 0;
    double expectedSum = 0;
    double actualSum = 0;
    double customers = 0;
    for (int i = 0; i < expected.length; i++) {
      int count = counts == null ? 1 : counts[i];
      double error = expected[i] - actual[i];
      absolute += count * Math.abs(error);
      squares += count * error * error;
      expectedSum += count * expected[i];
      actualSum += count * actual[i];
      customers += count;
    }
    Double perfect = concentration(actual, actual, byActual, counts);
    Double reached = concentration(expected, actual, byExpected, counts);
    return new Accuracy(
        absolute / customers,
        Math.sqrt(squares / customers),
        actualSum == 0 ? null : expectedSum / actualSum - 1,
        counts == null ? spearman(expected, actual, byExpected, byActual) : null,
        perfect == null || reached == null || perfect == 0 ? null : reached / perfect);
  }

  /** The places of values in ascending order; equal ones as they come. */
  static int[] ascending(double[] values) {
    int[] order = new int[values.length];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    IntArrays.mergeSort(order, (a, b) -> Double.compare(values[a], values[b]));
    return order;
  }

  /**
   * Twice the area between the diagonal and the curve of the cumulated actual values in ascending
   * order of some key; null if the actual values add up to 0.
   */
  private static @Nullable Double concentration(
      double[] key, double[] actual, int[] order, int @Nullable [] counts) {
    double customers = 0;
    double total = 0;
    double area = 0;
    for (int from = 0; from < order.length; ) {
      int to = from;
      double groupCustomers = 0;
      double groupTotal = 0;
      for (; to < order.length && key[order[to]] == key[order[from]]; to++) {
        int count = counts == null ? 1 : counts[order[to]];
        groupCustomers += count;
        groupTotal += count * actual[order[to]];
      }
      area += groupCustomers * (total + groupTotal / 2);
      customers += groupCustomers;
      total += groupTotal;
      from = to;
    }
    return total == 0 ? null : 1 - 2 * area / (customers * total);
  }

  private static @Nullable Double spearman(
      double[] expected, double[] actual, int[] byExpected, int[] byActual) {
    double[] one = ranks(expected, byExpected);
    double[] other = ranks(actual, byActual);
    double mean = (one.length + 1) / 2.0;
    double both = 0;
    double ofOne = 0;
    double ofOther = 0;
    for (int i = 0; i < one.length; i++) {
      both += (one[i] - mean) * (other[i] - mean);
      ofOne += (one[i] - mean) * (one[i] - mean);
      ofOther += (other[i] - mean) * (other[i] - mean);
    }
    return ofOne == 0 || ofOther == 0 ? null : both / Math.sqrt(ofOne * ofOther);
  }

  private static double[] ranks(double[] values, int[] order) {
    double[] ranks = new double[values.length];
    for (int from = 0; from < order.length; ) {
      int to = from;
      while (to < order.length && values[order[to]] == values[order[from]]) {
        to++;
      }
      for (int i = from; i < to; i++) {
        ranks[order[i]] = (from + 1 + to) / 2.0;
      }
      from = to;
    }
    return ranks;
  }
}
