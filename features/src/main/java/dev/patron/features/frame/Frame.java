package dev.patron.features.frame;

import it.unimi.dsi.fastutil.ints.IntArrays;
import it.unimi.dsi.fastutil.ints.IntComparator;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An immutable batch of rows of one schema, held by column in typed arrays on the heap. It is what
 * moves through the pipelines: engines charge for every element they handle, so the element is some
 * thousand rows.
 *
 * <p>Every operation gives a new frame and may share arrays with the old one.
 */
public final class Frame {
  /** How many rows a frame that is cut from a stream of rows has at most. */
  public static final int TARGET_ROWS = 16_384;

  /** How many bytes of heap such a frame takes at most, but for a single larger row. */
  public static final long TARGET_BYTES = 16L << 20;

  private final Schema schema;
  private final int rows;
  private final Supplier<Column[]> columns;
  private final @Nullable Supplier<Frame> origin;

  private Frame(Schema schema, Column[] columns, int rows) {
    this(schema, rows, () -> columns, null);
  }

  private Frame(
      Schema schema, int rows, Supplier<Column[]> columns, @Nullable Supplier<Frame> origin) {
    this.schema = schema;
    this.rows = rows;
    this.columns = columns;
    this.origin = origin;
  }

  /**
   * A frame whose values lie somewhere else, on a disk say, until they are looked at. It equals the
   * frame that it stands for.
   *
   * @param schema the schema of the frame that it stands for
   * @param rows how many rows that frame has
   * @param origin brings that frame; called whenever values are asked for, and to be called from
   *     several threads
   */
  public static Frame kept(Schema schema, int rows, Supplier<Frame> origin) {
    return new Frame(schema, rows, () -> origin.get().columns.get(), origin);
  }

  /** What brings the values of a frame that was {@link #kept} elsewhere; null for any other. */
  public @Nullable Supplier<Frame> origin() {
    return origin;
  }

  /**
   * A frame of these columns.
   *
   * @throws IllegalArgumentException if their number differs from the schema's or their lengths
   *     from one another
   */
  public static Frame of(Schema schema, Column... columns) {
    if (columns.length != schema.size()) {
      throw new IllegalArgumentException(
          "%d columns for a schema of %d: %s".formatted(columns.length, schema.size(), schema));
    }
    int rows = columns.length == 0 ? 0 : columns[0].size();
    for (int i = 0; i < columns.length; i++) {
      if (columns[i].size() != rows) {
        throw new IllegalArgumentException(
            "column '%s' has %d rows, the first has %d"
                .formatted(schema.field(i).name(), columns[i].size(), rows));
      }
    }
    return new Frame(schema, columns.clone(), rows);
  }

  /** A frame without rows. */
  public static Frame empty(Schema schema) {
    return new FrameBuilder(schema).build();
  }

  /** A frame of rows given as objects, see {@link Values}; for edges and tests. */
  public static Frame ofRows(Schema schema, List<? extends List<?>> rows) {
    FrameBuilder builder = new FrameBuilder(schema);
    for (List<?> row : rows) {
      builder.appendRow(row);
    }
    return builder.build();
  }

  /** The rows as objects, see {@link Values}; for edges and tests. */
  public List<List<@Nullable Object>> toRows() {
    List<List<@Nullable Object>> list = new ArrayList<>(rows);
    for (int row = 0; row < rows; row++) {
      List<@Nullable Object> values = new ArrayList<>(schema.size());
      for (int i = 0; i < schema.size(); i++) {
        values.add(value(row, i));
      }
      list.add(values);
    }
    return list;
  }

  /** The names and types of the columns. */
  public Schema schema() {
    return schema;
  }

  /** The number of rows. */
  public int rows() {
    return rows;
  }

  /** The column at this position, from 0. */
  public Column column(int position) {
    return columns.get()[position];
  }

  /**
   * The named column.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Column column(String name) {
    return columns.get()[schema.position(name)];
  }

  /** The named column of longs, dates, timestamps or short decimals. */
  public LongColumn longs(String name) {
    return (LongColumn) column(name);
  }

  /** The named column of doubles. */
  public DoubleColumn doubles(String name) {
    return (DoubleColumn) column(name);
  }

  /** The named column of truth values. */
  public BooleanColumn booleans(String name) {
    return (BooleanColumn) column(name);
  }

  /** The named column of text or long decimals. */
  public BytesColumn bytes(String name) {
    return (BytesColumn) column(name);
  }

  /** The named column of lists. */
  public ListColumn lists(String name) {
    return (ListColumn) column(name);
  }

  /** One value as an object, see {@link Values}; null where the value is null. */
  public @Nullable Object value(int row, int column) {
    return Values.get(schema.field(column).type(), columns.get()[column], row);
  }

  /** One value as an object, see {@link Values}; null where the value is null. */
  public @Nullable Object value(int row, String column) {
    return value(row, schema.position(column));
  }

  /** The named columns, in the order in which they are named. */
  public Frame select(List<String> names) {
    Schema narrow = schema.select(names);
    return new Frame(narrow, names.stream().map(this::column).toArray(Column[]::new), rows);
  }

  /** This frame with one more column at the end, or another in place of one of the same name. */
  public Frame with(String name, Type type, Column column) {
    Column[] columns = this.columns.get();
    if (columns.length > 0 && column.size() != rows) {
      throw new IllegalArgumentException(
          "column '%s' has %d rows, the frame %d".formatted(name, column.size(), rows));
    }
    if (!schema.has(name)) {
      Column[] wider = Arrays.copyOf(columns, columns.length + 1);
      wider[columns.length] = column;
      return new Frame(schema.with(name, type), wider, column.size());
    }
    int position = schema.position(name);
    List<Schema.Field> fields = new ArrayList<>(schema.fields());
    fields.set(position, new Schema.Field(name, type));
    Column[] replaced = columns.clone();
    replaced[position] = column;
    return new Frame(new Schema(fields), replaced, rows);
  }

  /**
   * This frame in the columns of another schema: by name, in its order; what is missing here is
   * null, what is more here is dropped.
   *
   * @throws IllegalArgumentException if a column of the same name has another type
   */
  public Frame conform(Schema wanted) {
    if (schema.equals(wanted)) {
      return this;
    }
    Column[] conformed = new Column[wanted.size()];
    for (int i = 0; i < conformed.length; i++) {
      Schema.Field field = wanted.field(i);
      if (!schema.has(field.name())) {
        conformed[i] = ColumnBuilder.nulls(field.type(), rows);
      } else if (schema.type(field.name()).equals(field.type())) {
        conformed[i] = column(field.name());
      } else {
        throw new IllegalArgumentException(
            "column '%s' is %s where %s is wanted"
                .formatted(field.name(), schema.type(field.name()), field.type()));
      }
    }
    return new Frame(wanted, conformed, rows);
  }

  /** These rows, in this order; a row may occur several times, and -1 gives a row of nulls. */
  public Frame take(int[] wanted) {
    Column[] columns = this.columns.get();
    Column[] taken = new Column[columns.length];
    for (int i = 0; i < columns.length; i++) {
      taken[i] = columns[i].take(wanted);
    }
    return new Frame(schema, taken, columns.length == 0 ? 0 : wanted.length);
  }

  /** The rows that pass, in order. */
  public Frame filter(IntPredicate keep) {
    int[] kept = new int[rows];
    int count = 0;
    for (int row = 0; row < rows; row++) {
      if (keep.test(row)) {
        kept[count++] = row;
      }
    }
    return count == rows ? this : take(Arrays.copyOf(kept, count));
  }

  /**
   * The rows whose values in some columns are not all those of the same row of another frame, in
   * order.
   *
   * @param other of as many rows, with the same columns
   */
  public Frame unlike(Frame other, List<String> by) {
    Column[] mine = by.stream().map(this::column).toArray(Column[]::new);
    Column[] others = by.stream().map(other::column).toArray(Column[]::new);
    return filter(
        row -> {
          for (int i = 0; i < mine.length; i++) {
            if (!mine[i].same(row, others[i], row)) {
              return true;
            }
          }
          return false;
        });
  }

  /** The rows {@code [from, to)}. */
  public Frame slice(int from, int to) {
    if (from == 0 && to == rows) {
      return this;
    }
    int[] wanted = new int[to - from];
    Arrays.setAll(wanted, i -> from + i);
    return take(wanted);
  }

  /**
   * The rows in order, in frames of about the size that a frame should have; none if empty. Each is
   * made when it is asked for, so that who hands them on needs no room for all of them again.
   */
  public List<Frame> cut() {
    long byRows = (rows + TARGET_ROWS - 1L) / TARGET_ROWS;
    long byBytes = (heapBytes() + TARGET_BYTES - 1L) / TARGET_BYTES;
    int pieces = (int) Math.min(rows, Math.max(byRows, byBytes));
    return new AbstractList<>() {
      @Override
      public Frame get(int piece) {
        return slice(
            (int) ((long) rows * piece / pieces), (int) ((long) rows * (piece + 1) / pieces));
      }

      @Override
      public int size() {
        return pieces;
      }
    };
  }

  /**
   * The rows of all frames, in order.
   *
   * @throws IllegalArgumentException if a frame has another schema
   */
  public static Frame concat(Schema schema, Iterable<Frame> frames) {
    List<Frame> some = new ArrayList<>();
    int count = 0;
    for (Frame frame : frames) {
      if (!frame.schema.equals(schema)) {
        throw new IllegalArgumentException(
            "a frame of (%s) among frames of (%s)".formatted(frame.schema, schema));
      }
      if (frame.rows > 0) {
        some.add(frame);
        count = Math.addExact(count, frame.rows);
      }
    }
    if (some.size() == 1) {
      return some.get(0);
    }
    FrameBuilder builder = new FrameBuilder(schema, count);
    builder.reserveText(some);
    some.forEach(builder::appendAll);
    return builder.build();
  }

  /**
   * The order of the rows by these columns, ascending, nulls first; rows that are equal in all of
   * them keep their order (the sort is stable).
   *
   * @return row numbers, for {@link #take}
   */
  public int[] order(List<String> by) {
    return RowOrder.of(keys(by), rows);
  }

  /** The order of the rows by this comparator of row numbers; stable. */
  public int[] order(IntComparator comparator) {
    int[] order = new int[rows];
    Arrays.setAll(order, i -> i);
    IntArrays.mergeSort(order, comparator);
    return order;
  }

  /** Compares rows by these columns, ascending, nulls first. */
  public IntComparator comparator(List<String> by) {
    return RowOrder.comparator(keys(by));
  }

  private Column[] keys(List<String> by) {
    return by.stream().map(this::column).toArray(Column[]::new);
  }

  /** The rows ordered as by {@link #order(List)}. */
  public Frame sort(List<String> by) {
    return take(order(by));
  }

  /**
   * Where groups of equal keys begin, in a frame that is sorted by these keys: the first row of
   * each group and, last, the number of rows. Group g is the rows {@code [starts[g], starts[g +
   * 1])}.
   */
  public int[] groups(List<String> by) {
    IntComparator comparator = comparator(by);
    int[] starts = new int[rows + 1];
    int groups = 0;
    for (int row = 0; row < rows; row++) {
      if (row == 0 || comparator.compare(row - 1, row) != 0) {
        starts[groups++] = row;
      }
    }
    starts[groups] = rows;
    return Arrays.copyOf(starts, groups + 1);
  }

  /** Appends the canonical bytes of one row's values in these columns. */
  public void canonical(int row, int[] positions, CanonicalBytes bytes) {
    canonical(columns.get(), row, positions, bytes);
  }

  private static void canonical(Column[] columns, int row, int[] positions, CanonicalBytes bytes) {
    for (int position : positions) {
      columns[position].canonical(row, bytes);
    }
  }

  /** The positions of the named columns. */
  public int[] positions(List<String> names) {
    return names.stream().mapToInt(schema::position).toArray();
  }

  /**
   * A 64-bit hash of each row's values in these columns; equal values hash equally in every frame,
   * on every machine.
   */
  public long[] hash(List<String> by) {
    int[] positions = positions(by);
    Column[] columns = this.columns.get();
    if (positions.length == 1 && columns[positions[0]] instanceof LongColumn numbers) {
      return numbers.hashes();
    }
    long[] hashes = new long[rows];
    CanonicalBytes bytes = new CanonicalBytes();
    for (int row = 0; row < rows; row++) {
      canonical(columns, row, positions, bytes.clear());
      hashes[row] = bytes.hash64();
    }
    return hashes;
  }

  /**
   * Splits the rows into buckets by the hash of their key, keeping their order within a bucket.
   *
   * @param by the key columns
   * @param buckets how many buckets, at least 1
   * @return one frame a bucket, null where a bucket is empty
   */
  public @Nullable Frame[] split(List<String> by, int buckets) {
    return split(hash(by), buckets);
  }

  /**
   * As {@link #split(List, int)}, by other hashes.
   *
   * @param hashes one a row
   */
  public @Nullable Frame[] split(long[] hashes, int buckets) {
    int[] counts = new int[buckets];
    int[] bucket = new int[rows];
    for (int row = 0; row < rows; row++) {
      bucket[row] = bucket(hashes[row], buckets);
      counts[bucket[row]]++;
    }
    int[][] members = new int[buckets][];
    for (int i = 0; i < buckets; i++) {
      members[i] = new int[counts[i]];
    }
    int[] next = new int[buckets];
    for (int row = 0; row < rows; row++) {
      int i = bucket[row];
      members[i][next[i]++] = row;
    }
    @Nullable Frame[] frames = new Frame[buckets];
    for (int i = 0; i < buckets; i++) {
      if (counts[i] > 0) {
        frames[i] = counts[i] == rows ? this : take(members[i]);
      }
    }
    return frames;
  }

  /** The bucket, from 0 to {@code buckets - 1}, of a hash. */
  public static int bucket(long hash, int buckets) {
    return (int) Long.remainderUnsigned(hash, buckets);
  }

  /** About how many bytes of heap the values take. */
  public long heapBytes() {
    return Arrays.stream(columns.get()).mapToLong(Column::heapBytes).sum();
  }

  /** Equal schema and equal values in every row, in order. */
  @Override
  public boolean equals(Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof Frame that) || rows != that.rows || !schema.equals(that.schema)) {
      return false;
    }
    Column[] columns = this.columns.get();
    Column[] others = that.columns.get();
    for (int i = 0; i < columns.length; i++) {
      for (int row = 0; row < rows; row++) {
        if (!columns[i].same(row, others[i], row)) {
          return false;
        }
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    return 31 * schema.hashCode() + Arrays.hashCode(hash(schema.names()));
  }

  /** The number of rows and the schema; never values, which may be personal. */
  @Override
  public String toString() {
    return rows + " rows of (" + schema + ")";
  }
}
