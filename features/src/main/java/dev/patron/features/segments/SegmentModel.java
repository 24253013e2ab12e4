package dev.patron.features.segments;

import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.ColumnBuilder;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.rfm.Measure;
import dev.patron.features.rfm.RfmScores;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.math3.util.FastMath;

/**
 * K-Means segments: a customer belongs to the nearest centroid, in z-scores of ln(1 + v) of the
 * measures, with v below 0 taken as 0; a tie goes to the lower id. Segments are numbered from 1,
 * the most valuable first, and named after the RFM cell of their centroid. Immutable; equal bits on
 * every machine.
 */
public final class SegmentModel implements Serializable {
  /** The measures that segments are made of, in order. */
  public static final List<String> MEASURES =
      List.of(Measure.RECENCY.column(), Measure.FREQUENCY.column(), Measure.MONETARY.column());

  /** The columns of an assignment; null where a measure is null. */
  public static final Schema ASSIGNMENT =
      Schema.of().with("segment_id", Type.LONG).with("segment", Type.STRING);

  private final double[] means;
  private final double[] deviations;
  private final double[][] centroids;
  private final String[] names;
  private final RfmScores rfm;

  private SegmentModel(
      double[] means, double[] deviations, double[][] centroids, String[] names, RfmScores rfm) {
    this.means = means;
    this.deviations = deviations;
    this.centroids = centroids;
    this.names = names;
    this.rfm = rfm;
  }

  /**
   * A model as it was stored.
   *
   * @param means of ln(1 + v), by measure
   * @param deviations population standard deviations of ln(1 + v), by measure; 0 counts as 1
   * @param centroids by segment, in z-scores by measure
   * @param names by segment
   * @param rfm the edges that the names came from
   * @throws IllegalArgumentException if sizes differ, a number is not finite, or a name is repeated
   */
  public static SegmentModel of(
      double[] means,
      double[] deviations,
      double[][] centroids,
      List<String> names,
      RfmScores rfm) {
    int measures = MEASURES.size();
    if (means.length != measures
        || deviations.length != measures
        || centroids.length == 0
        || Arrays.stream(centroids).anyMatch(centroid -> centroid.length != measures)) {
      throw new IllegalArgumentException(
          "a segment model needs a mean, a deviation and at least one centroid's coordinate for each of "
              + MEASURES);
    }
    if (names.size() != centroids.length || names.stream().distinct().count() != names.size()) {
      throw new IllegalArgumentException(
          "%d segments need as many different names, not %s".formatted(centroids.length, names));
    }
    finite(means);
    finite(deviations);
    for (double[] centroid : centroids) {
      finite(centroid);
    }
    double[][] copies = Arrays.stream(centroids).map(double[]::clone).toArray(double[][]::new);
    return new SegmentModel(
        means.clone(), deviations.clone(), copies, names.toArray(String[]::new), rfm);
  }

  private static void finite(double[] values) {
    for (double value : values) {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("a segment model cannot hold " + value);
      }
    }
  }

  /**
   * A model of fresh centroids in any order: ordered by descending monetary value (then ascending
   * recency, then descending frequency) of the centroid and named after its RFM cell; of several
   * segments in one cell the second is named "Loyal (2)", and so on.
   */
  public static SegmentModel named(
      double[] means, double[] deviations, double[][] centroids, RfmScores rfm) {
    double[][] ordered = centroids.clone();
    Arrays.sort(
        ordered,
        (one, other) -> {
          int order = Double.compare(other[2], one[2]);
          order = order != 0 ? order : Double.compare(one[0], other[0]);
          return order != 0 ? order : Double.compare(other[1], one[1]);
        });
    List<String> names = new ArrayList<>();
    Map<String, Integer> uses = new HashMap<>();
    for (double[] centroid : ordered) {
      String name = "All Customers";
      if (rfm.known()) {
        int r = rfm.score(Measure.RECENCY, value(means, deviations, centroid, 0));
        int f = rfm.score(Measure.FREQUENCY, value(means, deviations, centroid, 1));
        int m = rfm.score(Measure.MONETARY, value(means, deviations, centroid, 2));
        name = rfm.segments().name(r, f, m);
      }
      int use = Objects.requireNonNull(uses.merge(name, 1, Integer::sum));
      names.add(use == 1 ? name : name + " (" + use + ")");
    }
    return of(means, deviations, ordered, names, rfm);
  }

  private static double value(double[] means, double[] deviations, double[] centroid, int measure) {
    return FastMath.expm1(centroid[measure] * scale(deviations[measure]) + means[measure]);
  }

  private static double scale(double deviation) {
    return deviation == 0 ? 1 : deviation;
  }

  /** The number of segments. */
  public int k() {
    return names.length;
  }

  /** The means of ln(1 + v), by measure. */
  public double[] means() {
    return means.clone();
  }

  /** The population standard deviations of ln(1 + v), by measure. */
  public double[] deviations() {
    return deviations.clone();
  }

  /** The centroids in z-scores, by segment and measure. */
  public double[][] centroids() {
    return Arrays.stream(centroids).map(double[]::clone).toArray(double[][]::new);
  }

  /** The centroid of a segment in the measures' own units: days, purchases, money. */
  public double[] centroid(int id) {
    double[] values = new double[MEASURES.size()];
    Arrays.setAll(values, i -> value(means, deviations, centroids[id - 1], i));
    return values;
  }

  /** The names, by segment. */
  public List<String> names() {
    return List.of(names);
  }

  /** The edges that the names came from. */
  public RfmScores rfm() {
    return rfm;
  }

  /** ln(1 + v), with v below 0 taken as 0. */
  public static double logarithm(double value) {
    return FastMath.log1p(Math.max(0, value));
  }

  /** The position of the nearest centroid, the lowest of several equally near. */
  public static int nearest(double[][] centroids, double[] point) {
    int nearest = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < centroids.length; i++) {
      double distance = squaredDistance(centroids[i], point);
      if (distance < least) {
        least = distance;
        nearest = i;
      }
    }
    return nearest;
  }

  /** The square of the Euclidean distance. */
  public static double squaredDistance(double[] one, double[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      double difference = one[i] - other[i];
      sum += difference * difference;
    }
    return sum;
  }

  /** The segments of the customers of a features frame, row by row, as {@link #ASSIGNMENT}. */
  public Frame assign(Frame features) {
    double[][] columns = new double[MEASURES.size()][];
    Arrays.setAll(columns, i -> Measure.values(features, MEASURES.get(i)));
    LongColumn.Builder ids = (LongColumn.Builder) ColumnBuilder.of(Type.LONG);
    BytesColumn.Builder texts = (BytesColumn.Builder) ColumnBuilder.of(Type.STRING);
    double[] point = new double[MEASURES.size()];
    for (int row = 0; row < features.rows(); row++) {
      boolean known = true;
      for (int i = 0; i < point.length; i++) {
        known &= !Double.isNaN(columns[i][row]);
        point[i] = (logarithm(columns[i][row]) - means[i]) / scale(deviations[i]);
      }
      if (known) {
        int nearest = nearest(centroids, point);
        ids.append(nearest + 1);
        texts.append(names[nearest]);
      } else {
        ids.appendNull();
        texts.appendNull();
      }
    }
    return Frame.of(ASSIGNMENT, ids.build(), texts.build());
  }
}
