package dev.patron.pipelines.stages;

import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.record.SchemaEvidence;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.Tables;
import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.dataset.Dataset;
import dev.patron.pipelines.dataset.Source;
import dev.patron.transforms.lake.Commit;
import dev.patron.transforms.lake.DataFile;
import dev.patron.transforms.lake.DataFileCoder;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.TableFiles;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.TableSnapshot;
import dev.patron.transforms.lake.Warehouse;
import dev.patron.transforms.lake.WriteFrames;
import dev.patron.transforms.manifest.Manifest;
import dev.patron.transforms.parquet.HadoopFiles;
import dev.patron.transforms.parquet.ParquetFrames;
import dev.patron.transforms.parquet.UnreadableFileException;
import dev.patron.transforms.read.GatherEvidence;
import dev.patron.transforms.read.NoSuchFile;
import dev.patron.transforms.read.ReadRecords;
import dev.patron.transforms.read.SourceFile;
import dev.patron.transforms.read.SourceFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;

/**
 * The stage from sources to bronze: every record read, as it came. Files are append-only: of a file
 * that was read before, only what has come behind is read.
 */
public final class Ingest {
  /** The date read, by which bronze is partitioned. */
  static final String PARTITION = "_ingested_on";

  private Ingest() {}

  /**
   * Bronze as it will be when what was just read is committed.
   *
   * @param tables for each table of the dataset its bronze table, files not yet committed included
   * @param pending for each table with new records, what is to be committed
   * @param evidence for each table what was seen of its columns, now and before
   */
  public record Prepared(
      Map<String, TableFiles> tables,
      Map<String, Commit> pending,
      Map<String, SchemaEvidence> evidence) {}

  /** Nothing new: bronze as it is. */
  public static Prepared nothing(Job job) {
    Map<String, TableFiles> tables = new LinkedHashMap<>();
    Map<String, SchemaEvidence> evidence = new HashMap<>();
    for (Dataset.Table table : job.dataset().tables()) {
      TableSnapshot bronze = job.latest(bronze(table.name()));
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
    return new Prepared(tables, Map.of(), evidence);
  }

  /** Reads what is new into data files that nobody refers to yet. */
  public static Prepared prepare(Job job) throws IOException {
    Map<String, List<TableDefinition>> groups = new LinkedHashMap<>();
    List<SourceFile> files = new ArrayList<>();
    Map<String, Schema> columns = new HashMap<>();
    for (Dataset.Table table : job.dataset().tables()) {
      String group = group(table);
      List<TableDefinition> members = groups.computeIfAbsent(group, any -> new ArrayList<>());
      if (members.isEmpty()) {
        files.addAll(files(table, group));
      }
      members.add(table.definition());
      if (table.definition().format().kind() == TableDefinition.Format.Kind.PARQUET) {
        columns.put(table.name(), parquetColumns(files, group));
      }
    }
    List<SourceFile> unread = resume(job, files);
    ReadRecords read = ReadRecords.of(groups).withColumns(columns);
    Manifest manifest =
        job.run(
            "ingest",
            (pipeline, findings) -> {
              PCollectionTuple records =
                  pipeline
                      .apply(
                          "Files to read",
                          Create.of(unread).withCoder(SerializableCoder.of(SourceFile.class)))
                      .apply("Read records", read);
              for (Dataset.Table table : job.dataset().tables()) {
                String name = table.name();
                PCollection<Frame> frames = records.get(read.tag(name));
                findings.tell(
                    "files",
                    name,
                    DataFileCoder.of(),
                    frames.apply(
                        "Write bronze " + name,
                        WriteFrames.to(job.table(bronze(name)))
                            .withSchema(bronzeSchema(columns, name))
                            .withPartition(PARTITION, job.ingestionDate().toString())));
                if (table.definition().declared() == null) {
                  findings.tell(
                      "evidence",
                      name,
                      StringUtf8Coder.of(),
                      frames.apply(
                          "Look at the columns of " + name,
                          new GatherEvidence(table.definition())));
                }
              }
            });

    Map<String, TableFiles> tables = new LinkedHashMap<>();
    Map<String, Commit> pending = new LinkedHashMap<>();
    Map<String, SchemaEvidence> evidence = new HashMap<>();
    for (Dataset.Table table : job.dataset().tables()) {
      String name = table.name();
      LakeTable target = job.table(bronze(name));
      TableSnapshot before = job.latest(bronze(name));
      List<DataFile> added = manifest.get("files", name, DataFileCoder.of());
      Schema schema = bronzeSchema(columns, name);
      if (before == null || !added.isEmpty()) {
        pending.put(
            name,
            Commit.append(schema, added)
                .partitionedBy(List.of(PARTITION))
                .onVersion(before == null ? -1 : before.version()));
      }
      tables.put(name, TableFiles.appended(target, before, schema, List.of(PARTITION), added));
      SchemaEvidence seen = known(job, table.definition());
      manifest
          .get("evidence", name, StringUtf8Coder.of())
          .forEach(json -> seen.merge(SchemaEvidence.fromJson(json)));
      evidence.put(name, seen);
      // What has no columns to be refined into must not become part of bronze for ever.
      AssumedColumns.where(seen, table.definition(), job.dataset().purchases());
    }
    return new Prepared(tables, pending, evidence);
  }

  /** Makes what was read part of bronze. */
  public static void commit(Job job, Prepared prepared) {
    Warehouse warehouse = Warehouse.at(job.warehouse());
    for (Dataset.Table table : job.dataset().tables()) {
      SchemaEvidence evidence = prepared.evidence().get(table.name());
      if (table.definition().declared() != null) {
        // Nobody looked at the columns of this run's records: what was seen before is not all.
        warehouse.delete(evidenceFile(table.name()));
      } else if (evidence != null) {
        warehouse.write(evidenceFile(table.name()), evidence.toJson());
      }
    }
    prepared.pending().forEach((name, commit) -> job.table(bronze(name)).commit(commit));
  }

  /** The source's own columns, if the format has any before a record is read, and what all have. */
  private static Schema bronzeSchema(Map<String, Schema> columns, String table) {
    return columns.getOrDefault(table, Schema.of()).and(Tables.BRONZE).with(PARTITION, Type.DATE);
  }

  static String bronze(String table) {
    return "bronze/" + table;
  }

  private static String evidenceFile(String table) {
    return "_evidence/" + table + ".json";
  }

  /**
   * What was seen of a table's columns before. While columns are declared nobody looks at them; the
   * run after the declaration was taken away looks at all of bronze.
   */
  private static SchemaEvidence known(Job job, TableDefinition table) {
    SchemaEvidence evidence = new SchemaEvidence();
    if (table.declared() != null) {
      return evidence;
    }
    Warehouse warehouse = Warehouse.at(job.warehouse());
    if (warehouse.exists(evidenceFile(table.name()))) {
      return SchemaEvidence.fromJson(warehouse.read(evidenceFile(table.name())));
    }
    TableSnapshot bronze = job.latest(bronze(table.name()));
    if (bronze != null) {
      List<String> names =
          bronze.schema().names().stream().filter(name -> !name.equals(PARTITION)).toList();
      TableScan.of(bronze, names).forEach(frame -> evidence.observe(frame, table));
    }
    return evidence;
  }

  /** Tables that read the same files in the same format share one reading of them. */
  private static String group(Dataset.Table table) {
    TableDefinition.Format format = table.definition().format();
    return format.kind() == TableDefinition.Format.Kind.DEBEZIUM
        ? format.kind() + " " + sources(table).locations()
        : table.name();
  }

  private static Source.Files sources(Dataset.Table table) {
    return (Source.Files) table.source();
  }

  private static List<SourceFile> files(Dataset.Table table, String group) throws IOException {
    Map<String, SourceFile> found = new TreeMap<>();
    for (String location : sources(table).locations()) {
      try {
        SourceFiles.expand(location, group).forEach(file -> found.put(file.path(), file));
      } catch (NoSuchFile e) {
        throw new UsageException("table '" + table.name() + "': " + e.getMessage(), e);
      }
    }
    return List.copyOf(found.values());
  }

  /**
   * All columns that any of the files has; one that cannot be opened is refused when it is read.
   */
  private static Schema parquetColumns(List<SourceFile> files, String group) {
    Schema columns = Schema.of();
    for (SourceFile file : files) {
      if (!file.group().equals(group)) {
        continue;
      }
      for (Schema.Field field : columns(file).fields()) {
        if (!columns.has(field.name())) {
          columns = columns.with(field.name(), field.type());
        }
      }
    }
    return columns;
  }

  private static Schema columns(SourceFile file) {
    try {
      return ParquetFrames.schema(HadoopFiles.path(file.path()), HadoopFiles.configuration());
    } catch (UnreadableFileException e) {
      return Schema.of();
    }
  }

  /** The files with what was read of them before: the rows that bronze has of each. */
  private static List<SourceFile> resume(Job job, List<SourceFile> files) {
    Map<String, Long> read = new HashMap<>();
    for (Dataset.Table table : job.dataset().tables()) {
      TableSnapshot bronze = job.latest(bronze(table.name()));
      if (bronze == null) {
        continue;
      }
      TableScan.of(bronze, List.of("_file", "_offset"))
          .forEach(
              frame -> {
                BytesColumn file = frame.bytes("_file");
                LongColumn offset = frame.longs("_offset");
                for (int row = 0; row < frame.rows(); row++) {
                  if (!file.isNull(row) && !offset.isNull(row)) {
                    read.merge(file.text(row), 1L, Long::sum);
                  }
                }
              });
    }
    return files.stream()
        .map(file -> file.resumeAfter(read.getOrDefault(file.path(), 0L)))
        .toList();
  }
}
