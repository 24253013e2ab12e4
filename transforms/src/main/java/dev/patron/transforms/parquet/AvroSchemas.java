package dev.patron.transforms.parquet;

import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.LogicalTypes;
import org.apache.avro.SchemaBuilder;

/** The Avro schemas through which Beam's Parquet sink is told what a frame is. */
final class AvroSchemas {
  /** One definition a size: Avro wants a name to be defined once. */
  private final Map<Type.Decimal, org.apache.avro.Schema> decimals = new HashMap<>();

  private int records;

  private AvroSchemas() {}

  /**
   * The record of these columns, all of which may be null.
   *
   * @throws IllegalArgumentException if a name is none in Avro's grammar
   */
  static org.apache.avro.Schema of(Schema schema) {
    return new AvroSchemas().record(schema);
  }

  private org.apache.avro.Schema record(Schema schema) {
    String name = "row" + records++;
    List<org.apache.avro.Schema.Field> fields = new ArrayList<>();
    for (Schema.Field field : schema.fields()) {
      checkName(field.name());
      fields.add(
          new org.apache.avro.Schema.Field(
              field.name(),
              nullable(value(field.type())),
              null,
              org.apache.avro.Schema.Field.NULL_DEFAULT_VALUE));
    }
    return org.apache.avro.Schema.createRecord(name, null, null, false, fields);
  }

  private static void checkName(String name) {
    if ((!Character.isLetter(name.charAt(0)) && name.charAt(0) != '_')
        || !name.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '_')) {
      throw new IllegalArgumentException(
          "column '%s' cannot be written: a name has letters, digits and _, and no digit first"
              .formatted(name));
    }
  }

  private static org.apache.avro.Schema nullable(org.apache.avro.Schema value) {
    return org.apache.avro.Schema.createUnion(SchemaBuilder.builder().nullType(), value);
  }

  private org.apache.avro.Schema value(Type type) {
    if (type instanceof Type.Decimal decimal) {
      return decimals.computeIfAbsent(
          decimal,
          d ->
              LogicalTypes.decimal(d.precision(), d.scale())
                  .addToSchema(
                      org.apache.avro.Schema.createFixed(
                          "decimal_%d_%d".formatted(d.precision(), d.scale()),
                          null,
                          null,
                          decimalBytes(d.precision()))));
    }
    if (type instanceof Type.ListOf list) {
      return org.apache.avro.Schema.createArray(nullable(value(list.element())));
    }
    if (type instanceof Type.RowOf row) {
      return record(row.schema());
    }
    SchemaBuilder.TypeBuilder<org.apache.avro.Schema> builder = SchemaBuilder.builder();
    return switch ((Type.Scalar) type) {
      case STRING -> builder.stringType();
      case LONG -> builder.longType();
      case DOUBLE -> builder.doubleType();
      case BOOLEAN -> builder.booleanType();
      case DATE -> LogicalTypes.date().addToSchema(builder.intType());
      case TIMESTAMP -> LogicalTypes.timestampMicros().addToSchema(builder.longType());
    };
  }

  /** The least number of bytes whose two's complement holds every number of so many digits. */
  static int decimalBytes(int precision) {
    return BigInteger.TEN.pow(precision).subtract(BigInteger.ONE).bitLength() / 8 + 1;
  }
}
