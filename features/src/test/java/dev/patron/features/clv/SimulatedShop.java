package dev.patron.features.clv;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;

/** Customers who behave exactly as the models say, seen up to a day and beyond it. */
final class SimulatedShop {
  static final Schema SCHEMA =
      Schema.of()
          .with("customer_id", Type.LONG)
          .with("repeat_purchases", Type.LONG)
          .with("repeat_recency_days", Type.LONG)
          .with("tenure_days", Type.LONG)
          .with("repeat_paid_days", Type.LONG)
          .with("repeat_mean_amount", Type.DOUBLE)
          .with("paid_days", Type.LONG)
          .with("paid_mean_amount", Type.DOUBLE)
          .with("actual_purchases", Type.LONG)
          .with("actual_spend", Type.DOUBLE);

  private SimulatedShop() {}

  /**
   * Customers who drop out at purchases, see {@link #customers(int, PurchaseModel, GammaGamma,
   * long, long)}.
   *
   * @param a 0: nobody drops out
   */
  static Frame customers(
      int customers,
      double r,
      double alpha,
      double a,
      double b,
      GammaGamma money,
      long horizonDays,
      long seed) {
    return customers(
        customers,
        a == 0 ? new Nbd(r, alpha) : new BgNbd(r, alpha, a, b),
        money,
        horizonDays,
        seed);
  }

  /** When one customer is gone: with a probability at each purchase, or at a time. */
  private record Leaving(double atPurchase, boolean atFirst, double day) {
    static Leaving of(PurchaseModel model, RandomDraws random) {
      if (model instanceof BgNbd bg) {
        return new Leaving(beta(random, bg.a(), bg.b()), false, Double.POSITIVE_INFINITY);
      } else if (model instanceof MbgNbd mbg) {
        return new Leaving(beta(random, mbg.a(), mbg.b()), true, Double.POSITIVE_INFINITY);
      } else if (model instanceof ParetoNbd pareto) {
        double perWeek = random.gamma(pareto.s()) / pareto.beta();
        return new Leaving(0, false, -7 * Math.log(random.uniform()) / perWeek);
      }
      return new Leaving(0, false, Double.POSITIVE_INFINITY);
    }

    boolean now(RandomDraws random) {
      return atPurchase > 0 && random.uniform() < atPurchase;
    }
  }

  /**
   * Customers with tenures spread over half a year to a year. Purchases of one day are one, as in
   * the tables, so keep the rates low.
   */
  static Frame customers(
      int customers, PurchaseModel model, GammaGamma money, long horizonDays, long seed) {
    double r = model.parameters().getOrDefault("r", 0.0);
    double alpha = model.parameters().getOrDefault("alpha", 0.0);
    FrameBuilder rows = new FrameBuilder(SCHEMA);
    RandomDraws random = new RandomDraws(seed);
    for (long id = 0; id < customers; id++) {
      long tenure = 182L + random.integer(183);
      double perDay = random.gamma(r) / alpha / 7;
      Leaving leaving = Leaving.of(model, random);
      double scale = random.gamma(money.q()) / money.gamma();
      long lastDay = 0;
      long x = 0;
      long recency = 0;
      double spent = 0;
      long later = 0;
      double laterSpent = 0;
      double day = 0;
      boolean customer = !(leaving.atFirst() && leaving.now(random));
      while (customer) {
        day -= Math.log(random.uniform()) / perDay;
        if (!(day < tenure + horizonDays) || day > leaving.day()) {
          break;
        }
        long date = (long) Math.ceil(day);
        double amount = random.gamma(money.p()) / scale;
        boolean sameDay = date == lastDay;
        lastDay = date;
        if (date <= tenure) {
          x += sameDay ? 0 : 1;
          recency = date;
          spent += amount;
        } else {
          later += sameDay ? 0 : 1;
          laterSpent += amount;
        }
        customer = !leaving.now(random);
      }
      rows.longs("customer_id").append(id);
      rows.longs("repeat_purchases").append(x);
      rows.longs("repeat_recency_days").append(recency);
      rows.longs("tenure_days").append(tenure);
      rows.longs("repeat_paid_days").append(x);
      if (x == 0) {
        rows.doubles("repeat_mean_amount").appendNull();
      } else {
        rows.doubles("repeat_mean_amount").append(spent / x);
      }
      rows.longs("paid_days").append(x + 1);
      double first = random.gamma(money.p()) / scale;
      rows.doubles("paid_mean_amount").append((first + spent) / (x + 1));
      rows.longs("actual_purchases").append(later);
      rows.doubles("actual_spend").append(laterSpent);
    }
    return rows.build();
  }

  /** Beta distributed with these shapes. */
  static double beta(RandomDraws random, double a, double b) {
    double one = random.gamma(a);
    return one / (one + random.gamma(b));
  }
}
