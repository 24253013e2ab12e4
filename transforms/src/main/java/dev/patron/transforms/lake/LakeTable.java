package dev.patron.transforms.lake;

import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.transforms.parquet.HadoopFiles;
import io.delta.kernel.internal.SnapshotImpl;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * One Delta Lake table of a warehouse: what it has, and how it changes.
 *
 * <p>Data files are written first, under names that nobody refers to (see {@link WriteFrames}), and
 * one {@link #commit} makes them visible together. Readers hold a {@link TableSnapshot}, which no
 * later commit changes.
 */
public final class LakeTable implements Serializable {
  private static final long serialVersionUID = 1L;

  /** So many writers at once may overtake a commit that can be repeated. */
  private static final int ATTEMPTS = 100;

  private static final KnownSnapshots KNOWN = new KnownSnapshots();

  private final String warehouse;
  private final String name;

  private LakeTable(String warehouse, String name) {
    this.warehouse = warehouse;
    this.name = name;
  }

  /**
   * A table that may not exist yet.
   *
   * @param warehouse a path or URI, see {@link HadoopFiles#path}
   * @param name the table's folder below it, as {@code silver/books}
   */
  public static LakeTable at(String warehouse, String name) {
    return new LakeTable(warehouse, name);
  }

  /** The table's name in its warehouse, as {@code silver/books}. */
  public String name() {
    return name;
  }

  /** The warehouse it is in. */
  public String warehouse() {
    return warehouse;
  }

  /** The table's folder. */
  public Path path() {
    return new Path(HadoopFiles.path(warehouse), name);
  }

  /** Where a data file of it is. */
  public Path path(DataFile file) {
    // A file of another folder, as a shallow clone has them, is told by its whole URI.
    return file.path().matches("[a-zA-Z][a-zA-Z0-9+.-]+:/.*")
        ? new Path(URI.create(file.path()))
        : new Path(path(), file.path());
  }

  /** Whether the table exists: whether something was ever committed to it. */
  public boolean exists() {
    return latest().isPresent();
  }

  /** The newest version; empty if the table does not exist. */
  public OptionalLong version() {
    return latest().map(s -> OptionalLong.of(s.version())).orElseGet(OptionalLong::empty);
  }

  /** The table as it is now, or nothing if it does not exist. */
  public Optional<TableSnapshot> latest() {
    checkIsNoFile();
    try {
      Optional<TableSnapshot> newest = KNOWN.newest(path());
      if (newest.isEmpty()) {
        newest = DeltaLog.latest(path()).map(this::whole);
        if (newest.isPresent()) {
          KNOWN.remember(path(), newest.get());
        }
      }
      return newest;
    } catch (IOException | RuntimeException e) {
      throw LakeException.ofLog(this, "its log cannot be read", e);
    }
  }

  /** An emptied commit reads as one that has changed nothing: as the version before it. */
  private TableSnapshot whole(SnapshotImpl snapshot) {
    String empty = DeltaLog.firstEmptyCommit(snapshot);
    if (empty != null) {
      throw new LakeException(name + ": its log cannot be read: " + empty + " is empty");
    }
    return new TableSnapshot(this, snapshot);
  }

  /**
   * The table as it is now.
   *
   * @throws LakeException if it does not exist
   */
  public TableSnapshot snapshot() {
    return latest().orElseThrow(() -> new LakeException(absent()));
  }

  /**
   * The table as it was at a version.
   *
   * @throws LakeException if it does not exist, or has no such version (any more)
   */
  public TableSnapshot snapshot(long version) {
    TableSnapshot newest = snapshot();
    if (newest.version() == version) {
      return newest;
    }
    try {
      Optional<TableSnapshot> known = KNOWN.at(path(), version);
      if (known.isPresent()) {
        return known.get();
      }
      String missing = LogFiles.of(path()).firstMissing(version).orElse(null);
      if (missing != null) {
        throw new LakeException(
            "%s: version %d cannot be read any more: %s; its newest is %d"
                .formatted(name, version, missing, newest.version()));
      }
      return new TableSnapshot(this, DeltaLog.at(path(), version));
    } catch (IOException | RuntimeException e) {
      throw LakeException.ofLog(this, "version " + version + " cannot be read", e);
    }
  }

  private String absent() {
    return "%s: there is no such table in %s"
        .formatted(name, HadoopFiles.display(HadoopFiles.path(warehouse)));
  }

  /** The number of an application's last transaction; empty if it never committed here. */
  public OptionalLong lastTransaction(String application) {
    return latest()
        .map(snapshot -> snapshot.lastTransaction(application))
        .orElseGet(OptionalLong::empty);
  }

  /**
   * Makes a change visible, all of it at once. Creates the table if it does not exist. A commit
   * that another writer overtakes is computed again from what the table then is; where that would
   * rest on what is no longer true, it fails.
   *
   * @throws LakeException if a file's columns do not fit the table; if a concurrent writer won
   *     ({@link LakeException#isConflict}); or if the log cannot be written
   */
  public Commit.Result commit(Commit commit) {
    for (int attempt = 1; ; attempt++) {
      Optional<TableSnapshot> before = latest();
      if (before.isPresent() && isReplay(commit, before.get())) {
        return new Commit.Result(before.get().version(), true);
      }
      checkReadVersion(commit, before);
      Schema schema = schemaAfter(commit, before);
      List<String> partitions =
          before.map(TableSnapshot::partitionColumns).orElse(commit.partitionColumns());
      checkPartitions(commit, partitions);
      commit.add().forEach(file -> checkFile(file, schema, partitions));
      List<DataFile> removed = removed(commit, before);
      Optional<DeltaLog.Written> written;
      try {
        written =
            DeltaLog.commit(
                path(), before.map(TableSnapshot::delta), commit, schema, partitions, removed);
      } catch (RuntimeException e) {
        throw LakeException.because(name, "cannot be committed", e);
      }
      if (written.isPresent()) {
        SnapshotImpl after = written.get().after();
        if (before.isPresent() && after != null) {
          remember(before.get().after(after, removed, commit.add()));
        }
        return new Commit.Result(written.get().version(), false);
      }
      if (attempt == ATTEMPTS) {
        throw LakeException.conflict(
            name + ": other writers were faster " + ATTEMPTS + " times; try again later");
      }
    }
  }

  /** The next look at the table need not read its log. */
  private void remember(TableSnapshot snapshot) {
    try {
      KNOWN.remember(path(), snapshot);
    } catch (IOException e) {
      // It will be read from the log.
    }
  }

  /**
   * Makes the newest version the only one that the log knows of, without a word of the files that
   * earlier ones had; nothing happens if the table does not exist. Their data files stay, see
   * {@link Vacuum#allButNewest}.
   *
   * @throws LakeException if the log cannot be read or written
   */
  void forgetEarlierVersions() {
    try {
      // What is known may rest on parts of the log that go.
      Optional<SnapshotImpl> newest = DeltaLog.latest(path());
      if (newest.isPresent()) {
        DeltaLog.forgetBefore(newest.get());
      }
    } catch (IOException | RuntimeException e) {
      throw LakeException.because(name, "its earlier versions cannot be forgotten", e);
    } finally {
      KNOWN.forget(path());
    }
  }

  /**
   * Checks whether a change could be committed now, without doing it.
   *
   * @throws LakeException as {@link #commit} would
   */
  void check(Commit commit) {
    Optional<TableSnapshot> before = latest();
    Schema schema = schemaAfter(commit, before);
    if (schema.size() == 0) {
      throw new LakeException(name + ": a table without columns cannot be committed");
    }
    checkSpellings(schema, "");
    List<String> partitions =
        before.map(TableSnapshot::partitionColumns).orElse(commit.partitionColumns());
    checkPartitions(commit, partitions);
    commit.add().forEach(file -> checkFile(file, schema, partitions));
    removed(commit, before);
  }

  private static boolean isReplay(Commit commit, TableSnapshot snapshot) {
    if (commit.application() == null) {
      return false;
    }
    OptionalLong last = snapshot.lastTransaction(commit.application());
    return last.isPresent() && last.getAsLong() >= commit.transaction();
  }

  private void checkReadVersion(Commit commit, Optional<TableSnapshot> before) {
    long version = before.map(TableSnapshot::version).orElse(-1L);
    if (commit.readVersion() != null && commit.readVersion() != version) {
      throw LakeException.conflict(
          "%s: another writer changed it meanwhile (it is at version %d, this work began at %d); run again"
              .formatted(name, version, commit.readVersion()));
    }
  }

  private Schema schemaAfter(Commit commit, Optional<TableSnapshot> before) {
    return before.isEmpty() || commit.kind() == Commit.Kind.OVERWRITE
        ? commit.schema()
        : SchemaEvolution.merge(name, before.get().schema(), commit.schema());
  }

  /** Delta Lake does not tell names apart by their case, and refuses the whole commit. */
  private void checkSpellings(Schema schema, String outer) {
    Map<String, String> taken = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (Schema.Field field : schema.fields()) {
      String other = taken.putIfAbsent(field.name(), field.name());
      if (other != null) {
        throw new LakeException(
            "%s: columns '%s%s' and '%s%s' differ in case alone; a table can have one of them"
                .formatted(name, outer, other, outer, field.name()));
      }
      Type type = field.type();
      while (type instanceof Type.ListOf list) {
        type = list.element();
      }
      if (type instanceof Type.RowOf row) {
        checkSpellings(row.schema(), outer + field.name() + ".");
      }
    }
  }

  private void checkPartitions(Commit commit, List<String> partitions) {
    if (!commit.partitionColumns().isEmpty() && !commit.partitionColumns().equals(partitions)) {
      throw new LakeException(
          "%s: it is partitioned by %s, not by %s"
              .formatted(name, partitions, commit.partitionColumns()));
    }
    for (String column : partitions) {
      if (!commit.schema().has(column)) {
        throw new LakeException(
            "%s: the rows have no partition column '%s'".formatted(name, column));
      }
    }
  }

  /** The Kernel takes any file; a reader would find out. */
  private void checkFile(DataFile file, Schema schema, List<String> partitions) {
    if (!file.table().equals(name)) {
      throw new LakeException(
          "%s: file %s was written for table %s".formatted(name, file.path(), file.table()));
    }
    if (!file.partition().keySet().equals(Set.copyOf(partitions))) {
      throw new LakeException(
          "%s: file %s has values of partition columns %s where the table has %s"
              .formatted(name, file.path(), file.partition().keySet(), partitions));
    }
    for (Schema.Field field : file.schema().fields()) {
      Type type = schema.has(field.name()) ? schema.type(field.name()) : null;
      if (type == null || partitions.contains(field.name())) {
        throw new LakeException(
            "%s: file %s has a column '%s' that the table's files do not have"
                .formatted(name, file.path(), field.name()));
      }
      if (!SchemaEvolution.isWithin(field.type(), type)) {
        throw new LakeException(
            "%s: file %s has column '%s' as %s where the table has %s"
                .formatted(name, file.path(), field.name(), field.type(), type));
      }
    }
  }

  private List<DataFile> removed(Commit commit, Optional<TableSnapshot> before) {
    if (commit.kind() == Commit.Kind.APPEND) {
      return List.of();
    }
    List<DataFile> present = before.map(TableSnapshot::files).orElse(List.of());
    if (commit.kind() == Commit.Kind.OVERWRITE) {
      return present;
    }
    Set<String> wanted = commit.remove().stream().map(DataFile::path).collect(Collectors.toSet());
    List<DataFile> found = present.stream().filter(file -> wanted.contains(file.path())).toList();
    if (found.size() < wanted.size()) {
      throw LakeException.conflict(
          "%s: another writer removed %d of the files to be replaced meanwhile; run again"
              .formatted(name, wanted.size() - found.size()));
    }
    return found;
  }

  private void checkIsNoFile() {
    try {
      FileStatus status = path().getFileSystem(HadoopFiles.configuration()).getFileStatus(path());
      if (!status.isDirectory()) {
        throw new LakeException(
            "%s: %s is a file, not a table".formatted(name, HadoopFiles.display(path())));
      }
    } catch (FileNotFoundException absent) {
      // A table that does not exist yet.
    } catch (IOException e) {
      throw LakeException.because(name, HadoopFiles.display(path()) + " cannot be reached", e);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
