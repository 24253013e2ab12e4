package dev.patron.features.evaluate;

import java.util.ArrayList;
import java.util.List;

/**
 * A tenth of the customers by forecast, and whether it came about.
 *
 * @param number from 1, the lowest forecasts, to 10
 * @param customers in it
 * @param expected the mean forecast
 * @param actual the mean of what happened
 */
public record Decile(int number, int customers, double expected, double actual) {
  private static final int DECILES = 10;

  /** The deciles of a forecast; fewer where there are fewer than ten customers. */
  public static List<Decile> of(double[] expected, double[] actual) {
    int[] order = Accuracy.ascending(expected);
    List<Decile> deciles = new ArrayList<>();
    for (int d = 0; d < DECILES; d++) {
      int from = (int) ((long) order.length * d / DECILES);
      int to = (int) ((long) order.length * (d + 1) / DECILES);
      if (from == to) {
        continue;
      }
      double expectedSum = 0;
      double actualSum = 0;
      for (int i = from; i < to; i++) {
        expectedSum += expected[order[i]];
        actualSum += actual[order[i]];
      }
      deciles.add(new Decile(d + 1, to - from, expectedSum / (to - from), actualSum / (to - from)));
    }
    return deciles;
  }
}
