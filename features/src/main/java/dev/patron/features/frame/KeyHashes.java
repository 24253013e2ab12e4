package dev.patron.features.frame;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.Long2LongOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A set of keys, known by their hashes ({@link Frame#hash}). It says which rows a change concerns.
 * Two keys may share a hash: then both are in the set, and whoever asks has to treat both alike.
 *
 * <p>Rows whose key is one whole number are told by that instead ({@link #within}, {@link
 * #without}), where the set knows it of all its keys: rows in its order are then found without a
 * hash for each. {@link #contains} and {@link #touches} go by hashes always.
 */
public final class KeyHashes {
  /**
   * The frames that sets travel as: one row a key, or a null for every key there is; beside the
   * hash the {@linkplain #number number} in the key, null where it has none or nobody knows it.
   */
  public static final Schema SCHEMA =
      Schema.of().with("_key_hash", Type.LONG).with("_number", Type.LONG);

  private final boolean every;
  private final boolean numbered;
  private final long least;
  private final long greatest;

  /** At least a row for each key; by number when that was asked for. */
  private Frame keys;

  private boolean ascending;
  private @Nullable LongOpenHashSet hashes;

  private KeyHashes(Frame keys, boolean every) {
    this.keys = keys;
    this.every = every;
    LongColumn numbers = keys.longs("_number");
    boolean known = true;
    long low = Long.MAX_VALUE;
    long high = Long.MIN_VALUE;
    for (int row = 0; row < numbers.size(); row++) {
      known &= !numbers.isNull(row);
      low = Math.min(low, numbers.get(row));
      high = Math.max(high, numbers.get(row));
    }
    numbered = known;
    least = low;
    greatest = high;
  }

  /**
   * The column of a key whose values say where its rows are not: the last that holds whole numbers,
   * for ids are handed out in order. Null if there is none.
   */
  public static @Nullable String number(Schema rows, List<String> key) {
    String number = null;
    for (String column : key) {
      if (rows.type(column).equals(Type.LONG)) {
        number = column;
      }
    }
    return number;
  }

  /** The key of each of these rows. */
  public static Frame ofRows(Frame rows, List<String> key) {
    String number = number(rows.schema(), key);
    return Frame.of(
        SCHEMA,
        LongColumn.of(rows.hash(key)),
        number == null ? ColumnBuilder.nulls(Type.LONG, rows.rows()) : rows.column(number));
  }

  /** The keys of these rows, each once. */
  public static Frame of(Frame rows, List<String> key) {
    return union(List.of(ofRows(rows, key))).toFrame();
  }

  /** Keys of these hashes, of which nothing else is known. */
  public static Frame ofHashes(long[] hashes) {
    return Frame.of(SCHEMA, LongColumn.of(hashes), ColumnBuilder.nulls(Type.LONG, hashes.length));
  }

  /** Every key, whatever it is. */
  public static Frame every() {
    return Frame.empty(SCHEMA).take(new int[] {-1});
  }

  /** The union of sets. */
  public static KeyHashes union(Iterable<Frame> frames) {
    List<Frame> all = new ArrayList<>();
    for (Frame frame : frames) {
      if (frame.rows() > 0) {
        if (frame.longs("_key_hash").hasNulls()) {
          return new KeyHashes(Frame.empty(SCHEMA), true);
        }
        all.add(frame);
      }
    }
    return new KeyHashes(Frame.concat(SCHEMA, all), false);
  }

  /** The set as a frame. */
  public Frame toFrame() {
    if (every) {
      return every();
    }
    LongColumn hash = keys.longs("_key_hash");
    LongColumn number = keys.longs("_number");
    Long2LongOpenHashMap numbers = new Long2LongOpenHashMap();
    // A key that shares its hash with another is found by its own number.
    return keys.filter(
        row -> {
          int before = numbers.size();
          long known = numbers.putIfAbsent(hash.get(row), number.get(row));
          return numbers.size() > before || known != number.get(row);
        });
  }

  /** Whether no key is in the set. */
  public boolean isEmpty() {
    return !every && keys.rows() == 0;
  }

  /** Whether every key is in the set. */
  public boolean isEvery() {
    return every;
  }

  /** Whether a key of this hash is in the set. */
  public boolean contains(long hash) {
    return every || hashes().contains(hash);
  }

  /** Whether a key of this bucket, as {@link Frame#bucket} gives it, may be in the set. */
  public boolean touches(int bucket, int buckets) {
    if (every) {
      return true;
    }
    LongColumn hash = keys.longs("_key_hash");
    for (int row = 0; row < hash.size(); row++) {
      if (Frame.bucket(hash.get(row), buckets) == bucket) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a key may be in the set whose {@link #number} lies within these bounds.
   *
   * @param low the least number, included
   * @param high the greatest number, included
   */
  public boolean touchesNumbers(long low, long high) {
    return every || !numbered || (low <= greatest && high >= least);
  }

  /** The numbers of the rows whose key is in the set, ascending. */
  public int[] rowsWithin(Frame rows, List<String> key) {
    if (every) {
      return IntStream.range(0, rows.rows()).toArray();
    }
    if (keys.rows() == 0) {
      return new int[0];
    }
    return numbered && key.size() == 1 && rows.schema().type(key.get(0)).equals(Type.LONG)
        ? rowsOf(ascending(), rows.longs(key.get(0)))
        : rowsOf(rows.hash(key));
  }

  private int[] rowsOf(long[] hash) {
    LongOpenHashSet set = hashes();
    IntArrayList within = new IntArrayList();
    boolean wanted = false;
    for (int row = 0; row < hash.length; row++) {
      if (row == 0 || hash[row] != hash[row - 1]) {
        wanted = set.contains(hash[row]);
      }
      if (wanted) {
        within.add(row);
      }
    }
    return within.toIntArray();
  }

  /** Rows mostly come in the order of their numbers: the next is sought from where the last was. */
  private static int[] rowsOf(LongColumn wanted, LongColumn numbers) {
    IntArrayList within = new IntArrayList();
    long[] values = numbers.values();
    int at = 0;
    // None between these is wanted.
    long low = Long.MIN_VALUE;
    long high = Long.MIN_VALUE;
    for (int row = 0; row < numbers.size(); row++) {
      long number = values[row];
      if ((number > low && number < high) || numbers.isNull(row)) {
        continue;
      }
      at = firstFrom(wanted, number, number > low ? at : 0);
      low = at == 0 ? Long.MIN_VALUE : wanted.get(at - 1);
      high = at == wanted.size() ? Long.MAX_VALUE : wanted.get(at);
      if (at < wanted.size() && high == number) {
        within.add(row);
      }
    }
    return within.toIntArray();
  }

  /** The first of ascending numbers that is not less than one; it is not before this place. */
  private static int firstFrom(LongColumn ascending, long number, int from) {
    int size = ascending.size();
    if (from == size || ascending.get(from) >= number) {
      return from;
    }
    // All up to this one are less.
    int low = from;
    int step = 1;
    while (low + step < size && ascending.get(low + step) < number) {
      low += step;
      step *= 2;
    }
    int high = Math.min(low + step, size);
    while (low + 1 < high) {
      int middle = (low + high) >>> 1;
      if (ascending.get(middle) < number) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  private LongOpenHashSet hashes() {
    LongOpenHashSet set = hashes;
    if (set == null) {
      set = new LongOpenHashSet(keys.longs("_key_hash").values(), 0, keys.rows());
      hashes = set;
    }
    return set;
  }

  private LongColumn ascending() {
    if (!ascending) {
      keys = keys.sort(List.of("_number"));
      ascending = true;
    }
    return keys.longs("_number");
  }

  /** The rows whose key is in the set, in order. */
  public Frame within(Frame rows, List<String> key) {
    return every ? rows : rows.take(rowsWithin(rows, key));
  }

  /** The rows whose key is not in the set, in order. */
  public Frame without(Frame rows, List<String> key) {
    int[] within = rowsWithin(rows, key);
    if (within.length == 0) {
      return rows;
    }
    int[] left = new int[rows.rows() - within.length];
    int next = 0;
    int count = 0;
    for (int row = 0; row < rows.rows(); row++) {
      if (next < within.length && within[next] == row) {
        next++;
      } else {
        left[count++] = row;
      }
    }
    return rows.take(left);
  }
}
