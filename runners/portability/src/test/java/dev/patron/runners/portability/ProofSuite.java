package dev.patron.runners.portability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.change.Adversary;
import dev.patron.features.frame.Frame;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.TableSnapshot;
import dev.patron.transforms.lake.Warehouse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The proof on whole pipelines: streams of each profile as Debezium's files, in any order and
 * repetition, read, shuffled, folded and written by either runner, against the sequential oracle.
 * The kernels are held against it many times more often, in {@code ProofTest}.
 */
class ProofSuite {
  private static final long FIRST = Long.getLong("proof.seed", 0);
  private static final int STREAMS = Integer.getInteger("proof.streams", 1);

  @TempDir private Path folder;

  @Test
  void anyDeliveryGivesTheTablesOfTheOracleOnTheDirectRunner() throws IOException {
    check(Program.DIRECT, 1, 1);
  }

  @Test
  void anyDeliveryInTwoRunsGivesTheTablesOfTheOracleOnSpark() throws IOException {
    check(Program.SPARK, 2, 2);
  }

  private void check(List<String> engine, long delivery, int runs) throws IOException {
    Map<String, Adversary> streams = new LinkedHashMap<>();
    Map<String, List<String>> files = new LinkedHashMap<>();
    StringBuilder yaml = new StringBuilder("name: proof\ntables:\n");
    for (String profile : Adversary.PROFILES_OF_PIPELINES) {
      for (int i = 0; i < STREAMS; i++) {
        for (String keep : List.of("current", "history")) {
          String table = "%s_%d_%s".formatted(profile, i, keep).toLowerCase(Locale.ROOT);
          Adversary stream =
              Adversary.of(profile, FIRST + 2L * i + (keep.equals("history") ? 1 : 0));
          streams.put(table, stream);
          files.put(table, stream.files(table, delivery));
          yaml.append("  ").append(table).append(":\n    keep: ").append(keep);
          yaml.append("\n    key: [id]\n");
          yaml.append(keep.equals("history") ? "    track: " + Adversary.TRACK + "\n" : "");
          yaml.append("    columns: { id: string, title: string, price: long, note: string }\n");
          yaml.append("    from: { files: \"").append(table);
          yaml.append("/*.jsonl\", format: debezium }\n");
        }
      }
    }
    Path dataset = Files.writeString(folder.resolve("proof.yaml"), yaml);
    Path warehouse = folder.resolve("warehouse");
    for (int run = 0; run < runs; run++) {
      for (String table : files.keySet()) {
        write(table, files.get(table), run, runs);
      }
      Program.run(engine, dataset, warehouse);
    }

    List<String> problems = new ArrayList<>();
    streams.forEach(
        (table, stream) -> {
          Frame rows = sorted(warehouse, table);
          boolean history = table.endsWith("_history");
          String problem =
              stream.problem(
                  history ? null : rows, history ? rows : null, ", delivery " + delivery);
          if (problem != null) {
            problems.add(problem);
          }
        });
    assertThat(problems).isEmpty();
  }

  /** Writes this run's share of a table's files. */
  private void write(String table, List<String> files, int run, int runs) throws IOException {
    Path to = Files.createDirectories(folder.resolve(table));
    int from = (run * files.size() + runs - 1) / runs; // a run may bring nothing, but not the first
    int until = ((run + 1) * files.size() + runs - 1) / runs;
    for (int i = from; i < until; i++) {
      Files.writeString(to.resolve("%03d.jsonl".formatted(i)), files.get(i));
    }
  }

  /** The rows by key, and by the beginning of a version; buckets come in any order. */
  private static Frame sorted(Path warehouse, String table) {
    TableSnapshot snapshot = Warehouse.at(warehouse.toString()).table("silver/" + table).snapshot();
    Frame rows = TableScan.of(snapshot, snapshot.schema().names()).all();
    boolean history = rows.schema().has("valid_from");
    return rows.sort(history ? List.of("id", "valid_from") : List.of("id"));
  }
}
