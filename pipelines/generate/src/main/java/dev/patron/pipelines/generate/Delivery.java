package dev.patron.pipelines.generate;

import dev.patron.pipelines.generate.Chance.Purpose;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * One arrival of a change.
 *
 * @param at when the connector handed it over
 * @param again whether it had been handed over before
 * @param late whether it was held back until after the row's next change
 * @param astray whether it was handed over somewhat too early or too late
 * @param broken whether an unreadable copy of it follows
 */
record Delivery(
    Change change, long at, boolean again, boolean late, boolean astray, boolean broken) {

  static final Comparator<Delivery> IN_ORDER =
      Comparator.comparingLong(Delivery::at)
          .thenComparingLong(delivery -> delivery.change.key())
          .thenComparingLong(delivery -> delivery.change.at())
          .thenComparing(Delivery::again);

  /** The delivery of a truncate, which is nobody's own. */
  static Delivery of(Change truncate) {
    return new Delivery(truncate, truncate.at() + Calendar.SECOND, false, false, false, false);
  }

  /** The deliveries of the changes of one row, which are given in order. */
  static List<Delivery> of(
      List<Change> changes, long position, Faults faults, long seed, Purpose purpose) {
    List<Delivery> list = new ArrayList<>();
    Chance chance = new Chance();
    for (int i = 0; i < changes.size(); i++) {
      Change change = changes.get(i);
      if (change.op() == 't') {
        continue; // the table's, not the row's
      }
      chance.restart(seed, purpose, change.key(), i);
      boolean snapshot = change.op() == 'r';
      long lag = 200_000L + chance.below(1_800_000);
      long at = snapshot ? change.at() + Calendar.SECOND + position * 10 : change.at() + lag;
      boolean late = chance.happens(faults.late()) && !snapshot;
      if (late) {
        long next = i + 1 < changes.size() ? changes.get(i + 1).at() : change.at();
        at = next + Calendar.HOUR + (long) chance.exponential(2 * Calendar.DAY);
      }
      boolean broken = chance.happens(faults.malformed()) && change.row() != null;
      boolean again = chance.happens(faults.duplicate());
      long later = again ? Calendar.MINUTE + (long) chance.exponential(Calendar.DAY) : 0;
      boolean astray = chance.happens(faults.reorder()) && !snapshot && !late;
      long first = astray ? at + chance.between(-Calendar.HOUR, Calendar.HOUR) : at;
      list.add(new Delivery(change, first, false, late, astray, broken));
      if (again) {
        list.add(new Delivery(change, at + later, true, late, astray, false));
      }
    }
    return list;
  }
}
