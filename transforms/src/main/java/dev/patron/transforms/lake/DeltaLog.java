package dev.patron.transforms.lake;

import dev.patron.features.frame.Schema;
import dev.patron.transforms.parquet.HadoopFiles;
import io.delta.kernel.Operation;
import io.delta.kernel.Table;
import io.delta.kernel.Transaction;
import io.delta.kernel.TransactionBuilder;
import io.delta.kernel.TransactionCommitResult;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.exceptions.ConcurrentWriteException;
import io.delta.kernel.exceptions.TableAlreadyExistsException;
import io.delta.kernel.exceptions.TableNotFoundException;
import io.delta.kernel.hook.PostCommitHook;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.ScanImpl;
import io.delta.kernel.internal.SnapshotImpl;
import io.delta.kernel.internal.TableImpl;
import io.delta.kernel.internal.TransactionImpl;
import io.delta.kernel.internal.actions.AddFile;
import io.delta.kernel.internal.actions.Metadata;
import io.delta.kernel.internal.actions.SetTransaction;
import io.delta.kernel.internal.actions.SingleAction;
import io.delta.kernel.internal.data.GenericRow;
import io.delta.kernel.internal.tablefeatures.TableFeatures;
import io.delta.kernel.internal.util.SchemaUtils;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.internal.util.VectorUtils;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterable;
import io.delta.kernel.utils.CloseableIterator;
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
import org.apache.hadoop.conf.Configuration;
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
    Set<String> partitions = metadata.getPartitionColNames();
    Schema inFiles =
        schema.select(schema.names().stream().filter(name -> !isIn(partitions, name)).toList());
    List<DataFile> files = new ArrayList<>();
    for (AddFile file : addFiles(snapshot)) {
      if (file.getDeletionVector().isPresent()) {
        throw new LakeException(
            table + ": it has deletion vectors, which are not supported; purge them with REORG");
      }
      Map<String, @Nullable String> values = VectorUtils.toJavaMap(file.getPartitionValues());
      String statistics = file.getStatsJson().orElse(null);
      files.add(
          new DataFile(
              table,
              unescape(file.getPath()),
              file.getSize(),
              file.getModificationTime(),
              FileStatistics.rows(statistics),
              inFiles,
              values,
              statistics));
    }
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
   * Writes the next version.
   *
   * @return the version, or nothing if another writer has written it first
   */
  static OptionalLong commit(
      Path path,
      Optional<SnapshotImpl> before,
      Commit commit,
      Schema schema,
      List<String> partitions,
      List<DataFile> removed) {
    // The Kernel itself never retries (with its 200 retries a second removal of the same files can
    // slip through): the caller looks at the table again.
    try {
      Transaction transaction =
          before.isEmpty()
              ? creation(path, commit, schema, partitions)
              : change(path, before.get(), commit, schema);
      List<Row> actions = new ArrayList<>();
      before.ifPresent(snapshot -> actions.addAll(removals(snapshot, removed)));
      commit.add().forEach(file -> actions.add(addition(file)));
      TransactionCommitResult result =
          transaction.commit(
              Shared.ENGINE,
              CloseableIterable.inMemoryIterable(Utils.toCloseableIterator(actions.iterator())));
      runHooks(path, result);
      return OptionalLong.of(result.getVersion());
    } catch (ConcurrentWriteException | TableAlreadyExistsException e) {
      return OptionalLong.empty();
    } catch (RuntimeException e) {
      if (tellsOfExistingVersion(e)) {
        return OptionalLong.empty();
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

  /**
   * A change of exactly the snapshot that the caller has planned from. The builder would look for a
   * newer one, and refuses new columns for tables without column mapping, which Delta allows.
   */
  private static Transaction change(Path path, SnapshotImpl before, Commit commit, Schema schema) {
    TableImpl table = (TableImpl) table(path);
    Metadata old = before.getMetadata();
    Metadata metadata = withProperties(old, commit.properties());
    if (!DeltaTypes.schema(old.getSchema()).equals(schema)) {
      StructType struct = DeltaTypes.struct(schema);
      SchemaUtils.validateSchema(struct, false);
      metadata = metadata.withNewSchema(struct);
    }
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
        isChanged(old, metadata),
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

  private static List<Row> removals(SnapshotImpl snapshot, List<DataFile> removed) {
    if (removed.isEmpty()) {
      return List.of();
    }
    Set<String> paths = new HashSet<>();
    removed.forEach(file -> paths.add(file.path()));
    List<Row> rows = new ArrayList<>();
    for (AddFile file : addFiles(snapshot)) {
      if (paths.contains(unescape(file.getPath()))) {
        rows.add(
            SingleAction.createRemoveFileSingleAction(
                file.toRemoveFileRow(true, Optional.empty())));
      }
    }
    return rows;
  }

  private static Row addition(DataFile file) {
    Map<Integer, Object> values = new HashMap<>();
    StructType schema = AddFile.SCHEMA_WITH_STATS;
    values.put(schema.indexOf("path"), escape(file.path()));
    values.put(
        schema.indexOf("partitionValues"), VectorUtils.stringStringMapValue(file.partition()));
    values.put(schema.indexOf("size"), file.bytes());
    values.put(schema.indexOf("modificationTime"), file.modifiedMillis());
    values.put(schema.indexOf("dataChange"), true);
    if (file.statistics() != null) {
      values.put(schema.indexOf("stats"), file.statistics());
    }
    return SingleAction.createAddFileSingleAction(new GenericRow(schema, values));
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

  /** The commit stands already: a checkpoint that fails is made by one of the next commits. */
  private static void runHooks(Path path, TransactionCommitResult result) {
    for (PostCommitHook hook : result.getPostCommitHooks()) {
      try {
        hook.threadSafeInvoke(Shared.ENGINE);
      } catch (IOException | RuntimeException e) {
        LOG.warn(
            "{}: version {} is committed, but its {} was not written: {}",
            HadoopFiles.display(path),
            result.getVersion(),
            hook.getType(),
            e.toString());
      }
    }
  }
}
