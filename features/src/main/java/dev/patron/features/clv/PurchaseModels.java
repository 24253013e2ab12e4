package dev.patron.features.clv;

import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The models of purchases by name. */
public final class PurchaseModels {
  /** The names of all models of purchases. */
  public static final List<String> KINDS =
      List.of(BgNbd.KIND, MbgNbd.KIND, ParetoNbd.KIND, Nbd.KIND);

  private PurchaseModels() {}

  /**
   * The model of this name with these parameters, as {@link PurchaseModel#kind} and {@link
   * PurchaseModel#parameters} gave them.
   *
   * @throws IllegalArgumentException if there is no such model, or a parameter is missing or out of
   *     its range
   */
  public static PurchaseModel of(String kind, Map<String, Double> parameters) {
    ToDoubleFunction<String> p = name -> parameter(kind, parameters, name);
    return switch (kind) {
      case BgNbd.KIND ->
          new BgNbd(
              p.applyAsDouble("r"),
              p.applyAsDouble("alpha"),
              p.applyAsDouble("a"),
              p.applyAsDouble("b"));
      case MbgNbd.KIND ->
          new MbgNbd(
              p.applyAsDouble("r"),
              p.applyAsDouble("alpha"),
              p.applyAsDouble("a"),
              p.applyAsDouble("b"));
      case ParetoNbd.KIND ->
          new ParetoNbd(
              p.applyAsDouble("r"),
              p.applyAsDouble("alpha"),
              p.applyAsDouble("s"),
              p.applyAsDouble("beta"));
      case Nbd.KIND -> new Nbd(p.applyAsDouble("r"), p.applyAsDouble("alpha"));
      default ->
          throw new IllegalArgumentException(
              "'%s' is no model of purchases; known are %s".formatted(kind, KINDS));
    };
  }

  static double parameter(String kind, Map<String, Double> parameters, String name) {
    Double value = parameters.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "model '%s' lacks the parameter '%s'".formatted(kind, name));
    }
    return value;
  }
}
