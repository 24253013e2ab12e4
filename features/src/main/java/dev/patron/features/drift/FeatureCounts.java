package dev.patron.features.drift;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.rfm.Measure;
import it.unimi.dsi.fastutil.longs.Long2LongOpenHashMap;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.math3.util.FastMath;

/**
 * How the features of customers are distributed: how many customers lie in which bin of each, and
 * how many belong to which segment. Exact, and independent of the order of rows and of how they are
 * cut into frames.
 *
 * <p>Bins are the same for all data, sixteen to every doubling of 1 + |v|, so that small whole
 * numbers have bins of their own and great ones are known to 4 %; a null has a bin of its own.
 *
 * <p>Mutable; partial counts are {@link #add}ed, and travel between workers as frames.
 */
public final class FeatureCounts {
  /** What is counted besides the segments. */
  public static final List<String> FEATURES =
      List.of(
          "recency_days",
          "frequency",
          "monetary",
          "mean_amount",
          "tenure_days",
          "repeat_purchases");

  /** The segments' place among the features; its bins are their ids. */
  public static final String SEGMENT = "segment_id";

  /** How counts travel: one row a feature and bin, in order. */
  public static final Schema SCHEMA =
      Schema.of().with("feature", Type.STRING).with("bin", Type.LONG).with("customers", Type.LONG);

  /** Before all others. */
  private static final long NULL_BIN = -1_000_000;

  private static final double BINS_PER_LOGARITHM = 16 / FastMath.log(2);

  private final Map<String, Long2LongOpenHashMap> counts = new TreeMap<>();

  /**
   * Counts customers.
   *
   * @param features of {@link dev.patron.features.tables.Tables#customerFeatures}; a feature that
   *     it lacks is not counted
   * @param assigned their segments, in the same order
   */
  public FeatureCounts add(Frame features, Frame assigned) {
    for (String feature : FEATURES) {
      if (features.schema().has(feature)) {
        Long2LongOpenHashMap bins = bins(feature);
        for (double value : Measure.values(features, feature)) {
          bins.addTo(bin(value), 1);
        }
      }
    }
    Long2LongOpenHashMap segments = bins(SEGMENT);
    LongColumn ids = assigned.longs(SEGMENT);
    for (int row = 0; row < assigned.rows(); row++) {
      segments.addTo(ids.isNull(row) ? NULL_BIN : ids.get(row), 1);
    }
    return this;
  }

  private static long bin(double value) {
    if (Double.isNaN(value)) {
      return NULL_BIN;
    }
    long bin = (long) Math.floor(BINS_PER_LOGARITHM * FastMath.log1p(Math.abs(value)));
    return value < 0 ? -1 - bin : bin;
  }

  private Long2LongOpenHashMap bins(String feature) {
    return counts.computeIfAbsent(feature, any -> new Long2LongOpenHashMap());
  }

  /** Adds so many customers to a bin. */
  public FeatureCounts add(String feature, long bin, long customers) {
    bins(feature).addTo(bin, customers);
    return this;
  }

  /** Adds what {@link #toFrame} wrote. */
  public FeatureCounts addCounts(Frame frame) {
    for (int row = 0; row < frame.rows(); row++) {
      add(
          frame.bytes("feature").text(row),
          frame.longs("bin").get(row),
          frame.longs("customers").get(row));
    }
    return this;
  }

  /** Takes away what {@link #toFrame} wrote of customers that were counted here. */
  public FeatureCounts subtractCounts(Frame frame) {
    for (int row = 0; row < frame.rows(); row++) {
      String feature = frame.bytes("feature").text(row);
      long bin = frame.longs("bin").get(row);
      add(feature, bin, -frame.longs("customers").get(row));
      if (count(feature, bin) == 0) {
        bins(feature).remove(bin);
      }
    }
    return this;
  }

  /** The counts as a frame of {@link #SCHEMA} in canonical order. */
  public Frame toFrame() {
    FrameBuilder rows = new FrameBuilder(SCHEMA);
    for (String feature : counts.keySet()) {
      for (long bin : occupied(feature)) {
        rows.bytes("feature").append(feature);
        rows.longs("bin").append(bin);
        rows.longs("customers").append(count(feature, bin));
      }
    }
    return rows.build();
  }

  /** The features that were counted, and the segments, in alphabetical order. */
  public List<String> counted() {
    return List.copyOf(counts.keySet());
  }

  /** The bins of a feature in which anybody is, ascending. */
  public long[] occupied(String feature) {
    long[] occupied = bins(feature).keySet().toLongArray();
    Arrays.sort(occupied);
    return occupied;
  }

  /** How many customers are in a bin. */
  public long count(String feature, long bin) {
    return bins(feature).get(bin);
  }

  /** How many customers were counted. */
  public long customers(String feature) {
    long sum = 0;
    for (long count : bins(feature).values()) {
      sum += count;
    }
    return sum;
  }
}
