package dev.patron.features.record;

import dev.patron.features.frame.Column;
import dev.patron.features.frame.ColumnBuilder;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a file that states its own types, in the columns of a table that may have others. A
 * row with a value that its column does not hold as it is is kept whole, as a JSON object in {@code
 * _value} with the file's types in {@code _header}, and has no value in any column: what the
 * dataset says of the types, now or later, decides what becomes of it, and nothing is lost until
 * then.
 */
public final class FittedRows {
  /** Stands for a value that a column does not hold. */
  private static final Object UNFIT = new Object();

  /** Every integer up to this size is a double of its own. */
  private static final long EXACT_IN_DOUBLE = 1L << 53;

  private static final int DIGITS_OF_LONG = 19;

  private final Schema wanted;
  private final Schema reading;
  private final Schema own;

  /**
   * Rows for a table.
   *
   * @param own the columns that the file has, called as the table calls them
   * @param wanted the columns of the table
   */
  public FittedRows(Schema own, Schema wanted) {
    this.own = new Schema(own.fields().stream().filter(f -> wanted.has(f.name())).toList());
    this.wanted = wanted;
    List<Schema.Field> fields = new ArrayList<>();
    for (Schema.Field field : wanted.fields()) {
      String name = field.name();
      boolean asItIs = !own.has(name) || isAlways(own.type(name), field.type());
      fields.add(asItIs ? field : new Schema.Field(name, own.type(name)));
    }
    this.reading = new Schema(fields);
  }

  /** The columns of the table. */
  public Schema wanted() {
    return wanted;
  }

  /** The columns to read the file with. */
  public Schema reading() {
    return reading;
  }

  /** Whether every value of one type is one of another. */
  private static boolean isAlways(Type from, Type to) {
    if (from instanceof Type.ListOf list && to instanceof Type.ListOf other) {
      return isAlways(list.element(), other.element());
    }
    if (from instanceof Type.RowOf row && to instanceof Type.RowOf other) {
      return row.schema().fields().stream()
          .allMatch(
              field ->
                  other.schema().has(field.name())
                      && isAlways(field.type(), other.schema().type(field.name())));
    }
    return WiderTypes.isWithin(from, to)
        && (from.equals(to)
            || from instanceof Type.Decimal
            || (to instanceof Type.Decimal && WiderTypes.wholeDigits(to) >= DIGITS_OF_LONG));
  }

  /**
   * Rows as the table has them.
   *
   * @param read rows with the columns of {@link #reading}
   * @return rows with those of {@link #wanted} and, where there is something in them, {@code
   *     _value} and {@code _header}
   */
  public Frame fit(Frame read) {
    if (reading.equals(wanted)) {
      return read;
    }
    BitSet unfit = new BitSet();
    List<@Nullable Object[]> converted = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      Type from = reading.field(i).type();
      Type to = wanted.field(i).type();
      @Nullable Object[] values = new Object[from.equals(to) ? 0 : read.rows()];
      for (int row = 0; row < values.length; row++) {
        values[row] = convert(Values.get(from, read.column(i), row), from, to);
        if (values[row] == UNFIT) {
          unfit.set(row);
        }
      }
      converted.add(values);
    }
    Column[] columns = new Column[wanted.size()];
    for (int i = 0; i < columns.length; i++) {
      Type to = wanted.field(i).type();
      boolean same = reading.field(i).type().equals(to);
      columns[i] =
          same && unfit.isEmpty()
              ? read.column(i)
              : column(to, same ? read.column(i) : null, converted.get(i), read.rows(), unfit);
    }
    Frame fitted = Frame.of(wanted, columns);
    return unfit.isEmpty() ? fitted : withTexts(fitted, read, unfit);
  }

  private static Column column(
      Type type, @Nullable Column same, @Nullable Object[] converted, int rows, BitSet unfit) {
    ColumnBuilder builder = ColumnBuilder.of(type);
    for (int row = 0; row < rows; row++) {
      if (unfit.get(row)) {
        builder.appendNull();
      } else if (same != null) {
        builder.appendFrom(same, row);
      } else {
        Values.append(builder, type, converted[row]);
      }
    }
    return builder.build();
  }

  private Frame withTexts(Frame fitted, Frame read, BitSet unfit) {
    String types = new Type.RowOf(own).toString();
    Frame stated = read.select(own.names());
    ColumnBuilder texts = ColumnBuilder.of(Type.STRING);
    ColumnBuilder headers = ColumnBuilder.of(Type.STRING);
    for (int row = 0; row < read.rows(); row++) {
      boolean isText = unfit.get(row);
      Values.append(texts, Type.STRING, isText ? ValueText.json(stated, row) : null);
      Values.append(headers, Type.STRING, isText ? types : null);
    }
    return fitted
        .with("_value", Type.STRING, texts.build())
        .with("_header", Type.STRING, headers.build());
  }

  /**
   * A value as one of another type. Whether it fits is a matter of types first, so that the same
   * records show the same types wherever they are put.
   */
  private static @Nullable Object convert(@Nullable Object value, Type from, Type to) {
    if (value == null || from.equals(to)) {
      return value;
    }
    if (from instanceof Type.ListOf list && to instanceof Type.ListOf other) {
      List<@Nullable Object> elements = new ArrayList<>();
      for (Object element : (List<?>) value) {
        elements.add(convert(element, list.element(), other.element()));
      }
      return elements.contains(UNFIT) ? UNFIT : elements;
    }
    if (from instanceof Type.RowOf row && to instanceof Type.RowOf other) {
      return convert((List<?>) value, row.schema(), other.schema());
    }
    if (!WiderTypes.isWithin(from, to)) {
      return UNFIT;
    }
    if (to == Type.DOUBLE) {
      long number = (Long) value;
      return number >= -EXACT_IN_DOUBLE && number <= EXACT_IN_DOUBLE
          ? (Object) (double) number
          : UNFIT;
    }
    BigDecimal number =
        value instanceof Long whole ? BigDecimal.valueOf(whole) : (BigDecimal) value;
    Type.Decimal decimal = (Type.Decimal) to;
    BigDecimal scaled = number.setScale(decimal.scale());
    return scaled.precision() <= decimal.precision() ? scaled : UNFIT;
  }

  private static Object convert(List<?> values, Schema from, Schema to) {
    List<@Nullable Object> fields = new ArrayList<>();
    for (Schema.Field field : to.fields()) {
      String name = field.name();
      fields.add(
          from.has(name)
              ? convert(values.get(from.position(name)), from.type(name), field.type())
              : null);
    }
    for (int i = 0; i < from.size(); i++) {
      if (values.get(i) != null && !to.has(from.field(i).name())) {
        return UNFIT;
      }
    }
    return fields.contains(UNFIT) ? UNFIT : fields;
  }
}
