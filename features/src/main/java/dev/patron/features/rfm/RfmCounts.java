package dev.patron.features.rfm;

import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import it.unimi.dsi.fastutil.doubles.Double2LongMap;
import it.unimi.dsi.fastutil.doubles.Double2LongOpenHashMap;
import java.io.Serializable;
import java.util.Arrays;

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

  private final Double2LongOpenHashMap[] counts;

  /** Counts of no customers. */
  public RfmCounts() {
    counts = new Double2LongOpenHashMap[Measure.values().length];
    Arrays.setAll(counts, i -> new Double2LongOpenHashMap());
  }

  /**
   * Counts the customers of a features frame; a null is not counted.
   *
   * @throws IllegalArgumentException if a measure is missing, not numeric, NaN or infinite
   */
  public RfmCounts add(Frame features) {
    for (Measure measure : Measure.values()) {
      Double2LongOpenHashMap count = counts[measure.position()];
      for (double value : Measure.values(features, measure.column())) {
        if (!Double.isNaN(value)) {
          count.addTo(value, 1);
        }
      }
    }
    return this;
  }

  /** Adds all counts of another. */
  public RfmCounts add(RfmCounts other) {
    for (int i = 0; i < counts.length; i++) {
      for (Double2LongMap.Entry entry : other.counts[i].double2LongEntrySet()) {
        counts[i].addTo(entry.getDoubleKey(), entry.getLongValue());
      }
    }
    return this;
  }

  /** The counts as a frame of {@link #SCHEMA}, in the order of measures and values. */
  public Frame toFrame() {
    FrameBuilder rows = new FrameBuilder(SCHEMA);
    LongColumn.Builder measures = rows.longs("measure");
    DoubleColumn.Builder values = rows.doubles("value");
    LongColumn.Builder customers = rows.longs("customers");
    for (Measure measure : Measure.values()) {
      for (double value : distinct(measure)) {
        measures.append(measure.position());
        values.append(value);
        customers.append(count(measure, value));
      }
    }
    return rows.build();
  }

  /** Adds what {@link #toFrame} wrote. */
  public RfmCounts addCounts(Frame frame) {
    LongColumn measures = frame.longs("measure");
    DoubleColumn values = frame.doubles("value");
    LongColumn customers = frame.longs("customers");
    for (int row = 0; row < frame.rows(); row++) {
      counts[(int) measures.get(row)].addTo(values.get(row), customers.get(row));
    }
    return this;
  }

  /** The distinct values of a measure, ascending. */
  double[] distinct(Measure measure) {
    double[] values = counts[measure.position()].keySet().toDoubleArray();
    Arrays.sort(values);
    return values;
  }

  /** How many customers have this value. */
  long count(Measure measure, double value) {
    return counts[measure.position()].get(value);
  }
}
