package dev.patron.features.frame;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A set of keys, known by their hashes ({@link Frame#hash}). It says which rows a change concerns.
 * Two keys may share a hash: then both are in the set, and whoever asks has to treat both alike.
 */
public final class KeyHashes {
  /**
   * The frames that sets travel as: one row a key, or a null for every key there is; beside the
   * hash the {@linkplain #number number} in the key, null where it has none or nobody knows it.
   */
  public static final Schema SCHEMA =
      Schema.of().with("_key_hash", Type.LONG).with("_number", Type.LONG);

  private final LongOpenHashSet hashes = new LongOpenHashSet();
  private boolean every;
  private boolean numbered = true;
  private long least = Long.MAX_VALUE;
  private long greatest = Long.MIN_VALUE;

  private KeyHashes() {}

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

  /** The keys of these rows, each once. */
  public static Frame of(Frame rows, List<String> key) {
    String number = number(rows.schema(), key);
    LongColumn numbers = number == null ? null : rows.longs(number);
    FrameBuilder distinct = new FrameBuilder(SCHEMA);
    LongOpenHashSet seen = new LongOpenHashSet();
    long[] hashes = rows.hash(key);
    for (int row = 0; row < hashes.length; row++) {
      if (seen.add(hashes[row])) {
        distinct.longs("_key_hash").append(hashes[row]);
        if (numbers == null || numbers.isNull(row)) {
          distinct.column("_number").appendNull();
        } else {
          distinct.longs("_number").append(numbers.get(row));
        }
      }
    }
    return distinct.build();
  }

  /** Keys of these hashes, of which nothing else is known. */
  public static Frame ofHashes(long[] hashes) {
    FrameBuilder rows = new FrameBuilder(SCHEMA);
    for (long hash : hashes) {
      rows.longs("_key_hash").append(hash);
      rows.column("_number").appendNull();
    }
    return rows.build();
  }

  /** Every key, whatever it is. */
  public static Frame every() {
    return Frame.empty(SCHEMA).take(new int[] {-1});
  }

  /** The union of sets. */
  public static KeyHashes union(Iterable<Frame> frames) {
    KeyHashes all = new KeyHashes();
    for (Frame frame : frames) {
      LongColumn column = frame.longs("_key_hash");
      LongColumn numbers = frame.longs("_number");
      for (int row = 0; row < frame.rows(); row++) {
        if (column.isNull(row)) {
          all.every = true;
        } else {
          all.hashes.add(column.get(row));
        }
        if (numbers.isNull(row)) {
          all.numbered = false;
        } else {
          all.least = Math.min(all.least, numbers.get(row));
          all.greatest = Math.max(all.greatest, numbers.get(row));
        }
      }
    }
    return all;
  }

  /** The set as a frame, without the numbers. */
  public Frame toFrame() {
    return every ? every() : ofHashes(hashes.toLongArray());
  }

  /** Whether no key is in the set. */
  public boolean isEmpty() {
    return !every && hashes.isEmpty();
  }

  /** Whether every key is in the set. */
  public boolean isEvery() {
    return every;
  }

  /** Whether a key of this hash is in the set. */
  public boolean contains(long hash) {
    return every || hashes.contains(hash);
  }

  /** Whether a key of this bucket, as {@link Frame#bucket} gives it, may be in the set. */
  public boolean touches(int bucket, int buckets) {
    if (every) {
      return true;
    }
    for (long hash : hashes) {
      if (Frame.bucket(hash, buckets) == bucket) {
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
    IntArrayList within = new IntArrayList();
    if (!hashes.isEmpty()) {
      long[] hash = rows.hash(key);
      boolean wanted = false;
      for (int row = 0; row < hash.length; row++) {
        if (row == 0 || hash[row] != hash[row - 1]) {
          wanted = hashes.contains(hash[row]);
        }
        if (wanted) {
          within.add(row);
        }
      }
    }
    return within.toIntArray();
  }

  /** The rows whose key is in the set, in order. */
  public Frame within(Frame rows, List<String> key) {
    return every ? rows : rows.take(rowsWithin(rows, key));
  }

  /** The rows whose key is not in the set, in order. */
  public Frame without(Frame rows, List<String> key) {
    if (every || hashes.isEmpty()) {
      return every ? Frame.empty(rows.schema()) : rows;
    }
    long[] hash = rows.hash(key);
    return rows.filter(row -> !hashes.contains(hash[row]));
  }
}
