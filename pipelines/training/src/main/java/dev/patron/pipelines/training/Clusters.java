package dev.patron.pipelines.training;

import dev.patron.features.segments.SegmentModel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import smile.clustering.BBDTree;
import smile.clustering.KMeans;
import smile.math.MathEx;

/**
 * A K-Means clustering. Smile seeds (k-means++) and fits from several starts; the best one is then
 * finished by Lloyd's steps in the order of the points until no point moves, so that the centroids
 * are exactly the means of the points that scoring assigns to them.
 *
 * <p>Smile draws from a generator of the calling thread, which is seeded before each start; its
 * parallel loops write each element from one thread, in sums of fixed order, so that equal points
 * in equal order give equal bits.
 */
final class Clusters {
  private static final int MOST_STEPS = 200;
  private static final int SMILE_STEPS = 100;
  private static final double SMILE_TOLERANCE = 1e-4;
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  private final double[][] centroids;
  private final int[] labels;
  private final double inertia;

  private Clusters(double[][] centroids, int[] labels, double inertia) {
    this.centroids = centroids;
    this.labels = labels;
    this.inertia = inertia;
  }

  /**
   * The best of several starts.
   *
   * @param points at least one
   * @param k at least 1; the result has fewer clusters if the points have fewer distinct places
   */
  static Clusters fit(double[][] points, int k, int starts, long seed) {
    if (k == 1) {
      return finish(points, new double[][] {points[0].clone()});
    }
    BBDTree tree = new BBDTree(points);
    @Nullable KMeans best = null;
    for (int start = 0; start < starts; start++) {
      MathEx.setSeed(seed + GOLDEN_GAMMA * (start + 1) + k);
      KMeans fitted = KMeans.fit(tree, points, k, SMILE_STEPS, SMILE_TOLERANCE);
      if (allFinite(fitted.centroids) && (best == null || fitted.distortion < best.distortion)) {
        best = fitted;
      }
    }
    return best == null ? fit(points, k - 1, starts, seed) : finish(points, best.centroids);
  }

  /** An empty cluster has no mean. */
  private static boolean allFinite(double[][] centroids) {
    return Arrays.stream(centroids).flatMapToDouble(Arrays::stream).allMatch(Double::isFinite);
  }

  private static Clusters finish(double[][] points, double[][] from) {
    double[][] centroids = from;
    int[] labels = new int[points.length];
    Arrays.fill(labels, -1);
    for (int step = 0; step < MOST_STEPS && assign(points, centroids, labels); step++) {
      centroids = means(points, labels, centroids.length);
    }
    double inertia = 0;
    for (int i = 0; i < points.length; i++) {
      inertia += SegmentModel.squaredDistance(points[i], centroids[labels[i]]);
    }
    return new Clusters(centroids, labels, inertia);
  }

  private static boolean assign(double[][] points, double[][] centroids, int[] labels) {
    boolean moved = false;
    for (int i = 0; i < points.length; i++) {
      int nearest = SegmentModel.nearest(centroids, points[i]);
      moved |= nearest != labels[i];
      labels[i] = nearest;
    }
    return moved;
  }

  /** Clusters that lost all their points are left out, and the labels follow. */
  private static double[][] means(double[][] points, int[] labels, int k) {
    double[][] sums = new double[k][points[0].length];
    int[] sizes = new int[k];
    for (int i = 0; i < points.length; i++) {
      sizes[labels[i]]++;
      for (int j = 0; j < points[i].length; j++) {
        sums[labels[i]][j] += points[i][j];
      }
    }
    int kept = 0;
    int[] renumbered = new int[k];
    for (int c = 0; c < k; c++) {
      if (sizes[c] > 0) {
        renumbered[c] = kept;
        for (int j = 0; j < sums[c].length; j++) {
          sums[kept][j] = sums[c][j] / sizes[c];
        }
        kept++;
      }
    }
    for (int i = 0; i < labels.length; i++) {
      labels[i] = renumbered[labels[i]];
    }
    return Arrays.copyOf(sums, kept);
  }

  /** The clusters around these centroids, once settled. */
  static Clusters from(double[][] points, double[][] centroids) {
    return finish(points, centroids);
  }

  int k() {
    return centroids.length;
  }

  double[][] centroids() {
    return centroids;
  }

  /** For each point its cluster, from 0. */
  int[] labels() {
    return labels;
  }

  /** The sum of the squared distances of all points to their centroids. */
  double inertia() {
    return inertia;
  }

  /** The cluster of each of these points, from 0. */
  int[] labels(double[][] points) {
    int[] assigned = new int[points.length];
    assign(points, centroids, assigned);
    return assigned;
  }

  /** The number of points of each cluster. */
  int[] sizes() {
    int[] sizes = new int[centroids.length];
    for (int label : labels) {
      sizes[label]++;
    }
    return sizes;
  }
}
