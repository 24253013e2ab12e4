package dev.patron.features.change;

import dev.patron.features.accounts.Account;
import dev.patron.features.accounts.Account.Count;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.io.Serializable;
import java.util.List;

/**
 * Folds the change events of a table into what they leave behind: the state of each key after each
 * of its events (SEMANTICS 1 to 9). The result depends on the set of the events alone, not on their
 * order or on how often they were delivered.
 *
 * <p>What to know, in the order in which to read it: {@link EventOrder} says which event comes
 * after which, {@link #foldKey} what each one does, {@code Images} what a placeholder stands for,
 * and {@code dev.patron.features.history.History} what the states mean as versions.
 */
public final class ChangeFold implements Serializable {
  private final ChangeSpec spec;
  private final Schema eventSchema;

  /** A fold for the changes of this table. */
  public ChangeFold(ChangeSpec spec) {
    this.spec = spec;
    this.eventSchema = Events.schema(spec.row()).with(Events.KNOWN, Type.BOOLEAN);
  }

  /**
   * Folds all events of some keys. Keys linked by a primary-key change with placeholders ({@link
   * KeyChanges}) must come together.
   *
   * @param events every event of these keys but truncates, in any order, of the schema {@link
   *     Events#schema}, with {@link Events#KNOWN} or without
   * @param truncates every truncate of the table, in the same schema, without key; each is an event
   *     of every key. They are not in the account of what is folded, see {@link #account}
   * @throws IllegalArgumentException if a frame has another schema, or an event is none that
   *     decoding gives
   */
  public Folded fold(Frame events, Frame truncates) {
    Frame all =
        Frame.concat(
            eventSchema, List.of(events.conform(eventSchema), truncates.conform(eventSchema)));
    Account account = new Account();
    EventOrder order = new EventOrder(spec, all, account);
    Images images = Images.of(spec, all, order, account);
    int[] states = new int[order.size()];
    int[] columns = all.positions(spec.row().names());
    for (int key = 0; key < order.keys(); key++) {
      foldKey(order, images, columns, key, states, account);
    }
    return new Folded(spec, all, order, images, states, account);
  }

  /**
   * What became of the truncates of the table, which are no key's own: the first delivery of each
   * removed what there was, the others are duplicates.
   *
   * @param truncates every truncate of the table
   */
  public Account account(Frame truncates) {
    Account account = new Account();
    Frame all = truncates.conform(eventSchema);
    Frame known = all.filter(row -> Folded.isKnown(all, row));
    int before = distinctTruncates(known);
    int distinct = distinctTruncates(all);
    account.count(Count.DELETED, distinct - before);
    account.count(Count.DUPLICATE, all.rows() - known.rows() - (distinct - before));
    return account;
  }

  private int distinctTruncates(Frame truncates) {
    return new EventOrder(spec, truncates, new Account()).truncates();
  }

  /** The schema of the events and truncates that are folded: {@link Events#KNOWN} included. */
  public Schema eventSchema() {
    return eventSchema;
  }

  /** What each event of one key does. */
  private static void foldKey(
      EventOrder order, Images images, int[] columns, int key, int[] states, Account account) {
    int state = Folded.NO_ROW;
    for (int step = order.first(key); step < order.end(key); step++) {
      int next = order.leavesRow(step) ? order.event(step) : Folded.NO_ROW;
      if (!order.isTruncate(step) && !order.isSettled(step)) {
        account.count(fate(state, next, images, columns));
      }
      states[step] = next;
      state = next;
    }
  }

  private static Count fate(int state, int next, Images images, int[] columns) {
    if (next == Folded.NO_ROW) {
      return state == Folded.NO_ROW ? Count.STALE : Count.DELETED;
    }
    if (state == Folded.NO_ROW) {
      return Count.INSERTED;
    }
    return images.same(state, next, columns) ? Count.UNCHANGED : Count.UPDATED;
  }
}
