package dev.patron.features.trees;

import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.clv.MoneyModel;
import dev.patron.features.clv.PurchaseModel;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import it.unimi.dsi.fastutil.longs.Long2DoubleOpenHashMap;

/**
 * What the probabilistic model expects of each customer of a frame: the plain means, without
 * discount and intervals. Row by row; nothing is expected of who is not known.
 */
public final class Expectation {
  private static final double DAYS_PER_WEEK = 7;

  private final double[] alive;
  private final double[] whileAlive;
  private final double[] amount;

  private Expectation(int rows) {
    alive = new double[rows];
    whileAlive = new double[rows];
    amount = new double[rows];
  }

  /**
   * The expectations of these customers.
   *
   * @param model with a model of purchases
   * @param days ahead, at least 1
   */
  public static Expectation of(LifetimeModel model, Frame features, long days) {
    PurchaseModel purchases = model.purchases();
    if (purchases == null) {
      throw new IllegalArgumentException("without a model of purchases nothing can be expected");
    }
    MoneyModel money = model.money();
    LongColumn xs = features.longs("repeat_purchases");
    LongColumn txs = features.longs("repeat_recency_days");
    LongColumn tenures = features.longs("tenure_days");
    LongColumn paid = features.longs(model.paidDays().days());
    DoubleColumn means = features.doubles(model.paidDays().mean());
    double horizon = days / DAYS_PER_WEEK;
    Expectation expectation = new Expectation(features.rows());
    Long2DoubleOpenHashMap shared = new Long2DoubleOpenHashMap();
    shared.defaultReturnValue(Double.NaN);
    for (int row = 0; row < features.rows(); row++) {
      if (xs.isNull(row) || txs.isNull(row) || tenures.isNull(row)) {
        continue;
      }
      int x = Math.toIntExact(xs.get(row));
      double tenure = tenures.get(row) / DAYS_PER_WEEK;
      long key = (long) x << 32 | tenures.get(row);
      double whileAlive = shared.get(key);
      if (Double.isNaN(whileAlive)) {
        whileAlive = purchases.expectedWhileAlive(x, tenure, horizon);
        shared.put(key, whileAlive);
      }
      expectation.alive[row] = purchases.pAlive(x, txs.get(row) / DAYS_PER_WEEK, tenure);
      expectation.whileAlive[row] = whileAlive;
      if (money != null) {
        int paidDays = paid.isNull(row) ? 0 : Math.toIntExact(paid.get(row));
        expectation.amount[row] =
            money.expectedAmount(paidDays, paidDays == 0 ? 0 : means.get(row));
      }
    }
    return expectation;
  }

  /** How many customers there are. */
  public int rows() {
    return alive.length;
  }

  /** The expected number of purchases of a row, given that the customer is still one. */
  public double whileAlive(int row) {
    return whileAlive[row];
  }

  /** The expected number of purchases of a row. */
  public double purchases(int row) {
    return alive[row] * whileAlive[row];
  }

  /** The expected spend of a row. */
  public double spend(int row) {
    return alive[row] * whileAlive[row] * amount[row];
  }

  /** P(alive) of a row. */
  public double alive(int row) {
    return alive[row];
  }

  /** The expected amount of a purchase of a row; 0 where amounts are not known. */
  public double amount(int row) {
    return amount[row];
  }
}
