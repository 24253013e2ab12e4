package dev.patron.features.frame;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Truth values. */
public final class BooleanColumn extends Column {
  private final boolean[] values;

  BooleanColumn(boolean[] values, int size, long @Nullable [] nulls) {
    super(size, nulls);
    this.values = values;
  }

  /** A column of these values without nulls. The array is kept, not copied. */
  public static BooleanColumn of(boolean... values) {
    return new BooleanColumn(values, values.length, null);
  }

  /** The value of this row; false where the row is null. */
  public boolean get(int row) {
    return values[row];
  }

  boolean[] values() {
    return values;
  }

  @Override
  BooleanColumn take(int[] rows, long @Nullable [] takenNulls) {
    boolean[] taken = new boolean[rows.length];
    for (int i = 0; i < rows.length; i++) {
      taken[i] = rows[i] < 0 ? false : values[rows[i]];
    }
    return new BooleanColumn(taken, rows.length, takenNulls);
  }

  @Override
  int compareValues(int row, Column other, int otherRow) {
    return Boolean.compare(values[row], ((BooleanColumn) other).values[otherRow]);
  }

  @Override
  void canonicalValue(int row, CanonicalBytes bytes) {
    bytes.putByte(values[row] ? 1 : 0);
  }

  @Override
  long heapBytes() {
    return 1L * values.length + nullBytes();
  }

  /** Builds a {@link BooleanColumn}. */
  public static final class Builder extends ColumnBuilder {
    private boolean[] values;
    private int size;

    Builder(int capacity) {
      values = new boolean[Math.max(1, capacity)];
    }

    /** Appends a value. */
    public void append(boolean value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, size * 2);
      }
      values[size++] = value;
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public void appendNull() {
      nulls.set(size);
      append(false);
    }

    @Override
    void appendValueFrom(Column source, int row) {
      append(((BooleanColumn) source).values[row]);
    }

    @Override
    void appendValuesFrom(Column source) {
      int end = Math.addExact(size, source.size());
      if (end > values.length) {
        values = Arrays.copyOf(values, Math.max(end, size * 2));
      }
      System.arraycopy(((BooleanColumn) source).values, 0, values, size, source.size());
      size = end;
    }

    @Override
    Builder again() {
      return new Builder(size);
    }

    @Override
    public BooleanColumn build() {
      boolean[] exact = values.length == size ? values : Arrays.copyOf(values, size);
      return new BooleanColumn(exact, size, nulls.build(size));
    }
  }
}
