package dev.patron.features.record;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The JSON text of a record's key or value: bare, or beside its schema as Kafka Connect's JSON
 * converter writes it ({@code {"schema": ..., "payload": ...}}). Schemas are most of such a record
 * and nearly always the same, so that a schema met before is recognised by its bytes and not read
 * again.
 */
final class JsonRecord {
  /** Types nest as their values do, and are written and compared by recursion. */
  private static final int DEEPEST = 100;

  /** One factory, so that the names of fields are known to all parsers. */
  static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(RecordDecoder.MAX_RECORD_BYTES)
                  .maxNestingDepth(DEEPEST)
                  .build())
          .build();

  /** By so many bytes Jackson tells encodings apart. */
  private static final int LONGEST_MARK = 4;

  private static final byte[] BEFORE = "\"before\":".getBytes(US_ASCII);
  private static final byte[] AFTER = "\"after\":".getBytes(US_ASCII);
  private static final byte[] NULL = "null".getBytes(US_ASCII);

  /** Where an image begins at the latest, in a record without blanks. */
  private static final int IMAGE_FROM = 1 + BEFORE.length;

  /** A table has one schema at a time; in one frame there may be a few. */
  private static final int REMEMBERED = 16;

  /** The bytes from a record's first to its payload's, and the schema among them. */
  private final List<byte[]> knownPrefixes = new ArrayList<>();

  private final List<ConnectSchema> knownSchemas = new ArrayList<>();

  private byte[] bytes = new byte[0];
  private int from;
  private int to;

  /** Where the record begins and ends, its schema included. */
  private int wholeFrom;

  private int wholeTo;
  private @Nullable ConnectSchema schema;

  /**
   * Takes the record {@code [start, end)}, finding its schema and its payload.
   *
   * @throws JsonProcessingException if it is not JSON as far as it had to be read
   */
  void take(byte[] text, int start, int end) throws IOException {
    bytes = text;
    from = start;
    to = end;
    while (to > from && isBlank(text[to - 1])) {
      to--;
    }
    schema = null;
    if (to > from && text[from] == '"') {
      unquote();
    }
    wholeFrom = from;
    wholeTo = to;
    byte[] record = bytes;
    for (int i = 0; i < knownPrefixes.size(); i++) {
      byte[] prefix = knownPrefixes.get(i);
      if (to - from > prefix.length
          && record[to - 1] == '}'
          && Arrays.equals(record, from, from + prefix.length, prefix, 0, prefix.length)) {
        schema = knownSchemas.get(i);
        from += prefix.length;
        to--;
        return;
      }
    }
    if (mayBeWrapped()) {
      unwrap();
    }
  }

  /**
   * Whether a parser has to look for a schema and a payload: where the first field's name begins
   * with another letter than both, or is written without escapes and goes on with another, there
   * are none.
   */
  private boolean mayBeWrapped() {
    int at = from;
    while (at < to && (bytes[at] == '{' || isBlank(bytes[at]))) {
      at++;
    }
    if (to - at < 3) {
      return false;
    }
    byte first = bytes[at + 1];
    byte second = bytes[at + 2];
    boolean named = bytes[at] == '"';
    boolean marked = bytes[at] < 0;
    return marked
        || (named
            && (first == '\\'
                || (first == 's' && (second == 'c' || second == '\\'))
                || (first == 'p' && (second == 'a' || second == '\\'))));
  }

  /** Some who write records into files write what Kafka holds as one text: the object within it. */
  private void unquote() throws IOException {
    try (JsonParser parser = parser()) {
      parser.nextToken();
      String text = parser.getText();
      if (text.startsWith("{\"") && parser.nextToken() == null) {
        bytes = text.getBytes(UTF_8);
        from = 0;
        to = bytes.length;
      }
    }
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  private void unwrap() throws IOException {
    int schemaFrom = -1;
    int schemaTo = -1;
    int payloadFrom = -1;
    int payloadTo = -1;
    try (JsonParser parser = parser()) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean isSchema = parser.currentName().equals("schema");
        if (!isSchema && !parser.currentName().equals("payload")) {
          return;
        }
        parser.nextToken();
        int valueFrom = from + Math.toIntExact(parser.currentTokenLocation().getByteOffset());
        parser.skipChildren();
        parser.finishToken();
        int valueTo = from + Math.toIntExact(parser.currentLocation().getByteOffset());
        if (isSchema) {
          schemaFrom = valueFrom;
          schemaTo = valueTo;
        } else {
          payloadFrom = valueFrom;
          payloadTo = valueTo;
        }
      }
      if (schemaFrom < 0 || payloadFrom < 0 || parser.nextToken() != null) {
        return;
      }
    }
    if (bytes[schemaFrom] == '{') {
      try (JsonParser parser = parser(bytes, schemaFrom, schemaTo - schemaFrom)) {
        parser.nextToken();
        schema = ConnectSchema.read(parser);
      }
      if (schemaFrom < payloadFrom && bytes[to - 1] == '}') {
        if (knownPrefixes.size() == REMEMBERED) {
          knownPrefixes.remove(0);
          knownSchemas.remove(0);
        }
        knownPrefixes.add(Arrays.copyOfRange(bytes, from, payloadFrom));
        knownSchemas.add(schema);
      }
    }
    from = payloadFrom;
    to = payloadTo;
  }

  /**
   * Whether the payload's first field is {@code before} or {@code after} with an object or null, by
   * its first bytes alone; false also where that takes a parser to tell.
   */
  boolean beginsWithImage() {
    if (to - from < IMAGE_FROM + NULL.length || bytes[from] != '{') {
      return false;
    }
    int at = from + 1;
    boolean image = is(BEFORE, at) || is(AFTER, at);
    at += is(BEFORE, at) ? BEFORE.length : AFTER.length;
    return image && (bytes[at] == '{' || is(NULL, at));
  }

  private boolean is(byte[] text, int at) {
    return at + text.length <= to
        && Arrays.equals(bytes, at, at + text.length, text, 0, text.length);
  }

  /**
   * A parser of UTF-8, before its first token.
   *
   * @throws JsonParseException if one of the first bytes is zero, as in what Avro's serializers
   *     write: they would be taken for UTF-16 or UTF-32, which records are not
   */
  static JsonParser parser(byte[] text, int start, int length) throws IOException {
    for (int at = 0; at < Math.min(length, LONGEST_MARK); at++) {
      if (text[start + at] == 0) {
        throw new JsonParseException(null, "there is a byte of zero where the text begins");
      }
    }
    return FACTORY.createParser(text, start, length);
  }

  /** A parser of the payload, before its first token. */
  JsonParser parser() throws IOException {
    return parser(bytes, from, to - from);
  }

  /** A parser of a part of the payload, as byte offsets from the payload's first. */
  JsonParser part(int partFrom, int partTo) throws IOException {
    return parser(bytes, from + partFrom, partTo - partFrom);
  }

  /** The record, its schema included, with this in place of a part of the payload. */
  byte[] replaced(int partFrom, int partTo, byte[] by) {
    int before = from + partFrom - wholeFrom;
    int behind = wholeTo - from - partTo;
    byte[] result = new byte[before + by.length + behind];
    System.arraycopy(bytes, wholeFrom, result, 0, before);
    System.arraycopy(by, 0, result, before, by.length);
    System.arraycopy(bytes, from + partTo, result, before + by.length, behind);
    return result;
  }

  /** The embedded schema, or null; the same object as long as it is remembered. */
  @Nullable ConnectSchema schema() {
    return schema;
  }

  /** What was wrong with the JSON, in one line. */
  static String problem(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    String line = message == null ? "unreadable" : message.lines().findFirst().orElse("unreadable");
    // Jackson describes its source in brackets, which says nothing to a reader of tables.
    int source = line.indexOf("; line: ");
    return "not JSON: " + (source < 0 ? line : line.substring(0, source));
  }
}
