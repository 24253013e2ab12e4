package dev.patron.features.trees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.patron.features.clv.RandomDraws;
import dev.patron.features.trees.BoostedTrees.Leaf;
import dev.patron.features.trees.BoostedTrees.Node;
import dev.patron.features.trees.BoostedTrees.Split;
import dev.patron.features.trees.TwoStageTrees.Start;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TwoStageTreesTest {
  private static final int INPUTS = TreeInputs.NAMES.size();

  private static BoostedTrees random(RandomDraws draws) {
    List<Node> trees = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      trees.add(
          new Split(
              draws.integer(INPUTS),
              draws.normal(),
              new Leaf(draws.normal(), 1 + draws.integer(9)),
              new Split(
                  draws.integer(INPUTS),
                  draws.normal(),
                  new Leaf(draws.normal(), 5),
                  new Leaf(draws.normal(), 1 + draws.integer(9)))));
    }
    return new BoostedTrees(INPUTS, 0.1 * draws.normal(), 0.2, trees);
  }

  private static TwoStageTrees nothingLearnt() {
    BoostedTrees nothing = new BoostedTrees(INPUTS, 0, 1, List.of());
    return new TwoStageTrees(91, nothing, nothing, nothing);
  }

  @Test
  void withoutTreesTheStagesGiveTheExpectationTheyStartFrom() {
    double[] row = new double[INPUTS];
    for (double expected : new double[] {1e-5, 0.01, 0.7, 3, 40}) {
      Start start = Start.at(expected, 12.5);
      double probability = nothingLearnt().probability(start, row);

      assertThat(probability).isCloseTo(1 - Math.exp(-expected), within(1e-9));
      assertThat(probability * nothingLearnt().purchasesIfAny(start, row))
          .isCloseTo(expected, within(1e-9 * expected));
      assertThat(probability * nothingLearnt().spendIfAny(start, row))
          .isCloseTo(12.5 * expected, within(1e-8 * expected));
    }
  }

  @Test
  void contributionsAddUpToTheForecastOfPurchasesAndOfSpend() {
    RandomDraws draws = new RandomDraws(5);
    for (int round = 0; round < 100; round++) {
      TwoStageTrees trees = new TwoStageTrees(91, random(draws), random(draws), random(draws));
      double[] row = new double[INPUTS];
      Arrays.setAll(row, i -> draws.normal());
      Start start = Start.at(3 * draws.uniform(), 20);
      double probability = trees.probability(start, row);

      assertThat(
              trees.typical(start, true)
                  + Arrays.stream(trees.contributions(start, row, true)).sum())
          .isCloseTo(Math.log(probability * trees.spendIfAny(start, row)), within(1e-10));
      assertThat(
              trees.typical(start, false)
                  + Arrays.stream(trees.contributions(start, row, false)).sum())
          .isCloseTo(Math.log(probability * trees.purchasesIfAny(start, row)), within(1e-10));
    }
  }
}
