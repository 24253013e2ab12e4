package dev.patron.features.frame;

/** Gathers the values of one column, row by row. Not thread-safe; {@link #build} ends its use. */
public abstract sealed class ColumnBuilder
    permits LongColumn.Builder,
        DoubleColumn.Builder,
        BooleanColumn.Builder,
        BytesColumn.Builder,
        ListColumn.Builder,
        RowColumn.Builder {

  final Nulls nulls = new Nulls();

  /** An empty builder for a column of this type. */
  public static ColumnBuilder of(Type type) {
    return of(type, 16);
  }

  static ColumnBuilder of(Type type, int capacity) {
    if (type instanceof Type.ListOf list) {
      return new ListColumn.Builder(of(list.element(), capacity), capacity);
    }
    if (type instanceof Type.RowOf row) {
      return new RowColumn.Builder(
          row.schema().fields().stream()
              .map(field -> of(field.type(), capacity))
              .toArray(ColumnBuilder[]::new));
    }
    if (type instanceof Type.Decimal decimal) {
      return decimal.fitsLong()
          ? new LongColumn.Builder(capacity)
          : new BytesColumn.Builder(capacity);
    }
    return switch ((Type.Scalar) type) {
      case STRING -> new BytesColumn.Builder(capacity);
      case LONG, DATE, TIMESTAMP -> new LongColumn.Builder(capacity);
      case DOUBLE -> new DoubleColumn.Builder(capacity);
      case BOOLEAN -> new BooleanColumn.Builder(capacity);
    };
  }

  /** A column of nulls. */
  static Column nulls(Type type, int rows) {
    ColumnBuilder builder = of(type);
    for (int row = 0; row < rows; row++) {
      builder.appendNull();
    }
    return builder.build();
  }

  /** The number of rows appended so far. */
  public abstract int size();

  /** Appends a null. */
  public abstract void appendNull();

  /**
   * Appends the value that {@code source}, a column of the same layout, has at this row; -1 appends
   * null.
   */
  public final void appendFrom(Column source, int row) {
    if (row < 0 || source.isNull(row)) {
      appendNull();
    } else {
      appendValueFrom(source, row);
    }
  }

  abstract void appendValueFrom(Column source, int row);

  /** Appends all values of a column of the same layout. */
  final void appendAll(Column source) {
    nulls.setAll(source.nulls(), size());
    appendValuesFrom(source);
  }

  /** Appends all values; nulls are marked already, and have a value that stands in for them. */
  abstract void appendValuesFrom(Column source);

  /** An empty builder of the same layout, with room for as much as this one was given. */
  abstract ColumnBuilder again();

  /** The column of all rows appended. */
  public abstract Column build();
}
