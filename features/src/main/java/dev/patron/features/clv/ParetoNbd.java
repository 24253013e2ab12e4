package dev.patron.features.clv;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.math3.util.FastMath;
import org.jspecify.annotations.Nullable;

/**
 * Pareto/NBD: customers buy at a rate of their own, gamma (r, alpha) distributed, and drop out at a
 * rate of their own, gamma (s, beta) distributed, at any time. Schmittlein, Morrison, Colombo
 * (1987), Counting Your Customers: Who Are They and What Will They Do Next?, Management Science
 * 33(1); as in Fader, Hardie (2005), A Note on Deriving the Pareto/NBD Model.
 *
 * <p>Where they have a difference of hypergeometric functions, which cancels, {@link
 * DropOutIntegral} has the integral that it is. Given that a customer is alive at T, both rates are
 * gamma distributed and independent: with r + x and alpha + T, and with s and beta + T.
 *
 * @param r shape of the purchase rates, positive
 * @param alpha inverse scale of the purchase rates, in weeks, positive
 * @param s shape of the drop-out rates, positive
 * @param beta inverse scale of the drop-out rates, in weeks, positive
 */
public record ParetoNbd(double r, double alpha, double s, double beta) implements PurchaseModel {

  /** The model's name in documents. */
  public static final String KIND = "pareto-nbd";

  private static final GaussLegendre LIFETIMES = new GaussLegendre(24);

  public ParetoNbd {
    BgNbd.positive("r", r);
    BgNbd.positive("alpha", alpha);
    BgNbd.positive("s", s);
    BgNbd.positive("beta", beta);
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
    parameters.put("s", s);
    parameters.put("beta", beta);
    return parameters;
  }

  @Override
  public double logLikelihood(PurchaseCells cells) {
    return logLikelihood(new double[] {r, alpha, s, beta}, cells, null);
  }

  /** The log-likelihood and its gradient by r, alpha, s and beta unless null. */
  static double logLikelihood(
      double[] parameters, PurchaseCells cells, double @Nullable [] gradient) {
    double r = parameters[0];
    double alpha = parameters[1];
    double s = parameters[2];
    double beta = parameters[3];
    double[] logRising = RisingSums.logarithms(r, cells.maxX());
    double[] byR = RisingSums.reciprocals(r, cells.maxX());
    double[] logAlphas = cells.logarithms(alpha);
    double[] logBetas = cells.logarithms(beta);
    double logAlpha = FastMath.log(alpha);
    double logBeta = FastMath.log(beta);
    DropOutIntegral left = new DropOutIntegral(alpha, s, beta);

    double sum = 0;
    double dr = 0;
    double dAlpha = 0;
    double ds = 0;
    double dBeta = 0;
    for (int i = 0; i < cells.size(); i++) {
      int x = cells.x[i];
      double count = cells.customers[i];
      double shape = r + x;
      double logAlphaToLast = logAlphas[cells.ofTx(i)];
      double logBetaToLast = logBetas[cells.ofTx(i)];
      double logAlphaToEnd = logAlphas[cells.ofTenure(i)];
      double logBetaToEnd = logBetas[cells.ofTenure(i)];
      // Both in units of (alpha+t_x)^-(r+x) (beta+t_x)^-s.
      left.integrate(shape, cells.tx[i], cells.tenure[i] - cells.tx[i], gradient != null);
      double stayed =
          FastMath.exp(
              -shape * (logAlphaToEnd - logAlphaToLast) - s * (logBetaToEnd - logBetaToLast));
      double either = stayed + left.value;
      sum +=
          count
              * (logRising[x]
                  + r * logAlpha
                  + s * logBeta
                  - shape * logAlphaToLast
                  - s * logBetaToLast
                  + FastMath.log(either));
      if (gradient == null) {
        continue;
      }
      double shareStayed = stayed / either;
      double shareLeft = left.value / either;
      dr +=
          count
              * (byR[x]
                  + logAlpha
                  - shareStayed * logAlphaToEnd
                  - shareLeft * (logAlphaToLast + left.meanLogAlpha));
      dAlpha +=
          count
              * (r / alpha
                  - shape
                      * (shareStayed / (alpha + cells.tenure[i]) + shareLeft * left.meanByAlpha));
      ds +=
          count
              * (logBeta
                  - shareStayed * logBetaToEnd
                  + shareLeft * (1 / s - logBetaToLast - left.meanLogBeta));
      dBeta +=
          count
              * (s / beta
                  - s * shareStayed / (beta + cells.tenure[i])
                  - (s + 1) * shareLeft * left.meanByBeta);
    }
    if (gradient != null) {
      gradient[0] = dr;
      gradient[1] = dAlpha;
      gradient[2] = ds;
      gradient[3] = dBeta;
    }
    return sum;
  }

  @Override
  public double pAlive(int x, double tx, double tenure) {
    DropOutIntegral left = new DropOutIntegral(alpha, s, beta);
    double rest = tenure - tx;
    left.integrate(r + x, tx, rest, false);
    double stayed =
        FastMath.exp(
            -(r + x) * FastMath.log1p(rest / (alpha + tx))
                - s * FastMath.log1p(rest / (beta + tx)));
    return stayed / (stayed + left.value);
  }

  /** (r+x)/(alpha+T) times the expected time as a customer, which is a logarithm at s = 1. */
  @Override
  public double expectedWhileAlive(int x, double tenure, double horizon) {
    double log = FastMath.log1p(horizon / (beta + tenure));
    double y = (s - 1) * log;
    double phi = Math.abs(y) < 1e-9 ? 1 - y / 2 : -FastMath.expm1(-y) / y;
    return (r + x) / (alpha + tenure) * (beta + tenure) * log * phi;
  }

  /**
   * The number of purchases is negative binomial given for how long the customer stays, and that
   * time is Pareto distributed: (1 + time / (beta+T))^-s is the probability of staying longer.
   * Gauss-Legendre in the logarithm of 1 + time / (beta+T), in more panels the more purchases are
   * to be expected.
   */
  @Override
  public double[] purchasesWhileAlive(int x, double tenure, double horizon) {
    double shape = r + x;
    double weeks = alpha + tenure;
    double scale = beta + tenure;
    double end = FastMath.log1p(horizon / scale);
    double expected = shape / weeks * horizon;
    int panels = 1 + (int) Math.min(40, (Math.sqrt(expected) + s * end) / 8);
    int lifetimes = panels * LIFETIMES.size();
    NegativeBinomial[] counts = new NegativeBinomial[lifetimes + 1];
    for (int i = 0; i < lifetimes; i++) {
      int panel = i / LIFETIMES.size();
      int node = i % LIFETIMES.size();
      double u = (panel + LIFETIMES.nodes[node]) * end / panels;
      double weight = LIFETIMES.weights[node] * end / panels * s * FastMath.exp(-s * u);
      counts[i] = new NegativeBinomial(shape, weeks, scale * FastMath.expm1(u), weight);
    }
    counts[lifetimes] = new NegativeBinomial(shape, weeks, horizon, FastMath.exp(-s * end));

    double all = 0;
    for (NegativeBinomial count : counts) {
      all += count.weight;
    }
    double[] atMost = new double[16];
    double sum = 0;
    for (int n = 0; ; n++) {
      for (NegativeBinomial count : counts) {
        sum += count.next(n);
      }
      if (n == atMost.length) {
        atMost = Arrays.copyOf(atMost, 2 * n);
      }
      atMost[n] = Math.min(1, sum / all);
      if (atMost[n] >= FuturePurchases.ENOUGH || n == FuturePurchases.MOST) {
        return Arrays.copyOf(atMost, n + 1);
      }
    }
  }

  /** The probabilities of 0, 1, 2 ... purchases in some weeks, times a weight. */
  private static final class NegativeBinomial {
    /** Below the logarithm of the smallest probability that a double holds with full precision. */
    private static final double SMALLEST_LOG = -700;

    final double weight;
    private final double shape;
    private final double share;
    private final boolean byLogarithm;
    private double probability;

    NegativeBinomial(double shape, double rateWeeks, double weeks, double weight) {
      this.weight = weight;
      this.shape = shape;
      share = weeks / (rateWeeks + weeks);
      double log = -shape * FastMath.log1p(weeks / rateWeeks);
      byLogarithm = log < SMALLEST_LOG;
      probability = byLogarithm ? log : weight * FastMath.exp(log);
    }

    /** To be called for n = 0, 1, 2 ... in turn. */
    double next(int n) {
      double now = probability;
      double ratio = (shape + n) / (n + 1) * share;
      if (byLogarithm) {
        probability += FastMath.log(ratio);
        return weight * FastMath.exp(now);
      }
      probability *= ratio;
      return now;
    }
  }
}
