package dev.patron.features.change;

import dev.patron.features.frame.Schema;
import dev.patron.features.tables.TableDefinition;
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
 * @param ignoreNullUpdates whether a null in an update (op {@code u}; every flat row is one) leaves
 *     the value as it was, so that an update need not name all columns
 */
public record ChangeSpec(
    String table,
    Schema row,
    List<String> key,
    List<String> track,
    boolean flat,
    boolean ignoreNullUpdates)
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

  /** A table whose updates say what all columns are. */
  public ChangeSpec(String table, Schema row, List<String> key, List<String> track, boolean flat) {
    this(table, row, key, track, flat, false);
  }

  /**
   * What a dataset says of a table.
   *
   * @param read the columns that its records are read with
   * @throws IllegalArgumentException as the constructor, or if a column that is not to be tracked
   *     is not among the row's
   */
  public static ChangeSpec of(TableDefinition table, Schema read) {
    Schema row = table.row(read);
    List<String> except = table.applying().trackExcept();
    requireColumns(table.name(), "track: except", except, row);
    List<String> track =
        except.isEmpty()
            ? table.track()
            : row.names().stream().filter(name -> !except.contains(name)).toList();
    return new ChangeSpec(
        table.name(),
        row,
        table.key(),
        track,
        table.change() != null,
        table.applying().ignoreNullUpdates());
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
