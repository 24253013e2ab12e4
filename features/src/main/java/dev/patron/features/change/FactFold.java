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
   * @param rows one row a key, sorted by key; without a key, the rows as they came
   * @param account what became of each record
   */
  public record Facts(Frame rows, Account account) {}

  /**
   * Folds all records of some keys.
   *
   * @throws IllegalArgumentException if a column of the key or the time is missing, or the time is
   *     neither a timestamp nor a date
   */
  public Facts fold(Frame records) {
    Account account = new Account();
    if (key.isEmpty()) {
      account.count(Count.INSERTED, records.rows());
      return new Facts(records, account);
    }
    Keys keys = new Keys(records, key);
    int[] order = new int[records.rows()];
    Arrays.setAll(order, row -> row);
    LongColumn times = times(records);
    Contents contents = new Contents(records, records.positions(records.schema().names()));
    IntArrays.mergeSort(
        order,
        (a, b) -> {
          int byKey = keys.compare(a, b);
          int byTime = byKey != 0 || times == null ? byKey : times.compare(b, times, a);
          return byTime != 0 ? byTime : contents.compare(b, a);
        });
    int[] winners = new int[order.length];
    int count = 0;
    for (int i = 0; i < order.length; i++) {
      if (i == 0 || !keys.same(order[i - 1], order[i])) {
        winners[count++] = order[i];
        account.count(Count.INSERTED);
      } else if (contents.compare(order[i - 1], order[i]) == 0) {
        account.count(Count.DUPLICATE);
      } else {
        account.count(Count.STALE);
        account.count(Count.CONFLICT);
      }
    }
    return new Facts(records.take(Arrays.copyOf(winners, count)), account);
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
