package dev.patron.features.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Typed values as the text that {@link ValueReader} reads them from, and back. */
final class ValueText {
  /** What was written here has been read from a file: it is not for the text to refuse it. */
  private static final JsonFactory KEPT =
      new JsonFactoryBuilder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();

  private ValueText() {}

  /** A single value. */
  static String plain(@Nullable Object value) {
    return value instanceof BigDecimal decimal ? decimal.toPlainString() : String.valueOf(value);
  }

  /** A row of a frame, as a JSON object. */
  static String json(Frame frame, int row) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JsonRecord.FACTORY.createGenerator(text)) {
      json.writeStartObject();
      for (Schema.Field field : frame.schema().fields()) {
        json.writeFieldName(field.name());
        write(frame.value(row, field.name()), field.type(), json);
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a string cannot fail to be written", e);
    }
    return text.toString();
  }

  /** A value, see {@link dev.patron.features.frame.Values}, as JSON. */
  static String json(@Nullable Object value, Type type) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JsonRecord.FACTORY.createGenerator(text)) {
      write(value, type, json);
    } catch (IOException e) {
      throw new UncheckedIOException("a string cannot fail to be written", e);
    }
    return text.toString();
  }

  private static void write(@Nullable Object value, Type type, JsonGenerator json)
      throws IOException {
    if (value == null) {
      json.writeNull();
    } else if (type instanceof Type.ListOf list) {
      json.writeStartArray();
      for (Object element : (List<?>) value) {
        write(element, list.element(), json);
      }
      json.writeEndArray();
    } else if (type instanceof Type.RowOf row) {
      json.writeStartObject();
      List<?> fields = (List<?>) value;
      for (int i = 0; i < row.schema().size(); i++) {
        json.writeFieldName(row.schema().field(i).name());
        write(fields.get(i), row.schema().field(i).type(), json);
      }
      json.writeEndObject();
    } else if (value instanceof Boolean flag) {
      json.writeBoolean(flag);
    } else if (value instanceof Double number && !Double.isFinite(number)) {
      json.writeString(number.toString());
    } else if (value instanceof Number) {
      json.writeNumber(plain(value));
    } else {
      json.writeString(value.toString());
    }
  }

  /**
   * The inverse of {@link #json(Frame, int)}: the values of these columns, null where there is
   * none, or a list or a row of nulls where no such one is asked for.
   */
  static List<@Nullable Object> row(byte[] text, int from, int length, Schema columns) {
    try (JsonParser parser = KEPT.createParser(text, from, length)) {
      parser.nextToken();
      return fields(parser, columns);
    } catch (IOException e) {
      throw new UncheckedIOException("what was written of a row cannot be read back", e);
    }
  }

  private static List<@Nullable Object> fields(JsonParser parser, Schema schema)
      throws IOException {
    @Nullable Object[] values = new Object[schema.size()];
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      int position = position(schema, name);
      if (position >= 0) {
        values[position] = read(parser, schema.field(position).type());
      } else {
        parser.skipChildren();
      }
    }
    return Arrays.asList(values);
  }

  /** A file that gives a column no type may spell it otherwise than the one that does. */
  private static int position(Schema schema, String name) {
    if (schema.has(name)) {
      return schema.position(name);
    }
    for (int i = 0; i < schema.size(); i++) {
      if (schema.field(i).name().equalsIgnoreCase(name)) {
        return i;
      }
    }
    return -1;
  }

  private static @Nullable Object read(JsonParser parser, Type type) throws IOException {
    JsonToken expected =
        type instanceof Type.ListOf
            ? JsonToken.START_ARRAY
            : type instanceof Type.RowOf ? JsonToken.START_OBJECT : null;
    JsonToken token = parser.currentToken();
    if (expected == null ? !token.isScalarValue() : token != expected) {
      parser.skipChildren();
      return null;
    }
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    if (type instanceof Type.ListOf list) {
      List<@Nullable Object> elements = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        elements.add(read(parser, list.element()));
      }
      return elements;
    }
    if (type instanceof Type.RowOf row) {
      return fields(parser, row.schema());
    }
    String text = parser.getText();
    if (type instanceof Type.Decimal) {
      return new BigDecimal(text);
    }
    return switch ((Type.Scalar) type) {
      case STRING -> text;
      // It may have been read as a decimal, which is written with the places of its type.
      case LONG -> new BigDecimal(text).longValueExact();
      case DOUBLE -> Double.valueOf(text);
      case BOOLEAN -> Boolean.valueOf(text);
      case DATE -> LocalDate.parse(text);
      case TIMESTAMP -> Instant.parse(text);
    };
  }
}
