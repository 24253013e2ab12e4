package dev.patron.transforms;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.logicaltypes.FixedPrecisionNumeric;
import org.apache.beam.sdk.schemas.logicaltypes.SqlTypes;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.joda.time.ReadableInstant;
import org.jspecify.annotations.Nullable;

/**
 * The doors between frames and anybody's Beam pipeline of {@link Row}s, so that Patron's transforms
 * can be used as a library.
 *
 * <p>Whole numbers become long, floats double, {@code DATETIME} and {@link SqlTypes#TIMESTAMP}
 * timestamp, {@link SqlTypes#DATE} date, {@link FixedPrecisionNumeric} decimal of its precision and
 * scale, and a plain {@code DECIMAL}, which has none, decimal(38,9). Arrays, iterables and rows
 * nest. Maps, bytes and other logical types have no counterpart and are refused when the pipeline
 * is built.
 */
public final class Frames {
  private static final Type.Decimal UNBOUNDED_DECIMAL = new Type.Decimal(38, 9);

  private Frames() {}

  /**
   * Gathers rows into frames. The windows and timestamps of the rows are not kept: frames belong to
   * the global window.
   *
   * @param rows the schema of the rows
   */
  public static PTransform<PCollection<Row>, PCollection<Frame>> fromRows(Schema rows) {
    dev.patron.features.frame.Schema schema = fromBeam(rows);
    return new PTransform<>() {
      @Override
      public PCollection<Frame> expand(PCollection<Row> input) {
        return input.apply("Gather rows into frames", ParDo.of(new Gather(schema)));
      }
    };
  }

  /**
   * Takes frames apart into rows.
   *
   * @param frames the schema of the frames; {@link #toBeam} is the schema of the rows
   */
  public static PTransform<PCollection<Frame>, PCollection<Row>> toRows(
      dev.patron.features.frame.Schema frames) {
    Schema schema = toBeam(frames);
    return new PTransform<>() {
      @Override
      public PCollection<Row> expand(PCollection<Frame> input) {
        return input
            .apply("Take frames apart into rows", ParDo.of(new TakeApart(schema)))
            .setRowSchema(schema);
      }
    };
  }

  /**
   * The frame schema of a Beam schema.
   *
   * @throws IllegalArgumentException if a field has no counterpart
   */
  public static dev.patron.features.frame.Schema fromBeam(Schema rows) {
    return new dev.patron.features.frame.Schema(
        rows.getFields().stream()
            .map(
                field ->
                    new dev.patron.features.frame.Schema.Field(
                        field.getName(), fromBeam(field.getName(), field.getType())))
            .toList());
  }

  private static Type fromBeam(String name, Schema.FieldType type) {
    return switch (type.getTypeName()) {
      case BYTE, INT16, INT32, INT64 -> Type.LONG;
      case FLOAT, DOUBLE -> Type.DOUBLE;
      case STRING -> Type.STRING;
      case BOOLEAN -> Type.BOOLEAN;
      case DATETIME -> Type.TIMESTAMP;
      case DECIMAL -> UNBOUNDED_DECIMAL;
      case ARRAY, ITERABLE ->
          new Type.ListOf(fromBeam(name, present(type.getCollectionElementType())));
      case ROW -> new Type.RowOf(fromBeam(present(type.getRowSchema())));
      case LOGICAL_TYPE -> fromLogical(name, present(type.getLogicalType()));
      default -> throw unsupported(name, type.getTypeName().toString());
    };
  }

  private static Type fromLogical(String name, Schema.LogicalType<?, ?> type) {
    if (type instanceof FixedPrecisionNumeric numeric) {
      Row argument = present(numeric.getArgument());
      return new Type.Decimal(
          present(argument.getInt32("precision")), present(argument.getInt32("scale")));
    }
    if (type.getIdentifier().equals(SqlTypes.DATE.getIdentifier())) {
      return Type.DATE;
    }
    if (type.getIdentifier().equals(SqlTypes.TIMESTAMP.getIdentifier())) {
      return Type.TIMESTAMP;
    }
    throw unsupported(name, type.getIdentifier());
  }

  private static IllegalArgumentException unsupported(String name, String type) {
    return new IllegalArgumentException(
        "field '" + name + "' has type " + type + ", for which frames have no counterpart");
  }

  private static <T> T present(@Nullable T value) {
    if (value == null) {
      throw new IllegalArgumentException("a Beam type lacks its parameter");
    }
    return value;
  }

  /** The Beam schema of a frame schema. Every field is nullable. */
  public static Schema toBeam(dev.patron.features.frame.Schema frames) {
    Schema.Builder builder = Schema.builder();
    for (dev.patron.features.frame.Schema.Field field : frames.fields()) {
      builder.addNullableField(field.name(), toBeam(field.type()));
    }
    return builder.build();
  }

  private static Schema.FieldType toBeam(Type type) {
    if (type instanceof Type.Decimal decimal) {
      return Schema.FieldType.logicalType(
          FixedPrecisionNumeric.of(decimal.precision(), decimal.scale()));
    }
    if (type instanceof Type.ListOf list) {
      return Schema.FieldType.array(toBeam(list.element()).withNullable(true));
    }
    if (type instanceof Type.RowOf row) {
      return Schema.FieldType.row(toBeam(row.schema()));
    }
    return switch ((Type.Scalar) type) {
      case STRING -> Schema.FieldType.STRING;
      case LONG -> Schema.FieldType.INT64;
      case DOUBLE -> Schema.FieldType.DOUBLE;
      case BOOLEAN -> Schema.FieldType.BOOLEAN;
      case DATE -> Schema.FieldType.logicalType(SqlTypes.DATE);
      case TIMESTAMP -> Schema.FieldType.logicalType(SqlTypes.TIMESTAMP);
    };
  }

  private static @Nullable Object fromRow(Type type, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    if (type instanceof Type.ListOf list) {
      List<@Nullable Object> elements = new ArrayList<>();
      for (Object element : (Iterable<?>) value) {
        elements.add(fromRow(list.element(), element));
      }
      return elements;
    }
    if (type instanceof Type.RowOf nested) {
      return fromRow(nested.schema(), (Row) value);
    }
    if (value instanceof ReadableInstant instant) {
      return Instant.ofEpochMilli(instant.getMillis());
    }
    if (type.equals(Type.LONG)) {
      return ((Number) value).longValue();
    }
    if (type.equals(Type.DOUBLE)) {
      return ((Number) value).doubleValue();
    }
    return value;
  }

  private static List<@Nullable Object> fromRow(dev.patron.features.frame.Schema schema, Row row) {
    List<@Nullable Object> values = new ArrayList<>(schema.size());
    for (int i = 0; i < schema.size(); i++) {
      values.add(fromRow(schema.field(i).type(), row.getValue(i)));
    }
    return values;
  }

  private static @Nullable Object toRow(Schema.FieldType type, @Nullable Object value) {
    if (value instanceof Collection<?> elements && type.getTypeName() == Schema.TypeName.ARRAY) {
      List<@Nullable Object> converted = new ArrayList<>();
      for (Object element : elements) {
        converted.add(toRow(present(type.getCollectionElementType()), element));
      }
      return converted;
    }
    if (value instanceof List<?> fields) {
      return toRow(present(type.getRowSchema()), fields);
    }
    return value;
  }

  private static Row toRow(Schema schema, List<?> values) {
    Row.Builder row = Row.withSchema(schema);
    for (int i = 0; i < values.size(); i++) {
      row.addValue(toRow(schema.getField(i).getType(), values.get(i)));
    }
    return row.build();
  }

  private static final class Gather extends DoFn<Row, Frame> {
    private final dev.patron.features.frame.Schema schema;
    private transient FrameBuilder builder;

    private Gather(dev.patron.features.frame.Schema schema) {
      this.schema = schema;
    }

    @StartBundle
    public void start() {
      builder = new FrameBuilder(schema);
    }

    @ProcessElement
    public void gather(@Element Row row, OutputReceiver<Frame> out) {
      builder.appendRow(fromRow(schema, row));
      if (builder.rows() >= Frame.TARGET_ROWS) {
        out.output(builder.build());
        builder = new FrameBuilder(schema);
      }
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      if (builder.rows() > 0) {
        context.output(builder.build(), BoundedWindow.TIMESTAMP_MIN_VALUE, GlobalWindow.INSTANCE);
      }
    }
  }

  private static final class TakeApart extends DoFn<Frame, Row> {
    private final Schema schema;

    private TakeApart(Schema schema) {
      this.schema = schema;
    }

    @ProcessElement
    public void takeApart(@Element Frame frame, OutputReceiver<Row> out) {
      for (List<@Nullable Object> values : frame.toRows()) {
        out.output(toRow(schema, values));
      }
    }
  }
}
