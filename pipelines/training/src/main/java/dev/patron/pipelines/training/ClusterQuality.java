package dev.patron.pipelines.training;

import dev.patron.features.segments.SegmentModel;

/** How well clusters separate, and how well two clusterings agree. */
final class ClusterQuality {
  private ClusterQuality() {}

  /**
   * The mean silhouette (Rousseeuw 1987), from -1 to 1: how much nearer a point is to its own
   * cluster than to the next. Quadratic in the number of points. 0 for a single cluster; a point
   * alone in its cluster counts 0.
   */
  static double silhouette(double[][] points, int[] labels, int k) {
    if (k < 2) {
      return 0;
    }
    int[] sizes = new int[k];
    for (int label : labels) {
      sizes[label]++;
    }
    double sum = 0;
    for (int i = 0; i < points.length; i++) {
      double[] distances = new double[k];
      for (int j = 0; j < points.length; j++) {
        distances[labels[j]] += Math.sqrt(SegmentModel.squaredDistance(points[i], points[j]));
      }
      int own = labels[i];
      if (sizes[own] < 2) {
        continue;
      }
      double within = distances[own] / (sizes[own] - 1);
      double next = Double.POSITIVE_INFINITY;
      for (int c = 0; c < k; c++) {
        if (c != own && sizes[c] > 0) {
          next = Math.min(next, distances[c] / sizes[c]);
        }
      }
      double greater = Math.max(within, next);
      if (greater > 0 && Double.isFinite(greater)) {
        sum += (next - within) / greater;
      }
    }
    return sum / points.length;
  }

  /**
   * The adjusted Rand index (Hubert, Arabie 1985) of two clusterings of the same points: 1 if they
   * are the same but for the numbers of the clusters, 0 on the mean if they agree by chance.
   */
  static double adjustedRandIndex(int[] one, int[] other, int k, int otherK) {
    long[][] both = new long[k][otherK];
    long[] ofOne = new long[k];
    long[] ofOther = new long[otherK];
    for (int i = 0; i < one.length; i++) {
      both[one[i]][other[i]]++;
      ofOne[one[i]]++;
      ofOther[other[i]]++;
    }
    double together = 0;
    for (long[] row : both) {
      together += pairs(row);
    }
    double inOne = pairs(ofOne);
    double inOther = pairs(ofOther);
    double all = one.length * (one.length - 1.0) / 2;
    double expected = all == 0 ? 0 : inOne * inOther / all;
    double most = (inOne + inOther) / 2;
    return most == expected ? 1 : (together - expected) / (most - expected);
  }

  private static double pairs(long[] counts) {
    double pairs = 0;
    for (long count : counts) {
      pairs += count * (count - 1.0) / 2;
    }
    return pairs;
  }
}
