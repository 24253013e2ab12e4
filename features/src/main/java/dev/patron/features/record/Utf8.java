package dev.patron.features.record;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Text as UTF-8 bytes: the current token of a JSON parser, without a String in between. */
final class Utf8 {
  /** Most text is ASCII, which eight bytes at once can be told by. */
  private static final VarHandle EIGHT =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private static final long NO_ASCII = 0x8080808080808080L;

  private byte[] bytes = new byte[256];
  private int length;

  /** The array that holds the text; only the first {@link #length()} bytes count. */
  byte[] array() {
    return bytes;
  }

  int length() {
    return length;
  }

  /**
   * Takes the text of the parser's current token, a string or a number.
   *
   * @return whether it is text; half a surrogate pair is not
   */
  boolean take(JsonParser parser) throws IOException {
    char[] chars = parser.getTextCharacters();
    int from = parser.getTextOffset();
    int to = from + parser.getTextLength();
    length = 0;
    if (bytes.length < 3L * (to - from)) {
      bytes = new byte[Math.toIntExact(3L * (to - from))];
    }
    for (int i = from; i < to; i++) {
      char c = chars[i];
      if (c < 0x80) {
        bytes[length++] = (byte) c;
      } else if (c < 0x800) {
        bytes[length++] = (byte) (0xC0 | (c >> 6));
        bytes[length++] = (byte) (0x80 | (c & 0x3F));
      } else if (!Character.isSurrogate(c)) {
        bytes[length++] = (byte) (0xE0 | (c >> 12));
        bytes[length++] = (byte) (0x80 | ((c >> 6) & 0x3F));
        bytes[length++] = (byte) (0x80 | (c & 0x3F));
      } else if (Character.isHighSurrogate(c)
          && i + 1 < to
          && Character.isLowSurrogate(chars[i + 1])) {
        int point = Character.toCodePoint(c, chars[++i]);
        bytes[length++] = (byte) (0xF0 | (point >> 18));
        bytes[length++] = (byte) (0x80 | ((point >> 12) & 0x3F));
        bytes[length++] = (byte) (0x80 | ((point >> 6) & 0x3F));
        bytes[length++] = (byte) (0x80 | (point & 0x3F));
      } else {
        return false;
      }
    }
    return true;
  }

  /** Takes this text. */
  void take(byte[] text) {
    bytes = text.length <= bytes.length ? bytes : new byte[text.length];
    System.arraycopy(text, 0, bytes, 0, text.length);
    length = text.length;
  }

  /** Whether the text is exactly this. */
  boolean is(byte[] wanted) {
    return Arrays.equals(bytes, 0, length, wanted, 0, wanted.length);
  }

  /** Whether the bytes {@code [from, to)} are UTF-8. */
  static boolean isValid(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to) {
      if (to - at >= Long.BYTES && ((long) EIGHT.get(bytes, at) & NO_ASCII) == 0) {
        at += Long.BYTES;
        continue;
      }
      int next = bytes[at] >= 0 ? at + 1 : at + sequence(bytes, at, to);
      if (next == at) {
        return false;
      }
      at = next;
    }
    return true;
  }

  /** The bytes {@code [from, to)} with {@code \xNN} for every byte that is not part of UTF-8. */
  static byte[] escape(byte[] bytes, int from, int to) {
    ByteArrayOutputStream escaped = new ByteArrayOutputStream(to - from + 16);
    int at = from;
    while (at < to) {
      int width = bytes[at] >= 0 ? 1 : sequence(bytes, at, to);
      if (width == 0) {
        escaped.writeBytes("\\x%02X".formatted(bytes[at] & 0xFF).getBytes(US_ASCII));
        at++;
      } else {
        escaped.write(bytes, at, width);
        at += width;
      }
    }
    return escaped.toByteArray();
  }

  /** The length of the sequence of more than one byte that begins here; 0 if none does. */
  private static int sequence(byte[] bytes, int at, int to) {
    int first = bytes[at] & 0xFF;
    int width = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || to - at < width) {
      return 0;
    }
    for (int i = 1; i < width; i++) {
      if ((bytes[at + i] & 0xC0) != 0x80) {
        return 0;
      }
    }
    int second = bytes[at + 1] & 0xFF;
    boolean overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    boolean surrogate = first == 0xED && second >= 0xA0;
    boolean beyond = first == 0xF4 && second >= 0x90;
    return overlong || surrogate || beyond ? 0 : width;
  }
}
