package dev.patron.features.clv;

import org.apache.commons.math3.util.FastMath;

/**
 * The one integral of Pareto/NBD: over the time y of drop-out between the last purchase and T, of
 * {@code s (alpha+y)^-(r+x) (beta+y)^-(s+1)}, and its derivatives; in units of {@code
 * (alpha+t_x)^-(r+x) (beta+t_x)^-s}, which it never exceeds.
 *
 * <p>Gauss-Legendre in u = ln((m+y) / (m+t_x)), m being the lesser of alpha and beta: the integrand
 * is analytic within pi of the real line whatever the parameters, and falls as e^-(r+x+s)u at most.
 * Panels in which it falls by less than e^-{@value #MOST_FALL} are exact to about 1e-13; what lies
 * beyond a fall of e^-{@value #NEGLIGIBLE_FALL} is left out. Nearly every customer needs one panel.
 *
 * <p>The substitution w = ((alpha+t_x) / (alpha+y))^(r+x) is as good for many customers, but has a
 * branch point at w = 0, to which customers with many purchases come near.
 *
 * <p>Mutable, one of it for many evaluations; not for use by several threads at once.
 */
final class DropOutIntegral {
  private static final GaussLegendre RULE = new GaussLegendre(16);
  private static final double MOST_FALL = 16;
  private static final double NEGLIGIBLE_FALL = 48;
  private static final double LONGEST_PANEL = 3;

  private final double alpha;
  private final double s;
  private final double beta;
  private final boolean alphaIsLess;

  // Of the customer at hand.
  private double shape;
  private double share;

  /** The value. */
  double value;

  /** The mean of ln((alpha+y) / (alpha+t_x)) under the integrand. */
  double meanLogAlpha;

  /** The mean of ln((beta+y) / (beta+t_x)) under the integrand. */
  double meanLogBeta;

  /** The mean of 1 / (alpha+y) under the integrand. */
  double meanByAlpha;

  /** The mean of 1 / (beta+y) under the integrand. */
  double meanByBeta;

  DropOutIntegral(double alpha, double s, double beta) {
    this.alpha = alpha;
    this.s = s;
    this.beta = beta;
    this.alphaIsLess = alpha <= beta;
  }

  /**
   * ln of the greater of (alpha+y) and (beta+y) over its value at t_x; e^u is that of the lesser.
   */
  private double greaterLogarithm(double exp) {
    return FastMath.log(1 - share + share * exp);
  }

  /** By how much the logarithm of the integrand, but for its slow factors, falls up to u. */
  private double fall(double u) {
    double greater = greaterLogarithm(FastMath.exp(u));
    return alphaIsLess ? shape * u + s * greater : shape * greater + s * u;
  }

  /**
   * Integrates.
   *
   * @param shape r + x
   * @param tx the time of the last purchase
   * @param rest from the last purchase to T
   * @param gradient whether the means are wanted too
   */
  void integrate(double shape, double tx, double rest, boolean gradient) {
    this.shape = shape;
    double atLesser = Math.min(alpha, beta) + tx;
    double atGreater = Math.max(alpha, beta) + tx;
    share = atLesser / atGreater;
    double end = FastMath.log1p(rest / atLesser);
    value = 0;
    meanLogAlpha = 0;
    meanLogBeta = 0;
    meanByAlpha = 0;
    meanByBeta = 0;
    double from = 0;
    double fallen = 0;
    while (from < end && fallen < NEGLIGIBLE_FALL) {
      double length = Math.min(LONGEST_PANEL, end - from);
      double fallenThere = fall(from + length);
      while (fallenThere - fallen > MOST_FALL) {
        length *= Math.max(0.1, Math.min(0.9, 0.95 * MOST_FALL / (fallenThere - fallen)));
        fallenThere = fall(from + length);
      }
      panel(from, length, alpha + tx, beta + tx, gradient);
      from = length == end - from ? end : from + length;
      fallen = fallenThere;
    }
    if (gradient && value > 0) {
      meanLogAlpha /= value;
      meanLogBeta /= value;
      meanByAlpha /= value;
      meanByBeta /= value;
    }
  }

  private void panel(
      double from, double length, double alphaAtLast, double betaAtLast, boolean gradient) {
    // dy = (m+y) du, and (m+y) / (beta+y) is 1 or (alpha+y) / (beta+y).
    double factor = s * length * (alphaIsLess ? alphaAtLast / betaAtLast : 1);
    for (int i = 0; i < RULE.size(); i++) {
      double u = from + RULE.nodes[i] * length;
      double exp = FastMath.exp(u);
      double greater = greaterLogarithm(exp);
      double logAlpha = alphaIsLess ? u : greater;
      double logBeta = alphaIsLess ? greater : u;
      double exponent = -shape * logAlpha - s * logBeta + (alphaIsLess ? u - greater : 0);
      double part = factor * RULE.weights[i] * FastMath.exp(exponent);
      value += part;
      if (gradient) {
        double greaterExp = 1 - share + share * exp;
        meanLogAlpha += part * logAlpha;
        meanLogBeta += part * logBeta;
        meanByAlpha += part / (alphaAtLast * (alphaIsLess ? exp : greaterExp));
        meanByBeta += part / (betaAtLast * (alphaIsLess ? greaterExp : exp));
      }
    }
  }
}
