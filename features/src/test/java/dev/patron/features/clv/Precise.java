package dev.patron.features.clv;

import java.math.BigDecimal;
import java.math.MathContext;

/** Numbers of forty-eight digits, for what tests compare with. */
final class Precise {
  private static final MathContext DIGITS = new MathContext(48);
  private static final BigDecimal NEGLIGIBLE = new BigDecimal("1e-50");

  /** Where a formula has a pole its limit is taken so near to it. */
  static final Precise NEXT_TO_NOTHING = new Precise(new BigDecimal("1e-18"));

  private final BigDecimal value;

  private Precise(BigDecimal value) {
    this.value = value.round(DIGITS);
  }

  /** Exactly this double. */
  static Precise of(double value) {
    return new Precise(new BigDecimal(value));
  }

  Precise plus(Precise other) {
    return new Precise(value.add(other.value, DIGITS));
  }

  Precise plus(double other) {
    return plus(of(other));
  }

  Precise minus(Precise other) {
    return new Precise(value.subtract(other.value, DIGITS));
  }

  Precise minus(double other) {
    return minus(of(other));
  }

  Precise times(Precise other) {
    return new Precise(value.multiply(other.value, DIGITS));
  }

  Precise over(Precise other) {
    return new Precise(value.divide(other.value, DIGITS));
  }

  boolean isZero() {
    return value.signum() == 0;
  }

  int sign() {
    return value.signum();
  }

  double toDouble() {
    return value.doubleValue();
  }

  /** The Taylor series at an argument halved until it is small. */
  Precise exp() {
    int halvings = Math.max(0, value.precision() - value.scale() + 2) * 4;
    BigDecimal small = value.divide(BigDecimal.valueOf(2).pow(halvings), DIGITS);
    BigDecimal term = BigDecimal.ONE;
    BigDecimal sum = BigDecimal.ONE;
    for (int k = 1; term.abs().compareTo(NEGLIGIBLE) > 0; k++) {
      term = term.multiply(small, DIGITS).divide(BigDecimal.valueOf(k), DIGITS);
      sum = sum.add(term, DIGITS);
    }
    for (int i = 0; i < halvings; i++) {
      sum = sum.multiply(sum, DIGITS);
    }
    return new Precise(sum);
  }

  /** Halley's steps from the logarithm of the nearest double; each triples the digits. */
  Precise ln() {
    Precise log = of(Math.log(value.doubleValue()));
    for (int i = 0; i < 2; i++) {
      Precise exp = log.exp();
      log = log.plus(minus(exp).over(plus(exp)).times(of(2)));
    }
    return log;
  }

  Precise pow(Precise exponent) {
    return exponent.isZero() ? of(1) : ln().times(exponent).exp();
  }

  /** Gauss's hypergeometric function by its series; |z| below 1. */
  static Precise hypergeometric(Precise a, Precise b, Precise c, Precise z) {
    BigDecimal term = BigDecimal.ONE;
    BigDecimal sum = BigDecimal.ONE;
    BigDecimal up = a.value;
    BigDecimal across = b.value;
    BigDecimal down = c.value;
    for (int k = 1; ; k++) {
      term =
          term.multiply(up, DIGITS)
              .multiply(across, DIGITS)
              .multiply(z.value, DIGITS)
              .divide(down.multiply(BigDecimal.valueOf(k), DIGITS), DIGITS);
      sum = sum.add(term, DIGITS);
      if (term.signum() == 0
          || (k > 10 && term.abs().compareTo(sum.abs().multiply(NEGLIGIBLE)) < 0)) {
        return new Precise(sum);
      }
      up = up.add(BigDecimal.ONE);
      across = across.add(BigDecimal.ONE);
      down = down.add(BigDecimal.ONE);
    }
  }
}
