package dev.patron.features.clv;

import dev.patron.features.clv.MaximumLikelihood.Summit;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.util.FastMath;
import org.jspecify.annotations.Nullable;

/**
 * A model of money fitted to a customer base by maximum likelihood. Equal cells give an equal fit,
 * to the last bit.
 *
 * @param model what was fitted; null if no amount is known
 * @param logLikelihood at the fit; null where nothing was fitted by likelihood
 * @param deviations standard errors of the logarithms of the parameters, by name, from the second
 *     derivatives of the likelihood; null where it has no proper summit
 * @param limits what the data could not tell
 */
public record MoneyFit(
    @Nullable MoneyModel model,
    @Nullable Double logLikelihood,
    Map<String, @Nullable Double> deviations,
    List<String> limits) {

  private static final List<String> PARAMETERS = List.of("p", "q", "gamma");

  public MoneyFit {
    limits = List.copyOf(limits);
  }

  /**
   * Fits the Gamma-Gamma model of this name; where amounts cannot tell three parameters, all
   * purchases are taken to cost their mean.
   *
   * @param kind one of {@link MoneyModels#KINDS}
   * @param cells of the days that this kind looks at
   * @throws IllegalArgumentException if there is no such model
   */
  public static MoneyFit of(String kind, MoneyCells cells) {
    if (!MoneyModels.KINDS.contains(kind)) {
      throw new IllegalArgumentException(
          "'%s' is no model of money that is fitted; known are %s"
              .formatted(kind, MoneyModels.KINDS));
    }
    PaidDays days = MoneyModels.days(kind);
    if (cells.size() == 0) {
      return new MoneyFit(
          null,
          null,
          Map.of(),
          List.of(
              "amounts are not known: no %s has a positive amount; lifetime value is null"
                  .formatted(days == PaidDays.REPEAT ? "repeat purchase" : "purchase")));
    }
    if (cells.customers() < 3 || equalAmounts(cells)) {
      return new MoneyFit(
          new EqualAmounts(cells.meanAmount()),
          null,
          Map.of(),
          List.of(
              cells.customers() < 3
                  ? "amounts: %d customer(s) with a paid %s; every purchase is taken to cost their mean"
                      .formatted(cells.customers(), days == PaidDays.REPEAT ? "repeat" : "purchase")
                  : "amounts: all customers pay the same on the mean; every purchase is taken to cost that"));
    }
    double unit = cells.geometricMean();
    Summit summit = summit(cells, unit);
    double[] found = summit.parameters();
    return new MoneyFit(
        new GammaGamma(found[0], found[1], found[2] * unit, days),
        summit.logLikelihood() - cells.customers() * FastMath.log(unit),
        summit.deviations(PARAMETERS),
        summit.limits(kind, PARAMETERS, new double[] {found[0], found[1], found[2] * unit}));
  }

  /**
   * In a unit of the size of most amounts, so that bounds and starts mean the same in every
   * currency: the arithmetic mean can be that of one customer, and then no bound holds the others.
   */
  static Summit summit(MoneyCells cells, double unit) {
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
