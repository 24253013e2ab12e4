package dev.patron.features.trees;

import java.io.Serializable;
import java.util.List;
import org.apache.commons.math3.util.FastMath;

/**
 * Trees in two stages: whether a customer buys within a window, and how often and for how much if
 * so. They begin where the probabilistic model stands and say only what it gets wrong: without
 * trees the product of the stages is its expectation. Immutable; equal rows give equal bits on
 * every machine.
 *
 * <p>With the expected number of purchases E, the first stage begins at the probability 1 - exp(-E)
 * and the second at E / (1 - exp(-E)), as if purchases were Poisson distributed.
 *
 * @param windowDays the length of the window that they were fitted to
 * @param buys added to the log-odds of buying at all
 * @param purchases added to the logarithm of the number of purchases, given that there is one
 * @param spend added to the logarithm of the spend, given that there is a purchase
 */
public record TwoStageTrees(
    long windowDays, BoostedTrees buys, BoostedTrees purchases, BoostedTrees spend)
    implements Serializable {

  public TwoStageTrees {
    if (windowDays < 1) {
      throw new IllegalArgumentException("windowDays is " + windowDays + "; at least 1 is wanted");
    }
    for (BoostedTrees trees : List.of(buys, purchases, spend)) {
      if (trees.inputs() != TreeInputs.NAMES.size()) {
        throw new IllegalArgumentException(
            "the trees look at %d inputs; there are %d"
                .formatted(trees.inputs(), TreeInputs.NAMES.size()));
      }
    }
  }

  /** Where the stages begin for one customer. */
  public record Start(double logOdds, double logPurchases, double logSpend) {
    private static final double LEAST = 1e-6;
    private static final double MOST = 500;
    private static final double LEAST_AMOUNT = 1e-9;

    /**
     * The start at an expectation.
     *
     * @param purchases expected within the window
     * @param amount expected of a purchase
     */
    public static Start at(double purchases, double amount) {
      double bounded = Math.min(Math.max(purchases, LEAST), MOST);
      double ifAny = FastMath.log(bounded / -FastMath.expm1(-bounded));
      return new Start(
          FastMath.log(FastMath.expm1(bounded)),
          ifAny,
          ifAny + FastMath.log(Math.max(amount, LEAST_AMOUNT)));
    }

    /** The logarithm of what is expected without trees: of spend, otherwise of purchases. */
    double logExpectation(boolean ofSpend) {
      return logProbability(logOdds) + (ofSpend ? logSpend : logPurchases);
    }
  }

  /** The probability that a customer buys within the window. */
  public double probability(Start start, double[] row) {
    return 1 / (1 + FastMath.exp(-(start.logOdds() + buys.sum(row))));
  }

  /** The expected number of purchases within the window of a customer who buys. */
  public double purchasesIfAny(Start start, double[] row) {
    return FastMath.exp(start.logPurchases() + purchases.sum(row));
  }

  /** The expected spend within the window of a customer who buys. */
  public double spendIfAny(Start start, double[] row) {
    return FastMath.exp(start.logSpend() + spend.sum(row));
  }

  /**
   * What each input contributes to the logarithm of a customer's expected purchases or spend:
   * {@link #typical} and all contributions add up to it. A contribution of 0.1 is a factor of
   * e^0.1, about 10 % more than of a customer who is like the mean of the training in this.
   *
   * @param ofSpend of spend; otherwise of purchases
   * @return one element an input of {@link TreeInputs#NAMES}
   */
  public double[] contributions(Start start, double[] row, boolean ofSpend) {
    double[] odds = new double[row.length];
    buys.contribute(row, odds);
    double[] all = new double[row.length];
    (ofSpend ? spend : purchases).contribute(row, all);
    double before = start.logOdds() + buys.meanSum();
    double change = 0;
    for (double contribution : odds) {
      change += contribution;
    }
    // The log-odds' contributions are shared out in proportion over the change of the logarithm of
    // the probability, which is its derivative where they cancel.
    double share =
        Math.abs(change) < 1e-9
            ? 1 / (1 + FastMath.exp(before))
            : (logProbability(before + change) - logProbability(before)) / change;
    for (int i = 0; i < all.length; i++) {
      all[i] += share * odds[i];
    }
    return all;
  }

  /** The logarithm that {@link #contributions} start from. */
  public double typical(Start start, boolean ofSpend) {
    return logProbability(start.logOdds() + buys.meanSum())
        + (ofSpend
            ? start.logSpend() + spend.meanSum()
            : start.logPurchases() + purchases.meanSum());
  }

  private static double logProbability(double odds) {
    return odds > 0
        ? -FastMath.log1p(FastMath.exp(-odds))
        : odds - FastMath.log1p(FastMath.exp(odds));
  }
}
