package dev.patron.pipelines.query;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An array of objects, one a line. What JSON has no number for, as NaN, is a text. Of columns with
 * one name the later ones have their position behind it: {@code count_2}.
 */
final class JsonAnswer implements ResultWriter {
  private static final JsonFactory JSON =
      new JsonFactory().enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN);

  @Override
  public void write(ResultSet rows, Appendable out) throws SQLException, IOException {
    String[] names = names(rows.getMetaData());
    String before = "[";
    while (rows.next()) {
      StringWriter line = new StringWriter();
      try (JsonGenerator json = JSON.createGenerator(line)) {
        json.writeStartObject();
        for (int i = 0; i < names.length; i++) {
          json.writeFieldName(names[i]);
          write(json, Cell.get(rows, i + 1));
        }
        json.writeEndObject();
      }
      out.append(before).append(line.getBuffer());
      before = ",\n";
    }
    out.append(before.equals("[") ? "[]\n" : "]\n");
  }

  private static String[] names(ResultSetMetaData head) throws SQLException {
    String[] names = new String[head.getColumnCount()];
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < names.length; i++) {
      String name = head.getColumnLabel(i + 1);
      names[i] = seen.add(name) ? name : name + "_" + (i + 1);
    }
    return names;
  }

  /** A value as {@link Cell} has it. */
  static String json(Object value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      write(json, value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, @Nullable Object value) throws IOException {
    if (value == null) {
      json.writeNull();
    } else if (value instanceof Boolean flag) {
      json.writeBoolean(flag);
    } else if (value instanceof Double number) {
      if (Double.isFinite(number)) {
        json.writeNumber(number);
      } else {
        json.writeString(number.toString());
      }
    } else if (value instanceof BigDecimal decimal) {
      json.writeNumber(decimal);
    } else if (value instanceof BigInteger integer) {
      json.writeNumber(integer);
    } else if (value instanceof Number number) {
      json.writeNumber(number.longValue());
    } else if (value instanceof List<?> list) {
      json.writeStartArray();
      for (Object element : list) {
        write(json, element);
      }
      json.writeEndArray();
    } else if (value instanceof Map<?, ?> map) {
      json.writeStartObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        json.writeFieldName(String.valueOf(entry.getKey()));
        write(json, entry.getValue());
      }
      json.writeEndObject();
    } else {
      json.writeString(value.toString());
    }
  }
}
