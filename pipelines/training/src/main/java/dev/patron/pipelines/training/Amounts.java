package dev.patron.pipelines.training;

import dev.patron.features.trees.Expectation;
import dev.patron.features.trees.Refinement.Part;
import dev.patron.features.trees.TreeForecast;
import java.util.Arrays;
import java.util.List;

/** Purchases and money of the customers of some rows, forecast or real: an element a customer. */
final class Amounts {
  private final double[] purchases;
  private final double[] spend;

  Amounts(double[] purchases, double[] spend) {
    this.purchases = purchases;
    this.spend = spend;
  }

  /** Nothing yet, for so many customers. */
  Amounts(int customers) {
    this(new double[customers], new double[customers]);
  }

  double[] purchases() {
    return purchases;
  }

  double[] spend() {
    return spend;
  }

  static Amounts of(Expectation expected) {
    Amounts amounts = new Amounts(expected.rows());
    for (int row = 0; row < expected.rows(); row++) {
      amounts.purchases[row] = expected.purchases(row);
      amounts.spend[row] = expected.spend(row);
    }
    return amounts;
  }

  static Amounts of(TreeForecast forecast) {
    int rows = forecast.expected().rows();
    Amounts amounts = new Amounts(rows);
    for (int row = 0; row < rows; row++) {
      amounts.purchases[row] = forecast.purchases(row);
      amounts.spend[row] = forecast.spend(row);
    }
    return amounts;
  }

  /** The one of the two that a target is about. */
  double[] of(Target target) {
    return target == Target.PURCHASES ? purchases : spend;
  }

  /** What is forecast. */
  enum Target {
    PURCHASES,
    SPEND;

    String word() {
      return this == PURCHASES ? "purchases" : "spend";
    }
  }

  /** The blends of these forecasts with others. */
  Amounts blend(Amounts byTrees, Part ofPurchases, Part ofSpend) {
    Amounts blend = new Amounts(purchases.length);
    for (int row = 0; row < purchases.length; row++) {
      blend.purchases[row] = ofPurchases.blend(purchases[row], byTrees.purchases[row]);
      blend.spend[row] = ofSpend.blend(spend[row], byTrees.spend[row]);
    }
    return blend;
  }

  /** What a forecast must be multiplied by to add up to another; 1 if either adds up to nothing. */
  static double ratio(double[] wanted, double[] forecast) {
    double above = Arrays.stream(wanted).sum();
    double below = Arrays.stream(forecast).sum();
    return above > 0 && below > 0 ? above / below : 1;
  }

  /** All of them one behind another. */
  static Amounts pool(List<Amounts> parts) {
    return new Amounts(
        parts.stream().flatMapToDouble(part -> Arrays.stream(part.purchases)).toArray(),
        parts.stream().flatMapToDouble(part -> Arrays.stream(part.spend)).toArray());
  }
}
