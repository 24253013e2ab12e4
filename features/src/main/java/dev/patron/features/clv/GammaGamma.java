package dev.patron.features.clv;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.math3.special.Gamma;
import org.apache.commons.math3.util.FastMath;
import org.jspecify.annotations.Nullable;

/**
 * Gamma-Gamma: amounts are gamma (p, nu) distributed with a nu of each customer's own, which is
 * gamma (q, gamma) distributed. Fader, Hardie (2013), The Gamma-Gamma Model of Monetary Value;
 * equation numbers are theirs.
 *
 * @param p shape of a customer's amounts, positive
 * @param q shape of the customers' nu, above 1, for otherwise the mean amount is infinite
 * @param gamma inverse scale of the customers' nu, in the dataset's currency, positive
 * @param days that it was fitted on and looks at: the repeat days (the standard form) or all
 */
public record GammaGamma(double p, double q, double gamma, PaidDays days) implements MoneyModel {

  /** The name in documents of the form on repeat days. */
  public static final String KIND = "gamma-gamma";

  /** The name in documents of the form on all days. */
  public static final String KIND_ALL_DAYS = "gamma-gamma-all-days";

  public GammaGamma {
    BgNbd.positive("p", p);
    BgNbd.positive("q", q);
    BgNbd.positive("gamma", gamma);
    if (q <= 1) {
      throw new IllegalArgumentException(
          "parameter q is " + q + "; above 1 is wanted, or the mean amount is infinite");
    }
  }

  /** The standard form. */
  public GammaGamma(double p, double q, double gamma) {
    this(p, q, gamma, PaidDays.REPEAT);
  }

  @Override
  public String kind() {
    return days == PaidDays.ALL ? KIND_ALL_DAYS : KIND;
  }

  @Override
  public Map<String, Double> parameters() {
    Map<String, Double> parameters = new LinkedHashMap<>();
    parameters.put("p", p);
    parameters.put("q", q);
    parameters.put("gamma", gamma);
    return parameters;
  }

  /** The log-likelihood of a customer base. */
  public double logLikelihood(MoneyCells cells) {
    return logLikelihood(new double[] {p, q, gamma}, cells, null);
  }

  /** The log-likelihood, equation (1a), and its gradient by p, q and gamma unless null. */
  static double logLikelihood(double[] parameters, MoneyCells cells, double @Nullable [] gradient) {
    double p = parameters[0];
    double q = parameters[1];
    double gamma = parameters[2];
    double logGamma = FastMath.log(gamma);
    double logGammaOfQ = Gamma.logGamma(q);
    double digammaOfQ = Gamma.digamma(q);
    double sum = 0;
    double dp = 0;
    double dq = 0;
    double dGamma = 0;
    double constant = 0;
    double digammaOfBoth = 0;
    double digammaOfDays = 0;
    int last = -1;
    for (int i = 0; i < cells.size(); i++) {
      int n = cells.paidDays[i];
      if (n != last) {
        constant =
            Gamma.logGamma(p * n + q)
                - Gamma.logGamma(p * n)
                - logGammaOfQ
                + q * logGamma
                + p * n * FastMath.log(n);
        if (gradient != null) {
          digammaOfBoth = Gamma.digamma(p * n + q);
          digammaOfDays = Gamma.digamma(p * n);
        }
        last = n;
      }
      double count = cells.customers[i];
      double mean = cells.mean[i];
      double logMean = cells.logMean[i];
      double both = gamma + n * mean;
      double logBoth = FastMath.log(both);
      sum += count * (constant + (p * n - 1) * logMean - (p * n + q) * logBoth);
      if (gradient != null) {
        dp += count * n * (digammaOfBoth - digammaOfDays + logMean + FastMath.log(n) - logBoth);
        dq += count * (digammaOfBoth - digammaOfQ + logGamma - logBoth);
        dGamma += count * (q / gamma - (p * n + q) / both);
      }
    }
    if (gradient != null) {
      gradient[0] = dp;
      gradient[1] = dq;
      gradient[2] = dGamma;
    }
    return sum;
  }

  /** The conditional expectation, equation (5); without a paid day the mean of all customers. */
  @Override
  public double expectedAmount(int paidDays, double mean) {
    return p * (gamma + (paidDays == 0 ? 0 : paidDays * mean)) / (p * paidDays + q - 1);
  }

  /** Given nu the sum of n amounts is gamma (p n, nu); nu is gamma (p x + q, gamma + x mean). */
  @Override
  public Spending spending(int paidDays, double mean) {
    double shape = p * paidDays + q;
    double scale = gamma + (paidDays == 0 ? 0 : paidDays * mean);
    return (purchases, draws) -> scale * draws.gamma(p * purchases) / draws.gamma(shape);
  }
}
