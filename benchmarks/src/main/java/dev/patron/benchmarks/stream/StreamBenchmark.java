package dev.patron.benchmarks.stream;

import dev.patron.testing.KafkaBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Starts a broker and measures: {@code StreamBenchmark WORK throughput RECORDS CUSTOMERS RUNS
 * CONTENDER...} or {@code StreamBenchmark WORK latency RATE MINUTES CUSTOMERS}.
 */
public final class StreamBenchmark {
  private StreamBenchmark() {}

  /** Runs one; the system property {@code patron.home} is the project's folder. */
  public static void main(String[] arguments) throws Exception {
    Path root = Path.of(System.getProperty("patron.home", ".")).toAbsolutePath();
    Path work = Files.createDirectories(Path.of(arguments[0]).toAbsolutePath());
    Path folder = Files.createTempDirectory(work, "broker-");
    try (KafkaBroker broker = KafkaBroker.start(folder)) {
      // Also when the benchmark itself is stopped.
      Runtime.getRuntime().addShutdownHook(new Thread(broker::kill, "stop the broker"));
      if (arguments[1].equals("throughput")) {
        long records = Long.parseLong(arguments[2]);
        ChangeTopic.fill(broker, records, Integer.parseInt(arguments[3]));
        new Throughput(root, work, broker, records)
            .run(Integer.parseInt(arguments[4]), List.of(arguments).subList(5, arguments.length));
      } else {
        new Latency(root, work, broker)
            .run(
                Integer.parseInt(arguments[2]),
                Integer.parseInt(arguments[3]),
                Integer.parseInt(arguments[4]));
      }
    }
  }
}
