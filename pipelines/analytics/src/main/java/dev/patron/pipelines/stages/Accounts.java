package dev.patron.pipelines.stages;

import dev.patron.features.accounts.Account;
import dev.patron.transforms.lake.DataFile;
import dev.patron.transforms.manifest.Manifest;
import dev.patron.transforms.shuffle.AccountCoder;
import java.util.List;

/** Accounts on their way to {@code ops/runs}. */
final class Accounts {
  /** The kind of manifest entries that hold accounts. */
  static final String KIND = "account";

  private Accounts() {}

  /** All that a pipeline counted for one table. */
  static Account of(Manifest manifest, String table) {
    Account sum = new Account();
    manifest.get(KIND, table, AccountCoder.of()).forEach(sum::add);
    return sum;
  }

  /** An account of rows written, for stages that read no records. */
  static Account written(List<DataFile> files) {
    Account account = new Account();
    account.count(Account.Count.WRITTEN, rows(files));
    return account;
  }

  static long rows(List<DataFile> files) {
    return files.stream().mapToLong(DataFile::rows).sum();
  }
}
