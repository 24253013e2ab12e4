package dev.patron.features.clv;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A lifetime model fitted to a customer base by maximum likelihood, see {@link LifetimeFits}.
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

  /** Fits BG/NBD and the standard form of Gamma-Gamma to these cells. */
  public static LifetimeFit of(LifetimeCells cells) {
    return new LifetimeFits(cells).of(BgNbd.KIND, GammaGamma.KIND);
  }

  /** The same with one more note, which is that of whoever uses the model. */
  public LifetimeFit noting(String note) {
    List<String> notes = new ArrayList<>(model.notes());
    notes.add(note);
    return new LifetimeFit(
        new LifetimeModel(model.purchases(), model.money(), notes, model.standardErrors()),
        logLikelihoods,
        deviations,
        customers,
        repeatCustomers,
        purchaseCells);
  }
}
