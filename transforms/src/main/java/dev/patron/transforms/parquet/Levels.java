package dev.patron.transforms.parquet;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The repetition or definition levels of a page's entries: mostly the same one for all. */
final class Levels {
  /** Of a column that repeats nothing, or whose values are never null. */
  static final Levels ZERO = new Levels(null, 0);

  private final int @Nullable [] each;
  private final int all;

  private Levels(int @Nullable [] each, int all) {
    this.each = each;
    this.all = all;
  }

  /** One level an entry. */
  static Levels of(int[] each) {
    return new Levels(each, 0);
  }

  /**
   * Decodes them.
   *
   * @throws RuntimeException if there are fewer
   */
  static Levels of(ByteBuffer bytes, int width, int entries) {
    Runs runs = new Runs(bytes, width, entries);
    int only = runs.only();
    return only >= 0 ? new Levels(null, only) : of(runs.rest());
  }

  /** The level of an entry. */
  int get(int entry) {
    return each == null ? all : each[entry];
  }

  /** How many entries, from one on, have this level before another one comes. */
  int run(int level, int from, int to) {
    if (each == null) {
      return all == level ? to - from : 0;
    }
    int end = from;
    while (end < to && each[end] == level) {
      end++;
    }
    return end - from;
  }

  /** How many of these entries have this level. */
  int count(int level, int from, int to) {
    if (each == null) {
      return all == level ? to - from : 0;
    }
    int count = 0;
    for (int entry = from; entry < to; entry++) {
      if (each[entry] == level) {
        count++;
      }
    }
    return count;
  }
}
