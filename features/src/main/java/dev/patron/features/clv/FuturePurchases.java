package dev.patron.features.clv;

import java.util.Arrays;
import org.apache.commons.math3.util.FastMath;

/**
 * The distribution of {@link PurchaseModel#purchasesWhileAlive} where customers can drop out at
 * purchases alone. The rate is integrated out (a negative binomial number of purchases if nobody
 * dropped out), and so is the drop-out probability; the two are independent given that the customer
 * is alive, so P(N >= n) = P(NB >= n) * P(still a customer after n - 1).
 */
final class FuturePurchases {
  static final double ENOUGH = 1 - 1e-6;

  /** Below the logarithm of the smallest probability that a double holds with full precision. */
  private static final double SMALLEST_LOG = -700;

  /** More purchases than this in a horizon are taken as this many. */
  static final int MOST = 100_000;

  private FuturePurchases() {}

  /** Whether customers stay. */
  interface Loyalty {
    /** The probability of staying after one more purchase, having stayed through so many. */
    double stays(int purchases);
  }

  /**
   * The distribution.
   *
   * @param shape of the gamma distributed purchase rate
   * @param weeks its inverse scale
   */
  static double[] distribution(double shape, double weeks, double horizon, Loyalty loyalty) {
    double logQuiet = -FastMath.log1p(horizon / weeks);
    double share = horizon / (weeks + horizon);
    double logProbability = shape * logQuiet;
    double probability = FastMath.exp(logProbability);
    boolean byLogarithm = logProbability < SMALLEST_LOG;

    double[] atMost = new double[16];
    double below = 0; // P(NB <= n)
    double stayed = 1; // P(still a customer after n)
    int n = 0;
    while (true) {
      below += probability;
      // P(N <= n) = 1 - P(NB >= n + 1) * P(still a customer after n).
      double cumulative = 1 - Math.max(0, 1 - below) * stayed;
      if (n == atMost.length) {
        atMost = Arrays.copyOf(atMost, 2 * n);
      }
      atMost[n] = n == 0 ? cumulative : Math.max(atMost[n - 1], cumulative);
      if (atMost[n] >= ENOUGH || n == MOST) {
        return Arrays.copyOf(atMost, n + 1);
      }
      double ratio = (shape + n) / (n + 1) * share;
      if (byLogarithm) {
        logProbability += FastMath.log(ratio);
        probability = FastMath.exp(logProbability);
      } else {
        probability *= ratio;
      }
      stayed *= loyalty.stays(n);
      n++;
    }
  }
}
