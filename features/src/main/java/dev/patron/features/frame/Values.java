package dev.patron.features.frame;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Single values as Java objects, for edges and tests; never on a hot path.
 *
 * <p>string: {@link String}, long: {@link Long}, double: {@link Double}, decimal: {@link
 * BigDecimal} at the type's scale, boolean: {@link Boolean}, date: {@link LocalDate}, timestamp:
 * {@link Instant}, arrays and rows: {@link List}s of these.
 */
public final class Values {
  private Values() {}

  /** The value of one row, or null. */
  public static @Nullable Object get(Type type, Column column, int row) {
    if (column.isNull(row)) {
      return null;
    }
    if (type instanceof Type.Decimal decimal) {
      BigInteger unscaled =
          decimal.fitsLong()
              ? BigInteger.valueOf(((LongColumn) column).get(row))
              : Decimals.decode(((BytesColumn) column).copy(row));
      return new BigDecimal(unscaled, decimal.scale());
    }
    if (type instanceof Type.ListOf list) {
      ListColumn lists = (ListColumn) column;
      List<@Nullable Object> elements = new ArrayList<>();
      for (int i = lists.from(row); i < lists.to(row); i++) {
        elements.add(get(list.element(), lists.elements(), i));
      }
      return elements;
    }
    if (type instanceof Type.RowOf nested) {
      RowColumn rows = (RowColumn) column;
      List<@Nullable Object> fields = new ArrayList<>();
      for (int i = 0; i < rows.width(); i++) {
        fields.add(get(nested.schema().field(i).type(), rows.field(i), row));
      }
      return fields;
    }
    return switch ((Type.Scalar) type) {
      case STRING -> ((BytesColumn) column).text(row);
      case LONG -> ((LongColumn) column).get(row);
      case DOUBLE -> ((DoubleColumn) column).get(row);
      case BOOLEAN -> ((BooleanColumn) column).get(row);
      case DATE -> LocalDate.ofEpochDay(((LongColumn) column).get(row));
      case TIMESTAMP -> instant(((LongColumn) column).get(row));
    };
  }

  /**
   * Appends a value.
   *
   * @throws ClassCastException if the object is not of the type's class
   * @throws ArithmeticException if a decimal does not fit its type exactly
   */
  public static void append(ColumnBuilder builder, Type type, @Nullable Object value) {
    if (value == null) {
      builder.appendNull();
    } else if (type instanceof Type.Decimal decimal) {
      BigInteger unscaled = Decimals.unscaled((BigDecimal) value, decimal);
      if (decimal.fitsLong()) {
        ((LongColumn.Builder) builder).append(unscaled.longValueExact());
      } else {
        ((BytesColumn.Builder) builder).append(Decimals.encode(unscaled), 0, Decimals.BYTES);
      }
    } else if (type instanceof Type.ListOf list) {
      ListColumn.Builder lists = (ListColumn.Builder) builder;
      for (Object element : (List<?>) value) {
        append(lists.elements(), list.element(), element);
      }
      lists.endRow();
    } else if (type instanceof Type.RowOf nested) {
      RowColumn.Builder rows = (RowColumn.Builder) builder;
      List<?> fields = (List<?>) value;
      if (fields.size() != rows.width()) {
        throw new IllegalArgumentException(
            "a row of %d fields for row<%s>".formatted(fields.size(), nested.schema()));
      }
      for (int i = 0; i < rows.width(); i++) {
        append(rows.field(i), nested.schema().field(i).type(), fields.get(i));
      }
      rows.endRow();
    } else {
      switch ((Type.Scalar) type) {
        case STRING -> ((BytesColumn.Builder) builder).append((String) value);
        case LONG -> ((LongColumn.Builder) builder).append((Long) value);
        case DOUBLE -> ((DoubleColumn.Builder) builder).append((Double) value);
        case BOOLEAN -> ((BooleanColumn.Builder) builder).append((Boolean) value);
        case DATE -> ((LongColumn.Builder) builder).append(((LocalDate) value).toEpochDay());
        case TIMESTAMP -> ((LongColumn.Builder) builder).append(micros((Instant) value));
      }
    }
  }

  /** The instant of a timestamp. */
  public static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  /**
   * Microseconds since the epoch; what is finer than a microsecond is cut off towards the past.
   *
   * @throws ArithmeticException beyond some 292,000 years from the epoch
   */
  public static long micros(Instant instant) {
    // Of the least instants the second that they are in has begun before the least of all.
    long towardsEpoch = instant.getEpochSecond() < 0 ? 1 : 0;
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond() + towardsEpoch, 1_000_000L),
        instant.getNano() / 1_000 - towardsEpoch * 1_000_000L);
  }
}
