package dev.patron.pipelines;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.generate.Bookstore;
import dev.patron.pipelines.generate.BookstoreOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run that is killed (SIGKILL) at any moment and started again leaves the tables of a run that
 * nobody disturbed (SEMANTICS 19 and 20). The moments are those at which something appears in the
 * warehouse: the first file of a table, the intention of a decision, the decision, the commit of
 * one table and not yet of the next; and some seeded numbers of files.
 *
 * <p>The profile {@code proof} has twenty of the latter.
 */
class KillsIT {
  private static final long SEED = 5;
  private static final int CUSTOMERS = 60;

  @TempDir static Path folder;

  private static Path dataset;
  private static Map<String, String> undisturbed;
  private static int files;

  @BeforeAll
  static void runUndisturbed() throws IOException {
    Path shop = folder.resolve("shop");
    Bookstore.generate(BookstoreOptions.of(CUSTOMERS, SEED, shop), orders -> {});
    dataset = shop.resolve("dataset.yaml");
    Path warehouse = folder.resolve("undisturbed");
    assertThat(call(List.of("run", "--dataset=" + dataset, "--warehouse=" + warehouse))).isZero();
    undisturbed = verify(warehouse);
    files = count(warehouse);
  }

  @TestFactory
  Stream<DynamicTest> aRunThatIsKilledAndStartedAgainLeavesTheSameTables() {
    Map<String, Predicate<Path>> moments = new TreeMap<>();
    moments.put("a data file of silver", has("silver/orders", "part-"));
    moments.put("an intention", has("_ledger/_intents", ""));
    moments.put("the first decision", has("_ledger/_delta_log", "0.json"));
    moments.put("the commit of bronze", has("bronze/books/_delta_log", "0.json"));
    moments.put("the commit of one silver table", has("silver/customers/_delta_log", "0.json"));
    moments.put("a file of a model", has("models/segments/1", "card.md"));
    moments.put("the aliases of a model", has("models/segments", "aliases.json"));
    moments.put("the commit of the features", has("gold/customer_features/_delta_log", "0.json"));
    Random random = new Random(SEED);
    for (int i = 0; i < Integer.getInteger("proof.kills", 1); i++) {
      int number = 1 + random.nextInt(files * 9 / 10);
      moments.put("file " + number, warehouse -> count(warehouse) >= number);
    }
    return moments.entrySet().stream()
        .map(
            moment ->
                DynamicTest.dynamicTest(
                    "killed at " + moment.getKey(),
                    () -> kill(moment.getKey(), moment.getValue())));
  }

  private static void kill(String name, Predicate<Path> moment) throws Exception {
    Path warehouse = folder.resolve("killed at " + name.replace('/', ' '));
    Process run =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Patron.class.getName(),
                "run",
                "--dataset=" + dataset,
                "--warehouse=" + warehouse)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output of " + warehouse.getFileName()).toFile())
            .start();
    boolean came = false;
    try {
      while (run.isAlive() && !came) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        came = moment.test(warehouse);
      }
    } finally {
      run.destroyForcibly().waitFor();
    }
    assertThat(came).as("the moment came").isTrue();
    assertThat(call(List.of("run", "--dataset=" + dataset, "--warehouse=" + warehouse))).isZero();
    assertThat(verify(warehouse)).isEqualTo(undisturbed);
  }

  /** Whether a folder of the warehouse has a file whose name begins or ends so. */
  private static Predicate<Path> has(String where, String part) {
    return warehouse -> {
      try (Stream<Path> found = Files.list(warehouse.resolve(where))) {
        return found
            .map(file -> file.getFileName().toString())
            .anyMatch(
                file -> !file.startsWith(".") && (file.startsWith(part) || file.endsWith(part)));
      } catch (IOException | UncheckedIOException notYet) {
        return false;
      }
    };
  }

  private static int count(Path warehouse) {
    try (Stream<Path> found = Files.walk(warehouse)) {
      return (int) found.filter(Files::isRegularFile).count();
    } catch (IOException | UncheckedIOException changing) {
      return 0;
    }
  }

  /** Rows and digests of all tables but the log of the runs, which is another after two of them. */
  private static Map<String, String> verify(Path warehouse) {
    ByteArrayOutputStream results = new ByteArrayOutputStream();
    assertThat(call(List.of("verify", "--warehouse=" + warehouse), results)).isZero();
    Map<String, String> tables = new TreeMap<>();
    results
        .toString(UTF_8)
        .lines()
        .map(line -> line.split("\\s+", 2))
        .filter(words -> words[0].matches("(bronze|silver|gold|quarantine)/.*"))
        .forEach(words -> tables.put(words[0], words[1]));
    return tables;
  }

  private static int call(List<String> arguments) {
    return call(arguments, new ByteArrayOutputStream());
  }

  private static int call(List<String> arguments, ByteArrayOutputStream results) {
    PrintStream notes = new PrintStream(new ByteArrayOutputStream(), true, UTF_8);
    return new Patron(new Console(new PrintStream(results, true, UTF_8), notes, false))
        .run(new ArrayList<>(arguments));
  }
}
