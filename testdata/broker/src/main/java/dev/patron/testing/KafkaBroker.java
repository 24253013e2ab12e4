package dev.patron.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * A real Kafka broker, in KRaft mode and in a JVM of its own, that keeps records however old they
 * say they are. It can be killed and started again on what it has written.
 *
 * <p>Its class path is what the module {@code testing} copies while integration tests are prepared;
 * its Scala would not get along with Spark's.
 */
public final class KafkaBroker implements AutoCloseable {
  private static final String CLASS_PATH = "testdata/broker/target/broker";
  private static final long START_SECONDS = 90;

  /** What a user has to know at {@link #securedBootstrap}, by PLAIN and by SCRAM. */
  public static final String PASSWORD = "open-sesame-4711";

  private static @Nullable KafkaBroker shared;

  private final Path folder;
  private final Path classPath;
  private final int port;
  private final int securedPort;
  private final int sslPort;
  private @Nullable Process process;
  private @Nullable Admin admin;

  private KafkaBroker(Path folder, Path classPath, int port, int securedPort, int sslPort) {
    this.folder = folder;
    this.classPath = classPath;
    this.port = port;
    this.securedPort = securedPort;
    this.sslPort = sslPort;
  }

  /** The broker that all tests of this JVM share; it ends with the JVM. Tests name own topics. */
  public static synchronized KafkaBroker shared() throws IOException {
    KafkaBroker running = shared;
    if (running == null) {
      running = start(Files.createTempDirectory("patron-kafka-"));
      shared = running;
      Runtime.getRuntime().addShutdownHook(new Thread(running::close, "stop the shared broker"));
    }
    return running;
  }

  /**
   * Starts a broker.
   *
   * @param folder an empty folder for its configuration, log and records
   */
  public static KafkaBroker start(Path folder) throws IOException {
    int port;
    int secured;
    int ssl;
    int controller;
    try (ServerSocket first = free();
        ServerSocket second = free();
        ServerSocket third = free();
        ServerSocket fourth = free()) {
      port = first.getLocalPort();
      secured = second.getLocalPort();
      ssl = third.getLocalPort();
      controller = fourth.getLocalPort();
    }
    KafkaBroker broker = new KafkaBroker(folder, findClassPath(), port, secured, ssl);
    broker.makeCertificate();
    Files.write(folder.resolve("server.properties"), broker.configuration(controller));
    broker.format();
    broker.start();
    return broker;
  }

  private static ServerSocket free() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  private List<String> configuration(int controller) {
    return List.of(
        "process.roles=broker,controller",
        "node.id=1",
        "controller.quorum.voters=1@localhost:" + controller,
        "listeners=" + clients() + ",CONTROLLER://localhost:" + controller,
        "advertised.listeners=" + clients(),
        "inter.broker.listener.name=PLAINTEXT",
        "sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256",
        "listener.name.sasl_plaintext.scram-sha-256.sasl.jaas.config="
            + "org.apache.kafka.common.security.scram.ScramLoginModule required;",
        "ssl.keystore.type=PKCS12",
        "ssl.keystore.location=" + keys(),
        "ssl.keystore.password=" + PASSWORD,
        "listener.name.sasl_plaintext.plain.sasl.jaas.config="
            + login(PASSWORD).replace(";", " user_patron=\"" + PASSWORD + "\";"),
        "controller.listener.names=CONTROLLER",
        "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SSL:SSL",
        "log.dirs=" + folder.resolve("records"),
        // Records of a bookstore of 2022 would be deleted on arrival.
        "log.retention.ms=-1",
        "log.message.timestamp.before.max.ms=9223372036854775807",
        "auto.create.topics.enable=false",
        "group.initial.rebalance.delay.ms=0",
        "offsets.topic.num.partitions=1",
        "offsets.topic.replication.factor=1",
        "transaction.state.log.num.partitions=1",
        "transaction.state.log.replication.factor=1",
        "transaction.state.log.min.isr=1",
        "log.cleaner.backoff.ms=200",
        "log.retention.check.interval.ms=1000",
        "log.initial.task.delay.ms=500",
        "file.delete.delay.ms=500",
        "message.max.bytes=67108864",
        "log.cleaner.dedupe.buffer.size=20000000");
  }

  private String clients() {
    return "PLAINTEXT://localhost:%d,SASL_PLAINTEXT://localhost:%d,SSL://localhost:%d"
        .formatted(port, securedPort, sslPort);
  }

  private static Path findClassPath() throws IOException {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path found = at.resolve(CLASS_PATH);
      if (Files.isDirectory(found)) {
        return found;
      }
    }
    throw new IOException(
        "no broker in " + CLASS_PATH + "; run mvn -pl testdata/broker pre-integration-test first");
  }

  private void format() throws IOException {
    finish(
        java(
            "kafka.tools.StorageTool",
            "format",
            "-t",
            Uuid.randomUuid().toString(),
            "-c",
            folder.resolve("server.properties").toString(),
            "--add-scram",
            "SCRAM-SHA-256=[name=patron,password=" + PASSWORD + "]"),
        "the broker's storage cannot be formatted");
  }

  /** A key of the broker's own and, for clients to trust, its certificate. */
  private void makeCertificate() throws IOException {
    finish(
        keytool(
            "-genkeypair", "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "SAN=dns:localhost"),
        "no key can be made for the broker");
    finish(
        keytool("-exportcert", "-rfc", "-file", certificate().toString()),
        "the broker's certificate cannot be written");
  }

  private Path keys() {
    return folder.resolve("keys.p12");
  }

  private Process keytool(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(
        List.of("-alias", "broker", "-keystore", keys().toString(), "-storepass", PASSWORD));
    return logged(command);
  }

  private void finish(Process process, String failure) throws IOException {
    try {
      if (!process.waitFor(START_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IOException(failure + "; see " + log());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while preparing the broker", e);
    }
  }

  private Process java(String main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(
        List.of(
            "-Xmx384m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-cp",
            classPath + File.separator + "*",
            main));
    command.addAll(List.of(arguments));
    return logged(command);
  }

  private Process logged(List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
        .start();
  }

  private Path log() {
    return folder.resolve("broker.log");
  }

  /** Starts the broker again after {@link #kill}, on the same port and records. */
  public synchronized void start() throws IOException {
    if (process != null && process.isAlive()) {
      throw new IllegalStateException("the broker runs already");
    }
    process = java("kafka.Kafka", folder.resolve("server.properties").toString());
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (true) {
      try {
        admin().describeCluster().nodes().get(2, TimeUnit.SECONDS);
        return;
      } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new IOException("the broker does not start; see " + log(), e);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while the broker starts", e);
      }
    }
  }

  /** Ends the broker as a loss of power would. */
  public synchronized void kill() {
    Process running = process;
    process = null;
    if (running != null) {
      running.destroyForcibly();
      try {
        running.waitFor(30, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Where clients find it. */
  public String bootstrap() {
    return "localhost:" + port;
  }

  /** Where clients find it who say who they are, by SASL_PLAINTEXT and PLAIN or SCRAM-SHA-256. */
  public String securedBootstrap() {
    return "localhost:" + securedPort;
  }

  /** Where clients find it who speak TLS and trust {@link #certificate}. */
  public String sslBootstrap() {
    return "localhost:" + sslPort;
  }

  /** The broker's certificate, signed by itself, as PEM. */
  public Path certificate() {
    return folder.resolve("broker.pem");
  }

  /** What a client with this password has as {@code sasl.jaas.config}. */
  public static String login(String password) {
    return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"patron\""
        + " password=\""
        + password
        + "\";";
  }

  /** The same for SCRAM. */
  public static String scramLogin(String password) {
    return login(password).replace("plain.PlainLoginModule", "scram.ScramLoginModule");
  }

  /** Where it keeps the records of a partition, as its log segments. */
  public Path segments(String topic, int partition) {
    return folder.resolve("records").resolve(topic + "-" + partition);
  }

  /** A client for administration, which lives as long as this object. */
  public synchronized Admin admin() {
    Admin open = admin;
    if (open == null) {
      open =
          Admin.create(
              Map.of(
                  AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                  bootstrap(),
                  AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                  500));
      admin = open;
    }
    return open;
  }

  /** Makes a topic of this configuration. */
  public void createTopic(String name, int partitions, Map<String, String> configuration) {
    await(
        admin()
            .createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(configuration)))
            .all());
  }

  /** All records of a topic that were not taken back, partition by partition in their order. */
  public List<ConsumerRecord<String, String>> messages(String topic) {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", bootstrap(), "isolation.level", "read_committed");
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

  /** Waits for what the broker was asked. */
  public static <T> T await(org.apache.kafka.common.KafkaFuture<T> future) {
    try {
      return future.get(60, TimeUnit.SECONDS);
    } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new IllegalStateException("the broker refused or did not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the broker", e);
    }
  }

  /** Ends the broker and deletes what it wrote. */
  @Override
  public synchronized void close() {
    if (admin != null) {
      admin.close(java.time.Duration.ZERO);
      admin = null;
    }
    kill();
    try (var files = Files.walk(folder)) {
      files.sorted(java.util.Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + folder, e);
    }
  }
}
