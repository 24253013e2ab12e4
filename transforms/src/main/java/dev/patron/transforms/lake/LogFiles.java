package dev.patron.transforms.lake;

import dev.patron.transforms.parquet.HadoopFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The files of a table's log: which versions they are enough for, and which of them is to blame
 * where a version cannot be read.
 */
final class LogFiles {
  private static final String FOLDER = "_delta_log";
  private static final Pattern COMMIT = Pattern.compile("(\\d{20})\\.json");

  private static final Pattern CHECKSUM = Pattern.compile("(\\d{20})\\.crc");

  /** Whole, of a version with a UUID, or the part of so many. */
  private static final Pattern CHECKPOINT =
      Pattern.compile(
          "(\\d{20})\\.checkpoint\\.(?:\\d{10}\\.(\\d{10})\\.|[0-9a-f-]{36}\\.)?(?:parquet|json)");

  private final NavigableMap<Long, FileStatus> commits = new TreeMap<>();
  private final NavigableMap<Long, List<FileStatus>> checkpoints = new TreeMap<>();

  /** The newest version that has a file of checksums; -1: none. */
  private long summedUp = -1;

  private LogFiles() {}

  /** The log of a table; empty where there is none. */
  static LogFiles of(Path table) throws IOException {
    LogFiles log = new LogFiles();
    Map<Long, List<FileStatus>> parts = new TreeMap<>();
    FileSystem files = table.getFileSystem(HadoopFiles.configuration());
    FileStatus[] found;
    try {
      found = files.listStatus(new Path(table, FOLDER));
    } catch (FileNotFoundException none) {
      return log;
    }
    Arrays.sort(found);
    for (FileStatus file : found) {
      Matcher commit = COMMIT.matcher(file.getPath().getName());
      if (commit.matches()) {
        log.commits.put(Long.parseLong(commit.group(1)), file);
      }
      Matcher sums = CHECKSUM.matcher(file.getPath().getName());
      if (sums.matches()) {
        log.summedUp = Long.parseLong(sums.group(1));
      }
      Matcher checkpoint = CHECKPOINT.matcher(file.getPath().getName());
      if (checkpoint.matches()) {
        long version = Long.parseLong(checkpoint.group(1));
        String of = checkpoint.group(2);
        List<FileStatus> all =
            of == null
                ? new ArrayList<>()
                : parts.computeIfAbsent(version, any -> new ArrayList<>());
        all.add(file);
        if (of == null || all.size() == Integer.parseInt(of)) {
          log.checkpoints.put(version, all);
        }
      }
    }
    return log;
  }

  /** The commits, by version. */
  NavigableMap<Long, FileStatus> commits() {
    return commits;
  }

  /** Whether there is all that a version is made up from. */
  boolean isEnoughFor(long version) {
    return firstMissing(version).isEmpty();
  }

  /**
   * The first commit that a version is made up from, and that is not there or empty, in half a
   * sentence.
   */
  Optional<String> firstMissing(long version) {
    for (long needed = begin(version); needed <= version; needed++) {
      FileStatus commit = commits.get(needed);
      if (commit == null) {
        return Optional.of(commit(needed) + " is missing");
      }
      if (commit.getLen() == 0) {
        return Optional.of(commit(needed) + " is empty");
      }
    }
    return Optional.empty();
  }

  /** The first version whose commit is read for another one: that behind a checkpoint. */
  private long begin(long version) {
    Long checkpoint = checkpoints.floorKey(version);
    return checkpoint == null ? 0 : checkpoint + 1;
  }

  /** What is wrong with the newest version's files, in half a sentence. */
  Optional<String> firstFault() {
    long newest =
        Stream.of(commits, checkpoints).flatMap(LogFiles::last).max(Long::compare).orElse(-1L);
    // It is written behind its commit.
    return summedUp > newest ? Optional.of(commit(summedUp) + " is missing") : firstFault(newest);
  }

  private static Stream<Long> last(NavigableMap<Long, ?> files) {
    return files.isEmpty() ? Stream.of() : Stream.of(files.lastKey());
  }

  /** What is wrong with the files that a version is made up from: each is read. */
  Optional<String> firstFault(long version) {
    Optional<String> missing = firstMissing(version);
    if (missing.isPresent()) {
      return missing;
    }
    for (FileStatus commit : commits.tailMap(begin(version)).headMap(version + 1).values()) {
      if (!DeltaLog.isReadable(commit)) {
        return Optional.of(name(commit) + " is damaged");
      }
    }
    Map.Entry<Long, List<FileStatus>> checkpoint = checkpoints.floorEntry(version);
    if (checkpoint != null) {
      for (FileStatus part : checkpoint.getValue()) {
        if (!DeltaLog.isReadable(part)) {
          return Optional.of(name(part) + " is damaged");
        }
      }
    }
    return Optional.empty();
  }

  private static String name(FileStatus file) {
    return FOLDER + "/" + file.getPath().getName();
  }

  /** Where the commit of a version is in its table. */
  static String commit(long version) {
    return FOLDER + "/%020d.json".formatted(version);
  }
}
