package dev.patron.transforms.parquet;

import dev.patron.features.frame.BooleanColumn;
import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.Decimals;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.ListColumn;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.RowColumn;
import dev.patron.features.frame.Type;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * The current row of a frame as an Avro record. There is one for a whole file: values are made as
 * they are asked for and are good until the next row.
 */
final class FrameRecord implements GenericRecord {
  private final org.apache.avro.Schema schema;
  private final Cursor[] fields;
  private int row;

  FrameRecord(dev.patron.features.frame.Schema columns, org.apache.avro.Schema schema) {
    this.schema = schema;
    this.fields =
        IntStream.range(0, columns.size())
            .mapToObj(i -> cursor(columns.field(i).type(), schema.getFields().get(i).schema()))
            .toArray(Cursor[]::new);
  }

  void columns(List<Column> columns) {
    for (int i = 0; i < fields.length; i++) {
      fields[i].column(columns.get(i));
    }
  }

  FrameRecord at(int newRow) {
    row = newRow;
    return this;
  }

  @Override
  public @Nullable Object get(int position) {
    return fields[position].get(row);
  }

  @Override
  public @Nullable Object get(String name) {
    return get(schema.getField(name).pos());
  }

  @Override
  public org.apache.avro.Schema getSchema() {
    return schema;
  }

  @Override
  public void put(String key, Object value) {
    throw new UnsupportedOperationException("a frame is immutable");
  }

  @Override
  public void put(int position, Object value) {
    throw new UnsupportedOperationException("a frame is immutable");
  }

  /** Values of one column as Avro wants them. */
  private interface Cursor {
    void column(Column column);

    @Nullable Object get(int row);
  }

  private static Cursor cursor(Type type, org.apache.avro.Schema nullable) {
    org.apache.avro.Schema schema = nullable.getTypes().get(1);
    if (type instanceof Type.Decimal decimal) {
      return new DecimalCursor(decimal, schema);
    }
    if (type instanceof Type.ListOf list) {
      return new ListCursor(cursor(list.element(), schema.getElementType()));
    }
    if (type instanceof Type.RowOf nested) {
      return new RowCursor(new FrameRecord(nested.schema(), schema));
    }
    return switch ((Type.Scalar) type) {
      case STRING -> new TextCursor();
      case LONG, TIMESTAMP -> new LongCursor();
      case DATE -> new DateCursor();
      case DOUBLE -> new DoubleCursor();
      case BOOLEAN -> new BooleanCursor();
    };
  }

  private abstract static class ColumnCursor<C extends Column> implements Cursor {
    private final Class<C> layout;
    private @Nullable C column;

    ColumnCursor(Class<C> layout) {
      this.layout = layout;
    }

    @Override
    public final void column(Column newColumn) {
      column = layout.cast(newColumn);
      enter(column);
    }

    void enter(C newColumn) {}

    @Override
    public final @Nullable Object get(int row) {
      C current = column;
      if (current == null) {
        throw new IllegalStateException("no frame yet");
      }
      return current.isNull(row) ? null : value(current, row);
    }

    abstract Object value(C current, int row);
  }

  private static final class LongCursor extends ColumnCursor<LongColumn> {
    LongCursor() {
      super(LongColumn.class);
    }

    @Override
    Object value(LongColumn current, int row) {
      return current.get(row);
    }
  }

  private static final class DateCursor extends ColumnCursor<LongColumn> {
    DateCursor() {
      super(LongColumn.class);
    }

    @Override
    Object value(LongColumn current, int row) {
      return Math.toIntExact(current.get(row));
    }
  }

  private static final class DoubleCursor extends ColumnCursor<DoubleColumn> {
    DoubleCursor() {
      super(DoubleColumn.class);
    }

    @Override
    Object value(DoubleColumn current, int row) {
      return current.get(row);
    }
  }

  private static final class BooleanCursor extends ColumnCursor<BooleanColumn> {
    BooleanCursor() {
      super(BooleanColumn.class);
    }

    @Override
    Object value(BooleanColumn current, int row) {
      return current.get(row);
    }
  }

  private static final class TextCursor extends ColumnCursor<BytesColumn> {
    TextCursor() {
      super(BytesColumn.class);
    }

    @Override
    Object value(BytesColumn current, int row) {
      return new Utf8(current.copy(row));
    }
  }

  private static final class DecimalCursor implements Cursor {
    private final Cursor cursor;

    DecimalCursor(Type.Decimal type, org.apache.avro.Schema schema) {
      cursor = type.fitsLong() ? new ShortDecimal(schema) : new LongDecimal(schema);
    }

    @Override
    public void column(Column column) {
      cursor.column(column);
    }

    @Override
    public @Nullable Object get(int row) {
      return cursor.get(row);
    }
  }

  private static final class ShortDecimal extends ColumnCursor<LongColumn> {
    private final org.apache.avro.Schema schema;

    ShortDecimal(org.apache.avro.Schema schema) {
      super(LongColumn.class);
      this.schema = schema;
    }

    @Override
    Object value(LongColumn current, int row) {
      byte[] bytes = new byte[schema.getFixedSize()];
      long unscaled = current.get(row);
      for (int i = bytes.length - 1; i >= 0; i--) {
        bytes[i] = (byte) unscaled;
        unscaled >>= 8;
      }
      return new GenericData.Fixed(schema, bytes);
    }
  }

  private static final class LongDecimal extends ColumnCursor<BytesColumn> {
    private final org.apache.avro.Schema schema;

    LongDecimal(org.apache.avro.Schema schema) {
      super(BytesColumn.class);
      this.schema = schema;
    }

    @Override
    Object value(BytesColumn current, int row) {
      byte[] sixteen = current.copy(row);
      sixteen[0] ^= (byte) 0x80;
      return new GenericData.Fixed(
          schema,
          Arrays.copyOfRange(sixteen, Decimals.BYTES - schema.getFixedSize(), Decimals.BYTES));
    }
  }

  private static final class RowCursor extends ColumnCursor<RowColumn> {
    private final FrameRecord nested;

    RowCursor(FrameRecord nested) {
      super(RowColumn.class);
      this.nested = nested;
    }

    @Override
    void enter(RowColumn column) {
      nested.columns(IntStream.range(0, column.width()).mapToObj(column::field).toList());
    }

    @Override
    Object value(RowColumn current, int row) {
      return nested.at(row);
    }
  }

  private static final class ListCursor extends ColumnCursor<ListColumn> {
    private final Cursor element;

    ListCursor(Cursor element) {
      super(ListColumn.class);
      this.element = element;
    }

    @Override
    void enter(ListColumn column) {
      element.column(column.elements());
    }

    @Override
    Object value(ListColumn current, int row) {
      int from = current.from(row);
      int size = current.to(row) - from;
      return new AbstractList<@Nullable Object>() {
        @Override
        public @Nullable Object get(int index) {
          return element.get(from + index);
        }

        @Override
        public int size() {
          return size;
        }
      };
    }
  }
}
