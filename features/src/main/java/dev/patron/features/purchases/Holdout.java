package dev.patron.features.purchases;

import dev.patron.features.frame.Column;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.io.Serializable;
import java.time.ZoneId;
import java.util.List;

/**
 * What customers did after a cut-off, beside what was known of them at it: the material of every
 * judgement of a model. Customers are chosen by what they did up to the cut-off, never by what came
 * after it, so nobody who stayed away is forgotten.
 */
public final class Holdout implements Serializable {
  private final CustomerFeatures features;
  private final ZoneId zone;
  private final long cutoff;
  private final long end;

  /**
   * A holdout window {@code (cutoff, end]}, in microseconds since the epoch.
   *
   * @param zone the zone whose calendar days count
   */
  public Holdout(ZoneId zone, long cutoff, long end) {
    if (end <= cutoff) {
      throw new IllegalArgumentException("a holdout window ends after its cut-off");
    }
    this.features = new CustomerFeatures(zone, cutoff);
    this.zone = zone;
    this.cutoff = cutoff;
    this.end = end;
  }

  /**
   * The features at the cut-off and, behind them, {@code actual_purchases} (distinct purchase days)
   * and {@code actual_spend} (what was bought, returns not taken away) within the window.
   *
   * @param purchases all purchases of some set of customers, as {@link CustomerFeatures#of}
   */
  public Frame of(Frame purchases) {
    Days days = new Days(zone);
    Frame known = features.of(purchases);
    LongColumn times = purchases.longs("purchased_at");
    LongColumn lines = purchases.longs("lines");
    Frame later =
        purchases
            .filter(row -> times.get(row) > cutoff && times.get(row) <= end && lines.get(row) > 0)
            .sort(List.of("customer_id", "purchased_at", "order_id"));

    Type amountType = purchases.schema().type("amount");
    Column customer = known.column("customer_id");
    Column laterCustomer = later.column("customer_id");
    LongColumn at = later.longs("purchased_at");
    Column amount = later.column("amount");
    Schema targets =
        Schema.of().with("actual_purchases", Type.LONG).with("actual_spend", Type.DOUBLE);
    FrameBuilder builder = new FrameBuilder(targets);
    int next = 0;
    for (int row = 0; row < known.rows(); row++) {
      while (next < later.rows() && laterCustomer.compare(next, customer, row) < 0) {
        next++;
      }
      long purchaseDays = 0;
      long lastDay = Long.MIN_VALUE;
      double spend = 0;
      for (; next < later.rows() && laterCustomer.same(next, customer, row); next++) {
        long day = days.day(at.get(next));
        purchaseDays += day == lastDay ? 0 : 1;
        lastDay = day;
        spend += Money.toDouble(amountType, amount, next);
      }
      builder.longs("actual_purchases").append(purchaseDays);
      builder.doubles("actual_spend").append(spend);
    }
    Frame actual = builder.build();
    LongColumn actualPurchases = actual.longs("actual_purchases");
    DoubleColumn actualSpend = actual.doubles("actual_spend");
    return known
        .with("actual_purchases", Type.LONG, actualPurchases)
        .with("actual_spend", Type.DOUBLE, actualSpend);
  }
}
