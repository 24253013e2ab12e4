package dev.patron.features.drift;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.tables.Tables;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.apache.commons.math3.util.FastMath;

/**
 * How far customers have moved from those of a training, feature by feature: the population
 * stability index over groups of about a tenth of the customers each, and the Kolmogorov-Smirnov
 * distance over the bins.
 *
 * <p>A feature has drifted where its index reaches {@value #THRESHOLD}, the customary bound, and is
 * also more than chance makes of so few customers: without drift the index is chi-squared
 * distributed, times 1/n + 1/m (Yurdakul 2018, Statistical Properties of Population Stability
 * Index).
 */
public final class Drift {
  /** From here on a feature has drifted. */
  public static final double THRESHOLD = 0.2;

  private static final double GROUP_SHARE = 0.1;

  /** The 95 % quantile of a normal distribution, for that of chi-squared. */
  private static final double RARELY = 1.645;

  /**
   * A comparison.
   *
   * @param runId of the run that scored
   * @param asOf of the customers now, in microseconds since the epoch
   * @param trainedAsOf of those of the training, likewise
   * @param model that was trained, as {@code segments/3}
   */
  public record Setting(String runId, long asOf, long trainedAsOf, String model) {}

  private Drift() {}

  /**
   * One row a feature, one for the segments' shares in all, and one a segment.
   *
   * @param then at the training
   * @param now at present
   * @param segmentNames by id
   * @return rows of {@link Tables#DRIFT}
   */
  public static Frame between(
      FeatureCounts then, FeatureCounts now, Map<Long, String> segmentNames, Setting setting) {
    FrameBuilder rows = new FrameBuilder(Tables.DRIFT);
    for (String feature : FeatureCounts.FEATURES) {
      if (then.counted().contains(feature) && now.counted().contains(feature)) {
        Distribution both = Distribution.of(feature, then, now);
        append(rows, setting, "feature", feature, both, both.inGroups(), both.ks());
      }
    }
    Distribution segments = Distribution.of(FeatureCounts.SEGMENT, then, now);
    append(rows, setting, "segments", "segment shares", segments, segments, Double.NaN);
    for (int i = 0; i < segments.size(); i++) {
      long id = segments.bins.get(i);
      open(rows, setting, "segment", segmentNames.getOrDefault(id, "segment " + id), segments);
      rows.column("psi").appendNull();
      rows.column("ks").appendNull();
      rows.doubles("share_at_training").append(segments.share(segments.then, i));
      rows.doubles("share_now").append(segments.share(segments.now, i));
      rows.booleans("drifted").append(false);
    }
    return rows.build();
  }

  private static void open(
      FrameBuilder rows, Setting setting, String kind, String name, Distribution both) {
    rows.bytes("run_id").append(setting.runId());
    rows.longs("as_of").append(setting.asOf());
    rows.longs("trained_as_of").append(setting.trainedAsOf());
    rows.bytes("model").append(setting.model());
    rows.bytes("kind").append(kind);
    rows.bytes("measure").append(name);
    rows.longs("customers_at_training").append(Distribution.sum(both.then));
    rows.longs("customers_now").append(Distribution.sum(both.now));
    rows.doubles("threshold").append(THRESHOLD);
  }

  private static void append(
      FrameBuilder rows,
      Setting setting,
      String kind,
      String name,
      Distribution both,
      Distribution grouped,
      double ks) {
    open(rows, setting, kind, name, both);
    double psi = grouped.psi();
    rows.doubles("psi").append(psi);
    if (Double.isNaN(ks)) {
      rows.column("ks").appendNull();
    } else {
      rows.doubles("ks").append(ks);
    }
    rows.column("share_at_training").appendNull();
    rows.column("share_now").appendNull();
    rows.booleans("drifted").append(psi >= Math.max(THRESHOLD, grouped.byChance()));
  }

  /**
   * What has drifted, worst first, and a sentence about each: a stream says it once, though the
   * index that it names moves with every order.
   */
  public static Map<String, String> warnings(Frame drift) {
    List<Integer> drifted = new ArrayList<>();
    for (int row = 0; row < drift.rows(); row++) {
      if (drift.value(row, "drifted") instanceof Boolean yes && yes) {
        drifted.add(row);
      }
    }
    drifted.sort(
        (a, b) -> Double.compare(drift.doubles("psi").get(b), drift.doubles("psi").get(a)));
    Map<String, String> warnings = new LinkedHashMap<>();
    for (int row : drifted) {
      String moved =
          "%s moved since %s was trained"
              .formatted(
                  drift.bytes("measure").text(row).replace('_', ' '),
                  drift.bytes("model").text(row));
      warnings.put(
          moved,
          String.format(
              Locale.ROOT,
              "%s: population stability index %.2f (from %.2f on it counts as drift)",
              moved,
              drift.doubles("psi").get(row),
              THRESHOLD));
    }
    return warnings;
  }

  /** One feature then and now, over the same bins in order. */
  private static final class Distribution {
    final List<Long> bins = new ArrayList<>();
    final List<Long> then = new ArrayList<>();
    final List<Long> now = new ArrayList<>();

    static Distribution of(String feature, FeatureCounts before, FeatureCounts after) {
      TreeSet<Long> all = new TreeSet<>();
      for (long bin : before.occupied(feature)) {
        all.add(bin);
      }
      for (long bin : after.occupied(feature)) {
        all.add(bin);
      }
      Distribution both = new Distribution();
      for (long bin : all) {
        both.bins.add(bin);
        both.then.add(before.count(feature, bin));
        both.now.add(after.count(feature, bin));
      }
      return both;
    }

    /** Neighbouring bins together until each group has a tenth of those at the training. */
    Distribution inGroups() {
      Distribution grouped = new Distribution();
      double wanted = GROUP_SHARE * sum(then);
      long thenSum = 0;
      long nowSum = 0;
      for (int i = 0; i < size(); i++) {
        thenSum += then.get(i);
        nowSum += now.get(i);
        boolean last = i == size() - 1;
        if (thenSum >= wanted || last) {
          if (last && thenSum < wanted / 2 && grouped.size() > 0) {
            int before = grouped.size() - 1;
            grouped.then.set(before, grouped.then.get(before) + thenSum);
            grouped.now.set(before, grouped.now.get(before) + nowSum);
          } else {
            grouped.bins.add(bins.get(i));
            grouped.then.add(thenSum);
            grouped.now.add(nowSum);
          }
          thenSum = 0;
          nowSum = 0;
        }
      }
      return grouped;
    }

    int size() {
      return bins.size();
    }

    static long sum(List<Long> counts) {
      return counts.stream().mapToLong(count -> count).sum();
    }

    double share(List<Long> counts, int i) {
      long all = sum(counts);
      return all == 0 ? 0 : counts.get(i) / (double) all;
    }

    /** Half a customer more in every bin: nobody at all would make the index infinite. */
    private double smooth(List<Long> counts, int i) {
      return (counts.get(i) + 0.5) / (sum(counts) + 0.5 * size());
    }

    double part(int i) {
      double before = smooth(then, i);
      double after = smooth(now, i);
      return (after - before) * FastMath.log(after / before);
    }

    double psi() {
      double sum = 0;
      for (int i = 0; i < size(); i++) {
        sum += part(i);
      }
      return sum;
    }

    /** What the index rarely exceeds where nothing has drifted. */
    double byChance() {
      double degrees = Math.max(1, size() - 1);
      double scale = 1.0 / Math.max(1, sum(then)) + 1.0 / Math.max(1, sum(now));
      return (degrees + RARELY * Math.sqrt(2 * degrees)) * scale;
    }

    double ks() {
      double before = 0;
      double after = 0;
      double greatest = 0;
      for (int i = 0; i < size(); i++) {
        before += share(then, i);
        after += share(now, i);
        greatest = Math.max(greatest, Math.abs(before - after));
      }
      return greatest;
    }
  }
}
