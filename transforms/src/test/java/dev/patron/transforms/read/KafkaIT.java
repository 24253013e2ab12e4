package dev.patron.transforms.read;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.features.frame.Frame;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.TableDefinition.Format.Kind;
import dev.patron.features.tables.Tables;
import dev.patron.testing.KafkaBroker;
import dev.patron.transforms.read.SourcePosition.PartitionPosition;
import dev.patron.transforms.read.SourcePosition.TopicPosition;
import dev.patron.transforms.read.Topics.Expired;
import dev.patron.transforms.read.Topics.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics of a real broker, as bronze frames. */
class KafkaIT {
  private final Path folder;
  private final KafkaBroker broker;
  private final KafkaCluster cluster;
  private final String topic = "t-" + UUID.randomUUID();

  KafkaIT(@TempDir Path folder) throws IOException {
    this.folder = folder;
    broker = KafkaBroker.shared();
    cluster = new KafkaCluster("${KAFKA_BOOTSTRAP}", broker.bootstrap(), Map.of());
  }

  @BeforeEach
  void makeATopicOfTwoPartitions() {
    broker.createTopic(topic, 2, Map.of());
  }

  // ---- Given

  private KafkaProducer<byte[], byte[]> producer(@Nullable String transactional) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", broker.bootstrap());
    settings.put("max.request.size", 64 << 20);
    settings.put("buffer.memory", 128L << 20);
    settings.put("linger.ms", 0);
    if (transactional != null) {
      settings.put("transactional.id", transactional);
    }
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static byte @Nullable [] bytes(@Nullable String text) {
    return text == null ? null : text.getBytes(UTF_8);
  }

  private void send(int partition, String... values) {
    try (KafkaProducer<byte[], byte[]> producer = producer(null)) {
      send(producer, partition, values);
    }
  }

  private void send(KafkaProducer<byte[], byte[]> producer, int partition, String... values) {
    for (String value : values) {
      var unused =
          producer.send(new ProducerRecord<>(topic, partition, 1_000L, bytes("{}"), bytes(value)));
    }
    producer.flush();
  }

  private void send(ProducerRecord<byte[], byte[]> record) {
    try (KafkaProducer<byte[], byte[]> producer = producer(null)) {
      var unused = producer.send(record);
    }
  }

  private void expireBefore(int partition, long offset) {
    KafkaBroker.await(
        broker
            .admin()
            .deleteRecords(
                Map.of(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(offset)))
            .all());
  }

  private static TableDefinition table(String name, Kind kind) {
    return Landed.facts(name, kind, null);
  }

  // ---- When

  private Plan plan(List<SourcePosition> before, long most, Expired expired) throws IOException {
    try (Topics topics = new Topics(cluster)) {
      return topics.plan("g", List.of(topic), before, most, expired);
    }
  }

  private Plan plan(SourcePosition before, long most, Expired expired) throws IOException {
    return plan(List.of(before), most, expired);
  }

  private Plan plan(List<SourcePosition> before) throws IOException {
    return plan(before, Long.MAX_VALUE, Expired.FAIL);
  }

  private Plan plan(SourcePosition before) throws IOException {
    return plan(before, Long.MAX_VALUE, Expired.FAIL);
  }

  /** The bronze rows of each table, in order of partition and offset, as a pipeline reads them. */
  private Map<String, List<List<@Nullable Object>>> read(
      List<TableDefinition> tables, KafkaCluster cluster, List<? extends SourcePart> parts)
      throws IOException {
    return read(tables, cluster, parts, Map.of());
  }

  private Map<String, List<List<@Nullable Object>>> read(
      List<TableDefinition> tables,
      KafkaCluster cluster,
      List<? extends SourcePart> parts,
      Map<String, SourcePosition> before)
      throws IOException {
    Map<String, List<List<@Nullable Object>>> rows = new TreeMap<>();
    land(tables, cluster, parts, before)
        .rows()
        .forEach(
            (name, frame) -> {
              List<List<@Nullable Object>> all = new ArrayList<>(frame.toRows());
              all.sort(
                  Comparator.comparing((List<@Nullable Object> row) -> String.valueOf(row.get(1)))
                      .thenComparingLong(row -> (Long) Objects.requireNonNull(row.get(2))));
              rows.put(name, all);
            });
    return rows;
  }

  private Landed land(
      List<TableDefinition> tables,
      KafkaCluster cluster,
      List<? extends SourcePart> parts,
      Map<String, SourcePosition> before)
      throws IOException {
    Pipeline pipeline =
        Pipeline.create(
            PipelineOptionsFactory.fromArgs("--runner=DirectRunner", "--targetParallelism=2")
                .create());
    return Landed.of(
        folder,
        pipeline,
        Map.of("g", tables),
        land -> land.withClusters(Map.of("g", cluster)).withPositions(before),
        parts);
  }

  private List<String> values(Plan plan) throws IOException {
    return column("_value", plan, cluster);
  }

  private List<String> column(String column, Plan plan, KafkaCluster cluster) throws IOException {
    return Objects.requireNonNull(
            read(List.of(table("t", Kind.JSONL)), cluster, plan.ranges()).get("t"))
        .stream()
        .map(row -> String.valueOf(row.get(Tables.BRONZE.position(column))))
        .toList();
  }

  private SourcePosition readAll(SourcePosition before) throws IOException {
    return plan(before).after();
  }

  // ---- Then

  @Test
  void readsWhatThereIsThenWhatHasComeSinceAndNothingTwice() throws IOException {
    send(0, "a", "b");
    send(1, "c");
    Plan first = plan(SourcePosition.START);
    send(0, "d");
    assertThat(values(first)).containsExactly("a", "b", "c");
    Plan second = plan(SourcePosition.parse(first.after().toText()));
    assertThat(values(second)).containsExactly("d");
    assertThat(plan(second.after()).ranges()).isEmpty();
  }

  @Test
  void anIncrementTakesNoMoreThanItMayAndTellsWhatIsLeft() throws IOException {
    send(0, "a", "b", "c", "d");
    send(1, "e");
    Plan first = plan(SourcePosition.START, 3, Expired.FAIL);
    assertThat(values(first)).containsExactly("a", "b", "e");
    assertThat(first.lag()).isEqualTo(Map.of(topic, 2L));
    Plan second = plan(first.after(), 3, Expired.FAIL);
    assertThat(values(second)).containsExactly("c", "d");
    assertThat(second.lag()).isEqualTo(Map.of(topic, 0L));
  }

  @Test
  void severalTopicsOfATableKeepAPositionEachAndOneMayJoinLater() throws IOException {
    String other = "u-" + topic;
    broker.createTopic(other, 1, Map.of());
    send(0, "a", "b");
    send(new ProducerRecord<>(other, 0, 1L, null, bytes("x")));
    try (Topics topics = new Topics(cluster)) {
      Plan one =
          topics.plan(
              "g", List.of(topic), List.of(SourcePosition.START), Long.MAX_VALUE, Expired.FAIL);
      assertThat(values(one)).containsExactly("a", "b");
      Plan both = topics.plan("g", List.of(topic, other), List.of(one.after()), 10, Expired.FAIL);
      assertThat(values(both)).containsExactly("x");
      send(0, "c");
      send(new ProducerRecord<>(other, 0, 1L, null, bytes("y")));
      SourcePosition before = SourcePosition.parse(both.after().toText());
      Plan more = topics.plan("g", List.of(topic, other), List.of(before), 10, Expired.FAIL);
      assertThat(more.after().topics()).containsOnlyKeys(topic, other);
      assertThat(more.lag()).isEqualTo(Map.of(topic, 0L, other, 0L));
      assertThat(values(more)).containsExactlyInAnyOrder("c", "y");
    }
  }

  @Test
  void topicsAndFilesOfTheSameRecordsGiveEqualRows() throws IOException {
    String book = "{\"op\":\"c\",\"source\":{\"table\":\"books\"},\"after\":{\"id\":1}}";
    String author = "{\"op\":\"c\",\"source\":{\"table\":\"authors\"},\"after\":{\"id\":2}}";
    send(new ProducerRecord<>(topic, 1, 7_001L, bytes("{\"id\":1}"), bytes(book)));
    send(new ProducerRecord<>(topic, 0, 7_002L, bytes("{\"id\":2}"), bytes(author)));
    send(new ProducerRecord<>(topic, 0, 7_003L, null, bytes("{no json")));
    // Compaction's tombstone: its topic alone says where it belongs.
    send(new ProducerRecord<>(topic, 1, 7_004L, bytes("{\"id\":1}"), (byte[]) null));
    Path file =
        Files.write(
            folder.resolve("records.jsonl"),
            List.of(
                line(1, 0, 7_001, "{\"id\":1}", book),
                line(0, 0, 7_002, "{\"id\":2}", author),
                line(1, 1, 7_004, "{\"id\":1}", "null")));
    List<TableDefinition> tables =
        List.of(table("books", Kind.DEBEZIUM), table("authors", Kind.DEBEZIUM));
    Map<String, List<List<@Nullable Object>>> streamed =
        read(tables, cluster, plan(SourcePosition.START).ranges());
    Map<String, List<List<@Nullable Object>>> filed =
        read(tables, cluster, List.of(SourceFile.whole(file.toString(), Files.size(file), 0, "g")));
    int broken = Tables.BRONZE.position("_value");
    streamed.values().forEach(rows -> rows.removeIf(row -> "{no json".equals(row.get(broken))));
    int fileName = Tables.BRONZE.position("_file");
    filed.values().forEach(rows -> rows.forEach(row -> row.set(fileName, null)));
    assertThat(streamed).isEqualTo(filed);
    assertThat(streamed.get("authors")).hasSize(1);
  }

  @Test
  void aTableThatJoinsATopicLaterGetsAllOfItAndTheOthersNothingTwice() throws IOException {
    String book = "{\"op\":\"c\",\"source\":{\"table\":\"books\"},\"after\":{\"id\":1}}";
    String author = "{\"op\":\"c\",\"source\":{\"table\":\"authors\"},\"after\":{\"id\":2}}";
    send(0, book, author);
    SourcePosition ofBooks = readAll(SourcePosition.START);
    send(0, book, author);
    Plan plan = plan(List.of(ofBooks, SourcePosition.START));
    Map<String, List<List<@Nullable Object>>> rows =
        read(
            List.of(table("books", Kind.DEBEZIUM), table("authors", Kind.DEBEZIUM)),
            cluster,
            plan.ranges(),
            Map.of("books", ofBooks));
    assertThat(rows.get("books")).hasSize(1);
    assertThat(rows.get("authors")).hasSize(2);
  }

  @Test
  void whatEachTableLeftIsGuardedAlsoWhereAnotherJoins() throws Exception {
    send(0, "a", "b", "c");
    SourcePosition read = readAll(SourcePosition.START);
    List<SourcePosition> joined = List.of(read, SourcePosition.START);
    send(0, "d", "e", "f");
    // Where the older one goes on, a reader asks the broker whether what it read is still there.
    assertThat(plan(joined).ranges())
        .containsExactly(
            new TopicRange(topic, 0, 0, -1, 3, false, Expired.FAIL, "g"),
            new TopicRange(topic, 0, 3, 0, 6, false, Expired.FAIL, "g"));
    assertThat(values(plan(joined))).containsExactly("a", "b", "c", "d", "e", "f");
    assertThat(plan(joined, 2, Expired.FAIL).ranges())
        .containsExactly(new TopicRange(topic, 0, 0, -1, 2, false, Expired.FAIL, "g"));
    expireBefore(0, 5);
    assertThatThrownBy(() -> plan(joined))
        .isInstanceOf(LostRecordsException.class)
        .hasMessageStartingWith(topic + "-0: the records from offset 3 to 4 expired");
    Plan skipping = plan(joined, Long.MAX_VALUE, Expired.SKIP);
    assertThat(skipping.expired()).isEqualTo(Map.of(topic + "-0", 2L));
    assertThat(values(skipping)).containsExactly("f");
    KafkaBroker.await(broker.admin().deleteTopics(List.of(topic)).all());
    broker.createTopic(topic, 2, Map.of());
    send(0, "x", "y", "z", "0");
    for (Expired any : Expired.values()) {
      assertThatThrownBy(() -> plan(joined, Long.MAX_VALUE, any))
          .isInstanceOf(LostRecordsException.class)
          .hasMessageStartingWith("topic '" + topic + "' was deleted and made again");
    }
  }

  private String line(int partition, long offset, long timestamp, String key, String value) {
    return "{\"topic\":\"%s\",\"partition\":%d,\"offset\":%d,\"timestamp\":%d,\"key\":%s,\"value\":%s}"
        .formatted(topic, partition, offset, timestamp, key, value);
  }

  @Test
  void whatIsAbortedIsNeverReadAndWhatIsOpenWaits() throws IOException {
    send(0, "before");
    try (KafkaProducer<byte[], byte[]> producer = producer("p-" + topic)) {
      producer.initTransactions();
      producer.beginTransaction();
      send(producer, 0, "aborted");
      producer.abortTransaction();
      producer.beginTransaction();
      send(producer, 0, "committed");
      producer.commitTransaction();
      producer.beginTransaction();
      send(producer, 0, "open");
      Plan first = plan(SourcePosition.START);
      assertThat(values(first)).containsExactly("before", "committed");
      assertThat(first.lag()).isEqualTo(Map.of(topic, 1L));
      assertThat(first.held()).isEqualTo(Map.of(topic + "-0", 5L));
      producer.commitTransaction();
      assertThat(values(plan(first.after()))).containsExactly("open");
    }
  }

  private static final Map<String, String> COMPACTED =
      Map.of(
          "cleanup.policy", "compact",
          "segment.ms", "100",
          "min.cleanable.dirty.ratio", "0.001",
          "min.compaction.lag.ms", "0",
          "max.compaction.lag.ms", "1");

  /** Sends values of one key that are compacted, and of another the end. */
  private void sendWhatIsCompacted(String compacted, int partition) throws InterruptedException {
    try (KafkaProducer<byte[], byte[]> producer = producer(null)) {
      for (int i = 0; i < 3_000; i++) {
        var unused =
            producer.send(
                new ProducerRecord<>(compacted, partition, null, bytes("k"), bytes("v" + i)));
      }
      producer.flush();
      Thread.sleep(300);
      var unused =
          producer.send(
              new ProducerRecord<>(compacted, partition, null, bytes("end"), bytes("end")));
    }
  }

  private void assertThatTheLastOfEachKeyIsRead(Plan plan) throws Exception {
    assertThat(plan.ranges()).isNotEmpty().allMatch(TopicRange::compacted);
    List<String> found = values(plan);
    for (int i = 0; i < 100 && found.size() > 2; i++) {
      Thread.sleep(200);
      found = values(plan);
    }
    assertThat(found).containsExactly("v2999", "end");
  }

  @Test
  void aCompactedTopicHasHolesThatAreNoLoss() throws Exception {
    String compacted = "c-" + topic;
    broker.createTopic(compacted, 1, COMPACTED);
    sendWhatIsCompacted(compacted, 0);
    List<SourcePosition> start = List.of(SourcePosition.START);
    try (Topics topics = new Topics(cluster)) {
      assertThatTheLastOfEachKeyIsRead(
          topics.plan("g", List.of(compacted), start, Long.MAX_VALUE, Expired.FAIL));
    }
  }

  @Test
  void aNewPartitionOfACompactedTopicMayHaveLostItsFirstRecordsToLaterOnes() throws Exception {
    String compacted = "c-" + topic;
    broker.createTopic(compacted, 1, COMPACTED);
    try (Topics topics = new Topics(cluster)) {
      SourcePosition read =
          topics
              .plan("g", List.of(compacted), List.of(SourcePosition.START), 1, Expired.FAIL)
              .after();
      KafkaBroker.await(
          broker.admin().createPartitions(Map.of(compacted, NewPartitions.increaseTo(2))).all());
      sendWhatIsCompacted(compacted, 1);
      List<SourcePosition> before = List.of(read);
      assertThatTheLastOfEachKeyIsRead(
          topics.plan("g", List.of(compacted), before, Long.MAX_VALUE, Expired.FAIL));
      // Compacted by now: planned anew, it begins where it began.
      assertThatTheLastOfEachKeyIsRead(
          topics.plan("g", List.of(compacted), before, Long.MAX_VALUE, Expired.FAIL));
    }
  }

  @Test
  void recordsThatExpiredBeforeTheyWereReadAreAnErrorUnlessTheyMayBePassedOver()
      throws IOException {
    send(0, "a");
    SourcePosition read = readAll(SourcePosition.START);
    send(0, "b", "c", "d");
    expireBefore(0, 3);
    assertThatThrownBy(() -> plan(read))
        .isInstanceOf(LostRecordsException.class)
        .hasMessage(
            topic
                + "-0: the records from offset 1 to 2 expired before they were read; keep them"
                + " longer (retention.ms, retention.bytes), or say expired: skip to go on without"
                + " them");
    Plan skipping = plan(read, Long.MAX_VALUE, Expired.SKIP);
    assertThat(skipping.expired()).isEqualTo(Map.of(topic + "-0", 2L));
    assertThat(values(skipping)).containsExactly("d");
    // Who reads for the first time reads what there is.
    assertThat(values(plan(SourcePosition.START))).containsExactly("d");
  }

  @Test
  void recordsThatExpireBetweenThePlanAndTheReadingArePassedOverToo() throws IOException {
    send(0, "a", "b", "c", "d");
    send(1, "e");
    Plan plan = plan(SourcePosition.START, Long.MAX_VALUE, Expired.SKIP);
    expireBefore(0, 3);
    Landed landed = land(List.of(table("t", Kind.JSONL)), cluster, plan.ranges(), Map.of());
    assertThat(landed.expired()).isEqualTo(Map.of(topic + "-0", 3L));
    assertThat(values(plan)).containsExactly("d", "e");
  }

  @Test
  void aTopicThatWasMadeAnewIsRefused() throws Exception {
    send(0, "a", "b");
    SourcePosition read = readAll(SourcePosition.START);
    KafkaBroker.await(broker.admin().deleteTopics(List.of(topic)).all());
    assertThatThrownBy(() -> plan(read))
        .isInstanceOf(NoSuchTopic.class)
        .hasMessage("Kafka at ${KAFKA_BOOTSTRAP} has no topic '" + topic + "'");
    broker.createTopic(topic, 2, Map.of());
    send(0, "x", "y", "z");
    assertThatThrownBy(() -> plan(read))
        .isInstanceOf(LostRecordsException.class)
        .hasMessageStartingWith(
            "topic '" + topic + "' was deleted and made again since it was read");
  }

  @Test
  void aLogThatEndsEarlierThanItDidIsALoss() throws IOException {
    send(0, "a", "b");
    SourcePosition read = readAll(SourcePosition.START);
    TopicPosition before = Objects.requireNonNull(read.topics().get(topic));
    SourcePosition further =
        new SourcePosition(
            new TreeMap<>(
                Map.of(
                    topic,
                    new TopicPosition(
                        before.id(), new TreeMap<>(Map.of(0, new PartitionPosition(9, 0)))))),
            new TreeMap<>());
    String cut =
        topic + "-0: it ends at offset 2, but it was read up to 9 before: the cluster lost";
    assertThatThrownBy(() -> plan(further))
        .isInstanceOf(LostRecordsException.class)
        .hasMessageStartingWith(cut);
    // It may also be cut between the plan and the reading.
    TopicRange range = new TopicRange(topic, 0, 9, -1, 20, false, Expired.FAIL, "g");
    assertThatThrownBy(() -> read(List.of(table("t", Kind.JSONL)), cluster, List.of(range)))
        .hasRootCauseInstanceOf(LostRecordsException.class)
        .cause()
        .hasMessageStartingWith(cut.replace("up to 9", "up to 20"));
  }

  @Test
  void newPartitionsAreReadFromTheirBeginning() throws IOException {
    send(0, "a");
    SourcePosition read = readAll(SourcePosition.START);
    KafkaBroker.await(
        broker.admin().createPartitions(Map.of(topic, NewPartitions.increaseTo(3))).all());
    send(2, "new");
    Plan plan = plan(read);
    assertThat(values(plan)).containsExactly("new");
    assertThat(Objects.requireNonNull(plan.after().topics().get(topic)).partitions())
        .containsEntry(2, new PartitionPosition(1, 0));
  }

  @Test
  void aNewPartitionBeginsWithItsFirstRecordAndNotWithTheFirstThatIsLeft() throws IOException {
    send(0, "a");
    SourcePosition read = readAll(SourcePosition.START);
    KafkaBroker.await(
        broker.admin().createPartitions(Map.of(topic, NewPartitions.increaseTo(3))).all());
    send(2, "b", "c", "d");
    expireBefore(2, 2);
    assertThatThrownBy(() -> plan(read))
        .isInstanceOf(LostRecordsException.class)
        .hasMessageStartingWith(
            topic + "-2: the records from offset 0 to 1 expired before they were read");
    Plan skipping = plan(read, Long.MAX_VALUE, Expired.SKIP);
    assertThat(skipping.expired()).isEqualTo(Map.of(topic + "-2", 2L));
    assertThat(values(skipping)).containsExactly("d");
    assertThat(values(plan(SourcePosition.START))).containsExactly("a", "d");
  }

  @Test
  void aRecordMayBeLargerThanAFrame() throws IOException {
    String large = "{\"text\":\"" + "x".repeat((int) Frame.TARGET_BYTES + 10) + "\"}";
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, 0, 1L, null, bytes(large));
    send(0, "{}");
    send(record);
    send(0, "{}");
    assertThat(values(plan(SourcePosition.START))).containsExactly("{}", large, "{}");
  }

  @Test
  void headersAreKeptAsJson() throws IOException {
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, 0, 1L, null, bytes("{}"));
    record
        .headers()
        .add("trace", bytes("5d0c"))
        .add("hop", bytes("\"a\""))
        .add("hop", null)
        .add("raw", new byte[] {(byte) 0xff});
    send(record);
    send(0, "{}");
    assertThat(column("_header", plan(SourcePosition.START), cluster))
        .containsExactly(
            "{\"trace\":\"5d0c\",\"hop\":[\"\\\"a\\\"\",null],\"raw\":{\"base64\":\"/w==\"}}",
            "null");
  }

  @Test
  void aClusterThatAsksWhoIsThereIsReadWithAPassword() throws IOException {
    assertThatAllIsRead(plain(KafkaBroker.PASSWORD));
  }

  @Test
  void aClusterThatAsksByScramIsReadWithoutThePasswordOnTheWire() throws IOException {
    assertThatAllIsRead(scram(KafkaBroker.PASSWORD));
  }

  @Test
  void aClusterBehindTlsIsReadByWhoTrustsItsCertificate() throws IOException {
    assertThatAllIsRead(
        tls(
            Map.of(
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.location",
                broker.certificate().toString())));
  }

  private void assertThatAllIsRead(KafkaCluster secured) throws IOException {
    send(0, "a");
    send(1, "b");
    try (Topics topics = new Topics(secured)) {
      Plan plan =
          topics.plan(
              "g", List.of(topic), List.of(SourcePosition.START), Long.MAX_VALUE, Expired.FAIL);
      assertThat(column("_value", plan, secured)).containsExactly("a", "b");
    }
  }

  @Test
  void aWrongPasswordIsOneLineThatDoesNotShowItAndIsNotTriedAgain() {
    for (KafkaCluster wrong : List.of(plain("wrong-secret"), scram("wrong-secret"))) {
      assertThatItIsRefused(wrong, "Kafka at ${SECURED}: Authentication failed");
    }
  }

  @Test
  void aClusterThatIsNotTrustedIsOneLineAndIsNotTriedAgain() {
    assertThatItIsRefused(
        tls(Map.of()),
        "Kafka at ${SECURED}: SSL handshake failed: its certificate is not trusted; name the file");
  }

  private void assertThatItIsRefused(KafkaCluster cluster, String line) {
    try (Topics topics = new Topics(cluster)) {
      assertThatThrownBy(
              () ->
                  topics.plan(
                      "g",
                      List.of(topic),
                      List.of(SourcePosition.START),
                      Long.MAX_VALUE,
                      Expired.FAIL))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(line)
          .hasMessageNotContaining("wrong-secret")
          .matches(failure -> !Topics.mayPass(failure));
    }
  }

  private KafkaCluster plain(String password) {
    return secured("PLAIN", KafkaBroker.login(password));
  }

  private KafkaCluster scram(String password) {
    return secured("SCRAM-SHA-256", KafkaBroker.scramLogin(password));
  }

  private KafkaCluster secured(String mechanism, String login) {
    return new KafkaCluster(
        "${SECURED}",
        broker.securedBootstrap(),
        Map.of(
            "security.protocol", "SASL_PLAINTEXT",
            "sasl.mechanism", mechanism,
            "sasl.jaas.config", login));
  }

  private KafkaCluster tls(Map<String, String> trust) {
    Map<String, String> properties = new TreeMap<>(trust);
    properties.put("security.protocol", "SSL");
    return new KafkaCluster("${SECURED}", broker.sslBootstrap(), properties);
  }

  @Test
  void aBrokerThatIsNotThereIsOneLineWithoutTheAddress() {
    KafkaCluster nobody =
        new KafkaCluster(
            "${KAFKA_BOOTSTRAP}",
            "localhost:1",
            Map.of("default.api.timeout.ms", "1000", "request.timeout.ms", "900"));
    try (Topics topics = new Topics(nobody)) {
      assertThatThrownBy(
              () ->
                  topics.plan(
                      "g",
                      List.of(topic),
                      List.of(SourcePosition.START),
                      Long.MAX_VALUE,
                      Expired.FAIL))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("Kafka at ${KAFKA_BOOTSTRAP} does not answer (")
          .hasMessageEndingWith("); see that it runs and can be reached from here")
          .hasMessageNotContainingAny("localhost", "\n")
          .matches(Topics::mayPass);
    }
  }
}
