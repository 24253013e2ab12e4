package dev.patron.features.clv;

import java.io.Serializable;
import java.util.Map;

/**
 * A fitted model of when customers buy. A customer is known by x repeat purchases, the time t_x
 * from the first to the last purchase and the time T since the first; all times are in weeks.
 * Implementations are immutable, and give equal bits on every machine.
 */
public interface PurchaseModel extends Serializable {

  /** The model's name as documents write it, for example {@code bg-nbd}. */
  String kind();

  /** The parameters by name, in the model's order. */
  Map<String, Double> parameters();

  /** The log-likelihood of a customer base. */
  double logLikelihood(PurchaseCells cells);

  /** The probability that the customer has not dropped out by T. */
  double pAlive(int x, double tx, double tenure);

  /** The expected number of purchases in {@code (T, T + horizon]} of a customer alive at T. */
  double expectedWhileAlive(int x, double tenure, double horizon);

  /**
   * The expected number of purchases in {@code (0, time]} after the first of a customer of whom
   * nothing is known.
   */
  default double expectedOfAnybody(double time) {
    return pAlive(0, 0, 0) * expectedWhileAlive(0, 0, time);
  }

  /**
   * The distribution of the number of purchases in {@code (T, T + horizon]} of a customer alive at
   * T: element n is the probability of at most n.
   *
   * @return ascending; the last element is at least 1 - 1e-6, unless more than 100,000 purchases
   *     are to be expected
   */
  double[] purchasesWhileAlive(int x, double tenure, double horizon);
}
