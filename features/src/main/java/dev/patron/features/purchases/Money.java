package dev.patron.features.purchases;

import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.ColumnBuilder;
import dev.patron.features.frame.Decimals;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Type;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Amounts of money in the type that the source has: exact decimals as unscaled longs, doubles as
 * doubles. Sums of decimals are exact; sums of doubles depend on their order, so callers add in a
 * canonical order.
 */
public final class Money {
  /** The greatest scale that is kept exactly; finer amounts are held as doubles. */
  private static final int MAX_SCALE = 6;

  /** A trillion, which amounts, prices and numbers of units stay below. */
  private static final double LIMIT = 1e12;

  /**
   * What an exact amount stays below, in the smallest units of its type: 90,000 of them can be
   * added before a long overflows.
   */
  private static final double UNITS_LIMIT = 1e14;

  private Money() {}

  /**
   * What the magnitude of an amount, a price or a number of units in this type has to stay below,
   * so that no sum of them overflows: a trillion, and less in decimals of more than two digits
   * after the point.
   */
  public static double limit(Type type) {
    return type instanceof Type.Decimal decimal && decimal.scale() <= MAX_SCALE
        ? Math.min(LIMIT, UNITS_LIMIT / POWERS[decimal.scale()])
        : LIMIT;
  }

  /** Whether one row's number is within the {@link #limit} of its type; nulls are. */
  public static boolean isWithinLimit(Type type, Column column, int row) {
    return Math.abs(toDouble(type, column, row)) < limit(type);
  }

  /**
   * The type in which amounts of a source type are summed: decimal(18,s) for decimals of at most
   * six digits after the point and for longs, otherwise double.
   *
   * @throws IllegalArgumentException if the type is no number
   */
  public static Type typeOf(Type source) {
    if (source instanceof Type.Decimal decimal) {
      return decimal.scale() <= MAX_SCALE
          ? new Type.Decimal(Type.Decimal.LONG_PRECISION, decimal.scale())
          : Type.DOUBLE;
    }
    if (source.equals(Type.LONG)) {
      return new Type.Decimal(Type.Decimal.LONG_PRECISION, 0);
    }
    if (source.equals(Type.DOUBLE)) {
      return Type.DOUBLE;
    }
    throw new IllegalArgumentException(source + " is no amount of money");
  }

  /** One row's amount as a double, whatever its type; 0 where it is null. */
  public static double toDouble(Type type, Column column, int row) {
    if (column.isNull(row)) {
      return 0;
    }
    if (type instanceof Type.Decimal decimal) {
      return decimal.fitsLong()
          ? unscaledToDouble(((LongColumn) column).get(row), decimal.scale())
          : new BigDecimal(Decimals.decode(((BytesColumn) column).copy(row)), decimal.scale())
              .doubleValue();
    }
    return type.equals(Type.DOUBLE)
        ? ((DoubleColumn) column).get(row)
        : (double) ((LongColumn) column).get(row);
  }

  /** The double nearest to an unscaled decimal. */
  static double unscaledToDouble(long unscaled, int scale) {
    return unscaled / POWERS[scale];
  }

  private static final double[] POWERS = {
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
    1e18
  };

  /**
   * One row's amount as an exact decimal; 0 where it is null. Meant for single values, not for hot
   * loops.
   */
  static BigDecimal toDecimal(Type type, Column column, int row) {
    if (column.isNull(row)) {
      return BigDecimal.ZERO;
    }
    if (type instanceof Type.Decimal decimal) {
      return decimal.fitsLong()
          ? BigDecimal.valueOf(((LongColumn) column).get(row), decimal.scale())
          : new BigDecimal(Decimals.decode(((BytesColumn) column).copy(row)), decimal.scale());
    }
    return type.equals(Type.DOUBLE)
        ? BigDecimal.valueOf(((DoubleColumn) column).get(row))
        : BigDecimal.valueOf(((LongColumn) column).get(row));
  }

  /** Appends an amount of {@code type}, rounded half up to its scale. */
  static void append(ColumnBuilder builder, Type type, BigDecimal amount) {
    if (type instanceof Type.Decimal decimal) {
      ((LongColumn.Builder) builder)
          .append(
              amount
                  .setScale(decimal.scale(), RoundingMode.HALF_UP)
                  .unscaledValue()
                  .longValueExact());
    } else {
      ((DoubleColumn.Builder) builder).append(amount.doubleValue());
    }
  }

  /** A running sum of amounts of one type. */
  static final class Sum {
    private final Type type;
    private long unscaled;
    private double plain;

    Sum(Type type) {
      this.type = type;
    }

    void clear() {
      unscaled = 0;
      plain = 0;
    }

    /** Adds one row's amount; nulls add nothing. */
    void add(Column column, int row) {
      if (column.isNull(row)) {
        return;
      }
      if (type instanceof Type.Decimal) {
        unscaled = Math.addExact(unscaled, ((LongColumn) column).get(row));
      } else {
        plain += ((DoubleColumn) column).get(row);
      }
    }

    /** Adds one row's amount without its sign. */
    void addMagnitude(Column column, int row) {
      if (column.isNull(row)) {
        return;
      }
      if (type instanceof Type.Decimal) {
        unscaled = Math.addExact(unscaled, Math.absExact(((LongColumn) column).get(row)));
      } else {
        plain += Math.abs(((DoubleColumn) column).get(row));
      }
    }

    /** Takes away one row's amount; nulls take away nothing. */
    void subtract(Column column, int row) {
      if (column.isNull(row)) {
        return;
      }
      if (type instanceof Type.Decimal) {
        unscaled = Math.subtractExact(unscaled, ((LongColumn) column).get(row));
      } else {
        plain -= ((DoubleColumn) column).get(row);
      }
    }

    double value() {
      return type instanceof Type.Decimal decimal
          ? unscaledToDouble(unscaled, decimal.scale())
          : plain;
    }

    void appendTo(ColumnBuilder builder) {
      if (type instanceof Type.Decimal) {
        ((LongColumn.Builder) builder).append(unscaled);
      } else {
        ((DoubleColumn.Builder) builder).append(plain);
      }
    }
  }
}
