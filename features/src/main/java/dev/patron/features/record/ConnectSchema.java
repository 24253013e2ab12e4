package dev.patron.features.record;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.ColumnNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka Connect schema as the JSON converter embeds it in a record: what a value is, beyond what
 * JSON can say. The names of meanings are those of {@code org.apache.kafka.connect.data} and {@code
 * io.debezium.time} and {@code io.debezium.data}.
 */
final class ConnectSchema {

  /** What a value means. */
  enum Meaning {
    /** What its type says. */
    PLAIN,
    /** Days since the epoch. */
    DAYS,
    TIMESTAMP_MILLIS,
    TIMESTAMP_MICROS,
    TIMESTAMP_NANOS,
    TIME_MILLIS,
    TIME_MICROS,
    TIME_NANOS,
    /** Text in ISO 8601. */
    ISO_DATE,
    ISO_TIMESTAMP,
    /** The bytes of an unscaled number in two's complement, in base64. */
    DECIMAL,
    /** A struct of a scale and such bytes. */
    VARIABLE_DECIMAL
  }

  private static final Map<String, Meaning> MEANINGS =
      Map.ofEntries(
          Map.entry("org.apache.kafka.connect.data.Date", Meaning.DAYS),
          Map.entry("org.apache.kafka.connect.data.Time", Meaning.TIME_MILLIS),
          Map.entry("org.apache.kafka.connect.data.Timestamp", Meaning.TIMESTAMP_MILLIS),
          Map.entry("org.apache.kafka.connect.data.Decimal", Meaning.DECIMAL),
          Map.entry("io.debezium.time.Date", Meaning.DAYS),
          Map.entry("io.debezium.time.Time", Meaning.TIME_MILLIS),
          Map.entry("io.debezium.time.MicroTime", Meaning.TIME_MICROS),
          Map.entry("io.debezium.time.NanoTime", Meaning.TIME_NANOS),
          Map.entry("io.debezium.time.Timestamp", Meaning.TIMESTAMP_MILLIS),
          Map.entry("io.debezium.time.MicroTimestamp", Meaning.TIMESTAMP_MICROS),
          Map.entry("io.debezium.time.NanoTimestamp", Meaning.TIMESTAMP_NANOS),
          Map.entry("io.debezium.time.ZonedTimestamp", Meaning.ISO_TIMESTAMP),
          Map.entry("io.debezium.time.IsoTimestamp", Meaning.ISO_TIMESTAMP),
          Map.entry("io.debezium.time.IsoDate", Meaning.ISO_DATE),
          Map.entry("io.debezium.data.VariableScaleDecimal", Meaning.VARIABLE_DECIMAL));

  private final String type;
  private final Meaning meaning;
  private final int precision;
  private final int scale;
  private final List<String> names;
  private final Map<String, ConnectSchema> fields;
  private final @Nullable ConnectSchema items;

  private ConnectSchema(
      String type,
      Meaning meaning,
      int precision,
      int scale,
      List<String> names,
      Map<String, ConnectSchema> fields,
      @Nullable ConnectSchema items) {
    this.type = type;
    this.meaning = meaning;
    this.precision = precision;
    this.scale = scale;
    this.names = names;
    this.fields = fields;
    this.items = items;
  }

  /** What a value means beyond its type. */
  Meaning meaning() {
    return meaning;
  }

  /** The digits after the point of a {@link Meaning#DECIMAL}. */
  int scale() {
    return scale;
  }

  /** The names of a struct's fields, in order. */
  List<String> names() {
    return names;
  }

  /** The schema of a struct's field, or null. */
  @Nullable ConnectSchema field(String name) {
    return fields.get(name);
  }

  /** The schema of an array's elements, or null. */
  @Nullable ConnectSchema items() {
    return items;
  }

  /** Whether a value is a JSON object whose names are data. */
  boolean isMap() {
    return type.equals("map");
  }

  /** The type of a column of such values. */
  Type columnType() {
    return switch (meaning) {
      case DAYS, ISO_DATE -> Type.DATE;
      case TIMESTAMP_MILLIS, TIMESTAMP_MICROS, TIMESTAMP_NANOS, ISO_TIMESTAMP -> Type.TIMESTAMP;
      case TIME_MILLIS, TIME_MICROS, TIME_NANOS, VARIABLE_DECIMAL -> Type.STRING;
      case DECIMAL -> decimal();
      case PLAIN -> plainType();
    };
  }

  private Type decimal() {
    boolean known = precision >= 1 && precision <= Type.Decimal.MAX_PRECISION;
    int digits = known ? precision : Type.Decimal.MAX_PRECISION;
    // A scale that no decimal of ours has (negative, or beyond all digits) is kept as text.
    return scale >= 0 && scale <= digits ? new Type.Decimal(digits, scale) : Type.STRING;
  }

  private Type plainType() {
    return switch (type) {
      case "int8", "int16", "int32", "int64" -> Type.LONG;
      case "float", "double", "float32", "float64" -> Type.DOUBLE;
      case "boolean" -> Type.BOOLEAN;
      case "array" -> new Type.ListOf(items == null ? Type.STRING : items.columnType());
      case "struct" ->
          names.isEmpty()
              ? Type.STRING
              : new Type.RowOf(
                  new Schema(
                      fields.entrySet().stream()
                          .sorted(
                              (a, b) ->
                                  Integer.compare(
                                      names.indexOf(a.getKey()), names.indexOf(b.getKey())))
                          .map(
                              field ->
                                  new Schema.Field(
                                      ColumnNames.normalise(field.getKey()),
                                      field.getValue().columnType()))
                          .toList()));
      default -> Type.STRING;
    };
  }

  /** Reads the schema that begins at the parser's current token, through its last token. */
  static ConnectSchema read(JsonParser parser) throws IOException {
    return new Reading().read(parser).schema;
  }

  /** One schema being read; a field's schema also says its name. */
  private static final class Reading {
    private @Nullable String field;
    private ConnectSchema schema =
        new ConnectSchema("string", Meaning.PLAIN, 0, 0, List.of(), Map.of(), null);

    private Reading read(JsonParser parser) throws IOException {
      String type = "string";
      String name = "";
      int precision = 0;
      int scale = 0;
      List<String> names = new ArrayList<>();
      Map<String, ConnectSchema> fields = new HashMap<>();
      ConnectSchema items = null;
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        // A schema may also be named by its type alone.
        parser.skipChildren();
        return this;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String member = parser.currentName();
        JsonToken token = parser.nextToken();
        boolean isText = token == JsonToken.VALUE_STRING;
        if (member.equals("type") && isText) {
          type = parser.getText();
        } else if (member.equals("name") && isText) {
          name = parser.getText();
        } else if (member.equals("field") && isText) {
          field = parser.getText();
        } else if (member.equals("parameters") && token == JsonToken.START_OBJECT) {
          while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String parameter = parser.currentName();
            parser.nextToken();
            if (parameter.equals("scale")) {
              scale = number(parser, scale);
            } else if (parameter.equals("connect.decimal.precision")) {
              precision = number(parser, precision);
            } else {
              parser.skipChildren();
            }
          }
        } else if (member.equals("fields") && token == JsonToken.START_ARRAY) {
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            Reading nested = new Reading().read(parser);
            if (nested.field != null && fields.put(nested.field, nested.schema) == null) {
              names.add(nested.field);
            }
          }
        } else if (member.equals("items")) {
          items = new Reading().read(parser).schema;
        } else {
          parser.skipChildren();
        }
      }
      schema =
          new ConnectSchema(
              type,
              MEANINGS.getOrDefault(name, Meaning.PLAIN),
              precision,
              scale,
              List.copyOf(names),
              Map.copyOf(fields),
              items);
      return this;
    }

    private static int number(JsonParser parser, int otherwise) throws IOException {
      return parser.currentToken().isScalarValue()
          ? parser.getValueAsInt(otherwise)
          : skipped(parser, otherwise);
    }

    private static int skipped(JsonParser parser, int otherwise) throws IOException {
      parser.skipChildren();
      return otherwise;
    }
  }
}
