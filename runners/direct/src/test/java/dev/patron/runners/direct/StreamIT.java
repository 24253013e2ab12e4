package dev.patron.runners.direct;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.patron.features.frame.BytesColumn;
import dev.patron.pipelines.generate.live.PageServer;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.TableScan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A bookstore that streams in from a real broker and over HTTP gives the tables that its files
 * give, whatever is killed on the way. {@code -Dpatron.kills=30} kills more often.
 */
class StreamIT extends StreamedBookstore {
  private static final int KILLS = Integer.getInteger("patron.kills", 2);

  private Map<String, String> expected = Map.of();

  StreamIT(@TempDir Path folder) throws IOException {
    super(folder);
  }

  @BeforeAll
  void makeTheTablesOfTheFiles() {
    patron("run", "--dataset=" + shop.resolve("dataset.yaml"), "--warehouse=" + at("files"));
    expected = silver("files");
    assertThat(expected).hasSize(4);
  }

  @Test
  void aStreamInIncrementsGivesTheTablesOfTheFiles() throws Exception {
    patron(stream("streamed", "--maxRecordsPerIncrement=200"));
    assertThat(silver("streamed")).isEqualTo(expected);
  }

  @Test
  void whatIsKilledGoesOnWithoutLossOrRepetition() throws Exception {
    Random random = new Random(20_250_101);
    for (int kill = 0; kill < KILLS; kill++) {
      Process process =
          process(
                  folder.resolve("killed-" + kill),
                  stream("killed", "--maxRecordsPerIncrement=150"))
              .start();
      boolean ended = process.waitFor(2_000 + random.nextInt(12_000), TimeUnit.MILLISECONDS);
      process.destroyForcibly().waitFor();
      if (ended) {
        break;
      }
    }
    patron(stream("killed"));
    assertThat(silver("killed")).isEqualTo(expected);
  }

  @Test
  void whatVacuumTakesAwayUnderAStreamIsDoneAnew() throws Exception {
    Path said = folder.resolve("vacuumed-said");
    Process process = process(said, stream("vacuumed", "--maxRecordsPerIncrement=60")).start();
    try {
      awaitUntil(() -> !process.isAlive() || text(said).contains("increment 2:"));
      Random random = new Random(20_251_201);
      while (process.isAlive()) {
        patron("vacuum", "--warehouse=" + at("vacuumed"), "--retain=PT0S");
        // Long enough for an increment to come to its end now and then.
        boolean unused = process.waitFor(2_000 + random.nextInt(3_000), TimeUnit.MILLISECONDS);
      }
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(text(said)).isZero();
    assertThat(text(said)).contains("; trying again\n").doesNotContain("\tat ");
    assertThat(silver("vacuumed")).isEqualTo(expected);
  }

  @Test
  void whoTrainsBesideAStreamSucceedsAndTheStreamScoresEverybodyAnewAndEndsWellWhenTold()
      throws Exception {
    broker.createTopic("promoted", 2, Map.of());
    Path said = folder.resolve("said");
    Process process =
        process(
                said,
                "stream",
                "--dataset=" + shop.resolve("dataset-kafka.yaml"),
                "--warehouse=" + at("stopped"),
                "--maxRecordsPerIncrement=60",
                "--scoresTopic=promoted",
                "--every=PT0S")
            .start();
    try {
      awaitUntil(() -> !process.isAlive() || text(said).contains("increment 8:"));
      train("stopped");
      awaitUntil(
          () ->
              !process.isAlive()
                  || text(said)
                      .contains(
                          "behind: bookstore.orders 0, bookstore.public.books 0,"
                              + " bookstore.public.customers 0"));
      awaitUntil(() -> !process.isAlive() || text(said).contains(" scores to promoted"));
      // Nothing comes any more but this model.
      train("stopped", "--seed=7", "--k=4");
      awaitUntil(() -> !process.isAlive() || scoredAt("stopped").equals(Set.of("segments/2")));
      // SIGTERM
      process.destroy();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(text(said)).isZero();
    assertThat(text(said)).contains("patron: stopped; ");
    assertThat(silver("stopped")).isEqualTo(expected);
    patron(stream("stopped", "--scoresTopic=promoted"));
    Set<String> told = new HashSet<>();
    for (ConsumerRecord<String, String> message : broker.messages("promoted")) {
      if (new ObjectMapper()
          .readTree(message.value())
          .get("segment_model")
          .asText()
          .equals("segments/2")) {
        told.add(message.key());
      }
    }
    assertThat(told).hasSize(rows("stopped", "gold/customer_scores"));
  }

  /** The versions of the segments' model that the scores of a warehouse are of. */
  private Set<String> scoredAt(String warehouse) {
    LakeTable scores = LakeTable.at(at(warehouse).toString(), "gold/customer_scores");
    Set<String> models = new HashSet<>();
    TableScan.of(scores.snapshot(), List.of("segment_model"))
        .forEach(
            frame -> {
              BytesColumn model = frame.bytes("segment_model");
              for (int row = 0; row < frame.rows(); row++) {
                models.add(model.text(row));
              }
            });
    return models;
  }

  @Test
  void aBackFillFromFilesIsGoneOnWithByTheTopicsWithoutDuplicates() throws Exception {
    patron(
        "ingest", "--dataset=" + shop.resolve("dataset.yaml"), "--warehouse=" + at("overlapping"));
    patron(stream("overlapping"));
    assertThat(silver("overlapping")).isEqualTo(expected);
  }

  @Test
  void pagesOfAServiceThatFailsGiveTheTablesOfTheFiles() throws Exception {
    try (PageServer server = PageServer.start(shop, 0, 0, 0.2, 7)) {
      Path dataset =
          Files.writeString(
              shop.resolve("dataset-served.yaml"),
              Files.readString(shop.resolve("dataset-rest.yaml"))
                  .replace("${BOOKSTORE_URL}", server.url()));
      patron("ingest", "--dataset=" + dataset, "--warehouse=" + at("served"));
      patron("ingest", "--dataset=" + dataset, "--warehouse=" + at("served"));
      patron("refine", "--dataset=" + dataset, "--warehouse=" + at("served"));
    }
    assertThat(silver("served")).isEqualTo(expected);
  }
}
