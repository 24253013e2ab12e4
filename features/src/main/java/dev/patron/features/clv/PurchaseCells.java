package dev.patron.features.clv;

import it.unimi.dsi.fastutil.longs.Long2LongOpenHashMap;
import java.util.Arrays;
import java.util.Comparator;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.commons.math3.util.FastMath;

/**
 * The distinct (x, t_x, T) of a customer base with the number of customers of each, in the order of
 * x, t_x and T. Everything that a likelihood of purchases depends on; times are in weeks.
 * Immutable.
 */
public final class PurchaseCells {
  private static final int BITS = 21;
  private static final long MASK = (1L << BITS) - 1;

  /** Days to a week: the tables count days, the fits weeks. */
  static final double DAYS_PER_WEEK = 7;

  final int[] x;
  final double[] tx;
  final double[] tenure;
  final double[] customers;

  // Likelihoods need the logarithm of each t_x and T, and there are few distinct days: these are
  // they, and for each cell the places of its two among them.
  private final double[] times;
  private final int[] txPlace;
  private final int[] tenurePlace;

  private final long[] days;

  private PurchaseCells(long[] days, double[] customers) {
    int size = days.length;
    this.days = days;
    this.customers = customers;
    this.x = new int[size];
    this.tx = new double[size];
    this.tenure = new double[size];
    for (int i = 0; i < size; i++) {
      x[i] = x(days[i]);
      tx[i] = txDays(days[i]) / DAYS_PER_WEEK;
      tenure[i] = tenureDays(days[i]) / DAYS_PER_WEEK;
    }
    this.times =
        DoubleStream.concat(Arrays.stream(tx), Arrays.stream(tenure)).sorted().distinct().toArray();
    this.txPlace = places(tx);
    this.tenurePlace = places(tenure);
  }

  private int[] places(double[] of) {
    int[] places = new int[of.length];
    Arrays.setAll(places, i -> Arrays.binarySearch(times, of[i]));
    return places;
  }

  /** The logarithms of {@code alpha} plus each distinct time, for {@link #ofTx} and its like. */
  double[] logarithms(double alpha) {
    double[] logarithms = new double[times.length];
    Arrays.setAll(logarithms, i -> FastMath.log(alpha + times[i]));
    return logarithms;
  }

  /** Which of {@link #logarithms} is that of a cell's t_x. */
  int ofTx(int cell) {
    return txPlace[cell];
  }

  /** Which of {@link #logarithms} is that of a cell's T. */
  int ofTenure(int cell) {
    return tenurePlace[cell];
  }

  static PurchaseCells of(Long2LongOpenHashMap counts) {
    long[] days = counts.keySet().toLongArray();
    Arrays.sort(days);
    double[] customers = new double[days.length];
    for (int i = 0; i < days.length; i++) {
      customers[i] = counts.get(days[i]);
    }
    return new PurchaseCells(days, customers);
  }

  /** One number for a cell, whose order is that of x, t_x and T. */
  static long key(long x, long txDays, long tenureDays) {
    if (x < 0
        || txDays < 0
        || txDays > tenureDays
        || tenureDays > MASK
        || x > MASK
        || (x == 0 && txDays > 0)
        || (x > 0 && txDays == 0)) {
      throw new IllegalArgumentException(
          "no customer can have repeat_purchases %d, repeat_recency_days %d and tenure_days %d"
                  .formatted(x, txDays, tenureDays)
              + ": 0 <= repeat_recency_days <= tenure_days is wanted, and 0 without a repeat alone");
    }
    return x << (2 * BITS) | txDays << BITS | tenureDays;
  }

  static int x(long key) {
    return (int) (key >>> (2 * BITS));
  }

  static long txDays(long key) {
    return key >>> BITS & MASK;
  }

  static long tenureDays(long key) {
    return key & MASK;
  }

  /** The number of cells. */
  public int size() {
    return x.length;
  }

  /** The number of customers. */
  public long customers() {
    double sum = 0;
    for (double count : customers) {
      sum += count;
    }
    return (long) sum;
  }

  /** The number of customers with a repeat purchase. */
  public long repeatCustomers() {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] > 0 ? customers[i] : 0;
    }
    return (long) sum;
  }

  /**
   * The median, over the customers with a repeat purchase, of the mean days between purchases;
   * empty where nobody has one.
   */
  public OptionalDouble medianGapDays() {
    int[] repeated =
        IntStream.range(0, x.length)
            .filter(i -> x[i] > 0)
            .boxed()
            .sorted(Comparator.comparingDouble(this::gapDays))
            .mapToInt(i -> i)
            .toArray();
    double half = repeatCustomers() / 2.0;
    double count = 0;
    for (int i : repeated) {
      count += customers[i];
      if (count >= half) {
        return OptionalDouble.of(gapDays(i));
      }
    }
    return OptionalDouble.empty();
  }

  private double gapDays(int cell) {
    return (double) txDays(days[cell]) / x[cell];
  }

  /** The number of customers who have bought on one day alone, fewer than so many days ago. */
  public long newerThan(double someDays) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] == 0 && tenureDays(days[i]) < someDays ? customers[i] : 0;
    }
    return (long) sum;
  }

  /** The mean T, in weeks. */
  double meanTenure() {
    double sum = 0;
    double count = 0;
    for (int i = 0; i < x.length; i++) {
      sum += customers[i] * tenure[i];
      count += customers[i];
    }
    return sum / count;
  }

  int maxX() {
    return x.length == 0 ? 0 : x[x.length - 1];
  }

  /**
   * The same customers at whole multiples of some weeks: fewer cells, for a first approximation.
   */
  PurchaseCells atWholeWeeks(int weeks) {
    Long2LongOpenHashMap counts = new Long2LongOpenHashMap();
    for (int i = 0; i < days.length; i++) {
      long tenureWeek = Math.round(tenure[i] / weeks) * weeks * 7;
      long txWeek =
          x[i] == 0 ? 0 : Math.max(1, Math.min(tenureWeek, Math.round(tx[i] / weeks) * weeks * 7));
      counts.addTo(key(x[i], txWeek, Math.max(txWeek, tenureWeek)), (long) customers[i]);
    }
    return of(counts);
  }

  /** The cells as their keys and counts, for travel. */
  void forEach(CellConsumer consumer) {
    for (int i = 0; i < days.length; i++) {
      consumer.accept(x[i], txDays(days[i]), tenureDays(days[i]), (long) customers[i]);
    }
  }

  /** Receives cells; times in days. */
  interface CellConsumer {
    void accept(int x, long txDays, long tenureDays, long customers);
  }
}
