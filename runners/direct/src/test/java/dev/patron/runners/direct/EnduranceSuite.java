package dev.patron.runners.direct;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.patron.testing.KafkaBroker;
import dev.patron.transforms.lake.DataFile;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.TableSnapshot;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What takes hours in life, in one: streams and brokers that are killed, and thousands of
 * increments in one JVM. {@code mvn verify -Pendurance -pl runners/direct -am}; {@code
 * -Dendurance.seed=N} kills at other moments, {@code -Dendurance.increments=N} takes more or fewer.
 */
class EnduranceSuite {
  private static final long SEED = Long.getLong("endurance.seed", 20_261_128L);
  private static final int STREAM_KILLS = Integer.getInteger("endurance.kills", 30);
  private static final int BROKER_KILLS = Integer.getInteger("endurance.brokerKills", 5);
  private static final int INCREMENTS = Integer.getInteger("endurance.increments", 5_000);

  /**
   * The same for all streams, since who moved between segments is told from increment to increment.
   */
  private static final String PORTION = "--maxRecordsPerIncrement=30";

  /** What increments leave until they are joined, for some buckets, and what was joined. */
  private static final long MOST_FILES = 64 * 8;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern USED = Pattern.compile("(?:total|heap) .*?used (\\d+)K");

  @TempDir Path folder;
  private KafkaBroker broker;
  private Path shop;

  @BeforeEach
  void startABroker() throws IOException {
    broker = KafkaBroker.start(Files.createDirectory(folder.resolve("broker")));
    shop = folder.resolve("shop");
  }

  @AfterEach
  void stopIt() {
    broker.close();
  }

  // ---- The program, as a process

  private Process start(String log, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC"));
    // As the launcher does.
    if (!arguments[0].equals("stream")) {
      command.add("-XX:TieredStopAtLevel=1");
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("dev.patron.pipelines.Patron");
    command.addAll(List.of(arguments));
    ProcessBuilder process = new ProcessBuilder(command);
    process.environment().put("KAFKA_BOOTSTRAP", broker.bootstrap());
    return process
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve(log + ".out").toFile()))
        .redirectError(ProcessBuilder.Redirect.appendTo(folder.resolve(log + ".err").toFile()))
        .start();
  }

  private String patron(String log, String... arguments) throws Exception {
    Files.deleteIfExists(folder.resolve(log + ".out"));
    int status = start(log, arguments).waitFor();
    assertThat(status).as(() -> stderr(log)).isZero();
    return Files.readString(folder.resolve(log + ".out"));
  }

  private String stderr(String log) {
    try {
      return Files.readString(folder.resolve(log + ".err"));
    } catch (IOException e) {
      return "";
    }
  }

  private String[] stream(String warehouse, String... more) {
    List<String> arguments = new ArrayList<>(List.of("stream", dataset(), at(warehouse)));
    arguments.addAll(List.of("--every=PT0S", "--scoresTopic=scores-" + warehouse));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  private String dataset() {
    return "--dataset=" + shop.resolve("dataset-kafka.yaml");
  }

  private String at(String warehouse) {
    return "--warehouse=" + folder.resolve(warehouse);
  }

  private static void say(String line) {
    System.out.println("endurance: " + line);
  }

  // ---- Kills

  @Test
  void whatIsKilledAtAnyMomentLosesNothingAndRepeatsNothing() throws Exception {
    say("seed " + SEED);
    patron(
        "generate",
        "generate",
        // More records than all that come to their end between two kills.
        "--customers=" + Math.max(100, STREAM_KILLS * 40),
        "--output=" + shop,
        "--kafka=" + broker.bootstrap());
    patron("run", "run", "--dataset=" + shop.resolve("dataset.yaml"), at("files"));
    for (String warehouse : List.of("undisturbed", "killed")) {
      copyModels(warehouse);
      broker.createTopic("scores-" + warehouse, 2, Map.of());
    }
    Random random = new Random(SEED);
    int hit = 0;
    for (int kill = 0; kill < STREAM_KILLS; kill++) {
      long before = increments("killed");
      Process process = start("killed", stream("killed", PORTION));
      boolean brokerToo = kill % (STREAM_KILLS / BROKER_KILLS) == STREAM_KILLS / BROKER_KILLS - 1;
      // While it starts or is in its first increment, or in a later one.
      int after = random.nextInt(4);
      awaitIncrements(process, "killed", before + after);
      awaitOrEnd(process, random.nextInt(after == 0 ? 9_000 : 2_000));
      if (brokerToo) {
        broker.kill();
        awaitOrEnd(process, random.nextInt(4_000));
        broker.start();
        awaitOrEnd(process, random.nextInt(8_000));
      }
      hit += process.isAlive() ? 1 : 0;
      process.destroyForcibly().waitFor();
    }
    say("%d of %d kills hit a running stream".formatted(hit, STREAM_KILLS));
    // Who starts while the broker is away ends by itself.
    assertThat(hit).isGreaterThanOrEqualTo(STREAM_KILLS - BROKER_KILLS);
    say("%d increments had been committed by then".formatted(increments("killed")));
    assertThat(increments("killed")).isGreaterThan(STREAM_KILLS / 2);
    patron("killed", stream("killed", PORTION, "--untilCaughtUp"));
    patron("undisturbed", stream("undisturbed", PORTION, "--untilCaughtUp"));

    assertThat(verify("killed")).isEqualTo(verify("undisturbed"));
    List<ConsumerRecord<String, String>> killed = broker.messages("scores-killed");
    List<ConsumerRecord<String, String>> undisturbed = broker.messages("scores-undisturbed");
    assertThat(latest(killed)).isEqualTo(latest(undisturbed)).isNotEmpty();
    say(
        "%d messages, %d of them repeated with equal ids; %d customers"
            .formatted(killed.size(), killed.size() - distinct(killed), latest(killed).size()));
  }

  /** How many increments the streams of this log have told of. */
  private long increments(String log) throws IOException {
    Path said = folder.resolve(log + ".err");
    if (!Files.exists(said)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(said)) {
      return lines.filter(line -> line.contains("patron: increment ")).count();
    }
  }

  private void awaitIncrements(Process process, String log, long count) throws Exception {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
    while (process.isAlive() && increments(log) < count) {
      assertThat(System.nanoTime()).as("no increment came in time").isLessThan(end);
      awaitOrEnd(process, 50);
    }
  }

  private static void awaitOrEnd(Process process, long millis) throws InterruptedException {
    boolean unused = process.waitFor(millis, TimeUnit.MILLISECONDS);
  }

  private void copyModels(String warehouse) throws IOException {
    Path from = folder.resolve("files").resolve("models");
    Path to = folder.resolve(warehouse).resolve("models");
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    }
  }

  /** Rows and digests of all tables but the log of the runs, of which there were others. */
  private Map<String, String> verify(String warehouse) throws Exception {
    Map<String, String> tables = new TreeMap<>();
    patron("verify-" + warehouse, "verify", at(warehouse))
        .lines()
        .map(line -> line.split("\\s+", 2))
        .filter(words -> words[0].matches("(bronze|silver|gold|quarantine)/.*"))
        .forEach(words -> tables.put(words[0], words[1]));
    assertThat(tables).containsKeys("bronze/orders", "silver/purchases", "gold/customer_scores");
    return tables;
  }

  /**
   * The last score of each customer, without its id and time. On the way there, an id always means
   * the same message, and another id another score.
   */
  private static Map<String, String> latest(List<ConsumerRecord<String, String>> messages)
      throws IOException {
    Map<String, String> byId = new HashMap<>();
    Map<String, String> latest = new TreeMap<>();
    for (ConsumerRecord<String, String> message : messages) {
      ObjectNode score = (ObjectNode) JSON.readTree(message.value());
      String id = score.remove("id").asText();
      String before = byId.putIfAbsent(id, message.value());
      if (before != null) {
        assertThat(message.value()).isEqualTo(before);
        continue;
      }
      score.remove("as_of");
      assertThat(score.toString()).isNotEqualTo(latest.put(message.key(), score.toString()));
    }
    return latest;
  }

  private static long distinct(List<ConsumerRecord<String, String>> messages) throws IOException {
    Set<String> ids = new HashSet<>();
    for (ConsumerRecord<String, String> message : messages) {
      ids.add(JSON.readTree(message.value()).get("id").asText());
    }
    return ids.size();
  }

  // ---- Increments by the thousand

  /** What a process holds after a collection, in KiB. */
  private record Held(long increment, long heap, long resident) {}

  @Test
  void thousandsOfIncrementsHoldNoMoreThanHundreds() throws Exception {
    broker.createTopic("scores-long", 2, Map.of());
    // More than seven orders of each customer wait; an increment takes one of each partition.
    patron(
        "generate",
        "generate",
        "--customers=" + Math.max(100, INCREMENTS / 2),
        "--output=" + shop,
        "--kafka=" + broker.bootstrap());
    patron("run", "run", "--dataset=" + shop.resolve("dataset.yaml"), at("files"));
    copyModels("long");
    Process process = start("long", stream("long", "--maxRecordsPerIncrement=3"));
    List<Held> held = new ArrayList<>();
    try {
      watch(process, held);
      process.destroy();
      assertThat(process.waitFor()).as(() -> stderr("long")).isZero();
    } finally {
      process.destroyForcibly();
    }
    assertDoesNotGrow("heap", held, Held::heap);
    assertDoesNotGrow("resident", held, Held::resident);
    boundedTables().forEach(EnduranceSuite::say);
  }

  private void watch(Process process, List<Held> held) throws Exception {
    int next = INCREMENTS / 50;
    for (long increments = 0; increments < INCREMENTS; Thread.sleep(1_000)) {
      assertThat(process.isAlive()).as(() -> stderr("long")).isTrue();
      increments = increments("long");
      if (increments >= next) {
        next += INCREMENTS / 50;
        held.add(held(process, increments));
        say(held.get(held.size() - 1) + ", " + boundedTables().get(0));
      }
    }
  }

  private static Held held(Process process, long increment) throws Exception {
    jcmd(process, "GC.run");
    long heap = 0;
    for (Matcher used = USED.matcher(jcmd(process, "GC.heap_info")); used.find(); ) {
      heap += Long.parseLong(used.group(1));
    }
    String status = Files.readString(Path.of("/proc/" + process.pid() + "/status"));
    Matcher resident = Pattern.compile("VmRSS:\\s+(\\d+)").matcher(status);
    assertThat(resident.find()).isTrue();
    return new Held(increment, heap, Long.parseLong(resident.group(1)));
  }

  private static String jcmd(Process process, String what) throws Exception {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                String.valueOf(process.pid()),
                what)
            .redirectErrorStream(true)
            .start();
    String text = new String(jcmd.getInputStream().readAllBytes(), UTF_8);
    assertThat(jcmd.waitFor()).as(text).isZero();
    return text;
  }

  /** The least of the last fifth is no more than the most of the second fifth. */
  private static void assertDoesNotGrow(
      String what, List<Held> held, ToLongFunction<Held> measure) {
    int fifth = held.size() / 5;
    long early = held.subList(fifth, 2 * fifth).stream().mapToLong(measure).max().orElseThrow();
    long late =
        held.subList(held.size() - fifth, held.size()).stream()
            .mapToLong(measure)
            .min()
            .orElseThrow();
    say("%s: at most %,d KiB early, at least %,d KiB late".formatted(what, early, late));
    assertThat(late).as(what).isLessThanOrEqualTo(early * 21 / 20);
  }

  /**
   * Every table has few files and a checkpoint that is not far behind.
   *
   * @return what there is of each, the one with the most files first
   */
  private List<String> boundedTables() throws IOException {
    Path warehouse = folder.resolve("long");
    Set<String> tables = tables(warehouse);
    assertThat(tables).contains("bronze/orders", "gold/customer_scores");
    TreeMap<Integer, List<String>> byFiles = new TreeMap<>(Comparator.reverseOrder());
    for (String name : tables) {
      TableSnapshot table = LakeTable.at(warehouse.toString(), name).snapshot();
      int files = table.files().size();
      // One more for each partition: bronze has one a day.
      long parts = table.files().stream().map(DataFile::partition).distinct().count();
      assertThat((long) files).as(name).isLessThanOrEqualTo(MOST_FILES * Math.max(1, parts));
      Path last = warehouse.resolve(name).resolve("_delta_log/_last_checkpoint");
      long checkpoint =
          Files.exists(last) ? JSON.readTree(last.toFile()).get("version").asLong() : 0;
      assertThat(checkpoint).as(name).isGreaterThanOrEqualTo(table.version() - 100);
      byFiles
          .computeIfAbsent(files, any -> new ArrayList<>())
          .add(
              "%s: %d files, version %,d, checkpoint of %,d"
                  .formatted(name, files, table.version(), checkpoint));
    }
    return byFiles.values().stream().flatMap(List::stream).toList();
  }

  /** The tables of a warehouse in which files come and go meanwhile. */
  private static Set<String> tables(Path warehouse) throws IOException {
    Set<String> tables = new TreeSet<>();
    Files.walkFileTree(
        warehouse,
        Set.of(),
        3,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            if (Files.isDirectory(folder.resolve("_delta_log"))) {
              tables.add(warehouse.relativize(folder).toString());
              return FileVisitResult.SKIP_SUBTREE;
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException gone) {
            return FileVisitResult.CONTINUE;
          }
        });
    return tables;
  }
}
