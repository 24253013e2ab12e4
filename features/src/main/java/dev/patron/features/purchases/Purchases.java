package dev.patron.features.purchases;

import dev.patron.features.frame.Column;
import dev.patron.features.frame.ColumnBuilder;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.ListColumn;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.RowColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.Tables;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Order lines gathered into purchases, one per customer and order (SEMANTICS 14). A line with a
 * negative amount or quantity is a return. An order that has no lines, or returns alone, is a row
 * with no lines, which no measure of customers counts as a purchase.
 *
 * <p>Lines of one order may have times of their own. A row is what all of them make; what the first
 * of them made is kept beside it, so that any time can be observed ({@link #asOf}).
 */
public final class Purchases {
  private static final List<String> CANONICAL =
      List.of("customer_id", "order_id", "purchased_at", "amount", "quantity");
  private static final String CHANGED_AT = "changed_at";
  private static final String VERSIONS = "versions";

  /** The columns that {@link #newest} looks at. */
  public static final List<String> NEWEST = List.of("purchased_at", "lines", CHANGED_AT, VERSIONS);

  private Purchases() {}

  /**
   * The purchases of these lines.
   *
   * @param lines all lines of some set of orders, in any order, with the columns of {@link
   *     OrderLines#schema()}
   * @param zone of the shop: lines without an order number are one purchase a customer and day
   * @return rows of {@link Tables#purchases}, by customer and order; {@code purchased_at} is the
   *     time of the earliest line that is no return, or of the earliest line if all are
   */
  public static Frame of(Frame lines, ZoneId zone) {
    Schema in = lines.schema();
    Type amountType = in.type("amount");
    Schema out = Tables.purchases(in.type("customer_id"), in.type("order_id"), amountType);
    Frame sorted = lines.sort(CANONICAL);
    LongColumn at = sorted.longs("purchased_at");
    int[] starts = byDay(sorted.groups(List.of("customer_id", "order_id")), sorted, new Days(zone));

    FrameBuilder builder = new FrameBuilder(out);
    Purchase purchase = new Purchase(sorted, amountType);
    ListColumn.Builder versions = (ListColumn.Builder) builder.column(VERSIONS);
    RowColumn.Builder version = (RowColumn.Builder) versions.elements();
    for (int group = 0; group + 1 < starts.length; group++) {
      int from = starts[group];
      int last = starts[group + 1] - 1;
      purchase.begin(at.get(from));
      for (int row = from; row <= last; row++) {
        if (row > from && at.get(row) != at.get(row - 1)) {
          ((LongColumn.Builder) version.field(0)).append(at.get(row - 1));
          for (int i = 0; i < Purchase.COLUMNS; i++) {
            purchase.append(i, version.field(1 + i));
          }
          version.endRow();
        }
        purchase.add(row);
      }
      builder.column(0).appendFrom(sorted.column(0), from);
      builder.column(1).appendFrom(sorted.column(1), from);
      for (int i = 0; i < Purchase.COLUMNS; i++) {
        purchase.append(i, builder.column(2 + i));
      }
      if (at.get(from) == at.get(last)) {
        builder.column(CHANGED_AT).appendNull();
        versions.appendNull();
      } else {
        builder.longs(CHANGED_AT).append(at.get(last));
        versions.endRow();
      }
    }
    return builder.build();
  }

  /** Nothing but the day holds lines together that have no order number. */
  private static int[] byDay(int[] orders, Frame sorted, Days days) {
    Column numbers = sorted.column("order_id");
    if (!numbers.hasNulls()) {
      return orders;
    }
    LongColumn at = sorted.longs("purchased_at");
    IntStream.Builder starts = IntStream.builder();
    for (int order = 0; order + 1 < orders.length; order++) {
      int from = orders[order];
      starts.add(from);
      for (int row = from + 1; row < orders[order + 1] && numbers.isNull(row); row++) {
        if (days.day(at.get(row)) != days.day(at.get(row - 1))) {
          starts.add(row);
        }
      }
    }
    return starts.add(sorted.rows()).build().toArray();
  }

  /** The lines of one order, added up. */
  private static final class Purchase {
    /** From {@code purchased_at} to {@code returned}. */
    private static final int COLUMNS = 5;

    private final Type amountType;
    private final LongColumn at;
    private final DoubleColumn quantity;
    private final Column amount;
    private final Money.Sum bought;
    private final Money.Sum returned;
    private long purchasedAt;
    private long count;
    private double units;

    Purchase(Frame lines, Type amountType) {
      this.amountType = amountType;
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

  /**
   * The purchases as they were at a time: of the lines at or before it, and of no others (SEMANTICS
   * 15). Equal to {@link #of} of those lines.
   *
   * @param purchases of {@link Tables#purchases}, or of some of its columns, {@code purchased_at},
   *     {@code changed_at} and {@code versions} among them
   * @param time in microseconds since the epoch
   * @return without {@code changed_at} and {@code versions}, in no particular order
   */
  public static Frame asOf(Frame purchases, long time) {
    List<String> columns =
        purchases.schema().names().stream()
            .filter(name -> !name.equals(CHANGED_AT) && !name.equals(VERSIONS))
            .toList();
    LongColumn at = purchases.longs("purchased_at");
    LongColumn changedAt = purchases.longs(CHANGED_AT);
    Frame whole =
        purchases
            .select(columns)
            .filter(
                row -> changedAt.isNull(row) ? at.get(row) <= time : changedAt.get(row) <= time);
    Frame unfinished = purchases.filter(row -> !changedAt.isNull(row) && changedAt.get(row) > time);
    return unfinished.rows() == 0
        ? whole
        : Frame.concat(whole.schema(), List.of(whole, versions(unfinished, columns, time)));
  }

  /**
   * The latest time at which anything was bought; returns do not count. {@code Long.MIN_VALUE} if
   * nothing ever was.
   *
   * @param purchases with the columns of {@link #NEWEST}
   */
  public static long newest(Frame purchases) {
    LongColumn at = purchases.longs("purchased_at");
    LongColumn changedAt = purchases.longs(CHANGED_AT);
    LongColumn lines = purchases.longs("lines");
    long newest = Long.MIN_VALUE;
    for (int row = 0; row < purchases.rows(); row++) {
      if (lines.get(row) > 0) {
        newest =
            Math.max(newest, changedAt.isNull(row) ? at.get(row) : lastBoughtAt(purchases, row));
      }
    }
    return newest;
  }

  /** When the last line of an order came that is no return. */
  private static long lastBoughtAt(Frame purchases, int row) {
    ListColumn versions = purchases.lists(VERSIONS);
    RowColumn fields = (RowColumn) versions.elements();
    Schema schema = versionSchema(purchases);
    LongColumn at = (LongColumn) fields.field(schema.position("at"));
    LongColumn lines = (LongColumn) fields.field(schema.position("lines"));
    long since = purchases.longs(CHANGED_AT).get(row);
    long count = purchases.longs("lines").get(row);
    for (int version = versions.to(row) - 1; version >= versions.from(row); version--) {
      if (lines.get(version) < count) {
        break;
      }
      since = at.get(version);
    }
    return since;
  }

  /**
   * What was bought within {@code (after, end]} of orders that were purchases before.
   *
   * @param purchases as {@link #asOf}
   * @param after in microseconds since the epoch, as {@code end}
   * @return {@code customer_id}, {@code order_id} and {@code amount}, by customer and order
   */
  static Frame additions(Frame purchases, long after, long end) {
    LongColumn at = purchases.longs("purchased_at");
    LongColumn changedAt = purchases.longs(CHANGED_AT);
    Frame changed =
        purchases.filter(
            row -> at.get(row) <= after && !changedAt.isNull(row) && changedAt.get(row) > after);
    // Those of one day without an order number have no other key than their time.
    List<String> key = List.of("customer_id", "order_id", "purchased_at");
    // Of an order with a line before the window there is a row at both ends of it.
    Frame before = asOf(changed, after).sort(key);
    Frame now = asOf(changed, end).sort(key);
    Type amountType = purchases.schema().type("amount");
    Money.Sum added = new Money.Sum(amountType);
    ColumnBuilder amount = ColumnBuilder.of(amountType);
    for (int row = 0; row < now.rows(); row++) {
      added.clear();
      added.add(now.column("amount"), row);
      added.subtract(before.column("amount"), row);
      added.appendTo(amount);
    }
    return now.select(List.of("customer_id", "order_id"))
        .with("amount", amountType, amount.build());
  }

  private static Frame versions(Frame purchases, List<String> columns, long time) {
    ListColumn versions = purchases.lists(VERSIONS);
    RowColumn fields = (RowColumn) versions.elements();
    Schema version = versionSchema(purchases);
    FrameBuilder out = new FrameBuilder(purchases.schema().select(columns));
    for (int row = 0; row < purchases.rows(); row++) {
      int known = versionAt(versions, row, time);
      if (known < 0) {
        continue;
      }
      for (String name : columns) {
        if (version.has(name)) {
          out.column(name).appendFrom(fields.field(version.position(name)), known);
        } else {
          out.column(name).appendFrom(purchases.column(name), row);
        }
      }
    }
    return out.build();
  }

  private static Schema versionSchema(Frame purchases) {
    Type.ListOf list = (Type.ListOf) purchases.schema().type(VERSIONS);
    return ((Type.RowOf) list.element()).schema();
  }

  /** The last version of a row at or before a time, as a row of the elements; -1: there is none. */
  private static int versionAt(ListColumn versions, int row, long time) {
    LongColumn at = (LongColumn) ((RowColumn) versions.elements()).field(0);
    int version = versions.to(row) - 1;
    while (version >= versions.from(row) && at.get(version) > time) {
      version--;
    }
    return version < versions.from(row) ? -1 : version;
  }
}
