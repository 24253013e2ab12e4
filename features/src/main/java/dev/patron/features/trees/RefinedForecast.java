package dev.patron.features.trees;

import dev.patron.features.clv.LifetimeForecast;
import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.trees.Refinement.Interval;
import java.io.Serializable;
import java.util.List;

/**
 * The probabilistic forecast of each customer with what trees change about it. A customer's
 * forecast depends on that customer, the models, horizon, discount rate and seed alone.
 *
 * <p>Purchases and spend are blended each for itself; the amount of a purchase is their ratio, as
 * far as it is near what the model of money says. The discount is that of the probabilistic
 * forecast. The interval is drawn at the pace of the season, or by its clock, stretched by what
 * else changes its mean, and as wide as back-tests have shown that it must be.
 */
public final class RefinedForecast implements Serializable {
  private static final List<String> WORTH =
      List.of("expected_amount", "cltv", "cltv_low", "cltv_high");

  private static final Schema CHANGED =
      Schema.of()
          .with("expected_purchases", Type.DOUBLE)
          .with("expected_amount", Type.DOUBLE)
          .with("cltv", Type.DOUBLE)
          .with("cltv_low", Type.DOUBLE)
          .with("cltv_high", Type.DOUBLE);

  private final LifetimeModel model;
  private final LifetimeForecast forecast;
  private final Refinement refinement;

  /**
   * A forecast.
   *
   * @param horizonDays at least 1
   * @param discountRate a month, at least 0
   * @param seed of the draws of the interval
   */
  public RefinedForecast(
      LifetimeModel model,
      Refinement refinement,
      long horizonDays,
      double discountRate,
      long seed) {
    InSeason inSeason = refinement.inSeason();
    this.model = model;
    this.forecast =
        new LifetimeForecast(
            inSeason == null ? model : inSeason.model(model),
            horizonDays,
            discountRate,
            seed,
            refinement.interval().pace());
    this.refinement = refinement;
  }

  /** The horizon in days. */
  public long horizonDays() {
    return forecast.horizonDays();
  }

  /**
   * The forecasts of the customers of a features frame, in the columns of {@link
   * LifetimeForecast#SCHEMA}.
   *
   * @param features with the inputs of the models
   * @throws IllegalArgumentException if a customer's numbers contradict one another
   */
  public Frame of(Frame features) {
    InSeason inSeason = refinement.inSeason();
    Frame plain = forecast.of(inSeason == null ? features : inSeason.clock().by(features));
    return refinement.isNone() || model.purchases() == null ? plain : refine(features, plain);
  }

  private Frame refine(Frame features, Frame plain) {
    int rows = plain.rows();
    TwoStageTrees trees = refinement.trees();
    TreeForecast shape =
        trees == null
            ? null
            : TreeForecast.of(trees, model, features, refinement.inSeason(), horizonDays());
    Expectation expected =
        shape == null ? refinement.expected(model, features, horizonDays()) : shape.expected();
    boolean worth = model.money() != null;
    Interval interval = refinement.interval();
    FrameBuilder refined = new FrameBuilder(CHANGED);
    for (int row = 0; row < rows; row++) {
      if (plain.column("p_alive").isNull(row)) {
        CHANGED.names().forEach(name -> refined.column(name).appendNull());
        continue;
      }
      double purchases =
          refinement
              .purchases()
              .blend(expected.purchases(row), shape == null ? 0 : shape.purchases(row));
      refined.doubles("expected_purchases").append(purchases);
      if (!worth) {
        WORTH.forEach(name -> refined.column(name).appendNull());
        continue;
      }
      double before = expected.spend(row);
      double spend = refinement.spend().blend(before, shape == null ? 0 : shape.spend(row));
      refined
          .doubles("expected_amount")
          .append(refinement.amount(expected.amount(row), purchases, spend));
      double stretch = before > 0 ? spend / before : 1;
      double drawn = stretch / interval.pace();
      double mean = stretch * plain.doubles("cltv").get(row);
      double low = drawn * plain.doubles("cltv_low").get(row);
      double high = drawn * plain.doubles("cltv_high").get(row);
      refined.doubles("cltv").append(mean);
      refined.doubles("cltv_low").append(interval.low(low));
      refined.doubles("cltv_high").append(interval.high(low, mean, high));
    }
    Frame changed = refined.build();
    Schema schema = plain.schema();
    Column[] columns = new Column[schema.size()];
    for (int i = 0; i < columns.length; i++) {
      String name = schema.field(i).name();
      columns[i] = (CHANGED.has(name) ? changed : plain).column(name);
    }
    return Frame.of(schema, columns);
  }
}
