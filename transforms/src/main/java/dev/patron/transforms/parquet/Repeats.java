package dev.patron.transforms.parquet;

import dev.patron.features.frame.CanonicalBytes;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.LongColumn;
import java.util.Arrays;

/**
 * Whether values of a column come again often enough for a dictionary. Parquet finds out by
 * building one and throwing it away, for keys and times and raw lines in every row group.
 */
final class Repeats {
  /** As many rows are looked at. */
  static final int SAMPLE = 4_096;

  /**
   * A value must come this often on average. One that comes two or three times costs a look-up each
   * time and spares little that Zstandard would not find.
   */
  private static final int TIMES = 4;

  /** Fewer values than these say nothing. */
  private static final int ENOUGH = 256;

  private Repeats() {}

  /** Whether those of these entries that have a value repeat. */
  static boolean among(Column column, ColumnLevels levels) {
    long[] numbers = new long[levels.size()];
    CanonicalBytes bytes = new CanonicalBytes();
    int values = 0;
    for (int i = 0; i < levels.size(); i++) {
      int row = levels.row(i);
      if (row >= 0) {
        numbers[values++] = number(column, row, bytes);
      }
    }
    Arrays.sort(numbers, 0, values);
    int distinct = Math.min(1, values);
    for (int i = 1; i < values; i++) {
      if (numbers[i] != numbers[i - 1]) {
        distinct++;
      }
    }
    return values < ENOUGH || distinct * TIMES <= values;
  }

  /** Equal values have the same; others have not, or only by a collision of hashes. */
  private static long number(Column column, int row, CanonicalBytes bytes) {
    if (column instanceof LongColumn longs) {
      return longs.get(row);
    }
    if (column instanceof DoubleColumn doubles) {
      return Double.doubleToLongBits(doubles.get(row));
    }
    column.canonical(row, bytes.clear());
    return bytes.hash64();
  }
}
