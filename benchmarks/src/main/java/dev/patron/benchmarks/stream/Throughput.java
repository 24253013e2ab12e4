package dev.patron.benchmarks.stream;

import dev.patron.benchmarks.compare.Contender;
import dev.patron.testing.KafkaBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Reads the same topic by each contender in turn, several times over, as processes of their own
 * beside the broker, and prints the medians: records a second of wall time, start-up included.
 */
final class Throughput {
  private final Path root;
  private final Path work;
  private final KafkaBroker broker;
  private final long records;

  Throughput(Path root, Path work, KafkaBroker broker, long records) {
    this.root = root;
    this.work = work;
    this.broker = broker;
    this.records = records;
  }

  void run(int runs, List<String> names) throws IOException, InterruptedException {
    Map<String, List<Contender.Cost>> costs = new LinkedHashMap<>();
    for (int run = 0; run < runs; run++) {
      for (String name : names) {
        Contender contender = contender(name);
        contender.clear();
        Contender.Cost cost = contender.run();
        contender.clear();
        costs.computeIfAbsent(name, any -> new ArrayList<>()).add(cost);
        System.err.printf(
            Locale.ROOT,
            "run %d of %d: %-12s %,7.0f records/s %7.1f CPU s %7.1f s %6.0f MB, load %s%n",
            run + 1,
            runs,
            name,
            records / cost.wallSeconds(),
            cost.cpuSeconds(),
            cost.wallSeconds(),
            cost.peakMegabytes(),
            Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0]);
      }
    }
    print(costs);
  }

  private Contender contender(String name) throws IOException {
    Path out = work.resolve(name);
    Path here = root.resolve("benchmarks/target");
    return switch (name) {
      case "kafka-client" ->
          new Contender(
              name,
              List.of(
                  "java",
                  "-Xmx1g",
                  "-XX:+UseParallelGC",
                  "-cp",
                  here.resolve("classes") + ":" + here.resolve("lib") + "/*",
                  ReadAlone.class.getName(),
                  broker.bootstrap()),
              Map.of(),
              out);
      case "patron" -> {
        Path dataset = Files.writeString(work.resolve("changes.yaml"), ChangeTopic.DATASET);
        yield new Contender(
            name,
            List.of(
                root.resolve("patron").toString(),
                "stream",
                "--untilCaughtUp",
                "--every=PT0S",
                "--dataset=" + dataset,
                "--warehouse=" + out),
            environment(broker),
            out);
      }
      case "spark" -> {
        List<String> command = new ArrayList<>(List.of("java", "-Xmx2g", "-XX:+UseParallelGC"));
        command.addAll(List.of(System.getProperty("spark.jvm.flags", "").strip().split(" ", -1)));
        command.add(
            "-Dlog4j2.configurationFile=" + root.resolve("runners/spark/log4j2.properties"));
        command.add("-cp");
        command.add(
            "%s/*:%s/*:%s"
                .formatted(
                    root.resolve("runners/spark/distribution/target/jars"),
                    here.resolve("spark-kafka"),
                    here.resolve("classes")));
        command.addAll(List.of(SparkTopic.class.getName(), broker.bootstrap(), out.toString()));
        yield new Contender(name, command, Map.of(), out);
      }
      default ->
          throw new IllegalArgumentException(
              "unknown contender '" + name + "'; known are kafka-client, patron, spark");
    };
  }

  static Map<String, String> environment(KafkaBroker broker) {
    Map<String, String> environment = new HashMap<>();
    environment.put("KAFKA_BOOTSTRAP", broker.bootstrap());
    environment.put("PATRON_JAVA_OPTS", System.getenv().getOrDefault("PATRON_JAVA_OPTS", "-Xmx2g"));
    return environment;
  }

  private void print(Map<String, List<Contender.Cost>> costs) {
    String base = costs.keySet().iterator().next();
    double baseRate = rate(costs, base);
    System.out.println(
        "| | records/s | by "
            + base
            + " | CPU s | records/CPU s | wall s | peak MB |\n|---|---|---|---|---|---|---|");
    for (String name : costs.keySet()) {
      double cpuSeconds = median(costs, name, Contender.Cost::cpuSeconds);
      System.out.printf(
          Locale.ROOT,
          "| %s | %,.0f | %.2f | %.1f | %,.0f | %.1f | %.0f |%n",
          name,
          rate(costs, name),
          rate(costs, name) / baseRate,
          cpuSeconds,
          records / cpuSeconds,
          median(costs, name, Contender.Cost::wallSeconds),
          median(costs, name, Contender.Cost::peakMegabytes));
    }
  }

  private double rate(Map<String, List<Contender.Cost>> costs, String name) {
    return records / median(costs, name, Contender.Cost::wallSeconds);
  }

  private static double median(
      Map<String, List<Contender.Cost>> costs,
      String name,
      ToDoubleFunction<Contender.Cost> figure) {
    return Contender.Cost.median(costs.getOrDefault(name, List.of()), figure);
  }
}
