package dev.patron.pipelines.generate;

import java.util.List;

/**
 * A source of chance that gives the same draws on every machine and under every JDK: SplitMix64
 * (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014), started
 * at a point that depends on the seed, on what the draws are for and on whom. The JDK's own {@code
 * SplittableRandom} promises its bits, but not how it makes numbers of other kinds from them, and
 * {@code Math.log} may differ between machines in the last digit; {@code StrictMath} may not.
 */
final class Chance {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  /**
   * What draws are for; each has draws of its own, so that one more in one place moves no other.
   */
  enum Purpose {
    BUYING(1),
    SPENDING(2),
    BASKET(3),
    VISITOR(4),
    BOOK(5),
    POPULARITY(6),
    CUSTOMER(7),
    BOOK_DELIVERY(8),
    CUSTOMER_DELIVERY(9),
    ORDER_DELIVERY(10),
    RELOAD(11);

    /** Never changes, whatever stands beside it: it is part of every file ever made. */
    private final int stream;

    Purpose(int stream) {
      this.stream = stream;
    }
  }

  private long state;

  /** Starts again at the draws for this purpose, this key and the key's n-th part. */
  Chance restart(long seed, Purpose purpose, long key, long part) {
    long mixed = mix(seed + GOLDEN * purpose.stream);
    mixed = mix(mixed ^ (key * GOLDEN));
    state = mix(mixed ^ (part * 0xD1B54A32D192ED03L));
    return this;
  }

  private static long mix(long bits) {
    bits = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
    bits = (bits ^ (bits >>> 27)) * 0x94D049BB133111EBL;
    return bits ^ (bits >>> 31);
  }

  /** Uniform over all longs. */
  long bits() {
    state += GOLDEN;
    return mix(state);
  }

  /** Uniform in [0, 1). */
  double uniform() {
    return (bits() >>> 11) * 0x1.0p-53;
  }

  /** Uniform in [0, bound). The bias of a plain product is below 2^-31 and of no matter here. */
  int below(int bound) {
    return (int) (((bits() >>> 32) * bound) >>> 32);
  }

  /** Uniform in [from, to). */
  long between(long from, long to) {
    return from + (long) (uniform() * (to - from));
  }

  /** True with this probability. */
  boolean happens(double probability) {
    return uniform() < probability;
  }

  /** One of these, each as likely. */
  <T> T pick(List<T> choices) {
    return choices.get(below(choices.size()));
  }

  /** Exponential with this mean. */
  double exponential(double mean) {
    return -mean * StrictMath.log(1 - uniform());
  }

  /** Standard normal, by the polar method. */
  double normal() {
    while (true) {
      double u = 2 * uniform() - 1;
      double v = 2 * uniform() - 1;
      double s = u * u + v * v;
      if (s > 0 && s < 1) {
        return u * StrictMath.sqrt(-2 * StrictMath.log(s) / s);
      }
    }
  }

  /** Gamma with this shape and scale 1 (Marsaglia and Tsang 2000). */
  double gamma(double shape) {
    if (shape < 1) {
      return gamma(shape + 1) * StrictMath.pow(1 - uniform(), 1 / shape);
    }
    double d = shape - 1.0 / 3;
    double c = 1 / StrictMath.sqrt(9 * d);
    while (true) {
      double x = normal();
      double v = 1 + c * x;
      if (v <= 0) {
        continue;
      }
      v = v * v * v;
      if (StrictMath.log(1 - uniform()) < 0.5 * x * x + d - d * v + d * StrictMath.log(v)) {
        return d * v;
      }
    }
  }

  /** Beta with these parameters. */
  double beta(double a, double b) {
    double x = gamma(a);
    return x / (x + gamma(b));
  }
}
