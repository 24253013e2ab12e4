package dev.patron.transforms.lake;

import dev.patron.transforms.parquet.HadoopFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Deletes the data files of a table that no version needs any more that somebody may still read,
 * and those that crashed runs have left. A file stays if the newest version has it, or one that was
 * the newest at or after the cut-off; or if it was written after the cut-off, for then a run may be
 * about to commit it.
 */
public final class Vacuum {
  private Vacuum() {}

  /**
   * What was deleted.
   *
   * @param files how many files
   * @param bytes their lengths
   */
  public record Freed(long files, long bytes) {
    /** Both together. */
    public Freed and(Freed other) {
      return new Freed(files + other.files, bytes + other.bytes);
    }
  }

  /**
   * Cleans a table up.
   *
   * @param cutOff versions that were the newest then or later can be read afterwards
   * @throws LakeException if the table cannot be read or a file not be deleted
   */
  public static Freed of(LakeTable table, Instant cutOff) {
    try {
      return delete(table, needed(table, cutOff), cutOff);
    } catch (IOException e) {
      throw LakeException.because(table.name(), "cannot be cleaned up", e);
    }
  }

  /**
   * Leaves nothing of a table but its newest version: no earlier one can be read afterwards, in its
   * data files or its log.
   *
   * @param cutOff files written later stay: another run may be about to commit them
   * @throws LakeException if the table cannot be read, or a file not be written or deleted
   */
  public static Freed allButNewest(LakeTable table, Instant cutOff) {
    try {
      table.forgetEarlierVersions();
      return delete(table, table.latest().map(Vacuum::files).orElse(Set.of()), cutOff);
    } catch (IOException e) {
      throw LakeException.because(table.name(), "cannot be cleaned up", e);
    }
  }

  private static Freed delete(LakeTable table, Set<Path> needed, Instant cutOff)
      throws IOException {
    FileSystem files = table.path().getFileSystem(HadoopFiles.configuration());
    if (!files.exists(table.path())) {
      return new Freed(0, 0);
    }
    List<FileStatus> unneeded = new ArrayList<>();
    for (FileStatus file : filesBelow(files, table.path())) {
      if ((isData(table, file.getPath()) || isTemporary(file.getPath()))
          && file.getModificationTime() < cutOff.toEpochMilli()
          && !needed.contains(bare(file.getPath()))) {
        unneeded.add(file);
      }
    }
    long bytes = 0;
    for (FileStatus file : unneeded) {
      files.delete(file.getPath(), false);
      bytes += file.getLen();
    }
    return new Freed(unneeded.size(), bytes);
  }

  /**
   * All files of a folder and its folders. Not by {@code listFiles}, which asks whose each of them
   * is, and fails where another process takes one away meanwhile.
   */
  private static List<FileStatus> filesBelow(FileSystem files, Path folder) throws IOException {
    List<FileStatus> below = new ArrayList<>();
    try {
      for (FileStatus entry : files.listStatus(folder)) {
        if (entry.isDirectory()) {
          below.addAll(filesBelow(files, entry.getPath()));
        } else {
          below.add(entry);
        }
      }
    } catch (FileNotFoundException e) {
      // The folder is gone, and what was in it.
    }
    return below;
  }

  private static Set<Path> needed(LakeTable table, Instant cutOff) throws IOException {
    Set<Path> needed = new HashSet<>(table.latest().map(Vacuum::files).orElse(Set.of()));
    for (long version : versions(table, cutOff)) {
      needed.addAll(files(table.snapshot(version)));
    }
    return needed;
  }

  private static Set<Path> files(TableSnapshot snapshot) {
    Set<Path> paths = new HashSet<>();
    for (DataFile file : snapshot.files()) {
      paths.add(bare(TablePart.whole(snapshot.table(), file).path()));
    }
    return paths;
  }

  /**
   * The versions before the newest that somebody may read: which they are, the files of the log
   * say. Those that parts of the log are missing for, nobody can read.
   */
  private static List<Long> versions(LakeTable table, Instant cutOff) throws IOException {
    LogFiles log = LogFiles.of(table.path());
    List<Long> versions = new ArrayList<>();
    log.commits()
        .forEach(
            (version, commit) -> {
              Map.Entry<Long, FileStatus> next = log.commits().higherEntry(version);
              // It was the newest until its successor came.
              if (next != null
                  && next.getValue().getModificationTime() >= cutOff.toEpochMilli()
                  && log.isEnoughFor(version)) {
                versions.add(version);
              }
            });
    return versions;
  }

  /** What a writer that was killed has left of a part of the log. */
  private static boolean isTemporary(Path file) {
    return file.getName().startsWith(".") && file.getName().endsWith(".tmp");
  }

  private static boolean isData(LakeTable table, Path file) {
    return file.getName().startsWith("part-")
        && !bare(file).toString().startsWith(bare(table.path()) + "/_delta_log/");
  }

  /** Without a scheme, which listings and logs write differently. */
  private static Path bare(Path path) {
    return new Path(path.toUri().getPath());
  }
}
