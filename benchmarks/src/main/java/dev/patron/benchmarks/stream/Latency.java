package dev.patron.benchmarks.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.patron.benchmarks.compare.Contender;
import dev.patron.testing.KafkaBroker;
import dev.patron.transforms.read.SourcePosition;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * How soon an order shows: from the timestamp of its record to the commit of the purchases that
 * hold it, and to its customer's next score on the scores' topic, by the broker's clock.
 *
 * <p>A bookstore with a past is streamed in and trained on first. Which increment an order is in,
 * the log of the bronze table tells: by its positions.
 */
final class Latency {
  private static final String SCORES = "scores";
  private static final int WINDOW_SECONDS = 30;
  private static final double MILLIS = 1_000;

  private final Path root;
  private final Path work;
  private final KafkaBroker broker;

  Latency(Path root, Path work, KafkaBroker broker) {
    this.root = root;
    this.work = work;
    this.broker = broker;
  }

  void run(int rate, int minutes, int customers) throws Exception {
    Path shop = work.resolve("live-shop");
    Path warehouse = work.resolve("live");
    Contender.delete(shop);
    Contender.delete(warehouse);
    patron(
        "generate",
        "--customers=" + customers,
        "--output=" + shop,
        "--kafka=" + broker.bootstrap());
    String dataset = "--dataset=" + shop.resolve("dataset-kafka.yaml");
    patron("stream", "--untilCaughtUp", "--every=PT0S", dataset, "--warehouse=" + warehouse);
    patron("train", dataset, "--warehouse=" + warehouse);
    // By the broker's clock, whatever producers say.
    broker.createTopic(SCORES, 2, Map.of("message.timestamp.type", "LogAppendTime"));

    Process stream =
        start(
            "stream",
            "--every=PT2S",
            dataset,
            "--warehouse=" + warehouse,
            "--scoresTopic=" + SCORES);
    List<LiveShop.Order> orders;
    try {
      CountDownLatch ready = new CountDownLatch(1);
      Thread says = new Thread(() -> echo(stream, ready), "what the stream says");
      says.setDaemon(true);
      says.start();
      if (!ready.await(5, TimeUnit.MINUTES)) {
        throw new IOException("the stream does not get ready");
      }
      double before = cpuSeconds(stream);
      orders = LiveShop.play(broker, customers, rate, minutes * 60L);
      System.err.printf(
          Locale.ROOT,
          "the stream took %.1f CPU s in %d s, load %s%n",
          cpuSeconds(stream) - before,
          minutes * 60,
          Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0]);
      awaitRead(warehouse, orders);
    } finally {
      stream.destroy();
      stream.waitFor();
    }
    print(orders, warehouse);
  }

  private ProcessBuilder command(String... words) {
    List<String> command = new ArrayList<>(List.of(root.resolve("patron").toString()));
    command.addAll(List.of(words));
    ProcessBuilder process =
        new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    process.environment().putAll(Throughput.environment(broker));
    return process;
  }

  private Process start(String... words) throws IOException {
    return command(words).start();
  }

  private void patron(String... words) throws IOException, InterruptedException {
    Process process = command(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    if (process.waitFor() != 0) {
      throw new IOException("patron " + words[0] + " failed");
    }
  }

  private static double cpuSeconds(Process process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / MILLIS;
  }

  /** Repeats what the stream says; it is ready when it has sent the scores that there are. */
  private static void echo(Process stream, CountDownLatch ready) {
    try (BufferedReader said =
        new BufferedReader(new InputStreamReader(stream.getErrorStream(), UTF_8))) {
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        System.err.println(line);
        if (line.contains("changed scores to")) {
          ready.countDown();
        }
      }
    } catch (IOException e) {
      // The stream was ended.
    }
  }

  private static void awaitRead(Path warehouse, List<LiveShop.Order> orders)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
    while (!isRead(warehouse, orders)) {
      if (System.nanoTime() > deadline) {
        throw new IOException("the stream does not catch up");
      }
      TimeUnit.SECONDS.sleep(1);
    }
    // And scored.
    TimeUnit.SECONDS.sleep(20);
  }

  private static boolean isRead(Path warehouse, List<LiveShop.Order> orders) throws IOException {
    SourcePosition last =
        commits(warehouse.resolve("bronze/orders")).lastEntry().getValue().position();
    return orders.stream()
        .allMatch(order -> last.next(LiveShop.TOPIC, order.partition()) > order.offset());
  }

  /**
   * A commit.
   *
   * @param millis when it became visible
   * @param position where the sources were left with it
   */
  private record Visible(long millis, SourcePosition position) {}

  /** The commits of a table, by version. */
  private static NavigableMap<Long, Visible> commits(Path table) throws IOException {
    ObjectMapper json = new ObjectMapper();
    TreeMap<Long, Visible> commits = new TreeMap<>();
    try (Stream<Path> log = Files.list(table.resolve("_delta_log"))) {
      for (Path file : log.filter(path -> path.toString().matches(".*/\\d{20}\\.json")).toList()) {
        SourcePosition position = SourcePosition.START;
        for (String line : Files.readAllLines(file)) {
          JsonNode sources =
              json.readTree(line)
                  .path("metaData")
                  .path("configuration")
                  .path(SourcePosition.PROPERTY);
          if (sources.isTextual()) {
            position = SourcePosition.parse(sources.asText());
          }
        }
        long version = Long.parseLong(file.getFileName().toString().replace(".json", ""));
        commits.put(version, new Visible(Files.getLastModifiedTime(file).toMillis(), position));
      }
    }
    return commits;
  }

  /** Both figures of an order, in milliseconds; -1: it never showed. */
  private record Shown(long sent, long inTables, long inScores) {}

  private void print(List<LiveShop.Order> orders, Path warehouse) throws IOException {
    List<Visible> bronze = new ArrayList<>(commits(warehouse.resolve("bronze/orders")).values());
    TreeSet<Long> purchases = new TreeSet<>();
    commits(warehouse.resolve("silver/purchases"))
        .values()
        .forEach(commit -> purchases.add(commit.millis()));
    Map<String, NavigableSet<Long>> scores = scores();
    List<Shown> shown = new ArrayList<>();
    for (LiveShop.Order order : orders) {
      Visible read =
          bronze.stream()
              .filter(
                  commit ->
                      commit.position().next(LiveShop.TOPIC, order.partition()) > order.offset())
              .findFirst()
              .orElseThrow();
      // Bronze is committed first, and silver in the same decision.
      Long silver = purchases.ceiling(read.millis());
      Long scored =
          silver == null
              ? null
              : scores
                  .getOrDefault(Long.toString(order.customer()), new TreeSet<>())
                  .ceiling(silver);
      shown.add(
          new Shown(
              order.millis(),
              silver == null ? -1 : silver - order.millis(),
              scored == null ? -1 : scored - order.millis()));
    }
    System.out.println(
        "| orders sent after | orders | tables: median s | 99 % | scores: median s | 99 % | never |");
    System.out.println("|---|---|---|---|---|---|---|");
    long start = orders.get(0).millis();
    Map<Long, List<Shown>> windows = new TreeMap<>();
    for (Shown order : shown) {
      long window = (order.sent() - start) / (WINDOW_SECONDS * 1_000L);
      windows.computeIfAbsent(window, any -> new ArrayList<>()).add(order);
    }
    windows.forEach((window, of) -> line(window * WINDOW_SECONDS + " s", of));
    line("all", shown);
  }

  private static void line(String name, List<Shown> orders) {
    long[] tables = orders.stream().mapToLong(Shown::inTables).filter(ms -> ms >= 0).toArray();
    long[] scores = orders.stream().mapToLong(Shown::inScores).filter(ms -> ms >= 0).toArray();
    System.out.printf(
        Locale.ROOT,
        "| %s | %,d | %.2f | %.2f | %.2f | %.2f | %d |%n",
        name,
        orders.size(),
        quantile(tables, 0.5),
        quantile(tables, 0.99),
        quantile(scores, 0.5),
        quantile(scores, 0.99),
        orders.size() - scores.length);
  }

  private static double quantile(long[] millis, double share) {
    if (millis.length == 0) {
      return Double.NaN;
    }
    long[] sorted = millis.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.min(sorted.length - 1L, (long) (share * sorted.length))] / MILLIS;
  }

  /** When each customer's scores came. */
  private Map<String, NavigableSet<Long>> scores() {
    Map<String, NavigableSet<Long>> scores = new HashMap<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", broker.bootstrap()),
            new StringDeserializer(),
            new StringDeserializer())) {
      List<TopicPartition> partitions =
          IntStream.range(0, 2).mapToObj(number -> new TopicPartition(SCORES, number)).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream()
          .anyMatch(at -> consumer.position(at) < ends.getOrDefault(at, 0L))) {
        for (ConsumerRecord<String, String> score : consumer.poll(Duration.ofMillis(200))) {
          scores.computeIfAbsent(score.key(), any -> new TreeSet<>()).add(score.timestamp());
        }
      }
    }
    return scores;
  }
}
