package dev.patron.pipelines.generate;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One change of one row.
 *
 * @param key the row's key
 * @param at when it was committed
 * @param op {@code r}, {@code c}, {@code u}, {@code d} or {@code t}, as Debezium calls them
 * @param row the row after it, in the order of the table's columns, the key first; null for a
 *     delete and a truncate
 */
record Change(long key, long at, char op, @Nullable List<@Nullable Object> row) {

  /**
   * What a connector sees that starts to read at {@code opening}: the row as it stands then, if
   * there is one, and every later change.
   *
   * @param all the changes of one row, in order
   */
  static List<Change> seenSince(long opening, List<Change> all) {
    List<Change> seen = new ArrayList<>();
    for (Change change : all) {
      if (change.at > opening) {
        seen.add(change);
      } else {
        seen.clear();
        if (change.row != null) {
          seen.add(new Change(change.key, opening, 'r', change.row));
        }
      }
    }
    return seen;
  }
}
