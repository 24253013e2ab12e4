package dev.patron.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Other programs write to the tables, as Delta Lake lets them. */
class OtherWritersIT {
  private static final Pattern MADE =
      Pattern.compile("(bronze|silver|quarantine)/.*|gold/customer_features");

  @TempDir private Path folder;
  private Path warehouse = Path.of("");

  @BeforeEach
  void makeAWarehouse() throws IOException {
    warehouse = folder.resolve("warehouse");
    ShopByHand.write(folder);
    carryOn(warehouse);
  }

  private void succeeds(String command, String... more) {
    CommandRun.succeeding(ShopByHand.command(command, folder, warehouse, more));
  }

  /** All of a run that does without models. */
  private void carryOn(Path place) {
    for (String stage : List.of("ingest", "refine", "features")) {
      CommandRun.succeeding(ShopByHand.command(stage, folder, place));
    }
  }

  private void sell(String file, int rows) throws IOException {
    Files.writeString(
        folder.resolve("sales/" + file),
        "customer_id,date,amount\n" + "c1,2023-11-12,7.00\n".repeat(rows));
  }

  /** What all tables hold that follow from the sources alone, and not from models. */
  private static Map<String, String> tables(Path place) {
    Map<String, String> tables = new TreeMap<>(CommandRun.verify(place));
    tables.keySet().removeIf(name -> !MADE.matcher(name).matches());
    return tables;
  }

  private Map<String, String> atOnce() {
    Path anew = folder.resolve("anew");
    carryOn(anew);
    assertThat(tables(anew)).hasSize(8);
    return tables(anew);
  }

  /** Rows that were only moved are not new, as Delta Lake's own streams see it. */
  @Test
  void filesOfBronzeThatWereJoinedAreNotReadAgain() throws IOException {
    ShopByHand.optimizeByHand(warehouse.resolve("bronze/sales"));
    ShopByHand.optimizeByHand(warehouse.resolve("bronze/goods"));
    sell("1.csv", 3);
    carryOn(warehouse);
    assertThat(tables(warehouse)).isEqualTo(atOnce());
  }

  /** What came before the joining, and was not refined yet, lies in the files that were joined. */
  @Test
  void whatCameBeforeTheJoiningIsReadOnce() throws IOException {
    sell("1.csv", 3);
    succeeds("ingest");
    ShopByHand.optimizeByHand(warehouse.resolve("bronze/sales"));
    sell("2.csv", 2);
    carryOn(warehouse);
    assertThat(tables(warehouse)).isEqualTo(atOnce());
  }

  @Test
  void whatCameBeforeTheJoiningIsReadFromTheJoinedFilesAfterAVacuum() throws IOException {
    sell("1.csv", 3);
    succeeds("ingest");
    ShopByHand.optimizeByHand(warehouse.resolve("bronze/sales"));
    CommandRun.succeeding(List.of("vacuum", "--warehouse=" + warehouse, "--retain=PT0S"));
    sell("2.csv", 2);
    carryOn(warehouse);
    assertThat(tables(warehouse)).isEqualTo(atOnce());
  }

  @Test
  void filesOfEveryTableMayBeJoined() throws IOException {
    for (String table :
        List.of(
            "bronze/sales",
            "silver/sales",
            "silver/goods",
            "silver/purchases",
            "state/goods",
            "gold/customer_features")) {
      ShopByHand.optimizeByHand(warehouse.resolve(table));
    }
    sell("1.csv", 3);
    Files.writeString(
        folder.resolve("goods.jsonl"),
        "{\"sku\":\"s1\",\"price\":99,\"seen\":\"2022-01-01T00:00:00Z\",\"op\":\"c\"}\n",
        StandardOpenOption.APPEND);
    carryOn(warehouse);
    assertThat(tables(warehouse)).isEqualTo(atOnce());
  }

  @Test
  void rowsOfBronzeThatAnotherProgramTookAwayStopTheRun() throws IOException {
    ShopByHand.emptyByHand(warehouse.resolve("bronze/sales"));
    sell("1.csv", 3);
    CommandRun run = CommandRun.of(ShopByHand.command("run", folder, warehouse));
    assertThat(run.status()).as(run.err()).isEqualTo(1);
    assertThat(run.err())
        .contains("bronze/sales: version 1 (DELETE by " + ShopByHand.SPARK + ")", "--rebuild")
        .doesNotContain("\tat ");
    succeeds("ingest");
    succeeds("refine", "--rebuild");
    assertThat(CommandRun.verify(warehouse).get("silver/sales")).matches("3 .*");
  }

  @Test
  void rowsThatAnotherProgramAddsAreRead() throws IOException {
    ShopByHand.appendByHand(warehouse.resolve("bronze/goods"));
    carryOn(warehouse);
    assertThat(CommandRun.verify(warehouse).get("bronze/goods")).matches("120 .*");
    assertThat(CommandRun.verify(warehouse).get("silver/goods")).matches("60 .*");
  }
}
