package dev.patron.features.trees;

import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.frame.Frame;
import dev.patron.features.trees.TwoStageTrees.Start;
import org.jspecify.annotations.Nullable;

/**
 * What trees forecast for the customers of a frame, beside the expectation of the probabilistic
 * model. The trees know the window that they were fitted to; to another horizon each customer's
 * forecast is extended as the probabilistic model says that a customer's purchases who is still one
 * go on.
 */
public final class TreeForecast {
  private final Expectation expected;
  private final double[] purchases;
  private final double[] spend;

  private TreeForecast(Expectation expected) {
    this.expected = expected;
    purchases = new double[expected.rows()];
    spend = new double[expected.rows()];
  }

  /**
   * The forecasts, row by row.
   *
   * @param model with a model of purchases, whose expectations the trees look at
   * @param inSeason what they start from instead; null: from the same
   * @param days ahead, at least 1
   */
  public static TreeForecast of(
      TwoStageTrees trees,
      LifetimeModel model,
      Frame features,
      @Nullable InSeason inSeason,
      long days) {
    long window = trees.windowDays();
    Expectation byCalendar = Expectation.of(model, features, window);
    double[][] inputs = TreeInputs.of(features, byCalendar);
    Expectation within = inSeason == null ? byCalendar : inSeason.expected(model, features, window);
    Expectation ahead = within;
    if (days != window) {
      ahead =
          inSeason == null
              ? Expectation.of(model, features, days)
              : inSeason.expected(model, features, days);
    }
    TreeForecast forecast = new TreeForecast(ahead);
    for (int row = 0; row < inputs.length; row++) {
      double extension =
          within.whileAlive(row) > 0 ? ahead.whileAlive(row) / within.whileAlive(row) : 1;
      Start start = Start.at(within.purchases(row), within.amount(row));
      double probability = trees.probability(start, inputs[row]);
      forecast.purchases[row] = probability * trees.purchasesIfAny(start, inputs[row]) * extension;
      forecast.spend[row] = probability * trees.spendIfAny(start, inputs[row]) * extension;
    }
    return forecast;
  }

  /** What the probabilistic model expects. */
  public Expectation expected() {
    return expected;
  }

  /** The number of purchases of a row by the trees. */
  public double purchases(int row) {
    return purchases[row];
  }

  /** The spend of a row by the trees, without discount. */
  public double spend(int row) {
    return spend[row];
  }
}
