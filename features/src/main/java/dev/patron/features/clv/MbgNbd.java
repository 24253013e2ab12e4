package dev.patron.features.clv;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.math3.util.FastMath;
import org.jspecify.annotations.Nullable;

/**
 * MBG/NBD: as {@link BgNbd}, but customers may drop out right after their first purchase too, with
 * the same probability as after any other. Batislam, Denizel, Filiztekin (2007), Empirical
 * validation and comparison of models for customer base analysis, International Journal of Research
 * in Marketing 24(3).
 *
 * <p>Given that a customer is alive after x repeat purchases, the drop-out probability is beta (a,
 * b + x + 1) distributed; BG/NBD has b + x there. All that concerns customers who are alive is
 * therefore BG/NBD's with b + 1.
 *
 * @param r shape of the purchase rates, positive
 * @param alpha inverse scale of the purchase rates, in weeks, positive
 * @param a first shape of the drop-out probabilities, positive
 * @param b second shape of the drop-out probabilities, positive
 */
public record MbgNbd(double r, double alpha, double a, double b) implements PurchaseModel {

  /** The model's name in documents. */
  public static final String KIND = "mbg-nbd";

  public MbgNbd {
    BgNbd.positive("r", r);
    BgNbd.positive("alpha", alpha);
    BgNbd.positive("a", a);
    BgNbd.positive("b", b);
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
   * The log-likelihood and its gradient by r, alpha, a and b unless null. A customer with x repeat
   * purchases stayed x + 1 times, or stayed x times and left after the last purchase.
   */
  static double logLikelihood(
      double[] parameters, PurchaseCells cells, double @Nullable [] gradient) {
    double r = parameters[0];
    double alpha = parameters[1];
    double a = parameters[2];
    double b = parameters[3];
    int most = cells.maxX();
    double[] logRising = RisingSums.logarithms(r, most);
    double[] logBeta = RisingSums.betaLogarithms(a, b, most + 1);
    double[] byR = RisingSums.reciprocals(r, most);
    double[] byB = RisingSums.reciprocals(b, most + 1);
    double[] byAb = RisingSums.reciprocals(a + b, most + 1);
    double logAlpha = FastMath.log(alpha);
    double[] logTimes = cells.logarithms(alpha);
    double[] logOdds = new double[most + 1];
    for (int x = 0; x <= most; x++) {
      logOdds[x] = FastMath.log(a / (b + x));
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
      double logWeeks = logTimes[cells.ofTenure(i)];
      double logWeeksToLast = logTimes[cells.ofTx(i)];
      double stayed = -shape * logWeeks;
      double left = logOdds[x] - shape * logWeeksToLast;
      double greater = Math.max(stayed, left);
      double either = greater + FastMath.log1p(FastMath.exp(Math.min(stayed, left) - greater));
      sum += count * (logRising[x] + r * logAlpha + logBeta[x + 1] + either);
      if (gradient == null) {
        continue;
      }
      double weeks = alpha + cells.tenure[i];
      double weeksToLast = alpha + cells.tx[i];
      double shareLeft = FastMath.exp(left - either);
      double shareStayed = FastMath.exp(stayed - either);
      dr += count * (byR[x] + logAlpha - shareStayed * logWeeks - shareLeft * logWeeksToLast);
      dAlpha += count * (r / alpha - shape * (shareStayed / weeks + shareLeft / weeksToLast));
      da += count * (shareLeft / a - byAb[x + 1]);
      db += count * (byB[x + 1] - byAb[x + 1] - shareLeft / (b + x));
    }
    if (gradient != null) {
      gradient[0] = dr;
      gradient[1] = dAlpha;
      gradient[2] = da;
      gradient[3] = db;
    }
    return sum;
  }

  @Override
  public double pAlive(int x, double tx, double tenure) {
    double logOdds =
        FastMath.log(a / (b + x)) + (r + x) * FastMath.log1p((tenure - tx) / (alpha + tx));
    return 1 / (1 + FastMath.exp(logOdds));
  }

  private BgNbd ofThoseAlive() {
    return new BgNbd(r, alpha, a, b + 1);
  }

  @Override
  public double expectedWhileAlive(int x, double tenure, double horizon) {
    return ofThoseAlive().expectedWhileAlive(x, tenure, horizon);
  }

  @Override
  public double[] purchasesWhileAlive(int x, double tenure, double horizon) {
    return ofThoseAlive().purchasesWhileAlive(x, tenure, horizon);
  }
}
