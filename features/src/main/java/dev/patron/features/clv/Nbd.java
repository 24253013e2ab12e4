package dev.patron.features.clv;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.math3.util.FastMath;
import org.jspecify.annotations.Nullable;

/**
 * NBD: customers buy at a rate of their own, gamma (r, alpha) distributed, for ever; the boundary
 * of the models with drop-out, and what is left where drop-out is not identified. Ehrenberg (1959),
 * as in Schmittlein, Morrison, Colombo (1987); the likelihood is that of the purchases' times, as
 * in {@link BgNbd}, so that the two compare.
 *
 * @param r shape of the purchase rates, positive
 * @param alpha inverse scale of the purchase rates, in weeks, positive
 */
public record Nbd(double r, double alpha) implements PurchaseModel {

  /** The model's name in documents. */
  public static final String KIND = "nbd";

  public Nbd {
    BgNbd.positive("r", r);
    BgNbd.positive("alpha", alpha);
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
    return parameters;
  }

  @Override
  public double logLikelihood(PurchaseCells cells) {
    return logLikelihood(new double[] {r, alpha}, cells, null);
  }

  static double logLikelihood(
      double[] parameters, PurchaseCells cells, double @Nullable [] gradient) {
    double r = parameters[0];
    double alpha = parameters[1];
    double[] logRising = RisingSums.logarithms(r, cells.maxX());
    double[] byR = RisingSums.reciprocals(r, cells.maxX());
    double logAlpha = FastMath.log(alpha);
    double[] logTimes = cells.logarithms(alpha);
    double sum = 0;
    double dr = 0;
    double dAlpha = 0;
    for (int i = 0; i < cells.size(); i++) {
      int x = cells.x[i];
      double count = cells.customers[i];
      double weeks = alpha + cells.tenure[i];
      double logWeeks = logTimes[cells.ofTenure(i)];
      sum += count * (logRising[x] + r * logAlpha - (r + x) * logWeeks);
      dr += count * (byR[x] + logAlpha - logWeeks);
      dAlpha += count * (r / alpha - (r + x) / weeks);
    }
    if (gradient != null) {
      gradient[0] = dr;
      gradient[1] = dAlpha;
    }
    return sum;
  }

  @Override
  public double pAlive(int x, double tx, double tenure) {
    return 1;
  }

  @Override
  public double expectedWhileAlive(int x, double tenure, double horizon) {
    return (r + x) / (alpha + tenure) * horizon;
  }

  @Override
  public double[] purchasesWhileAlive(int x, double tenure, double horizon) {
    return FuturePurchases.distribution(r + x, alpha + tenure, horizon, purchases -> 1);
  }
}
