package dev.patron.transforms.lake;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The statistics of a data file as the Delta protocol has them: {@code numRecords}, and for scalar
 * columns {@code minValues}, {@code maxValues} and {@code nullCount}.
 *
 * <p>A bound that JSON or a reader could not take for what it is, is left out: NaN and infinities,
 * years beyond four digits. Long text is cut: the least value to a prefix, the greatest to a prefix
 * and a character that is above all others.
 */
final class FileStatistics {
  /** As many columns as Delta has statistics of by default ({@code dataSkippingNumIndexedCols}). */
  private static final int COLUMNS = 32;

  /** As many characters as Spark keeps of a text. */
  private static final int CHARACTERS = 32;

  private static final String ABOVE_ALL_OTHERS = Character.toString(Character.MAX_CODE_POINT);
  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT);
  private static final long LAST_OF_MILLISECOND = 999;
  private static final JsonFactory JSON = new JsonFactory();

  private final Schema schema;
  private final int columns;
  private final @Nullable Column[] least;
  private final @Nullable Column[] greatest;
  private final boolean[] unbounded;
  private final long[] nulls;
  private long rows;

  FileStatistics(Schema schema) {
    this.schema = schema;
    this.columns = Math.min(COLUMNS, schema.size());
    this.least = new Column[columns];
    this.greatest = new Column[columns];
    this.unbounded = new boolean[columns];
    this.nulls = new long[columns];
  }

  /** Adds the rows of a frame of the file's schema. */
  void add(Frame frame) {
    for (int i = 0; i < columns; i++) {
      if (isScalar(schema.field(i).type())) {
        add(i, frame.column(i));
      }
    }
    rows += frame.rows();
  }

  private static boolean isScalar(Type type) {
    return type instanceof Type.Scalar || type instanceof Type.Decimal;
  }

  private void add(int i, Column column) {
    int[] ends =
        column instanceof LongColumn longs
            ? ends(i, longs)
            : column instanceof DoubleColumn doubles
                ? ends(i, doubles)
                : column instanceof BytesColumn texts ? ends(i, texts) : ends(i, column);
    int min = ends[0];
    int max = ends[1];
    if (min < 0) {
      return;
    }
    // Minus infinity and NaN are at the ends of the order of doubles.
    if (column instanceof DoubleColumn doubles
        && !(Double.isFinite(doubles.get(min)) && Double.isFinite(doubles.get(max)))) {
      unbounded[i] = true;
    }
    Column lowest = least[i];
    if (lowest == null || column.compare(min, lowest, 0) < 0) {
      least[i] = column.take(new int[] {min});
    }
    Column highest = greatest[i];
    if (highest == null || column.compare(max, highest, 0) > 0) {
      greatest[i] = column.take(new int[] {max});
    }
  }

  /** The rows of the least and of the greatest value, -1 without any; counts the nulls. */
  private int[] ends(int i, Column column) {
    int min = -1;
    int max = -1;
    for (int row = 0; row < column.size(); row++) {
      if (column.isNull(row)) {
        nulls[i]++;
      } else if (min < 0) {
        min = row;
        max = row;
      } else if (column.compare(row, column, min) < 0) {
        min = row;
      } else if (column.compare(row, column, max) > 0) {
        max = row;
      }
    }
    return new int[] {min, max};
  }

  /** The same of whole numbers, which most columns are: they need no comparison of columns. */
  private int[] ends(int i, LongColumn longs) {
    boolean mayMiss = longs.hasNulls();
    int min = -1;
    int max = -1;
    long least = Long.MAX_VALUE;
    long greatest = Long.MIN_VALUE;
    for (int row = 0; row < longs.size(); row++) {
      if (mayMiss && longs.isNull(row)) {
        nulls[i]++;
        continue;
      }
      long value = longs.get(row);
      if (value < least || min < 0) {
        least = value;
        min = row;
      }
      if (value > greatest || max < 0) {
        greatest = value;
        max = row;
      }
    }
    return new int[] {min, max};
  }

  /** The same of doubles. */
  private int[] ends(int i, DoubleColumn doubles) {
    boolean mayMiss = doubles.hasNulls();
    int min = -1;
    int max = -1;
    for (int row = 0; row < doubles.size(); row++) {
      if (mayMiss && doubles.isNull(row)) {
        nulls[i]++;
        continue;
      }
      double value = doubles.get(row);
      if (min < 0 || Double.compare(value, doubles.get(min)) < 0) {
        min = row;
      }
      if (max < 0 || Double.compare(value, doubles.get(max)) > 0) {
        max = row;
      }
    }
    return new int[] {min, max};
  }

  /** The same of texts and long decimals, whose order is that of their bytes. */
  private int[] ends(int i, BytesColumn texts) {
    boolean mayMiss = texts.hasNulls();
    int min = -1;
    int max = -1;
    for (int row = 0; row < texts.size(); row++) {
      if (mayMiss && texts.isNull(row)) {
        nulls[i]++;
      } else if (min < 0) {
        min = row;
        max = row;
      } else if (texts.compareBytes(row, min) < 0) {
        min = row;
      } else if (texts.compareBytes(row, max) > 0) {
        max = row;
      }
    }
    return new int[] {min, max};
  }

  long rows() {
    return rows;
  }

  /** The statistics as the JSON text of an {@code add} action. */
  String json() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeNumberField("numRecords", rows);
      json.writeObjectFieldStart("minValues");
      bounds(least, false, json);
      json.writeEndObject();
      json.writeObjectFieldStart("maxValues");
      bounds(greatest, true, json);
      json.writeEndObject();
      json.writeObjectFieldStart("nullCount");
      for (int i = 0; i < columns; i++) {
        if (isScalar(schema.field(i).type())) {
          json.writeNumberField(schema.field(i).name(), nulls[i]);
        }
      }
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private void bounds(@Nullable Column[] bounds, boolean upper, JsonGenerator json)
      throws IOException {
    for (int i = 0; i < columns; i++) {
      Column bound = bounds[i];
      if (bound != null && !unbounded[i]) {
        bound(schema.field(i), bound, upper, json);
      }
    }
  }

  private static void bound(Schema.Field field, Column bound, boolean upper, JsonGenerator json)
      throws IOException {
    Object value = Values.get(field.type(), bound, 0);
    if (value instanceof String text) {
      String cut = cut(text, upper);
      if (cut != null) {
        json.writeStringField(field.name(), cut);
      }
    } else if (value instanceof Long number) {
      json.writeNumberField(field.name(), number);
    } else if (value instanceof Double number) {
      json.writeNumberField(field.name(), number);
    } else if (value instanceof BigDecimal number) {
      json.writeFieldName(field.name());
      json.writeNumber(number.toPlainString());
    } else if (value instanceof LocalDate date && isCommon(date.getYear())) {
      json.writeStringField(field.name(), date.toString());
    } else if (value instanceof Instant instant) {
      LocalDateTime time = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
      if (isCommon(time.getYear())) {
        json.writeStringField(field.name(), TIMESTAMP.format(time));
      }
    }
  }

  private static boolean isCommon(int year) {
    return year >= 1 && year <= 9999;
  }

  private static @Nullable String cut(String text, boolean upper) {
    if (text.codePointCount(0, text.length()) <= CHARACTERS) {
      return text;
    }
    int end = text.offsetByCodePoints(0, CHARACTERS);
    if (!upper) {
      return text.substring(0, end);
    }
    return text.codePointAt(end) == Character.MAX_CODE_POINT
        ? null
        : text.substring(0, end) + ABOVE_ALL_OTHERS;
  }

  /** The number of records that statistics tell; -1 if they do not. */
  static long rows(@Nullable String json) {
    if (json == null) {
      return -1;
    }
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return -1;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean records = "numRecords".equals(parser.currentName());
        JsonToken value = parser.nextToken();
        if (records && value == JsonToken.VALUE_NUMBER_INT) {
          return parser.getLongValue();
        }
        parser.skipChildren();
      }
      return -1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The least and the greatest value of a column of whole numbers, or of times in microseconds
   * since the epoch; null where these statistics do not say them. Other programs than this one cut
   * a time to its millisecond, so that the greatest may be one too late.
   */
  static long @Nullable [] bounds(@Nullable String json, String column) {
    if (json == null) {
      return null;
    }
    Long least = null;
    Long greatest = null;
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        JsonToken value = parser.nextToken();
        if (value == JsonToken.START_OBJECT && field.equals("minValues")) {
          least = number(parser, column, 0);
        } else if (value == JsonToken.START_OBJECT && field.equals("maxValues")) {
          greatest = number(parser, column, LAST_OF_MILLISECOND);
        } else {
          parser.skipChildren();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return least == null || greatest == null ? null : new long[] {least, greatest};
  }

  /** Whether these statistics say that a column has no values but nulls. */
  static boolean isNull(@Nullable String json, String column) {
    if (json == null) {
      return false;
    }
    Long nulls = null;
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        if (parser.nextToken() == JsonToken.START_OBJECT && field.equals("nullCount")) {
          nulls = number(parser, column, 0);
        } else {
          parser.skipChildren();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return nulls != null && nulls == rows(json);
  }

  /**
   * Reads an object to its end.
   *
   * @param within microseconds that a time may be later than it says
   */
  private static @Nullable Long number(JsonParser parser, String column, long within)
      throws IOException {
    Long found = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      boolean wanted = parser.currentName().equals(column);
      JsonToken value = parser.nextToken();
      if (wanted && value == JsonToken.VALUE_NUMBER_INT) {
        found = parser.getLongValue();
      } else if (wanted && value == JsonToken.VALUE_STRING) {
        found = micros(parser.getText(), within);
      }
      parser.skipChildren();
    }
    return found;
  }

  private static @Nullable Long micros(String time, long within) {
    try {
      return Values.micros(OffsetDateTime.parse(time).toInstant()) + within;
    } catch (DateTimeParseException e) {
      return null;
    }
  }
}
