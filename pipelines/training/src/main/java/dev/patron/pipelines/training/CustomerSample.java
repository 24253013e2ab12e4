package dev.patron.pipelines.training;

import dev.patron.features.frame.CanonicalBytes;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import dev.patron.features.rfm.Measure;
import dev.patron.features.segments.SegmentModel;
import it.unimi.dsi.fastutil.ints.IntArrays;
import java.util.Arrays;

/**
 * At most so many customers, chosen by a seeded hash of their identity: the same ones whatever the
 * order of the rows, and all of them where there are few. Holds what segments are made of.
 */
final class CustomerSample {
  private final int most;
  private final long seed;
  private final boolean positiveOnly;
  private final double[][] values = new double[SegmentModel.MEASURES.size()][1024];
  private long[] ranks = new long[1024];
  private int size;
  private long seen;

  /**
   * A sample.
   *
   * @param most customers in it
   * @param positiveOnly whether customers without a positive monetary value are left out
   */
  CustomerSample(int most, long seed, boolean positiveOnly) {
    this.most = most;
    this.seed = seed;
    this.positiveOnly = positiveOnly;
  }

  /** Offers the customers of a features frame; those with a null measure are left out. */
  void add(Frame features) {
    Column id = features.column("customer_id");
    double[][] columns = new double[values.length][];
    Arrays.setAll(columns, i -> Measure.values(features, SegmentModel.MEASURES.get(i)));
    CanonicalBytes bytes = new CanonicalBytes();
    for (int row = 0; row < features.rows(); row++) {
      boolean known = true;
      for (double[] column : columns) {
        known &= !Double.isNaN(column[row]);
      }
      if (!known || (positiveOnly && columns[2][row] <= 0)) {
        continue;
      }
      seen++;
      if (size == ranks.length) {
        if (size >= 2 * most) {
          keep(most);
        } else {
          grow();
        }
      }
      bytes.clear().putLong(seed);
      id.canonical(row, bytes);
      ranks[size] = bytes.hash64();
      for (int i = 0; i < values.length; i++) {
        values[i][size] = columns[i][row];
      }
      size++;
    }
  }

  private void grow() {
    int capacity = Math.min(2 * ranks.length, Math.max(2 * most, 1024));
    ranks = Arrays.copyOf(ranks, capacity);
    for (int i = 0; i < values.length; i++) {
      values[i] = Arrays.copyOf(values[i], capacity);
    }
  }

  /** Keeps those with the lowest ranks, in the order of rank, then of values. */
  private void keep(int howMany) {
    int[] order = new int[size];
    Arrays.setAll(order, i -> i);
    IntArrays.mergeSort(
        order,
        (a, b) -> {
          int byRank = Long.compareUnsigned(ranks[a], ranks[b]);
          return byRank != 0 ? byRank : compareValues(a, b);
        });
    permute(order);
    size = Math.min(size, howMany);
  }

  private int compareValues(int a, int b) {
    for (double[] column : values) {
      int order = Double.compare(column[a], column[b]);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private void permute(int[] order) {
    long[] oldRanks = ranks.clone();
    for (int i = 0; i < order.length; i++) {
      ranks[i] = oldRanks[order[i]];
    }
    for (int j = 0; j < values.length; j++) {
      double[] old = values[j].clone();
      for (int i = 0; i < order.length; i++) {
        values[j][i] = old[order[i]];
      }
    }
  }

  /** How many customers were offered and could have been chosen. */
  long seen() {
    return seen;
  }

  /**
   * The chosen customers: for each its measures, in an order that depends on the seed alone, so
   * that any first part of them is a sample as well.
   */
  double[][] rows() {
    keep(most);
    double[][] rows = new double[size][values.length];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < values.length; j++) {
        rows[i][j] = values[j][i];
      }
    }
    return rows;
  }
}
