package dev.patron.transforms.lake;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import dev.patron.transforms.parquet.ColumnStatistics;
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
import java.util.List;
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

  private FileStatistics() {}

  /** The columns of a file that have statistics. */
  static Schema columns(Schema inFile) {
    return inFile.select(
        inFile.fields().stream()
            .limit(COLUMNS)
            .filter(field -> isScalar(field.type()))
            .map(Schema.Field::name)
            .toList());
  }

  private static boolean isScalar(Type type) {
    return type instanceof Type.Scalar || type instanceof Type.Decimal;
  }

  /**
   * The statistics as the JSON text of an {@code add} action.
   *
   * @param statistics those of the columns, in the same order
   */
  static String json(long rows, Schema columns, List<ColumnStatistics> statistics) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeNumberField("numRecords", rows);
      json.writeObjectFieldStart("minValues");
      for (int i = 0; i < columns.size(); i++) {
        if (isBounded(statistics.get(i))) {
          bound(columns.field(i).name(), statistics.get(i).least(), false, json);
        }
      }
      json.writeEndObject();
      json.writeObjectFieldStart("maxValues");
      for (int i = 0; i < columns.size(); i++) {
        if (isBounded(statistics.get(i))) {
          bound(columns.field(i).name(), statistics.get(i).greatest(), true, json);
        }
      }
      json.writeEndObject();
      json.writeObjectFieldStart("nullCount");
      for (int i = 0; i < columns.size(); i++) {
        if (statistics.get(i).nulls() >= 0) {
          json.writeNumberField(columns.field(i).name(), statistics.get(i).nulls());
        }
      }
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** Minus infinity and NaN are at the ends of the order of doubles. */
  private static boolean isBounded(ColumnStatistics column) {
    return isFinite(column.least()) && isFinite(column.greatest());
  }

  private static boolean isFinite(@Nullable Object bound) {
    return !(bound instanceof Double number) || Double.isFinite(number);
  }

  private static void bound(
      String column, @Nullable Object bound, boolean upper, JsonGenerator json) throws IOException {
    if (bound instanceof String text) {
      String cut = cut(text, upper);
      if (cut != null) {
        json.writeStringField(column, cut);
      }
    } else if (bound instanceof Long number) {
      json.writeNumberField(column, number);
    } else if (bound instanceof Double number) {
      json.writeNumberField(column, number);
    } else if (bound instanceof BigDecimal number) {
      json.writeFieldName(column);
      json.writeNumber(number.toPlainString());
    } else if (bound instanceof LocalDate date && isCommon(date.getYear())) {
      json.writeStringField(column, date.toString());
    } else if (bound instanceof Instant instant) {
      LocalDateTime time = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
      if (isCommon(time.getYear())) {
        json.writeStringField(column, TIMESTAMP.format(time));
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
