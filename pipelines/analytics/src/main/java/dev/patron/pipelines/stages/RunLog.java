package dev.patron.pipelines.stages;

import dev.patron.features.accounts.Account;
import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.TableSnapshot;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code ops/runs}: what became of every record, a row a run, stage and table. */
final class RunLog {
  /** The table's name. */
  static final String TABLE = "ops/runs";

  private static final Schema SCHEMA = schema();

  private RunLog() {}

  private static Schema schema() {
    Schema schema =
        Schema.of()
            .with("run_id", Type.STRING)
            .with("stage", Type.STRING)
            .with("table_name", Type.STRING);
    for (Account.Count count : Account.Count.values()) {
      schema = schema.with(count.column(), Type.LONG);
    }
    return schema;
  }

  /** One row a table. */
  static Frame rows(Job job, String stage, Map<String, Account> accounts) {
    FrameBuilder rows = new FrameBuilder(SCHEMA);
    accounts.forEach(
        (table, account) -> {
          rows.bytes("run_id").append(job.runId());
          rows.bytes("stage").append(stage);
          rows.bytes("table_name").append(table);
          for (Account.Count count : Account.Count.values()) {
            rows.longs(count.column()).append(account.get(count));
          }
        });
    return rows.build();
  }

  /** The accounts of the newest run of a stage, by table. */
  static SortedMap<String, Account> latest(Job job, String stage) {
    SortedMap<String, Account> accounts = new TreeMap<>();
    TableSnapshot log = job.latest(TABLE);
    if (log == null) {
      return accounts;
    }
    Frame rows = TableScan.of(log, SCHEMA.names()).all();
    BytesColumn runs = rows.bytes("run_id");
    BytesColumn stages = rows.bytes("stage");
    String newest = "";
    for (int row = 0; row < rows.rows(); row++) {
      if (stages.text(row).equals(stage) && runs.text(row).compareTo(newest) > 0) {
        newest = runs.text(row);
      }
    }
    for (int row = 0; row < rows.rows(); row++) {
      if (stages.text(row).equals(stage) && runs.text(row).equals(newest)) {
        Account account = new Account();
        for (Account.Count count : Account.Count.values()) {
          account.count(count, rows.longs(count.column()).get(row));
        }
        accounts.put(rows.bytes("table_name").text(row), account);
      }
    }
    return accounts;
  }
}
