package dev.patron.features.clv;

import java.io.Serializable;
import java.util.Map;

/**
 * A fitted model of how much a purchase is worth. A customer is known by the number of paid days
 * and their mean amount. Implementations are immutable, and give equal bits on every machine.
 */
public interface MoneyModel extends Serializable {

  /** The model's name as documents write it, for example {@code gamma-gamma}. */
  String kind();

  /** The parameters by name, in the model's order. */
  Map<String, Double> parameters();

  /** The days that count as paid days. */
  PaidDays days();

  /** The expected amount of a purchase of the customer; {@code mean} does not count for 0 days. */
  double expectedAmount(int paidDays, double mean);

  /** Prepares {@link Spending#draw} for one customer. */
  Spending spending(int paidDays, double mean);

  /** The spending of one customer as a random variable. */
  interface Spending {
    /** A draw of what {@code purchases} purchases (at least 1) cost in all. */
    double draw(int purchases, RandomDraws draws);
  }
}
