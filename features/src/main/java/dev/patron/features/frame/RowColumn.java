package dev.patron.features.frame;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Nested rows: one column a field. A field of a null row is null. */
public final class RowColumn extends Column {
  private final Column[] fields;

  RowColumn(Column[] fields, int size, long @Nullable [] nulls) {
    super(size, nulls);
    this.fields = fields;
  }

  /** The field at this position of the nested schema. */
  public Column field(int position) {
    return fields[position];
  }

  /** The number of fields. */
  public int width() {
    return fields.length;
  }

  @Override
  RowColumn take(int[] rows, long @Nullable [] takenNulls) {
    Column[] taken = new Column[fields.length];
    for (int i = 0; i < taken.length; i++) {
      taken[i] = fields[i].take(rows);
    }
    return new RowColumn(taken, rows.length, takenNulls);
  }

  @Override
  int compareValues(int row, Column other, int otherRow) {
    RowColumn that = (RowColumn) other;
    for (int i = 0; i < fields.length; i++) {
      int order = fields[i].compare(row, that.fields[i], otherRow);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  @Override
  void canonicalValue(int row, CanonicalBytes bytes) {
    for (Column field : fields) {
      field.canonical(row, bytes);
    }
  }

  @Override
  long heapBytes() {
    return Arrays.stream(fields).mapToLong(Column::heapBytes).sum() + nullBytes();
  }

  /** Builds a {@link RowColumn}: append one value to every field, then end the row. */
  public static final class Builder extends ColumnBuilder {
    private final ColumnBuilder[] fields;
    private int size;

    Builder(ColumnBuilder[] fields) {
      this.fields = fields;
    }

    /** Where the values of the field at this position go. */
    public ColumnBuilder field(int position) {
      return fields[position];
    }

    /** The number of fields. */
    public int width() {
      return fields.length;
    }

    /** Ends the row. */
    public void endRow() {
      size++;
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public void appendNull() {
      nulls.set(size);
      for (ColumnBuilder field : fields) {
        field.appendNull();
      }
      endRow();
    }

    @Override
    void appendValueFrom(Column source, int row) {
      RowColumn that = (RowColumn) source;
      for (int i = 0; i < fields.length; i++) {
        fields[i].appendFrom(that.fields[i], row);
      }
      endRow();
    }

    @Override
    void appendValuesFrom(Column source) {
      RowColumn that = (RowColumn) source;
      for (int i = 0; i < fields.length; i++) {
        fields[i].appendAll(that.fields[i]);
      }
      size += that.size();
    }

    @Override
    Builder again() {
      return new Builder(
          Arrays.stream(fields).map(ColumnBuilder::again).toArray(ColumnBuilder[]::new));
    }

    @Override
    public RowColumn build() {
      Column[] built = new Column[fields.length];
      for (int i = 0; i < fields.length; i++) {
        built[i] = fields[i].build();
        if (built[i].size() != size) {
          throw new IllegalStateException(
              "field %d of a nested row has %d values, the row %d"
                  .formatted(i, built[i].size(), size));
        }
      }
      return new RowColumn(built, size, nulls.build(size));
    }
  }
}
