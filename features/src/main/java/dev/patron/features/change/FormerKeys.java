package dev.patron.features.change;

import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Finds the keys that some keys were before, or became: where one was deleted and the other
 * inserted at the same position, the source may have changed a row's key (SEMANTICS 7). May have:
 * sources that give a whole transaction one position do the same for two rows that have nothing to
 * do with one another.
 *
 * <p>All events are shown twice: first to {@link #observe}, then to {@link #search}.
 */
public final class FormerKeys {
  private final String key;
  private final Predicate<String> known;

  /** By position: what happened to a known key there. */
  private final Map<String, SortedSet<String>> happened = new HashMap<>();

  private final SortedSet<String> found = new TreeSet<>();

  /**
   * Nothing found yet.
   *
   * @param key the column that is the key
   * @param known whether this is one of the keys that are looked for others of
   */
  public FormerKeys(String key, Predicate<String> known) {
    this.key = key;
    this.known = known;
  }

  /** Remembers where known keys begin and end. */
  public void observe(Frame events) {
    BytesColumn ops = events.bytes(Events.OP);
    BytesColumn positions = events.bytes(Events.POSITION);
    Type type = events.schema().type(key);
    Column keys = events.column(key);
    for (int row = 0; row < events.rows(); row++) {
      if (!opposite(ops.text(row)).isEmpty()
          && known.test(String.valueOf(Values.get(type, keys, row)))) {
        happened.computeIfAbsent(positions.text(row), any -> new TreeSet<>()).add(ops.text(row));
      }
    }
  }

  /** Looks for other keys that begin where known ones end, or end where they begin. */
  public void search(Frame events) {
    BytesColumn ops = events.bytes(Events.OP);
    BytesColumn positions = events.bytes(Events.POSITION);
    Type type = events.schema().type(key);
    Column keys = events.column(key);
    for (int row = 0; row < events.rows() && !happened.isEmpty(); row++) {
      String opposite = opposite(ops.text(row));
      if (!opposite.isEmpty()
          && happened.getOrDefault(positions.text(row), new TreeSet<>()).contains(opposite)) {
        String other = String.valueOf(Values.get(type, keys, row));
        if (!known.test(other)) {
          found.add(other);
        }
      }
    }
  }

  private static String opposite(String op) {
    return switch (op) {
      case "c" -> "d";
      case "d" -> "c";
      default -> "";
    };
  }

  /** The other keys. */
  public SortedSet<String> found() {
    return found;
  }
}
