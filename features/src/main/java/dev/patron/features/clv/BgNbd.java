package dev.patron.features.clv;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.math3.special.Gamma;
import org.apache.commons.math3.util.FastMath;
import org.jspecify.annotations.Nullable;

/**
 * BG/NBD: customers buy at a rate of their own, gamma (r, alpha) distributed, and drop out after
 * each purchase with a probability of their own, beta (a, b) distributed. Fader, Hardie, Lee
 * (2005), "Counting Your Customers" the Easy Way, Marketing Science 24(2); equation numbers are
 * theirs.
 *
 * @param r shape of the purchase rates, positive
 * @param alpha inverse scale of the purchase rates, in weeks, positive
 * @param a first shape of the drop-out probabilities, positive
 * @param b second shape of the drop-out probabilities, positive
 */
public record BgNbd(double r, double alpha, double a, double b) implements PurchaseModel {

  /** The model's name in documents. */
  public static final String KIND = "bg-nbd";

  /** Above this argument the power series of the hypergeometric function converges too slowly. */
  private static final double SERIES_LIMIT = 0.9;

  /** Above this shape the terms of the series grow before they fall. */
  private static final double SERIES_SHAPE_LIMIT = 30;

  public BgNbd {
    positive("r", r);
    positive("alpha", alpha);
    positive("a", a);
    positive("b", b);
  }

  static void positive(String name, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          "parameter %s is %s; a positive number is wanted".formatted(name, value));
    }
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Map<String, Double> parameters() {
    Map<String, Double> parameters = new LinkedHashMap<>();
    parameters.put("r", r);
    parameters.put("alpha", alpha);
    parameters.put("a", a);
    parameters.put("b", b);
    return parameters;
  }

  @Override
  public double logLikelihood(PurchaseCells cells) {
    return logLikelihood(new double[] {r, alpha, a, b}, cells, null);
  }

  /**
   * The log-likelihood, equation (6), and its gradient.
   *
   * @param parameters r, alpha, a, b
   * @param gradient receives the derivatives by r, alpha, a and b unless null
   */
  static double logLikelihood(
      double[] parameters, PurchaseCells cells, double @Nullable [] gradient) {
    double r = parameters[0];
    double alpha = parameters[1];
    double a = parameters[2];
    double b = parameters[3];
    int most = cells.maxX();
    double[] logRising = RisingSums.logarithms(r, most);
    double[] logBeta = RisingSums.betaLogarithms(a, b, most);
    double[] byR = RisingSums.reciprocals(r, most);
    double[] byB = RisingSums.reciprocals(b, most);
    double[] byAb = RisingSums.reciprocals(a + b, most);
    double logAlpha = FastMath.log(alpha);
    double[] logTimes = cells.logarithms(alpha);
    double[] logOdds = new double[most + 1];
    for (int x = 1; x <= most; x++) {
      logOdds[x] = FastMath.log(a / (b + x - 1));
    }

    double sum = 0;
    double dr = 0;
    double dAlpha = 0;
    double da = 0;
    double db = 0;
    for (int i = 0; i < cells.size(); i++) {
      int x = cells.x[i];
      double count = cells.customers[i];
      double shape = r + x;
      double weeks = alpha + cells.tenure[i];
      double logWeeks = logTimes[cells.ofTenure(i)];
      if (x == 0) {
        sum += count * r * (logAlpha - logWeeks);
        dr += count * (logAlpha - logWeeks);
        dAlpha += count * (r / alpha - r / weeks);
        continue;
      }
      double logWeeksToLast = logTimes[cells.ofTx(i)];
      // Still a customer, or gone after the last purchase.
      double stayed = -shape * logWeeks;
      double left = logOdds[x] - shape * logWeeksToLast;
      double greater = Math.max(stayed, left);
      double either = greater + FastMath.log1p(FastMath.exp(Math.min(stayed, left) - greater));
      sum += count * (logRising[x] + r * logAlpha + logBeta[x] + either);
      if (gradient == null) {
        continue;
      }
      double weeksToLast = alpha + cells.tx[i];
      double shareLeft = FastMath.exp(left - either);
      double shareStayed = FastMath.exp(stayed - either);
      dr += count * (byR[x] + logAlpha - shareStayed * logWeeks - shareLeft * logWeeksToLast);
      dAlpha += count * (r / alpha - shape * (shareStayed / weeks + shareLeft / weeksToLast));
      da += count * (shareLeft / a - byAb[x]);
      db += count * (byB[x] - byAb[x] - shareLeft / (b + x - 1));
    }
    if (gradient != null) {
      gradient[0] = dr;
      gradient[1] = dAlpha;
      gradient[2] = da;
      gradient[3] = db;
    }
    return sum;
  }

  /** P(alive): Fader, Hardie, Lee (2008), "Computing P(alive) Using the BG/NBD Model". */
  @Override
  public double pAlive(int x, double tx, double tenure) {
    if (x == 0) {
      return 1;
    }
    double logOdds =
        FastMath.log(a / (b + x - 1)) + (r + x) * FastMath.log1p((tenure - tx) / (alpha + tx));
    return 1 / (1 + FastMath.exp(logOdds));
  }

  /**
   * The numerator of equation (10), free of its cancellations and of its poles at a = 1 and at a +
   * b + x = 1.
   *
   * <p>With c = a + b + x - 1, d = a + b - 1 - r and z = t / (alpha + T + t), Euler's
   * transformation turns the bracket of (10) into 1 - (1-z)^(a-1) 2F1(a-1, d; c; z). The factor a -
   * 1 of every term after the first cancels against the one in (10), and so does c; what remains is
   * {@code -c ln(1-z) expm1(y)/y - (1-z)^(a-1) sum_k (a)_(k-1) (d)_k / ((c+1)_(k-1) k!) z^k}, y =
   * (a-1) ln(1-z). The terms have one sign if d is at least -1; below that, for z near 1 and for
   * large a, {@link #byIntegral} is the better way.
   */
  @Override
  public double expectedWhileAlive(int x, double tenure, double horizon) {
    if (horizon == 0) {
      return 0; // of which the integral's terms are no share that could end it
    }
    double weeks = alpha + tenure;
    double z = horizon / (weeks + horizon);
    boolean ofOneSign = a + b - 1 - r >= -1;
    return z <= SERIES_LIMIT && ofOneSign && a <= SERIES_SHAPE_LIMIT
        ? bySeries(x, weeks, horizon)
        : byIntegral(x, weeks, horizon);
  }

  double bySeries(int x, double weeks, double horizon) {
    double z = horizon / (weeks + horizon);
    double log = -FastMath.log1p(horizon / weeks);
    double c = a + b + x - 1;
    double d = a + b - 1 - r;
    double y = (a - 1) * log;
    double phi = Math.abs(y) < 1e-9 ? 1 + y / 2 : FastMath.expm1(y) / y;

    double term = d * z;
    double sum = term;
    double remainder = 1 / (1 - z);
    for (int k = 1; Math.abs(term) * remainder > 1e-17 * Math.abs(sum); k++) {
      term *= (a + k - 1) / (c + k) * ((d + k) / (k + 1)) * z;
      sum += term;
    }
    return -c * log * phi - FastMath.exp(y) * sum;
  }

  /**
   * The same as the mean of (1 - (1 + p t / (alpha + T))^-(r+x)) / p over the drop-out probability
   * p, which is beta (a, b + x) distributed: the trapezoidal rule in ln(p / (1-p)). There the
   * integrand decays exponentially and is analytic and bounded in a strip of half-width pi/2 at
   * least, so that the error falls as exp(-pi^2 / step). Slower than the series, and accurate
   * everywhere.
   */
  double byIntegral(int x, double weeks, double horizon) {
    double second = b + x;
    double logBeta = Gamma.logGamma(a) + Gamma.logGamma(second) - Gamma.logGamma(a + second);
    double mode = FastMath.log(a / second);
    double step = Math.min(0.25, 0.6 * Math.sqrt(1 / a + 1 / second));
    double peak = 0;
    double weightedSum = 0;
    double weightSum = 0;
    for (int direction = 1; direction >= -1; direction -= 2) {
      for (int i = direction > 0 ? 0 : 1; ; i++) {
        double v = mode + direction * i * step;
        double logP = -FastMath.log1p(FastMath.exp(-v));
        double logRest = v > 0 ? logP - v : -FastMath.log1p(FastMath.exp(v));
        double logWeight = a * (v > 0 ? logP : v + logRest) + second * logRest - logBeta;
        double weight = FastMath.exp(logWeight);
        double p = FastMath.exp(v > 0 ? logP : v + logRest);
        double purchases =
            p < 1e-300
                ? (r + x) * horizon / weeks
                : -FastMath.expm1(-(r + x) * FastMath.log1p(p * horizon / weeks)) / p;
        double part = weight * purchases;
        weightedSum += part;
        weightSum += weight;
        peak = Math.max(peak, part);
        if (part < 1e-18 * peak && weight * purchases <= 1e-18 * weightedSum) {
          break;
        }
      }
    }
    // The weights are a density over v; dividing by their sum removes the error of logBeta.
    return weightedSum / weightSum;
  }

  @Override
  public double[] purchasesWhileAlive(int x, double tenure, double horizon) {
    return FuturePurchases.distribution(
        r + x, alpha + tenure, horizon, purchases -> (b + x + purchases) / (a + b + x + purchases));
  }
}
