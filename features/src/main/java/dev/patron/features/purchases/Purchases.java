package dev.patron.features.purchases;

import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.ListColumn;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.RowColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.Tables;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Order lines gathered into purchases, one per customer and order (SEMANTICS 14). A line with a
 * negative amount or quantity is a return. An order that has no lines, or returns alone, is a row
 * with no lines, which no measure of customers counts as a purchase.
 *
 * <p>Lines of one order may have times of their own. A row is what all of them make; what the first
 * of them made is kept beside it, so that any time can be observed ({@link #asOf}). Lines of
 * versions may also change and go: a row is what is true last, and an order that was taken back is
 * a row without {@code purchased_at}, with no lines, units or money.
 */
public final class Purchases {
  private static final List<String> CANONICAL =
      List.of("customer_id", "order_id", "purchased_at", "amount", "quantity");
  static final String CHANGED_AT = "changed_at";
  static final String VERSIONS = "versions";
  private static final String NUMBER = "_number";

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
    int[] starts = byDay(sorted.groups(List.of("customer_id", "order_id")), sorted, new Days(zone));

    return in.has(OrderLines.SINCE)
        ? PurchaseVersions.of(sorted, starts, out)
        : ofLines(sorted, starts, out);
  }

  private static Frame ofLines(Frame sorted, int[] starts, Schema out) {
    LongColumn at = sorted.longs("purchased_at");
    FrameBuilder builder = new FrameBuilder(out);
    Purchase purchase = new Purchase(sorted);
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

  /**
   * The purchases as they were at a time: of the lines at or before it, and of no others (SEMANTICS
   * 15). Equal to {@link #of} of those lines, without the orders that were taken back by then.
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
                row ->
                    !at.isNull(row)
                        && (changedAt.isNull(row) ? at.get(row) : changedAt.get(row)) <= time);
    Frame unfinished = purchases.filter(row -> !changedAt.isNull(row) && changedAt.get(row) > time);
    return unfinished.rows() == 0
        ? whole
        : Frame.concat(whole.schema(), List.of(whole, versions(unfinished, columns, time)));
  }

  /**
   * The latest time at which anything was bought; returns do not count. {@code Long.MIN_VALUE} if
   * nothing ever was.
   *
   * @param purchases of facts, with the columns of {@link #NEWEST}
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
   * The same of lines that change and go: the latest time of an order. That one was corrected,
   * became somebody else's, or was deleted and written once more does not tell when it was bought.
   *
   * @param purchases of versions, with the columns of {@link #NEWEST}
   */
  public static long newestOfVersions(Frame purchases) {
    LongColumn at = purchases.longs("purchased_at");
    LongColumn lines = purchases.longs("lines");
    long newest = Long.MIN_VALUE;
    for (int row = 0; row < purchases.rows(); row++) {
      if (lines.get(row) > 0) {
        newest = Math.max(newest, at.get(row));
      }
    }
    return newest;
  }

  /**
   * What was bought within {@code (after, end]} of orders that were purchases before. What was
   * taken back of them is not.
   *
   * @param purchases as {@link #asOf}
   * @param after in microseconds since the epoch, as {@code end}
   * @return {@code customer_id}, {@code order_id} and {@code amount}, by customer and order
   */
  static Frame additions(Frame purchases, long after, long end) {
    LongColumn changedAt = purchases.longs(CHANGED_AT);
    Frame changed = purchases.filter(row -> !changedAt.isNull(row) && changedAt.get(row) > after);
    // Those of one day without an order number have no other key than their time, which may change.
    Frame numbered = numbered(changed.sort(List.of("customer_id", "order_id", "purchased_at")));
    Frame before = asOf(numbered, after).sort(List.of(NUMBER));
    Frame now = asOf(numbered, end).sort(List.of(NUMBER));
    LongColumn numberBefore = before.longs(NUMBER);
    LongColumn numberNow = now.longs(NUMBER);
    LongColumn at = now.longs("purchased_at");
    Money.Sum added = new Money.Sum(purchases.schema().type("amount"));
    FrameBuilder out =
        new FrameBuilder(purchases.schema().select(List.of("customer_id", "order_id", "amount")));
    int then = 0;
    for (int row = 0; row < now.rows(); row++) {
      while (then < before.rows() && numberBefore.get(then) < numberNow.get(row)) {
        then++;
      }
      if (then == before.rows()
          || numberBefore.get(then) > numberNow.get(row)
          || at.get(row) > after) {
        continue;
      }
      added.clear();
      added.add(now.column("amount"), row);
      added.subtract(before.column("amount"), then);
      if (added.value() > 0) {
        out.column(0).appendFrom(now.column("customer_id"), row);
        out.column(1).appendFrom(now.column("order_id"), row);
        added.appendTo(out.column(2));
      }
    }
    return out.build();
  }

  private static Frame numbered(Frame purchases) {
    long[] numbers = new long[purchases.rows()];
    Arrays.setAll(numbers, row -> row);
    return purchases.with(NUMBER, Type.LONG, LongColumn.of(numbers));
  }

  private static Frame versions(Frame purchases, List<String> columns, long time) {
    ListColumn versions = purchases.lists(VERSIONS);
    RowColumn fields = (RowColumn) versions.elements();
    Schema version = versionSchema(purchases);
    FrameBuilder out = new FrameBuilder(purchases.schema().select(columns));
    for (int row = 0; row < purchases.rows(); row++) {
      int known = versionAt(versions, row, time);
      if (known < 0 || fields.field(version.position("purchased_at")).isNull(known)) {
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
    int earliest = versions.from(row);
    int later = versions.to(row);
    while (earliest < later) {
      int middle = (earliest + later) >>> 1;
      if (at.get(middle) <= time) {
        earliest = middle + 1;
      } else {
        later = middle;
      }
    }
    return earliest == versions.from(row) ? -1 : earliest - 1;
  }
}
