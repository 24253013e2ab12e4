package dev.patron.pipelines;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.frame.Frame;
import dev.patron.pipelines.generate.Bookstore;
import dev.patron.pipelines.generate.BookstoreOptions;
import dev.patron.pipelines.generate.Faults;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.TableSnapshot;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Silver tables that are carried on, run after run, are those that one run makes of all records
 * (SEMANTICS 11): for any cut of the records into runs, any order of the runs, any repetition.
 */
class IncrementsIT {
  private static final long SEED = 11;
  private static final int RUNS = 3;

  @TempDir static Path folder;

  private static Path shop;

  @BeforeAll
  static void generate() throws IOException {
    shop = folder.resolve("shop");
    Bookstore.generate(BookstoreOptions.of(80, SEED, shop), orders -> {});
  }

  /** Debezium events, flat change rows, and prices looked up as of the order's time. */
  @ParameterizedTest
  @ValueSource(strings = {"dataset.yaml", "dataset-flat.yaml", "dataset-priced.yaml"})
  void theBookstoreInSeveralRunsIsTheBookstoreInOne(String dataset) throws IOException {
    assertSeveralRunsAreOne(shop, dataset, "");
  }

  /** A truncate may be delivered after what came behind it. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void truncatesOfAnyRunAreOfEveryRun(long seed) throws IOException {
    Path truncated = folder.resolve("truncated" + seed);
    Bookstore.generate(
        BookstoreOptions.of(40, seed, truncated).withFaults(Faults.parse("truncate,duplicate:0.1")),
        orders -> {});
    assertSeveralRunsAreOne(truncated, "dataset.yaml", "-truncated" + seed);
  }

  private static void assertSeveralRunsAreOne(Path shop, String dataset, String suffix)
      throws IOException {
    Random random = new Random(SEED);
    Path parts = folder.resolve("parts of " + dataset + suffix);
    Files.createDirectories(parts);
    Files.copy(shop.resolve(dataset), parts.resolve(dataset));
    for (int run = 0; run < RUNS; run++) {
      for (Path file : files(shop)) {
        Path name = shop.relativize(file);
        Path to =
            parts
                .resolve(name)
                .resolveSibling("run" + run + "-" + plain(String.valueOf(name.getFileName())));
        Files.createDirectories(to.getParent());
        if (name.toString().endsWith(".parquet")) {
          // Whole files in another order, and the first of them twice.
          if (Math.floorMod(name.toString().hashCode() + run, RUNS) == 0
              || (run == RUNS - 1 && name.toString().contains("0000"))) {
            Files.copy(file, to);
          }
        } else if (name.toString().endsWith(".csv")) {
          Files.copy(file, parts.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        } else {
          deal(lines(file), run, random.nextLong(), to);
        }
      }
      relax(parts.resolve(dataset));
      patron("ingest", parts.resolve(dataset), "parts-" + dataset + suffix);
      patron("refine", parts.resolve(dataset), "parts-" + dataset + suffix, "--mostSmallFiles=1");
    }
    patron("ingest", shop.resolve(dataset), "whole-" + dataset + suffix);
    patron("refine", shop.resolve(dataset), "whole-" + dataset + suffix);

    Map<String, String> whole = silver("whole-" + dataset + suffix);
    assertThat(whole).containsKeys("silver/customers", "silver/books", "silver/purchases");
    assertThat(silver("parts-" + dataset + suffix)).isEqualTo(whole);
    patron("refine", parts.resolve(dataset), "parts-" + dataset + suffix, "--rebuild");
    assertThat(silver("parts-" + dataset + suffix)).isEqualTo(whole);
  }

  /** Order lines without a key: later lines join purchases that are there already. */
  @Test
  void linesThatComeLaterJoinTheirPurchase() throws IOException {
    Path sales = folder.resolve("sales");
    Files.createDirectories(sales);
    Path dataset = sales.resolve("shop.yaml");
    Files.writeString(
        dataset,
        """
        name: sales
        tables:
          sales: { keep: facts, from: { files: "*.csv", format: csv } }
        purchases: { table: sales, customer: customer, time: date, amount: amount }
        """);
    List<String> lines = new ArrayList<>();
    Random random = new Random(SEED);
    for (int i = 0; i < 300; i++) {
      lines.add(
          "c%d,2024-01-%02d,%d.5"
              .formatted(random.nextInt(9), 1 + random.nextInt(9), random.nextInt(50) - 5));
    }
    // Facts without a key are facts once more wherever a file is read once more.
    for (int run = 0; run < 10; run++) {
      List<String> some = new ArrayList<>(List.of("customer,date,amount"));
      some.addAll(lines.subList(run * 30, run * 30 + 30));
      Files.write(sales.resolve("run" + run + ".csv"), some);
      patron("ingest", dataset, "sales-parts");
      patron("refine", dataset, "sales-parts", "--mostSmallFiles=2");
    }
    Path parts = folder.resolve("warehouses").resolve("sales-parts");
    for (String table : List.of("bronze/sales", "silver/sales", "silver/purchases", "ops/runs")) {
      assertThat(files(parts, table)).as(table).isLessThan(5);
    }
    patron("ingest", dataset, "sales-whole");
    patron("refine", dataset, "sales-whole");
    assertThat(silver("sales-parts")).isEqualTo(silver("sales-whole"));
  }

  /** How many files the newest version of a table has. */
  /** Lines of one order come on days of their own, some of them returns. */
  @Test
  void aPastTimeKnowsOnlyTheLinesUpToIt() throws IOException {
    Path orders = folder.resolve("orders of many days");
    Files.createDirectories(orders);
    Path dataset = orders.resolve("shop.yaml");
    Files.writeString(
        dataset,
        """
        name: orders
        tables:
          sales: { keep: facts, from: { files: "*.csv", format: csv } }
        purchases: { table: sales, customer: customer, order: invoice, time: date, amount: amount }
        """);
    Random random = new Random(SEED);
    List<String> until = new ArrayList<>(List.of("customer,invoice,date,amount"));
    List<String> later = new ArrayList<>(until);
    for (int i = 0; i < 400; i++) {
      int invoice = random.nextInt(150);
      LocalDate day =
          LocalDate.of(2024, 1, 1).plusDays(invoice + random.nextInt(2) * random.nextInt(40));
      (day.isAfter(LocalDate.of(2024, 3, 31)) ? later : until)
          .add("c%d,%d,%s,%d.5".formatted(invoice % 23, invoice, day, random.nextInt(30) - 6));
    }
    Files.write(orders.resolve("until.csv"), until);
    Map<String, String> then = described(dataset, "orders-then");
    Files.write(orders.resolve("later.csv"), later);

    assertThat(then).containsKeys("gold/customer_features", "gold/revenue_by_month");
    assertThat(described(dataset, "orders-now")).isEqualTo(then);
    assertThat(described(dataset, "orders-then")).isEqualTo(then);
  }

  /** What is known of customers at the end of March. */
  private static Map<String, String> described(Path dataset, String warehouse) {
    patron("ingest", dataset, warehouse);
    patron("refine", dataset, warehouse);
    patron("features", dataset, warehouse, "--asOf=2024-03-31");
    Map<String, String> gold = verify(warehouse);
    gold.keySet().removeIf(table -> !table.startsWith("gold/"));
    return gold;
  }

  private static long files(Path warehouse, String table) throws IOException {
    long files = 0;
    try (Stream<Path> log = Files.list(warehouse.resolve(table).resolve("_delta_log"))) {
      for (Path commit : log.filter(path -> path.toString().endsWith(".json")).toList()) {
        for (String action : Files.readAllLines(commit)) {
          files += action.startsWith("{\"add\"") ? 1 : action.startsWith("{\"remove\"") ? -1 : 0;
        }
      }
    }
    return files;
  }

  @Test
  void aRunWithoutNewsChangesNothing() throws IOException {
    Path dataset = shop.resolve("dataset.yaml");
    patron("run", dataset, "idle");
    Map<String, String> before = verify("idle");
    List<Path> commits = commits("idle");
    patron("run", dataset, "idle");
    assertThat(verify("idle")).isEqualTo(before);
    assertThat(commits("idle")).isEqualTo(commits);

    // Another observation time is news for whatever hangs on it, and for nothing else.
    patron("run", dataset, "idle", "--asOf=2024-06-30");
    assertThat(commits("idle"))
        .containsAll(commits)
        .anyMatch(path -> path.startsWith("gold/customer_features"))
        .anyMatch(path -> path.startsWith("gold/customer_scores"))
        .filteredOn(path -> !commits.contains(path))
        .noneMatch(path -> path.startsWith("silver") || path.startsWith("bronze"));
  }

  /** One source's current rows and its history, side by side: the open versions are the rows. */
  @Test
  void aSourceMayHaveItsStateAndItsHistory() throws IOException {
    Path both = shop.resolve("both.yaml");
    Files.writeString(
        both,
        """
        name: both
        tables:
          customers:
            keep: current
            key: [customer_id]
            from: { files: "debezium/customers/*.jsonl.gz", format: debezium }
          moves:
            keep: history
            key: [customer_id]
            from: { files: "debezium/customers/*.jsonl.gz", format: debezium, table: customers }
        """);
    patron("run", both, "both");
    List<String> columns = List.of("customer_id", "email", "city", "country_code");
    Frame moves = rows("both", "silver/moves", List.of("is_current"), columns);
    Frame open = moves.filter(row -> moves.booleans("is_current").get(row));
    Frame state = rows("both", "silver/customers", List.of(), columns);
    assertThat(state.rows()).isGreaterThan(50);
    assertThat(open.select(columns)).isEqualTo(state);
  }

  /** What only orders and names changes is left out of typed columns as it is of others. */
  @Test
  void typedColumnsMayBeLeftOut() throws IOException {
    Path loans = Files.createDirectories(folder.resolve("loans"));
    Files.writeString(
        loans.resolve("loans.csv"),
        """
        id,v,day,num,op
        1,a,2024-01-01,1,I
        2,b,2024-01-01,2,I
        1,c,2024-01-02,10,U
        1,x,2024-01-02,9,U
        2,,2024-01-03,1,D
        3,d,2024-01-03,2,I
        """);
    String definition =
        """
        name: loans
        tables:
          state:
            keep: current
            key: [id]
            columns: %s
            change: { sequence: [day, num], operation: op, delete: [D] }
            from: { files: "loans.csv", format: csv }
          past:
            keep: history
            key: [id]
            columns: %s
            change: { sequence: [day, num], operation: op, delete: [D] }
            from: { files: "loans.csv", format: csv }
        """;
    Map<String, Map<String, String>> silver = new TreeMap<>();
    for (String types : List.of("", "id: long, v: string, day: date, num: long, op: string, ")) {
      String columns = "{ " + types + "except: [op, day, num] }";
      Path dataset =
          Files.writeString(loans.resolve("loans.yaml"), definition.formatted(columns, columns));
      String warehouse = "loans " + types.isEmpty();
      patron("ingest", dataset, warehouse);
      patron("refine", dataset, warehouse);
      silver.put(warehouse, silver(warehouse));
      assertThat(
              LakeTable.at(folder.resolve("warehouses/" + warehouse).toString(), "silver/state")
                  .snapshot()
                  .schema()
                  .names())
          .containsExactly("id", "v", "_sequence", "_changed_at");
      assertThat(rows(warehouse, "silver/state", List.of(), List.of("id", "v")).toRows())
          .containsExactly(List.of(1L, "c"), List.of(3L, "d"));
    }
    assertThat(silver.get("loans false")).isEqualTo(silver.get("loans true"));
  }

  private static Frame rows(
      String warehouse, String table, List<String> more, List<String> columns) {
    List<String> wanted = new ArrayList<>(columns);
    wanted.addAll(more);
    TableSnapshot snapshot =
        LakeTable.at(folder.resolve("warehouses").resolve(warehouse).toString(), table).snapshot();
    return TableScan.of(snapshot, wanted).all().sort(columns);
  }

  /** SEMANTICS 15, with --knownAt: what is delivered later might as well not have been written. */
  @Test
  void whatWasKnownThenMakesTheTablesOfThen() throws IOException {
    String dataset = "dataset.yaml";
    Path then = folder.resolve("then");
    Files.createDirectories(then);
    Files.copy(shop.resolve(dataset), then.resolve(dataset));
    Instant knownAt = Instant.parse("2023-03-01T12:00:00Z");
    long late = 0;
    for (Path file : files(shop)) {
      Path to = then.resolve(plain(shop.relativize(file).toString()));
      Files.createDirectories(to.resolve(".."));
      if (file.toString().contains("debezium")) {
        List<String> all = lines(file);
        List<String> known = all.stream().filter(line -> deliveredBy(line, knownAt)).toList();
        late += all.size() - known.size();
        Files.write(to, known);
      } else {
        Files.copy(file, to);
      }
    }
    relax(then.resolve(dataset));
    assertThat(late).isPositive();
    patron("ingest", then.resolve(dataset), "then");
    patron("refine", then.resolve(dataset), "then");

    patron("ingest", shop.resolve(dataset), "known");
    patron("refine", shop.resolve(dataset), "known");
    Map<String, String> all = silver("known");
    patron("refine", shop.resolve(dataset), "known", "--knownAt=" + knownAt);
    assertThat(silver("known")).isEqualTo(silver("then")).isNotEqualTo(all);
    patron("refine", shop.resolve(dataset), "known");
    assertThat(silver("known")).isEqualTo(all);
  }

  private static final Pattern DELIVERED = Pattern.compile("\"ts_us\":(\\d+)[^}]*}+$");

  private static boolean deliveredBy(String line, Instant knownAt) {
    Matcher delivered = DELIVERED.matcher(line);
    return !delivered.find()
        || Long.parseLong(delivered.group(1)) <= ChronoUnit.MICROS.between(Instant.EPOCH, knownAt);
  }

  /**
   * Features, totals and scores that follow the customers whose purchases changed are those of all
   * customers at once: with facts that are corrected, repeated and returned, and anonymous ones;
   * also where scores are ranks among all.
   */
  @ParameterizedTest
  @CsvSource({"gold, 4, --ntile=false", "tiles, 2, --ntile"})
  void goldFollowsWhoseFactsChanged(String name, int runs, String ntile) throws IOException {
    Path shop = Files.createDirectories(folder.resolve(name));
    Path dataset = shop.resolve("shop.yaml");
    Files.writeString(
        dataset,
        """
        name: sales
        tables:
          sales: { keep: facts, key: [id], from: { files: "*.csv", format: csv } }
        purchases: { table: sales, customer: customer, order: id, time: date, amount: amount }
        """);
    String asOf = "--asOf=2024-03-31";
    Random random = new Random(SEED);
    for (int run = 0; run < runs; run++) {
      List<String> lines = new ArrayList<>(List.of("id,customer,date,amount"));
      for (int i = 0; i < (run == 0 ? 400 : 25); i++) {
        lines.add(
            "%d,%s,2024-%02d-%02d,%d.25"
                .formatted(
                    // After the first run some are corrections of what is there.
                    random.nextInt(500),
                    random.nextInt(9) == 0 ? "" : "c" + random.nextInt(60),
                    1 + random.nextInt(4),
                    1 + random.nextInt(28),
                    random.nextInt(50) - 9));
      }
      Files.write(shop.resolve("run" + run + ".csv"), lines);
      patron("run", dataset, name + "-parts", asOf, ntile);
    }
    Path parts = folder.resolve("warehouses").resolve(name + "-parts");
    for (String table : List.of("gold/customer_features", "gold/customer_scores")) {
      assertThat(properties(parts.resolve(table)))
          .contains("\"patron.since\":\"%d\"".formatted(runs - 2));
    }

    Path whole = folder.resolve("warehouses").resolve(name + "-whole");
    copy(parts.resolve("models"), whole.resolve("models"));
    patron("run", dataset, name + "-whole", asOf, ntile);
    Map<String, String> expected = verify(name + "-whole");
    Map<String, String> actual = verify(name + "-parts");
    assertThat(expected).containsKeys("gold/customer_scores", "gold/segment_summary");
    for (String table : expected.keySet()) {
      // The headlines say what changed from run to run.
      if (table.matches("(gold|silver)/.*") && !table.equals("gold/headlines")) {
        assertThat(actual.get(table)).as(table).isEqualTo(expected.get(table));
      }
    }
  }

  /**
   * Orders that are corrected, moved to somebody else, deleted, placed again and truncated, in any
   * order of delivery: as of any time the customers are those of a shop that was told, as facts,
   * what the table of orders held at that time. The first version of an order holds from the
   * order's own time on.
   */
  @Test
  void ordersThatAreCorrectedAndDeletedAreWhatTheyWereAtEachTime() throws IOException {
    Path shop = Files.createDirectories(folder.resolve("corrected"));
    Path dataset = shop.resolve("shop.yaml");
    Files.writeString(
        dataset,
        """
        name: corrected
        tables:
          lines:
            keep: history
            key: [id]
            columns: { id: long, customer: string, invoice: long, date: timestamp,
                       amount: "decimal(9,2)", status: string, op: string, at: timestamp }
            change: { sequence: at, operation: op, delete: [D], truncate: [T], time: at }
            from: { files: "*.csv", format: csv }
        purchases: { table: lines, customer: customer, order: invoice, time: date, amount: amount }
        """);
    Random random = new Random(SEED);
    OrderBook book = new OrderBook(random);
    List<String> events = book.events(700);
    List<String> shuffled = new ArrayList<>(events);
    Collections.shuffle(shuffled, random);
    int runs = 3;
    String asOf = "--asOf=2024-03-20";
    for (int run = 0; run < runs; run++) {
      List<String> part = new ArrayList<>(List.of(OrderBook.HEADER));
      // Most of them at first, then a few that come late, and one in ten once more.
      for (int i = 0; i < shuffled.size(); i++) {
        if ((i % 20 == 7 ? 1 : i % 20 == 11 ? 2 : 0) == run || (run > 0 && i % 10 == run)) {
          part.add(shuffled.get(i));
        }
      }
      Files.write(shop.resolve("run" + run + ".csv"), part);
      patron("run", dataset, "corrected-parts", asOf);
    }
    Path parts = folder.resolve("warehouses").resolve("corrected-parts");
    copy(parts.resolve("models"), folder.resolve("warehouses/corrected-whole/models"));
    patron("run", dataset, "corrected-whole", asOf);
    Map<String, String> whole = verify("corrected-whole");
    Map<String, String> carriedOn = verify("corrected-parts");
    assertThat(whole).containsKeys("silver/purchases", "gold/customer_scores");
    for (String table : whole.keySet()) {
      if (table.matches("(gold|silver)/.*") && !table.equals("gold/headlines")) {
        assertThat(carriedOn.get(table)).as(table).isEqualTo(whole.get(table));
      }
    }

    for (String day : List.of("2024-01-25", "2024-02-15", "2024-03-05", "2024-03-20")) {
      Path facts = Files.createDirectories(folder.resolve("facts of " + day));
      Files.writeString(
          facts.resolve("shop.yaml"),
          """
          name: corrected
          tables:
            lines:
              keep: facts
              key: [id]
              columns: { id: long, customer: string, invoice: long, date: timestamp,
                         amount: "decimal(9,2)", status: string }
              from: { files: "*.csv", format: csv }
          purchases: { table: lines, customer: customer, order: invoice, time: date, amount: amount }
          """);
      Files.write(facts.resolve("lines.csv"), book.asOf(events, day + "T23:59:59.999999Z"));
      String then = "facts-" + day;
      for (String stage : List.of("ingest", "refine")) {
        patron(stage, facts.resolve("shop.yaml"), then);
      }
      patron("features", facts.resolve("shop.yaml"), then, "--asOf=" + day);
      patron("features", dataset, "corrected-parts", "--asOf=" + day);
      for (String table :
          List.of("gold/customer_features", "gold/revenue_by_month", "gold/cohort_retention")) {
        assertThat(verify("corrected-parts").get(table))
            .as(day + " " + table)
            .isEqualTo(verify(then).get(table));
      }
    }
  }

  /**
   * SEMANTICS 15: also the models of then, whose season is told by how much was bought each day.
   */
  @Test
  void whatIsDeletedLaterIsStillThereForModelsOfThePast() throws IOException {
    Random random = new Random(SEED);
    List<String> bought = new ArrayList<>(List.of("id,customer,day,amount,op,at"));
    List<String> deleted = new ArrayList<>();
    LocalDate end = LocalDate.of(2024, 1, 31);
    for (int customer = 0; customer < 300; customer++) {
      LocalDate day = LocalDate.of(2021, 1, 1).plusDays(random.nextInt(700));
      while (day.isBefore(end)) {
        if (day.getMonthValue() > 10 || random.nextInt(4) == 0) {
          String order =
              "%d,c%d,%s,%d.50".formatted(bought.size(), customer, day, 5 + random.nextInt(50));
          bought.add(order + ",I," + day + "T10:00:00Z");
          deleted.add(order + ",D,2024-01-30T12:00:00Z");
        }
        day = day.plusDays(1 + random.nextInt(40));
      }
    }
    Map<String, Map<String, String>> found = new TreeMap<>();
    for (String name : List.of("kept", "archived")) {
      Path shop = Files.createDirectories(folder.resolve(name));
      Path dataset = shop.resolve("shop.yaml");
      Files.writeString(
          dataset,
          """
          name: archived
          tables:
            orders:
              keep: history
              key: [id]
              columns: { id: long, customer: string, day: date, amount: "decimal(9,2)", op: string,
                         at: timestamp }
              change: { sequence: at, operation: op, delete: [D] }
              from: { files: "*.csv", format: csv }
          purchases: { table: orders, customer: customer, order: id, time: day, amount: amount }
          """);
      List<String> lines = new ArrayList<>(bought);
      lines.addAll(name.equals("kept") ? List.of() : deleted);
      Files.write(shop.resolve("orders.csv"), lines);
      patron("run", dataset, name, "--asOf=2023-10-31", "--horizonDays=90");
      found.put(name, verify(name));
    }
    Map<String, String> kept = Objects.requireNonNull(found.get("kept"));
    Map<String, String> archived = Objects.requireNonNull(found.get("archived"));
    for (String table : List.of("gold/customer_features", "ops/backtest", "gold/customer_scores")) {
      assertThat(archived.get(table)).as(table).isEqualTo(kept.get(table)).isNotNull();
    }
  }

  /**
   * A shop with more customers than a page lists is counted again only where it changed: moves of
   * customers, new purchases and corrected ones give the page that counting everybody gives.
   */
  @Tag("patience")
  @Test
  void thePageFollowsWhoChanged() throws IOException {
    Path shop = Files.createDirectories(folder.resolve("page"));
    Path dataset = shop.resolve("shop.yaml");
    Files.writeString(
        dataset,
        """
        name: page
        tables:
          people:
            keep: current
            key: [customer]
            columns: { customer: string, country: string, at: timestamp, op: string }
            change: { sequence: at, operation: op, delete: [delete] }
            from: { files: "people*.csv", format: csv }
          things:
            keep: history
            key: [product]
            columns: { product: string, price: "decimal(9,2)", at: timestamp, op: string }
            change: { sequence: at, operation: op, delete: [delete] }
            from: { files: "things.csv", format: csv }
          sales: { keep: facts, key: [id], from: { files: "sales*.csv", format: csv } }
        purchases:
          { table: sales, customer: customer, order: id, time: date, quantity: quantity, amount: amount }
        """);
    Random random = new Random(SEED);
    List<String> things = new ArrayList<>(List.of("product,price,at,op"));
    for (int product = 0; product < 12; product++) {
      things.add("p%d,%d.50,2023-12-01 00:00:00,insert".formatted(product, 1 + product));
    }
    Files.write(shop.resolve("things.csv"), things);
    int many = 50_200;
    String[] countries = {"AT", "CZ", "DE", "FR"};
    for (int run = 0; run < 2; run++) {
      List<String> people = new ArrayList<>(List.of("customer,country,at,op"));
      List<String> sales = new ArrayList<>(List.of("id,customer,date,product,quantity,amount"));
      for (int i = 0; i < (run == 0 ? many : 60); i++) {
        int customer = run == 0 ? i : random.nextInt(many);
        people.add(
            "c%d,%s,2024-01-0%d 00:00:00,insert"
                .formatted(customer, countries[random.nextInt(4)], 1 + run));
        int buyer = run == 0 ? i : random.nextInt(many);
        sales.add(
            "%d,c%d,2024-0%d-%02d,p%d,%d,%d.75"
                .formatted(
                    run == 0 ? i : random.nextInt(many + 40),
                    buyer,
                    1 + random.nextInt(6),
                    1 + random.nextInt(28),
                    random.nextInt(12),
                    1 + random.nextInt(3),
                    random.nextInt(90)));
      }
      Files.write(shop.resolve("people" + run + ".csv"), people);
      Files.write(shop.resolve("sales" + run + ".csv"), sales);
      patron("run", dataset, "page", "--asOf=2024-06-30", "--k=3", "--cutoffs=1");
    }
    Path warehouse = folder.resolve("warehouses").resolve("page");
    String page = Files.readString(warehouse.resolve("report/index.html"));
    Files.move(warehouse.resolve("state/customer_slices"), folder.resolve("forgotten"));
    patron("publish", dataset, "page");
    assertThat(Files.readString(warehouse.resolve("report/index.html")).equals(page)).isTrue();
  }

  /** The newest properties in a table's log. */
  private static String properties(Path table) throws IOException {
    try (Stream<Path> log = Files.list(table.resolve("_delta_log"))) {
      Path last =
          log.filter(path -> path.toString().endsWith(".json"))
              .max(Comparator.naturalOrder())
              .orElseThrow();
      return Files.readString(last);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.sorted().toList()) {
        Path target = to.resolve(from.relativize(path).toString());
        Files.createDirectories(target.resolve(".."));
        Files.copy(path, target);
      }
    }
  }

  private static List<Path> commits(String warehouse) throws IOException {
    Path root = folder.resolve("warehouses").resolve(warehouse);
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(path -> path.toString().matches(".*/_delta_log/[0-9]+[.]json"))
          .map(root::relativize)
          .sorted()
          .toList();
    }
  }

  // ------------------------------------------------------------------ dealing records to runs

  /** A third of the lines, in any order, and one in ten of the others as well. */
  private static void deal(List<String> lines, int run, long seed, Path to) throws IOException {
    List<String> dealt = new ArrayList<>();
    Random again = new Random(seed);
    for (String line : lines) {
      boolean mine = Math.floorMod(line.hashCode(), RUNS) == run;
      // A line that is no JSON is refused as often as it comes.
      if (mine || (again.nextInt(10) == 0 && line.startsWith("{") && line.endsWith("}"))) {
        dealt.add(line);
      }
    }
    Collections.shuffle(dealt, again);
    Files.write(to, dealt);
  }

  /** The generator's globs name compressed files; here none is. */
  private static void relax(Path dataset) throws IOException {
    Files.writeString(dataset, Files.readString(dataset).replace("*.jsonl.gz", "*.jsonl"));
  }

  private static String plain(String name) {
    return name.replace(".gz", "");
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> !file.startsWith(root.resolve("truth")))
          .filter(file -> file.toString().matches(".*\\.(jsonl\\.gz|parquet|csv)"))
          .sorted()
          .toList();
    }
  }

  private static List<String> lines(Path file) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), UTF_8))) {
      return reader.lines().toList();
    }
  }

  // ------------------------------------------------------------------ Patron

  private static void patron(String command, Path dataset, String warehouse, String... more) {
    List<String> arguments = new ArrayList<>(List.of(command, "--dataset=" + dataset));
    arguments.add("--warehouse=" + folder.resolve("warehouses").resolve(warehouse));
    arguments.addAll(List.of(more));
    CommandRun.succeeding(arguments);
  }

  private static Map<String, String> silver(String warehouse) {
    Map<String, String> silver = verify(warehouse);
    silver.keySet().removeIf(table -> !table.startsWith("silver/"));
    return silver;
  }

  private static Map<String, String> verify(String warehouse) {
    return CommandRun.verify(folder.resolve("warehouses").resolve(warehouse));
  }
}
