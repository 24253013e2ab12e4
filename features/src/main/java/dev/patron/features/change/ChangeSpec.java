package dev.patron.features.change;

import dev.patron.features.frame.Schema;
import java.io.Serializable;
import java.util.List;

/**
 * What a fold must know of a table of changes.
 *
 * @param table the table's name, which is part of every surrogate key
 * @param row the table's own columns
 * @param key the columns that identify a row, at least one
 * @param track the columns whose changes open a new version; empty: every column
 * @param flat whether the events come from flat change rows, which carry no delivery: of two
 *     different rows at one position the greater wins (SEMANTICS 8)
 */
public record ChangeSpec(
    String table, Schema row, List<String> key, List<String> track, boolean flat)
    implements Serializable {

  /**
   * @throws IllegalArgumentException if there is no key, or a column named is not among the row's
   */
  public ChangeSpec {
    key = List.copyOf(key);
    track = track.isEmpty() ? row.names() : List.copyOf(track);
    if (key.isEmpty()) {
      throw new IllegalArgumentException(
          "table '" + table + "': a table of changes needs a key, the columns that identify a row");
    }
    requireColumns(table, "key", key, row);
    requireColumns(table, "track", track, row);
  }

  private static void requireColumns(String table, String what, List<String> names, Schema row) {
    for (String name : names) {
      if (!row.has(name)) {
        throw new IllegalArgumentException(
            "table '%s': %s names column '%s', the table has %s"
                .formatted(table, what, name, row.names()));
      }
    }
  }
}
