package dev.patron.pipelines.stages;

import dev.patron.features.accounts.Account;
import dev.patron.features.frame.Frame;
import dev.patron.transforms.lake.Commit;
import dev.patron.transforms.lake.DataFile;
import dev.patron.transforms.lake.DataFileWriter;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.Ledger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a stage is going to change, all at once. */
final class Changes {
  private final Job job;
  private final List<Ledger.Change> changes = new ArrayList<>();

  Changes(Job job) {
    this.job = job;
  }

  /** Changes a table. */
  Changes commit(String table, Commit commit) {
    changes.add(new Ledger.Change(table, commit));
    return this;
  }

  /** Makes a table of a few rows hold these and nothing else. */
  Changes overwrite(String name, Frame rows) {
    return overwrite(name, rows, Map.of());
  }

  /** The same with these table properties. */
  Changes overwrite(String name, Frame rows, Map<String, String> properties) {
    return commit(
        name,
        Commit.overwrite(rows.schema(), write(job.table(name), rows)).withProperties(properties));
  }

  /** Adds a few rows to a table. */
  Changes append(String name, Frame rows) {
    return commit(name, Commit.append(rows.schema(), write(job.table(name), rows)));
  }

  private static List<DataFile> write(LakeTable table, Frame rows) {
    return rows.rows() == 0
        ? List.of()
        : List.of(DataFileWriter.write(table, rows.schema(), Map.of(), List.of(rows)));
  }

  /** Adds a row a table to {@code ops/runs}. */
  Changes log(String stage, Map<String, Account> accounts) {
    return accounts.isEmpty() ? this : append(RunLog.TABLE, RunLog.rows(job, stage, accounts));
  }

  /** Makes them happen. */
  void decide(String stage) {
    job.decide(stage, changes);
  }

  /** Makes them happen, as {@link Job#decideBesideOthers} does. */
  void decideBesideOthers(String stage) {
    job.decideBesideOthers(stage, changes);
  }
}
