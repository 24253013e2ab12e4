package dev.patron.features.rfm;

import dev.patron.features.frame.Column;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Type;

/** What is scored, and which end of it is good. */
public enum Measure {
  /** Whole days since the last purchase; fewer are better. */
  RECENCY(0, "recency_days", true),
  /** The number of purchases. */
  FREQUENCY(1, "frequency", false),
  /** Money spent less money returned. */
  MONETARY(2, "monetary", false);

  private static final double[] POWERS_OF_TEN = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18
  };

  private final int position;
  private final String column;
  private final boolean lessIsBetter;

  Measure(int position, String column, boolean lessIsBetter) {
    this.position = position;
    this.column = column;
    this.lessIsBetter = lessIsBetter;
  }

  /** The place of the measure among all, from 0. */
  int position() {
    return position;
  }

  /** The name of the column that holds the measure. */
  public String column() {
    return column;
  }

  /** Whether a smaller value is the better one. */
  public boolean lessIsBetter() {
    return lessIsBetter;
  }

  /**
   * The measure that the named column holds.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Measure ofColumn(String column) {
    for (Measure measure : values()) {
      if (measure.column.equals(column)) {
        return measure;
      }
    }
    throw new IllegalArgumentException(
        "'" + column + "' is not scored; scored are recency_days, frequency and monetary");
  }

  /**
   * The values of a numeric column as doubles: longs as they are, a decimal of at most 18 digits as
   * the double nearest to it. Negative zero becomes zero; where the column is null the result is
   * NaN.
   *
   * @throws IllegalArgumentException if the column is not numeric or holds NaN or an infinity
   */
  public static double[] values(Frame frame, String name) {
    Type type = frame.schema().type(name);
    Column column = frame.column(name);
    double[] values = new double[frame.rows()];
    double divisor = type instanceof Type.Decimal d && d.fitsLong() ? POWERS_OF_TEN[d.scale()] : 1;
    for (int row = 0; row < values.length; row++) {
      if (column.isNull(row)) {
        values[row] = Double.NaN;
        continue;
      }
      double value;
      if (column instanceof LongColumn longs) {
        value = longs.get(row) / divisor;
      } else if (column instanceof DoubleColumn doubles) {
        value = doubles.get(row);
      } else {
        throw new IllegalArgumentException(
            "column '%s' is %s where a number (long, double or a decimal of at most 18 digits) is wanted"
                .formatted(name, type));
      }
      if (Double.isNaN(value) || Double.isInfinite(value)) {
        throw new IllegalArgumentException(
            "column '%s' holds %s, which is not a number".formatted(name, value));
      }
      values[row] = value + 0.0;
    }
    return values;
  }
}
