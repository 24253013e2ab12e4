package dev.patron.features.frame;

import java.util.Arrays;
import java.util.List;

/** Gathers rows into a {@link Frame}. Append one value to every column for each row. */
public final class FrameBuilder {
  private final Schema schema;
  private final ColumnBuilder[] columns;

  /** An empty builder for frames of this schema. */
  public FrameBuilder(Schema schema) {
    this(schema, 16);
  }

  /** An empty builder with room for so many rows. */
  public FrameBuilder(Schema schema, int capacity) {
    this(
        schema,
        schema.fields().stream()
            .map(field -> ColumnBuilder.of(field.type(), capacity))
            .toArray(ColumnBuilder[]::new));
  }

  private FrameBuilder(Schema schema, ColumnBuilder[] columns) {
    this.schema = schema;
    this.columns = columns;
  }

  /** The schema of the frame to be built. */
  public Schema schema() {
    return schema;
  }

  /** The number of whole rows so far. */
  public int rows() {
    return columns.length == 0 ? 0 : columns[columns.length - 1].size();
  }

  /** The builder of the column at this position. */
  public ColumnBuilder column(int position) {
    return columns[position];
  }

  /** The builder of the named column. */
  public ColumnBuilder column(String name) {
    return columns[schema.position(name)];
  }

  /** The builder of the named column of longs, dates, timestamps or short decimals. */
  public LongColumn.Builder longs(String name) {
    return (LongColumn.Builder) column(name);
  }

  /** The builder of the named column of doubles. */
  public DoubleColumn.Builder doubles(String name) {
    return (DoubleColumn.Builder) column(name);
  }

  /** The builder of the named column of truth values. */
  public BooleanColumn.Builder booleans(String name) {
    return (BooleanColumn.Builder) column(name);
  }

  /** The builder of the named column of text or long decimals. */
  public BytesColumn.Builder bytes(String name) {
    return (BytesColumn.Builder) column(name);
  }

  /** Appends a row given as objects, see {@link Values}. */
  public void appendRow(List<?> values) {
    if (values.size() != columns.length) {
      throw new IllegalArgumentException(
          "a row of %d values for (%s)".formatted(values.size(), schema));
    }
    for (int i = 0; i < columns.length; i++) {
      Values.append(columns[i], schema.field(i).type(), values.get(i));
    }
  }

  /** Appends one row of a frame of the same schema. */
  public void appendRow(Frame frame, int row) {
    for (int i = 0; i < columns.length; i++) {
      columns[i].appendFrom(frame.column(i), row);
    }
  }

  /** Appends all rows of a frame of the same schema. */
  public void appendAll(Frame frame) {
    for (int i = 0; i < columns.length; i++) {
      columns[i].appendAll(frame.column(i));
    }
  }

  /**
   * An empty builder for the next frame of as many rows and as much text as this one was given,
   * before or after it is built.
   */
  public FrameBuilder again() {
    return new FrameBuilder(
        schema, Arrays.stream(columns).map(ColumnBuilder::again).toArray(ColumnBuilder[]::new));
  }

  /** Makes room for all text of these frames. */
  void reserveText(List<Frame> frames) {
    for (int i = 0; i < columns.length; i++) {
      if (columns[i] instanceof BytesColumn.Builder texts) {
        int column = i;
        texts.reserve(
            frames.stream()
                .map(frame -> (BytesColumn) frame.column(column))
                .mapToLong(text -> text.to(text.size() - 1))
                .sum());
      }
    }
  }

  /**
   * The frame of all rows appended; the builder is of no more use but for {@link #again}.
   *
   * @throws IllegalArgumentException if the columns have different lengths
   */
  public Frame build() {
    Column[] built = new Column[columns.length];
    for (int i = 0; i < columns.length; i++) {
      built[i] = columns[i].build();
    }
    return Frame.of(schema, built);
  }
}
