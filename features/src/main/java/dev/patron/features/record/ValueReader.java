package dev.patron.features.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.patron.features.frame.BooleanColumn;
import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.ColumnBuilder;
import dev.patron.features.frame.Decimals;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.ListColumn;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.RowColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.ColumnNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Reads single values, JSON tokens or text, straight into columns. A value that its column's type
 * does not hold exactly becomes a null and a {@link #problem}: the record is refused, and the
 * columns stay in step.
 */
final class ValueReader {
  /** Whether text may stand for a number or a truth value. */
  enum TextNumbers {
    /** No: text is text. */
    REFUSED,
    /** Yes, unless it looks like a name made of digits: a leading zero or plus is part of it. */
    STRICT,
    /** Yes. */
    LENIENT,
    /** Yes; and the dataset declares the type, so that base64 without a schema has a scale. */
    DECLARED
  }

  /** Below this a number of unknown unit counts milliseconds, from it on microseconds. */
  private static final long FIRST_MICROS = 100_000_000_000_000L;

  /** The most digits that a day of the years 1 to 9999 has, counted from 1970. */
  private static final int DAY_DIGITS = 7;

  /** What is quoted of a value that was not understood. */
  private static final int QUOTED = 60;

  private final TimeText times;
  private final boolean debezium;
  private final Utf8 text = new Utf8();
  private final NumberText number = new NumberText();

  private @Nullable String problem;
  private boolean unavailable;
  private long unknown;

  /**
   * Reads values as one table writes them.
   *
   * @param times how it writes times
   * @param debezium whether Debezium's placeholders and base64 decimals occur
   */
  ValueReader(TimeText times, boolean debezium) {
    this.times = times;
    this.debezium = debezium;
  }

  /** What was wrong with the value read last, or null. */
  @Nullable String problem() {
    return problem;
  }

  /** Whether the value read last was Debezium's placeholder for "unchanged"; it became null. */
  boolean isUnavailable() {
    return unavailable;
  }

  /** How many fields of nested rows that have no column were met in the value read last. */
  long unknown() {
    return unknown;
  }

  /**
   * Appends the value at the parser's current token, and leaves the parser at its last token.
   *
   * @param schema what an embedded schema says about the value, or null
   */
  void read(
      JsonParser parser,
      Type type,
      ColumnBuilder column,
      TextNumbers fromText,
      @Nullable ConnectSchema schema)
      throws IOException {
    problem = null;
    unavailable = false;
    unknown = 0;
    value(parser, type, column, fromText, schema, debezium);
  }

  /** Appends the value that the text {@code [from, to)} stands for. */
  void read(byte[] bytes, int from, int to, Type type, ColumnBuilder column, TextNumbers fromText) {
    problem = null;
    unavailable = false;
    unknown = 0;
    text(bytes, from, to, type, column, fromText, null);
  }

  private void value(
      JsonParser parser,
      Type type,
      ColumnBuilder column,
      TextNumbers fromText,
      @Nullable ConnectSchema schema,
      boolean placeholders)
      throws IOException {
    switch (parser.currentToken()) {
      case VALUE_NULL -> column.appendNull();
      case VALUE_STRING -> {
        if (!text.take(parser)) {
          refuse(column, "half of a surrogate pair is not text");
        } else if (placeholders && Placeholder.is(text)) {
          unavailable(column);
        } else {
          text(text.array(), 0, text.length(), type, column, fromText, schema);
        }
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        text.take(parser);
        number(type, column, schema);
      }
      case VALUE_TRUE, VALUE_FALSE -> truth(parser, type, column);
      case START_ARRAY -> array(parser, type, column, fromText, schema, placeholders);
      case START_OBJECT -> object(parser, type, column, fromText, schema, placeholders);
      default -> throw new IllegalStateException("no value begins with " + parser.currentToken());
    }
  }

  private void unavailable(ColumnBuilder column) {
    unavailable = true;
    column.appendNull();
  }

  private void refuse(ColumnBuilder column, String why) {
    column.appendNull();
    if (problem == null) {
      problem = why;
    }
  }

  /** The text as messages show it, cut where it is long. */
  static String quote(byte[] bytes, int from, int to) {
    String whole = new String(bytes, from, Math.min(to - from, 4 * QUOTED), UTF_8);
    return whole.length() <= QUOTED ? "'" + whole + "'" : "'" + whole.substring(0, QUOTED) + "...'";
  }

  private void refuse(ColumnBuilder column, byte[] bytes, int from, int to, Type type) {
    refuse(column, quote(bytes, from, to) + " is no " + type);
  }

  // ---- Text

  private void text(
      byte[] bytes,
      int from,
      int to,
      Type type,
      ColumnBuilder column,
      TextNumbers fromText,
      @Nullable ConnectSchema schema) {
    if (type == Type.STRING) {
      if (schema != null && schema.meaning() == ConnectSchema.Meaning.DECIMAL) {
        decimalAsText(bytes, from, to, schema.scale(), column);
      } else {
        ((BytesColumn.Builder) column).append(bytes, from, to);
      }
      return;
    }
    int start = from;
    int end = to;
    while (start < end && bytes[start] == ' ') {
      start++;
    }
    while (end > start && bytes[end - 1] == ' ') {
      end--;
    }
    if (type == Type.DATE || type == Type.TIMESTAMP) {
      timeText(bytes, start, end, type, column);
    } else if (type instanceof Type.Decimal decimal) {
      decimalText(bytes, start, end, decimal, column, fromText, schema);
    } else if ((type == Type.LONG || type == Type.DOUBLE)
        && schema != null
        && schema.meaning() == ConnectSchema.Meaning.DECIMAL) {
      // Digits may be base64 too: "1000" of two places is -26672.12.
      byte[] unscaled = base64(bytes, start, end);
      if (unscaled == null) {
        refuse(column, bytes, from, to, type);
      } else {
        number(new BigDecimal(new BigInteger(unscaled), schema.scale()), type, column);
      }
    } else if (fromText == TextNumbers.REFUSED) {
      refuse(column, "the text " + quote(bytes, from, to) + " is no " + type);
    } else if (type == Type.BOOLEAN) {
      int truth = truth(bytes, start, end);
      if (truth < 0) {
        refuse(column, bytes, from, to, type);
      } else {
        ((BooleanColumn.Builder) column).append(truth == 1);
      }
    } else if ((type != Type.LONG && type != Type.DOUBLE)
        || !number.read(bytes, start, end)
        || (fromText == TextNumbers.STRICT && (number.hasLeadingZero() || number.hasPlus()))) {
      refuse(column, bytes, from, to, type);
    } else if (type == Type.LONG) {
      longNumber(column);
    } else {
      doubleNumber(column);
    }
  }

  /** 1 for true, 0 for false, -1 for anything else; in any case of letters. */
  static int truth(byte[] bytes, int from, int to) {
    if (to - from == 4 && equalsIgnoringCase(bytes, from, "true")) {
      return 1;
    }
    return to - from == 5 && equalsIgnoringCase(bytes, from, "false") ? 0 : -1;
  }

  private static boolean equalsIgnoringCase(byte[] bytes, int from, String lower) {
    for (int i = 0; i < lower.length(); i++) {
      if ((bytes[from + i] | 0x20) != lower.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private void timeText(byte[] bytes, int from, int to, Type type, ColumnBuilder column) {
    boolean isNumber = number.read(bytes, from, to) && !number.hasPlus();
    // Eight digits without a unit are a basic ISO date, not five hours of 1970.
    boolean basicDate = times.unit() == null && to - from == 8 && number.integerDigits() == 8;
    TimeText.Found found =
        isNumber && times.unit() != null ? TimeText.Found.NOTHING : times.read(bytes, from, to);
    if (found == TimeText.Found.OUT_OF_RANGE) {
      refuse(column, quote(bytes, from, to) + " is a date out of range");
    } else if (found == TimeText.Found.NOTHING) {
      if (isNumber && !basicDate) {
        timeNumber(type, column, null);
      } else {
        refuse(column, bytes, from, to, type);
      }
    } else if (type == Type.TIMESTAMP) {
      ((LongColumn.Builder) column).append(times.micros());
    } else if (times.isWholeDay()) {
      ((LongColumn.Builder) column).append(times.day());
    } else {
      refuse(column, quote(bytes, from, to) + " is more than a date");
    }
  }

  private void decimalText(
      byte[] bytes,
      int from,
      int to,
      Type.Decimal type,
      ColumnBuilder column,
      TextNumbers fromText,
      @Nullable ConnectSchema schema) {
    if (schema != null && schema.meaning() == ConnectSchema.Meaning.DECIMAL) {
      byte[] unscaled = base64(bytes, from, to);
      if (unscaled == null) {
        refuse(column, bytes, from, to, type);
      } else {
        decimal(new BigDecimal(new BigInteger(unscaled), schema.scale()), type, column);
      }
      return;
    }
    if (number.read(bytes, from, to)) {
      // Without a schema this may be base64 all the same, of one in 840 negative numbers of three
      // bytes. But as text every whole number of a column without a scale is nothing but digits.
      decimalNumber(type, column);
      return;
    }
    byte[] unscaled =
        debezium && schema == null && fromText == TextNumbers.DECLARED
            ? base64(bytes, from, to)
            : null;
    if (unscaled == null) {
      refuse(column, bytes, from, to, type);
    } else {
      decimal(new BigDecimal(new BigInteger(unscaled), type.scale()), type, column);
    }
  }

  private static byte @Nullable [] base64(byte[] bytes, int from, int to) {
    int length = to - from;
    if (length == 0 || length % 4 != 0) {
      return null;
    }
    byte[] encoded = new byte[length];
    for (int i = 0; i < length; i++) {
      byte b = bytes[from + i];
      boolean padding = b == '=' && i >= length - 2;
      if (!padding && !isBase64(b)) {
        return null;
      }
      encoded[i] = b;
    }
    if (encoded[length - 2] == '=' && encoded[length - 1] != '=') {
      return null;
    }
    return Base64.getDecoder().decode(encoded);
  }

  private static boolean isBase64(byte b) {
    return (b >= 'A' && b <= 'Z')
        || (b >= 'a' && b <= 'z')
        || (b >= '0' && b <= '9')
        || b == '+'
        || b == '/';
  }

  private void decimalAsText(byte[] bytes, int from, int to, int scale, ColumnBuilder column) {
    byte[] unscaled = base64(bytes, from, to);
    if (unscaled == null) {
      refuse(column, quote(bytes, from, to) + " is no decimal in base64");
    } else {
      append(column, new BigDecimal(new BigInteger(unscaled), scale).toPlainString());
    }
  }

  private static void append(ColumnBuilder column, String value) {
    ((BytesColumn.Builder) column).append(value);
  }

  // ---- Numbers

  /** The number in {@link #text}. */
  private void number(Type type, ColumnBuilder column, @Nullable ConnectSchema schema) {
    ConnectSchema.Meaning meaning = schema == null ? ConnectSchema.Meaning.PLAIN : schema.meaning();
    if (!number.read(text.array(), 0, text.length())) {
      refuse(column, text.array(), 0, text.length(), type);
    } else if (type == Type.LONG) {
      longNumber(column);
    } else if (type == Type.DOUBLE) {
      doubleNumber(column);
    } else if (type instanceof Type.Decimal decimal) {
      decimalNumber(decimal, column);
    } else if (type == Type.DATE || type == Type.TIMESTAMP) {
      timeNumber(type, column, schema);
    } else if (type == Type.STRING) {
      switch (meaning) {
        case TIME_MILLIS -> timeOfDay(column, 1_000_000);
        case TIME_MICROS -> timeOfDay(column, 1_000);
        case TIME_NANOS -> timeOfDay(column, 1);
        default -> ((BytesColumn.Builder) column).append(text.array(), 0, text.length());
      }
    } else if (type == Type.BOOLEAN && number.isLong() && number.toLong() >> 1 == 0) {
      ((BooleanColumn.Builder) column).append(number.toLong() == 1);
    } else {
      refuse(column, "the number " + quote(text.array(), 0, text.length()) + " is no " + type);
    }
  }

  private void longNumber(ColumnBuilder column) {
    if (number.fitsLong()) {
      ((LongColumn.Builder) column).append(number.toLong());
    } else {
      refuse(column, "'" + number.text() + "' is no 64-bit integer");
    }
  }

  private void doubleNumber(ColumnBuilder column) {
    double value = number.toDouble();
    boolean isInteger = !number.hasPoint() && !number.hasExponent();
    if (Double.isInfinite(value)) {
      refuse(column, "'" + number.text() + "' is out of the range of a double");
    } else if (isInteger && !isExact(value)) {
      refuse(column, "'" + number.text() + "' is an integer that no double holds");
    } else {
      ((DoubleColumn.Builder) column).append(value);
    }
  }

  private boolean isExact(double value) {
    return number.isLong()
        ? (long) value == number.toLong() && value != 0x1p63
        : new BigDecimal(value).compareTo(number.exact()) == 0;
  }

  private void decimalNumber(Type.Decimal type, ColumnBuilder column) {
    if (type.fitsLong() && number.isShort(type)) {
      ((LongColumn.Builder) column).append(number.toShortUnscaled(type));
    } else {
      decimal(number.exact(), type, column);
    }
  }

  private void decimal(BigDecimal value, Type.Decimal type, ColumnBuilder column) {
    if (!NumberText.fits(value, type)) {
      refuse(column, "'" + value + "' does not fit " + type);
      return;
    }
    BigInteger unscaled = NumberText.unscaled(value, type);
    if (type.fitsLong()) {
      ((LongColumn.Builder) column).append(unscaled.longValueExact());
    } else {
      ((BytesColumn.Builder) column).append(Decimals.encode(unscaled), 0, Decimals.BYTES);
    }
  }

  private void timeOfDay(ColumnBuilder column, long nanos) {
    if (number.isLong() && Math.abs((double) number.toLong() * nanos) < 1e18) {
      append(column, TimeText.timeOfDay(number.toLong() * nanos));
    } else {
      refuse(column, "'" + number.text() + "' is no time of a day");
    }
  }

  private void timeNumber(Type type, ColumnBuilder column, @Nullable ConnectSchema schema) {
    ConnectSchema.Meaning meaning = schema == null ? ConnectSchema.Meaning.PLAIN : schema.meaning();
    BigDecimal value = number.exact();
    if (value.signum() != 0
        && ((long) value.precision() - value.scale() > 19 || value.scale() > 1_000)) {
      refuse(column, "'" + number.text() + "' is a date out of range");
      return;
    }
    boolean isDays =
        meaning == ConnectSchema.Meaning.DAYS
            || (meaning == ConnectSchema.Meaning.PLAIN
                && type == Type.DATE
                && (times.unit() == null || isDebeziumDay(value)));
    BigDecimal micros =
        switch (meaning) {
          case DAYS -> value.multiply(BigDecimal.valueOf(TimeText.MICROS_PER_DAY));
          case TIMESTAMP_MILLIS -> value.multiply(BigDecimal.valueOf(1_000));
          case TIMESTAMP_MICROS -> value;
          case TIMESTAMP_NANOS -> value.movePointLeft(3);
          default ->
              isDays
                  ? value.multiply(BigDecimal.valueOf(TimeText.MICROS_PER_DAY))
                  : value.multiply(BigDecimal.valueOf(unit(value)));
        };
    BigInteger whole = micros.setScale(0, RoundingMode.FLOOR).toBigInteger();
    if (whole.bitLength() >= Long.SIZE || !TimeText.isInstant(whole.longValue())) {
      refuse(column, "'" + number.text() + "' is a date out of range");
      return;
    }
    long epochMicros = whole.longValue();
    if (type == Type.TIMESTAMP) {
      // A day of the calendar begins where the dataset's zone says.
      long day = Math.floorDiv(epochMicros, TimeText.MICROS_PER_DAY);
      ((LongColumn.Builder) column).append(isDays ? times.startOf(day) : epochMicros);
    } else if (Math.floorMod(epochMicros, TimeText.MICROS_PER_DAY) == 0) {
      ((LongColumn.Builder) column).append(epochMicros / TimeText.MICROS_PER_DAY);
    } else {
      refuse(column, "'" + number.text() + "' is more than a date");
    }
  }

  /** Debezium counts dates in days, whatever its timestamps count. */
  private boolean isDebeziumDay(BigDecimal value) {
    return debezium
        && (long) value.precision() - value.scale() <= DAY_DIGITS
        && TimeText.isDay(value.longValue());
  }

  private long unit(BigDecimal value) {
    TimeText.Unit unit = times.unit();
    if (unit != null) {
      return unit.micros();
    }
    return value.abs().compareTo(BigDecimal.valueOf(FIRST_MICROS)) < 0
        ? TimeText.Unit.MILLIS.micros()
        : TimeText.Unit.MICROS.micros();
  }

  private void truth(JsonParser parser, Type type, ColumnBuilder column) throws IOException {
    boolean value = parser.currentToken() == JsonToken.VALUE_TRUE;
    if (type == Type.BOOLEAN) {
      ((BooleanColumn.Builder) column).append(value);
    } else if (type == Type.STRING) {
      append(column, value ? "true" : "false");
    } else {
      refuse(column, value + " is no " + type);
    }
  }

  // ---- Arrays and objects

  private void array(
      JsonParser parser,
      Type type,
      ColumnBuilder column,
      TextNumbers fromText,
      @Nullable ConnectSchema schema,
      boolean placeholders)
      throws IOException {
    if (!(type instanceof Type.ListOf list)) {
      parser.skipChildren();
      refuse(column, "an array is no " + type);
      return;
    }
    ListColumn.Builder lists = (ListColumn.Builder) column;
    ConnectSchema items = schema == null ? null : schema.items();
    JsonToken token = parser.nextToken();
    if (placeholders
        && token == JsonToken.VALUE_STRING
        && text.take(parser)
        && Placeholder.isItem(text)) {
      token = parser.nextToken();
      if (token == JsonToken.END_ARRAY) {
        unavailable(lists);
        return;
      }
      text(text.array(), 0, text.length(), list.element(), lists.elements(), fromText, items);
    }
    int integers = 0;
    while (placeholders
        && integers < Placeholder.INTEGERS
        && token == JsonToken.VALUE_NUMBER_INT
        && text.take(parser)
        && text.is(Placeholder.integer(integers))) {
      integers++;
      token = parser.nextToken();
    }
    if (integers == Placeholder.INTEGERS && token == JsonToken.END_ARRAY) {
      unavailable(lists);
      return;
    }
    for (int i = 0; i < integers; i++) {
      text.take(Placeholder.integer(i));
      number(list.element(), lists.elements(), items);
    }
    for (; token != JsonToken.END_ARRAY; token = parser.nextToken()) {
      value(parser, list.element(), lists.elements(), fromText, items, false);
    }
    lists.endRow();
  }

  private void object(
      JsonParser parser,
      Type type,
      ColumnBuilder column,
      TextNumbers fromText,
      @Nullable ConnectSchema schema,
      boolean placeholders)
      throws IOException {
    if (type == Type.STRING && schema != null && schema.isMap()) {
      map(parser, column, placeholders);
      return;
    }
    JsonToken first = parser.nextToken();
    if (placeholders
        && first == JsonToken.FIELD_NAME
        && Placeholder.isField(parser.currentName())) {
      boolean isPlaceholder =
          parser.nextToken() == JsonToken.VALUE_STRING
              && text.take(parser)
              && Placeholder.isInField(text);
      parser.skipChildren();
      first = parser.nextToken();
      if (isPlaceholder && first == JsonToken.END_OBJECT) {
        unavailable(column);
        return;
      }
      unknown++;
    }
    if (type instanceof Type.RowOf row) {
      row(parser, first, row.schema(), (RowColumn.Builder) column, fromText, schema);
    } else if (first == JsonToken.END_OBJECT && fromText == TextNumbers.REFUSED) {
      // It shows nothing of its column's type: whatever that has become, it was no value.
      column.appendNull();
    } else if (debezium && isOfDecimals(type)) {
      variableDecimal(parser, first, type, column);
    } else {
      for (JsonToken token = first; token == JsonToken.FIELD_NAME; token = parser.nextToken()) {
        parser.nextToken();
        parser.skipChildren();
      }
      refuse(column, "an object is no " + type);
    }
  }

  /** An object whose names are data, as its JSON. */
  private void map(JsonParser parser, ColumnBuilder column, boolean placeholders)
      throws IOException {
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    try (JsonGenerator generator = JsonRecord.FACTORY.createGenerator(json)) {
      generator.copyCurrentStructure(parser);
    }
    text.take(json.toByteArray());
    if (placeholders && Placeholder.is(text)) {
      unavailable(column);
    } else {
      ((BytesColumn.Builder) column).append(text.array(), 0, text.length());
    }
  }

  /** Debezium's VariableScaleDecimal: {@code {"scale": 2, "value": BASE64}}. */
  private void variableDecimal(JsonParser parser, JsonToken first, Type type, ColumnBuilder column)
      throws IOException {
    boolean understood = true;
    boolean hasScale = false;
    int scale = 0;
    byte[] unscaled = null;
    for (JsonToken at = first; at == JsonToken.FIELD_NAME; at = parser.nextToken()) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      if (name.equals("scale") && token == JsonToken.VALUE_NUMBER_INT) {
        text.take(parser);
        hasScale =
            number.read(text.array(), 0, text.length())
                && number.isLong()
                && Math.abs(number.toLong()) <= 100_000;
        scale = hasScale ? (int) number.toLong() : 0;
      } else if (name.equals("value") && token == JsonToken.VALUE_STRING && text.take(parser)) {
        unscaled = base64(text.array(), 0, text.length());
      } else {
        parser.skipChildren();
        understood = false;
      }
    }
    if (!understood || !hasScale || unscaled == null) {
      refuse(column, "an object is no " + type);
      return;
    }
    BigDecimal value = new BigDecimal(new BigInteger(unscaled), scale);
    if (type instanceof Type.Decimal decimal) {
      decimal(value, decimal, column);
    } else if (type == Type.STRING) {
      append(column, value.toPlainString());
    } else {
      number(value, type, column);
    }
  }

  private static boolean isOfDecimals(Type type) {
    return type == Type.STRING
        || type == Type.LONG
        || type == Type.DOUBLE
        || type instanceof Type.Decimal;
  }

  /** A decimal in a column of whole numbers or doubles, as its text would be. */
  private void number(BigDecimal value, Type type, ColumnBuilder column) {
    byte[] digits = value.stripTrailingZeros().toPlainString().getBytes(UTF_8);
    if (!number.read(digits, 0, digits.length)) {
      refuse(column, "'" + value + "' is no " + type);
    } else if (type == Type.LONG) {
      longNumber(column);
    } else {
      doubleNumber(column);
    }
  }

  private void row(
      JsonParser parser,
      JsonToken first,
      Schema fields,
      RowColumn.Builder row,
      TextNumbers fromText,
      @Nullable ConnectSchema schema)
      throws IOException {
    int size = row.size();
    for (JsonToken token = first; token == JsonToken.FIELD_NAME; token = parser.nextToken()) {
      String source = parser.currentName();
      String name = fields.has(source) ? source : ColumnNames.normalise(source);
      parser.nextToken();
      if (!fields.has(name)) {
        parser.skipChildren();
        unknown++;
        continue;
      }
      int position = fields.position(name);
      if (row.field(position).size() > size) {
        parser.skipChildren();
        problem = problem == null ? "the field '" + name + "' occurs twice" : problem;
        continue;
      }
      value(
          parser,
          fields.field(position).type(),
          row.field(position),
          fromText,
          schema == null ? null : schema.field(source),
          false);
    }
    for (int i = 0; i < row.width(); i++) {
      if (row.field(i).size() == size) {
        row.field(i).appendNull();
      }
    }
    row.endRow();
  }

  /**
   * Brings a column to one row more than {@code size}, whatever of that row has been appended; the
   * row is then of no use but to keep the columns in step.
   */
  static void complete(ColumnBuilder column, int size) {
    if (column.size() > size) {
      return;
    }
    if (column instanceof RowColumn.Builder row) {
      for (int i = 0; i < row.width(); i++) {
        complete(row.field(i), size);
      }
      row.endRow();
    } else if (column instanceof ListColumn.Builder list) {
      complete(list.elements(), list.elements().size());
      list.endRow();
    } else {
      column.appendNull();
    }
  }
}
