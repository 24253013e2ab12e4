package dev.patron.runners.direct;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.testing.KafkaBroker;
import dev.patron.transforms.lake.Commit;
import dev.patron.transforms.lake.LakeTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The topic of the scores: whose changed is told once, under an id that stays the same. */
class ScoresTopicIT extends StreamedBookstore {
  ScoresTopicIT(@TempDir Path folder) throws IOException {
    super(folder);
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
    List<ConsumerRecord<String, String>> first = broker.messages("scores");
    // Nothing is new: nothing is sent again.
    patron(stream("scored", "--scoresTopic=scores"));
    assertThat(broker.messages("scores")).hasSameSizeAs(first);

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

  @Tag("patience")
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
    return broker.messages(topic).stream().map(ConsumerRecord::key).collect(Collectors.toSet());
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
        broker.messages("bookstore.orders").stream().map(ConsumerRecord::value).toList());
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
    int customers = broker.messages("resent").size();
    for (String other : List.of("ingest", "run")) {
      forgetWhatWasPublishedLast("resent");
      order("resent", other, 910_001 + other.length(), "2024-06-01", 9_001 + other.length());
      patron(alike(other, dataset, "resent"));
      patron(stream);
    }
    Map<String, Set<String>> ids = new LinkedHashMap<>();
    for (ConsumerRecord<String, String> message : broker.messages("resent")) {
      ObjectNode score = (ObjectNode) new ObjectMapper().readTree(message.value());
      String id = score.remove("id").asText();
      ids.computeIfAbsent(score.toString(), any -> new HashSet<>()).add(id);
    }
    assertThat(broker.messages("resent")).hasSizeGreaterThan(2 * customers);
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
    broker
        .messages("leaving")
        .forEach(message -> scored.put(message.key(), message.value() != null));
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
    assertThat(broker.messages("remade")).isEmpty();
    for (int time = 0; time < 2; time++) {
      makeAnew("remade");
      patron(stream("remade", "--scoresTopic=remade"));
      assertThat(customersTold("remade")).hasSize(rows("remade", "gold/customer_scores"));
    }
    int messages = broker.messages("remade").size();
    patron(stream("remade", "--scoresTopic=remade"));
    assertThat(broker.messages("remade")).hasSize(messages);
  }

  @Test
  void aTableOfScoresThatIsMadeAnewOrPutBackIsSentWhole() throws Exception {
    Path dataset = withOrdersInFiles("renewed");
    broker.createTopic("renewed", 2, Map.of());
    String[] stream =
        alike("stream", dataset, "renewed", "--untilCaughtUp", "--scoresTopic=renewed");
    patron(alike("run", dataset, "renewed"));
    Path saved = Files.createDirectory(folder.resolve("saved scores")).resolve("copy");
    copyAll(at("renewed").resolve("gold/customer_scores"), saved);
    order("renewed", "second", 910_001, "2024-06-01", 9_001);
    patron(stream);
    // So did versions of this program that kept no id of the table, which is taken for this one.
    deleteAll(at("renewed").resolve("_published"));
    String topic = id("renewed");
    LakeTable scores = LakeTable.at(at("renewed").toString(), "gold/customer_scores");
    LakeTable.at(at("renewed").toString(), "_published")
        .commit(
            Commit.append(Schema.of().with("topic", Type.STRING), List.of())
                .withTransaction("scores to renewed " + topic, scores.snapshot().version())
                .withProperties(Map.of("patron.topic.renewed", topic)));
    int before = broker.messages("renewed").size();
    patron(stream);
    assertThat(broker.messages("renewed")).hasSize(before);

    for (int time = 0; time < 2; time++) {
      long version = scores.snapshot().version();
      deleteAll(at("renewed").resolve("gold/customer_scores"));
      if (time == 0) {
        copyAll(saved, at("renewed").resolve("gold/customer_scores"));
      }
      patron("vacuum", "--warehouse=" + at("renewed"));
      order("renewed", "anew" + time, 910_002 + time, "2024-06-02", 9_002 + time);
      patron(stream);
      assertThat(scores.snapshot().version()).isLessThanOrEqualTo(version);
      List<ConsumerRecord<String, String>> all = broker.messages("renewed");
      assertThat(all).hasSize(before + rows("renewed", "gold/customer_scores"));
      assertThat(customersTold("renewed")).contains("" + (9_002 + time));
      before = all.size();
      patron(stream);
      assertThat(broker.messages("renewed")).hasSize(before);
    }
  }

  private String id(String topic) {
    return KafkaBroker.await(broker.admin().describeTopics(List.of(topic)).allTopicNames())
        .values()
        .iterator()
        .next()
        .topicId()
        .toString();
  }

  @Test
  void equalIdsMeanEqualMessagesAlsoOfWarehousesThatReadTheSame() throws Exception {
    broker.createTopic("twice", 2, Map.of());
    patron(stream("once"));
    train("once");
    copyAll(at("once"), at("anew"));
    patron(stream("once", "--scoresTopic=twice"));
    patron(stream("anew", "--scoresTopic=twice", "--horizonDays=180"));
    Map<String, Set<String>> messages = new HashMap<>();
    for (ConsumerRecord<String, String> message : broker.messages("twice")) {
      String id = new ObjectMapper().readTree(message.value()).get("id").asText();
      messages.computeIfAbsent(id, any -> new HashSet<>()).add(message.value());
    }
    assertThat(messages.values()).allSatisfy(same -> assertThat(same).hasSize(1));
    assertThat(messages).hasSize(2 * rows("once", "gold/customer_scores"));
  }

  @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  @Test
  void aTopicWhoseLimitIsBelowABatchTakesMessagesThatFit() {
    broker.createTopic("narrow", 2, Map.of("max.message.bytes", "4000"));
    patron(stream("narrow"));
    train("narrow");
    patron(stream("narrow", "--scoresTopic=narrow"));
    assertThat(broker.messages("narrow")).hasSize(rows("narrow", "gold/customer_scores"));
  }

  @Tag("patience")
  @Test
  void aTopicThatNoMessageFitsIntoEndsTheStream() throws Exception {
    broker.createTopic("tiny", 2, Map.of("max.message.bytes", "500"));
    patron(stream("tiny"));
    train("tiny");
    Path said = folder.resolve("said of a tiny topic");
    Process process = process(said, stream("tiny", "--scoresTopic=tiny")).start();
    try {
      assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(text(said)).isEqualTo(1);
    assertThat(text(said)).contains("scores cannot be written to topic 'tiny': ");
  }

  private static void copyAll(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  private static void deleteAll(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void aTopicThatTakesNothingForAWhileIsWaitedForInSilence() throws Exception {
    broker.createTopic("unwilling", 2, Map.of("min.insync.replicas", "2"));
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
                              new ConfigEntry("min.insync.replicas", "1"),
                              AlterConfigOp.OpType.SET))))
              .all());
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(text(said)).isZero();
    assertThat(text(said).lines()).allMatch(line -> line.startsWith("patron: "));
    assertThat(broker.messages("unwilling")).hasSize(rows("unwilling", "gold/customer_scores"));
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
}
