package dev.patron.transforms.read;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.record.SchemaEvidence;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.TableDefinition.Format;
import dev.patron.features.tables.TableDefinition.Format.Kind;
import dev.patron.features.tables.TableDefinition.Keep;
import dev.patron.features.tables.Tables;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.TableFiles;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.WriteFrames;
import dev.patron.transforms.manifest.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.jspecify.annotations.Nullable;

/**
 * What a pipeline lands of some parts, read back.
 *
 * @param rows of each table
 * @param evidence of the columns of each table
 * @param expired of each partition of a topic, how many offsets
 */
record Landed(
    Map<String, Frame> rows, Map<String, SchemaEvidence> evidence, Map<String, Long> expired) {

  /** A table of facts in this format; its columns are not declared if they are null. */
  static TableDefinition facts(String name, Kind kind, @Nullable Schema declared) {
    return new TableDefinition(
        name,
        Keep.FACTS,
        List.of(),
        List.of(),
        new Format(kind, ',', null, name, "UTC"),
        null,
        declared,
        Map.of(),
        List.of());
  }

  /** Runs a pipeline that lands these parts in a new lake below this folder. */
  static Landed of(
      Path folder,
      Pipeline pipeline,
      Map<String, List<TableDefinition>> groups,
      UnaryOperator<LandRecords> settings,
      List<? extends SourcePart> parts)
      throws IOException {
    Path lake = Files.createTempDirectory(folder, "lake");
    String told = lake.resolve("told").toString();
    Map<String, WriteFrames> bronze = new HashMap<>();
    groups
        .values()
        .forEach(
            tables ->
                tables.forEach(
                    table ->
                        bronze.put(
                            table.name(),
                            WriteFrames.to(LakeTable.at(lake.toString(), table.name())))));
    pipeline
        .apply("Parts", Create.of(List.<SourcePart>copyOf(parts)).withCoder(SourcePartCoder.of()))
        .apply("Land", settings.apply(LandRecords.of(groups, bronze)))
        .apply("Write it down", Manifest.writeTo(told));
    pipeline.run().waitUntilFinish();

    Manifest manifest = Manifest.read(told);
    Map<String, Frame> rows = new TreeMap<>();
    Map<String, SchemaEvidence> evidence = new TreeMap<>();
    for (String table : bronze.keySet()) {
      TableFiles files =
          new TableFiles(
              LakeTable.at(lake.toString(), table),
              Tables.BRONZE,
              List.of(),
              LandRecords.files(manifest, table));
      rows.put(table, TableScan.of(files, Tables.BRONZE.names()).all());
      evidence.put(table, LandRecords.evidence(manifest, table));
    }
    return new Landed(rows, evidence, LandRecords.expired(manifest, List.copyOf(parts)));
  }
}
