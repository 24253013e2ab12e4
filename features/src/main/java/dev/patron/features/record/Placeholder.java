package dev.patron.features.record;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Base64;
import java.util.UUID;

/**
 * What Debezium's connector for PostgreSQL writes for a large value that did not change (SEMANTICS
 * 6), in the shape that the column's type has room for. The source is its {@code
 * UnchangedToastedPlaceholder}: text; bytes, in base64; a list of one text, of one such bytes, or
 * of one UUID made of the text; of integers, a list of the text's bytes; of names and values, the
 * text under its own name, as an object or as the JSON of one.
 */
final class Placeholder {
  private static final String NAME = "__debezium_unavailable_value";
  private static final byte[] TEXT = NAME.getBytes(US_ASCII);
  private static final byte[] BASE64 = Base64.getEncoder().encode(TEXT);
  private static final byte[] UUID_OF_TEXT =
      UUID.nameUUIDFromBytes(TEXT).toString().getBytes(US_ASCII);
  private static final byte[] MAP = "{\"%s\":\"%s\"}".formatted(NAME, NAME).getBytes(US_ASCII);
  private static final byte[][] BYTES = new byte[TEXT.length][];

  static {
    for (int i = 0; i < BYTES.length; i++) {
      BYTES[i] = String.valueOf(TEXT[i]).getBytes(US_ASCII);
    }
  }

  /** How many integers stand for it. */
  static final int INTEGERS = BYTES.length;

  private Placeholder() {}

  /** Whether a text stands for it. */
  static boolean is(Utf8 text) {
    return text.is(TEXT) || text.is(BASE64) || text.is(MAP);
  }

  /** Whether a list of this text alone stands for it. */
  static boolean isItem(Utf8 text) {
    return text.is(TEXT) || text.is(BASE64) || text.is(UUID_OF_TEXT);
  }

  /** The integer at this place of the list that stands for it, as it is written. */
  static byte[] integer(int at) {
    return BYTES[at];
  }

  /** Whether an object with a field of this name, and this text in it alone, stands for it. */
  static boolean isField(String name) {
    return name.equals(NAME);
  }

  /** Whether the field of that name holds what stands for it. */
  static boolean isInField(Utf8 text) {
    return text.is(TEXT);
  }
}
