package dev.patron.features.record;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A line of a file that holds a Kafka record: {@code {"topic": ..., "partition": ..., "offset":
 * ..., "timestamp": ..., "key": ..., "value": ..., "headers": ...}}. Further fields are passed
 * over. Holds what it read last.
 */
final class WrappedRecord {
  private static final byte[] TOPIC = "\"topic\"".getBytes(US_ASCII);

  private String topic = "";
  private long partition;
  private long offset;
  private long timestampMillis;
  private int keyFrom;
  private int keyTo;
  private int valueFrom;
  private int valueTo;
  private int headersFrom;
  private int headersTo;

  /** Reads the line {@code [from, to)}; false if it is no such record, or no JSON. */
  boolean read(byte[] bytes, int from, int to) {
    if (!mentions(bytes, from, to)) {
      return false;
    }
    try (JsonParser parser = JsonRecord.parser(bytes, from, to - from)) {
      return parser.nextToken() == JsonToken.START_OBJECT && fields(parser, bytes, from);
    } catch (JsonProcessingException e) {
      // Not this form; as a plain line it will be refused with what is wrong with it.
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory cannot fail to be read", e);
    }
  }

  private boolean fields(JsonParser parser, byte[] bytes, int from) throws IOException {
    boolean hasTopic = false;
    boolean hasPartition = false;
    boolean hasOffset = false;
    boolean hasValue = false;
    timestampMillis = DebeziumReader.ABSENT;
    keyFrom = -1;
    headersFrom = -1;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      switch (name) {
        case "topic" -> {
          hasTopic = token == JsonToken.VALUE_STRING;
          topic = hasTopic ? parser.getText() : "";
        }
        case "partition" -> {
          hasPartition = isLong(parser);
          partition = hasPartition ? parser.getLongValue() : 0;
        }
        case "offset" -> {
          hasOffset = isLong(parser);
          offset = hasOffset ? parser.getLongValue() : 0;
        }
        case "timestamp" ->
            timestampMillis = isLong(parser) ? parser.getLongValue() : DebeziumReader.ABSENT;
        case "key" -> {
          keyFrom = start(parser, from);
          keyTo = end(parser, from);
          keyFrom = token == JsonToken.VALUE_NULL ? -1 : keyFrom;
        }
        case "value" -> {
          hasValue = true;
          valueFrom = start(parser, from);
          valueTo = end(parser, from);
          valueFrom = token == JsonToken.VALUE_NULL ? -1 : valueFrom;
          if (token == JsonToken.VALUE_STRING && isBlank(parser.getText())) {
            // Kafka's record has no JSON then, and no quotes: all of it is blank.
            valueFrom++;
            valueTo = BronzeFrames.isBlank(bytes, valueFrom, valueTo - 1) ? valueTo - 1 : valueFrom;
          }
        }
        case "headers" -> {
          headersFrom = start(parser, from);
          headersTo = end(parser, from);
          // What stands between the brackets of {} and [] is nothing.
          headersFrom =
              headersTo - headersFrom <= 2 || token == JsonToken.VALUE_NULL ? -1 : headersFrom;
        }
        default -> parser.skipChildren();
      }
      parser.skipChildren();
    }
    return parser.nextToken() == null && hasTopic && hasPartition && hasOffset && hasValue;
  }

  private static boolean isBlank(String text) {
    return text.chars().allMatch(character -> " \t\r\n".indexOf(character) >= 0);
  }

  private static boolean isLong(JsonParser parser) throws IOException {
    return parser.currentToken() == JsonToken.VALUE_NUMBER_INT
        && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
  }

  private static int start(JsonParser parser, int from) {
    return from + Math.toIntExact(parser.currentTokenLocation().getByteOffset());
  }

  private static int end(JsonParser parser, int from) throws IOException {
    parser.skipChildren();
    parser.finishToken();
    return from + Math.toIntExact(parser.currentLocation().getByteOffset());
  }

  /** Whether the name of the topic occurs at all: most lines of other forms end here. */
  private static boolean mentions(byte[] bytes, int from, int to) {
    for (int at = from; at <= to - TOPIC.length; at++) {
      if (bytes[at] == '"' && bytes[at + 1] == 't' && matches(bytes, at)) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(byte[] bytes, int at) {
    for (int i = 2; i < TOPIC.length; i++) {
      if (bytes[at + i] != TOPIC[i]) {
        return false;
      }
    }
    return true;
  }

  String topic() {
    return topic;
  }

  long partition() {
    return partition;
  }

  long offset() {
    return offset;
  }

  /** Milliseconds since the epoch, or {@link DebeziumReader#ABSENT}. */
  long timestampMillis() {
    return timestampMillis;
  }

  /** Where the key's JSON begins, or -1 where it is null. */
  int keyFrom() {
    return keyFrom;
  }

  int keyTo() {
    return keyTo;
  }

  /**
   * Where the value's JSON begins, or -1 where it is null; of a text that is blank, what is within
   * its quotes.
   */
  int valueFrom() {
    return valueFrom;
  }

  int valueTo() {
    return valueTo;
  }

  /** Where the JSON of the headers begins, or -1 where there are none. */
  int headersFrom() {
    return headersFrom;
  }

  int headersTo() {
    return headersTo;
  }
}
