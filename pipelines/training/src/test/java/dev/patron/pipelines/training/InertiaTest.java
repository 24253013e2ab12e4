package dev.patron.pipelines.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.patron.features.clv.RandomDraws;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.math3.util.FastMath;
import org.junit.jupiter.api.Test;

/** How near the clusterings come to the best that there are. */
class InertiaTest {
  private static final int STARTS = 10;
  private static final double ALLOWED = 1.001;

  /** z-scores of ln (1 + v) of a shop's measures: skew, heaped, correlated. */
  private static double[][] shop(int customers, long seed) {
    RandomDraws draws = new RandomDraws(seed);
    double[][] points = new double[customers][];
    for (int i = 0; i < customers; i++) {
      double loyalty = draws.gamma(0.7);
      double recency = Math.floor(700 * Math.pow(draws.uniform(), 0.5 + loyalty));
      double frequency = 1 + Math.floor(loyalty * 4 * draws.gamma(1));
      points[i] = new double[] {recency, frequency, frequency * 5 * draws.gamma(3)};
    }
    return standardised(points);
  }

  private static double[][] standardised(double[][] values) {
    double[][] points = new double[values.length][3];
    for (int j = 0; j < 3; j++) {
      double mean = 0;
      for (int i = 0; i < values.length; i++) {
        points[i][j] = FastMath.log1p(values[i][j]);
        mean += points[i][j] / values.length;
      }
      double variance = 0;
      for (double[] point : points) {
        variance += (point[j] - mean) * (point[j] - mean) / values.length;
      }
      for (double[] point : points) {
        point[j] = (point[j] - mean) / Math.sqrt(variance);
      }
    }
    return points;
  }

  /** The oracle: k-means++ and Lloyd's steps as in the textbook, the best of ten starts. */
  private static double textbook(double[][] points, int k, long seed) {
    double best = Double.POSITIVE_INFINITY;
    for (int start = 0; start < STARTS; start++) {
      double[][] centroids = plusPlus(points, k, new RandomDraws(seed + start));
      double before = Double.POSITIVE_INFINITY;
      for (double inertia = step(points, centroids); inertia < before; ) {
        before = inertia;
        inertia = step(points, centroids);
      }
      best = Math.min(best, before);
    }
    return best;
  }

  private static double[][] plusPlus(double[][] points, int k, RandomDraws draws) {
    double[][] centroids = new double[k][];
    centroids[0] = points[draws.integer(points.length)].clone();
    for (int next = 1; next < k; next++) {
      double[][] known = Arrays.copyOf(centroids, next);
      double[] far = Arrays.stream(points).mapToDouble(point -> nearest(point, known)[1]).toArray();
      double left = draws.uniform() * Arrays.stream(far).sum();
      int chosen = 0;
      while (chosen < points.length - 1 && left > far[chosen]) {
        left -= far[chosen++];
      }
      centroids[next] = points[chosen].clone();
    }
    return centroids;
  }

  /** The centroid's place and the squared distance to it. */
  private static double[] nearest(double[] point, double[][] centroids) {
    double[] nearest = {0, Double.POSITIVE_INFINITY};
    for (int c = 0; c < centroids.length; c++) {
      double distance = 0;
      for (int j = 0; j < point.length; j++) {
        distance += (point[j] - centroids[c][j]) * (point[j] - centroids[c][j]);
      }
      if (distance < nearest[1]) {
        nearest = new double[] {c, distance};
      }
    }
    return nearest;
  }

  /** Moves the centroids to their points' means; gives the inertia before. */
  private static double step(double[][] points, double[][] centroids) {
    double[][] sums = new double[centroids.length][3];
    int[] sizes = new int[centroids.length];
    double inertia = 0;
    for (double[] point : points) {
      double[] nearest = nearest(point, centroids);
      int c = (int) nearest[0];
      inertia += nearest[1];
      sizes[c]++;
      for (int j = 0; j < 3; j++) {
        sums[c][j] += point[j];
      }
    }
    for (int c = 0; c < centroids.length; c++) {
      for (int j = 0; j < 3 && sizes[c] > 0; j++) {
        centroids[c][j] = sums[c][j] / sizes[c];
      }
    }
    return inertia;
  }

  @Test
  void noTextbookRunOfTenStartsIsBetterByAThousandth() {
    for (long seed = 1; seed <= 2; seed++) {
      double[][] points = shop(1_500, seed);
      for (int k = 2; k <= 6; k++) {
        assertThat(Clusters.fit(points, k, STARTS, 42).inertia())
            .as("k = %d, seed %d", k, seed)
            .isLessThanOrEqualTo(ALLOWED * textbook(points, k, 100 * seed));
      }
    }
  }

  /** scikit-learn 1.2.1 of the CDNOW master with n_init 10; for its data see CONTRIBUTING. */
  @Test
  void cdnowIsClusteredAsByScikitLearn() throws IOException {
    String folder = System.getenv("PATRON_CDNOW");
    assumeTrue(
        folder != null && Files.exists(Path.of(folder, "cdnow_master.csv")),
        "skipped: PATRON_CDNOW does not name a folder with the CDNOW master, cdnow_master.csv");
    double[][] points = cdnow(Path.of(folder, "cdnow_master.csv"));
    assertThat(points).hasNumberOfRows(23_502);
    Map.of(2, 28_528.7, 3, 19_498.5, 4, 15_713.5, 5, 12_952.5, 6, 11_010.8)
        .forEach(
            (k, inertia) ->
                assertThat(Clusters.fit(points, k, STARTS, 42).inertia())
                    .as("k = %d", k)
                    .isBetween(inertia / ALLOWED, inertia * ALLOWED));
  }

  /** Recency in days, purchase days, spend as of 1998-06-30, of those who spent anything. */
  private static double[][] cdnow(Path file) throws IOException {
    long asOf = LocalDate.of(1998, 6, 30).toEpochDay();
    Map<String, TreeMap<Long, Double>> customers = new TreeMap<>();
    for (String line : Files.readAllLines(file).subList(1, Files.readAllLines(file).size())) {
      String[] fields = line.split(",", -1);
      customers
          .computeIfAbsent(fields[0], id -> new TreeMap<>())
          .merge(
              LocalDate.parse(fields[1]).toEpochDay(), Double.parseDouble(fields[3]), Double::sum);
    }
    return standardised(
        customers.values().stream()
            .map(
                days ->
                    new double[] {
                      asOf - days.lastKey(),
                      days.size(),
                      days.values().stream().mapToDouble(amount -> amount).sum()
                    })
            .filter(values -> values[2] > 0)
            .toArray(double[][]::new));
  }
}
