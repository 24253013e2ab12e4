package dev.patron.pipelines.generate;

import dev.patron.pipelines.generate.Chance.Purpose;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What befalls whole tables: a truncate, a column that comes and later widens, a clock that is slow
 * for a while. When is a fixed share of the shop's time; the truth follows the same changes as the
 * feeds.
 */
final class Upheavals {
  /** The column that books get midway. */
  static final String RATING = "rating";

  private static final double RELOADED_AT_ONCE = 0.8;
  private static final double RELOADED_LATER = 0.1;

  private final Faults faults;
  private final long seed;
  private final long truncatedAt;
  private final long columnAddedAt;
  private final long columnWidenedAt;
  private final long clockSlowFrom;

  Upheavals(BookstoreOptions options, Calendar calendar) {
    this.faults = options.faults();
    this.seed = options.seed();
    long span = calendar.end() - calendar.opening();
    this.clockSlowFrom = calendar.opening() + (long) (0.3 * span);
    this.columnAddedAt = calendar.opening() + (long) (0.4 * span);
    this.truncatedAt = calendar.opening() + (long) (0.5 * span);
    this.columnWidenedAt = calendar.opening() + (long) (0.7 * span);
  }

  /** The table as it is in the end. */
  Table of(Table table) {
    return faults.schema() && table.equals(Table.BOOKS) ? table.with(RATING) : table;
  }

  /** The truncate of a table, which is nobody's own; null if there is none. */
  @Nullable Change truncate() {
    return faults.truncate() ? new Change(0, truncatedAt, 't', null) : null;
  }

  /**
   * The changes of one row as they came to be; among them the truncate, as the end of the row that
   * was there.
   */
  List<Change> of(Table table, List<Change> changes) {
    List<Change> all = faults.truncate() ? truncated(table, changes) : changes;
    return faults.schema() && table.equals(Table.BOOKS) ? rated(all) : all;
  }

  /** When the database says that it committed what was committed at this instant. */
  long shown(long at) {
    boolean slow = faults.clock() && at >= clockSlowFrom && at < clockSlowFrom + 2 * Calendar.DAY;
    return slow ? at - 3 * Calendar.HOUR : at;
  }

  private List<Change> truncated(Table table, List<Change> changes) {
    List<Change> all = new ArrayList<>();
    int next = 0;
    List<@Nullable Object> row = null;
    for (; next < changes.size() && changes.get(next).at() < truncatedAt; next++) {
      row = changes.get(next).row();
      all.add(changes.get(next));
    }
    boolean live = false;
    if (row != null) {
      long key = changes.get(0).key();
      all.add(new Change(key, truncatedAt, 't', null));
      double fate =
          new Chance().restart(seed, Purpose.RELOAD, key, table.columns().size()).uniform();
      long at = fate < RELOADED_AT_ONCE ? truncatedAt : truncatedAt + Calendar.DAY;
      boolean free = next == changes.size() || changes.get(next).at() > at;
      if (fate < RELOADED_AT_ONCE + RELOADED_LATER && free) {
        all.add(new Change(key, at, 'c', table.written(row, at)));
        live = true;
      }
    }
    for (; next < changes.size(); next++) {
      Change change = changes.get(next);
      if (change.row() != null) {
        char op = live ? change.op() : 'c';
        all.add(new Change(change.key(), change.at(), op, change.row()));
        live = true;
      } else if (live) {
        all.add(change);
        live = false;
      }
    }
    return all;
  }

  private List<Change> rated(List<Change> changes) {
    List<Change> all = new ArrayList<>();
    for (Change change : changes) {
      List<@Nullable Object> row = change.row();
      if (row == null || change.at() < columnAddedAt) {
        all.add(change);
        continue;
      }
      List<@Nullable Object> wider = new ArrayList<>(row);
      long stars = 1 + Math.floorMod(change.key() + change.at() / Calendar.DAY, 5L);
      wider.add(change.at() < columnWidenedAt ? (Object) stars : (Object) (stars - 0.5));
      all.add(new Change(change.key(), change.at(), change.op(), wider));
    }
    return all;
  }
}
