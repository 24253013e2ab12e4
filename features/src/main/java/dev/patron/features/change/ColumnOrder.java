package dev.patron.features.change;

import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.LongColumn;
import java.util.Arrays;

/**
 * The order of one column's values, as {@link Column#compare} has it. To sort a million rows takes
 * some twenty million comparisons, so the beginning of each value is kept as a number, which nearly
 * always decides. Of text it is what follows the prefix that all values share: customer numbers and
 * positions in a log differ at their ends.
 */
final class ColumnOrder {
  private final Column column;
  private final long[] beginnings;

  /** Whether the beginning is the whole value. */
  private final boolean whole;

  ColumnOrder(Column column) {
    this.column = column;
    this.beginnings = new long[column.size()];
    this.whole = column instanceof LongColumn && !column.hasNulls();
    if (column instanceof LongColumn longs) {
      Arrays.setAll(beginnings, row -> longs.isNull(row) ? Long.MIN_VALUE : longs.get(row));
    } else if (column instanceof BytesColumn bytes) {
      int shared = sharedPrefix(bytes);
      Arrays.setAll(
          beginnings, row -> bytes.isNull(row) ? Long.MIN_VALUE : eightBytes(bytes, row, shared));
    }
  }

  int compare(int a, int b) {
    if (beginnings[a] != beginnings[b]) {
      return beginnings[a] < beginnings[b] ? -1 : 1;
    }
    return whole ? 0 : column.compare(a, column, b);
  }

  /** The number of bytes with which every value begins. */
  private static int sharedPrefix(BytesColumn column) {
    int shared = -1;
    int first = 0;
    for (int row = 0; row < column.size() && shared != 0; row++) {
      if (column.isNull(row)) {
        continue;
      }
      if (shared < 0) {
        first = row;
        shared = column.length(row);
        continue;
      }
      int differs =
          Arrays.mismatch(
              column.array(),
              column.from(first),
              column.from(first) + shared,
              column.array(),
              column.from(row),
              column.to(row));
      shared = differs < 0 ? shared : differs;
    }
    return Math.max(0, shared);
  }

  /** Unsigned byte order as signed order; short text is padded, and a tie then undecided. */
  private static long eightBytes(BytesColumn column, int row, int from) {
    long eight = 0;
    int length = Math.min(8, column.length(row) - from);
    for (int i = 0; i < length; i++) {
      eight |= (column.array()[column.from(row) + from + i] & 0xffL) << (56 - 8 * i);
    }
    return eight ^ Long.MIN_VALUE;
  }
}
