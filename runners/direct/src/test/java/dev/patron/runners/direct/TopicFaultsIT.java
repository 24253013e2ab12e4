package dev.patron.runners.direct;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.pipelines.Patron;
import dev.patron.pipelines.console.Console;
import dev.patron.testing.KafkaBroker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with a topic is said once, in one line, with the status that fits. */
class TopicFaultsIT {
  private final Path folder;
  private final KafkaBroker broker;
  private final String topic = "visits-" + UUID.randomUUID();

  TopicFaultsIT(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.broker = KafkaBroker.shared();
  }

  @BeforeEach
  void makeATopic() {
    broker.createTopic(topic, 1, Map.of());
  }

  // ---- Given

  private Path dataset(String more) throws IOException {
    return dataset(more, broker);
  }

  private Path dataset(String more, KafkaBroker of) throws IOException {
    return Files.writeString(
        folder.resolve("dataset.yaml"),
        """
        name: visits
        zone: UTC
        tables:
          visits:
            keep: facts
            columns: { id: long }
            from: { kafka: %s, bootstrap: "%s", format: jsonl%s }
        """
            .formatted(topic, of.bootstrap(), more));
  }

  /** A dataset of these tables, the changes of which share the topic. */
  private Path changes(String... tables) throws IOException {
    StringBuilder text = new StringBuilder("name: shared\nzone: UTC\ntables:\n");
    for (String table : tables) {
      text.append(
          """
            %s:
              keep: current
              key: [id]
              columns: { id: long }
              from: { kafka: %s, bootstrap: "%s", format: debezium }
          """
              .formatted(table, topic, broker.bootstrap()));
    }
    return Files.writeString(
        folder.resolve("shared-" + String.join("-", tables) + ".yaml"), text.toString());
  }

  private void sendChanges(String table, int records) {
    try (KafkaProducer<String, String> producer = producer(null)) {
      for (int id = 0; id < records; id++) {
        var unused =
            producer.send(
                new ProducerRecord<>(
                    topic,
                    "{\"op\":\"c\",\"source\":{\"table\":\"%s\",\"lsn\":%d,\"ts_ms\":%d},\"after\":{\"id\":%d}}"
                        .formatted(table, id, id, id)));
      }
    }
  }

  private void expireBefore(long offset) {
    KafkaBroker.await(
        broker
            .admin()
            .deleteRecords(
                Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(offset)))
            .all());
  }

  private KafkaProducer<String, String> producer(@Nullable String transactional) {
    Map<String, Object> settings = new HashMap<>(Map.of("bootstrap.servers", broker.bootstrap()));
    if (transactional != null) {
      settings.put("transactional.id", transactional);
    }
    return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
  }

  private void send(KafkaProducer<String, String> producer, int records) {
    for (int id = 0; id < records; id++) {
      var unused = producer.send(new ProducerRecord<>(topic, "{\"id\": " + id + "}"));
    }
    producer.flush();
  }

  private void send(int records) {
    try (KafkaProducer<String, String> producer = producer(null)) {
      send(producer, records);
    }
  }

  // ---- When

  private record Ended(int status, String said) {}

  private static Ended run(ByteArrayOutputStream said, List<String> arguments) {
    PrintStream err = new PrintStream(said, true, UTF_8);
    int status = new Patron(new Console(err, err, false)).run(arguments);
    return new Ended(status, said.toString(UTF_8));
  }

  private Ended run(String command, String more, String... options) throws IOException {
    return run(new ByteArrayOutputStream(), arguments(command, more, options));
  }

  private List<String> arguments(String command, String more, String... options)
      throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.add(command);
    arguments.add("--dataset=" + dataset(more));
    arguments.add("--warehouse=" + folder.resolve("warehouse"));
    arguments.addAll(List.of(options));
    return arguments;
  }

  private Ended catchUp(String more) throws IOException {
    return run("stream", more, "--untilCaughtUp", "--every=PT0S");
  }

  // ---- Then

  @Test
  void scoresDoNotGoToATopicThatIsRead() throws IOException {
    assertThat(run("stream", "", "--untilCaughtUp", "--scoresTopic=" + topic))
        .isEqualTo(
            new Ended(
                2,
                ("patron: --scoresTopic=%s: table 'visits' reads this topic, so that scores would"
                        + " become its records; name another topic\n")
                    .formatted(topic)));
  }

  @Test
  void scoresGoToATopicThatHasAName() throws IOException {
    for (String name : List.of("", "a/b", "..")) {
      assertThat(run("stream", "", "--untilCaughtUp", "--scoresTopic=" + name))
          .isEqualTo(
              new Ended(
                  2,
                  ("patron: --scoresTopic=%s is no topic's name; expected letters, digits, '.', '_'"
                          + " and '-'\n")
                      .formatted(name)));
    }
  }

  @Test
  void propertiesThatAreWrongAreKnownAtTheStart() throws IOException {
    send(1);
    Ended ended = run("run", ", properties: { max.poll.records: 0 }");
    assertThat(ended)
        .isEqualTo(
            new Ended(
                2,
                ("patron: table 'visits': Kafka at %s cannot be set up: Invalid value 0 for"
                        + " configuration max.poll.records: Value must be at least 1\n")
                    .formatted(broker.bootstrap())));
  }

  @Test
  void whatWaitsBehindAnOpenTransactionIsToldAndNotWaitedFor() throws IOException {
    send(1);
    try (KafkaProducer<String, String> open = producer("open-" + topic)) {
      open.initTransactions();
      open.beginTransaction();
      send(open, 1);
      send(2);
      String held =
          ("patron: %s-0: a transaction is open since offset 1, and nothing behind that can be read"
                  + " before it is committed or aborted\n")
              .formatted(topic);
      Ended ended = catchUp("");
      assertThat(ended.status()).isZero();
      assertThat(ended.said()).contains("behind: " + topic + " 3\n").containsOnlyOnce(held);
      assertThat(run("ingest", "").said()).containsOnlyOnce(held);
    }
  }

  @Test
  void anIncrementTellsItsRecordsAndNotTheOffsets() throws IOException {
    try (KafkaProducer<String, String> producer = producer("counted-" + topic)) {
      producer.initTransactions();
      for (int transaction = 0; transaction < 3; transaction++) {
        producer.beginTransaction();
        send(producer, 2);
        producer.commitTransaction();
      }
    }
    assertThat(catchUp("").said()).contains("patron: increment 1: 6 records in ");
  }

  @Test
  void recordsThatExpiredAreToldOnce() throws IOException {
    send(1);
    assertThat(catchUp("").status()).isZero();
    send(3);
    expireBefore(3);
    assertThat(catchUp(", expired: skip").said())
        .containsOnlyOnce(
            "patron: %s-0: 2 offsets expired before they were read and are skipped\n"
                .formatted(topic));
  }

  private Ended ingest(Path dataset) {
    return run(
        new ByteArrayOutputStream(),
        List.of("ingest", "--dataset=" + dataset, "--warehouse=" + folder.resolve("warehouse")));
  }

  @Test
  void aTableThatJoinsATopicDoesNotHideThatTheTopicWasMadeAnew() throws IOException {
    sendChanges("a", 5);
    assertThat(ingest(changes("a")).status()).isZero();
    KafkaBroker.await(broker.admin().deleteTopics(List.of(topic)).all());
    broker.createTopic(topic, 1, Map.of());
    sendChanges("a", 6);
    sendChanges("b", 1);
    Ended ended = ingest(changes("a", "b"));
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.said())
        .contains("topic '" + topic + "' was deleted and made again since it was read");
  }

  @Test
  void aTableThatJoinsATopicDoesNotHideThatRecordsOfTheOthersExpired() throws IOException {
    sendChanges("a", 3);
    assertThat(ingest(changes("a")).status()).isZero();
    sendChanges("a", 6);
    sendChanges("b", 1);
    expireBefore(6);
    Ended ended = ingest(changes("a", "b"));
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.said())
        .contains(topic + "-0: the records from offset 3 to 5 expired before they were read");
  }

  @Test
  void aTopicThatIsAlwaysWrittenToIsCaughtUpWithAtItsEndOfTheStart() throws Exception {
    send(20);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    List<String> stream =
        arguments("stream", "", "--untilCaughtUp", "--every=PT0S", "--maxRecordsPerIncrement=10");
    ExecutorService beside = Executors.newSingleThreadExecutor();
    try {
      Future<Ended> ended = beside.submit(() -> run(said, stream));
      while (!ended.isDone() && !said.toString(UTF_8).contains("increment 1:")) {
        Thread.sleep(10);
      }
      // Faster than it is read.
      while (!ended.isDone() && !said.toString(UTF_8).contains("increment 4:")) {
        send(10);
      }
      assertThat(ended.get(60, TimeUnit.SECONDS).status()).isZero();
      assertThat(said.toString(UTF_8)).contains("increment 2:").doesNotContain("increment 3:");
    } finally {
      beside.shutdownNow();
    }
  }

  @Tag("patience")
  @Test
  void aStreamWhoseTopicIsDeletedFails() throws Exception {
    send(1);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    List<String> stream = arguments("stream", "", "--every=PT0.2S");
    ExecutorService beside = Executors.newSingleThreadExecutor();
    try {
      Future<Ended> ended = beside.submit(() -> run(said, stream));
      while (!ended.isDone() && !said.toString(UTF_8).contains("increment 1:")) {
        Thread.sleep(50);
      }
      KafkaBroker.await(broker.admin().deleteTopics(List.of(topic)).all());
      assertThat(ended.get(60, TimeUnit.SECONDS).said())
          .endsWith(
              "patron: stream failed: table 'visits': Kafka at %s has no topic '%s'\n"
                  .formatted(broker.bootstrap(), topic));
      assertThat(ended.get().status()).isEqualTo(1);
    } finally {
      beside.shutdownNow();
    }
  }

  @Tag("patience")
  @Test
  void aClusterThatIsAwayAtTheStartIsWaitedFor() throws Exception {
    try (KafkaBroker away = KafkaBroker.start(Files.createDirectory(folder.resolve("away")))) {
      away.createTopic(topic, 1, Map.of());
      away.createTopic("scores", 1, Map.of());
      away.kill();
      List<String> stream =
          arguments("stream", "", "--untilCaughtUp", "--every=PT0S", "--scoresTopic=scores");
      dataset("", away);
      ByteArrayOutputStream said = new ByteArrayOutputStream();
      ExecutorService beside = Executors.newSingleThreadExecutor();
      try {
        Future<Ended> ended = beside.submit(() -> run(said, stream));
        while (!ended.isDone() && !said.toString(UTF_8).contains("; trying again\n")) {
          Thread.sleep(50);
        }
        away.start();
        assertThat(ended.get(120, TimeUnit.SECONDS).status())
            .as(() -> said.toString(UTF_8))
            .isZero();
      } finally {
        beside.shutdownNow();
      }
    }
  }

  @Test
  void aRefusedRecordIsSaidToBeInItsPartition() throws IOException {
    send(1);
    try (KafkaProducer<String, String> producer = producer(null)) {
      var unused = producer.send(new ProducerRecord<>(topic, "{\"id\": \"x\"}"));
    }
    assertThat(run("run", "").said()).contains("; the first: " + topic + "[0]:1: ");
  }

  /** All that the program says as a process of its own, the loggers' words included. */
  private Ended process(List<String> arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(Patron.class.getName());
    command.addAll(arguments);
    Path said = folder.resolve("said");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), Files.readString(said));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ingest", "stream"})
  void whoIsNotLetInIsToldInOneLine(String command) throws Exception {
    Path dataset =
        dataset(
            ", properties: { security.protocol: SASL_PLAINTEXT,"
                + " sasl.mechanism: PLAIN, sasl.jaas.config: '"
                + KafkaBroker.login("wrong")
                + "' }");
    Files.writeString(
        dataset, Files.readString(dataset).replace(broker.bootstrap(), broker.securedBootstrap()));
    assertThat(
            process(
                List.of(
                    command, "--dataset=" + dataset, "--warehouse=" + folder.resolve("warehouse"))))
        .isEqualTo(
            new Ended(
                1,
                ("patron: %s failed: Kafka at %s: Authentication failed: Invalid username or"
                        + " password; see that sasl.mechanism and sasl.jaas.config are right\n")
                    .formatted(command, broker.securedBootstrap())));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ingest", "stream"})
  void aCertificateThatIsNotTrustedIsToldInOneLine(String command) throws Exception {
    Path dataset = dataset(", properties: { security.protocol: SSL }");
    Files.writeString(
        dataset, Files.readString(dataset).replace(broker.bootstrap(), broker.sslBootstrap()));
    assertThat(
            process(
                List.of(
                    command, "--dataset=" + dataset, "--warehouse=" + folder.resolve("warehouse"))))
        .isEqualTo(
            new Ended(
                1,
                ("patron: %s failed: Kafka at %s: SSL handshake failed: its certificate is not trusted;"
                        + " name the file of that, or of its authority's, as"
                        + " ssl.truststore.location (with ssl.truststore.type: PEM, say)\n")
                    .formatted(command, broker.sslBootstrap())));
  }

  @Test
  void aTopicThatIsNotThereAtTheStartIsWrongUsage() throws IOException {
    KafkaBroker.await(broker.admin().deleteTopics(List.of(topic)).all());
    assertThat(catchUp(""))
        .isEqualTo(
            new Ended(
                2,
                "patron: table 'visits': Kafka at %s has no topic '%s'\n"
                    .formatted(broker.bootstrap(), topic)));
  }
}
