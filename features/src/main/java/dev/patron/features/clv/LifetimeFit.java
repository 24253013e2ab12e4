package dev.patron.features.clv;

import dev.patron.features.clv.MaximumLikelihood.Summit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.math3.util.FastMath;
import org.jspecify.annotations.Nullable;

/**
 * Fits a lifetime model to a customer base by maximum likelihood, and says what the data could not
 * tell. Equal cells give an equal fit, to the last bit.
 *
 * <p>BG/NBD is kept where it is better than its own boundary without drop-out, {@link Nbd}, by more
 * than chance; otherwise drop-out is not identified, P(alive) would be 1 for everybody in all but
 * name, and NBD says so openly. Without a repeat buyer, or with one customer alone, nothing can be
 * said.
 *
 * @param model what was fitted
 * @param logLikelihoods of the candidates, by kind
 * @param deviations standard errors of the logarithms of the parameters, by name; null where the
 *     likelihood has no proper summit
 * @param customers the number of customers
 * @param repeatCustomers how many of them have bought again
 * @param purchaseCells the number of distinct (x, t_x, T)
 */
public record LifetimeFit(
    LifetimeModel model,
    Map<String, Double> logLikelihoods,
    Map<String, @Nullable Double> deviations,
    long customers,
    long repeatCustomers,
    int purchaseCells) {

  /**
   * How much better in log-likelihood BG/NBD must be than NBD: half the 95 % quantile of
   * chi-squared with the two degrees of freedom between them.
   */
  static final double DROP_OUT_EVIDENCE = 2.996;

  /** With more cells than this the climb is made at whole weeks first, then finished on all. */
  private static final int MANY_CELLS = 50_000;

  /** Fits to these cells. */
  public static LifetimeFit of(LifetimeCells cells) {
    PurchaseCells purchases = cells.purchases();
    MoneyCells money = cells.money();
    List<String> notes = new ArrayList<>();
    Map<String, Double> logLikelihoods = new LinkedHashMap<>();
    Map<String, @Nullable Double> deviations = new LinkedHashMap<>();
    PurchaseModel purchaseModel = purchases(purchases, notes, logLikelihoods, deviations);
    MoneyModel moneyModel =
        purchaseModel == null ? null : money(money, notes, logLikelihoods, deviations);
    return new LifetimeFit(
        new LifetimeModel(purchaseModel, moneyModel, notes),
        logLikelihoods,
        deviations,
        purchases.customers(),
        purchases.repeatCustomers(),
        purchases.size());
  }

  private static @Nullable PurchaseModel purchases(
      PurchaseCells cells,
      List<String> notes,
      Map<String, Double> logLikelihoods,
      Map<String, @Nullable Double> deviations) {
    if (cells.customers() < 2) {
      notes.add(
          "insufficient history: %d customer(s); at least two are needed"
              .formatted(cells.customers()));
      return null;
    }
    if (cells.repeatCustomers() == 0) {
      notes.add(
          "insufficient history: no customer has bought on a second day, so nothing is known about"
              + " when customers come back");
      return null;
    }
    Summit withDropOut = fitBgNbd(cells);
    Summit without = fitNbd(cells);
    logLikelihoods.put(BgNbd.KIND, withDropOut.logLikelihood());
    logLikelihoods.put(Nbd.KIND, without.logLikelihood());
    double evidence = withDropOut.logLikelihood() - without.logLikelihood();
    boolean identified = evidence > DROP_OUT_EVIDENCE;
    if (identified) {
      note(List.of("r", "alpha", "a", "b"), withDropOut, notes, deviations);
      double[] p = withDropOut.parameters();
      return new BgNbd(p[0], p[1], p[2], p[3]);
    }
    notes.add(
        String.format(
            Locale.ROOT,
            "drop-out is not identified: BG/NBD explains the purchases no better than NBD"
                + " (log-likelihood %+.2f, more than %.2f is wanted); P(alive) is 1 for all",
            evidence,
            DROP_OUT_EVIDENCE));
    note(List.of("r", "alpha"), without, notes, deviations);
    double[] p = without.parameters();
    return new Nbd(p[0], p[1]);
  }

  private static void note(
      List<String> names,
      Summit summit,
      List<String> notes,
      Map<String, @Nullable Double> deviations) {
    for (int i = 0; i < names.size(); i++) {
      double deviation = summit.deviations()[i];
      deviations.put(names.get(i), Double.isFinite(deviation) ? deviation : null);
      if (summit.atBound()[i]) {
        notes.add(
            String.format(
                Locale.ROOT,
                "%s ran to its bound (%.4g): its value is not identified, only that it is extreme",
                names.get(i),
                summit.parameters()[i]));
      }
    }
  }

  static Summit fitBgNbd(PurchaseCells cells) {
    double scale = Math.max(1e-3, cells.meanTenure());
    double[] lower = {5e-3, 1e-4 * scale, 7e-3, 7e-3};
    double[] upper = {5e3, 1e5 * scale, 5e3, 2e4};
    double[][] starts = {
      {0.5, scale / 4, 0.5, 2}, {1, scale, 1, 1}, {0.3, scale / 10, 0.2, 4},
    };
    if (cells.size() > MANY_CELLS) {
      PurchaseCells weeks = cells.atWholeWeeks();
      Summit rough =
          new MaximumLikelihood(
                  (parameters, gradient) -> BgNbd.logLikelihood(parameters, weeks, gradient),
                  lower,
                  upper)
              .from(starts);
      starts = new double[][] {rough.parameters()};
    }
    return new MaximumLikelihood(
            (parameters, gradient) -> BgNbd.logLikelihood(parameters, cells, gradient),
            lower,
            upper)
        .from(starts);
  }

  static Summit fitNbd(PurchaseCells cells) {
    double scale = Math.max(1e-3, cells.meanTenure());
    return new MaximumLikelihood(
            (parameters, gradient) -> Nbd.logLikelihood(parameters, cells, gradient),
            new double[] {5e-3, 1e-4 * scale},
            new double[] {5e3, 1e5 * scale})
        .from(new double[] {0.5, scale / 2}, new double[] {2, scale});
  }

  private static @Nullable MoneyModel money(
      MoneyCells cells,
      List<String> notes,
      Map<String, Double> logLikelihoods,
      Map<String, @Nullable Double> deviations) {
    if (cells.size() == 0) {
      notes.add(
          "amounts are not known: no repeat purchase has a positive amount; lifetime value is null");
      return null;
    }
    double unit = cells.meanAmount();
    if (cells.customers() < 3 || equalAmounts(cells)) {
      notes.add(
          cells.customers() < 3
              ? "amounts: %d customer(s) with a paid repeat; every purchase is taken to cost their mean"
                  .formatted(cells.customers())
              : "amounts: all customers pay the same on the mean; every purchase is taken to cost that");
      return new EqualAmounts(unit);
    }
    Summit summit = fitGammaGamma(cells, unit);
    note(List.of("p", "q", "gamma"), summit, notes, deviations);
    double[] parameters = summit.parameters();
    GammaGamma fitted = new GammaGamma(parameters[0], parameters[1], parameters[2] * unit);
    logLikelihoods.put(
        GammaGamma.KIND, summit.logLikelihood() - cells.customers() * FastMath.log(unit));
    return fitted;
  }

  /** In units of the mean amount, so that bounds mean the same in every currency. */
  static Summit fitGammaGamma(MoneyCells cells, double unit) {
    MoneyCells scaled = cells.inUnitsOf(unit);
    return new MaximumLikelihood(
            (parameters, gradient) -> GammaGamma.logLikelihood(parameters, scaled, gradient),
            new double[] {1e-2, 1.05, 1e-3},
            new double[] {1e3, 1e3, 1e4})
        .from(new double[] {2, 3, 1}, new double[] {6, 4, 0.5}, new double[] {1, 10, 10});
  }

  private static boolean equalAmounts(MoneyCells cells) {
    double least = Double.POSITIVE_INFINITY;
    double greatest = 0;
    for (double mean : cells.mean) {
      least = Math.min(least, mean);
      greatest = Math.max(greatest, mean);
    }
    return greatest - least <= 1e-9 * greatest;
  }
}
