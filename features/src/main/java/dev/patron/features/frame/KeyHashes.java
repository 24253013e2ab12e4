package dev.patron.features.frame;

import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.util.List;

/**
 * A set of keys, known by their hashes ({@link Frame#hash}). It says which rows a change concerns.
 * Two keys may share a hash: then both are in the set, and whoever asks has to treat both alike.
 */
public final class KeyHashes {
  /** The frames that sets travel as: one row a key, or a null for every key there is. */
  public static final Schema SCHEMA = Schema.of().with("_key_hash", Type.LONG);

  private final LongOpenHashSet hashes = new LongOpenHashSet();
  private boolean every;

  private KeyHashes() {}

  /** The keys of these rows, each once. */
  public static Frame of(Frame rows, List<String> key) {
    LongOpenHashSet distinct = new LongOpenHashSet();
    for (long hash : rows.hash(key)) {
      distinct.add(hash);
    }
    return frame(distinct);
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
      for (int row = 0; row < frame.rows(); row++) {
        if (column.isNull(row)) {
          all.every = true;
        } else {
          all.hashes.add(column.get(row));
        }
      }
    }
    return all;
  }

  private static Frame frame(LongOpenHashSet hashes) {
    return Frame.of(SCHEMA, LongColumn.of(hashes.toLongArray()));
  }

  /** The set as a frame. */
  public Frame toFrame() {
    return every ? every() : frame(hashes);
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

  /** The rows whose key is in the set, in order. */
  public Frame within(Frame rows, List<String> key) {
    return select(rows, key, true);
  }

  /** The rows whose key is not in the set, in order. */
  public Frame without(Frame rows, List<String> key) {
    return select(rows, key, false);
  }

  private Frame select(Frame rows, List<String> key, boolean wanted) {
    if (every || hashes.isEmpty()) {
      return every == wanted ? rows : Frame.empty(rows.schema());
    }
    long[] hash = rows.hash(key);
    return rows.filter(row -> hashes.contains(hash[row]) == wanted);
  }
}
