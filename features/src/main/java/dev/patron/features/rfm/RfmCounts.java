package dev.patron.features.rfm;

import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How many customers have which value, for each {@link Measure}: all that the edges of the scores
 * depend on. Exact, independent of the order of rows and of how they are cut into frames; its size
 * is the number of distinct values.
 *
 * <p>Mutable; partial counts are {@link #add}ed.
 */
public final class RfmCounts implements Serializable {

  /** How counts travel between workers: one row a measure, by its place, and value, in order. */
  public static final Schema SCHEMA =
      Schema.of()
          .with("measure", Type.LONG)
          .with("value", Type.DOUBLE)
          .with("customers", Type.LONG);

  private final Ascending[] counts;

  /** Counts of no customers. */
  public RfmCounts() {
    counts = new Ascending[Measure.values().length];
    Arrays.fill(counts, Ascending.NONE);
  }

  /**
   * Counts the customers of a features frame; a null is not counted.
   *
   * @throws IllegalArgumentException if a measure is missing, not numeric, NaN or infinite
   */
  public RfmCounts add(Frame features) {
    for (Measure measure : Measure.values()) {
      int i = measure.position();
      counts[i] = counts[i].and(Ascending.of(Measure.values(features, measure.column())));
    }
    return this;
  }

  /** Adds all counts of another. */
  public RfmCounts add(RfmCounts other) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] = counts[i].and(other.counts[i]);
    }
    return this;
  }

  /** The counts as a frame of {@link #SCHEMA}, in the order of measures and values. */
  public Frame toFrame() {
    int rows = Arrays.stream(counts).mapToInt(Ascending::size).sum();
    long[] measures = new long[rows];
    double[] values = new double[rows];
    long[] customers = new long[rows];
    int at = 0;
    for (int i = 0; i < counts.length; i++) {
      int size = counts[i].size();
      Arrays.fill(measures, at, at + size, i);
      System.arraycopy(counts[i].values, 0, values, at, size);
      System.arraycopy(counts[i].customers, 0, customers, at, size);
      at += size;
    }
    return Frame.of(
        SCHEMA, LongColumn.of(measures), DoubleColumn.of(values), LongColumn.of(customers));
  }

  /** Adds what {@link #toFrame} wrote, or several of those one after the other. */
  public RfmCounts addCounts(Frame frame) {
    LongColumn measures = frame.longs("measure");
    DoubleColumn values = frame.doubles("value");
    LongColumn customers = frame.longs("customers");
    List<List<Ascending>> runs = new ArrayList<>();
    for (Ascending count : counts) {
      runs.add(new ArrayList<>(List.of(count)));
    }
    int from = 0;
    for (int row = 1; row <= frame.rows(); row++) {
      if (row == frame.rows()
          || measures.get(row) != measures.get(from)
          || Double.compare(values.get(row - 1), values.get(row)) >= 0) {
        runs.get((int) measures.get(from)).add(Ascending.of(values, customers, from, row));
        from = row;
      }
    }
    Arrays.setAll(counts, i -> Ascending.sum(runs.get(i)));
    return this;
  }

  /** The distinct values of a measure, ascending. */
  double[] distinct(Measure measure) {
    return counts[measure.position()].values;
  }

  /** How many customers have each of the {@link #distinct} values. */
  long[] customers(Measure measure) {
    return counts[measure.position()].customers;
  }

  /**
   * Distinct values, ascending, and how many customers have each. Two of them are added by one pass
   * over both: most values of money are of one customer alone, which a hash table would have to be
   * sorted by again for each frame.
   */
  private static final class Ascending implements Serializable {
    static final Ascending NONE = new Ascending(new double[0], new long[0]);

    private final double[] values;
    private final long[] customers;

    Ascending(double[] values, long[] customers) {
      this.values = values;
      this.customers = customers;
    }

    /** The counts of these values, but for NaN; sorts them. */
    static Ascending of(double[] all) {
      Arrays.sort(all);
      int size = 0;
      long[] customers = new long[all.length];
      for (int i = 0; i < all.length && !Double.isNaN(all[i]); i++) {
        if (size == 0 || Double.compare(all[size - 1], all[i]) != 0) {
          all[size++] = all[i];
        }
        customers[size - 1]++;
      }
      return new Ascending(Arrays.copyOf(all, size), Arrays.copyOf(customers, size));
    }

    static Ascending of(DoubleColumn values, LongColumn customers, int from, int to) {
      Ascending some = new Ascending(new double[to - from], new long[to - from]);
      for (int row = from; row < to; row++) {
        some.values[row - from] = values.get(row);
        some.customers[row - from] = customers.get(row);
      }
      return some;
    }

    /** All of them together; neighbours first, so that every value is moved but a few times. */
    static Ascending sum(List<Ascending> parts) {
      List<Ascending> left = parts;
      while (left.size() > 1) {
        List<Ascending> half = new ArrayList<>();
        for (int i = 0; i < left.size(); i += 2) {
          half.add(i + 1 < left.size() ? left.get(i).and(left.get(i + 1)) : left.get(i));
        }
        left = half;
      }
      return left.get(0);
    }

    int size() {
      return values.length;
    }

    Ascending and(Ascending other) {
      if (size() == 0 || other.size() == 0) {
        return size() == 0 ? other : this;
      }
      double[] both = new double[size() + other.size()];
      long[] counts = new long[both.length];
      int size = 0;
      int i = 0;
      int j = 0;
      while (i < size() || j < other.size()) {
        int order =
            i == size() ? 1 : j == other.size() ? -1 : Double.compare(values[i], other.values[j]);
        both[size] = order <= 0 ? values[i] : other.values[j];
        if (order <= 0) {
          counts[size] += customers[i++];
        }
        if (order >= 0) {
          counts[size] += other.customers[j++];
        }
        size++;
      }
      return new Ascending(Arrays.copyOf(both, size), Arrays.copyOf(counts, size));
    }
  }
}
