package dev.patron.pipelines.training;

import dev.patron.features.trees.Refinement.Part;

/**
 * The weight of the trees with the least loss, if it is better than none by more than one standard
 * error. The error decides whether trees have a say, not how much: to take a smaller weight than
 * the best one would give away what was just found to be no accident.
 *
 * <p>Where the tested days cannot tell, trees have {@link #HEDGE} of a say: two forecasts that
 * nothing tells apart err in different places, and their mean less than either. They have none
 * where that is worse than none by more than one standard error.
 */
final class TreeWeight {
  private static final int STEPS = 20;

  /** A quarter, in steps. */
  private static final int HEDGE = 5;

  private static final int FOLDS = 10;

  private final double[] base;
  private final double[] trees;
  private final double[] mean;
  private final double[] actual;

  private TreeWeight(double[] base, double[] trees, double[] mean, double[] actual) {
    this.base = base;
    this.trees = trees;
    this.mean = mean;
    this.actual = actual;
  }

  /**
   * Weighs the trees.
   *
   * @param base what the probabilistic model forecasts
   * @param trees what the trees forecast
   * @param mean what forecasts the shop's mean for everybody
   * @param actual what came; all four an element a customer of a tested day
   * @return from 0 to 1
   */
  static double of(double[] base, double[] trees, double[] mean, double[] actual) {
    return new TreeWeight(base, trees, mean, actual).weigh();
  }

  private double weigh() {
    double none = Loss.of(base, mean, actual);
    double least = none;
    int best = 0;
    for (int step = 1; step <= STEPS; step++) {
      double loss = Loss.of(blend(step), mean, actual);
      if (loss < least) {
        least = loss;
        best = step;
      }
    }
    if (none - least > error(blend(best))) {
      return (double) best / STEPS;
    }
    double[] hedged = blend(HEDGE);
    return Loss.of(hedged, mean, actual) - none > error(hedged) ? 0 : (double) HEDGE / STEPS;
  }

  /** The standard error of a blend's gain over the base, by folds of the customers. */
  private double error(double[] blend) {
    double gain = 0;
    double squares = 0;
    for (int fold = 0; fold < FOLDS; fold++) {
      double[] meanOfFold = everyTenth(mean, fold);
      double[] actualOfFold = everyTenth(actual, fold);
      double better =
          Loss.of(everyTenth(base, fold), meanOfFold, actualOfFold)
              - Loss.of(everyTenth(blend, fold), meanOfFold, actualOfFold);
      gain += better / FOLDS;
      squares += better * better / FOLDS;
    }
    return Math.sqrt(Math.max(0, squares - gain * gain) / (FOLDS - 1));
  }

  private double[] blend(int step) {
    Part part = new Part((double) step / STEPS, 1, 1);
    double[] blend = new double[base.length];
    for (int i = 0; i < blend.length; i++) {
      blend[i] = part.blend(base[i], trees[i]);
    }
    return blend;
  }

  private static double[] everyTenth(double[] values, int from) {
    double[] some = new double[Math.max(0, (values.length - from + FOLDS - 1) / FOLDS)];
    for (int i = 0; i < some.length; i++) {
      some[i] = values[from + FOLDS * i];
    }
    return some;
  }
}
