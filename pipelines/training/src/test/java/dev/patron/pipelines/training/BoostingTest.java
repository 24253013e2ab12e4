package dev.patron.pipelines.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.patron.features.clv.RandomDraws;
import dev.patron.features.trees.BoostedTrees;
import java.util.List;
import org.junit.jupiter.api.Test;
import smile.data.Tuple;

class BoostingTest {
  private static final List<String> NAMES = List.of("a", "b", "c");
  private static final Boosting.Settings SETTINGS = new Boosting.Settings(30, 6, 10, 0.1, 0.7);
  private static final int ROWS = 800;

  private final double[][] rows = new double[ROWS][NAMES.size()];
  private final double[] offsets = new double[ROWS];
  private final double[] bought = new double[ROWS];
  private final double[] counts = new double[ROWS];

  BoostingTest() {
    RandomDraws draws = new RandomDraws(11);
    for (int i = 0; i < ROWS; i++) {
      rows[i] = new double[] {draws.integer(5), draws.normal(), draws.gamma(0.5) * 1e3};
      offsets[i] = 0.3 * draws.normal();
      double score = offsets[i] + (rows[i][0] > 2 ? 1 : -1) + (rows[i][1] > 0 ? 0.5 : 0);
      bought[i] = draws.uniform() < 1 / (1 + Math.exp(-score)) ? 1 : 0;
      counts[i] = Math.floor(Math.exp(score) * draws.gamma(2));
    }
  }

  private Boosting.Fitted fit(Boosting.Target target, long seed) {
    return Boosting.fit(
        rows,
        NAMES,
        offsets,
        target == Boosting.Target.ODDS ? bought : counts,
        target,
        SETTINGS,
        seed);
  }

  @Test
  void ourSumHasTheSameBitsAsSmilesOwnPrediction() {
    RandomDraws draws = new RandomDraws(12);
    for (Boosting.Target target : Boosting.Target.values()) {
      Boosting.Fitted fitted = fit(target, 5);
      for (int i = 0; i < 2_000; i++) {
        // Training rows lie on the thresholds' sides; others lie anywhere, and far outside.
        double[] row =
            i < ROWS
                ? rows[i]
                : new double[] {10 * draws.normal(), draws.normal(), 1e4 * draws.normal()};
        double smile = fitted.smile().predict(Tuple.of(row, fitted.smile().schema()));
        assertThat(fitted.trees().sum(row)).as("%s %d", target, i).isEqualTo(smile);
      }
    }
  }

  @Test
  void equalRowsAndSeedGiveEqualTreesAndAnotherSeedOthers() {
    assertThat(fit(Boosting.Target.COUNT, 5).trees().trees())
        .isEqualTo(fit(Boosting.Target.COUNT, 5).trees().trees());
    assertThat(fit(Boosting.Target.COUNT, 6).trees().trees())
        .isNotEqualTo(fit(Boosting.Target.COUNT, 5).trees().trees());
  }

  @Test
  void whatIsLearntIsNearerThanTheStartAndHasTheRightTotal() {
    BoostedTrees trees = fit(Boosting.Target.COUNT, 5).trees();
    double actual = 0;
    double learnt = 0;
    double gained = 0;
    for (int i = 0; i < ROWS; i++) {
      double start = Math.exp(offsets[i] + trees.intercept());
      double mean = Math.exp(offsets[i] + trees.sum(rows[i]));
      actual += counts[i];
      learnt += mean;
      gained += counts[i] * Math.log(mean / start) - (mean - start);
    }
    assertThat(learnt / actual).isCloseTo(1, within(0.05));
    assertThat(gained / ROWS).as("log-likelihood a row").isGreaterThan(0.1);
  }

  @Test
  void anOffsetThatKnowsAllLeavesNothingToLearn() {
    double[] known = new double[ROWS];
    double[] exactly = new double[ROWS];
    for (int i = 0; i < ROWS; i++) {
      known[i] = rows[i][1];
      exactly[i] = Math.exp(rows[i][1]);
    }
    BoostedTrees trees =
        Boosting.fit(rows, NAMES, known, exactly, Boosting.Target.AMOUNT, SETTINGS, 5).trees();
    for (double[] row : rows) {
      assertThat(trees.sum(row)).isCloseTo(0, within(1e-9));
    }
  }
}
