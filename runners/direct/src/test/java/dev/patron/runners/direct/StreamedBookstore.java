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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/**
 * A bookstore whose records wait in topics of a real broker, and the program that streams them in:
 * here, or as a process that can be killed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class StreamedBookstore {
  private static final Set<String> SILVER =
      Set.of("silver/books", "silver/customers", "silver/orders", "silver/purchases");

  final Path folder;
  final KafkaBroker broker;
  final Path shop;

  StreamedBookstore(Path folder) throws IOException {
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
  }

  Path at(String warehouse) {
    return folder.resolve(warehouse);
  }

  /** Runs it here, and wants it to end well. */
  static String patron(String... arguments) {
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
  ProcessBuilder process(Path said, String... arguments) {
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

  static void awaitUntil(BooleanSupplier comes) throws InterruptedException {
    for (int i = 0; i < 5_000 && !comes.getAsBoolean(); i++) {
      Thread.sleep(100);
    }
    assertThat(comes.getAsBoolean()).isTrue();
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  String[] stream(String warehouse, String... more) {
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
  Map<String, String> silver(String warehouse) {
    return patron("verify", "--warehouse=" + at(warehouse))
        .lines()
        .map(line -> line.split(" +", 2))
        .filter(words -> SILVER.contains(words[0]))
        .collect(Collectors.toMap(words -> words[0], words -> words[1]));
  }

  void train(String warehouse, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "train",
                "--dataset=" + shop.resolve("dataset-topics.yaml"),
                "--warehouse=" + at(warehouse)));
    arguments.addAll(List.of(more));
    patron(arguments.toArray(String[]::new));
  }

  int rows(String warehouse, String table) {
    return patron("verify", "--warehouse=" + at(warehouse))
        .lines()
        .filter(line -> line.startsWith(table + " "))
        .mapToInt(line -> Integer.parseInt(line.split(" +", 3)[1]))
        .findFirst()
        .orElseThrow();
  }

  /** The records of all increments that a stream told of. */
  static int counted(Path said) {
    return Pattern.compile("increment [0-9]+: ([0-9,]+) records")
        .matcher(text(said))
        .results()
        .mapToInt(line -> Integer.parseInt(line.group(1).replace(",", "")))
        .sum();
  }
}
