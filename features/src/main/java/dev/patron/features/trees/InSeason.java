package dev.patron.features.trees;

import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.clv.PurchaseModel;
import dev.patron.features.clv.YearClock;
import dev.patron.features.frame.Frame;
import java.io.Serializable;

/**
 * What a shop with seasons is forecast by: a clock, and the model of purchases of customers whose
 * times are by it. By the calendar who came after the last Christmas is a rare buyer just before
 * the next one, and every quiet spring looks like customers leaving.
 *
 * @param clock by which the window that is forecast is as long as by the calendar
 * @param purchases the model of purchases by that clock
 */
public record InSeason(YearClock clock, PurchaseModel purchases) implements Serializable {

  /** The model by the clock, with the money of the one by the calendar. */
  public LifetimeModel model(LifetimeModel byCalendar) {
    return new LifetimeModel(purchases, byCalendar.money(), byCalendar.notes());
  }

  /**
   * What is expected of these customers in the days after the clock's as-of.
   *
   * @param byCalendar the model whose money counts
   * @param features with times by the calendar
   */
  public Expectation expected(LifetimeModel byCalendar, Frame features, long days) {
    return Expectation.of(model(byCalendar), clock.by(features), days);
  }

  /** The same for customers as they are known so many days later. */
  InSeason later(long days) {
    return new InSeason(clock.later(days), purchases);
  }
}
