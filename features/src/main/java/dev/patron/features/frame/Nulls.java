package dev.patron.features.frame;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A growing bitmap in which a set bit marks a null row; absent altogether while nothing is null.
 */
final class Nulls {
  private long @Nullable [] words;

  void set(int row) {
    int word = row >> 6;
    if (words == null) {
      words = new long[Math.max(4, word + 1)];
    } else if (word >= words.length) {
      words = Arrays.copyOf(words, Math.max(words.length * 2, word + 1));
    }
    words[word] |= 1L << (row & 63);
  }

  /** Marks the rows, from {@code offset} on, whose bits are set in the bitmap of another column. */
  void setAll(long @Nullable [] other, int offset) {
    if (other == null) {
      return;
    }
    for (int word = 0; word < other.length; word++) {
      for (long bits = other[word]; bits != 0; bits &= bits - 1) {
        set(offset + (word << 6) + Long.numberOfTrailingZeros(bits));
      }
    }
  }

  /** The bitmap of these rows of a column with this bitmap; the row -1 is null. */
  static long @Nullable [] take(long @Nullable [] words, int[] rows) {
    if (words == null && !anyMissing(rows)) {
      return null;
    }
    Nulls taken = new Nulls();
    for (int i = 0; i < rows.length; i++) {
      if (rows[i] < 0 || isSet(words, rows[i])) {
        taken.set(i);
      }
    }
    return taken.build(rows.length);
  }

  private static boolean anyMissing(int[] rows) {
    int signs = 0;
    for (int row : rows) {
      signs |= row;
    }
    return signs < 0;
  }

  /** The bitmap cut to {@code size} rows, or null if no row is null. */
  long @Nullable [] build(int size) {
    return words == null ? null : Arrays.copyOf(words, (size + 63) >> 6);
  }

  /** Whether all of the first {@code size} rows are null. */
  static boolean areAll(long @Nullable [] words, int size) {
    if (words == null) {
      return size == 0;
    }
    int count = 0;
    for (long word : words) {
      count += Long.bitCount(word);
    }
    return count == size;
  }

  static boolean isSet(long @Nullable [] words, int row) {
    return words != null && (words[row >> 6] & (1L << (row & 63))) != 0;
  }
}
