package dev.patron.transforms.lake;

import dev.patron.transforms.parquet.HadoopFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * Deletes the data files of a table that no version needs any more that somebody may still read,
 * and those that crashed runs have left. A file stays if the newest version has it, or one that was
 * the newest at or after the cut-off; or if it was written after the cut-off, for then a run may be
 * about to commit it.
 */
public final class Vacuum {
  private static final Pattern VERSION = Pattern.compile("(\\d{20})\\.json");

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
      FileSystem files = table.path().getFileSystem(HadoopFiles.configuration());
      Set<Path> needed = needed(table, files, cutOff);
      List<FileStatus> unneeded = new ArrayList<>();
      if (!files.exists(table.path())) {
        return new Freed(0, 0);
      }
      for (RemoteIterator<LocatedFileStatus> all = files.listFiles(table.path(), true);
          all.hasNext(); ) {
        FileStatus file = all.next();
        if (isData(table, file.getPath())
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
    } catch (IOException e) {
      throw LakeException.because(table.name(), "cannot be cleaned up", e);
    }
  }

  private static Set<Path> needed(LakeTable table, FileSystem files, Instant cutOff)
      throws IOException {
    Set<Path> needed = new HashSet<>();
    for (long version : versions(table, files, cutOff)) {
      TableSnapshot snapshot = version < 0 ? table.snapshot() : table.snapshot(version);
      for (DataFile file : snapshot.files()) {
        needed.add(bare(TablePart.whole(table, file).path()));
      }
    }
    return needed;
  }

  /** The versions to be kept, from their files in the log; -1 for the newest. */
  private static List<Long> versions(LakeTable table, FileSystem files, Instant cutOff)
      throws IOException {
    List<FileStatus> commits = new ArrayList<>();
    try {
      for (FileStatus file : files.listStatus(new Path(table.path(), "_delta_log"))) {
        if (VERSION.matcher(file.getPath().getName()).matches()) {
          commits.add(file);
        }
      }
    } catch (FileNotFoundException e) {
      return List.of();
    }
    commits.sort(Comparator.comparing(commit -> commit.getPath().getName()));
    if (commits.isEmpty()) {
      return List.of();
    }
    List<Long> versions = new ArrayList<>(List.of(-1L));
    for (int i = 0; i + 1 < commits.size(); i++) {
      // It was the newest until its successor came.
      if (commits.get(i + 1).getModificationTime() >= cutOff.toEpochMilli()) {
        Matcher name = VERSION.matcher(commits.get(i).getPath().getName());
        if (name.matches()) {
          versions.add(Long.parseLong(name.group(1)));
        }
      }
    }
    return versions;
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
