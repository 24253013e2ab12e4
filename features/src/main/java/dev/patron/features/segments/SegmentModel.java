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
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.math3.util.FastMath;
import org.jspecify.annotations.Nullable;

/**
 * K-Means segments: a customer belongs to the nearest centroid, in z-scores of ln(1 + v) of the
 * measures, with v below 0 taken as 0; a tie goes to the lower id. Segments of a first model are
 * numbered from 1, the most valuable first, and named after the RFM cell of their centroid; those
 * of a later one keep the ids and names of the segments that they continue. Immutable; equal bits
 * on every machine.
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
  private final int[] ids;
  private final String[] names;
  private final RfmScores rfm;

  private SegmentModel(
      double[] means,
      double[] deviations,
      double[][] centroids,
      int[] ids,
      String[] names,
      RfmScores rfm) {
    this.ids = ids;
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
   * @param ids by segment, positive and ascending
   * @param names by segment
   * @param rfm the edges that the names came from
   * @throws IllegalArgumentException if sizes differ, a number is not finite, a name is repeated or
   *     ids do not ascend
   */
  public static SegmentModel of(
      double[] means,
      double[] deviations,
      double[][] centroids,
      int[] ids,
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
    for (int i = 0; i < ids.length; i++) {
      if (ids.length != centroids.length || ids[i] <= (i == 0 ? 0 : ids[i - 1])) {
        throw new IllegalArgumentException(
            "%d segments need as many positive, ascending ids, not %s"
                .formatted(centroids.length, Arrays.toString(ids)));
      }
    }
    double[][] copies = Arrays.stream(centroids).map(double[]::clone).toArray(double[][]::new);
    return new SegmentModel(
        means.clone(), deviations.clone(), copies, ids.clone(), names.toArray(String[]::new), rfm);
  }

  /** The same with segments numbered 1, 2 and so on. */
  public static SegmentModel of(
      double[] means,
      double[] deviations,
      double[][] centroids,
      List<String> names,
      RfmScores rfm) {
    return of(means, deviations, centroids, numbers(centroids.length), names, rfm);
  }

  private static int[] numbers(int count) {
    int[] numbers = new int[count];
    Arrays.setAll(numbers, i -> i + 1);
    return numbers;
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
   * recency, then descending frequency) of the centroid and named after its RFM cell; several
   * segments in one cell are told apart by the measure in which they differ most.
   */
  public static SegmentModel named(
      double[] means, double[] deviations, double[][] centroids, RfmScores rfm) {
    return named(means, deviations, centroids, rfm, 0);
  }

  /**
   * The same, numbered after ids that were given to segments which cannot be continued.
   *
   * @param greatestId that was ever given; 0 if none was
   */
  public static SegmentModel named(
      double[] means, double[] deviations, double[][] centroids, RfmScores rfm, int greatestId) {
    double[][] ordered = byValue(centroids);
    List<@Nullable String> none = new ArrayList<>(Collections.nCopies(ordered.length, null));
    List<String> names =
        SegmentNames.of(cells(means, deviations, ordered, rfm), none, List.of(), ordered);
    int[] ids = new int[ordered.length];
    Arrays.setAll(ids, i -> greatestId + 1 + i);
    return of(means, deviations, ordered, ids, names, rfm);
  }

  /**
   * A model of fresh centroids that continues this one. New centroids are matched to old ones so
   * that the distances between partners are least in all (in this model's z-scores); a partner
   * nearer than {@value #SAME} standard deviation takes over id and name. The others are new: they
   * are numbered after the greatest id so far and named as by {@link #named}, but not as one that
   * is gone, or customers who went from that one to them would seem to have stayed.
   *
   * @param greatestId that was ever given to a segment
   */
  public SegmentModel continuedBy(
      double[] newMeans,
      double[] newDeviations,
      double[][] newCentroids,
      RfmScores newRfm,
      int greatestId) {
    double[][] ordered = byValue(newCentroids);
    int[] partners = partners(newMeans, newDeviations, ordered);
    List<@Nullable String> kept = new ArrayList<>();
    int[] newIds = new int[ordered.length];
    int next = Math.max(greatestId, ids[ids.length - 1]) + 1;
    for (int i = 0; i < ordered.length; i++) {
      kept.add(partners[i] < 0 ? null : names[partners[i]]);
      newIds[i] = partners[i] < 0 ? next++ : ids[partners[i]];
    }
    List<String> newNames =
        SegmentNames.of(cells(newMeans, newDeviations, ordered, newRfm), kept, names(), ordered);
    Integer[] byId = new Integer[ordered.length];
    Arrays.setAll(byId, i -> i);
    Arrays.sort(byId, Comparator.comparingInt(i -> newIds[i]));
    double[][] sorted = new double[ordered.length][];
    int[] sortedIds = new int[ordered.length];
    List<String> sortedNames = new ArrayList<>();
    for (int i = 0; i < byId.length; i++) {
      sorted[i] = ordered[byId[i]];
      sortedIds[i] = newIds[byId[i]];
      sortedNames.add(newNames.get(byId[i]));
    }
    return of(newMeans, newDeviations, sorted, sortedIds, sortedNames, newRfm);
  }

  /** Further apart than this, in standard deviations, centroids are not of one segment. */
  private static final double SAME = 1;

  /** For each of these centroids the position of the one here that it continues, or -1. */
  private int[] partners(double[] newMeans, double[] newDeviations, double[][] newCentroids) {
    int size = Math.max(newCentroids.length, centroids.length);
    double[][] cost = new double[newCentroids.length][size];
    for (int i = 0; i < newCentroids.length; i++) {
      double[] point = new double[newMeans.length];
      for (int j = 0; j < point.length; j++) {
        double log = newCentroids[i][j] * scale(newDeviations[j]) + newMeans[j];
        point[j] = (log - means[j]) / scale(deviations[j]);
      }
      for (int j = 0; j < size; j++) {
        // To be matched with none costs as much as the furthest partner that counts.
        cost[i][j] =
            j < centroids.length
                ? Math.min(SAME * SAME, squaredDistance(centroids[j], point))
                : SAME * SAME;
      }
    }
    int[] partners = SegmentMatching.leastCost(cost);
    for (int i = 0; i < partners.length; i++) {
      if (partners[i] >= centroids.length || cost[i][partners[i]] >= SAME * SAME) {
        partners[i] = -1;
      }
    }
    return partners;
  }

  private static double[][] byValue(double[][] centroids) {
    double[][] ordered = centroids.clone();
    Arrays.sort(
        ordered,
        (one, other) -> {
          int order = Double.compare(other[2], one[2]);
          order = order != 0 ? order : Double.compare(one[0], other[0]);
          return order != 0 ? order : Double.compare(other[1], one[1]);
        });
    return ordered;
  }

  private static List<String> cells(
      double[] means, double[] deviations, double[][] centroids, RfmScores rfm) {
    List<String> cells = new ArrayList<>();
    for (double[] centroid : centroids) {
      if (rfm.known()) {
        int r = rfm.score(Measure.RECENCY, value(means, deviations, centroid, 0));
        int f = rfm.score(Measure.FREQUENCY, value(means, deviations, centroid, 1));
        int m = rfm.score(Measure.MONETARY, value(means, deviations, centroid, 2));
        cells.add(rfm.segments().name(r, f, m));
      } else {
        cells.add("All Customers");
      }
    }
    return cells;
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

  /**
   * The centroid of a segment in the measures' own units: days, purchases, money.
   *
   * @param position of the segment, from 0
   */
  public double[] centroid(int position) {
    double[] values = new double[MEASURES.size()];
    Arrays.setAll(values, i -> value(means, deviations, centroids[position], i));
    return values;
  }

  /** The ids, by segment, ascending. */
  public int[] ids() {
    return ids.clone();
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
    LongColumn.Builder idColumn = (LongColumn.Builder) ColumnBuilder.of(Type.LONG);
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
        idColumn.append(ids[nearest]);
        texts.append(names[nearest]);
      } else {
        idColumn.appendNull();
        texts.appendNull();
      }
    }
    return Frame.of(ASSIGNMENT, idColumn.build(), texts.build());
  }
}
