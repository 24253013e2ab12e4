package dev.patron.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What somebody, or a disk, has done to a warehouse behind Patron's back: {@code verify} finds it
 * and says where in one line, and no run goes on from there.
 */
class DamagedTablesIT {
  private static final String COMMIT = "_delta_log/00000000000000000000.json";

  @TempDir private static Path shared;
  @TempDir private Path folder;
  private Path warehouse = Path.of("");
  private String err = "";

  /** Made by one run, to be copied. */
  @BeforeAll
  static void makeAWarehouse() throws IOException {
    ShopByHand.write(shared);
    CommandRun.succeeding(ShopByHand.command("run", shared, shared.resolve("warehouse")));
  }

  @BeforeEach
  void copyIt() throws IOException {
    warehouse = folder.resolve("warehouse");
    ShopByHand.copy(shared.resolve("warehouse"), warehouse);
  }

  private int patron(String command, String... options) {
    List<String> arguments =
        command.equals("run")
            ? ShopByHand.command("run", shared, warehouse)
            : new ArrayList<>(List.of(command, "--warehouse=" + warehouse));
    if (command.equals("vacuum")) {
      arguments.add("--retain=PT0S");
    }
    arguments.addAll(List.of(options));
    CommandRun run = CommandRun.of(arguments);
    err = run.err();
    return run.status();
  }

  private void failsInOneLine(String command, String... words) {
    assertThat(patron(command)).as(command + ": " + err).isEqualTo(1);
    assertThat(err).doesNotContain("\tat ");
    assertThat(err.lines().filter(line -> line.startsWith("patron: "))).hasSize(1);
    assertThat(err).contains(words);
  }

  private Path dataFile(String table) throws IOException {
    try (Stream<Path> files = Files.walk(warehouse.resolve(table))) {
      return files.filter(file -> file.getFileName().toString().matches("part-.*")).toList().get(0);
    }
  }

  private static void cut(Path file, long bytes) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.setLength(bytes);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }

  @Test
  void anUntouchedWarehouseIsWhole() {
    assertThat(patron("verify")).as(err).isZero();
    assertThat(patron("run")).as(err).isZero();
    assertThat(patron("verify")).as(err).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bronze/sales", "silver/sales", "silver/goods", "state/goods"})
  void anEmptiedCommitIsNamed(String table) throws IOException {
    Files.write(warehouse.resolve(table).resolve(COMMIT), new byte[0]);
    failsInOneLine("verify", table + ": ", COMMIT + " is empty");
    failsInOneLine("run", table + ": ", COMMIT + " is empty");
  }

  @Test
  void anEmptiedDecisionIsNamed() throws IOException {
    String newest = "_delta_log/00000000000000000004.json";
    Files.write(warehouse.resolve("_ledger").resolve(newest), new byte[0]);
    failsInOneLine("verify", "_ledger: ", newest + " is empty");
    failsInOneLine("run", "_ledger: ", newest + " is empty");
  }

  @Test
  void aCommitThatIsCutIsNamed() throws IOException {
    Path commit = warehouse.resolve("silver/sales").resolve(COMMIT);
    cut(commit, Files.size(commit) - 20);
    failsInOneLine("verify", "silver/sales: ", COMMIT, "is damaged");
    failsInOneLine("run", "silver/sales: ", COMMIT, "is damaged");
  }

  @Test
  void aCommitThatIsCutBetweenItsLinesIsNamed() throws IOException {
    Path commit = warehouse.resolve("silver/sales").resolve(COMMIT);
    List<String> lines = Files.readAllLines(commit);
    Files.write(commit, lines.subList(0, lines.size() - 1));
    failsInOneLine("verify", "silver/sales: ", "00000000000000000000.crc");
    failsInOneLine("run", "silver/sales: ", "00000000000000000000.crc");
  }

  @Test
  void aCommitThatIsNoJsonIsNamed() throws IOException {
    Files.writeString(warehouse.resolve("silver/sales").resolve(COMMIT), "<html>\n");
    failsInOneLine("verify", "silver/sales: ", COMMIT, "is damaged");
  }

  @ParameterizedTest
  @ValueSource(strings = {"silver/sales", "state/goods", "gold/customer_scores"})
  void aDataFileOfAnotherSizeIsNamed(String table) throws IOException {
    Path file = dataFile(table);
    Files.write(file, new byte[] {1}, StandardOpenOption.APPEND);
    failsInOneLine(
        "verify", table + ": ", file.getFileName().toString(), "bytes where the log says");
  }

  @ParameterizedTest
  @ValueSource(strings = {"silver/sales", "state/goods"})
  void aDataFileThatIsGoneIsNamed(String table) throws IOException {
    Path file = dataFile(table);
    Files.delete(file);
    failsInOneLine("verify", table + ": ", file.getFileName().toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"silver/sales", "state/goods", "gold/customer_scores", "quarantine/sales"})
  void aTableWithoutItsLogIsNamed(String table) throws IOException {
    if (table.startsWith("quarantine")) {
      Files.writeString(warehouse.resolve(table).resolve("part-1.parquet"), "");
    }
    delete(warehouse.resolve(table).resolve("_delta_log"));
    failsInOneLine("verify", table + ": ", "_delta_log");
    long files = files(table);
    failsInOneLine("vacuum", table + ": ", "_delta_log");
    assertThat(files(table)).isEqualTo(files);
  }

  /** What the folders say alone is not enough: nobody looks for what is not there. */
  @ParameterizedTest
  @ValueSource(strings = {"silver/goods", "state/goods", "gold/cohort_retention"})
  void aTableThatIsGoneIsMissedUntilVacuumTakesNote(String table) throws IOException {
    delete(warehouse.resolve(table));
    failsInOneLine("verify", table + ": it is gone");
    assertThat(patron("vacuum")).as(err).isZero();
    assertThat(err).contains(table + " is gone");
    assertThat(patron("verify")).as(err).isZero();
  }

  @Test
  void aLostLedgerIsMissedAndNothingIsDecidedWithoutIt() throws IOException {
    delete(warehouse.resolve("_ledger"));
    failsInOneLine("verify", "_ledger: decision ", "there is no ledger");
    Path more = folder.resolve("more");
    ShopByHand.write(more);
    CommandRun run = CommandRun.of(ShopByHand.command("run", more, warehouse));
    assertThat(run.status()).as(run.err()).isEqualTo(1);
    assertThat(run.err()).contains("_ledger: decision ", "there is no ledger");
    failsInOneLine("verify", "_ledger: decision ", "there is no ledger");
  }

  private long files(String table) throws IOException {
    try (Stream<Path> files = Files.walk(warehouse.resolve(table))) {
      return files.count();
    }
  }

  /** A run that made them would read only what is new, and say nothing of the rest. */
  @Test
  void bronzeWithoutItsLogIsNotBegunAgain() throws IOException {
    delete(warehouse.resolve("bronze/sales/_delta_log"));
    failsInOneLine("verify", "bronze/sales: ");
    failsInOneLine("run", "bronze/sales: ", "silver/sales");
    delete(warehouse.resolve("bronze/sales"));
    failsInOneLine("verify", "bronze/sales: ");
    failsInOneLine("run", "bronze/sales: ", "silver/sales");
  }

  /** What a run that was killed before its first commit has left is no table. */
  @Test
  void dataFilesThatNobodyHasCommittedAreNoTable() throws IOException {
    Path orphan = Files.createDirectories(warehouse.resolve("silver/orphans"));
    Files.writeString(orphan.resolve("part-1.parquet"), "");
    assertThat(patron("verify")).as(err).isZero();
  }

  @Test
  void aCommitOfBronzeThatIsGoneIsMissed() throws IOException {
    Files.writeString(
        shared.resolve("sales/1.csv"), "customer_id,date,amount\nc1,2024-01-01,1.00\n");
    try {
      assertThat(patron("run")).as(err).isZero();
      assertThat(patron("verify")).as(err).isZero();
      for (String file : List.of("00000000000000000001.json", "00000000000000000001.crc")) {
        Files.delete(warehouse.resolve("bronze/sales/_delta_log").resolve(file));
      }
      failsInOneLine("verify", "bronze/sales: ", "silver/sales");
      failsInOneLine("run", "bronze/sales: ", "silver/sales");
    } finally {
      Files.delete(shared.resolve("sales/1.csv"));
    }
  }

  /** Each record of bronze has one fate: rows of silver and quarantine that are gone are missed. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "silver/sales",
        "silver/goods",
        "quarantine/sales",
        "bronze/goods",
        "silver/purchases",
        "gold/customer_features",
        "gold/customer_scores"
      })
  void rowsThatSomebodyTookOutAreMissed(String table) throws IOException {
    ShopByHand.emptyByHand(warehouse.resolve(table));
    failsInOneLine("verify", table + ": ", "run --rebuild");
    assertThat(patron("run", "--rebuild")).as(err).isZero();
    assertThat(patron("verify")).as(err).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"silver/purchases", "gold/customer_features", "gold/customer_scores"})
  void rowsThatSomebodyAddedAgainAreFound(String table) throws IOException {
    ShopByHand.appendByHand(warehouse.resolve(table));
    failsInOneLine("verify", table + ": ");
    assertThat(patron("run", "--rebuild")).as(err).isZero();
    assertThat(patron("verify")).as(err).isZero();
  }

  /** Nor does it need to be told: what the table is made of is there. */
  @ParameterizedTest
  @ValueSource(strings = {"silver/purchases", "gold/customer_features", "gold/customer_scores"})
  void aRunMakesAnewWhatHasOtherRowsThanWereCounted(String table) throws IOException {
    String whole = madeOfSales();
    ShopByHand.appendByHand(warehouse.resolve(table));
    assertThat(patron("run")).as(err).isZero();
    assertThat(err).contains(table + ": it has ", "it is made anew");
    assertThat(madeOfSales()).isEqualTo(whole);
    ShopByHand.emptyByHand(warehouse.resolve(table));
    assertThat(patron("run")).as(err).isZero();
    assertThat(madeOfSales()).isEqualTo(whole);
  }

  @Test
  void aStageDoesNotReadATableThatHasOtherRowsThanWereCounted() throws IOException {
    ShopByHand.appendByHand(warehouse.resolve("silver/purchases"));
    ShopByHand.appendByHand(warehouse.resolve("gold/customer_features"));
    CommandRun features = CommandRun.of(ShopByHand.command("features", shared, warehouse));
    assertThat(features.status()).as(features.err()).isEqualTo(1);
    assertThat(features.err()).contains("silver/purchases: it has ");
    CommandRun score = CommandRun.of(ShopByHand.command("score", shared, warehouse));
    assertThat(score.status()).as(score.err()).isEqualTo(1);
    assertThat(score.err()).contains("gold/customer_features: it has ");
  }

  /** Increments replace some files and join others; the counts go with them. */
  @Test
  void whatIncrementsCarryOnIsCounted() throws IOException {
    Path shop = folder.resolve("shop");
    ShopByHand.write(shop);
    Path other = folder.resolve("other");
    for (int night = 0; night < 4; night++) {
      Files.writeString(
          shop.resolve("sales/" + (night + 1) + ".csv"),
          "customer_id,date,amount\nc%d,2023-05-11,1.00\n,2024-01-0%d,3.00\nnew%d,2023-03-11,2.00\n"
              .formatted(night, night + 1, night));
      CommandRun.succeeding(ShopByHand.command("run", shop, other));
      CommandRun.succeeding(List.of("verify", "--warehouse=" + other));
    }
    ShopByHand.emptyByHand(other.resolve("silver/purchases"));
    CommandRun verify = CommandRun.of(List.of("verify", "--warehouse=" + other));
    assertThat(verify.err()).contains("silver/purchases: it has 0 rows where its account says ");
  }

  private static final List<String> COUNTED =
      List.of("silver/purchases", "gold/customer_features", "gold/customer_scores");

  /** Makes of a warehouse one of before they were counted. */
  private void takeTheirCountsAway() throws IOException {
    for (String table : COUNTED) {
      try (Stream<Path> log = Files.list(warehouse.resolve(table).resolve("_delta_log"))) {
        for (Path file :
            log.filter(any -> any.toString().matches(".*/\\d+\\.(json|crc)")).toList()) {
          String text = Files.readString(file);
          String older = text.replaceAll(",?\"patron\\.(rows|unique)\":\"[^\"]*\"", "");
          Files.writeString(file, older.replace("{,", "{"));
        }
      }
    }
  }

  @Test
  void tablesThatDoNotSayTheirRowsAreTakenAsTheyAre() throws IOException {
    takeTheirCountsAway();
    for (String table : COUNTED) {
      ShopByHand.appendByHand(warehouse.resolve(table));
    }
    assertThat(patron("verify")).as(err).isZero();
  }

  @Test
  void tablesThatDoNotSayTheirRowsAreCarriedOn() throws IOException {
    takeTheirCountsAway();
    Path shop = folder.resolve("shop");
    ShopByHand.write(shop);
    Files.writeString(shop.resolve("sales/1.csv"), "customer_id,date,amount\nc1,2023-05-11,1.00\n");
    CommandRun.succeeding(ShopByHand.command("run", shop, warehouse));
    assertThat(patron("verify")).as(err).isZero();
    ShopByHand.emptyByHand(warehouse.resolve("silver/purchases"));
    failsInOneLine("verify", "silver/purchases: it has 0 rows where its account says ");
  }

  /** The lines of {@code verify} that say what became of the sales. */
  private String madeOfSales() {
    CommandRun run = CommandRun.of(List.of("verify", "--warehouse=" + warehouse));
    assertThat(run.status()).as(run.err()).isZero();
    return run.out()
        .lines()
        .filter(line -> line.startsWith("silver/") || line.startsWith("gold/"))
        .collect(Collectors.joining("\n"));
  }

  /** A run that was killed while it committed: the next one goes on there. */
  @Test
  void tablesNeedNotFitWhileADecisionIsCarriedOut() throws IOException {
    ShopByHand.emptyByHand(warehouse.resolve("quarantine/sales"));
    Path newest = warehouse.resolve("_ledger/_delta_log/00000000000000000004.json");
    Matcher intent =
        Pattern.compile("\"patron.intent\":\"([^\"]+)\"").matcher(Files.readString(newest));
    assertThat(intent.find()).isTrue();
    Path file = warehouse.resolve("_ledger/_intents").resolve(intent.group(1));
    Files.createDirectories(file.getParent());
    Files.writeString(file, "");
    assertThat(patron("verify")).as(err).isZero();
    Files.delete(file);
    failsInOneLine("verify", "quarantine/sales: ");
  }
}
