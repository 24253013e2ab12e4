package dev.patron.pipelines.stages;

import dev.patron.features.accounts.Account;
import dev.patron.features.frame.Frame;
import dev.patron.features.history.Intervals;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.TableSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the tables of a warehouse promise beside their columns, as far as rows can show it. */
public final class Promises {
  /** The table property that says what identifies a row. */
  static final String KEY = "patron.key";

  private Promises() {}

  /**
   * The first promise that a table breaks, in a sentence: one row a key; of a history, versions
   * that follow one another; of the log of runs, accounts that add up.
   */
  public static Optional<String> firstBroken(TableSnapshot table) {
    if (table.table().name().equals(RunLog.TABLE)) {
      return accounts(table);
    }
    String key = table.properties().getOrDefault(KEY, "");
    if (key.isEmpty()) {
      return Optional.empty();
    }
    List<String> names = List.of(key.split(","));
    if (!table.schema().has("valid_from")) {
      return Optional.ofNullable(Intervals.firstRepeated(TableScan.of(table, names).all(), names));
    }
    List<String> columns = new ArrayList<>(names);
    columns.addAll(Intervals.COLUMNS);
    return Optional.ofNullable(Intervals.firstViolation(TableScan.of(table, columns).all(), names));
  }

  private static Optional<String> accounts(TableSnapshot runs) {
    Frame rows = TableScan.of(runs, runs.schema().names()).all();
    for (int row = 0; row < rows.rows(); row++) {
      Account account = new Account();
      for (Account.Count count : Account.Count.values()) {
        if (rows.schema().has(count.column()) && !rows.column(count.column()).isNull(row)) {
          account.count(count, rows.longs(count.column()).get(row));
        }
      }
      if (account.get(Account.Count.READ) > 0 && account.residual() != 0) {
        return Optional.of(
            "the account of %s in run %s does not add up by %d"
                .formatted(
                    rows.bytes("table_name").text(row),
                    rows.bytes("run_id").text(row),
                    account.residual()));
      }
    }
    return Optional.empty();
  }
}
