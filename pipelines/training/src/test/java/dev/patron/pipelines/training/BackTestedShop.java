package dev.patron.pipelines.training;

import dev.patron.features.clv.RandomDraws;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Type;
import dev.patron.features.purchases.DailyPurchases;
import dev.patron.features.purchases.RollingOrigin;
import dev.patron.features.tables.Tables;
import dev.patron.pipelines.training.BackTest.Line;
import dev.patron.pipelines.training.BackTest.Result;
import java.time.ZoneOffset;
import java.util.List;

/** Shops whose past is judged, and what is asked of the judgement. */
final class BackTestedShop {
  private BackTestedShop() {}

  static final long DAY = 86_400_000_000L;

  /** Where seasons are not what is looked at. */
  static final DailyPurchases NO_DAYS = DailyPurchases.of(List.of());

  /**
   * A shop whose customers join over the first half, and leave after one purchase in 17 or never.
   */
  static Frame shop(int customers, long days, double christmas, boolean dropOut, long seed) {
    return shop(customers, days, christmas, dropOut ? 0.06 : 0, 0.5, seed);
  }

  /**
   * A shop of these days. Customers join over a share of them and buy at rates of their own; from
   * November to Christmas everybody buys {@code christmas} times as often. A few are wholesalers
   * who buy often and much, and send a tenth back.
   *
   * @param dropOut the probability of leaving after each purchase
   */
  static Frame shop(
      int customers, long days, double christmas, double dropOut, double joining, long seed) {
    RandomDraws draws = new RandomDraws(seed);
    FrameBuilder rows = new FrameBuilder(Tables.purchases(Type.LONG, Type.LONG, Type.DOUBLE));
    long order = 0;
    long lastId = -1;
    for (long id = 0; id < customers; id++) {
      boolean wholesaler = draws.uniform() < 0.02;
      double rate = wholesaler ? 0.15 : draws.gamma(0.9) / 60;
      double mean = (wholesaler ? 400 : 20) * (0.5 + draws.gamma(2) / 2);
      boolean isCustomer = true;
      for (long day = draws.integer((int) (days * joining)); day < days && isCustomer; day++) {
        boolean first = lastId != id;
        double today = rate * (day % 365 >= 305 && day % 365 < 358 ? christmas : 1);
        if (!first && draws.uniform() > today) {
          continue;
        }
        boolean back = !first && wholesaler && draws.uniform() < 0.1;
        double amount = mean * draws.gamma(4) / 4;
        rows.longs("customer_id").append(id);
        rows.longs("order_id").append(order++);
        rows.longs("purchased_at").append(day * DAY + DAY / 2);
        rows.longs("lines").append(back ? 0 : 1);
        rows.doubles("units").append(1);
        rows.doubles("amount").append(back ? 0 : amount);
        rows.doubles("returned").append(back ? amount : 0);
        rows.column("changed_at").appendNull();
        rows.column("versions").appendNull();
        lastId = id;
        isCustomer = dropOut == 0 || draws.uniform() > dropOut;
      }
    }
    return rows.build();
  }

  static OriginPlan plan(long days, long horizon) {
    return new OriginPlan(0, days - 1, horizon, 2);
  }

  static BackTest backTest(OriginPlan plan, Frame purchases) {
    return new BackTest(
        plan,
        List.of(new RollingOrigin(ZoneOffset.UTC, plan.origins()).of(purchases)),
        daily(purchases),
        42,
        20_000);
  }

  static DailyPurchases daily(Frame purchases) {
    return DailyPurchases.of(List.of(DailyPurchases.count(ZoneOffset.UTC, purchases)));
  }

  static Line pooled(Result result, String candidate, String target) {
    return result.lines().stream()
        .filter(line -> line.cutoffDay() == null)
        .filter(line -> line.candidate().equals(candidate) && line.target().equals(target))
        .findFirst()
        .orElseThrow();
  }
}
