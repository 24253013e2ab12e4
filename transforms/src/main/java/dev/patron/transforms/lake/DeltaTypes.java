package dev.patron.transforms.lake;

import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import java.util.ArrayList;
import java.util.List;

/** Schemas of frames as schemas of Delta tables, and back. */
final class DeltaTypes {
  private DeltaTypes() {}

  static StructType struct(Schema schema) {
    StructType struct = new StructType();
    for (Schema.Field field : schema.fields()) {
      struct = struct.add(field.name(), type(field.type()), true);
    }
    return struct;
  }

  private static DataType type(Type type) {
    if (type instanceof Type.Decimal decimal) {
      return new DecimalType(decimal.precision(), decimal.scale());
    }
    if (type instanceof Type.ListOf list) {
      return new ArrayType(type(list.element()), true);
    }
    if (type instanceof Type.RowOf row) {
      return struct(row.schema());
    }
    return switch ((Type.Scalar) type) {
      case STRING -> StringType.STRING;
      case LONG -> LongType.LONG;
      case DOUBLE -> DoubleType.DOUBLE;
      case BOOLEAN -> BooleanType.BOOLEAN;
      case DATE -> DateType.DATE;
      case TIMESTAMP -> TimestampType.TIMESTAMP;
    };
  }

  /**
   * The schema as which a table is read; narrower numbers than ours become ours.
   *
   * @throws LakeException if a column has a type that we do not have
   */
  static Schema schema(StructType struct) {
    List<Schema.Field> fields = new ArrayList<>();
    for (StructField field : struct.fields()) {
      fields.add(new Schema.Field(field.getName(), type(field.getDataType(), field.getName())));
    }
    return new Schema(fields);
  }

  private static Type type(DataType type, String column) {
    if (type instanceof DecimalType decimal) {
      return new Type.Decimal(decimal.getPrecision(), decimal.getScale());
    }
    if (type instanceof ArrayType array) {
      return new Type.ListOf(type(array.getElementType(), column + "[]"));
    }
    if (type instanceof MapType map) {
      return new Type.ListOf(
          new Type.RowOf(
              Schema.of()
                  .with("key", type(map.getKeyType(), column + ".key"))
                  .with("value", type(map.getValueType(), column + ".value"))));
    }
    if (type instanceof StructType struct) {
      return new Type.RowOf(schema(struct));
    }
    if (type instanceof StringType || type instanceof BinaryType) {
      return Type.STRING;
    }
    if (type instanceof LongType
        || type instanceof IntegerType
        || type instanceof ShortType
        || type instanceof ByteType) {
      return Type.LONG;
    }
    if (type instanceof DoubleType || type instanceof FloatType) {
      return Type.DOUBLE;
    }
    if (type instanceof BooleanType) {
      return Type.BOOLEAN;
    }
    if (type instanceof DateType) {
      return Type.DATE;
    }
    if (type instanceof TimestampType || type instanceof TimestampNTZType) {
      return Type.TIMESTAMP;
    }
    throw new LakeException(
        "column '%s' is of type %s, which cannot be read".formatted(column, type));
  }
}
