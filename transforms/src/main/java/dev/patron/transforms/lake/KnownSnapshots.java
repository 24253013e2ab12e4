package dev.patron.transforms.lake;

import dev.patron.transforms.parquet.HadoopFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * The newest versions of tables that this process has read. One is still the newest while the file
 * of its commit is the one that was read and that of the next is not there, for versions have no
 * gaps. To ask for these two costs a fraction of listing and reading a log, and an increment of a
 * stream asks for the newest version of each table some ten times.
 */
final class KnownSnapshots {
  /** More tables than a warehouse of some sources has; a long list of files takes megabytes. */
  private static final int MOST = 64;

  private final LinkedHashMap<Path, Known> known = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * A version.
   *
   * @param written when the file of its commit was written, in milliseconds since the epoch
   * @param bytes how long that is: a table that is deleted and made again has other commits
   */
  private record Known(TableSnapshot snapshot, long written, long bytes) {}

  /** The newest version of a table, if it is one that is known. */
  Optional<TableSnapshot> newest(Path table) throws IOException {
    Known last;
    synchronized (this) {
      last = known.get(table);
    }
    if (last == null) {
      return Optional.empty();
    }
    long version = last.snapshot().version();
    FileStatus commit = commit(table, version);
    if (commit != null
        && commit.getModificationTime() == last.written()
        && commit.getLen() == last.bytes()
        && commit(table, version + 1) == null) {
      return Optional.of(last.snapshot());
    }
    synchronized (this) {
      known.remove(table, last);
    }
    return Optional.empty();
  }

  /** Remembers what was just read as the newest version. */
  void remember(Path table, TableSnapshot snapshot) throws IOException {
    FileStatus commit = commit(table, snapshot.version());
    if (commit == null) {
      // Cleaned up behind a checkpoint: nothing to recognise it by.
      return;
    }
    synchronized (this) {
      known.put(table, new Known(snapshot, commit.getModificationTime(), commit.getLen()));
      if (known.size() > MOST) {
        Map.Entry<Path, Known> eldest = known.entrySet().iterator().next();
        known.remove(eldest.getKey());
      }
    }
  }

  private static @Nullable FileStatus commit(Path table, long version) throws IOException {
    FileSystem files = table.getFileSystem(HadoopFiles.configuration());
    try {
      return files.getFileStatus(new Path(table, "_delta_log/%020d.json".formatted(version)));
    } catch (FileNotFoundException none) {
      return null;
    }
  }
}
