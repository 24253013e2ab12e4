package dev.patron.features.trees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.patron.features.clv.RandomDraws;
import dev.patron.features.trees.BoostedTrees.Leaf;
import dev.patron.features.trees.BoostedTrees.Node;
import dev.patron.features.trees.BoostedTrees.Split;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoostedTreesTest {
  private static final int INPUTS = 4;

  private static Node random(RandomDraws draws, int depth) {
    if (depth == 0 || draws.uniform() < 0.2) {
      return new Leaf(draws.normal(), 1 + draws.integer(50));
    }
    return new Split(
        draws.integer(INPUTS), draws.normal(), random(draws, depth - 1), random(draws, depth - 1));
  }

  private static double walk(Node node, double[] row) {
    if (node instanceof Split split) {
      return walk(row[split.input()] <= split.threshold() ? split.atMost() : split.above(), row);
    }
    return ((Leaf) node).value();
  }

  @Test
  void theSumIsThatOfEveryTreeWalkedFromItsRoot() {
    RandomDraws draws = new RandomDraws(1);
    for (int round = 0; round < 50; round++) {
      List<Node> roots = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        roots.add(random(draws, 5));
      }
      BoostedTrees trees = new BoostedTrees(INPUTS, 0.25, 0.1, roots);
      double[] row = {draws.normal(), draws.normal(), draws.normal(), Double.NaN};
      double expected = 0.25;
      for (Node root : roots) {
        expected += 0.1 * walk(root, row);
      }
      assertThat(trees.sum(row)).isEqualTo(expected);
    }
  }

  @Test
  void contributionsAndTheMeanAddUpToTheSum() {
    RandomDraws draws = new RandomDraws(2);
    for (int round = 0; round < 50; round++) {
      List<Node> roots = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        roots.add(random(draws, 4));
      }
      BoostedTrees trees = new BoostedTrees(INPUTS, -1, 0.3, roots);
      double[] row = {draws.normal(), draws.normal(), draws.normal(), draws.normal()};
      double[] contributions = new double[INPUTS];
      trees.contribute(row, contributions);
      assertThat(trees.meanSum() + Arrays.stream(contributions).sum())
          .isCloseTo(trees.sum(row), within(1e-12));
    }
  }

  @Test
  void anInputThatNoTreeLooksAtContributesNothing() {
    BoostedTrees trees =
        new BoostedTrees(2, 0, 1, List.of(new Split(1, 3, new Leaf(5, 10), new Leaf(9, 30))));
    double[] contributions = new double[2];
    trees.contribute(new double[] {100, 3}, contributions);

    assertThat(trees.meanSum()).isEqualTo(8);
    assertThat(contributions).containsExactly(0, -3);
  }

  @Test
  void treesThatCannotBeAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new BoostedTrees(2, 0, 1, List.of(new Split(2, 0, new Leaf(1, 1), new Leaf(1, 1)))))
        .withMessage("a tree looks at input 2 of 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BoostedTrees(1, 0, 1, List.of(new Leaf(Double.NaN, 1))))
        .withMessage("the trees' leaf is NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BoostedTrees(1, 0, 1, List.of(new Leaf(1, 0))))
        .withMessage("a leaf was reached by 0.0 rows");
  }
}
