package dev.patron.transforms.lake;

import dev.patron.features.frame.Schema;
import io.delta.kernel.internal.SnapshotImpl;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A table at one version. Its files are not deleted while the table's retention lasts. */
public final class TableSnapshot {
  private final LakeTable table;
  private final SnapshotImpl delta;
  private @Nullable List<DataFile> files;

  TableSnapshot(LakeTable table, SnapshotImpl delta) {
    this.table = table;
    this.delta = delta;
  }

  /**
   * The table after a commit to this version.
   *
   * @param delta what it is then
   */
  synchronized TableSnapshot after(
      SnapshotImpl delta, List<DataFile> removed, List<DataFile> added) {
    TableSnapshot after = new TableSnapshot(table, delta);
    if (files != null) {
      after.files = DeltaLog.filesAfter(files, removed, added, delta, after.schema());
    }
    return after;
  }

  SnapshotImpl delta() {
    return delta;
  }

  /** The table. */
  public LakeTable table() {
    return table;
  }

  /** The version, from 0. */
  public long version() {
    return delta.getVersion();
  }

  /**
   * The columns, partition columns included.
   *
   * @throws LakeException if a column is of a type that frames do not have
   */
  public Schema schema() {
    try {
      return DeltaTypes.schema(delta.getSchema());
    } catch (LakeException e) {
      throw new LakeException(table.name() + ": " + e.getMessage());
    }
  }

  /** The columns whose values are in the log and not in the files. */
  public List<String> partitionColumns() {
    return List.copyOf(delta.getPartitionColumnNames());
  }

  /** What can be read of it. */
  public TableFiles contents() {
    return new TableFiles(table, schema(), partitionColumns(), files());
  }

  /** The table properties. */
  public Map<String, String> properties() {
    return Map.copyOf(delta.getMetadata().getConfiguration());
  }

  /** The number of an application's last transaction; empty if it never committed here. */
  public OptionalLong lastTransaction(String application) {
    try {
      return DeltaLog.lastTransaction(delta, application);
    } catch (RuntimeException e) {
      throw LakeException.ofLog(table, "its log cannot be read", e);
    }
  }

  /**
   * The files whose rows are the table's, ordered by path.
   *
   * @throws LakeException if they can be read only by a reader of Delta features that we lack
   */
  public synchronized List<DataFile> files() {
    if (files == null) {
      try {
        files = DeltaLog.files(table.name(), delta, schema());
      } catch (RuntimeException e) {
        throw LakeException.ofLog(table, "its files cannot be listed", e);
      }
    }
    return files;
  }

  /** The number of rows, as the log tells it; -1 if it does not for some file. */
  public long rows() {
    long rows = 0;
    for (DataFile file : files()) {
      if (file.rows() < 0) {
        return -1;
      }
      rows += file.rows();
    }
    return rows;
  }

  @Override
  public String toString() {
    return table.name() + " at version " + version();
  }
}
