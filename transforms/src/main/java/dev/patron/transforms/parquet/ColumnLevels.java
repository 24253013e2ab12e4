package dev.patron.transforms.parquet;

import dev.patron.features.frame.Column;
import dev.patron.features.frame.ListColumn;
import java.util.Arrays;

/**
 * Entries of a column as Parquet counts them, for a block of rows: which value stands there, if
 * any, the level at which it repeats and, where there is none, the level down to which it is
 * defined. Lists and rows of the way down are taken one after another; what comes out at a leaf is
 * what its writer wants. See "Nested Encoding" in Parquet's documentation of its format.
 */
final class ColumnLevels {
  private final int[] rows;
  private final int[] repetition;
  private final int[] definition;
  private final int size;
  private final boolean misses;
  private final boolean repeats;

  private ColumnLevels(
      int[] rows, int[] repetition, int[] definition, int size, boolean misses, boolean repeats) {
    this.rows = rows;
    this.repetition = repetition;
    this.definition = definition;
    this.size = size;
    this.misses = misses;
    this.repeats = repeats;
  }

  /** How many entries there are. */
  int size() {
    return size;
  }

  /** Whether some entry may have no value. */
  boolean misses() {
    return misses;
  }

  /** Whether some entry may continue a list. */
  boolean repeats() {
    return repeats;
  }

  /** The row of the column that this entry is, or -1 where there is no value. */
  int row(int entry) {
    return rows[entry];
  }

  /** At which level of lists the entry continues one; 0 begins a row of the file. */
  int repetition(int entry) {
    return repetition[entry];
  }

  /** How much of the way to the column is there, where there is no value. */
  int definition(int entry) {
    return definition[entry];
  }

  /** The rows {@code [from, to)} of a frame. */
  static ColumnLevels of(int from, int to) {
    int[] rows = new int[to - from];
    Arrays.setAll(rows, i -> from + i);
    return new ColumnLevels(
        rows, new int[rows.length], new int[rows.length], rows.length, false, false);
  }

  /** The entries of a column whose nulls are defined down to this level. */
  ColumnLevels at(Column column, int level) {
    if (!column.hasNulls()) {
      return this;
    }
    int[] there = Arrays.copyOf(rows, size);
    int[] defined = Arrays.copyOf(definition, size);
    boolean any = misses;
    for (int i = 0; i < size; i++) {
      if (there[i] >= 0 && column.isNull(there[i])) {
        there[i] = -1;
        defined[i] = level;
        any = true;
      }
    }
    return new ColumnLevels(there, repetition, defined, size, any, repeats);
  }

  /**
   * The elements of lists.
   *
   * @param list has no null among these entries
   * @param level to which an empty list is defined
   * @param repeats the level of repetition at which an element continues its list
   */
  ColumnLevels elements(ListColumn list, int level, int repeats) {
    int count = 0;
    for (int i = 0; i < size; i++) {
      count += rows[i] < 0 ? 1 : Math.max(1, list.to(rows[i]) - list.from(rows[i]));
    }
    int[] elements = new int[count];
    int[] repeated = new int[count];
    int[] defined = new int[count];
    int at = 0;
    boolean any = misses;
    for (int i = 0; i < size; i++) {
      repeated[at] = repetition[i];
      int row = rows[i];
      if (row < 0 || list.from(row) == list.to(row)) {
        elements[at] = -1;
        defined[at++] = row < 0 ? definition[i] : level;
        any = true;
        continue;
      }
      for (int element = list.from(row); element < list.to(row); element++) {
        if (element > list.from(row)) {
          repeated[at] = repeats;
        }
        elements[at++] = element;
      }
    }
    return new ColumnLevels(elements, repeated, defined, count, any, true);
  }
}
