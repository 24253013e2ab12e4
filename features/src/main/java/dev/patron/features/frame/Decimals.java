package dev.patron.features.frame;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;

/** Long decimals as sixteen bytes whose unsigned order is numeric order. */
public final class Decimals {
  /** The number of bytes of a long decimal. */
  public static final int BYTES = 16;

  private Decimals() {}

  /**
   * The sixteen bytes of an unscaled value: big-endian two's complement with the sign bit flipped.
   */
  public static byte[] encode(BigInteger unscaled) {
    byte[] minimal = unscaled.toByteArray();
    if (minimal.length > BYTES) {
      throw new ArithmeticException(unscaled + " has more than 38 digits");
    }
    byte[] bytes = new byte[BYTES];
    Arrays.fill(bytes, 0, BYTES - minimal.length, (byte) (unscaled.signum() < 0 ? -1 : 0));
    System.arraycopy(minimal, 0, bytes, BYTES - minimal.length, minimal.length);
    bytes[0] ^= (byte) 0x80;
    return bytes;
  }

  /** The inverse of {@link #encode}. */
  public static BigInteger decode(byte[] bytes) {
    byte[] plain = bytes.clone();
    plain[0] ^= (byte) 0x80;
    return new BigInteger(plain);
  }

  /**
   * The unscaled value of a number at this type's scale.
   *
   * @throws ArithmeticException if digits would be lost or the precision is exceeded
   */
  public static BigInteger unscaled(BigDecimal value, Type.Decimal type) {
    BigInteger unscaled = value.setScale(type.scale()).unscaledValue();
    if (new BigDecimal(unscaled).precision() > type.precision()) {
      throw new ArithmeticException(value + " does not fit " + type);
    }
    return unscaled;
  }
}
