package dev.patron.transforms.lake;

import dev.patron.features.frame.Schema;
import dev.patron.transforms.parquet.HadoopFiles;
import io.delta.kernel.internal.SnapshotImpl;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
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

  /**
   * The table's id, which no commit changes; a table that is deleted and made again has another.
   */
  public String id() {
    return delta.getMetadata().getId();
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

  /**
   * The files whose rows have come since an earlier version, as Delta Lake's own streams see it:
   * what a commit has only rewritten ({@code OPTIMIZE}) is not new. Some of these files may have
   * been rewritten since, so that this version has their rows in others.
   *
   * @return nothing if the log does not reach back so far any more, or such a file is gone
   * @throws LakeException if a commit has taken rows away, or changed them
   */
  public Optional<List<DataFile>> addedSince(long version) {
    if (version == version()) {
      return Optional.of(List.of());
    }
    try {
      Set<Long> commits = LogFiles.of(table.path()).commits().keySet();
      Set<String> present = files().stream().map(DataFile::path).collect(Collectors.toSet());
      List<DataFile> added = new ArrayList<>();
      for (long next = version + 1; next <= version(); next++) {
        if (!commits.contains(next)) {
          return Optional.empty();
        }
        DeltaLog.Change change = DeltaLog.change(table.name(), delta, schema(), next);
        if (change.takesAway()) {
          throw new LakeException(
              "%s: version %d (%s) takes away or changes rows that other tables are made of; run again with --rebuild to make them of what it has now"
                  .formatted(table.name(), next, change.by()));
        }
        for (DataFile file : change.added()) {
          if (!present.contains(file.path()) && length(file) < 0) {
            return Optional.empty();
          }
          added.add(file);
        }
      }
      return Optional.of(added);
    } catch (IOException | RuntimeException e) {
      throw LakeException.ofLog(table, "its log cannot be read", e);
    }
  }

  /** How long a data file is; -1 if it is not there. */
  private long length(DataFile file) throws IOException {
    Path path = table.path(file);
    try {
      return path.getFileSystem(HadoopFiles.configuration()).getFileStatus(path).getLen();
    } catch (FileNotFoundException e) {
      return -1;
    }
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

  /**
   * Checks that the data files are there, with the sizes that the log says; none is opened.
   *
   * @throws LakeException if one is missing or has another size, or cannot be reached
   */
  public void checkFiles() {
    try {
      for (DataFile file : files()) {
        long bytes = length(file);
        if (bytes < 0) {
          throw new LakeException(
              "%s: data file %s is missing".formatted(table.name(), file.path()));
        }
        if (bytes != file.bytes()) {
          throw new LakeException(
              "%s: data file %s has %d bytes where the log says %d"
                  .formatted(table.name(), file.path(), bytes, file.bytes()));
        }
      }
    } catch (IOException e) {
      throw LakeException.because(table.name(), "its files cannot be reached", e);
    }
  }

  /** Whether the data files are there: those of an earlier version are until they are vacuumed. */
  public boolean hasItsFiles() {
    try {
      for (DataFile file : files()) {
        if (length(file) < 0) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      throw LakeException.because(table.name(), "its files cannot be reached", e);
    }
  }

  @Override
  public String toString() {
    return table.name() + " at version " + version();
  }
}
