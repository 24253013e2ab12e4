package dev.patron.pipelines.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ClusterQualityTest {

  @Test
  void theSameClustersUnderOtherNumbersAgreeFully() {
    assertThat(
            ClusterQuality.adjustedRandIndex(
                new int[] {0, 0, 1, 1, 2}, new int[] {2, 2, 0, 0, 1}, 3, 3))
        .isEqualTo(1);
  }

  @Test
  void agreementByChanceIsAboutZero() {
    Random random = new Random(1);
    int[] one = random.ints(5000, 0, 4).toArray();
    int[] other = random.ints(5000, 0, 3).toArray();

    assertThat(ClusterQuality.adjustedRandIndex(one, other, 4, 3)).isCloseTo(0, within(0.01));
  }

  @Test
  void theIndexCountsPairs() {
    for (int seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      int[] one = random.ints(20, 0, 3).toArray();
      int[] other = random.ints(20, 0, 3).toArray();

      assertThat(ClusterQuality.adjustedRandIndex(one, other, 3, 3))
          .as("seed %d", seed)
          .isCloseTo(byPairs(one, other), within(1e-12));
    }
  }

  /** Hubert and Arabie (1985) by looking at every pair of points. */
  private static double byPairs(int[] one, int[] other) {
    double together = 0;
    double apart = 0;
    double inOne = 0;
    double inOther = 0;
    for (int i = 0; i < one.length; i++) {
      for (int j = 0; j < i; j++) {
        boolean a = one[i] == one[j];
        boolean b = other[i] == other[j];
        together += a && b ? 1 : 0;
        apart += !a && !b ? 1 : 0;
        inOne += a && !b ? 1 : 0;
        inOther += !a && b ? 1 : 0;
      }
    }
    return 2
        * (together * apart - inOne * inOther)
        / ((together + inOne) * (inOne + apart) + (together + inOther) * (inOther + apart));
  }

  @Test
  void theSilhouetteOfAWorkedExample() {
    double[][] points = {{0, 0, 0}, {1, 0, 0}, {5, 0, 0}, {7, 0, 0}};
    // a: 1, b: 6 -> 5/6; a: 1, b: 5 -> 4/5; a: 2, b: 4.5 -> 5/9; a: 2, b: 6.5 -> 9/13
    double wanted = (5.0 / 6 + 4.0 / 5 + 2.5 / 4.5 + 4.5 / 6.5) / 4;

    assertThat(ClusterQuality.silhouette(points, new int[] {0, 0, 1, 1}, 2))
        .isCloseTo(wanted, within(1e-12));
    assertThat(ClusterQuality.silhouette(points, new int[4], 1)).isZero();
  }

  @Test
  void clustersAreFoundWhereTheyAre() {
    Random random = new Random(3);
    double[][] points = new double[600][3];
    for (int i = 0; i < points.length; i++) {
      int center = i % 4;
      Arrays.setAll(points[i], j -> 10.0 * (center == j ? 1 : 0) + 0.3 * random.nextGaussian());
    }
    Clusters clusters = Clusters.fit(points, 4, 10, 42);

    assertThat(clusters.sizes()).containsOnly(150);
    assertThat(clusters.inertia()).isLessThan(600 * 3 * 0.09 * 1.1);
    assertThat(Clusters.fit(points, 4, 10, 42).centroids()).isDeepEqualTo(clusters.centroids());
  }

  @Test
  void fewerPlacesThanClustersGiveFewerClusters() {
    double[][] points = {{0, 0, 0}, {0, 0, 0}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}};

    assertThat(Clusters.fit(points, 4, 5, 1).k()).isEqualTo(2);
    assertThat(Clusters.fit(points, 4, 5, 1).inertia()).isZero();
  }
}
