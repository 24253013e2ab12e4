package dev.patron.pipelines.training;

import dev.patron.features.clv.LifetimeCells;
import dev.patron.features.clv.LifetimeFits;
import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.clv.PurchaseModel;
import dev.patron.features.frame.Frame;
import dev.patron.features.purchases.DailyPurchases;
import dev.patron.features.trees.Expectation;
import dev.patron.features.trees.InSeason;
import dev.patron.features.trees.Refinement;
import dev.patron.features.trees.Refinement.Interval;
import dev.patron.features.trees.Refinement.Part;
import dev.patron.pipelines.training.Amounts.Target;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How much more is expected of a window in its season than by the calendar.
 *
 * @param purchases the factor of all purchases
 * @param spend that of all spend
 * @param inSeason by which the customers of a shop that has seasons beyond chance are forecast;
 *     null of any other shop, whose forecasts are multiplied by the factors
 */
record Season(double purchases, double spend, @Nullable InSeason inSeason) {
  static final Season NONE = new Season(1, 1, null);

  private static final double ROUNDING = 1e-9;

  /**
   * The season of the window after an origin: what is expected by a {@link SeasonClock}, beside
   * what the model expects by the calendar. {@link #NONE} where no season was seen.
   *
   * <p>Of a shop that has seasons it is expected by the kind of model that explains best by the
   * clock what was bought. That need not be the kind that scores, which was chosen for telling
   * customers apart: kinds that do this alike differ in how many customers they take to have left,
   * and by the calendar every quiet spring looks like customers leaving.
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
    SeasonClock clock = clock(byCalendar, origin, windowDays, daily);
    if (clock == null) {
      return NONE;
    }
    Frame customers = clock.by(origin.rows());
    PurchaseModel purchases =
        clock.isBeyondChance()
            ? OriginRows.likeliest(customers, byCalendar)
            : OriginRows.purchases(model.kind(), customers, byCalendar);
    if (clock.isBeyondChance()
        && purchases != null
        && !purchases.kind().equals(byCalendar.kind())) {
      // The pace of the year is what this kind leaves unexplained, not what the other one did.
      byCalendar = OriginRows.purchases(purchases.kind(), origin.rows(), purchases);
      clock = byCalendar == null ? null : clock(byCalendar, origin, windowDays, daily);
      if (clock == null) {
        return NONE;
      }
      customers = clock.by(origin.rows());
      purchases = OriginRows.purchases(purchases.kind(), customers, purchases);
    }
    if (purchases == null) {
      return NONE;
    }
    Amounts expected = Amounts.of(Expectation.of(model, origin.rows(), windowDays));
    Amounts seasonal =
        Amounts.of(
            Expectation.of(
                new LifetimeModel(purchases, model.money(), List.of()), customers, windowDays));
    return new Season(
        rounded(Amounts.ratio(seasonal.purchases(), expected.purchases())),
        rounded(Amounts.ratio(seasonal.spend(), expected.spend())),
        clock.isBeyondChance() ? new InSeason(clock.year(), purchases) : null);
  }

  /** The same with its model fitted to all of these customers, however many they are. */
  Season fittedTo(Frame customers) {
    if (inSeason == null || customers.rows() <= OriginRows.MOST_FITTED) {
      return this;
    }
    PurchaseModel near = inSeason.purchases();
    PurchaseModel all =
        new LifetimeFits(new LifetimeCells().add(inSeason.clock().by(customers)), near)
            .purchases(near.kind())
            .model();
    return new Season(purchases, spend, new InSeason(inSeason.clock(), all));
  }

  private static @Nullable SeasonClock clock(
      PurchaseModel byCalendar, OriginRows origin, long windowDays, DailyPurchases daily) {
    SeasonClock.Fit fit =
        (customers, near) -> OriginRows.purchases(byCalendar.kind(), customers, near);
    return SeasonClock.of(daily, origin.origin().day(), windowDays, origin.rows(), byCalendar, fit);
  }

  /** By an even clock the two differ by rounding; that is no season. */
  private static double rounded(double factor) {
    return Math.abs(factor - 1) < ROUNDING ? 1 : factor;
  }

  boolean isBeyondChance() {
    return inSeason != null;
  }

  /** What forecasts by the calendar are to be multiplied by; 1 where they are by the clock. */
  double factor(Target target) {
    return inSeason == null ? of(target) : 1;
  }

  /**
   * A refinement in this season.
   *
   * @param mix that spend is multiplied by, as {@link SpendMix} says
   * @param width of the interval
   */
  Refinement level(Refinement refinement, double mix, double width) {
    Part ofPurchases = refinement.purchases();
    Part ofSpend = refinement.spend();
    return new Refinement(
        refinement.trees(),
        new Part(ofPurchases.weight(), ofPurchases.level(), factor(Target.PURCHASES)),
        new Part(ofSpend.weight(), ofSpend.level(), factor(Target.SPEND), mix),
        new Interval(factor(Target.PURCHASES), width),
        inSeason);
  }

  double of(Target target) {
    return target == Target.PURCHASES ? purchases : spend;
  }
}
