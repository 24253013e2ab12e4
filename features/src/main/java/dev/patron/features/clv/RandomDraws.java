package dev.patron.features.clv;

import org.apache.commons.math3.util.FastMath;

/**
 * A reproducible source of random numbers: equal seeds give equal draws, to the bit, on every
 * machine and Java version. The generator is SplitMix64 (Steele, Lea, Flood 2014), normal variates
 * are by Marsaglia's polar method, gamma variates by Marsaglia and Tsang (2000).
 */
public final class RandomDraws {
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  private long state;
  private double spareNormal;
  private boolean hasSpare;

  /** A source that begins at this seed. */
  public RandomDraws(long seed) {
    state = seed;
  }

  private long next() {
    long z = state += GOLDEN_GAMMA;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  /** Uniform in (0, 1), both ends excluded. */
  public double uniform() {
    return ((next() >>> 11) + 0.5) * 0x1p-53;
  }

  /** Uniform from 0 to {@code bound - 1}. */
  public int integer(int bound) {
    return (int) Math.multiplyHigh(next() >>> 1, 2L * bound);
  }

  /** Standard normal. */
  public double normal() {
    if (hasSpare) {
      hasSpare = false;
      return spareNormal;
    }
    while (true) {
      double u = 2 * uniform() - 1;
      double v = 2 * uniform() - 1;
      double square = u * u + v * v;
      if (square < 1 && square > 0) {
        double factor = Math.sqrt(-2 * FastMath.log(square) / square);
        spareNormal = v * factor;
        hasSpare = true;
        return u * factor;
      }
    }
  }

  /** Gamma with this shape and scale 1. */
  public double gamma(double shape) {
    if (shape < 1) {
      return gamma(shape + 1) * FastMath.pow(uniform(), 1 / shape);
    }
    double d = shape - 1.0 / 3;
    double c = 1 / (3 * Math.sqrt(d));
    while (true) {
      double normal = normal();
      double root = 1 + c * normal;
      if (root <= 0) {
        continue;
      }
      double v = root * root * root;
      double u = uniform();
      double square = normal * normal;
      if (u < 1 - 0.0331 * square * square
          || FastMath.log(u) < 0.5 * square + d * (1 - v + FastMath.log(v))) {
        return d * v;
      }
    }
  }
}
