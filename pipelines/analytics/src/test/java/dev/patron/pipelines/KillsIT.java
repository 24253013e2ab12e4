package dev.patron.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.pipelines.generate.Bookstore;
import dev.patron.pipelines.generate.BookstoreOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * <p>The profile {@code proof} has all of the former and twenty of the latter.
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
    CommandRun.succeeding(List.of("run", "--dataset=" + dataset, "--warehouse=" + warehouse));
    undisturbed = verify(warehouse);
    files = count(warehouse);
  }

  @TestFactory
  Stream<DynamicTest> aRunThatIsKilledAndStartedAgainLeavesTheSameTables() {
    Map<String, Predicate<Path>> moments = new TreeMap<>();
    moments.put("an intention", has("_ledger/_intents", ""));
    moments.put("the first decision", has("_ledger/_delta_log", "0.json"));
    moments.put("the commit of one silver table", has("silver/customers/_delta_log", "0.json"));
    moments.put("the aliases of a model", has("models/segments", "aliases.json"));
    int kills = Integer.getInteger("proof.kills", 1);
    if (kills > 1) {
      moments.put("a data file of silver", has("silver/orders", "part-"));
      moments.put("the commit of bronze", has("bronze/books/_delta_log", "0.json"));
      moments.put("a file of a model", has("models/segments/1", "card.md"));
      moments.put("the commit of the features", has("gold/customer_features/_delta_log", "0.json"));
    }
    Random random = new Random(SEED);
    for (int i = 0; i < kills; i++) {
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
    CommandRun.succeeding(List.of("run", "--dataset=" + dataset, "--warehouse=" + warehouse));
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
    Map<String, String> tables = CommandRun.verify(warehouse);
    tables.keySet().removeIf(table -> !table.matches("(bronze|silver|gold|quarantine)/.*"));
    return tables;
  }
}
