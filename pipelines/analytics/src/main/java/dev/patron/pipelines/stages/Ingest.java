package dev.patron.pipelines.stages;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.record.FileColumns;
import dev.patron.features.record.SchemaEvidence;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.Tables;
import dev.patron.pipelines.console.JobException;
import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.dataset.Dataset;
import dev.patron.pipelines.dataset.Source;
import dev.patron.transforms.lake.Commit;
import dev.patron.transforms.lake.DataFile;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.TableFiles;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.TableSnapshot;
import dev.patron.transforms.lake.WriteFrames;
import dev.patron.transforms.manifest.Manifest;
import dev.patron.transforms.parquet.HadoopFiles;
import dev.patron.transforms.parquet.ParquetFrames;
import dev.patron.transforms.parquet.UnreadableFileException;
import dev.patron.transforms.read.LandRecords;
import dev.patron.transforms.read.NoSuchFile;
import dev.patron.transforms.read.SourceFile;
import dev.patron.transforms.read.SourceFiles;
import dev.patron.transforms.read.SourcePart;
import dev.patron.transforms.read.SourcePartCoder;
import dev.patron.transforms.read.SourcePosition;
import dev.patron.transforms.read.StagedPages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.beam.sdk.transforms.Create;
import org.jspecify.annotations.Nullable;

/**
 * The stage from sources to bronze: every record read, as it came. Files are append-only: of a file
 * that was read before, only what has come behind is read.
 */
public final class Ingest {
  /** The date read, by which bronze is partitioned. */
  static final String PARTITION = "_ingested_on";

  /** The table property that holds what was seen of a table's columns. */
  private static final String EVIDENCE = "patron.evidence";

  private Ingest() {}

  /**
   * Bronze as it will be when what was just read is committed.
   *
   * @param tables for each table of the dataset its bronze table, files not yet committed included
   * @param pending for each table with new records, what is to be committed
   * @param evidence for each table what was seen of its columns, now and before
   * @param progress how far the sources have been read then
   * @param forgotten the customers that are forgotten with this, if any, see {@link
   *     ForgottenCustomers}
   */
  public record Prepared(
      Map<String, TableFiles> tables,
      Map<String, Commit> pending,
      Map<String, SchemaEvidence> evidence,
      SourceProgress progress,
      Frame forgotten) {

    /**
     * How many records bronze gets of it, each as often as tables take it. What was read has more
     * offsets than that: some mark the ends of transactions, of others the records were compacted.
     */
    public long records() {
      return pending.values().stream().mapToLong(commit -> Accounts.rows(commit.add())).sum();
    }

    /** Makes what was read part of bronze. */
    void addTo(Changes changes) {
      pending.forEach((table, commit) -> changes.commit(bronze(table), commit));
      if (!pending.isEmpty()) {
        progress.overwriteIn(changes);
      }
      if (forgotten.rows() > 0) {
        changes.append(ForgottenCustomers.TABLE, forgotten);
      }
    }
  }

  /** Nothing new: bronze as it is. */
  public static Prepared nothing(Job job) {
    Map<String, TableFiles> tables = new LinkedHashMap<>();
    Map<String, SchemaEvidence> evidence = new HashMap<>();
    for (Dataset.Table table : job.dataset().tables()) {
      TableSnapshot bronze = latest(job, table.name());
      if (bronze == null) {
        throw new UsageException(
            "table '"
                + table.name()
                + "' has no bronze table in "
                + job.warehouse()
                + " yet; run ingest first");
      }
      tables.put(table.name(), bronze.contents());
      evidence.put(table.name(), known(job, table.definition()));
    }
    return new Prepared(
        tables, Map.of(), evidence, SourceProgress.of(job), ForgottenCustomers.NOBODY);
  }

  /** Reads what is new into data files that nobody refers to yet. */
  public static Prepared prepare(Job job) throws IOException {
    try (Feeds feeds = new Feeds()) {
      Feeds.News news = feeds.find(job, Long.MAX_VALUE);
      new OpenTransactions().tell(news, job.console());
      return prepare(job, news, true);
    }
  }

  /**
   * The same for one increment of a stream.
   *
   * @param news what topics and pages have that is new
   * @param withFiles whether to look at files too
   */
  public static Prepared prepare(Job job, Feeds.News news, boolean withFiles) throws IOException {
    SourceProgress progress = SourceProgress.of(job);
    Map<String, List<TableDefinition>> groups = new LinkedHashMap<>();
    List<SourcePart> unread = new ArrayList<>();
    Map<String, Schema> columns = new HashMap<>();
    Map<String, List<String>> untyped = new HashMap<>();
    for (Dataset.Table table : job.dataset().tables()) {
      List<SourceFile> files =
          withFiles && table.source() instanceof Source.Files
              ? progress.resume(table.name(), files(job, table))
              : List.of();
      String group = group(job.dataset(), table, files);
      List<TableDefinition> members = groups.computeIfAbsent(group, any -> new ArrayList<>());
      if (members.isEmpty()) {
        files.stream()
            .filter(file -> !progress.isDone(table.name(), file))
            .forEach(file -> unread.add(file.inGroup(group)));
      }
      members.add(table.definition());
      if (table.definition().format().kind() == TableDefinition.Format.Kind.PARQUET) {
        List<FileColumns.Stated> stated = files.stream().map(Ingest::stated).toList();
        Schema present = parquetColumns(job.latest(bronze(table.name())));
        List<String> known = known(job, table.definition()).sourceNames();
        columns.put(table.name(), parquetColumns(stated, present, known, table));
        untyped.put(table.name(), FileColumns.untyped(stated, present, known, table.definition()));
      }
    }
    unread.addAll(news.parts());
    Map<String, WriteFrames> bronze = new HashMap<>();
    for (Dataset.Table table : job.dataset().tables()) {
      bronze.put(
          table.name(),
          WriteFrames.to(job.table(bronze(table.name())))
              .withSchema(bronzeSchema(columns, table.name()))
              .withPartition(PARTITION, job.ingestionDate().toString()));
    }
    LandRecords land =
        LandRecords.of(groups, bronze)
            .withColumns(columns)
            .withClusters(news.clusters())
            .withPositions(news.before())
            .without(ForgottenCustomers.records(job));
    Manifest manifest =
        job.runUnless(
            unread.isEmpty(),
            "ingest",
            (pipeline, findings) ->
                findings.tell(
                    pipeline
                        .apply("What to read", Create.of(unread).withCoder(SourcePartCoder.of()))
                        .apply("Land records", land)));

    Feeds.tellExpired(job, LandRecords.expired(manifest, news.parts()));
    for (SourcePart part : news.parts()) {
      if (part instanceof StagedPages pages) {
        Manifest.delete(pages.path());
      }
    }
    Map<String, TableFiles> tables = new LinkedHashMap<>();
    Map<String, Commit> pending = new LinkedHashMap<>();
    Map<String, SchemaEvidence> evidence = new HashMap<>();
    for (Dataset.Table table : job.dataset().tables()) {
      String name = table.name();
      long leftOut = LandRecords.leftOut(manifest, name);
      if (leftOut > 0) {
        job.console()
            .note(
                String.format(
                    Locale.ROOT,
                    "patron: table '%s': %,d records of forgotten customers left out",
                    name,
                    leftOut));
      }
      LakeTable target = job.table(bronze(name));
      TableSnapshot before = latest(job, name);
      List<DataFile> added = LandRecords.files(manifest, bronze(name));
      Schema schema = bronzeSchema(columns, name);
      tables.put(name, TableFiles.appended(target, before, schema, List.of(PARTITION), added));
      SchemaEvidence seen = known(job, table.definition());
      AssumedColumns.add(
          seen, LandRecords.evidence(manifest, name), table.definition(), job.console());
      if (table.definition().declared() == null && !seen.isEmpty()) {
        seen.addNames(untyped.getOrDefault(name, List.of()));
      }
      evidence.put(name, seen);
      if (before == null || !added.isEmpty() || news.moved(name) || leftOut > 0) {
        Map<String, String> properties = new TreeMap<>();
        properties.put(EVIDENCE, seen.isEmpty() ? "" : seen.toJson());
        SourcePosition position = news.after().get(name);
        if (position != null) {
          properties.put(SourcePosition.PROPERTY, position.toText());
        }
        pending.put(
            name,
            Commit.append(schema, added)
                .partitionedBy(List.of(PARTITION))
                .withProperties(properties));
      }
      // What has no columns to be refined into must not become part of bronze for ever.
      AssumedColumns.where(seen, table.definition(), job.dataset().purchases());
    }
    LandRecords.progress(manifest)
        .forEach(
            file ->
                of(groups, file.group()).forEach(table -> progress.advance(table.name(), file)));
    return new Prepared(tables, pending, evidence, progress, ForgottenCustomers.NOBODY);
  }

  /** Makes what was read part of bronze. */
  public static void commit(Job job, Prepared prepared) {
    Changes changes = new Changes(job);
    prepared.addTo(changes);
    changes.decide("ingest");
  }

  /** The source's own columns, if the format has any before a record is read, and what all have. */
  private static Schema bronzeSchema(Map<String, Schema> columns, String table) {
    return columns.getOrDefault(table, Schema.of()).and(Tables.BRONZE).with(PARTITION, Type.DATE);
  }

  /**
   * Bronze as it is; null if there is none yet.
   *
   * @throws JobException if there was more of it: what is read of sources from now on would be
   *     taken for all that they ever had
   */
  private static @Nullable TableSnapshot latest(Job job, String table) {
    TableSnapshot silver = job.latest(SilverTable.silverOf(table));
    Optional<String> lost = silver == null ? Optional.empty() : Lineage.lost(silver);
    if (lost.isPresent()) {
      throw new JobException(lost.get());
    }
    return job.latest(bronze(table));
  }

  static String bronze(String table) {
    return "bronze/" + table;
  }

  /**
   * What was seen of a table's columns before. While columns are declared nobody looks at them; the
   * run after the declaration was taken away looks at all of bronze.
   */
  private static SchemaEvidence known(Job job, TableDefinition table) {
    SchemaEvidence evidence = new SchemaEvidence();
    TableSnapshot bronze = job.latest(bronze(table.name()));
    if (table.declared() != null || bronze == null) {
      return evidence;
    }
    String seen = bronze.properties().getOrDefault(EVIDENCE, "");
    if (!seen.isEmpty()) {
      return SchemaEvidence.fromJson(seen);
    }
    List<String> names =
        bronze.schema().names().stream().filter(name -> !name.equals(PARTITION)).toList();
    TableScan.of(bronze, names).forEach(frame -> evidence.observe(frame, table));
    return evidence;
  }

  /**
   * Tables that read the same files in the same format, and have read as much of them, share one
   * reading.
   */
  private static String group(Dataset dataset, Dataset.Table table, List<SourceFile> files) {
    if (!(table.source() instanceof Source.Files)) {
      return Feeds.group(dataset, table);
    }
    TableDefinition.Format format = table.definition().format();
    if (format.kind() != TableDefinition.Format.Kind.DEBEZIUM) {
      return table.name();
    }
    List<Long> read = files.stream().map(SourceFile::after).toList();
    return format.kind()
        + " "
        + sources(table).locations()
        + " after "
        + read.hashCode()
        + Feeds.turn(dataset, table);
  }

  private static Source.Files sources(Dataset.Table table) {
    return (Source.Files) table.source();
  }

  private static List<SourceFile> files(Job job, Dataset.Table table) throws IOException {
    Map<String, SourceFile> found = new TreeMap<>();
    for (String location : sources(table).locations()) {
      try {
        List<SourceFile> files = SourceFiles.expand(location, table.name());
        files.forEach(file -> found.put(file.path(), file));
        if (files.isEmpty()) {
          job.console()
              .note(
                  "patron: table '%s': folder %s has no files; those of folders within it are read with /* behind it"
                      .formatted(table.name(), location));
        }
      } catch (NoSuchFile e) {
        throw new UsageException("table '" + table.name() + "': " + e.getMessage(), e);
      }
    }
    return List.copyOf(found.values());
  }

  /** The sources' own columns of a bronze table. */
  private static Schema parquetColumns(@Nullable TableSnapshot bronze) {
    if (bronze == null) {
      return Schema.of();
    }
    Schema own = Tables.BRONZE.with(PARTITION, Type.DATE);
    Schema all = bronze.schema();
    return all.select(all.names().stream().filter(name -> !own.has(name)).toList());
  }

  /**
   * All columns that any of the files has; one that cannot be opened is refused when it is read.
   *
   * @throws JobException if one has the name of a column that bronze has beside them
   */
  private static Schema parquetColumns(
      List<FileColumns.Stated> files, Schema present, List<String> known, Dataset.Table table) {
    Schema columns = FileColumns.of(files, present, known, table.definition());
    Schema own = Tables.BRONZE.with(PARTITION, Type.DATE);
    for (String name : columns.names()) {
      if (own.names().stream().anyMatch(name::equalsIgnoreCase)) {
        throw new JobException(
            "table '%s': its Parquet files have a column '%s', as Patron calls one of its own; rename it at its source"
                .formatted(table.name(), name));
      }
    }
    return columns;
  }

  private static FileColumns.Stated stated(SourceFile file) {
    try {
      ParquetFrames.Footer footer =
          ParquetFrames.footer(
              HadoopFiles.path(file.path()), HadoopFiles.configuration(), Schema.of());
      return new FileColumns.Stated(footer.columns(), footer.untyped(), footer.rows());
    } catch (UnreadableFileException e) {
      return new FileColumns.Stated(Schema.of(), List.of(), 0);
    }
  }

  private static <V> V of(Map<String, V> map, String name) {
    V value = map.get(name);
    if (value == null) {
      throw new IllegalStateException("nothing of '" + name + "' among " + map.keySet());
    }
    return value;
  }
}
