package dev.patron.features.history;

import dev.patron.features.frame.BooleanColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Values;
import it.unimi.dsi.fastutil.ints.IntComparator;
import it.unimi.dsi.fastutil.longs.Long2LongOpenHashMap;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a history promises of its rows (SEMANTICS 10), checked row by row. */
public final class Intervals {
  private Intervals() {}

  /** The columns that are looked at, beside those of the key. */
  public static final List<String> COLUMNS =
      List.of("valid_from", "valid_to", "is_current", "version");

  /**
   * The first promise that is broken, in a sentence that names the key; null if none is: no version
   * is empty, none overlaps another of its key, the last alone may be open and says so, and they
   * are numbered from 1.
   *
   * @param versions rows of a history, in any order, with the key and {@link #COLUMNS}
   */
  public static @Nullable String firstViolation(Frame versions, List<String> key) {
    List<String> by = new ArrayList<>(key);
    by.add("valid_from");
    Frame sorted = versions.sort(by);
    IntComparator keys = sorted.comparator(key);
    LongColumn from = sorted.longs("valid_from");
    LongColumn to = sorted.longs("valid_to");
    BooleanColumn current = sorted.booleans("is_current");
    LongColumn number = sorted.longs("version");
    long expected = 0;
    for (int row = 0; row < sorted.rows(); row++) {
      boolean first = row == 0 || keys.compare(row - 1, row) != 0;
      expected = first ? 1 : expected + 1;
      String wrong = null;
      if (!to.isNull(row) && to.get(row) <= from.get(row)) {
        wrong = "is empty or ends before it begins";
      } else if (!first && to.isNull(row - 1)) {
        wrong = "begins after a version that is still open";
      } else if (!first && from.get(row) < to.get(row - 1)) {
        wrong = "begins before the version before it ends";
      } else if (current.get(row) != to.isNull(row)) {
        wrong = "has is_current = " + current.get(row) + ", which its valid_to contradicts";
      } else if (number.get(row) != expected) {
        wrong = "has the number " + number.get(row) + " where " + expected + " is due";
      }
      if (wrong != null) {
        return "the version of %s from %s %s"
            .formatted(named(sorted, row, key), Values.instant(from.get(row)), wrong);
      }
    }
    return null;
  }

  /**
   * The first key whose versions leave more gaps than it was deleted, in a sentence; null if none
   * does. Only a delete or a truncate ends a row: whatever else happens, the next version begins
   * where the one before it ends.
   *
   * @param versions rows of a history, in any order, with the key and {@link #COLUMNS}
   * @param deletes the key of each delete that was ever delivered
   * @param truncates how many truncates were delivered; each is a delete of every key
   */
  public static @Nullable String firstGapWithoutDelete(
      Frame versions, List<String> key, Frame deletes, long truncates) {
    Long2LongOpenHashMap allowed = new Long2LongOpenHashMap();
    for (long hash : deletes.hash(key)) {
      allowed.addTo(hash, 1);
    }
    List<String> by = new ArrayList<>(key);
    by.add("valid_from");
    Frame sorted = versions.sort(by);
    int[] starts = sorted.groups(key);
    long[] hashes = sorted.hash(key);
    LongColumn from = sorted.longs("valid_from");
    LongColumn to = sorted.longs("valid_to");
    for (int group = 0; group + 1 < starts.length; group++) {
      long gaps = 0;
      for (int row = starts[group]; row < starts[group + 1]; row++) {
        boolean last = row + 1 == starts[group + 1];
        if (!to.isNull(row) && (last || from.get(row + 1) > to.get(row))) {
          gaps++;
        }
      }
      long gone = allowed.get(hashes[starts[group]]) + truncates;
      if (gaps > gone) {
        return "%s is gone %d times but was deleted %d times"
            .formatted(named(sorted, starts[group], key), gaps, gone);
      }
    }
    return null;
  }

  /** The first key that has several rows, in a sentence; null if none has. */
  public static @Nullable String firstRepeated(Frame rows, List<String> key) {
    Frame sorted = rows.sort(key);
    IntComparator keys = sorted.comparator(key);
    for (int row = 1; row < sorted.rows(); row++) {
      if (keys.compare(row - 1, row) == 0) {
        return named(sorted, row, key) + " has several rows";
      }
    }
    return null;
  }

  private static String named(Frame rows, int row, List<String> key) {
    List<String> parts = new ArrayList<>();
    for (String column : key) {
      parts.add(column + " " + rows.value(row, column));
    }
    return String.join(", ", parts);
  }
}
