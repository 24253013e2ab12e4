package dev.patron.pipelines.training;

import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.clv.PurchaseModel;
import dev.patron.features.frame.Frame;
import dev.patron.features.purchases.DailyPurchases;
import dev.patron.features.trees.Expectation;
import dev.patron.pipelines.training.Amounts.Target;
import java.util.List;

/**
 * What the forecast of a window is to be multiplied by for its season.
 *
 * @param purchases for purchases
 * @param spend for spend
 * @param isBeyondChance whether the shop has seasons at all
 */
record Season(double purchases, double spend, boolean isBeyondChance) {
  static final Season NONE = new Season(1, 1, false);

  private static final double ROUNDING = 1e-9;

  /**
   * The season of the window after an origin: what the model expects by a {@link SeasonClock},
   * beside what it expects by the calendar. {@link #NONE} where no season was seen.
   *
   * @param model of the customers of the origin
   * @param windowDays after the origin
   * @param daily of the same customers
   */
  static Season after(
      LifetimeModel model, OriginRows origin, long windowDays, DailyPurchases daily) {
    PurchaseModel byCalendar = model.purchases();
    if (byCalendar == null) {
      return NONE;
    }
    SeasonClock.Fit fit = (customers, near) -> OriginRows.purchases(model.kind(), customers, near);
    SeasonClock clock =
        SeasonClock.of(daily, origin.origin().day(), windowDays, origin.rows(), byCalendar, fit);
    if (clock == null) {
      return NONE;
    }
    Amounts expected = Amounts.of(Expectation.of(model, origin.rows(), windowDays));
    Frame customers = clock.by(origin.rows());
    PurchaseModel purchases = fit.of(customers, byCalendar);
    if (purchases == null) {
      return NONE;
    }
    Amounts seasonal =
        Amounts.of(
            Expectation.of(
                new LifetimeModel(purchases, model.money(), List.of()), customers, windowDays));
    return new Season(
        rounded(Amounts.ratio(seasonal.purchases(), expected.purchases())),
        rounded(Amounts.ratio(seasonal.spend(), expected.spend())),
        clock.isBeyondChance());
  }

  /** By an even clock the two differ by rounding; that is no season. */
  private static double rounded(double factor) {
    return Math.abs(factor - 1) < ROUNDING ? 1 : factor;
  }

  double of(Target target) {
    return target == Target.PURCHASES ? purchases : spend;
  }
}
