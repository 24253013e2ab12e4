package dev.patron.transforms.lake;

import dev.patron.transforms.parquet.HadoopFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * The newest versions of tables that this process has read or written, and those just before them.
 * One is still the newest while the file of its commit is the one that was seen and that of the
 * next is not there, for versions have no gaps; and it can still be read while the log begins where
 * it did, for another process may cut it. To ask for these three costs a fraction of listing and
 * reading a log, and an increment of a stream asks for the newest version of each table some ten
 * times.
 */
final class KnownSnapshots {
  /** More tables than a warehouse of some sources has; a long list of files takes megabytes. */
  private static final int MOST = 64;

  /** What is made of a table remembers the version that it was made of, a few commits ago. */
  private static final int VERSIONS = 4;

  private final LinkedHashMap<Path, List<Known>> known = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * A version.
   *
   * @param written when the file of its commit was written, in milliseconds since the epoch
   * @param bytes how long that is: a table that is deleted and made again has other commits
   */
  private record Known(TableSnapshot snapshot, long written, long bytes) {
    boolean isIn(Path table) throws IOException {
      FileStatus commit = commit(table, snapshot.version());
      return commit != null
          && commit.getModificationTime() == written
          && commit.getLen() == bytes
          && DeltaLog.beginsAsRead(snapshot.delta());
    }
  }

  /** The newest version of a table, if it is one that is known. */
  Optional<TableSnapshot> newest(Path table) throws IOException {
    List<Known> versions = versions(table);
    if (versions.isEmpty()) {
      return Optional.empty();
    }
    Known last = versions.get(0);
    return last.isIn(table) && commit(table, last.snapshot().version() + 1) == null
        ? Optional.of(last.snapshot())
        : Optional.empty();
  }

  /** A version of a table, if it is one that is known. */
  Optional<TableSnapshot> at(Path table, long version) throws IOException {
    for (Known earlier : versions(table)) {
      if (earlier.snapshot().version() == version && earlier.isIn(table)) {
        return Optional.of(earlier.snapshot());
      }
    }
    return Optional.empty();
  }

  private synchronized List<Known> versions(Path table) {
    return known.getOrDefault(table, List.of());
  }

  /** Remembers what was just read or written as the newest version. */
  void remember(Path table, TableSnapshot snapshot) throws IOException {
    FileStatus commit = commit(table, snapshot.version());
    if (commit == null) {
      // Cleaned up behind a checkpoint: nothing to recognise it by.
      return;
    }
    List<Known> versions = new ArrayList<>();
    versions.add(new Known(snapshot, commit.getModificationTime(), commit.getLen()));
    synchronized (this) {
      for (Known earlier : versions(table)) {
        if (earlier.snapshot().version() < snapshot.version() && versions.size() < VERSIONS) {
          versions.add(earlier);
        }
      }
      known.put(table, List.copyOf(versions));
      if (known.size() > MOST) {
        Path eldest = known.keySet().iterator().next();
        known.remove(eldest);
      }
    }
  }

  /** Remembers nothing of a table. */
  synchronized void forget(Path table) {
    known.remove(table);
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
