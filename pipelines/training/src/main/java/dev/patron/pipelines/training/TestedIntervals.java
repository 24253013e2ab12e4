package dev.patron.pipelines.training;

import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.frame.Frame;
import dev.patron.features.trees.RefinedForecast;
import dev.patron.features.trees.Refinement;
import dev.patron.features.trees.Refinement.Interval;
import dev.patron.features.trees.Refinement.Part;
import dev.patron.pipelines.training.BackTest.Choice;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How wide the intervals of what was chosen must be, and how many customers they held.
 *
 * @param windowDays of the tested windows
 * @param seed of the draws
 */
record TestedIntervals(long windowDays, long seed) {

  /**
   * Widths of intervals.
   *
   * @param ofAll as all tested days say
   * @param ofOlder as all but the newest say, by which that one can be judged
   */
  record Widths(double ofAll, double ofOlder) {}

  /** Of days out of season nothing is learnt where the season is known at others. */
  Widths widths(TestedDays days, Choice choice, List<String> reasons) {
    boolean inSeason = choice.season() && !days.where(TestedDay::isSeasonKnown).isEmpty();
    List<double[]> needed = new ArrayList<>();
    List<double[]> ofOlder = new ArrayList<>();
    for (TestedDay day : days.days()) {
      double[] ofDay = needed(day, choice);
      if (ofDay != null && (!inSeason || day.isSeasonKnown())) {
        needed.add(ofDay);
        if (day != days.days().get(0)) {
          ofOlder.add(ofDay);
        }
      }
    }
    double width = IntervalWidth.of(needed);
    if (!needed.isEmpty()) {
      double held = 100 * IntervalWidth.covered(IntervalWidth.pool(needed), 1);
      reasons.add(
          String.format(
                  Locale.ROOT,
                  "the 90 %% interval, as drawn, held %.1f %% of the customers: ",
                  held)
              + new Interval(1, width).inWords());
    }
    return new Widths(width, ofOlder.isEmpty() ? width : IntervalWidth.of(ofOlder));
  }

  /** The share of a day's customers whom the interval that scores held; null without money. */
  @Nullable Double coverage(TestedDay day, Choice choice, double width) {
    return coverage(needed(day, choice), width);
  }

  /** The share of a day's customers whom the interval of a model alone held. */
  @Nullable Double coverage(TestedDay day, Kinds kinds) {
    return coverage(needed(day, kinds, Refinement.NONE), 1);
  }

  private static @Nullable Double coverage(double @Nullable [] needed, double width) {
    return needed == null ? null : IntervalWidth.covered(needed, width);
  }

  /** What width the customers of a day need of the interval that scores; null without money. */
  private double @Nullable [] needed(TestedDay day, Choice choice) {
    Refinement byTrees = day.byTrees();
    Refinement refinement =
        new Refinement(
            choice.hasTrees() ? byTrees.trees() : null,
            new Part(choice.purchaseWeight(), byTrees.purchases().level(), 1),
            new Part(choice.spendWeight(), byTrees.spend().level(), 1));
    return needed(day, choice.kinds(), day.season().level(refinement, day.mix(), 1));
  }

  /** Customers evenly spaced are enough to know a share by. */
  private double @Nullable [] needed(TestedDay day, Kinds kinds, Refinement refinement) {
    LifetimeModel model = day.customers().model(kinds);
    if (model.money() == null) {
      return null;
    }
    Frame some = OriginRows.some(day.customers().rows());
    return IntervalWidth.needed(
        new RefinedForecast(model, refinement, windowDays, 0, seed).of(some),
        some.doubles("actual_spend"));
  }
}
