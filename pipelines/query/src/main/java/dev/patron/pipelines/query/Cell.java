package dev.patron.pipelines.query;

import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Blob;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Struct;
import java.sql.Timestamp;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.duckdb.DuckDBStruct;
import org.jspecify.annotations.Nullable;

/**
 * A value of an answer in plain terms: null, Boolean, Number, String, a List or a Map of these.
 * Instants are text in UTC, as ISO 8601 with {@code Z}; what has no zone is written without one.
 */
final class Cell {
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .toFormatter(Locale.ROOT);

  private Cell() {}

  /** The value in a column, from 1. */
  static @Nullable Object get(ResultSet rows, int column) throws SQLException {
    return plain(rows.getObject(column));
  }

  private static @Nullable Object plain(@Nullable Object value) throws SQLException {
    if (value == null || value instanceof Boolean || value instanceof String) {
      return value;
    }
    if (value instanceof Number number) {
      return number instanceof Float f ? Double.valueOf(f.toString()) : number;
    }
    if (value instanceof OffsetDateTime instant) {
      return TIME.format(instant.withOffsetSameInstant(ZoneOffset.UTC)) + "Z";
    }
    if (value instanceof Timestamp timestamp) {
      return TIME.format(timestamp.toLocalDateTime());
    }
    if (value instanceof LocalDateTime time) {
      return TIME.format(time);
    }
    if (value instanceof Blob blob) {
      return HexFormat.of().formatHex(blob.getBytes(1, (int) blob.length()));
    }
    if (value instanceof Array array) {
      return list((Object[]) array.getArray());
    }
    if (value instanceof Object[] array) {
      return list(array);
    }
    if (value instanceof DuckDBStruct struct) {
      return map(struct.getMap());
    }
    if (value instanceof Struct struct) {
      return list(struct.getAttributes());
    }
    if (value instanceof Map<?, ?> map) {
      return map(map);
    }
    return value.toString();
  }

  private static List<@Nullable Object> list(@Nullable Object[] values) throws SQLException {
    List<@Nullable Object> list = new ArrayList<>(values.length);
    for (Object value : values) {
      list.add(plain(value));
    }
    return list;
  }

  private static Map<String, @Nullable Object> map(Map<?, ?> values) throws SQLException {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : values.entrySet()) {
      map.put(String.valueOf(entry.getKey()), plain(entry.getValue()));
    }
    return map;
  }

  /** As people read it; lists and rows as JSON. Null is told apart by who calls. */
  static String text(Object value) {
    if (value instanceof BigDecimal decimal) {
      return decimal.toPlainString();
    }
    return value instanceof List || value instanceof Map
        ? JsonAnswer.json(value)
        : value.toString();
  }
}
