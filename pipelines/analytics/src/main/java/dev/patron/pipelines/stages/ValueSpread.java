package dev.patron.pipelines.stages;

import dev.patron.features.frame.DoubleColumn;
import dev.patron.pipelines.report.ReportData.ValueDistribution;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.TableSnapshot;
import it.unimi.dsi.fastutil.doubles.DoubleArrayList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the expected value is spread over the customers. Holds one double a customer. */
final class ValueSpread {
  private static final int BINS = 20;

  /** Beyond this quantile lies the last bin, so that a whale does not flatten all others. */
  private static final double LAST_EDGE = 0.98;

  private ValueSpread() {}

  /** Null if no customer has a value. */
  static @Nullable ValueDistribution of(TableSnapshot scores) {
    DoubleArrayList found = new DoubleArrayList();
    TableScan.of(scores, List.of("cltv"))
        .forEach(
            frame -> {
              DoubleColumn cltv = frame.doubles("cltv");
              for (int row = 0; row < frame.rows(); row++) {
                if (!cltv.isNull(row)) {
                  found.add(cltv.get(row));
                }
              }
            });
    return found.isEmpty() ? null : of(found.toDoubleArray());
  }

  private static ValueDistribution of(double[] values) {
    Arrays.sort(values);
    double total = 0;
    double top = 0;
    int topFrom = values.length - Math.max(1, Math.round(values.length / 10f));
    for (int i = 0; i < values.length; i++) {
      total += values[i];
      top += i >= topFrom ? values[i] : 0;
    }
    return new ValueDistribution(
        bins(values), total, values[values.length / 2], total == 0 ? Double.NaN : top / total);
  }

  private static List<ValueDistribution.Bin> bins(double[] sorted) {
    double step = niceStep(sorted[(int) ((sorted.length - 1) * LAST_EDGE)] / BINS);
    List<ValueDistribution.Bin> bins = new ArrayList<>();
    int next = 0;
    for (int bin = 0; next < sorted.length; bin++) {
      boolean last = bin == BINS;
      double to = last ? Double.POSITIVE_INFINITY : (bin + 1) * step;
      int from = next;
      while (next < sorted.length && (last || sorted[next] < to)) {
        next++;
      }
      bins.add(new ValueDistribution.Bin(bin * step, to, next - from));
    }
    return bins;
  }

  /** The least of 1, 2, 5 times a power of ten that is not below this. */
  private static double niceStep(double least) {
    if (!(least > 0)) {
      return 1;
    }
    double power = Math.pow(10, Math.floor(Math.log10(least)));
    for (double factor : new double[] {1, 2, 5}) {
      if (factor * power >= least) {
        return factor * power;
      }
    }
    return 10 * power;
  }
}
