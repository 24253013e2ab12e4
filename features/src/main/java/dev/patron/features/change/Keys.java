package dev.patron.features.change;

import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import java.util.List;

/**
 * The order of rows by their key. A million keys are compared some twenty million times, so the
 * beginning of each key is kept as a number, which decides nearly always.
 */
final class Keys {
  private final Column[] columns;
  private final long[] beginnings;

  /** Whether the beginning is all of the key. */
  private final boolean exact;

  Keys(Frame frame, List<String> names) {
    columns = names.stream().map(frame::column).toArray(Column[]::new);
    beginnings = new long[frame.rows()];
    boolean whole = false;
    if (columns[0] instanceof LongColumn longs) {
      whole = columns.length == 1 && !longs.hasNulls();
      for (int row = 0; row < beginnings.length; row++) {
        beginnings[row] = longs.isNull(row) ? Long.MIN_VALUE : longs.get(row);
      }
    } else if (columns[0] instanceof BytesColumn bytes) {
      for (int row = 0; row < beginnings.length; row++) {
        beginnings[row] = firstEightBytes(bytes, row);
      }
    }
    exact = whole;
  }

  /** Ascending, by the type of each key column. */
  int compare(int a, int b) {
    if (beginnings[a] != beginnings[b]) {
      return beginnings[a] < beginnings[b] ? -1 : 1;
    }
    return exact ? 0 : compareColumns(a, b);
  }

  boolean same(int a, int b) {
    return compare(a, b) == 0;
  }

  private int compareColumns(int a, int b) {
    for (Column column : columns) {
      int order = column.compare(a, column, b);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  /** Unsigned byte order as signed order; shorter text is padded, so that ties stay undecided. */
  private static long firstEightBytes(BytesColumn column, int row) {
    long first = 0;
    int from = column.from(row);
    int length = Math.min(8, column.length(row));
    for (int i = 0; i < length; i++) {
      first |= (column.array()[from + i] & 0xffL) << (56 - 8 * i);
    }
    return first ^ Long.MIN_VALUE;
  }
}
