package dev.patron.features.slices;

/**
 * Bins for amounts of money of any size: all amounts that agree in their first two digits lie in
 * one, so a bin is at most a tenth as wide as what lies in it. Their edges are round numbers, which
 * lets a histogram with steps of 1, 2 or 5 be made of them exactly.
 */
public final class ValueBins {
  /** Of amounts below {@link #LEAST}, of which there is nothing to tell apart. */
  public static final long ZERO = -181;

  /** The least amount of the bin after {@link #ZERO}. */
  public static final double LEAST = 0.01;

  private static final int PER_DECADE = 90;

  private ValueBins() {}

  /**
   * The bin that an amount lies in.
   *
   * @throws IllegalArgumentException if the amount is not finite
   */
  public static long of(double amount) {
    if (!Double.isFinite(amount)) {
      throw new IllegalArgumentException(amount + " is no amount");
    }
    if (amount < LEAST) {
      return ZERO;
    }
    int decade = (int) Math.floor(Math.log10(amount));
    long bin = decade * (long) PER_DECADE + (long) (amount / Math.pow(10, decade - 1)) - 10;
    // The logarithm and the quotient are rounded; the edges decide.
    while (from(bin) > amount) {
      bin--;
    }
    while (from(bin + 1) <= amount) {
      bin++;
    }
    return bin;
  }

  /** The least amount of a bin; it ends where the next one begins. */
  public static double from(long bin) {
    if (bin <= ZERO) {
      return 0;
    }
    int decade = (int) Math.floorDiv(bin, (long) PER_DECADE) - 1;
    long digits = 10 + Math.floorMod(bin, (long) PER_DECADE);
    // Divided rather than multiplied by a fraction, so that 0.15 is the double nearest to it.
    return decade < 0 ? digits / Math.pow(10, -decade) : digits * Math.pow(10, decade);
  }
}
