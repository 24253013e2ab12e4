package dev.patron.transforms.lake;

import dev.patron.features.frame.Schema;
import dev.patron.transforms.parquet.HadoopFiles;
import io.delta.kernel.Operation;
import io.delta.kernel.Table;
import io.delta.kernel.Transaction;
import io.delta.kernel.TransactionBuilder;
import io.delta.kernel.TransactionCommitResult;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.exceptions.ConcurrentWriteException;
import io.delta.kernel.exceptions.TableAlreadyExistsException;
import io.delta.kernel.exceptions.TableNotFoundException;
import io.delta.kernel.hook.PostCommitHook;
import io.delta.kernel.hook.PostCommitHook.PostCommitHookType;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.ScanImpl;
import io.delta.kernel.internal.SnapshotImpl;
import io.delta.kernel.internal.TableImpl;
import io.delta.kernel.internal.TransactionImpl;
import io.delta.kernel.internal.actions.AddFile;
import io.delta.kernel.internal.actions.Metadata;
import io.delta.kernel.internal.actions.SetTransaction;
import io.delta.kernel.internal.actions.SingleAction;
import io.delta.kernel.internal.checkpoints.CheckpointMetaData;
import io.delta.kernel.internal.checkpoints.Checkpointer;
import io.delta.kernel.internal.checksum.ChecksumReader;
import io.delta.kernel.internal.data.GenericRow;
import io.delta.kernel.internal.metrics.SnapshotQueryContext;
import io.delta.kernel.internal.replay.CreateCheckpointIterator;
import io.delta.kernel.internal.replay.LogReplay;
import io.delta.kernel.internal.snapshot.LogSegment;
import io.delta.kernel.internal.snapshot.SnapshotHint;
import io.delta.kernel.internal.tablefeatures.TableFeatures;
import io.delta.kernel.internal.util.FileNames;
import io.delta.kernel.internal.util.SchemaUtils;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.internal.util.VectorUtils;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterable;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that is said to Delta Kernel, in its words. Where its public interface cannot say what
 * is needed (remove a file, change a schema without column mapping, pass statistics as they are)
 * the public classes of its internal packages are used, here and nowhere else.
 */
final class DeltaLog {
  private static final Logger LOG = LoggerFactory.getLogger(DeltaLog.class);
  private static final String WRITER = "Patron";

  /** The version of the protocol for writers from which on tables have features. */
  private static final int TABLE_FEATURES = 7;

  /** What is looked at of a commit, for what it has done to rows. */
  private static final StructType CHANGES =
      new StructType()
          .add("add", AddFile.FULL_SCHEMA)
          .add("remove", new StructType().add("dataChange", BooleanType.BOOLEAN))
          .add(
              "commitInfo",
              new StructType()
                  .add("operation", StringType.STRING)
                  .add("engineInfo", StringType.STRING));

  private static final int ADD = 0;
  private static final int REMOVE = 1;
  private static final int INFO = 2;

  private static final Pattern LOG_FILE = Pattern.compile("(\\d{20})\\..*");

  private DeltaLog() {}

  private static final class Shared {
    static final Engine ENGINE = create();

    private static Engine create() {
      Configuration configuration = new Configuration(HadoopFiles.configuration());
      configuration.set(
          "io.delta.kernel.logStore.file.impl", ExclusiveLocalLogStore.class.getName());
      return DefaultEngine.create(configuration);
    }
  }

  private static Table table(Path path) {
    return Table.forPath(Shared.ENGINE, path.toString());
  }

  static Optional<SnapshotImpl> latest(Path path) {
    try {
      return Optional.of((SnapshotImpl) table(path).getLatestSnapshot(Shared.ENGINE));
    } catch (TableNotFoundException e) {
      return Optional.empty();
    }
  }

  static SnapshotImpl at(Path path, long version) {
    return (SnapshotImpl) table(path).getSnapshotAsOfVersion(Shared.ENGINE, version);
  }

  /** The first commit that a snapshot is made up from and that has no byte; null if none. */
  static @Nullable String firstEmptyCommit(SnapshotImpl snapshot) {
    for (FileStatus commit : snapshot.getLogSegment().getDeltas()) {
      if (commit.getSize() == 0) {
        return LogFiles.commit(FileNames.deltaVersion(commit.getPath()));
      }
    }
    return null;
  }

  /** Whether a commit or a checkpoint can be read from its beginning to its end. */
  static boolean isReadable(org.apache.hadoop.fs.FileStatus file) {
    FileStatus status =
        FileStatus.of(file.getPath().toString(), file.getLen(), file.getModificationTime());
    CloseableIterator<FileStatus> one = Utils.singletonCloseableIterator(status);
    StructType actions = SingleAction.CHECKPOINT_SCHEMA;
    try (CloseableIterator<?> batches =
        file.getPath().getName().endsWith(".json")
            ? Shared.ENGINE.getJsonHandler().readJsonFiles(one, actions, Optional.empty())
            : Shared.ENGINE.getParquetHandler().readParquetFiles(one, actions, Optional.empty())) {
      while (batches.hasNext()) {
        batches.next();
      }
      return true;
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }

  static OptionalLong lastTransaction(SnapshotImpl snapshot, String application) {
    return snapshot
        .getLatestTransactionVersion(Shared.ENGINE, application)
        .map(OptionalLong::of)
        .orElseGet(OptionalLong::empty);
  }

  static List<DataFile> files(String table, SnapshotImpl snapshot, Schema schema) {
    Metadata metadata = snapshot.getMetadata();
    String mapping = metadata.getConfiguration().getOrDefault("delta.columnMapping.mode", "none");
    if (!mapping.equals("none")) {
      throw new LakeException(
          table + ": it has delta.columnMapping.mode '" + mapping + "', which is not supported");
    }
    Schema inFiles = inFiles(snapshot, schema);
    List<AddFile> added = addFiles(snapshot);
    checkSums(table, snapshot, added);
    List<DataFile> files = new ArrayList<>();
    for (AddFile file : added) {
      files.add(dataFile(table, file, inFiles));
    }
    files.sort(Comparator.comparing(DataFile::path));
    return List.copyOf(files);
  }

  private static DataFile dataFile(String table, AddFile file, Schema inFiles) {
    if (file.getDeletionVector().isPresent()) {
      throw new LakeException(
          table + ": it has deletion vectors, which are not supported; purge them with REORG");
    }
    Map<String, @Nullable String> values = VectorUtils.toJavaMap(file.getPartitionValues());
    String statistics = file.getStatsJson().orElse(null);
    return new DataFile(
        table,
        unescape(file.getPath()),
        file.getSize(),
        file.getModificationTime(),
        FileStatistics.rows(statistics),
        inFiles,
        values,
        statistics);
  }

  /**
   * What a commit has done to rows.
   *
   * @param by the operation and the program, as the commit says
   * @param added the files with rows that were not there before
   * @param takesAway whether there were rows before it that are not there after it
   */
  record Change(String by, List<DataFile> added, boolean takesAway) {}

  /** What the commit of a version has done to rows; files that it only rewrote do not count. */
  static Change change(String table, SnapshotImpl newest, Schema schema, long version)
      throws IOException {
    Schema inFiles = inFiles(newest, schema);
    List<DataFile> added = new ArrayList<>();
    boolean takesAway = false;
    String by = "by another program";
    FileStatus commit = status(FileNames.deltaFile(newest.getLogPath(), version));
    try (CloseableIterator<ColumnarBatch> batches =
        Shared.ENGINE
            .getJsonHandler()
            .readJsonFiles(Utils.singletonCloseableIterator(commit), CHANGES, Optional.empty())) {
      while (batches.hasNext()) {
        try (CloseableIterator<Row> rows = batches.next().getRows()) {
          while (rows.hasNext()) {
            Row row = rows.next();
            if (!row.isNullAt(ADD)) {
              AddFile file = new AddFile(row.getStruct(ADD));
              if (file.getDataChange()) {
                added.add(dataFile(table, file, inFiles));
              }
            } else if (!row.isNullAt(REMOVE)) {
              Row removed = row.getStruct(REMOVE);
              takesAway |= removed.isNullAt(0) || removed.getBoolean(0);
            } else if (!row.isNullAt(INFO)) {
              Row info = row.getStruct(INFO);
              by = text(info, 0, "a change") + " by " + text(info, 1, "another program");
            }
          }
        }
      }
    }
    return new Change(by, added, takesAway);
  }

  private static String text(Row row, int ordinal, String otherwise) {
    return row.isNullAt(ordinal) ? otherwise : row.getString(ordinal);
  }

  /** A commit that was cut between two of its lines can be read: it lacks files. */
  private static void checkSums(String table, SnapshotImpl snapshot, List<AddFile> files) {
    snapshot
        .getLogSegment()
        .getLastSeenChecksum()
        .filter(file -> FileNames.checksumVersion(file.getPath()) == snapshot.getVersion())
        .flatMap(file -> ChecksumReader.getCRCInfo(Shared.ENGINE, file))
        .filter(sums -> sums.getNumFiles() != files.size())
        .ifPresent(
            sums -> {
              throw new LakeException(
                  "%s: its log is damaged: it has %d data files at version %d where _delta_log/%020d.crc counts %d"
                      .formatted(
                          table,
                          files.size(),
                          snapshot.getVersion(),
                          snapshot.getVersion(),
                          sums.getNumFiles()));
            });
  }

  /** The columns that a table's files have: all but those that it is partitioned by. */
  private static Schema inFiles(SnapshotImpl snapshot, Schema schema) {
    Set<String> partitions = snapshot.getMetadata().getPartitionColNames();
    return schema.select(schema.names().stream().filter(name -> !isIn(partitions, name)).toList());
  }

  /**
   * What {@link #files} would find after a commit.
   *
   * @param before what it found before the commit
   * @param after the table after it, whose columns are these
   */
  static List<DataFile> filesAfter(
      List<DataFile> before,
      List<DataFile> removed,
      List<DataFile> added,
      SnapshotImpl after,
      Schema schema) {
    Schema inFiles = inFiles(after, schema);
    Set<String> gone = new HashSet<>();
    removed.forEach(file -> gone.add(file.path()));
    List<DataFile> files = new ArrayList<>();
    Stream.concat(before.stream().filter(file -> !gone.contains(file.path())), added.stream())
        .forEach(
            file ->
                files.add(
                    file.schema().equals(inFiles)
                        ? file
                        : new DataFile(
                            file.table(),
                            file.path(),
                            file.bytes(),
                            file.modifiedMillis(),
                            file.rows(),
                            inFiles,
                            file.partition(),
                            file.statistics())));
    files.sort(Comparator.comparing(DataFile::path));
    return List.copyOf(files);
  }

  /** The Kernel gives names of partition columns in lower case. */
  private static boolean isIn(Set<String> partitions, String name) {
    return partitions.stream().anyMatch(name::equalsIgnoreCase);
  }

  private static List<AddFile> addFiles(SnapshotImpl snapshot) {
    List<AddFile> files = new ArrayList<>();
    ScanImpl scan = (ScanImpl) snapshot.getScanBuilder().build();
    try (CloseableIterator<FilteredColumnarBatch> batches =
        scan.getScanFiles(Shared.ENGINE, true)) {
      while (batches.hasNext()) {
        try (CloseableIterator<Row> rows = batches.next().getRows()) {
          while (rows.hasNext()) {
            files.add(new AddFile(rows.next().getStruct(InternalScanFileUtils.ADD_FILE_ORDINAL)));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  /**
   * A commit that was written.
   *
   * @param after the table with it; null where that has to be read from the log
   */
  record Written(long version, @Nullable SnapshotImpl after) {}

  /**
   * Writes the next version.
   *
   * @return the version, or nothing if another writer has written it first
   */
  static Optional<Written> commit(
      Path path,
      Optional<SnapshotImpl> before,
      Commit commit,
      Schema schema,
      List<String> partitions,
      List<DataFile> removed) {
    // The Kernel itself never retries (with its 200 retries a second removal of the same files can
    // slip through): the caller looks at the table again.
    try {
      List<Row> actions = new ArrayList<>();
      boolean dataChange = commit.kind() != Commit.Kind.REARRANGE;
      before.ifPresent(snapshot -> actions.addAll(removals(snapshot, removed, dataChange)));
      commit
          .add()
          .forEach(
              file -> actions.add(SingleAction.createAddFileSingleAction(row(file, dataChange))));
      CloseableIterable<Row> written =
          CloseableIterable.inMemoryIterable(Utils.toCloseableIterator(actions.iterator()));
      if (before.isEmpty()) {
        TransactionCommitResult result =
            creation(path, commit, schema, partitions).commit(Shared.ENGINE, written);
        runHooks(path, result, null);
        return Optional.of(new Written(result.getVersion(), null));
      }
      Metadata metadata = metadata(before.get(), commit, schema);
      TransactionCommitResult result =
          change(path, before.get(), commit, metadata).commit(Shared.ENGINE, written);
      SnapshotImpl after = after(before.get(), metadata, result.getVersion());
      return Optional.of(new Written(result.getVersion(), runHooks(path, result, after)));
    } catch (ConcurrentWriteException | TableAlreadyExistsException e) {
      return Optional.empty();
    } catch (RuntimeException e) {
      if (tellsOfExistingVersion(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static boolean tellsOfExistingVersion(Throwable thrown) {
    for (Throwable at = thrown; at != null; at = at.getCause()) {
      if (at instanceof FileAlreadyExistsException) {
        return true;
      }
    }
    return false;
  }

  private static Transaction creation(
      Path path, Commit commit, Schema schema, List<String> partitions) {
    TransactionBuilder builder =
        table(path)
            .createTransactionBuilder(Shared.ENGINE, WRITER, Operation.CREATE_TABLE)
            .withSchema(Shared.ENGINE, DeltaTypes.struct(schema))
            .withPartitionColumns(Shared.ENGINE, partitions)
            .withTableProperties(Shared.ENGINE, commit.properties())
            .withMaxRetries(0);
    if (commit.application() != null) {
      builder =
          builder.withTransactionId(Shared.ENGINE, commit.application(), commit.transaction());
    }
    return builder.build(Shared.ENGINE);
  }

  /** What is told of a table after a change: its columns and its properties. */
  private static Metadata metadata(SnapshotImpl before, Commit commit, Schema schema) {
    Metadata old = before.getMetadata();
    Metadata metadata = withProperties(old, commit.properties());
    if (!DeltaTypes.schema(old.getSchema()).equals(schema)) {
      StructType struct = DeltaTypes.struct(schema);
      SchemaUtils.validateSchema(struct, false);
      metadata = metadata.withNewSchema(struct);
    }
    return metadata;
  }

  /**
   * A change of exactly the snapshot that the caller has planned from. The builder would look for a
   * newer one, and refuses new columns for tables without column mapping, which Delta allows.
   */
  private static Transaction change(
      Path path, SnapshotImpl before, Commit commit, Metadata metadata) {
    TableImpl table = (TableImpl) table(path);
    TableFeatures.validateKernelCanWriteToTable(
        before.getProtocol(), metadata, table.getPath(Shared.ENGINE));
    Optional<SetTransaction> identity =
        Optional.ofNullable(commit.application())
            .map(
                application ->
                    new SetTransaction(
                        application,
                        commit.transaction(),
                        Optional.of(table.getClock().getTimeMillis())));
    return new TransactionImpl(
        false,
        before.getDataPath(),
        before.getLogPath(),
        before,
        WRITER,
        Operation.WRITE,
        before.getProtocol(),
        metadata,
        identity,
        Optional.empty(),
        isChanged(before.getMetadata(), metadata),
        false,
        0,
        0,
        table.getClock());
  }

  private static boolean isChanged(Metadata old, Metadata metadata) {
    return !metadata.getSchemaString().equals(old.getSchemaString())
        || !metadata.getConfiguration().equals(old.getConfiguration());
  }

  private static Metadata withProperties(Metadata metadata, Map<String, String> wanted) {
    Map<String, String> changed = new HashMap<>(wanted);
    changed.entrySet().removeAll(metadata.getConfiguration().entrySet());
    for (String key : changed.keySet()) {
      if (key.startsWith("delta.")) {
        throw new LakeException(
            "table property " + key + " can only be set when the table is created");
      }
    }
    return changed.isEmpty() ? metadata : metadata.withMergedConfiguration(changed);
  }

  private static List<Row> removals(
      SnapshotImpl snapshot, List<DataFile> removed, boolean dataChange) {
    if (removed.isEmpty()) {
      return List.of();
    }
    List<Row> rows = new ArrayList<>();
    if (isPlain(snapshot)) {
      // Bounds of rows that are gone say nothing to anybody, and may be what somebody wants gone.
      removed.forEach(
          file ->
              rows.add(
                  removal(new AddFile(row(file.withoutStatistics(), dataChange)), dataChange)));
      return rows;
    }
    // Other writers may have said more of the files than we keep.
    Set<String> paths = new HashSet<>();
    removed.forEach(file -> paths.add(file.path()));
    for (AddFile file : addFiles(snapshot)) {
      if (paths.contains(unescape(file.getPath()))) {
        rows.add(removal(file, dataChange));
      }
    }
    return rows;
  }

  private static Row removal(AddFile file, boolean dataChange) {
    return SingleAction.createRemoveFileSingleAction(
        file.toRemoveFileRow(dataChange, Optional.empty()));
  }

  private static Row row(DataFile file, boolean dataChange) {
    Map<Integer, Object> values = new HashMap<>();
    StructType schema = AddFile.SCHEMA_WITH_STATS;
    values.put(schema.indexOf("path"), escape(file.path()));
    values.put(
        schema.indexOf("partitionValues"), VectorUtils.stringStringMapValue(file.partition()));
    values.put(schema.indexOf("size"), file.bytes());
    values.put(schema.indexOf("modificationTime"), file.modifiedMillis());
    values.put(schema.indexOf("dataChange"), dataChange);
    if (file.statistics() != null) {
      values.put(schema.indexOf("stats"), file.statistics());
    }
    return new GenericRow(schema, values);
  }

  /** The log has paths as relative URIs. */
  private static String escape(String path) {
    try {
      return new URI(null, null, path, null).getRawPath();
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(path + " is no path", e);
    }
  }

  private static String unescape(String path) {
    URI uri = URI.create(path);
    return uri.isAbsolute() ? path : uri.getPath();
  }

  /** Whether a table is of the protocol before table features, as ours are. */
  private static boolean isPlain(SnapshotImpl snapshot) {
    return snapshot.getProtocol().getMinWriterVersion() < TABLE_FEATURES;
  }

  /**
   * A table after our commit, without another look at its log, which gets longer with every commit
   * and is listed whole: what was known of it, and this commit. It is the next version, for the
   * Kernel does not retry. Null where features may have added what we do not know.
   */
  private static @Nullable SnapshotImpl after(
      SnapshotImpl before, Metadata metadata, long version) {
    if (!isPlain(before) || version != before.getVersion() + 1) {
      return null;
    }
    try {
      LogSegment log = before.getLogSegment();
      FileStatus commit = status(FileNames.deltaFile(log.getLogPath(), version));
      List<FileStatus> commits = new ArrayList<>(log.getDeltas());
      commits.add(commit);
      return snapshot(
          before,
          metadata,
          new LogSegment(
              log.getLogPath(),
              version,
              commits,
              log.getCompactions(),
              log.getCheckpoints(),
              log.getLastSeenChecksum(),
              commit.getModificationTime()));
    } catch (IOException e) {
      return null;
    }
  }

  /** The same table at the same version, as it is read from a checkpoint of just this version. */
  private static SnapshotImpl fromCheckpoint(SnapshotImpl snapshot) throws IOException {
    LogSegment log = snapshot.getLogSegment();
    long version = snapshot.getVersion();
    return snapshot(
        snapshot,
        snapshot.getMetadata(),
        new LogSegment(
            log.getLogPath(),
            version,
            List.of(),
            List.of(),
            List.of(status(FileNames.checkpointFileSingular(log.getLogPath(), version).toString())),
            log.getLastSeenChecksum()
                .filter(file -> FileNames.checksumVersion(file.getPath()) == version),
            log.getLastCommitTimestamp()));
  }

  private static SnapshotImpl withChecksum(SnapshotImpl snapshot) throws IOException {
    LogSegment log = snapshot.getLogSegment();
    return snapshot(
        snapshot,
        snapshot.getMetadata(),
        new LogSegment(
            log.getLogPath(),
            log.getVersion(),
            log.getDeltas(),
            log.getCompactions(),
            log.getCheckpoints(),
            Optional.of(
                status(FileNames.checksumFile(log.getLogPath(), log.getVersion()).toString())),
            log.getLastCommitTimestamp()));
  }

  private static SnapshotImpl snapshot(SnapshotImpl like, Metadata metadata, LogSegment log) {
    SnapshotQueryContext context =
        SnapshotQueryContext.forVersionSnapshot(like.getDataPath().toString(), log.getVersion());
    LogReplay replay =
        new LogReplay(
            log.getLogPath(),
            like.getDataPath(),
            Shared.ENGINE,
            log,
            Optional.of(new SnapshotHint(log.getVersion(), like.getProtocol(), metadata)),
            context.getSnapshotMetrics());
    return new SnapshotImpl(like.getDataPath(), log, replay, like.getProtocol(), metadata, context);
  }

  /**
   * Lets the log begin with the newest version: writes a checkpoint of it that knows of no removed
   * file, in place of one that may be there, and deletes what the log has of earlier versions.
   * Broken off at any point, it can be done again.
   */
  static void forgetBefore(SnapshotImpl newest) throws IOException {
    long version = newest.getVersion();
    Path log = new Path(newest.getLogPath().toString());
    FileSystem files = log.getFileSystem(HadoopFiles.configuration());
    List<Path> earlier = new ArrayList<>();
    for (org.apache.hadoop.fs.FileStatus file : files.listStatus(log)) {
      Matcher name = LOG_FILE.matcher(file.getPath().getName());
      if (name.matches() && Long.parseLong(name.group(1)) < version) {
        earlier.add(file.getPath());
      }
    }
    if (earlier.isEmpty()) {
      return;
    }
    Path temporary = new Path(log, "." + UUID.randomUUID() + ".checkpoint.tmp");
    long actions;
    try (CreateCheckpointIterator content =
        new CreateCheckpointIterator(Shared.ENGINE, newest.getLogSegment(), Long.MAX_VALUE)) {
      Shared.ENGINE.getParquetHandler().writeParquetFileAtomically(temporary.toString(), content);
      actions = content.getNumberOfAddActions();
      HadoopFiles.replace(
          temporary,
          new Path(FileNames.checkpointFileSingular(newest.getLogPath(), version).toString()));
    } finally {
      files.delete(temporary, false);
    }
    new Checkpointer(newest.getLogPath())
        .writeLastCheckpointFile(
            Shared.ENGINE, new CheckpointMetaData(version, actions, Optional.empty()));
    for (Path file : earlier) {
      files.delete(file, false);
    }
  }

  /**
   * Whether what a snapshot reads first of its log, a checkpoint or the first commit, is there as
   * it was: a log that was cut has lost it, or has another checkpoint in its place.
   */
  static boolean beginsAsRead(SnapshotImpl snapshot) throws IOException {
    LogSegment log = snapshot.getLogSegment();
    List<FileStatus> begin =
        log.getCheckpoints().isEmpty() ? log.getDeltas() : log.getCheckpoints();
    if (begin.isEmpty()) {
      return false;
    }
    FileStatus first = begin.get(0);
    try {
      FileStatus now = status(first.getPath());
      return now.getSize() == first.getSize()
          && now.getModificationTime() == first.getModificationTime();
    } catch (FileNotFoundException cut) {
      return false;
    }
  }

  private static FileStatus status(String file) throws IOException {
    Path path = new Path(file);
    org.apache.hadoop.fs.FileStatus found =
        path.getFileSystem(HadoopFiles.configuration()).getFileStatus(path);
    return FileStatus.of(file, found.getLen(), found.getModificationTime());
  }

  /**
   * Does what is due behind a commit. The commit stands already: a checkpoint that fails is made by
   * one of the next commits.
   *
   * @param after the table with the commit; null if that is not known
   * @return the same, of the files that are there then
   */
  private static @Nullable SnapshotImpl runHooks(
      Path path, TransactionCommitResult result, @Nullable SnapshotImpl after) {
    SnapshotImpl known = after;
    for (PostCommitHook hook : result.getPostCommitHooks()) {
      try {
        if (known != null && hook.getType() == PostCommitHookType.CHECKPOINT) {
          Checkpointer.checkpoint(Shared.ENGINE, ((TableImpl) table(path)).getClock(), known);
          known = fromCheckpoint(known);
          continue;
        }
        hook.threadSafeInvoke(Shared.ENGINE);
        if (known != null
            && (hook.getType() == PostCommitHookType.CHECKSUM_SIMPLE
                || hook.getType() == PostCommitHookType.CHECKSUM_FULL)) {
          known = withChecksum(known);
        }
      } catch (IOException | RuntimeException e) {
        LOG.warn(
            "{}: version {} is committed, but its {} was not written: {}",
            HadoopFiles.display(path),
            result.getVersion(),
            hook.getType(),
            e.toString());
        known = null;
      }
    }
    return known;
  }
}
