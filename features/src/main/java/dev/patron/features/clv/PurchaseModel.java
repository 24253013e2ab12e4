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
   * The probability that a customer who is alive at T, and stayed through {@code purchases} more
   * purchases, stays after one more.
   */
  double stays(int x, int purchases);

  /** The shape of the customer's purchase rate, which is gamma distributed given x and T. */
  double rateShape(int x);

  /** The inverse scale of the customer's purchase rate given T, in weeks. */
  double rateWeeks(double tenure);

  /**
   * The distribution of the number of purchases in {@code (T, T + horizon]} of a customer alive at
   * T: element n is the probability of at most n.
   *
   * <p>The rate is integrated out (a negative binomial number of purchases if nobody dropped out),
   * and so is the drop-out probability; the two are independent given that the customer is alive,
   * so P(N >= n) = P(NB >= n) * P(still a customer after n - 1).
   *
   * @return ascending; the last element is at least 1 - 1e-6
   */
  default double[] purchasesWhileAlive(int x, double tenure, double horizon) {
    return FuturePurchases.distribution(this, x, tenure, horizon);
  }
}
