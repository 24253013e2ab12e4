package dev.patron.features.change;

import dev.patron.features.accounts.Account;
import dev.patron.features.accounts.Account.Count;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Type;
import it.unimi.dsi.fastutil.ints.IntArrays;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Facts, one row a key (SEMANTICS 12). What was delivered twice is kept once; of different facts of
 * one key the later by time wins, else the greater by canonical bytes, and the conflict is counted.
 *
 * @param table the table's name
 * @param key the columns that identify a fact; empty: every record is a fact of its own
 * @param time the timestamp or date column that says which of two facts of a key is later; null:
 *     none does
 */
public record FactFold(String table, List<String> key, @Nullable String time)
    implements Serializable {

  public FactFold {
    key = List.copyOf(key);
  }

  /**
   * What is left of some facts.
   *
   * @param rows the facts that are new or different, one row a key, sorted by key; without a key,
   *     the rows as they came
   * @param superseded the facts known before that are not true any more
   * @param account what became of each new record
   */
  public record Facts(Frame rows, Frame superseded, Account account) {}

  /**
   * Folds all records of some keys. Those that an earlier run has kept say so in a column {@link
   * Events#KNOWN}, which may be missing; the result does not have it.
   *
   * @throws IllegalArgumentException if a column of the key or the time is missing, or the time is
   *     neither a timestamp nor a date
   */
  public Facts fold(Frame records) {
    Account account = new Account();
    List<String> names =
        records.schema().names().stream().filter(name -> !name.equals(Events.KNOWN)).toList();
    Frame facts = records.select(names);
    if (key.isEmpty()) {
      account.count(Count.INSERTED, records.rows());
      return new Facts(facts, Frame.empty(facts.schema()), account);
    }
    boolean[] known = new boolean[records.rows()];
    for (int row = 0; row < known.length && records.schema().has(Events.KNOWN); row++) {
      known[row] = Folded.isKnown(records, row);
    }
    Keys keys = new Keys(facts, key);
    int[] order = new int[records.rows()];
    Arrays.setAll(order, row -> row);
    LongColumn times = times(records);
    Contents contents = new Contents(facts, facts.positions(names));
    IntArrays.mergeSort(
        order,
        (a, b) -> {
          int byKey = keys.compare(a, b);
          int byTime = byKey != 0 || times == null ? byKey : times.compare(b, times, a);
          int byContent = byTime != 0 ? byTime : contents.compare(b, a);
          return byContent != 0 ? byContent : Boolean.compare(known[b], known[a]);
        });
    int[] winners = new int[order.length];
    int[] losers = new int[order.length];
    int won = 0;
    int lost = 0;
    for (int first = 0, end; first < order.length; first = end) {
      end = first + 1;
      int before = known[order[first]] ? first : -1;
      while (end < order.length && keys.same(order[first], order[end])) {
        before = known[order[end]] ? end : before;
        end++;
      }
      if (before != first) {
        winners[won++] = order[first];
        account.count(before < 0 ? Count.INSERTED : Count.UPDATED);
        if (before >= 0) {
          losers[lost++] = order[before];
          account.count(Count.CONFLICT);
        }
      }
      for (int i = first + 1; i < end; i++) {
        if (known[order[i]]) {
          continue;
        }
        if (contents.compare(order[i - 1], order[i]) == 0) {
          account.count(Count.DUPLICATE);
        } else {
          account.count(Count.STALE);
          account.count(Count.CONFLICT);
        }
      }
    }
    return new Facts(
        facts.take(Arrays.copyOf(winners, won)), facts.take(Arrays.copyOf(losers, lost)), account);
  }

  private @Nullable LongColumn times(Frame records) {
    if (time == null) {
      return null;
    }
    Type type = records.schema().type(time);
    if (!type.equals(Type.TIMESTAMP) && !type.equals(Type.DATE)) {
      throw new IllegalArgumentException(
          "table '%s': the time '%s' is %s, and must be a timestamp or a date"
              .formatted(table, time, type));
    }
    return records.longs(time);
  }
}
