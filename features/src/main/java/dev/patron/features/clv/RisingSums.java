package dev.patron.features.clv;

import org.apache.commons.math3.util.FastMath;

/**
 * Sums over k = 0 .. n-1 for every n up to a greatest one: what ratios of gamma functions and their
 * derivatives are for whole n, without the cancellation of their difference.
 */
final class RisingSums {
  private RisingSums() {}

  /** {@code ln(Gamma(s + n) / Gamma(s))}: sums of ln(s + k). */
  static double[] logarithms(double s, int most) {
    double[] sums = new double[most + 1];
    for (int k = 0; k < most; k++) {
      sums[k + 1] = sums[k] + FastMath.log(s + k);
    }
    return sums;
  }

  /** {@code digamma(s + n) - digamma(s)}: sums of 1 / (s + k). */
  static double[] reciprocals(double s, int most) {
    double[] sums = new double[most + 1];
    for (int k = 0; k < most; k++) {
      sums[k + 1] = sums[k] + 1 / (s + k);
    }
    return sums;
  }

  /** {@code ln(B(a, b + n) / B(a, b))}: sums of -ln(1 + a / (b + k)). */
  static double[] betaLogarithms(double a, double b, int most) {
    double[] sums = new double[most + 1];
    for (int k = 0; k < most; k++) {
      sums[k + 1] = sums[k] - FastMath.log1p(a / (b + k));
    }
    return sums;
  }
}
