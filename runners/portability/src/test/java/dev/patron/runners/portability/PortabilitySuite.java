package dev.patron.runners.portability;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.patron.pipelines.generate.Bookstore;
import dev.patron.pipelines.generate.BookstoreOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whole jobs on every engine, and on a cluster to which bad things happen: the tables are those of
 * one machine without any trouble, and the counts those of the truth beside the data. Takes some
 * minutes: {@code mvn verify -Pcluster}.
 */
class PortabilitySuite {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Where a job runs. */
  enum Engine {
    DIRECT,
    SPARK_LOCAL,
    CLUSTER
  }

  @TempDir static Path folder;

  private static Path shop;
  private static SparkCluster cluster;
  private static SortedMap<String, String> expected;
  private static SortedMap<String, String> expectedOfFlat;

  @BeforeAll
  static void prepare() throws IOException, InterruptedException {
    shop = folder.resolve("shop");
    Bookstore.generate(BookstoreOptions.of(2_000, 17, shop), orders -> {});
    Program.run(Program.DIRECT, shop.resolve("dataset.yaml"), folder.resolve("expected"));
    expected = Program.verify(folder.resolve("expected"));
    Program.run(Program.DIRECT, shop.resolve("dataset-flat.yaml"), folder.resolve("flat"));
    expectedOfFlat = Program.verify(folder.resolve("flat"));
    cluster = SparkCluster.up(folder.resolve("cluster"), 2);
  }

  @AfterAll
  static void down() throws IOException {
    cluster.close();
  }

  @ParameterizedTest
  @EnumSource
  void everyEngineMakesTheSameTables(Engine engine) throws IOException, InterruptedException {
    Path warehouse = folder.resolve("from-debezium-" + engine);
    run(engine, "dataset.yaml", warehouse, "--buckets=5");
    assertThat(Program.verify(warehouse)).isEqualTo(expected);
    assertThatCountsAreTrue(Program.verify(warehouse));
  }

  @ParameterizedTest
  @EnumSource
  void everyEngineMakesThemFromFlatRows(Engine engine) throws IOException, InterruptedException {
    Path warehouse = folder.resolve("from-flat-rows-" + engine);
    run(engine, "dataset-flat.yaml", warehouse);
    assertThat(Program.verify(warehouse)).isEqualTo(expectedOfFlat);
  }

  @Test
  void aDriverOnTheClusterMakesThem() throws IOException, InterruptedException {
    Path warehouse = folder.resolve("deployed");
    SparkCluster.Ended run =
        cluster.submit(
            List.of(
                "--deploy-mode",
                "cluster",
                "--conf",
                "spark.standalone.submit.waitAppCompletion=true",
                "run",
                "--dataset=" + shop.resolve("dataset.yaml"),
                "--warehouse=" + warehouse));
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(Program.verify(warehouse)).isEqualTo(expected);
  }

  @Test
  void speculativeAttemptsChangeNothing() throws IOException, InterruptedException {
    Path warehouse = folder.resolve("speculative");
    SparkCluster.Ended run =
        cluster.submit(
            List.of(
                "--conf",
                "spark.speculation=true",
                "--conf",
                "spark.speculation.quantile=0.01",
                "--conf",
                "spark.speculation.multiplier=1",
                "--conf",
                "spark.speculation.interval=10ms",
                "--conf",
                "spark.speculation.minTaskRuntime=1ms",
                "--conf",
                "spark.app.name=speculative",
                "run",
                "--dataset=" + shop.resolve("dataset.yaml"),
                "--warehouse=" + warehouse));
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(cluster.events()).anyMatch(event -> event.contains("\"Speculative\":true"));
    assertThat(Program.verify(warehouse)).isEqualTo(expected);
  }

  /**
   * A worker and its executor are killed while data files are being written. What the dead had
   * written lies about, and is in no table.
   */
  @Test
  void aLostWorkerChangesNothing() throws IOException, InterruptedException {
    try (SparkCluster doomed = SparkCluster.up(folder.resolve("doomed"), 2)) {
      Path warehouse = folder.resolve("survived");
      Path log = folder.resolve("survived.log");
      Process job =
          doomed.submitting(
              List.of(
                  "run",
                  "--dataset=" + shop.resolve("dataset.yaml"),
                  "--warehouse=" + warehouse,
                  "--buckets=24"),
              log);
      while (job.isAlive() && !hasDataFile(warehouse.resolve("silver"))) {
        Thread.sleep(5);
      }
      ProcessHandle worker = doomed.workers().get(0);
      List<ProcessHandle> executors = worker.descendants().toList();
      assertThat(executors).as("executors of %s", worker).isNotEmpty();
      worker.destroyForcibly();
      executors.forEach(ProcessHandle::destroyForcibly);

      assertThat(job.waitFor()).as(Files.readString(log)).isZero();
      assertThat(doomed.events())
          .anyMatch(event -> event.contains("SparkListenerExecutorRemoved"))
          .as("tasks were tried again")
          .anyMatch(
              event ->
                  event.contains("SparkListenerTaskEnd")
                      && (event.contains("ExecutorLostFailure")
                          || event.contains("Resubmitted")
                          || event.contains("FetchFailed")));
      assertThat(Program.verify(warehouse)).isEqualTo(expected);
    }
  }

  @Test
  void theHistoryServerShowsWhatRan() throws IOException, InterruptedException {
    Path warehouse = folder.resolve("remembered");
    run(Engine.CLUSTER, "dataset.yaml", warehouse);
    String server = cluster.history();
    HttpClient client = HttpClient.newHttpClient();
    JsonNode applications = JSON.createArrayNode();
    while (applications.isEmpty()) {
      Thread.sleep(200);
      applications = JSON.readTree(get(client, server + "/api/v1/applications?status=completed"));
    }
    assertThat(applications.get(0).path("name").asText()).isEqualTo("Patron");
    String id = applications.get(0).path("id").asText();
    assertThat(get(client, server + "/api/v1/applications/" + id + "/jobs"))
        .contains("bookstore: ingest", "bookstore: refine", "bookstore: score");
  }

  private static String get(HttpClient client, String address)
      throws IOException, InterruptedException {
    return client
        .send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString())
        .body();
  }

  private static void run(Engine engine, String dataset, Path warehouse, String... options)
      throws IOException, InterruptedException {
    Path definition = shop.resolve(dataset);
    switch (engine) {
      case DIRECT -> Program.run(Program.DIRECT, definition, warehouse, options);
      case SPARK_LOCAL -> Program.run(Program.SPARK, definition, warehouse, options);
      case CLUSTER -> {
        List<String> words =
            Stream.concat(
                    Stream.of("run", "--dataset=" + definition, "--warehouse=" + warehouse),
                    Stream.of(options))
                .toList();
        SparkCluster.Ended run = cluster.submit(words);
        assertThat(run.status()).as(run.err()).isZero();
      }
    }
  }

  private static boolean hasDataFile(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files.anyMatch(file -> file.getFileName().toString().startsWith("part-"));
    }
  }

  private static void assertThatCountsAreTrue(SortedMap<String, String> tables) throws IOException {
    JsonNode truth = JSON.readTree(shop.resolve("truth/accounts.json").toFile());
    assertThat(rows(tables, "silver/customers"))
        .isEqualTo(truth.path("customers").path("current").asLong());
    assertThat(rows(tables, "silver/books"))
        .isEqualTo(truth.path("books").path("versions").asLong());
    for (String table : List.of("customers", "books")) {
      long refused = 0;
      for (JsonNode count : truth.path(table).path("debezium").path("quarantined")) {
        refused += count.asLong();
      }
      assertThat(rows(tables, "quarantine/" + table)).isEqualTo(refused);
    }
  }

  private static long rows(SortedMap<String, String> tables, String table) {
    String line = Objects.requireNonNull(tables.get(table), table);
    return Long.parseLong(line.strip().split(" +", 2)[0]);
  }
}
