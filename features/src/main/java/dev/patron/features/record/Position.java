package dev.patron.features.record;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigDecimal;
import java.util.Arrays;

/**
 * A place in a source's log, written as text so that the unsigned order of its UTF-8 bytes is the
 * order of the places (SEMANTICS 2 and 8). A position has one or several parts, the most
 * significant first; positions compare if their parts are of the same kinds.
 *
 * <p>Integers are sixteen hexadecimal digits with the sign bit flipped; decimals a sign, an
 * exponent and digits; text is itself, with an end that sorts before every character. No part is a
 * prefix of another, so that parts can simply follow one another. Mutable, to be used again with
 * {@link #clear}.
 */
public final class Position {
  private static final byte[] HEX = "0123456789abcdef".getBytes(US_ASCII);

  private byte[] bytes = new byte[32];
  private int length;

  /** Forgets all parts. */
  public Position clear() {
    length = 0;
    return this;
  }

  /**
   * Adds a signed 64-bit integer: a log sequence number, a date in days, a time in microseconds.
   */
  public Position add(long value) {
    return hex(value ^ Long.MIN_VALUE, 16);
  }

  /** Adds a double, ordered as {@link Double#compare} does. */
  public Position add(double value) {
    long bits = Double.doubleToLongBits(value);
    return hex(bits < 0 ? ~bits : bits ^ Long.MIN_VALUE, 16);
  }

  /** Adds a decimal; equal numbers of different scale are equal parts. */
  public Position add(BigDecimal value) {
    if (value.signum() == 0) {
      return put('1');
    }
    boolean negative = value.signum() < 0;
    BigDecimal plain = value.stripTrailingZeros();
    String digits = plain.unscaledValue().abs().toString();
    // 0.d1d2d3... times ten to this power, d1 not 0: the greater power is the greater number.
    int power = Math.subtractExact(digits.length(), plain.scale());
    put(negative ? '0' : '2');
    hex((negative ? ~power : power) ^ Integer.MIN_VALUE, 8);
    for (int i = 0; i < digits.length(); i++) {
      char digit = digits.charAt(i);
      put(negative ? (char) ('0' + '9' - digit) : digit);
    }
    return put(negative ? '~' : ' ');
  }

  /** Adds text, ordered by its code points. */
  public Position add(String text) {
    byte[] utf8 = text.getBytes(UTF_8);
    return add(utf8, 0, utf8.length);
  }

  /** Adds the text of the UTF-8 bytes {@code [from, to)}. */
  public Position add(byte[] utf8, int from, int to) {
    for (int i = from; i < to; i++) {
      // 0 ends the text; a 0 or 1 within it is written as two bytes, the first of them 1.
      if (utf8[i] == 0 || utf8[i] == 1) {
        put((char) 1);
        put((char) (utf8[i] + 1));
      } else {
        reserve(1);
        bytes[length++] = utf8[i];
      }
    }
    return put((char) 0);
  }

  /** The array that holds the text in UTF-8; only the first {@link #length()} bytes count. */
  public byte[] array() {
    return bytes;
  }

  /** The number of bytes written. */
  public int length() {
    return length;
  }

  /** The position as text. */
  @Override
  public String toString() {
    return new String(bytes, 0, length, UTF_8);
  }

  private Position hex(long value, int digits) {
    reserve(digits);
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
      bytes[length++] = HEX[(int) (value >>> shift) & 15];
    }
    return this;
  }

  private Position put(char ascii) {
    reserve(1);
    bytes[length++] = (byte) ascii;
    return this;
  }

  private void reserve(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }
}
