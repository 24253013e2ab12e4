package dev.patron.pipelines;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.frame.Frame;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.TableSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A shop that forgets a customer is the shop that never had their records: in every tier, in every
 * file, and whatever its sources deliver of them later.
 */
class ForgetIT {
  private static final int CUSTOMERS = 60;
  private static final int THEIRS = 17;
  private static final String NAME = "Zaphod Beeblebrox";
  private static final String AS_OF = "--asOf=2024-06-30";

  @TempDir static Path shared;

  @TempDir Path folder;

  private static Path shop;

  /**
   * A feed of customers and their visits, orders in JSON, and reviews in CSV that call the customer
   * otherwise.
   */
  @BeforeAll
  static void open() throws IOException {
    shop = Files.createDirectories(shared.resolve("shop"));
    Files.writeString(
        shop.resolve("shop.yaml"),
        """
        name: shop
        tables:
          visits:
            keep: current
            key: [visit]
            from: { files: "customers*.jsonl", format: debezium }
          customers:
            keep: history
            key: [id]
            from: { files: "customers*.jsonl", format: debezium }
          orders: { keep: facts, key: [order], from: { files: "orders*.jsonl" } }
          reviews: { keep: facts, key: [review], from: { files: "reviews*.csv" } }
        purchases: { table: orders, customer: customer, order: order, time: at, amount: amount }
        personal: [customers.id, reviews.Author ID]
        """);
    Random random = new Random(3);
    List<String> customers = new ArrayList<>();
    for (int i = 0; i < CUSTOMERS; i++) {
      String name = i == THEIRS ? NAME : "Customer " + i;
      for (int change = 0; change < 3; change++) {
        customers.add(event(i, name, change, 100 * i + change));
      }
    }
    // What broke off lies in the table that shares the feed; a visit that was theirs is another's.
    for (int visit = 0; visit < 5; visit++) {
      customers.add(visit(visit, "null", 15 + visit, 7_000 + visit));
    }
    customers.add(visit(2, "{\"visit\":2,\"customer\":17}", 16, 7_100));
    // Whose key was changed: a delete and an insert at one position.
    customers.add(event(100, "Former", 0, 9_000));
    customers.add(event(100, "Former", 0, 9_001).replace("\"op\":\"c\"", "\"op\":\"d\""));
    customers.add(event(101, "Latter", 0, 9_001));
    // A tombstone, and two records that broke off: theirs and another's.
    customers.add(
        "{\"topic\":\"shop.customers\",\"partition\":0,\"offset\":9,\"key\":{\"id\":17},\"value\":null}");
    customers.add("{\"before\":null,\"after\":{\"id\":17,\"name\":\"" + NAME);
    customers.add("{\"before\":null,\"after\":{\"id\":16,\"name\":\"Cust");
    List<String> orders = new ArrayList<>();
    List<String> reviews = new ArrayList<>(List.of("review,Author ID,text"));
    for (int order = 0; order < 600; order++) {
      int customer = random.nextInt(CUSTOMERS);
      orders.add(order(order, customer, random));
      reviews.add(
          "%d,%d,\"%s, %d\"".formatted(order, customer, customer == THEIRS ? NAME : "fine", order));
    }
    reviews.add("600,17," + NAME + ",\"too, many\"");
    Files.write(shop.resolve("customers.jsonl"), customers);
    Files.write(shop.resolve("orders.jsonl"), orders);
    Files.write(shop.resolve("reviews.csv"), reviews);
    CommandRun answer =
        CommandRun.of(
            List.of(
                "run",
                "--dataset=" + shop.resolve("shop.yaml"),
                "--warehouse=" + shared.resolve("warehouse"),
                AS_OF,
                "--horizonDays=90",
                "--maxQuarantined=1",
                "--k=3",
                "--cutoffs=1"));
    assertThat(answer.status()).as(answer.err()).isZero();
  }

  /** Each test has the shop as it was opened. */
  @BeforeEach
  void copy() throws IOException {
    copy(shared.resolve("warehouse"), folder.resolve("shop-warehouse"));
  }

  private static String event(int id, String name, int change, int lsn) {
    return ("{\"before\":null,\"after\":{\"id\":%d,\"name\":\"%s\",\"city\":\"c%d\"},\"op\":\"%s\","
            + "\"source\":{\"table\":\"customers\",\"lsn\":%d,\"ts_us\":%d},\"ts_us\":%d}")
        .formatted(
            id,
            name,
            change,
            change == 0 ? "c" : "u",
            lsn,
            1_700_000_000_000_000L + lsn,
            1_700_000_000_000_000L + lsn);
  }

  private static String visit(int visit, String before, int customer, int lsn) {
    return ("{\"before\":%s,\"after\":{\"visit\":%d,\"customer\":%d},\"op\":\"u\","
            + "\"source\":{\"table\":\"visits\",\"lsn\":%d,\"ts_us\":%d},\"ts_us\":%d}")
        .formatted(
            before,
            visit,
            customer,
            lsn,
            1_700_000_000_000_000L + lsn,
            1_700_000_000_000_000L + lsn);
  }

  private static String order(int order, int customer, Random random) {
    return "{\"order\":%d,\"customer\":%d,\"at\":\"2024-%02d-%02dT10:00:00Z\",\"amount\":%d.5}"
        .formatted(
            order, customer, 1 + random.nextInt(6), 1 + random.nextInt(28), 1 + random.nextInt(50));
  }

  /** The sources as they would be without the customer; lines stay where they are. */
  private Path without() throws IOException {
    Path other = Files.createDirectories(folder.resolve("without"));
    try (Stream<Path> files = Files.list(shop)) {
      for (Path file : files.toList()) {
        List<String> lines = Files.readAllLines(file);
        if (!file.toString().endsWith(".yaml")) {
          lines.replaceAll(
              line -> line.replace("\"before\":{\"visit\":2,\"customer\":17}", "\"before\":null"));
          lines.removeIf(
              line ->
                  line.contains("\"id\":17,")
                      || line.contains("\"id\":17}")
                      || line.contains("\"customer\":17,")
                      || line.contains("\"customer\":17}")
                      || line.matches("\\d+,17,.*"));
        }
        Files.write(other.resolve(file.getFileName()), lines);
      }
    }
    return other;
  }

  @Test
  void theShopIsAsIfTheyHadNeverCome() throws IOException {
    CommandRun answer = patron("forget", shop, "shop", "--customer=17");
    assertThat(answer.out())
        .contains("Forgotten: 1\n  17  long:")
        .containsPattern("bronze/customers +4\n")
        .containsPattern("bronze/visits +3\n")
        .contains("silver/reviews", "gold/customer_scores", "quarantine/visits")
        .contains("segments/1, lifetime/1")
        .doesNotContain(NAME);

    copy(folder.resolve("shop-warehouse/models"), folder.resolve("without-warehouse/models"));
    patron("run", without(), "without", AS_OF, "--horizonDays=90", "--maxQuarantined=1");
    Map<String, String> expected = verify("without");
    Map<String, String> actual = verify("shop");
    assertThat(expected)
        .containsKeys("silver/customers", "silver/purchases", "gold/customer_scores");
    for (String table : expected.keySet()) {
      // The headlines say what changed from run to run, quarantine and bronze from which line.
      if (table.matches("(gold|silver)/.*") && !table.equals("gold/headlines")) {
        assertThat(actual.get(table)).as(table).isEqualTo(expected.get(table));
      }
    }
    for (String table : List.of("visits", "customers", "orders", "reviews")) {
      assertThat(values("shop", "bronze/" + table)).isEqualTo(values("without", "bronze/" + table));
      assertThat(values("shop", "quarantine/" + table))
          .isEqualTo(values("without", "quarantine/" + table));
    }
    assertThat(values("shop", "quarantine/visits")).hasSize(1);
  }

  @Test
  void noFileIsLeftThatOnlyEarlierVersionsNeed() throws IOException {
    // Leftovers of runs that crashed.
    Path warehouse = folder.resolve("shop-warehouse");
    Files.createDirectories(warehouse.resolve("_staging"));
    Files.writeString(warehouse.resolve("_staging/pages-orders.jsonl"), NAME);
    Path first =
        files(warehouse.resolve("silver/customers")).stream()
            .filter(file -> file.toString().endsWith(".parquet"))
            .findFirst()
            .orElseThrow();
    Files.copy(first, first.resolveSibling("part-crashed.parquet"));
    Files.writeString(warehouse.resolve("report/.index.html.5.tmp"), NAME);
    Files.writeString(warehouse.resolve("silver/orders/_delta_log/.9.json.5.tmp"), NAME);
    Files.createDirectories(warehouse.resolve("_ledger/_intents"));
    Files.writeString(warehouse.resolve("_ledger/_intents/5"), NAME);

    patron("forget", shop, "shop", "--customer=17");
    for (String name :
        List.of(
            "bronze/customers",
            "bronze/orders",
            "bronze/reviews",
            "silver/customers",
            "silver/orders",
            "silver/reviews",
            "silver/purchases",
            "state/customers",
            "quarantine/customers",
            "quarantine/reviews",
            "gold/customer_features",
            "gold/customer_scores")) {
      LakeTable table = LakeTable.at(warehouse.toString(), name);
      TableSnapshot newest = table.snapshot();
      assertThat(
              files(warehouse.resolve(name)).stream()
                  .map(file -> warehouse.resolve(name).relativize(file).toString())
                  .filter(file -> file.endsWith(".parquet"))
                  .filter(file -> !file.startsWith("_delta_log")))
          .as(name)
          .containsExactlyInAnyOrderElementsOf(
              newest.files().stream().map(file -> file.path()).toList());
      assertThat(files(warehouse.resolve(name).resolve("_delta_log")))
          .as(name)
          .allMatch(
              file ->
                  !file.getFileName().toString().matches("[0-9]{20}.*")
                      || file.getFileName()
                          .toString()
                          .startsWith("%020d".formatted(newest.version())));
    }
    for (Path file : files(warehouse)) {
      if (!file.toString().endsWith(".parquet")) {
        assertThat(Files.readString(file, ISO_8859_1)).as(file.toString()).doesNotContain("Zaphod");
      }
    }
    assertThat(files(warehouse.resolve("certificates")))
        .singleElement()
        .satisfies(
            file ->
                assertThat(Files.readString(file))
                    .contains("Forgotten: 1\n  long:")
                    .doesNotContain("  17  "));
  }

  @Test
  void whatComesOfThemLaterIsLeftOut() throws IOException {
    patron("forget", shop, "shop", "--customer=17");
    Map<String, String> before = verify("shop");
    Random random = new Random(5);
    Path orders = shop.resolve("orders2.jsonl");
    Path customers = shop.resolve("customers2.jsonl");
    Path more = shop.resolve("orders3.jsonl");
    try {
      Files.write(orders, List.of(order(700, 17, random), order(701, 16, random)));
      // The source once more, under another name.
      Files.copy(shop.resolve("customers.jsonl"), customers);
      CommandRun answer =
          patron("run", shop, "shop", AS_OF, "--horizonDays=90", "--maxQuarantined=1");
      assertThat(answer.err())
          .contains("patron: table 'customers': 4 records of forgotten customers left out")
          // Of three the third is another's by now, and stays without what it was before.
          .contains("patron: table 'visits': 2 records of forgotten customers left out")
          .contains("patron: table 'orders': 1 records of forgotten customers left out");
      Map<String, String> after = verify("shop");
      assertThat(after.get("silver/customers")).isEqualTo(before.get("silver/customers"));
      assertThat(after.get("silver/orders")).isNotEqualTo(before.get("silver/orders"));
      assertThat(values("shop", "bronze/orders"))
          .anyMatch(line -> line.contains("\"order\":701"))
          .noneMatch(line -> line.contains("\"customer\":17,"));
      // What was read stays read.
      Files.writeString(more, order(702, 17, random));
      assertThat(patron("run", shop, "shop", AS_OF, "--horizonDays=90", "--maxQuarantined=1").err())
          .contains("left out");
      assertThat(patron("run", shop, "shop", AS_OF, "--horizonDays=90", "--maxQuarantined=1").err())
          .doesNotContain("left out");
      assertThat(silverAndGold(verify("shop"))).isEqualTo(silverAndGold(after));
    } finally {
      Files.deleteIfExists(orders);
      Files.deleteIfExists(customers);
      Files.deleteIfExists(more);
    }
  }

  @Test
  void aSecondTimeThereIsNothingLeftToForget() throws IOException {
    patron("forget", shop, "shop", "--customer=17");
    Map<String, String> before = verify("shop");
    assertThat(patron("forget", shop, "shop", "--customer=17").out())
        .contains("Forgotten: 1", "none; an earlier run had erased them");
    assertThat(silverAndGold(verify("shop"))).isEqualTo(silverAndGold(before));
  }

  /** Of an earlier run that was killed just before its end. */
  @Test
  void theReportIsMadeAnewWhereOnlyItIsLeft() throws IOException {
    Path report = folder.resolve("shop-warehouse/report/index.html");
    patron("forget", shop, "shop", "--customer=17");
    String without = Files.readString(report);
    Files.copy(
        shared.resolve("warehouse/report/index.html"), report, StandardCopyOption.REPLACE_EXISTING);
    patron("forget", shop, "shop", "--customer=17");
    assertThat(Files.readString(report)).isEqualTo(without);
  }

  @Test
  void whatNobodyNamesStopsEverything() throws IOException {
    Path dataset = shop.resolve("smaller.yaml");
    Files.writeString(
        dataset,
        Files.readString(shop.resolve("shop.yaml"))
            .replaceFirst("(?m)^  reviews: .*\\R", "")
            .replace(", reviews.Author ID", ""));
    CommandRun answer =
        CommandRun.of(
            List.of(
                "forget",
                "--dataset=" + dataset,
                "--warehouse=" + folder.resolve("shop-warehouse"),
                "--customer=17"));
    assertThat(answer.status()).isEqualTo(1);
    assertThat(answer.err()).contains("bronze/reviews is of no table that the dataset names");
  }

  private static Map<String, String> silverAndGold(Map<String, String> tables) {
    Map<String, String> some = new TreeMap<>(tables);
    some.keySet().removeIf(table -> !table.matches("(silver|gold)/.*"));
    return some;
  }

  @Test
  void whoseKeyWasChangedIsSaid() throws IOException {
    assertThat(patron("forget", shop, "shop", "--customer=101").out())
        .contains("if they are the same persons, ask\nfor them too: 1\n  100\n");
    assertThat(values("shop", "bronze/customers"))
        .anyMatch(value -> value.contains("Former"))
        .noneMatch(value -> value.contains("Latter"));
    assertThat(patron("forget", shop, "shop", "--customer=100").out())
        .contains("Forgotten: 1")
        .doesNotContain("same persons");
  }

  @Test
  void aTableOfRequestsMayNameWhomNobodyKnows() throws IOException {
    Path requests = folder.resolve("requests.csv");
    Files.writeString(requests, "asked,customer_id\n2024-01-01,17\n2024-01-02,999\n2024-01-03,5\n");
    assertThat(patron("forget", shop, "shop", "--requests=" + requests).out())
        .contains("Forgotten: 2\n  17  long:", "\n  5  long:")
        .contains("In no table, and nothing to forget: 1\n  999\n");
    assertThat(verify("shop").get("ops/forgotten")).startsWith("2 ");

    // The same as a Delta table: whoever bought, for example.
    assertThat(
            patron(
                    "forget",
                    shop,
                    "shop",
                    "--requests=" + folder.resolve("shop-warehouse/gold/customer_features"))
                .out())
        .contains("Forgotten: 58");
    assertThat(verify("shop").get("gold/customer_features")).startsWith("0 ");
  }

  @Test
  void nobodyIsForgottenByMistake() throws IOException {
    Map<String, String> before = verify("shop");
    assertThat(patron("forget", shop, "shop", "--customer=1717").out())
        .contains("No customer was forgotten.", "In no table, and nothing to forget: 1");
    assertThat(verify("shop")).isEqualTo(before);
    assertThat(refusal("forget", "--customer=Zaphod"))
        .isEqualTo("patron: 'Zaphod' cannot be a customer of this shop: they are whole numbers\n");
    assertThat(refusal("forget"))
        .isEqualTo(
            "patron: forget needs either --customer=ID or --requests=TABLE, a CSV file or a Delta"
                + " table\n");
    Files.writeString(folder.resolve("wrong.csv"), "name\nx\n");
    assertThat(refusal("forget", "--requests=" + folder.resolve("wrong.csv")))
        .endsWith("wrong.csv has no column 'customer' or 'customer_id' among [name]\n");
    assertThat(refusal("forget", "--requests=" + folder.resolve("none.csv")))
        .endsWith("none.csv: there is no such file or table\n");
    assertThat(verify("shop")).isEqualTo(before);
  }

  // ------------------------------------------------------------------ what lies there

  private List<String> values(String warehouse, String table) {
    TableSnapshot snapshot =
        LakeTable.at(folder.resolve(warehouse + "-warehouse").toString(), table).snapshot();
    List<String> values = new ArrayList<>();
    for (Frame frame : TableScan.of(snapshot, List.of("_value"))) {
      for (int row = 0; row < frame.rows(); row++) {
        values.add(frame.bytes("_value").isNull(row) ? "" : frame.bytes("_value").text(row));
      }
    }
    return values.stream().sorted().toList();
  }

  private static List<Path> files(Path root) throws IOException {
    if (!Files.exists(root)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile).collect(Collectors.toList());
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    for (Path file : files(from)) {
      Path target = to.resolve(from.relativize(file).toString());
      Files.createDirectories(target.resolve(".."));
      Files.copy(file, target);
    }
  }

  // ------------------------------------------------------------------ Patron

  private CommandRun patron(String command, Path sources, String warehouse, String... more) {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.add("--dataset=" + sources.resolve("shop.yaml"));
    arguments.add("--warehouse=" + folder.resolve(warehouse + "-warehouse"));
    arguments.addAll(List.of(more));
    return CommandRun.succeeding(arguments);
  }

  private String refusal(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--dataset=" + shop.resolve("shop.yaml"));
    all.add("--warehouse=" + folder.resolve("shop-warehouse"));
    CommandRun answer = CommandRun.of(all);
    assertThat(answer.status()).as(answer.err()).isEqualTo(2);
    return answer.err();
  }

  private Map<String, String> verify(String warehouse) {
    return CommandRun.verify(folder.resolve(warehouse + "-warehouse"));
  }
}
