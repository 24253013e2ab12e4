package dev.patron.pipelines.training;

import dev.patron.features.clv.BgNbd;
import dev.patron.features.clv.GammaGamma;

/**
 * Which probabilistic models make a lifetime model.
 *
 * @param purchases one of {@link dev.patron.features.clv.PurchaseModels#KINDS}
 * @param amounts one of {@link dev.patron.features.clv.MoneyModels#KINDS}
 */
public record Kinds(String purchases, String amounts) {

  /** What is taken where no back-test can choose. */
  public static final Kinds DEFAULT = new Kinds(BgNbd.KIND, GammaGamma.KIND);

  /** The name of the candidate. */
  String candidate() {
    return purchases + " x " + amounts;
  }
}
