package dev.patron.features.record;

import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.ColumnBuilder;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import dev.patron.features.tables.Tables;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;
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

  private static final String NO_TYPES = new Type.RowOf(Schema.of()).toString();

  private final Schema wanted;
  private final Schema reading;
  private final Schema own;

  /** The columns that are kept of a row which does not fit. */
  private final List<String> kept = new ArrayList<>();

  /** What the dataset declares. */
  private final Schema declared;

  /**
   * Rows for a table.
   *
   * @param own the columns of the file that have a type, called as the table calls them
   * @param whole the same, and where all values are null, so that nothing says their type, lists
   *     and rows of strings: that they are there is a value
   * @param wanted the columns of the table
   * @param declared the columns that the dataset declares; none: types follow from the files
   */
  public FittedRows(Schema own, Schema whole, Schema wanted, Schema declared) {
    this.declared = declared;
    this.own = new Schema(own.fields().stream().filter(f -> wanted.has(f.name())).toList());
    this.wanted = wanted;
    List<Schema.Field> fields = new ArrayList<>();
    for (Schema.Field field : wanted.fields()) {
      String name = field.name();
      boolean asItIs =
          !whole.has(name)
              || isAlways(typed(own, name), whole.type(name), field.type(), declared(name));
      fields.add(asItIs ? field : new Schema.Field(name, whole.type(name)));
    }
    for (Schema.Field field : whole.fields()) {
      if (wanted.has(field.name())) {
        kept.add(field.name());
      } else if (!own.has(field.name())) {
        kept.add(field.name());
        fields.add(field);
      }
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

  private @Nullable Type declared(String name) {
    return declared.has(name) ? declared.type(name) : null;
  }

  private static @Nullable Type element(@Nullable Type made) {
    return made instanceof Type.ListOf list ? list.element() : made;
  }

  private static @Nullable Type field(@Nullable Type made, String name) {
    return !(made instanceof Type.RowOf row)
        ? made
        : row.schema().has(name) ? row.schema().type(name) : null;
  }

  private static @Nullable Type typed(Schema own, String name) {
    return own.has(name) ? own.type(name) : null;
  }

  /**
   * Whether every value of one type may lie in a column of another.
   *
   * @param from the type that is known; null where all values are null
   * @param whole the same, with what is a list or a row though nothing of it has a type
   */
  private static boolean isAlways(@Nullable Type from, Type whole, Type to, @Nullable Type made) {
    if (whole instanceof Type.ListOf list) {
      return to instanceof Type.ListOf other
          && isAlways(
              from == null ? null : ((Type.ListOf) from).element(),
              list.element(),
              other.element(),
              element(made));
    }
    if (whole instanceof Type.RowOf row) {
      return to instanceof Type.RowOf other
          && row.schema().fields().stream()
              .allMatch(field -> isAlways(from, field, other.schema(), made));
    }
    if (from == null) {
      return true;
    }
    return mayLieIn(from, to, made)
        && (from.equals(to)
            || from instanceof Type.Decimal
            || (to instanceof Type.Decimal && WiderTypes.wholeDigits(to) >= DIGITS_OF_LONG));
  }

  private static boolean isAlways(
      @Nullable Type row, Schema.Field field, Schema to, @Nullable Type made) {
    String name = field.name();
    Type from = row == null ? null : typed(((Type.RowOf) row).schema(), name);
    if (!to.has(name)) {
      // Where all values are null, nothing is missing.
      return from == null
          && !(field.type() instanceof Type.ListOf)
          && !(field.type() instanceof Type.RowOf);
    }
    return isAlways(from, field.type(), to.type(name), field(made, name));
  }

  /**
   * Whether a value may lie in a column of a wider type. A number is the same in each; the text
   * that is made of it is not, and no record must have another for the files that came before.
   *
   * @param made the type that is declared; null if none is
   */
  private static boolean mayLieIn(Type from, Type to, @Nullable Type made) {
    return from.equals(to)
        || ((made == null || WiderTypes.isNumber(made)) && WiderTypes.isWithin(from, to));
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
      Type made = declared(wanted.field(i).name());
      @Nullable Object[] values = new Object[from.equals(to) ? 0 : read.rows()];
      for (int row = 0; row < values.length; row++) {
        values[row] = convert(Values.get(from, read.column(i), row), from, to, made);
        if (values[row] == UNFIT) {
          unfit.set(row);
        }
      }
      converted.add(values);
    }
    for (int i = wanted.size(); i < reading.size(); i++) {
      for (int row = 0; row < read.rows(); row++) {
        if (!read.column(i).isNull(row)) {
          unfit.set(row);
        }
      }
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
    Frame stated = read.select(kept);
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
  private static @Nullable Object convert(
      @Nullable Object value, Type from, Type to, @Nullable Type made) {
    if (value == null || from.equals(to)) {
      return value;
    }
    if (from instanceof Type.ListOf list && to instanceof Type.ListOf other) {
      List<@Nullable Object> elements = new ArrayList<>();
      for (Object element : (List<?>) value) {
        elements.add(convert(element, list.element(), other.element(), element(made)));
      }
      return elements.contains(UNFIT) ? UNFIT : elements;
    }
    if (from instanceof Type.RowOf row && to instanceof Type.RowOf other) {
      return convert((List<?>) value, row.schema(), other.schema(), made);
    }
    if (!mayLieIn(from, to, made)) {
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

  private static Object convert(List<?> values, Schema from, Schema to, @Nullable Type made) {
    List<@Nullable Object> fields = new ArrayList<>();
    for (Schema.Field field : to.fields()) {
      String name = field.name();
      fields.add(
          from.has(name)
              ? convert(
                  values.get(from.position(name)), from.type(name), field.type(), field(made, name))
              : null);
    }
    for (int i = 0; i < from.size(); i++) {
      if (values.get(i) != null && !to.has(from.field(i).name())) {
        return UNFIT;
      }
    }
    return fields.contains(UNFIT) ? UNFIT : fields;
  }

  /** The columns of a file by the text in {@code _header}. */
  static Schema types(String header) {
    return header.equals(NO_TYPES) ? Schema.of() : ((Type.RowOf) Type.parse(header)).schema();
  }

  /**
   * The rows of bronze, those that were kept whole with the columns that their files have: what is
   * made of a record must not depend on where it lies.
   *
   * @param bronze the table's columns, and behind them those of {@link Tables#BRONZE}
   * @param made the columns that are made of them: the types of what a file gives none
   * @return frames of one schema each; first the rows that lie in the table's columns
   */
  static List<Frame> restored(Frame bronze, Schema made) {
    BytesColumn headers = bronze.bytes("_header");
    TreeMap<String, BitSet> kept = new TreeMap<>();
    for (int row = 0; row < bronze.rows(); row++) {
      if (!headers.isNull(row)) {
        kept.computeIfAbsent(headers.text(row), header -> new BitSet()).set(row);
      }
    }
    if (kept.isEmpty()) {
      return List.of(bronze);
    }
    List<Frame> frames = new ArrayList<>();
    frames.add(bronze.filter(headers::isNull));
    kept.forEach(
        (header, rows) -> {
          Type own = WiderTypes.grown(new Type.RowOf(types(header)), new Type.RowOf(made));
          frames.add(restoredTo(bronze.filter(rows::get), ((Type.RowOf) own).schema()));
        });
    return frames;
  }

  private static Frame restoredTo(Frame kept, Schema own) {
    BytesColumn texts = kept.bytes("_value");
    FrameBuilder rows = new FrameBuilder(own);
    for (int row = 0; row < kept.rows(); row++) {
      List<?> values = ValueText.row(texts.array(), texts.from(row), texts.length(row), own);
      for (int i = 0; i < own.size(); i++) {
        Values.append(rows.column(i), own.field(i).type(), values.get(i));
      }
    }
    Frame restored = rows.build();
    List<String> names = kept.schema().names();
    int before = RecordDecoder.parquetColumns(kept.schema()).size();
    for (String name : names.subList(before, names.size())) {
      // A column that came to the table later lies behind bronze's own, and is null here.
      if (!own.has(name)) {
        restored = restored.with(name, kept.schema().type(name), kept.column(name));
      }
    }
    return restored;
  }
}
