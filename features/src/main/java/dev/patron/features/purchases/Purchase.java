package dev.patron.features.purchases;

import dev.patron.features.frame.Column;
import dev.patron.features.frame.ColumnBuilder;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Type;

/** The lines of one order, added up. */
final class Purchase {
  /** From {@code purchased_at} to {@code returned}. */
  static final int COLUMNS = 5;

  private final Type amountType;
  private final LongColumn at;
  private final DoubleColumn quantity;
  private final Column amount;
  private final Money.Sum bought;
  private final Money.Sum returned;
  private long purchasedAt;
  private long count;
  private double units;

  Purchase(Frame lines) {
    amountType = lines.schema().type("amount");
    at = lines.longs("purchased_at");
    quantity = lines.doubles("quantity");
    amount = lines.column("amount");
    bought = new Money.Sum(amountType);
    returned = new Money.Sum(amountType);
  }

  void begin(long firstLineAt) {
    purchasedAt = firstLineAt;
    count = 0;
    units = 0;
    bought.clear();
    returned.clear();
  }

  void add(int row) {
    if (quantity.isNull(row)) {
      return;
    }
    if (quantity.get(row) < 0 || Money.toDouble(amountType, amount, row) < 0) {
      returned.addMagnitude(amount, row);
      return;
    }
    if (count == 0) {
      purchasedAt = at.get(row);
    }
    count++;
    units += quantity.get(row);
    bought.add(amount, row);
  }

  void append(int column, ColumnBuilder to) {
    switch (column) {
      case 0 -> ((LongColumn.Builder) to).append(purchasedAt);
      case 1 -> ((LongColumn.Builder) to).append(count);
      case 2 -> ((DoubleColumn.Builder) to).append(units);
      case 3 -> bought.appendTo(to);
      default -> returned.appendTo(to);
    }
  }
}
