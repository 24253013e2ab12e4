package dev.patron.runners.portability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.pipelines.generate.Bookstore;
import dev.patron.pipelines.generate.BookstoreOptions;
import dev.patron.pipelines.generate.live.PlayToKafka;
import dev.patron.testing.KafkaBroker;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stream's increments, several in one Spark context, give the tables of one run over files, also
 * when the stream is told to stop on the way.
 */
class StreamOnSparkIT {
  @Test
  void incrementsInOneContextGiveTheTablesOfTheFilesAndEndWellWhenTold(@TempDir Path folder)
      throws Exception {
    Path shop = folder.resolve("shop");
    Bookstore.generate(BookstoreOptions.of(40, 11, shop), orders -> {});
    Program.run(Program.DIRECT, shop.resolve("dataset.yaml"), folder.resolve("files"));
    KafkaBroker broker = KafkaBroker.shared();
    PlayToKafka.play(shop, broker.bootstrap(), 0, records -> {});
    Path dataset =
        Files.writeString(
            shop.resolve("dataset-streamed.yaml"),
            Files.readString(shop.resolve("dataset-kafka.yaml"))
                .replace("${KAFKA_BOOTSTRAP}", broker.bootstrap()));

    Path log = folder.resolve("said");
    Process process = start(log, dataset, folder.resolve("streamed"));
    try {
      while (process.isAlive() && !Files.readString(log).contains(": increment 1:")) {
        Thread.sleep(100);
      }
      // SIGTERM
      process.destroy();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String stopped = Files.readString(log);
    assertThat(process.exitValue()).as(stopped).isZero();
    assertThat(stopped).contains("patron: stopped; ").doesNotContain("Exception");

    List<String> said =
        Program.stream(
            Program.SPARK,
            dataset,
            folder.resolve("streamed"),
            "--untilCaughtUp",
            "--every=PT0S",
            "--maxRecordsPerIncrement=300");

    assertThat(Stream.concat(stopped.lines(), said.stream()))
        .filteredOn(line -> line.contains(": increment "))
        .hasSizeGreaterThan(2);
    SortedMap<String, String> streamed = Program.verify(folder.resolve("streamed"));
    SortedMap<String, String> filed = Program.verify(folder.resolve("files"));
    for (String table : List.of("books", "customers", "orders", "purchases")) {
      assertThat(streamed.get("silver/" + table)).as(table).isEqualTo(filed.get("silver/" + table));
    }
  }

  /** A stream that goes on until it is told to stop, in a JVM with the flags of this one. */
  private static Process start(Path log, Path dataset, Path warehouse) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(List.of("-Xmx1g", "-XX:TieredStopAtLevel=1"));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.matches("--add-opens.*|-D(log4j2|jdk)[.].*"))
        .forEach(command::add);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("dev.patron.pipelines.Patron", "stream"));
    command.addAll(Program.SPARK);
    command.addAll(
        List.of(
            "--dataset=" + dataset,
            "--warehouse=" + warehouse,
            "--every=PT0S",
            "--maxRecordsPerIncrement=300"));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }
}
