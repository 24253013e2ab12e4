package dev.patron.features.change;

import dev.patron.features.accounts.Account;
import dev.patron.features.frame.BooleanColumn;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.ColumnBuilder;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.KeyHashes;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.Tables;
import java.util.Arrays;

/**
 * What the events of some keys leave behind: for each key, in ascending order, the steps of its
 * life, and after each of them its state. A state is a number that stands for a row, or {@link
 * #NO_ROW}.
 *
 * <p>Rows are gathered only when they are asked for, so that who wants the current rows alone does
 * not pay for the history.
 */
public final class Folded {
  /** The state of a key that has no row. */
  public static final int NO_ROW = -1;

  /** The instant of a step of which none is known: flat change rows need not say when. */
  public static final long NO_INSTANT = EventOrder.NO_INSTANT;

  private final ChangeSpec spec;
  private final Frame events;
  private final EventOrder order;
  private final Images images;
  private final int[] states;
  private final Account account;

  Folded(
      ChangeSpec spec,
      Frame events,
      EventOrder order,
      Images images,
      int[] states,
      Account account) {
    this.spec = spec;
    this.events = events;
    this.order = order;
    this.images = images;
    this.states = states;
    this.account = account;
  }

  /** The table. */
  public ChangeSpec spec() {
    return spec;
  }

  /** What became of each event, and what stands beside (SEMANTICS 18); of truncates nothing. */
  public Account account() {
    return account;
  }

  static boolean isKnown(Frame events, int row) {
    BooleanColumn known = events.booleans(Events.KNOWN);
    return !known.isNull(row) && known.get(row);
  }

  /**
   * The events that count and came with this run, without truncates, to be kept for the next:
   * frames of {@link Events#schema}.
   */
  public Frame news() {
    int[] rows = new int[order.size()];
    int count = 0;
    for (int step = 0; step < order.size(); step++) {
      if (order.isNew(step) && !order.isTruncate(step)) {
        rows[count++] = order.event(step);
      }
    }
    return events.conform(Events.schema(spec.row())).take(Arrays.copyOf(rows, count));
  }

  /**
   * The keys that this run's events may have changed, as {@link KeyHashes} frames have them: the
   * key columns, one row a key. A truncate may change any: also where another stands beside it, or
   * nothing was there to remove, what follows takes effect no earlier than it (SEMANTICS 5).
   */
  public Frame changedKeys() {
    boolean every = order.hasNewTruncate();
    int[] rows = new int[order.keys()];
    int count = 0;
    for (int key = 0; key < order.keys(); key++) {
      boolean changed = every;
      for (int step = first(key); step < end(key) && !changed; step++) {
        changed = order.isNew(step);
      }
      if (changed) {
        rows[count++] = keyRow(key);
      }
    }
    return events.select(spec.key()).take(Arrays.copyOf(rows, count));
  }

  /** An event of this key: the first, which is never a truncate. */
  private int keyRow(int key) {
    return order.event(first(key));
  }

  /** The number of keys, with or without a row. */
  public int keys() {
    return order.keys();
  }

  /** The first step of a key. */
  public int first(int key) {
    return order.first(key);
  }

  /** The end of the steps of a key, exclusive. */
  public int end(int key) {
    return order.end(key);
  }

  /** The state after this step. */
  public int state(int step) {
    return states[step];
  }

  /**
   * When this step took effect, in microseconds since the epoch, or {@link #NO_INSTANT}. Instants
   * never decrease along the steps of a key.
   */
  public long instant(int step) {
    return order.instant(step);
  }

  /** Whether two states are equal rows in these of the table's columns: typed and null-safe. */
  public boolean same(int state, int other, int[] columns) {
    return images.same(state, other, columns);
  }

  /** The rows that these states stand for, in the table's own columns. */
  public Frame rows(int[] wanted) {
    Schema row = spec.row();
    Column[] columns = new Column[row.size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = images.take(i, wanted);
    }
    return Frame.of(row, columns);
  }

  /** The positions of the events that gave these states, as a person writes them. */
  public Column sequences(int[] wanted) {
    return events.column(Events.SEQUENCE).take(wanted);
  }

  /**
   * The last state of every key that has one, sorted by key: the table's own columns and {@link
   * Tables#CURRENT} (SEMANTICS 9).
   */
  public Frame current() {
    int[] live = new int[keys()];
    int count = 0;
    LongColumn.Builder changedAt = (LongColumn.Builder) ColumnBuilder.of(Type.TIMESTAMP);
    for (int key = 0; key < keys(); key++) {
      int last = end(key) - 1;
      if (states[last] == NO_ROW) {
        continue;
      }
      live[count++] = states[last];
      if (instant(last) == NO_INSTANT) {
        changedAt.appendNull();
      } else {
        changedAt.append(instant(last));
      }
    }
    live = Arrays.copyOf(live, count);
    return rows(live)
        .with("_sequence", Type.STRING, sequences(live))
        .with("_changed_at", Type.TIMESTAMP, changedAt.build());
  }
}
