package dev.patron.runners.portability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.pipelines.generate.Bookstore;
import dev.patron.pipelines.generate.BookstoreOptions;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.TableDigest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Equal records give equal tables: on every runner, in any number of buckets, however the records
 * are cut into files and in whatever order they stand there. What {@code verify} prints is
 * compared, and the documents of the models byte for byte.
 */
class SameTablesIT {
  private static final int CUSTOMERS = 200;
  private static final long SEED = 7;

  /** It counts records by their fate, and prices looked up have fates of their own. */
  private static final String RUNS = "ops/runs";

  /** It names the files, and these are others. */
  private static final String SOURCES = "ops/sources";

  @TempDir static Path folder;

  private static Path shop;
  private static Path usual;
  private static SortedMap<String, String> expected;

  @BeforeAll
  static void runAsUsual() throws IOException {
    shop = folder.resolve("shop");
    Bookstore.generate(BookstoreOptions.of(CUSTOMERS, SEED, shop), orders -> {});
    usual = folder.resolve("usual");
    Program.run(Program.DIRECT, shop.resolve("dataset.yaml"), usual);
    expected = Program.verify(usual);
    assertThat(expected)
        .containsKeys(
            "bronze/books",
            "silver/books",
            "silver/customers",
            "silver/purchases",
            "gold/customer_features",
            "gold/customer_scores",
            "quarantine/books",
            RUNS);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64})
  void inAnyNumberOfBuckets(int buckets) throws IOException {
    assertSameTables(
        ran(Program.DIRECT, "direct-" + buckets, "dataset.yaml", "--buckets=" + buckets));
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 64})
  void onSpark(int buckets) throws IOException {
    assertSameTables(
        ran(Program.SPARK, "spark-" + buckets, "dataset.yaml", "--buckets=" + buckets));
  }

  @ParameterizedTest
  @CsvSource({"1, DIRECT", "2, SPARK"})
  void fromTheSameRecordsInOtherFilesAndAnotherOrder(int seed, String engine) throws IOException {
    Path recut = folder.resolve("recut-" + seed);
    Files.createDirectories(recut);
    for (String file : List.of("dataset.yaml", "country_lookup.csv")) {
      Files.copy(shop.resolve(file), recut.resolve(file));
    }
    Random random = new Random(seed);
    for (String feed : List.of("debezium/customers", "debezium/books")) {
      recutLines(shop.resolve(feed), recut.resolve(feed), random);
    }
    try (DeltaReader spark = new DeltaReader()) {
      spark
          .parquet(shop.resolve("orders"))
          .orderBy(functions.rand(seed))
          .repartition(1 + random.nextInt(6))
          .write()
          .parquet(recut.resolve("orders").toString());
    }
    Path warehouse = folder.resolve("recut-" + seed + "-warehouse");
    Program.run(
        engine.equals("SPARK") ? Program.SPARK : Program.DIRECT,
        recut.resolve("dataset.yaml"),
        warehouse);
    SortedMap<String, String> tables = Program.verify(warehouse);
    tables.remove(SOURCES);
    SortedMap<String, String> others = new TreeMap<>(expected);
    others.remove(SOURCES);
    assertThat(tables).isEqualTo(others);
    assertThat(models(warehouse)).isEqualTo(models(usual));
  }

  @Test
  void fromFlatChangeRows() throws IOException {
    Path flat = ran(Program.DIRECT, "flat", "dataset-flat.yaml");
    // Positions are of another kind, and flat rows of books say when and how they changed.
    Set<String> different = Set.of("_sequence", "row_status", "row_time");
    for (String table : List.of("silver/books", "silver/orders", "silver/country_lookup")) {
      assertThat(digest(flat, table, different))
          .as(table)
          .isEqualTo(digest(usual, table, different));
    }
    // A snapshot knows when it was taken, a flat row when it was changed.
    Set<String> ofSnapshot = Set.of("_sequence", "_changed_at");
    assertThat(digest(flat, "silver/customers", ofSnapshot))
        .isEqualTo(digest(usual, "silver/customers", ofSnapshot));
    SortedMap<String, String> tables = Program.verify(flat);
    for (String table : expected.keySet()) {
      if (table.startsWith("gold/") || table.equals("silver/purchases")) {
        assertThat(tables.get(table)).as(table).isEqualTo(expected.get(table));
      }
    }
  }

  @Test
  void withPricesLookedUpBroadcastOrShuffled() throws IOException {
    Path broadcast = ran(Program.DIRECT, "priced", "dataset-priced.yaml");
    SortedMap<String, String> tables = Program.verify(broadcast);
    for (String table : expected.keySet()) {
      if (!table.equals(RUNS)) {
        assertThat(tables.get(table)).as(table).isEqualTo(expected.get(table));
      }
    }
    for (List<String> engine : List.of(Program.DIRECT, Program.SPARK)) {
      Path shuffled =
          ran(
              engine,
              "priced-shuffled-" + engine.size(),
              "dataset-priced.yaml",
              "--broadcastLimit=0");
      assertThat(Program.verify(shuffled)).isEqualTo(tables);
    }
  }

  /** Orders that are corrected and deleted: all at once, and carried on by a second run. */
  @Test
  void ofOrdersThatChange() throws IOException {
    Random random = new Random(SEED);
    List<List<String>> runs = List.of(new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i < 900; i++) {
      boolean isLate = i > 800 || random.nextInt(40) == 0;
      runs.get(isLate ? 1 : 0)
          .add(
              "%d,c%d,2024-%02d-%02d,%d.50,%s,%d"
                  .formatted(
                      random.nextInt(400),
                      random.nextInt(90),
                      1 + random.nextInt(5),
                      1 + random.nextInt(28),
                      random.nextInt(60) - 5,
                      random.nextInt(5) == 0 ? "D" : "U",
                      1_700_000_000_000L + i * 20_000_000L));
    }
    Path atOnce = Files.createDirectories(folder.resolve("changing"));
    Path oneByOne = Files.createDirectories(folder.resolve("changing-on"));
    for (Path place : List.of(atOnce, oneByOne)) {
      Files.writeString(
          place.resolve("shop.yaml"),
          """
          name: changing
          tables:
            orders:
              keep: history
              key: [id]
              columns: { id: long, customer: string, day: date, amount: "decimal(9,2)", op: string, at: timestamp }
              change: { sequence: at, operation: op, delete: [D] }
              from: { files: "*.csv", format: csv }
          purchases: { table: orders, customer: customer, order: id, time: day, amount: amount }
          """);
    }
    Path expectedThere = folder.resolve("changing-direct");
    Path carriedOn = folder.resolve("changing-spark");
    for (int run = 0; run < runs.size(); run++) {
      List<String> lines = new ArrayList<>(List.of("id,customer,day,amount,op,at"));
      lines.addAll(runs.get(run));
      Files.write(atOnce.resolve("run" + run + ".csv"), lines);
      Files.write(oneByOne.resolve("run" + run + ".csv"), lines);
      Program.run(
          Program.SPARK, oneByOne.resolve("shop.yaml"), carriedOn, "--asOf=2024-06-30", "--k=3");
    }
    Program.run(
        Program.DIRECT, atOnce.resolve("shop.yaml"), expectedThere, "--asOf=2024-06-30", "--k=3");
    SortedMap<String, String> tables = Program.verify(carriedOn);
    SortedMap<String, String> others = Program.verify(expectedThere);
    for (String table : List.of("silver/orders", "silver/purchases", "gold/customer_features")) {
      assertThat(tables.get(table)).as(table).isNotNull().isEqualTo(others.get(table));
    }
  }

  private static Path ran(List<String> engine, String warehouse, String dataset, String... options)
      throws IOException {
    Path path = folder.resolve(warehouse);
    Program.run(engine, shop.resolve(dataset), path, options);
    return path;
  }

  private static void assertSameTables(Path warehouse) throws IOException {
    assertThat(Program.verify(warehouse)).isEqualTo(expected);
    assertThat(models(warehouse)).isEqualTo(models(usual));
  }

  private static String digest(Path warehouse, String table, Set<String> without) {
    return TableDigest.of(LakeTable.at(warehouse.toString(), table).latest().orElseThrow(), without)
        .hex();
  }

  /** What scoring reads of every model, by the path of its document. */
  private static Map<String, String> models(Path warehouse) throws IOException {
    Path models = warehouse.resolve("models");
    Map<String, String> documents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(models)) {
      for (Path file : files.filter(path -> path.endsWith("model.json")).toList()) {
        documents.put(models.relativize(file).toString(), Files.readString(file));
      }
    }
    assertThat(documents).isNotEmpty();
    return documents;
  }

  /** The same lines, shuffled, in other files. */
  private static void recutLines(Path from, Path to, Random random) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.sorted().toList()) {
        try (BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(
                    new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
          reader.lines().forEach(lines::add);
        }
      }
    }
    Collections.shuffle(lines, random);
    Files.createDirectories(to);
    int files = 1 + random.nextInt(7);
    for (int i = 0; i < files; i++) {
      try (Writer writer =
          new OutputStreamWriter(
              new GZIPOutputStream(Files.newOutputStream(to.resolve("part-" + i + ".jsonl.gz"))),
              StandardCharsets.UTF_8)) {
        for (String line :
            lines.subList(i * lines.size() / files, (i + 1) * lines.size() / files)) {
          writer.write(line + "\n");
        }
      }
    }
  }
}
