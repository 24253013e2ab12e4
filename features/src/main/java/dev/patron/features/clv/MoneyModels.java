package dev.patron.features.clv;

import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The models of money by name. */
public final class MoneyModels {
  /** The names of all models of money that are fitted. */
  public static final List<String> KINDS = List.of(GammaGamma.KIND, GammaGamma.KIND_ALL_DAYS);

  private MoneyModels() {}

  /**
   * The model of this name with these parameters, as {@link MoneyModel#kind} and {@link
   * MoneyModel#parameters} gave them.
   *
   * @throws IllegalArgumentException if there is no such model, or a parameter is missing or out of
   *     its range
   */
  public static MoneyModel of(String kind, Map<String, Double> parameters) {
    ToDoubleFunction<String> p = name -> PurchaseModels.parameter(kind, parameters, name);
    return switch (kind) {
      case GammaGamma.KIND, GammaGamma.KIND_ALL_DAYS ->
          new GammaGamma(
              p.applyAsDouble("p"), p.applyAsDouble("q"), p.applyAsDouble("gamma"), days(kind));
      case EqualAmounts.KIND -> new EqualAmounts(p.applyAsDouble("amount"));
      default ->
          throw new IllegalArgumentException(
              "'%s' is no model of money; known are %s and %s"
                  .formatted(kind, KINDS, EqualAmounts.KIND));
    };
  }

  /** The days that a kind of model is fitted on. */
  static PaidDays days(String kind) {
    return kind.equals(GammaGamma.KIND_ALL_DAYS) ? PaidDays.ALL : PaidDays.REPEAT;
  }
}
