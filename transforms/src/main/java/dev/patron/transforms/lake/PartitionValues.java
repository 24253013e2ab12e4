package dev.patron.transforms.lake;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.patron.features.frame.Column;
import dev.patron.features.frame.ColumnBuilder;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values of partition columns, which are text in the log and in the names of folders. */
final class PartitionValues {
  /** The name that Hive gave the folder of null. */
  private static final String NULL_FOLDER = "__HIVE_DEFAULT_PARTITION__";

  private static final DateTimeFormatter TIMESTAMP =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .toFormatter(Locale.ROOT);

  private PartitionValues() {}

  /** {@code column=value/} for each, or nothing. The name is for people: readers use the log. */
  static String folder(Map<String, @Nullable String> partition) {
    StringBuilder folder = new StringBuilder();
    partition.forEach(
        (column, value) ->
            folder
                .append(escape(column))
                .append('=')
                .append(value == null ? NULL_FOLDER : escape(value))
                .append('/'));
    return folder.toString();
  }

  private static String escape(String text) {
    StringBuilder escaped = new StringBuilder();
    for (byte b : text.getBytes(UTF_8)) {
      char c = (char) (b & 0xFF);
      if (c < 128 && (Character.isLetterOrDigit(c) || "-_.".indexOf(c) >= 0)) {
        escaped.append(c);
      } else {
        escaped.append('_').append(String.format(Locale.ROOT, "%02X", (int) c));
      }
    }
    return escaped.toString();
  }

  /**
   * A column that has the value in every row.
   *
   * @throws IllegalArgumentException if the text is no value of the type
   */
  static Column column(Type type, @Nullable String text, int rows) {
    ColumnBuilder one = ColumnBuilder.of(type);
    Values.append(one, type, text == null || text.isEmpty() ? null : value(type, text));
    return one.build().take(new int[rows]);
  }

  private static Object value(Type type, String text) {
    try {
      if (type instanceof Type.Decimal decimal) {
        return new BigDecimal(text).setScale(decimal.scale(), RoundingMode.UNNECESSARY);
      }
      if (type instanceof Type.Scalar scalar) {
        return switch (scalar) {
          case STRING -> text;
          case LONG -> Long.valueOf(text);
          case DOUBLE -> Double.valueOf(text);
          case BOOLEAN -> Boolean.valueOf(text);
          case DATE -> LocalDate.parse(text);
          case TIMESTAMP ->
              text.endsWith("Z")
                  ? Instant.parse(text)
                  : LocalDateTime.parse(text, TIMESTAMP).toInstant(ZoneOffset.UTC);
        };
      }
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("partition value '" + text + "' is no " + type, e);
    }
    throw new IllegalArgumentException(type + " cannot be the type of a partition column");
  }
}
