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

  /** The bitmap cut to {@code size} rows, or null if no row is null. */
  long @Nullable [] build(int size) {
    return words == null ? null : Arrays.copyOf(words, (size + 63) >> 6);
  }

  static boolean isSet(long @Nullable [] words, int row) {
    return words != null && (words[row >> 6] & (1L << (row & 63))) != 0;
  }
}
