package dev.patron.runners.direct;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.pipelines.Patron;
import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.generate.live.PageServer;
import dev.patron.testing.KafkaBroker;
import dev.patron.transforms.lake.Commit;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.TableScan;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A bookstore that streams in from a real broker and over HTTP gives the tables that its files
 * give, whatever is killed on the way. {@code -Dpatron.kills=30} kills more often.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StreamIT {
  private static final int KILLS = Integer.getInteger("patron.kills", 2);
  private static final Set<String> SILVER =
      Set.of("silver/books", "silver/customers", "silver/orders", "silver/purchases");

  private final Path folder;
  private final KafkaBroker broker;
  private final Path shop;
  private Map<String, String> expected = Map.of();

  StreamIT(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.shop = folder.resolve("shop");
    this.broker = KafkaBroker.shared();
  }

  @BeforeAll
  void playTheBookstore() throws Exception {
    patron("generate", "--customers=60", "--output=" + shop, "--kafka=" + broker.bootstrap());
    Files.writeString(
        shop.resolve("dataset-topics.yaml"),
        Files.readString(shop.resolve("dataset-kafka.yaml"))
            .replace("${KAFKA_BOOTSTRAP}", broker.bootstrap()));
    patron("run", "--dataset=" + shop.resolve("dataset.yaml"), "--warehouse=" + at("files"));
    expected = silver("files");
    assertThat(expected.keySet()).isEqualTo(SILVER);
  }

  private Path at(String warehouse) {
    return folder.resolve(warehouse);
  }

  // ---- The program

  /** Runs it here, and wants it to end well. */
  private static String patron(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        new Patron(
                new Console(
                    new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), false))
            .run(List.of(arguments));
    assertThat(status).as(() -> err.toString(UTF_8)).isZero();
    return out.toString(UTF_8);
  }

  /** Runs it as a process, for what is killed, told to stop, or shall keep a secret. */
  private ProcessBuilder process(Path said, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(List.of("-Xmx1g", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(Patron.class.getName());
    command.addAll(List.of(arguments));
    ProcessBuilder process = new ProcessBuilder(command);
    process.environment().put("KAFKA_BOOTSTRAP", broker.bootstrap());
    return process.redirectErrorStream(true).redirectOutput(said.toFile());
  }

  private static void awaitUntil(BooleanSupplier comes) throws InterruptedException {
    for (int i = 0; i < 5_000 && !comes.getAsBoolean(); i++) {
      Thread.sleep(100);
    }
    assertThat(comes.getAsBoolean()).isTrue();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private String[] stream(String warehouse, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "stream",
                "--dataset=" + shop.resolve("dataset-topics.yaml"),
                "--warehouse=" + at(warehouse),
                "--every=PT0S",
                "--untilCaughtUp"));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  /** The rows and digests of the silver tables. */
  private Map<String, String> silver(String warehouse) {
    return patron("verify", "--warehouse=" + at(warehouse))
        .lines()
        .map(line -> line.split(" +", 2))
        .filter(words -> SILVER.contains(words[0]))
        .collect(Collectors.toMap(words -> words[0], words -> words[1]));
  }

  // ---- What is promised

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
    for (ConsumerRecord<String, String> message : messages("promoted")) {
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

  private void train(String warehouse, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "train",
                "--dataset=" + shop.resolve("dataset-topics.yaml"),
                "--warehouse=" + at(warehouse)));
    arguments.addAll(List.of(more));
    patron(arguments.toArray(String[]::new));
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

  private int rows(String warehouse, String table) {
    return patron("verify", "--warehouse=" + at(warehouse))
        .lines()
        .filter(line -> line.startsWith(table + " "))
        .mapToInt(line -> Integer.parseInt(line.split(" +", 3)[1]))
        .findFirst()
        .orElseThrow();
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

  @Test
  void changedScoresGoToATopicOnceWithTheirIds() throws Exception {
    broker.createTopic("scores", 2, Map.of());
    String[] half = stream("scored", "--maxRecordsPerIncrement=300");
    patron(half);
    train("scored");
    Path said = folder.resolve("said of a secret");
    Process secured = process(said, secured(stream("scored", "--scoresTopic=scores"))).start();
    assertThat(secured.waitFor()).as(() -> text(said)).isZero();
    assertNothingHolds(KafkaBroker.PASSWORD, at("scored"));
    assertThat(text(said)).doesNotContain(KafkaBroker.PASSWORD);
    List<ConsumerRecord<String, String>> first = messages("scores");
    // Nothing is new: nothing is sent again.
    patron(stream("scored", "--scoresTopic=scores"));
    assertThat(messages("scores")).hasSameSizeAs(first);

    Map<String, JsonNode> latest = new LinkedHashMap<>();
    Set<String> ids = new HashSet<>();
    for (ConsumerRecord<String, String> message : first) {
      JsonNode score = new ObjectMapper().readTree(message.value());
      assertThat(message.key()).isEqualTo(score.get("customer_id").asText());
      assertThat(ids.add(score.get("id").asText())).isTrue();
      latest.put(message.key(), score);
    }
    assertThat(latest).hasSize(rows("scored", "gold/customer_scores"));
    assertThat(latest.values())
        .allSatisfy(score -> assertThat(score.get("cltv").isNumber()).isTrue());
  }

  @Test
  void everyRecordIsCountedByALineAlsoWhereItsScoresHadToWait() throws Exception {
    broker.createTopic("awaited", 2, Map.of());
    Path before = folder.resolve("said before a model");
    Process first = process(before, stream("awaiting", "--maxRecordsPerIncrement=60")).start();
    awaitUntil(() -> !first.isAlive() || text(before).contains("increment 3:"));
    first.destroy();
    assertThat(first.waitFor(60, TimeUnit.SECONDS)).isTrue();
    train("awaiting");
    Path said = folder.resolve("said of what had to wait");
    Process second =
        process(said, stream("awaiting", "--maxRecordsPerIncrement=60", "--scoresTopic=awaited"))
            .start();
    try {
      awaitUntil(() -> !second.isAlive() || text(said).contains("increment 1:"));
      KafkaBroker.await(broker.admin().deleteTopics(List.of("awaited")).all());
      awaitUntil(() -> !second.isAlive() || triedAgain(said) >= 1);
      Map<String, Long> read = bronzeVersions("awaiting");
      awaitUntil(() -> !second.isAlive() || triedAgain(said) >= 3);
      // Else the scores would be sent again as if they were computed from more: under other ids.
      assertThat(bronzeVersions("awaiting")).isEqualTo(read);
      broker.createTopic("awaited", 2, Map.of());
      assertThat(second.waitFor(300, TimeUnit.SECONDS)).isTrue();
    } finally {
      second.destroyForcibly();
    }
    assertThat(second.exitValue()).as(text(said)).isZero();
    assertThat(text(said))
        .contains("patron: scores cannot be written to topic 'awaited': ")
        .contains("; trying again");
    // The topic is another one now, and has all of them.
    assertThat(customersTold("awaited")).hasSize(rows("awaiting", "gold/customer_scores"));
    assertThat(counted(before) + counted(said))
        .as(text(said))
        .isEqualTo(
            rows("awaiting", "bronze/books")
                + rows("awaiting", "bronze/customers")
                + rows("awaiting", "bronze/orders"));
  }

  private static long triedAgain(Path said) {
    return text(said).lines().filter(line -> line.endsWith("; trying again")).count();
  }

  private Map<String, Long> bronzeVersions(String warehouse) {
    return Stream.of("books", "customers", "orders")
        .collect(
            Collectors.toMap(
                table -> table,
                table ->
                    LakeTable.at(at(warehouse).toString(), "bronze/" + table)
                        .version()
                        .orElse(-1)));
  }

  private Set<String> customersTold(String topic) {
    return messages(topic).stream().map(ConsumerRecord::key).collect(Collectors.toSet());
  }

  private void makeAnew(String topic) {
    KafkaBroker.await(broker.admin().deleteTopics(List.of(topic)).all());
    broker.createTopic(topic, 2, Map.of());
  }

  /** The bookstore with its orders in files of JSON lines, so that some can come beside a topic. */
  private Path withOrdersInFiles(String name) throws IOException {
    Path orders = Files.createDirectory(shop.resolve("orders-" + name));
    Files.write(
        orders.resolve("first.jsonl"),
        messages("bookstore.orders").stream().map(ConsumerRecord::value).toList());
    return Files.writeString(
        shop.resolve("dataset-" + name + ".yaml"),
        Files.readString(shop.resolve("dataset-topics.yaml"))
            .replaceFirst(
                "from: \\{ kafka: bookstore.orders,.*",
                "from: { files: \"orders-" + name + "/*.jsonl\", format: jsonl }"));
  }

  /** One more file of one order, which is not the latest of all, so that the time stays. */
  private void order(String name, String file, int order, String day, int customer)
      throws IOException {
    Files.writeString(
        shop.resolve("orders-" + name).resolve(file + ".jsonl"),
        "{\"order_id\":%d,\"order_timestamp\":\"%sT00:00:00.000000Z\",\"customer_id\":%d,\"quantity\":1,\"total\":700.00,\"books\":[{\"book_id\":1,\"quantity\":1,\"subtotal\":700.00}]}\n"
            .formatted(order, day, customer));
  }

  private String[] alike(String command, Path dataset, String warehouse, String... more) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of(command, "--dataset=" + dataset, "--warehouse=" + at(warehouse)));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  @Tag("patience")
  @Test
  void anIdleStreamFinishesWhatAnotherCommandBegan() throws Exception {
    Path dataset = withOrdersInFiles("beside");
    broker.createTopic("beside", 2, Map.of());
    patron(alike("run", dataset, "beside"));
    Path said = folder.resolve("said beside others");
    Process process =
        process(said, alike("stream", dataset, "beside", "--every=PT0.5S", "--scoresTopic=beside"))
            .start();
    try {
      awaitUntil(() -> !process.isAlive() || text(said).contains("increment 1:"));
      order("beside", "second", 910_001, "2024-06-01", 9_001);
      patron(alike("ingest", dataset, "beside"));
      awaitUntil(() -> !process.isAlive() || customersTold("beside").contains("9001"));
      order("beside", "third", 910_002, "2024-06-02", 9_002);
      patron(alike("run", dataset, "beside"));
      awaitUntil(() -> !process.isAlive() || customersTold("beside").contains("9002"));
      assertThat(process.isAlive()).as(() -> text(said)).isTrue();
      // What it decided itself is nothing that it was left.
      long increments = text(said).lines().filter(line -> line.contains(": increment ")).count();
      Thread.sleep(15_000);
      assertThat(text(said).lines().filter(line -> line.contains(": increment ")).count())
          .as(() -> text(said))
          .isLessThanOrEqualTo(increments + 1);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void whatIsSentAgainHasEqualIdsWhateverOthersDidBetween() throws Exception {
    Path dataset = withOrdersInFiles("resent");
    broker.createTopic("resent", 2, Map.of());
    String[] stream = alike("stream", dataset, "resent", "--untilCaughtUp", "--scoresTopic=resent");
    patron(alike("run", dataset, "resent"));
    patron(stream);
    int customers = messages("resent").size();
    for (String other : List.of("ingest", "run")) {
      forgetWhatWasPublishedLast("resent");
      order("resent", other, 910_001 + other.length(), "2024-06-01", 9_001 + other.length());
      patron(alike(other, dataset, "resent"));
      patron(stream);
    }
    Map<String, Set<String>> ids = new LinkedHashMap<>();
    for (ConsumerRecord<String, String> message : messages("resent")) {
      ObjectNode score = (ObjectNode) new ObjectMapper().readTree(message.value());
      String id = score.remove("id").asText();
      ids.computeIfAbsent(score.toString(), any -> new HashSet<>()).add(id);
    }
    assertThat(messages("resent")).hasSizeGreaterThan(2 * customers);
    assertThat(ids.values()).allSatisfy(same -> assertThat(same).hasSize(1));
  }

  /** As if the stream had been killed when all was sent, and before it remembered that. */
  private void forgetWhatWasPublishedLast(String warehouse) throws IOException {
    Path log = at(warehouse).resolve("_published/_delta_log");
    String newest =
        "%020d."
            .formatted(
                LakeTable.at(at(warehouse).toString(), "_published").version().orElseThrow());
    try (Stream<Path> files = Files.list(log)) {
      for (Path file : files.filter(any -> any.toString().contains(newest)).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void whoHasNoScoreAnyMoreIsToldByAnEmptyMessage() throws Exception {
    Path dataset = withOrdersInFiles("leaving");
    broker.createTopic("leaving", 2, Map.of());
    String[] stream =
        alike("stream", dataset, "leaving", "--untilCaughtUp", "--scoresTopic=leaving");
    order("leaving", "theirs", 910_001, "2024-06-01", 9_001);
    patron(alike("run", dataset, "leaving"));
    patron(stream);
    order("leaving", "another's", 910_001, "2024-06-02", 9_002);
    patron(alike("run", dataset, "leaving"));
    patron(stream);
    Map<String, Boolean> scored = new HashMap<>();
    messages("leaving").forEach(message -> scored.put(message.key(), message.value() != null));
    assertThat(scored).containsEntry("9001", false).containsEntry("9002", true);
    scored.values().removeIf(told -> !told);
    assertThat(scored).hasSize(rows("leaving", "gold/customer_scores"));
  }

  @Tag("patience")
  @Test
  void anIdleStreamGoesOnBehindAForgottenCustomer() throws Exception {
    Path dataset = withOrdersInFiles("forgetting");
    broker.createTopic("forgetting", 2, Map.of());
    order("forgetting", "theirs", 910_001, "2024-06-01", 9_001);
    patron(alike("run", dataset, "forgetting"));
    Path said = folder.resolve("said beside one who is forgotten");
    Process process =
        process(
                said,
                alike(
                    "stream", dataset, "forgetting", "--every=PT0.5S", "--scoresTopic=forgetting"))
            .start();
    try {
      awaitUntil(() -> !process.isAlive() || text(said).contains("increment 1:"));
      patron(alike("forget", dataset, "forgetting", "--customer=9001"));
      order("forgetting", "another's", 910_002, "2024-06-02", 9_002);
      patron(alike("ingest", dataset, "forgetting"));
      awaitUntil(() -> !process.isAlive() || customersTold("forgetting").contains("9002"));
      assertThat(process.isAlive()).as(() -> text(said)).isTrue();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aTopicThatIsMadeAnewGetsAllScoresAlsoWhereOnlyItsNameWasKnown() {
    broker.createTopic("remade", 2, Map.of());
    patron(stream("remade"));
    train("remade");
    patron(stream("remade"));
    // So did versions of this program that kept the name alone.
    LakeTable.at(at("remade").toString(), "_published")
        .commit(
            Commit.append(Schema.of().with("topic", Type.STRING), List.of())
                .withTransaction(
                    "scores to remade",
                    LakeTable.at(at("remade").toString(), "gold/customer_scores")
                        .snapshot()
                        .version()));
    patron(stream("remade", "--scoresTopic=remade"));
    assertThat(messages("remade")).isEmpty();
    for (int time = 0; time < 2; time++) {
      makeAnew("remade");
      patron(stream("remade", "--scoresTopic=remade"));
      assertThat(customersTold("remade")).hasSize(rows("remade", "gold/customer_scores"));
    }
    int messages = messages("remade").size();
    patron(stream("remade", "--scoresTopic=remade"));
    assertThat(messages("remade")).hasSize(messages);
  }

  @Test
  void aTopicThatTakesNothingForAWhileIsWaitedForInSilence() throws Exception {
    broker.createTopic("unwilling", 2, Map.of("max.message.bytes", "1000"));
    patron(stream("unwilling"));
    train("unwilling");
    Path said = folder.resolve("said of an unwilling topic");
    Process process = process(said, stream("unwilling", "--scoresTopic=unwilling")).start();
    try {
      awaitUntil(
          () ->
              !process.isAlive()
                  || LakeTable.at(at("unwilling").toString(), "gold/customer_scores").exists());
      Thread.sleep(3_000);
      KafkaBroker.await(
          broker
              .admin()
              .incrementalAlterConfigs(
                  Map.of(
                      new ConfigResource(ConfigResource.Type.TOPIC, "unwilling"),
                      List.of(
                          new AlterConfigOp(
                              new ConfigEntry("max.message.bytes", "1000000"),
                              AlterConfigOp.OpType.SET))))
              .all());
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(text(said)).isZero();
    assertThat(text(said).lines()).allMatch(line -> line.startsWith("patron: "));
    assertThat(messages("unwilling")).hasSize(rows("unwilling", "gold/customer_scores"));
  }

  /** The records of all increments that a stream told of. */
  private static int counted(Path said) {
    return Pattern.compile("increment [0-9]+: ([0-9,]+) records")
        .matcher(text(said))
        .results()
        .mapToInt(line -> Integer.parseInt(line.group(1).replace(",", "")))
        .sum();
  }

  /** The same stream from the same topics, by the brokers' entrance that asks for a password. */
  private String[] secured(String... arguments) throws IOException {
    Files.writeString(folder.resolve("jaas"), KafkaBroker.login(KafkaBroker.PASSWORD));
    Path dataset =
        Files.writeString(
            shop.resolve("dataset-secured.yaml"),
            Files.readString(shop.resolve("dataset-kafka.yaml"))
                .replace(
                    "bootstrap: \"${KAFKA_BOOTSTRAP}\"",
                    "bootstrap: \"%s\", properties: { security.protocol: SASL_PLAINTEXT, sasl.mechanism: PLAIN, sasl.jaas.config: \"${file:%s}\" }"
                        .formatted(broker.securedBootstrap(), folder.resolve("jaas"))));
    return Arrays.stream(arguments)
        .map(argument -> argument.startsWith("--dataset=") ? "--dataset=" + dataset : argument)
        .toArray(String[]::new);
  }

  private static void assertNothingHolds(String secret, Path warehouse) throws IOException {
    try (Stream<Path> files = Files.walk(warehouse)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(new String(Files.readAllBytes(file), ISO_8859_1))
            .as(file.toString())
            .doesNotContain(secret);
      }
    }
  }

  private List<ConsumerRecord<String, String>> messages(String topic) {
    Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrap());
    List<ConsumerRecord<String, String>> messages = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(partition -> new TopicPartition(topic, partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream()
          .anyMatch(at -> consumer.position(at) < ends.getOrDefault(at, 0L))) {
        consumer.poll(Duration.ofMillis(200)).forEach(messages::add);
      }
    }
    return messages;
  }
}
