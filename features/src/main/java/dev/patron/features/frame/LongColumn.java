package dev.patron.features.frame;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Signed 64-bit values: longs, dates (days), timestamps (microseconds), unscaled short decimals.
 */
public final class LongColumn extends Column {
  private static final long HASH_OF_NULL = new CanonicalBytes().putByte(0).hash64();

  private final long[] values;

  LongColumn(long[] values, int size, long @Nullable [] nulls) {
    super(size, nulls);
    this.values = values;
  }

  /** A column of these values without nulls. The array is kept, not copied. */
  public static LongColumn of(long... values) {
    return new LongColumn(values, values.length, null);
  }

  /** The value of this row; 0 where the row is null. */
  public long get(int row) {
    return values[row];
  }

  long[] values() {
    return values;
  }

  @Override
  LongColumn take(int[] rows, long @Nullable [] takenNulls) {
    long[] taken = new long[rows.length];
    for (int i = 0; i < rows.length; i++) {
      int row = rows[i];
      taken[i] = row < 0 ? 0 : values[row];
    }
    return new LongColumn(taken, rows.length, takenNulls);
  }

  @Override
  int compareValues(int row, Column other, int otherRow) {
    return Long.compare(values[row], ((LongColumn) other).values[otherRow]);
  }

  @Override
  void canonicalValue(int row, CanonicalBytes bytes) {
    bytes.putLong(values[row]);
  }

  /** What {@link Frame#hash} gives for this column alone. */
  long[] hashes() {
    long[] hashes = new long[size()];
    boolean asBefore = false;
    for (int row = 0; row < hashes.length; row++) {
      if (isNull(row)) {
        hashes[row] = HASH_OF_NULL;
        asBefore = false;
      } else {
        // The rows of a key often follow each other.
        hashes[row] =
            asBefore && values[row] == values[row - 1]
                ? hashes[row - 1]
                : CanonicalBytes.hashOfNumber(values[row]);
        asBefore = true;
      }
    }
    return hashes;
  }

  @Override
  long heapBytes() {
    return 8L * values.length + nullBytes();
  }

  /** Builds a {@link LongColumn}. */
  public static final class Builder extends ColumnBuilder {
    private long[] values;
    private int size;

    Builder(int capacity) {
      values = new long[Math.max(1, capacity)];
    }

    /** Appends a value. */
    public void append(long value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, size * 2);
      }
      values[size++] = value;
    }

    /** Appends the first so many of these values. */
    public void append(long[] more, int count) {
      int end = Math.addExact(size, count);
      if (end > values.length) {
        values = Arrays.copyOf(values, Math.max(end, size * 2));
      }
      System.arraycopy(more, 0, values, size, count);
      size = end;
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public void appendNull() {
      nulls.set(size);
      append(0);
    }

    @Override
    void appendValueFrom(Column source, int row) {
      append(((LongColumn) source).values[row]);
    }

    @Override
    void appendValuesFrom(Column source) {
      append(((LongColumn) source).values, source.size());
    }

    @Override
    Builder again() {
      return new Builder(size);
    }

    @Override
    public LongColumn build() {
      long[] exact = values.length == size ? values : Arrays.copyOf(values, size);
      return new LongColumn(exact, size, nulls.build(size));
    }
  }
}
