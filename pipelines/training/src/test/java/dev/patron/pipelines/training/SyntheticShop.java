package dev.patron.pipelines.training;

import dev.patron.features.clv.RandomDraws;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.Tables;

/**
 * A shop that is none of the models': rates and amounts are log-normal and go together, rates
 * wander, a part of the customers are wholesalers, some of what is bought comes back, one order in
 * a thousand is twenty times as large, and before Christmas everybody buys more. Day 0 is the first
 * of December.
 *
 * @param wholesalers their share of the customers; they buy five times as often and for three times
 *     as much
 * @param dropOut the mean hazard of leaving after a purchase; each customer has one of its own
 * @param isSeasonal whether autumn is busier than summer
 */
record SyntheticShop(int customers, double wholesalers, double dropOut, boolean isSeasonal) {
  private static final long DAY = 86_400_000_000L;
  private static final double YEAR = 365;

  /** Each year so much more customers come, in logarithms. */
  private static final double GROWTH = 0.3;

  /** Gifts: wholesalers, a season, customers who leave. */
  static SyntheticShop gifts(int customers) {
    return new SyntheticShop(customers, 0.12, 0.06, true);
  }

  /** Food: who has come stays, and comes often. */
  static SyntheticShop food(int customers) {
    return new SyntheticShop(customers, 0, 0, false);
  }

  /** What is bought in so many days, as {@link Tables#purchases}. */
  Frame purchases(long days, long seed) {
    RandomDraws draws = new RandomDraws(7919 * seed);
    FrameBuilder rows = new FrameBuilder(Tables.purchases(Type.LONG, Type.LONG, Type.DOUBLE));
    long order = 0;
    for (long id = 0; id < customers; id++) {
      boolean wholesale = draws.uniform() < wholesalers;
      double eager = draws.normal();
      double rate = rate(wholesale, eager, draws);
      double median = median(wholesale, eager, draws);
      double hazard = dropOut > 0 ? draws.gamma(0.5) / 0.5 * dropOut : 0;
      double wandered = 1;
      boolean isFirst = true;
      boolean isCustomer = true;
      for (long day = start(days, draws); day < days && isCustomer; day++) {
        if (day % 30 == 0) {
          wandered *= Math.exp(0.12 * draws.normal() - 0.0072);
        }
        if (!isFirst && draws.uniform() > rate * wandered * busy(day)) {
          continue;
        }
        double amount = median * Math.exp(0.6 * draws.normal());
        amount *= dropOut > 0 && draws.uniform() < 0.001 ? 20 : 1;
        boolean back = !isFirst && dropOut > 0 && draws.uniform() < 0.12;
        rows.longs("customer_id").append(id);
        rows.longs("order_id").append(order++);
        rows.longs("purchased_at").append(day * DAY + DAY / 2);
        rows.longs("lines").append(back ? 0 : 1);
        rows.doubles("units").append(1);
        rows.doubles("amount").append(back ? 0 : amount);
        rows.doubles("returned").append(back ? 0.4 * amount : 0);
        rows.column("changed_at").appendNull();
        rows.column("versions").appendNull();
        isFirst = false;
        isCustomer = hazard == 0 || draws.uniform() < Math.exp(-hazard);
      }
    }
    return rows.build();
  }

  /** Purchases a day. */
  private double rate(boolean wholesale, double eager, RandomDraws draws) {
    if (dropOut == 0) {
      return draws.gamma(2.5) / 2.5 / 9;
    }
    return wholesale ? Math.exp(0.7 * eager) / 28 : Math.exp(0.9 * eager) / 130;
  }

  private double median(boolean wholesale, double eager, RandomDraws draws) {
    if (dropOut == 0) {
      return 30 * Math.exp(0.5 * draws.normal());
    }
    return wholesale
        ? 500 * Math.exp(0.9 * draws.normal() + 0.5 * eager)
        : 160 * Math.exp(0.6 * draws.normal() + 0.25 * eager);
  }

  /** A fifth of the customers are there from the beginning, and all of who stay. */
  private long start(long days, RandomDraws draws) {
    if (dropOut == 0) {
      return draws.integer(30);
    }
    double grown = Math.expm1(GROWTH * days / YEAR);
    return draws.uniform() < 0.2
        ? draws.integer(60)
        : (long) (Math.log1p(draws.uniform() * grown) / GROWTH * YEAR);
  }

  private double busy(long day) {
    long ofYear = day % (long) YEAR;
    if (!isSeasonal) {
      return 1;
    }
    return ofYear < 20 ? 1.4 : ofYear < 270 ? 0.8 : ofYear < 300 ? 1.1 : ofYear < 330 ? 1.5 : 2.0;
  }
}
