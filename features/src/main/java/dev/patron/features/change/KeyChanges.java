package dev.patron.features.change;

import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.ListColumn;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds the keys that are linked by a primary-key change: a delete of the old key and an insert of
 * the new one at the same position. Where the insert holds placeholders, their values are those of
 * the old key (SEMANTICS 6), so that both must be folded together. That is rare: only large values
 * that did not change are left out of events, and keys hardly ever change.
 */
public final class KeyChanges {
  private static final byte[] INSERT = {'c'};
  private static final byte[] DELETE = {'d'};

  private KeyChanges() {}

  /** The positions of the inserts that hold a placeholder. */
  public static Set<String> positions(Frame events) {
    Set<String> positions = new TreeSet<>();
    for (int row = 0; row < events.rows(); row++) {
      if (isInsertWithPlaceholder(events, row)) {
        positions.add(events.bytes(Events.POSITION).text(row));
      }
    }
    return positions;
  }

  /**
   * The keys that must be folded together: those with a delete, or an insert with a placeholder, at
   * one of these positions.
   *
   * @param positions the {@link #positions} of all events of the table
   * @return the key columns, a key as often as it was found
   */
  public static Frame linkedKeys(Frame events, List<String> key, Set<String> positions) {
    BytesColumn ops = events.bytes(Events.OP);
    BytesColumn at = events.bytes(Events.POSITION);
    return events
        .select(key)
        .filter(
            row ->
                !positions.isEmpty()
                    && (ops.is(row, DELETE) || isInsertWithPlaceholder(events, row))
                    && positions.contains(at.text(row)));
  }

  private static boolean isInsertWithPlaceholder(Frame events, int row) {
    ListColumn unavailable = events.lists(Events.UNAVAILABLE);
    return unavailable.to(row) > unavailable.from(row) && events.bytes(Events.OP).is(row, INSERT);
  }
}
