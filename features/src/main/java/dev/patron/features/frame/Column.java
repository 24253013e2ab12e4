package dev.patron.features.frame;

import org.jspecify.annotations.Nullable;

/**
 * The values of one column of a {@link Frame}, in typed arrays. Immutable.
 *
 * <p>A column knows how its values are laid out, not what they mean: dates, timestamps and short
 * decimals are all {@link LongColumn}s. The {@link Type} in the frame's schema says the rest.
 */
public abstract sealed class Column
    permits LongColumn, DoubleColumn, BooleanColumn, BytesColumn, ListColumn, RowColumn {

  private final int size;
  private final long @Nullable [] nulls;

  Column(int size, long @Nullable [] nulls) {
    this.size = size;
    this.nulls = nulls;
  }

  /** The number of rows. */
  public final int size() {
    return size;
  }

  /** Whether the value of this row is null. */
  public final boolean isNull(int row) {
    return Nulls.isSet(nulls, row);
  }

  /** Whether any row may be null. */
  public final boolean hasNulls() {
    return nulls != null;
  }

  final long @Nullable [] nulls() {
    return nulls;
  }

  /**
   * The values of these rows, in this order; a row may occur several times or not at all. The row
   * -1 gives null, which is what a left join wants for what it did not find.
   */
  public final Column take(int[] rows) {
    return take(rows, Nulls.take(nulls, rows));
  }

  /**
   * A total order over values of one type: nulls first, numbers by value (as {@link Double#compare}
   * for doubles), text by its UTF-8 bytes, lists element by element, rows field by field.
   *
   * @param other a column of the same layout
   */
  public final int compare(int row, Column other, int otherRow) {
    boolean isNull = isNull(row);
    boolean otherIsNull = other.isNull(otherRow);
    if (isNull || otherIsNull) {
      return Boolean.compare(otherIsNull, isNull);
    }
    return compareValues(row, other, otherRow);
  }

  /** Null-safe, typed equality of two values: both null, or equal by {@link #compare}. */
  public final boolean same(int row, Column other, int otherRow) {
    return compare(row, other, otherRow) == 0;
  }

  /** Appends the canonical bytes of this row's value, beginning with a mark for null or not. */
  public final void canonical(int row, CanonicalBytes bytes) {
    if (isNull(row)) {
      bytes.putByte(0);
    } else {
      bytes.putByte(1);
      canonicalValue(row, bytes);
    }
  }

  /** The values of these rows; the row -1 has the value that stands in for null. */
  abstract Column take(int[] rows, long @Nullable [] takenNulls);

  abstract int compareValues(int row, Column other, int otherRow);

  abstract void canonicalValue(int row, CanonicalBytes bytes);

  /** About how many bytes of heap the values take. */
  abstract long heapBytes();

  final long nullBytes() {
    return nulls == null ? 0 : 8L * nulls.length;
  }
}
