package dev.patron.features.clv;

import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.util.FastMath;

/**
 * The distinct (paid days, mean amount of such a day) of a customer base with the number of
 * customers of each, in that order. Amounts are positive, in the dataset's currency. Immutable.
 */
public final class MoneyCells {
  final int[] paidDays;
  final double[] mean;
  final double[] customers;

  /** The logarithm of each mean, which every evaluation of a likelihood needs. */
  final double[] logMean;

  private MoneyCells(int[] paidDays, double[] mean, double[] customers) {
    this.paidDays = paidDays;
    this.mean = mean;
    this.customers = customers;
    this.logMean = Arrays.stream(mean).map(FastMath::log).toArray();
  }

  /** Counts equal rows of a frame of (paid_days, mean_amount, customers). */
  static MoneyCells of(Frame rows) {
    List<String> by = List.of("paid_days", "mean_amount");
    Frame sorted = rows.sort(by);
    int[] groups = sorted.groups(by);
    int size = groups.length - 1;
    int[] paidDays = new int[size];
    double[] mean = new double[size];
    double[] customers = new double[size];
    LongColumn days = sorted.longs("paid_days");
    DoubleColumn means = sorted.doubles("mean_amount");
    LongColumn counts = sorted.longs("customers");
    for (int g = 0; g < size; g++) {
      paidDays[g] = Math.toIntExact(days.get(groups[g]));
      mean[g] = means.get(groups[g]);
      for (int row = groups[g]; row < groups[g + 1]; row++) {
        customers[g] += counts.get(row);
      }
    }
    return new MoneyCells(paidDays, mean, customers);
  }

  /** The number of cells. */
  public int size() {
    return mean.length;
  }

  /** The number of customers with a paid day. */
  public long customers() {
    double sum = 0;
    for (double count : customers) {
      sum += count;
    }
    return (long) sum;
  }

  /** The mean amount of a paid day; NaN if there is none. */
  double meanAmount() {
    double sum = 0;
    double days = 0;
    for (int i = 0; i < mean.length; i++) {
      sum += customers[i] * paidDays[i] * mean[i];
      days += customers[i] * paidDays[i];
    }
    return sum / days;
  }

  /** The geometric mean of the customers' mean amounts; NaN if there is none. */
  double geometricMean() {
    double sum = 0;
    double all = 0;
    for (int i = 0; i < logMean.length; i++) {
      sum += customers[i] * logMean[i];
      all += customers[i];
    }
    return FastMath.exp(sum / all);
  }

  /** The same customers with amounts divided by {@code unit}. */
  MoneyCells inUnitsOf(double unit) {
    double[] scaled = new double[mean.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = mean[i] / unit;
    }
    return new MoneyCells(paidDays, scaled, customers);
  }
}
