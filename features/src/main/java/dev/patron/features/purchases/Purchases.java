package dev.patron.features.purchases;

import dev.patron.features.frame.Column;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.Tables;
import java.util.List;

/**
 * Order lines gathered into purchases, one per customer and order (SEMANTICS 14). A line with a
 * negative amount or quantity is a return. An order that has no lines, or returns alone, is a row
 * with no lines, which no measure of customers counts as a purchase.
 */
public final class Purchases {
  private static final List<String> CANONICAL =
      List.of("customer_id", "order_id", "purchased_at", "amount", "quantity");

  private Purchases() {}

  /**
   * The purchases of these lines.
   *
   * @param lines all lines of some set of orders, in any order, with the columns of {@link
   *     OrderLines#schema()}
   * @return rows of {@link Tables#purchases}, by customer and order; {@code purchased_at} is the
   *     time of the earliest line that is no return, or of the earliest line if all are
   */
  public static Frame of(Frame lines) {
    Schema in = lines.schema();
    Type amountType = in.type("amount");
    Schema out = Tables.purchases(in.type("customer_id"), in.type("order_id"), amountType);
    Frame sorted = lines.sort(CANONICAL);
    int[] starts = sorted.groups(List.of("customer_id", "order_id"));

    LongColumn at = sorted.longs("purchased_at");
    DoubleColumn quantity = sorted.doubles("quantity");
    Column amount = sorted.column("amount");
    Money.Sum bought = new Money.Sum(amountType);
    Money.Sum returned = new Money.Sum(amountType);
    FrameBuilder builder = new FrameBuilder(out);
    for (int group = 0; group + 1 < starts.length; group++) {
      int from = starts[group];
      bought.clear();
      returned.clear();
      long purchasedAt = at.get(from);
      long count = 0;
      double units = 0;
      for (int row = from; row < starts[group + 1]; row++) {
        if (quantity.isNull(row)) {
          continue;
        }
        if (quantity.get(row) < 0 || Money.toDouble(amountType, amount, row) < 0) {
          returned.addMagnitude(amount, row);
        } else {
          if (count == 0) {
            purchasedAt = at.get(row);
          }
          count++;
          units += quantity.get(row);
          bought.add(amount, row);
        }
      }
      builder.column(0).appendFrom(sorted.column(0), from);
      builder.column(1).appendFrom(sorted.column(1), from);
      builder.longs("purchased_at").append(purchasedAt);
      builder.longs("lines").append(count);
      builder.doubles("units").append(units);
      bought.appendTo(builder.column("amount"));
      returned.appendTo(builder.column("returned"));
    }
    return builder.build();
  }
}
