package dev.patron.features.summary;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;

/**
 * A sum of doubles that does not depend on their order: each is rounded to a multiple of 10^-9 and
 * added in 128-bit integers. So amounts of up to nine decimals, below nine millions each, give the
 * double that is nearest to their sum as people add; of larger ones a double itself knows no more.
 * For totals and means of aggregates whose parts are summed wherever they happen to lie.
 */
public final class ExactSum {
  private static final int DECIMALS = 9;
  private static final double SCALE = 1e9;
  private static final double TWO_TO_64 = 0x1p64;

  /** What a value stays below, scaled: 30,000 such can be added before a sum overflows. */
  private static final double LIMIT = 0x1p112;

  private long high;
  private long low;

  /**
   * Adds a value.
   *
   * @throws ArithmeticException if it is not a number, infinite or beyond some 5e24, which is far
   *     from what any number of rows with amounts that are possible sums up to
   */
  public void add(double value) {
    double scaled = Math.rint(value * SCALE);
    if (Math.abs(scaled) < 0x1p63) {
      addBits(scaled < 0 ? -1 : 0, (long) scaled);
    } else if (Math.abs(scaled) < LIMIT) {
      // Both parts are exact: of a double this large, all 53 bits are above the tenth.
      double upper = Math.floor(scaled / TWO_TO_64);
      double lower = scaled - upper * TWO_TO_64;
      addBits(
          (long) upper, lower < 0x1p63 ? (long) lower : (long) (lower - 0x1p63) + Long.MIN_VALUE);
    } else {
      throw new ArithmeticException(value + " is out of the range of sums");
    }
  }

  /** Adds another sum. */
  public void add(ExactSum other) {
    addBits(other.high, other.low);
  }

  /** Adds a sum given by its {@link #high} and {@link #low} halves. */
  public void addBits(long otherHigh, long otherLow) {
    long sum = low + otherLow;
    high += otherHigh + (Long.compareUnsigned(sum, low) < 0 ? 1 : 0);
    low = sum;
  }

  /** Takes away a sum given by its {@link #high} and {@link #low} halves. */
  public void subtractBits(long otherHigh, long otherLow) {
    addBits(~otherHigh + (otherLow == 0 ? 1 : 0), -otherLow);
  }

  /** The high half of the sum. */
  public long high() {
    return high;
  }

  /** The low half of the sum. */
  public long low() {
    return low;
  }

  /** The sum, rounded to a double. */
  public double value() {
    byte[] bits = ByteBuffer.allocate(2 * Long.BYTES).putLong(high).putLong(low).array();
    return new BigDecimal(new BigInteger(bits), DECIMALS).doubleValue();
  }
}
