package dev.patron.features.record;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads Debezium records, enveloped ({@code before}, {@code after}, {@code source}, {@code op}) or
 * unwrapped by {@code ExtractNewRecordState}, with or without embedded schemas. What a record says
 * about itself is kept until the next one; the columns of its row go to whoever wants them.
 */
final class DebeziumReader {

  /** Takes the columns of a row. */
  interface Columns {
    /**
     * One column's value. The parser stands at its first token and must be left at its last.
     *
     * @param schema what an embedded schema says about the value, or null
     */
    void column(String name, JsonParser parser, @Nullable ConnectSchema schema) throws IOException;
  }

  /** Wants no columns. */
  static final Columns NONE = (name, parser, schema) -> parser.skipChildren();

  /** What a record is. */
  enum Form {
    /** A change event with an envelope. */
    ENVELOPE,
    /** A row, perhaps with what it was changed by in fields that begin with two underscores. */
    UNWRAPPED,
    /** Not about a row: a tombstone, a heartbeat, a transaction marker. */
    NOTICE
  }

  private static final Set<String> ENVELOPE_FIELDS =
      Set.of(
          "before", "after", "source", "op", "ts_ms", "ts_us", "ts_ns", "transaction", "message");
  private static final Set<String> TRANSACTION_FIELDS =
      Set.of("status", "id", "event_count", "data_collections");

  private static final byte[] NULL = "null".getBytes(US_ASCII);

  /** A number that was not given. */
  static final long ABSENT = ScalarReader.ABSENT;

  // What the names of an unwrapped row's own fields begin with: of its source's, and of any.
  private static final String SOURCE = "__source_";
  private static final String ADDED = "__";

  private final JsonRecord record = new JsonRecord();
  private final ScalarReader scalars = new ScalarReader();
  private final LogPlace place = new LogPlace(scalars);

  private Form form = Form.NOTICE;
  private boolean hasSource;
  private boolean hasImage;
  private boolean hasMetadata;
  private int fields;
  private int transactionFields;
  private boolean hasTimestampField;
  private boolean hasStatusField;
  private int beforeFrom;
  private int beforeTo;
  private @Nullable String op;
  private @Nullable String table;
  private @Nullable String deleted;
  private long sourceMicros;
  private long sourceMillis;
  private long deliveredMicros;
  private long deliveredMillis;

  /**
   * Reads the record {@code [from, to)}.
   *
   * @throws JsonProcessingException if it is not JSON, or not a JSON object
   */
  void read(byte[] bytes, int from, int to, Columns columns) throws IOException {
    clear();
    record.take(bytes, from, to);
    ConnectSchema schema = record.schema();
    try (JsonParser parser = record.parser()) {
      JsonToken first = parser.nextToken();
      if (first == JsonToken.VALUE_NULL) {
        form = Form.NOTICE;
      } else if (first != JsonToken.START_OBJECT) {
        throw new NotARecord(parser, first);
      } else if (isEnvelope(schema)) {
        form = Form.ENVELOPE;
        if (!envelope(parser, schema, columns)) {
          clear();
          unwrapped(schema, columns);
          return;
        }
      } else {
        unwrapped(parser, schema, columns);
      }
      expectEnd(parser);
    }
  }

  private void unwrapped(@Nullable ConnectSchema schema, Columns columns) throws IOException {
    try (JsonParser parser = record.parser()) {
      parser.nextToken();
      unwrapped(parser, schema, columns);
      expectEnd(parser);
    }
  }

  private static void expectEnd(JsonParser parser) throws IOException {
    if (parser.nextToken() != null) {
      throw new NotARecord(parser, parser.currentToken());
    }
  }

  /** JSON, but not one object. */
  static final class NotARecord extends JsonProcessingException {
    private static final long serialVersionUID = 1;

    NotARecord(JsonParser parser, @Nullable JsonToken token) {
      super(problem(token), parser.currentTokenLocation());
    }
  }

  private static String problem(@Nullable JsonToken token) {
    if (token == null) {
      return "nothing where one object is wanted";
    }
    return switch (token) {
      case START_OBJECT, END_OBJECT, FIELD_NAME -> "more than one object";
      case START_ARRAY, END_ARRAY -> "an array where one object is wanted";
      default -> "a single value where one object is wanted";
    };
  }

  private void clear() {
    form = Form.NOTICE;
    hasSource = false;
    hasImage = false;
    hasMetadata = false;
    fields = 0;
    transactionFields = 0;
    hasTimestampField = false;
    hasStatusField = false;
    beforeFrom = -1;
    beforeTo = -1;
    op = null;
    table = null;
    deleted = null;
    place.clear();
    sourceMicros = ABSENT;
    sourceMillis = ABSENT;
    deliveredMicros = ABSENT;
    deliveredMillis = ABSENT;
  }

  /**
   * Whether the payload is an envelope. Its first field tells nearly always: an image, unless
   * {@link #envelope} finds that the table has a column of that name; where it may be another field
   * of an envelope, all names are looked at.
   */
  private boolean isEnvelope(@Nullable ConnectSchema schema) throws IOException {
    // One without fields says nothing of the payload.
    if (schema != null && !schema.names().isEmpty()) {
      ConnectSchema source = schema.field("source");
      boolean rows = schema.field("before") != null || schema.field("after") != null;
      return schema.field("op") != null && source != null && (rows || !source.names().isEmpty());
    }
    if (record.beginsWithImage()) {
      return true;
    }
    try (JsonParser parser = record.parser()) {
      parser.nextToken();
      if (parser.nextToken() != JsonToken.FIELD_NAME) {
        return false;
      }
      String name = parser.currentName();
      if (!ENVELOPE_FIELDS.contains(name)) {
        return false;
      }
      JsonToken value = parser.nextToken();
      if (isImage(name) && (value == JsonToken.START_OBJECT || value == JsonToken.VALUE_NULL)) {
        return true;
      }
    }
    return isEnvelopeByItsFields();
  }

  private static boolean isImage(String name) {
    return name.equals("before") || name.equals("after");
  }

  /**
   * Whether the payload, whose first field does not tell, is an envelope: it has a source or an
   * image, or an op beside an image that is null, and more fields of an envelope than others. What
   * was unwrapped has fields that begin with two underscores, and an envelope has none.
   */
  private boolean isEnvelopeByItsFields() throws IOException {
    try (JsonParser parser = record.parser()) {
      parser.nextToken();
      int envelopeFields = 0;
      int otherFields = 0;
      boolean hasRow = false;
      boolean hasNullImage = false;
      boolean hasOp = false;
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        if (name.startsWith(ADDED)) {
          return false;
        }
        if (ENVELOPE_FIELDS.contains(name)) {
          envelopeFields++;
        } else {
          otherFields++;
        }
        JsonToken value = parser.nextToken();
        boolean image = isImage(name);
        hasRow |= value == JsonToken.START_OBJECT && (image || name.equals("source"));
        hasNullImage |= value == JsonToken.VALUE_NULL && image;
        hasOp |= value == JsonToken.VALUE_STRING && name.equals("op");
        parser.skipChildren();
      }
      return (hasRow || (hasNullImage && hasOp)) && otherFields <= envelopeFields;
    }
  }

  /**
   * Reads an envelope, or what begins like one.
   *
   * @return whether it is one; if not, no column was given to anybody
   */
  private boolean envelope(JsonParser parser, @Nullable ConnectSchema schema, Columns columns)
      throws IOException {
    // What a schema describes or a row stands in is an envelope, whatever else there is.
    boolean certain = schema != null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (name) {
        case "before" -> {
          if (value == JsonToken.START_OBJECT) {
            beforeFrom = Math.toIntExact(parser.currentTokenLocation().getByteOffset());
            parser.skipChildren();
            beforeTo = Math.toIntExact(parser.currentLocation().getByteOffset());
          } else {
            parser.skipChildren();
          }
        }
        case "after" -> {
          if (value == JsonToken.START_OBJECT && !hasImage) {
            hasImage = true;
            certain = true;
            image(parser, schema == null ? null : schema.field("after"), columns);
          } else if (value == JsonToken.VALUE_NULL) {
            hasImage = false;
          } else if (certain || isEnvelopeByItsFields()) {
            throw new NotARecord(parser, value);
          } else {
            return false;
          }
        }
        case "source" -> {
          if (value == JsonToken.START_OBJECT) {
            hasSource = true;
            source(parser);
          } else {
            parser.skipChildren();
          }
        }
        case "op" -> op = scalars.string(parser);
        case "ts_ms" -> deliveredMillis = scalars.number(parser);
        case "ts_us" -> deliveredMicros = scalars.number(parser);
        case "ts_ns", "transaction", "message" -> parser.skipChildren();
        default -> {
          if (!certain && !isEnvelopeByItsFields()) {
            return false;
          }
          certain = true;
          parser.skipChildren();
        }
      }
    }
    return true;
  }

  private static void image(JsonParser parser, @Nullable ConnectSchema schema, Columns columns)
      throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      columns.column(name, parser, schema == null ? null : schema.field(name));
    }
  }

  private void source(JsonParser parser) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      switch (name) {
        case "table" -> table = scalars.string(parser);
        case "ts_us" -> sourceMicros = scalars.number(parser);
        case "ts_ms" -> sourceMillis = scalars.number(parser);
        default -> place.take(name, parser);
      }
    }
  }

  private void unwrapped(JsonParser parser, @Nullable ConnectSchema schema, Columns columns)
      throws IOException {
    form = Form.UNWRAPPED;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      if (name.startsWith(ADDED)) {
        metadata(name, parser);
        continue;
      }
      fields++;
      transactionFields += TRANSACTION_FIELDS.contains(name) ? 1 : 0;
      hasTimestampField |= name.equals("ts_ms") && value == JsonToken.VALUE_NUMBER_INT;
      hasStatusField |= name.equals("status") && value == JsonToken.VALUE_STRING;
      columns.column(name, parser, schema == null ? null : schema.field(name));
    }
    hasImage = fields > 0;
    // A heartbeat holds a time alone; a transaction marker its four fields, in newer records a
    // time, and no others.
    int others = fields - (hasTimestampField ? 1 : 0);
    boolean heartbeat = others == 0 && hasTimestampField;
    boolean marker =
        hasStatusField
            && others == transactionFields
            && transactionFields == TRANSACTION_FIELDS.size();
    if (!hasMetadata && (heartbeat || marker)) {
      form = Form.NOTICE;
    }
  }

  private void metadata(String name, JsonParser parser) throws IOException {
    hasMetadata = true;
    switch (name) {
      case "__op" -> op = scalars.string(parser);
      case "__deleted" -> deleted = scalars.string(parser);
      case "__table", "__source_table" -> table = scalars.string(parser);
      case "__source_ts_us" -> sourceMicros = scalars.number(parser);
      case "__source_ts_ms" -> sourceMillis = scalars.number(parser);
      case "__ts_us" -> deliveredMicros = scalars.number(parser);
      case "__ts_ms" -> deliveredMillis = scalars.number(parser);
      default -> {
        String prefix = name.startsWith(SOURCE) ? SOURCE : ADDED;
        place.take(name.substring(prefix.length()), parser);
      }
    }
  }

  /** What the record is. */
  Form form() {
    return form;
  }

  /** Whether an envelope has a {@code source}, or an unwrapped row says what happened to it. */
  boolean hasSource() {
    return form == Form.ENVELOPE ? hasSource : op != null || deleted != null;
  }

  /** Whether there is a row after the change. */
  boolean hasImage() {
    return hasImage;
  }

  /**
   * What happened: {@code c}, {@code u}, {@code d}, {@code r}, {@code t}, another word, or null.
   */
  @Nullable String op() {
    if (form == Form.UNWRAPPED && op == null && deleted != null) {
      return deleted.equals("true") ? "d" : "u";
    }
    return op;
  }

  /** The table that the record names, or null. */
  @Nullable String table() {
    return table;
  }

  /** When the change was committed, in microseconds since the epoch, or {@link #ABSENT}. */
  long instant() {
    return micros(sourceMicros, sourceMillis);
  }

  /** When the connector delivered the record, in microseconds, or {@link #ABSENT}. */
  long deliveredAt() {
    return micros(deliveredMicros, deliveredMillis);
  }

  private static long micros(long micros, long millis) {
    if (micros != ABSENT) {
      return TimeText.isInstant(micros) ? micros : ABSENT;
    }
    boolean known = millis > Long.MIN_VALUE / 1_000 && millis < Long.MAX_VALUE / 1_000;
    return known && TimeText.isInstant(millis * 1_000) ? millis * 1_000 : ABSENT;
  }

  /**
   * Whether it is a change that has what SEMANTICS 2 wants: an op, a source, a place and a time.
   *
   * @param position is written over
   */
  boolean isComplete(Position position) {
    return op != null
        && op.length() == 1
        && "cudrt".contains(op)
        && hasSource()
        && instant() != ABSENT
        && position(position) != null;
  }

  /**
   * Writes the position (SEMANTICS 2).
   *
   * @return the position as a person writes it; null if there is none, or {@link #positionProblem}
   */
  @Nullable String position(Position position) {
    return place.position(position, "r".equals(op));
  }

  /** What is wrong with the position that was asked for last; null if it is right, or missing. */
  @Nullable String positionProblem() {
    return place.problem();
  }

  /** Whether there is a row before the change. */
  boolean hasBefore() {
    return beforeFrom >= 0;
  }

  /** The record that was read, with null for the row before the change. */
  byte[] withoutBefore() {
    return record.replaced(beforeFrom, beforeTo, NULL);
  }

  /** Reads the row before the change. */
  void readBefore(Columns columns) throws IOException {
    ConnectSchema schema = record.schema();
    try (JsonParser parser = record.part(beforeFrom, beforeTo)) {
      parser.nextToken();
      image(parser, schema == null ? null : schema.field("before"), columns);
    }
  }

  /** The embedded schema of the row, or null. */
  @Nullable ConnectSchema rowSchema() {
    ConnectSchema schema = record.schema();
    if (schema == null || form != Form.ENVELOPE) {
      return schema;
    }
    ConnectSchema after = schema.field("after");
    return after == null ? schema.field("before") : after;
  }
}
