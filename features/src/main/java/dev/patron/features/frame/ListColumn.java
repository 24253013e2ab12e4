package dev.patron.features.frame;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Lists: the elements of all rows end to end in one column, and where each row's begin and end. */
public final class ListColumn extends Column {
  private final int[] offsets;
  private final Column elements;

  ListColumn(int[] offsets, Column elements, int size, long @Nullable [] nulls) {
    super(size, nulls);
    this.offsets = offsets;
    this.elements = elements;
  }

  /** The row of {@link #elements()} at which this row's list begins. */
  public int from(int row) {
    return offsets[row];
  }

  /** The row of {@link #elements()} at which this row's list ends, exclusive. */
  public int to(int row) {
    return offsets[row + 1];
  }

  /** The elements of all rows, end to end. */
  public Column elements() {
    return elements;
  }

  int[] offsets() {
    return offsets;
  }

  @Override
  ListColumn take(int[] rows, long @Nullable [] takenNulls) {
    int[] takenOffsets = new int[rows.length + 1];
    for (int i = 0; i < rows.length; i++) {
      int length = rows[i] < 0 ? 0 : offsets[rows[i] + 1] - offsets[rows[i]];
      takenOffsets[i + 1] = Math.addExact(takenOffsets[i], length);
    }
    int[] wanted = new int[takenOffsets[rows.length]];
    for (int i = 0; i < rows.length; i++) {
      for (int at = takenOffsets[i]; at < takenOffsets[i + 1]; at++) {
        wanted[at] = offsets[rows[i]] + at - takenOffsets[i];
      }
    }
    return new ListColumn(takenOffsets, elements.take(wanted), rows.length, takenNulls);
  }

  /** The offsets of {@code size} rows with those of {@code moreRows} rows moved behind them. */
  static int[] appended(int[] offsets, int size, int[] more, int moreRows) {
    int end = Math.addExact(size, moreRows) + 1;
    int[] all = end <= offsets.length ? offsets : Arrays.copyOf(offsets, Math.max(end, 2 * size));
    for (int i = 1; i <= moreRows; i++) {
      all[size + i] = all[size] + more[i];
    }
    return all;
  }

  @Override
  int compareValues(int row, Column other, int otherRow) {
    ListColumn that = (ListColumn) other;
    int length = offsets[row + 1] - offsets[row];
    int otherLength = that.offsets[otherRow + 1] - that.offsets[otherRow];
    for (int i = 0; i < Math.min(length, otherLength); i++) {
      int order = elements.compare(offsets[row] + i, that.elements, that.offsets[otherRow] + i);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(length, otherLength);
  }

  @Override
  void canonicalValue(int row, CanonicalBytes bytes) {
    bytes.putLong(offsets[row + 1] - offsets[row]);
    for (int i = offsets[row]; i < offsets[row + 1]; i++) {
      elements.canonical(i, bytes);
    }
  }

  @Override
  long heapBytes() {
    return elements.heapBytes() + 4L * offsets.length + nullBytes();
  }

  /** Builds a {@link ListColumn}: append the elements to {@link #elements()}, then end the row. */
  public static final class Builder extends ColumnBuilder {
    private final ColumnBuilder elements;
    private int[] offsets;
    private int size;

    Builder(ColumnBuilder elements, int capacity) {
      this.elements = elements;
      this.offsets = new int[Math.max(1, capacity) + 1];
    }

    /** Where the elements of the row now being built go. */
    public ColumnBuilder elements() {
      return elements;
    }

    /** Ends the row: its list is what was appended to {@link #elements()} since the last one. */
    public void endRow() {
      size++;
      if (size == offsets.length) {
        offsets = Arrays.copyOf(offsets, size * 2);
      }
      offsets[size] = elements.size();
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public void appendNull() {
      nulls.set(size);
      endRow();
    }

    @Override
    void appendValueFrom(Column source, int row) {
      ListColumn that = (ListColumn) source;
      for (int i = that.offsets[row]; i < that.offsets[row + 1]; i++) {
        elements.appendFrom(that.elements, i);
      }
      endRow();
    }

    @Override
    void appendValuesFrom(Column source) {
      ListColumn that = (ListColumn) source;
      elements.appendAll(that.elements);
      offsets = appended(offsets, size, that.offsets, that.size());
      size += that.size();
    }

    @Override
    Builder again() {
      return new Builder(elements.again(), size);
    }

    @Override
    public ListColumn build() {
      return new ListColumn(
          offsets.length == size + 1 ? offsets : Arrays.copyOf(offsets, size + 1),
          elements.build(),
          size,
          nulls.build(size));
    }
  }
}
