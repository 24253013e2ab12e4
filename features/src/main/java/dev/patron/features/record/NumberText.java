package dev.patron.features.record;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.patron.features.frame.Type;
import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * A number as it is written: an optional sign, digits with an optional point, an optional exponent.
 * Nothing here goes through a double unless a double is asked for.
 */
final class NumberText {
  /** Digits that fit a {@code long} whatever they are. */
  private static final int SAFE_DIGITS = 18;

  private static final long[] POWERS = new long[SAFE_DIGITS + 1];

  /** The powers of ten that a double holds exactly. */
  private static final double[] EXACT_POWERS = new double[23];

  static {
    POWERS[0] = 1;
    for (int i = 1; i < POWERS.length; i++) {
      POWERS[i] = 10 * POWERS[i - 1];
    }
    EXACT_POWERS[0] = 1;
    for (int i = 1; i < EXACT_POWERS.length; i++) {
      EXACT_POWERS[i] = 10 * EXACT_POWERS[i - 1];
    }
  }

  private byte[] source = new byte[0];
  private int from;
  private int to;
  private boolean negative;
  private boolean signed;
  private boolean exponent;
  private boolean leadingZero;
  private boolean point;
  private long digits;
  private int significant;
  private int integerDigits;
  private int scale;

  /** Reads the bytes {@code [from, to)}; false if they are not a number. */
  boolean read(byte[] bytes, int start, int end) {
    source = bytes;
    from = start;
    to = end;
    int at = start;
    signed = at < end && (bytes[at] == '-' || bytes[at] == '+');
    negative = signed && bytes[at] == '-';
    if (signed) {
      at++;
    }
    digits = 0;
    significant = 0;
    scale = 0;
    point = false;
    exponent = false;
    int integer = at;
    for (; at < end && isDigit(bytes[at]); at++) {
      digit(bytes[at]);
    }
    integerDigits = at - integer;
    leadingZero = integerDigits > 1 && bytes[integer] == '0';
    if (at < end && bytes[at] == '.') {
      point = true;
      at++;
      for (; at < end && isDigit(bytes[at]); at++) {
        digit(bytes[at]);
        scale++;
      }
    }
    if (integerDigits + scale == 0) {
      return false;
    }
    if (at < end && (bytes[at] == 'e' || bytes[at] == 'E')) {
      exponent = true;
      at++;
      if (at < end && (bytes[at] == '-' || bytes[at] == '+')) {
        at++;
      }
      int first = at;
      while (at < end && isDigit(bytes[at])) {
        at++;
      }
      // Nobody writes more, and BigDecimal's own limit is not far.
      if (at == first || at - first > 9) {
        return false;
      }
    }
    return at == end;
  }

  private void digit(byte digit) {
    if (significant > 0 || digit != '0') {
      significant++;
    }
    if (significant <= SAFE_DIGITS) {
      digits = 10 * digits + (digit - '0');
    }
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  /** Whether it begins with a plus sign. */
  boolean hasPlus() {
    return signed && !negative;
  }

  /** Whether it has an exponent. */
  boolean hasExponent() {
    return exponent;
  }

  /** Whether it has a decimal point. */
  boolean hasPoint() {
    return point;
  }

  /** Whether it has several digits before the point and the first is 0. */
  boolean hasLeadingZero() {
    return leadingZero;
  }

  /** The number of digits before the point. */
  int integerDigits() {
    return integerDigits;
  }

  /** The number of digits after the point. */
  int scale() {
    return scale;
  }

  /** Whether it is written as a plain integer and fits 64 bits. */
  boolean isLong() {
    return !point && !exponent && fitsLong();
  }

  private boolean isShort() {
    return !exponent && significant <= SAFE_DIGITS;
  }

  /** Whether its value is an integer that fits 64 bits. */
  boolean fitsLong() {
    if (isShort() && scale == 0) {
      return true;
    }
    BigDecimal exact = exact();
    // The check of the magnitude comes first: 1e999999999 would otherwise be written out.
    if (exact.signum() != 0 && (long) exact.precision() - exact.scale() > 19) {
      return false;
    }
    BigDecimal plain = exact.stripTrailingZeros();
    return plain.scale() <= 0 && plain.toBigInteger().bitLength() < Long.SIZE;
  }

  /** Its value as a long, if it {@link #fitsLong()}. */
  long toLong() {
    return isShort() && scale == 0 ? signed(digits) : exact().longValueExact();
  }

  private long signed(long magnitude) {
    return negative ? -magnitude : magnitude;
  }

  /** Its value rounded to the nearest double; infinite beyond the range of doubles. */
  double toDouble() {
    // Both operands are exact, so the quotient is rounded once (Clinger 1990).
    if (isShort()
        && digits < 1L << 53
        && scale < EXACT_POWERS.length
        && !(negative && digits == 0)) {
      return signed(digits) / EXACT_POWERS[scale];
    }
    return Double.parseDouble(text());
  }

  /** Its exact value. */
  BigDecimal exact() {
    return isShort() ? BigDecimal.valueOf(signed(digits), scale) : new BigDecimal(text());
  }

  /** Whether a short decimal of this type holds it exactly, by {@link #toShortUnscaled}. */
  boolean isShort(Type.Decimal type) {
    return isShort()
        && scale <= type.scale()
        && significant + type.scale() - scale <= Math.min(type.precision(), SAFE_DIGITS);
  }

  /** The unscaled value at the type's scale, if {@link #isShort(Type.Decimal)}. */
  long toShortUnscaled(Type.Decimal type) {
    return signed(digits) * POWERS[type.scale() - scale];
  }

  /** The number as it is written. */
  String text() {
    return new String(source, from, to - from, US_ASCII);
  }

  /** Whether a decimal type holds this number exactly. */
  static boolean fits(BigDecimal value, Type.Decimal type) {
    if (value.signum() == 0) {
      return true;
    }
    long integerDigits = (long) value.precision() - value.scale();
    if (integerDigits > type.precision() - type.scale()) {
      return false;
    }
    return value.scale() <= type.scale() || value.stripTrailingZeros().scale() <= type.scale();
  }

  /** The unscaled value of a number that {@link #fits}. */
  static BigInteger unscaled(BigDecimal value, Type.Decimal type) {
    return value.signum() == 0 ? BigInteger.ZERO : value.setScale(type.scale()).unscaledValue();
  }
}
