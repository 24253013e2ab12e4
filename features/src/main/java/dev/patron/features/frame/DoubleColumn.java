package dev.patron.features.frame;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Double-precision values. */
public final class DoubleColumn extends Column {
  private final double[] values;

  DoubleColumn(double[] values, int size, long @Nullable [] nulls) {
    super(size, nulls);
    this.values = values;
  }

  /** A column of these values without nulls. The array is kept, not copied. */
  public static DoubleColumn of(double... values) {
    return new DoubleColumn(values, values.length, null);
  }

  /** The value of this row; 0 where the row is null. */
  public double get(int row) {
    return values[row];
  }

  double[] values() {
    return values;
  }

  @Override
  DoubleColumn take(int[] rows, long @Nullable [] takenNulls) {
    double[] taken = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      int row = rows[i];
      taken[i] = row < 0 ? 0 : values[row];
    }
    return new DoubleColumn(taken, rows.length, takenNulls);
  }

  @Override
  int compareValues(int row, Column other, int otherRow) {
    return Double.compare(values[row], ((DoubleColumn) other).values[otherRow]);
  }

  @Override
  void canonicalValue(int row, CanonicalBytes bytes) {
    bytes.putLong(Double.doubleToLongBits(values[row]));
  }

  @Override
  long heapBytes() {
    return 8L * values.length + nullBytes();
  }

  /** Builds a {@link DoubleColumn}. */
  public static final class Builder extends ColumnBuilder {
    private double[] values;
    private int size;

    Builder(int capacity) {
      values = new double[Math.max(1, capacity)];
    }

    /** Appends a value. */
    public void append(double value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, size * 2);
      }
      values[size++] = value;
    }

    /** Appends the first so many of these values. */
    public void append(double[] more, int count) {
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
      append(((DoubleColumn) source).values[row]);
    }

    @Override
    void appendValuesFrom(Column source) {
      append(((DoubleColumn) source).values, source.size());
    }

    @Override
    Builder again() {
      return new Builder(size);
    }

    @Override
    public DoubleColumn build() {
      double[] exact = values.length == size ? values : Arrays.copyOf(values, size);
      return new DoubleColumn(exact, size, nulls.build(size));
    }
  }
}
