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
 * What customers bought within a window: distinct purchase days, and money before returns. A line
 * that comes to an order of before the window is money of the window, and no purchase of it.
 */
final class Outcomes implements Serializable {
  private final ZoneId zone;
  private final long after;
  private final long end;
  private final Schema schema;

  /**
   * A window {@code (after, end]}, in microseconds since the epoch.
   *
   * @param zone the zone whose calendar days count
   * @param prefix what the names of the two columns begin with: {@code PREFIX_purchases} and {@code
   *     PREFIX_spend}
   */
  Outcomes(ZoneId zone, long after, long end, String prefix) {
    this.zone = zone;
    this.after = after;
    this.end = end;
    this.schema =
        Schema.of().with(prefix + "_purchases", Type.LONG).with(prefix + "_spend", Type.DOUBLE);
  }

  /**
   * The customers with the two columns behind theirs.
   *
   * @param customers ascending by {@code customer_id}, one row each
   * @param purchases all purchases of these customers, in any order
   */
  Frame append(Frame customers, Frame purchases) {
    Days days = new Days(zone);
    Frame known = Purchases.asOf(purchases, end);
    LongColumn times = known.longs("purchased_at");
    LongColumn lines = known.longs("lines");
    Frame within =
        known
            .filter(row -> times.get(row) > after && lines.get(row) > 0)
            .sort(List.of("customer_id", "purchased_at", "order_id"));
    Frame older = Purchases.additions(purchases, after, end);
    Column olderBuyer = older.column("customer_id");
    Column addition = older.column("amount");
    Type amountType = purchases.schema().type("amount");
    Column customer = customers.column("customer_id");
    Column buyer = within.column("customer_id");
    LongColumn at = within.longs("purchased_at");
    Column amount = within.column("amount");
    FrameBuilder builder = new FrameBuilder(schema);
    int next = 0;
    int nextOlder = 0;
    for (int row = 0; row < customers.rows(); row++) {
      while (next < within.rows() && buyer.compare(next, customer, row) < 0) {
        next++;
      }
      long purchaseDays = 0;
      long lastDay = Long.MIN_VALUE;
      double spend = 0;
      for (; next < within.rows() && buyer.same(next, customer, row); next++) {
        long day = days.day(at.get(next));
        purchaseDays += day == lastDay ? 0 : 1;
        lastDay = day;
        spend += Money.toDouble(amountType, amount, next);
      }
      while (nextOlder < older.rows() && olderBuyer.compare(nextOlder, customer, row) < 0) {
        nextOlder++;
      }
      for (; nextOlder < older.rows() && olderBuyer.same(nextOlder, customer, row); nextOlder++) {
        spend += Money.toDouble(amountType, addition, nextOlder);
      }
      ((LongColumn.Builder) builder.column(0)).append(purchaseDays);
      ((DoubleColumn.Builder) builder.column(1)).append(spend);
    }
    Frame found = builder.build();
    Schema.Field first = schema.field(0);
    Schema.Field second = schema.field(1);
    return customers
        .with(first.name(), first.type(), found.column(0))
        .with(second.name(), second.type(), found.column(1));
  }
}
