package dev.patron.features.purchases;

import dev.patron.features.frame.ColumnBuilder;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.ListColumn;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.RowColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.tables.Tables;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.ints.IntRBTreeSet;
import it.unimi.dsi.fastutil.ints.IntSortedSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Purchases of lines that change and go: what each order was from when on. Only what changes a
 * purchase is a version of it; that an order was shipped is none.
 */
final class PurchaseVersions {
  /** What tells two versions apart: all but when they began. */
  private static final List<String> CONTENTS =
      List.of("purchased_at", "lines", "units", "amount", "returned");

  private final Frame lines;
  private final LongColumn at;
  private final LongColumn since;
  private final LongColumn until;
  private final Purchase purchase;
  private final FrameBuilder states;

  private PurchaseVersions(Frame lines) {
    this.lines = lines;
    at = lines.longs("purchased_at");
    since = lines.longs(OrderLines.SINCE);
    until = lines.longs(OrderLines.UNTIL);
    purchase = new Purchase(lines);
    states = new FrameBuilder(Tables.purchaseVersion(lines.schema().type("amount")));
  }

  /**
   * A row an order.
   *
   * @param lines of {@link OrderLines#ofVersions}, one order after the other, the lines of each by
   *     {@code purchased_at}
   * @param starts the rows where orders begin, and the number of rows
   * @param out the schema of {@link Tables#purchases}
   */
  static Frame of(Frame lines, int[] starts, Schema out) {
    PurchaseVersions all = new PurchaseVersions(lines);
    IntArrayList firstStates = new IntArrayList();
    for (int order = 0; order + 1 < starts.length; order++) {
      firstStates.add(all.states.rows());
      all.appendStates(starts[order], starts[order + 1]);
    }
    firstStates.add(all.states.rows());
    return all.rows(starts, firstStates, out);
  }

  /** What all lines that are true at a time make, at each time when one begins or ends to be. */
  private void appendStates(int from, int to) {
    int[] begins = byTime(from, to, since);
    int[] ends = byTime(from, to, until);
    IntSortedSet isTrue = new IntRBTreeSet();
    int begun = 0;
    int ended = 0;
    while (begun < begins.length || ended < ends.length) {
      long time =
          Math.min(
              begun < begins.length ? since.get(begins[begun]) : Long.MAX_VALUE,
              ended < ends.length ? until.get(ends[ended]) : Long.MAX_VALUE);
      for (; begun < begins.length && since.get(begins[begun]) == time; begun++) {
        isTrue.add(begins[begun]);
      }
      for (; ended < ends.length && until.get(ends[ended]) == time; ended++) {
        isTrue.remove(ends[ended]);
      }
      appendState(time, isTrue);
    }
  }

  private static int[] byTime(int from, int to, LongColumn times) {
    return IntStream.range(from, to)
        .filter(row -> !times.isNull(row))
        .boxed()
        .sorted((a, b) -> Long.compare(times.get(a), times.get(b)))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private void appendState(long time, IntSortedSet isTrue) {
    states.longs("at").append(time);
    purchase.begin(isTrue.isEmpty() ? 0 : at.get(isTrue.firstInt()));
    isTrue.forEach(purchase::add);
    for (int i = 0; i < Purchase.COLUMNS; i++) {
      ColumnBuilder column = states.column(1 + i);
      if (i == 0 && isTrue.isEmpty()) {
        column.appendNull();
      } else {
        purchase.append(i, column);
      }
    }
  }

  private Frame rows(int[] starts, IntArrayList firstStates, Schema out) {
    Frame all = states.build();
    int[] contents = all.positions(CONTENTS);
    LongColumn from = all.longs("at");
    LongColumn purchasedAt = all.longs("purchased_at");
    FrameBuilder builder = new FrameBuilder(out);
    ListColumn.Builder versions = (ListColumn.Builder) builder.column(Purchases.VERSIONS);
    RowColumn.Builder version = (RowColumn.Builder) versions.elements();
    for (int order = 0; order + 1 < starts.length; order++) {
      int first = firstStates.getInt(order);
      int last = first;
      for (int state = first + 1; state < firstStates.getInt(order + 1); state++) {
        if (!same(all, contents, last, state)) {
          for (int i = 0; i <= Purchase.COLUMNS; i++) {
            version.field(i).appendFrom(all.column(i), last);
          }
          version.endRow();
          last = state;
        }
      }
      builder.column(0).appendFrom(lines.column(0), starts[order]);
      builder.column(1).appendFrom(lines.column(1), starts[order]);
      for (int i = 0; i < Purchase.COLUMNS; i++) {
        builder.column(2 + i).appendFrom(all.column(1 + i), last);
      }
      if (last == first && from.get(first) == purchasedAt.get(first)) {
        builder.column(Purchases.CHANGED_AT).appendNull();
        versions.appendNull();
      } else {
        // Without a version before it, the order was not its customer's until then.
        builder.longs(Purchases.CHANGED_AT).append(from.get(last));
        versions.endRow();
      }
    }
    return builder.build();
  }

  private static boolean same(Frame states, int[] contents, int a, int b) {
    for (int column : contents) {
      if (!states.column(column).same(a, states.column(column), b)) {
        return false;
      }
    }
    return true;
  }
}
