package dev.patron.features.change;

import dev.patron.features.accounts.Account;
import dev.patron.features.accounts.Account.Count;
import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.ListColumn;
import dev.patron.features.frame.Schema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows that events leave behind, with placeholders replaced (SEMANTICS 6). Nothing is copied:
 * for each column that ever holds a placeholder, it is known which event's value stands for which.
 *
 * <p>A placeholder means "as it was". What was is the state of the key before the event; for the
 * insert of a primary-key change, which is a delete of the old key and an insert of the new one at
 * one position, it is the state of the old key before its delete. Keys may change again and again,
 * so that the value lies some keys back.
 *
 * <p>Where the table ignores null updates, a null in an update means "as it was" too; but it claims
 * nothing, so that no value is missed where there was none.
 */
final class Images {
  private static final int NO_VALUE = -1;
  private static final int UNKNOWN_YET = -2;
  private static final int AS_IT_WAS = -3;

  private final Frame events;

  /** For each of the row's columns: where it is among the columns of the events. */
  private final int[] positions;

  /** For each of the row's columns: the row of the value of each event; null: always its own. */
  private final int[] @Nullable [] sources;

  private Images(Frame events, int[] positions) {
    this.events = events;
    this.positions = positions;
    this.sources = new int[positions.length][];
  }

  static Images of(ChangeSpec spec, Frame events, EventOrder order, Account account) {
    Images images = new Images(events, events.positions(spec.row().names()));
    boolean placeholders = images.findPlaceholders(spec);
    boolean nulls = spec.ignoreNullUpdates() && images.findNullUpdates(spec, order);
    if (placeholders || nulls) {
      images.replacePlaceholders(order, account);
    }
    return images;
  }

  /** Typed, null-safe equality of two images in these of the row's columns. */
  boolean same(int a, int b, int[] columns) {
    for (int column : columns) {
      Column values = events.column(positions[column]);
      int ofA = source(column, a);
      int ofB = source(column, b);
      boolean same =
          ofA == NO_VALUE
              ? ofB == NO_VALUE || values.isNull(ofB)
              : ofB == NO_VALUE ? values.isNull(ofA) : values.same(ofA, values, ofB);
      if (!same) {
        return false;
      }
    }
    return true;
  }

  /** One of the row's columns, for these images. */
  Column take(int column, int[] images) {
    int @Nullable [] source = sources[column];
    int[] rows = images;
    if (source != null) {
      rows = new int[images.length];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = source[images[i]];
      }
    }
    return events.column(positions[column]).take(rows);
  }

  private int source(int column, int event) {
    int @Nullable [] source = sources[column];
    return source == null ? event : source[event];
  }

  /** Marks the placeholders as not known yet, and says whether there are any. */
  private boolean findPlaceholders(ChangeSpec spec) {
    ListColumn unavailable = events.lists(Events.UNAVAILABLE);
    BytesColumn names = (BytesColumn) unavailable.elements();
    boolean any = false;
    for (int event = 0; names.size() > 0 && event < events.rows(); event++) {
      for (int i = unavailable.from(event); i < unavailable.to(event); i++) {
        Schema row = spec.row();
        String name = names.text(i);
        if (row.has(name) && !spec.key().contains(name)) {
          mark(row.position(name), event, UNKNOWN_YET);
          any = true;
        }
      }
    }
    return any;
  }

  /** Marks the nulls of updates that are no placeholders, and says whether there are any. */
  private boolean findNullUpdates(ChangeSpec spec, EventOrder order) {
    boolean any = false;
    for (int column = 0; column < positions.length; column++) {
      Column values = events.column(positions[column]);
      if (!values.hasNulls() || spec.key().contains(spec.row().field(column).name())) {
        continue;
      }
      for (int step = 0; step < order.size(); step++) {
        int event = order.event(step);
        if (order.isUpdate(step) && values.isNull(event) && source(column, event) == event) {
          mark(column, event, AS_IT_WAS);
          any = true;
        }
      }
    }
    return any;
  }

  private void mark(int column, int event, int meaning) {
    int @Nullable [] source = sources[column];
    if (source == null) {
      source = new int[events.rows()];
      Arrays.setAll(source, row -> row);
      sources[column] = source;
    }
    source[event] = meaning;
  }

  private boolean hasPlaceholder(int event) {
    for (int @Nullable [] source : sources) {
      if (source != null && source[event] == UNKNOWN_YET) {
        return true;
      }
    }
    return false;
  }

  private void replacePlaceholders(EventOrder order, Account account) {
    int[] before = statesBefore(order);
    for (int column = 0; column < sources.length; column++) {
      int @Nullable [] source = sources[column];
      if (source == null) {
        continue;
      }
      for (int event = 0; event < source.length; event++) {
        if (source[event] == AS_IT_WAS && before[event] == NO_VALUE) {
          source[event] = event; // there was nothing: the null is a null
        }
      }
      for (int step = 0; step < order.size(); step++) {
        int event = order.event(step);
        if (!order.leavesRow(step)) {
          continue; // the image of a delete is never used
        }
        if (isOpen(source[event])) {
          follow(source, before, event);
        }
        if (source[event] == NO_VALUE && before[event] == NO_VALUE) {
          account.count(Count.UNKNOWN_VALUE);
        }
      }
    }
  }

  /** Goes back to the event that brought the value, and remembers it for all events on the way. */
  private static void follow(int[] source, int[] before, int event) {
    int known = event;
    while (known != NO_VALUE && isOpen(source[known])) {
      known = before[known];
    }
    int value = known == NO_VALUE ? NO_VALUE : source[known];
    for (int on = event; on != NO_VALUE && isOpen(source[on]); on = before[on]) {
      source[on] = value;
    }
  }

  private static boolean isOpen(int source) {
    return source == UNKNOWN_YET || source == AS_IT_WAS;
  }

  /**
   * For each event that leaves a row: the event whose image stood before it, of the old key for the
   * insert of a primary-key change.
   */
  private int[] statesBefore(EventOrder order) {
    int[] before = new int[events.rows()];
    Map<String, List<Deleted>> deletes = new HashMap<>();
    for (int step = 0; step < order.size(); step++) {
      if (order.isInsert(step) && hasPlaceholder(order.event(step))) {
        deletes.put(position(order.event(step)), new ArrayList<>());
      }
    }
    for (int key = 0; key < order.keys(); key++) {
      int state = NO_VALUE;
      for (int step = order.first(key); step < order.end(key); step++) {
        int event = order.event(step);
        before[event] = state;
        state = order.leavesRow(step) ? event : NO_VALUE;
        List<Deleted> here = order.isDelete(step) ? deletes.get(position(event)) : null;
        if (here != null) {
          here.add(new Deleted(key, before[event]));
        }
      }
    }
    for (int key = 0; key < order.keys() && !deletes.isEmpty(); key++) {
      for (int step = order.first(key); step < order.end(key); step++) {
        int event = order.event(step);
        if (order.isInsert(step) && hasPlaceholder(event)) {
          before[event] =
              oldKey(deletes.getOrDefault(position(event), List.of()), key, before[event]);
        }
      }
    }
    return before;
  }

  /**
   * @param key the key that was deleted
   * @param state the event whose image was deleted with it
   */
  private record Deleted(int key, int state) {}

  /** Of several old keys none can be told to be the right one: better no value than a wrong one. */
  private static int oldKey(List<Deleted> deletes, int key, int otherwise) {
    List<Deleted> others = deletes.stream().filter(deleted -> deleted.key() != key).toList();
    return switch (others.size()) {
      case 0 -> otherwise;
      case 1 -> others.get(0).state();
      default -> NO_VALUE;
    };
  }

  private String position(int event) {
    return events.bytes(Events.POSITION).text(event);
  }
}
