package dev.patron.runners.portability;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is hard on memory: a key with most of the events, as many keys as events, records of
 * megabytes, rows of 2,000 columns. In two runs, the records of the second between those of the
 * first, they give the tables of one run, on both runners. {@code -Pcluster} has them small, {@code
 * -Pproof} in full size.
 */
class HardRecordsSuite {
  private static final int HOT = Integer.getInteger("proof.hot", 20_000);
  private static final int MEGABYTES = Integer.getInteger("proof.megabytes", 5);
  private static final int COLUMNS = 2_000;

  @TempDir static Path folder;

  private static SortedMap<String, String> whole;

  @BeforeAll
  static void runAllAtOnce() throws IOException {
    Path shop = Files.createDirectories(folder.resolve("whole"));
    write(shop, 0);
    write(shop, 1);
    Program.run(Program.DIRECT, dataset(shop), folder.resolve("whole-tables"));
    whole = tables(folder.resolve("whole-tables"));
    assertThat(whole)
        .hasSize(5)
        .hasEntrySatisfying("silver/versions", rows(HOT))
        .hasEntrySatisfying("silver/state", rows(1))
        .hasEntrySatisfying("silver/many", rows(HOT))
        .hasEntrySatisfying("silver/wide", rows(20))
        .hasEntrySatisfying("silver/large", rows(4));
  }

  private static Consumer<String> rows(int rows) {
    return line -> assertThat(line).startsWith(rows + " ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"DIRECT", "SPARK"})
  void inTwoRunsTheyGiveTheTablesOfOne(String engine) throws IOException {
    Path shop = Files.createDirectories(folder.resolve("parts-" + engine));
    Path warehouse = folder.resolve("parts-tables-" + engine);
    for (int run = 0; run < 2; run++) {
      write(shop, run);
      Program.run(
          engine.equals("SPARK") ? Program.SPARK : Program.DIRECT, dataset(shop), warehouse);
    }
    assertThat(tables(warehouse)).isEqualTo(whole);
  }

  private static SortedMap<String, String> tables(Path warehouse) {
    SortedMap<String, String> tables = Program.verify(warehouse);
    tables.keySet().removeIf(table -> !table.startsWith("silver/"));
    return tables;
  }

  private static Path dataset(Path shop) throws IOException {
    return Files.writeString(
        shop.resolve("dataset.yaml"),
        """
        name: hard
        tables:
          versions:
            keep: history
            key: [id]
            from: { files: "hot*.jsonl", format: debezium, table: hot }
          state:
            keep: current
            key: [id]
            from: { files: "hot*.jsonl", format: debezium, table: hot }
          many:
            keep: current
            key: [id]
            change: { sequence: at }
            from: { files: "many*.jsonl" }
          wide:
            keep: history
            key: [id]
            from: { files: "wide*.jsonl", format: debezium }
          large:
            keep: history
            key: [id]
            columns: { id: long, text: string, at: timestamp }
            change: { sequence: at }
            from: { files: "large*.jsonl" }
        """);
  }

  /** Every other record of each table. */
  private static void write(Path shop, int run) throws IOException {
    write(shop, "hot", HOT, run, HardRecordsSuite::hot);
    write(shop, "many", HOT, run, i -> "{\"id\":%d,\"at\":%d}".formatted(i, i));
    write(shop, "wide", 20, run, HardRecordsSuite::wide);
    write(shop, "large", 4, run, HardRecordsSuite::large);
  }

  private static void write(Path shop, String table, int size, int run, IntFunction<String> record)
      throws IOException {
    try (Writer out = Files.newBufferedWriter(shop.resolve(table + run + ".jsonl"), UTF_8)) {
      for (int i = run; i < size; i += 2) {
        out.write(record.apply(i));
        out.write('\n');
      }
    }
  }

  private static String hot(int i) {
    return event("hot", i, "{\"id\":1,\"n\":%d}".formatted(i));
  }

  /** Two versions each. */
  private static String wide(int i) {
    StringBuilder row = new StringBuilder("{\"id\":%d".formatted(i / 2));
    for (int column = 0; column < COLUMNS; column++) {
      row.append(",\"c%d\":\"%d of %d\"".formatted(column, i, column));
    }
    return event("wide", i, row.append('}').toString());
  }

  private static String event(String table, int i, String row) {
    return ("{\"before\":null,\"after\":%s,\"source\":{\"table\":\"%s\",\"lsn\":%d,\"ts_us\":%d},"
            + "\"op\":\"u\",\"ts_us\":%d}")
        .formatted(row, table, i, 1_700_000_000_000_000L + i, i);
  }

  /** Two keys with two versions each. */
  private static String large(int i) {
    return "{\"id\":%d,\"at\":\"2024-01-%02d\",\"text\":\"%s\"}"
        .formatted(i / 2, i + 1, "text %d,".formatted(i).repeat(MEGABYTES * 1_000_000 / 7));
  }
}
