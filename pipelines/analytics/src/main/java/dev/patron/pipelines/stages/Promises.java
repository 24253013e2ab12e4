package dev.patron.pipelines.stages;

import dev.patron.features.accounts.Account;
import dev.patron.features.change.Events;
import dev.patron.features.frame.Frame;
import dev.patron.features.history.Intervals;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.TableSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the tables of a warehouse promise beside their columns, as far as rows can show it. */
public final class Promises {
  /** The table property that says what identifies a row. */
  static final String KEY = "patron.key";

  /**
   * The table property that says what identifies a row where all of it is known: the orders of
   * nobody, and orders without a number, may be alike.
   */
  private static final String UNIQUE = "patron.unique";

  private Promises() {}

  /** The properties by which a table promises that rows differ in these columns, if all are set. */
  static Map<String, String> unique(List<String> columns) {
    return Map.of(UNIQUE, String.join(",", columns));
  }

  /**
   * The first promise that a table breaks, in a sentence: one row a key; of purchases, features and
   * scores, one row where no column of the key is null; of a history, versions that follow one
   * another, with gaps only where a row was deleted; of the log of runs, accounts that add up.
   */
  public static Optional<String> firstBroken(TableSnapshot table) {
    if (table.table().name().equals(RunLog.TABLE)) {
      return accounts(table);
    }
    String key = table.properties().getOrDefault(KEY, "");
    if (key.isEmpty()) {
      return repeated(table);
    }
    List<String> names = List.of(key.split(","));
    if (!table.schema().has("valid_from")) {
      return Optional.ofNullable(Intervals.firstRepeated(TableScan.of(table, names).all(), names));
    }
    List<String> columns = new ArrayList<>(names);
    columns.addAll(Intervals.COLUMNS);
    Frame versions = TableScan.of(table, columns).all();
    String broken = Intervals.firstViolation(versions, names);
    return Optional.ofNullable(broken == null ? gap(table.table(), versions, names) : broken);
  }

  private static Optional<String> repeated(TableSnapshot table) {
    String unique = table.properties().getOrDefault(UNIQUE, "");
    if (unique.isEmpty()) {
      return Optional.empty();
    }
    List<String> columns = List.of(unique.split(","));
    // Somebody who changed the columns by hand is told by who reads them.
    if (!columns.stream().allMatch(table.schema()::has)) {
      return Optional.empty();
    }
    List<Frame> known = new ArrayList<>();
    for (Frame frame : TableScan.of(table, columns)) {
      known.add(
          frame.filter(
              row -> columns.stream().noneMatch(column -> frame.column(column).isNull(row))));
    }
    return Optional.ofNullable(
        Intervals.firstRepeated(Frame.concat(table.schema().select(columns), known), columns));
  }

  /** Looks for what made the gaps of a history among the events that it was made of. */
  private static @Nullable String gap(LakeTable table, Frame versions, List<String> key) {
    TableSnapshot events =
        LakeTable.at(table.warehouse(), SilverTable.stateOf(table.name())).latest().orElse(null);
    if (events == null) {
      return null;
    }
    List<String> columns = new ArrayList<>(key);
    columns.add(Events.OP);
    List<Frame> deletes = new ArrayList<>();
    long truncates = 0;
    for (Frame frame : TableScan.of(events, columns)) {
      truncates += Events.truncates(frame).rows();
      deletes.add(Events.deletes(frame).select(key));
    }
    return Intervals.firstGapWithoutDelete(
        versions, key, Frame.concat(events.schema().select(key), deletes), truncates);
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
