package dev.patron.pipelines.training;

import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.trees.Expectation;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.util.FastMath;

/**
 * What the spend that the model expects is to be multiplied by because those who buy for more buy
 * more often, or less often, than it knows: to it how often and for how much are independent. It is
 * seen in windows that have ended, on purchases at their expected amounts, so that neither the
 * level of a window nor a single great order counts.
 */
final class SpendMix {
  private static final int FOLDS = 10;

  private SpendMix() {}

  /**
   * The factor; 1 where nothing was seen beyond its error.
   *
   * @param kinds of the models whose expectations are looked at
   * @param learnt origins whose windows have ended
   */
  static double of(Kinds kinds, List<OriginRows> learnt) {
    double log = 0;
    double error = 0;
    int seen = 0;
    for (OriginRows origin : learnt) {
      LifetimeModel model = origin.model(kinds);
      if (origin.isInsufficient() || model.money() == null) {
        continue;
      }
      Expectation expected = Expectation.of(model, origin.rows(), origin.origin().windowDays());
      double[] actual = origin.actual().purchases();
      double[] all = sums(expected, actual, 0, 1);
      double whole = logRatio(all);
      if (!Double.isFinite(whole)) {
        continue;
      }
      // Jackknife: what the logarithm is without each fold.
      double squares = 0;
      for (int fold = 0; fold < FOLDS; fold++) {
        double[] without = sums(expected, actual, fold, FOLDS);
        Arrays.setAll(without, i -> all[i] - without[i]);
        double off = logRatio(without) - whole;
        squares += off * off * (FOLDS - 1) / FOLDS;
      }
      log += whole;
      error += Math.sqrt(squares);
      seen++;
    }
    if (seen == 0 || log == 0) {
      return 1;
    }
    // Windows overlap and customers are the same, so that several are known no better than one.
    double certain = 1 - (error / log) * (error / log);
    return certain > 0 ? FastMath.exp(certain * log / seen) : 1;
  }

  /** Purchases, and purchases at expected amounts: actual ones, then those that are expected. */
  private static double[] sums(Expectation expected, double[] actual, int from, int step) {
    double[] sums = new double[4];
    for (int row = from; row < actual.length; row += step) {
      sums[0] += actual[row];
      sums[1] += actual[row] * expected.amount(row);
      sums[2] += expected.purchases(row);
      sums[3] += expected.spend(row);
    }
    return sums;
  }

  private static double logRatio(double[] sums) {
    return FastMath.log(sums[1] / sums[0] / (sums[3] / sums[2]));
  }
}
