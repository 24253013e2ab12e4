package dev.patron.pipelines;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.parquet.HadoopFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What nobody meant to be read. Each ends in one clear line and status 2 or 1, or in quarantined
 * rows and status 0; stdout has results alone, and no table is left half-written.
 */
class HostileInputIT {
  private static final String HEADER = "customer_id,date,amount\n";
  private static final String SALES = sales(60);

  @TempDir private Path folder;
  private String out = "";
  private String err = "";

  private static String sales(int rows) {
    Random random = new Random(7);
    StringBuilder csv = new StringBuilder();
    for (int i = 0; i < rows; i++) {
      csv.append(
          "c%d,2023-%02d-%02d,%d.%02d\n"
              .formatted(
                  random.nextInt(12),
                  1 + random.nextInt(12),
                  1 + random.nextInt(28),
                  1 + random.nextInt(90),
                  random.nextInt(100)));
    }
    return csv.toString();
  }

  @BeforeEach
  void defineTheShop() throws IOException {
    define("*.csv", "csv", "{ table: sales, customer: customer_id, time: date, amount: amount }");
  }

  private void define(String files, String format, String purchases) throws IOException {
    Files.writeString(
        folder.resolve("shop.yaml"),
        """
        name: shop
        tables:
          sales:
            keep: facts
            from: { files: "%s", format: %s }
        purchases:
          %s
        """
            .formatted(files, format, purchases));
  }

  private void csv(String text) throws IOException {
    Files.writeString(folder.resolve("sales.csv"), text);
  }

  private int patron(String... arguments) {
    CommandRun run = CommandRun.of(Arrays.asList(arguments));
    out = run.out();
    err = run.err();
    return run.status();
  }

  private int stage(String command, String warehouse, String... more) {
    return patron(
        Stream.concat(
                Stream.of(
                    command,
                    "--dataset=" + folder.resolve("shop.yaml"),
                    "--warehouse=" + folder.resolve(warehouse)),
                Arrays.stream(more))
            .toArray(String[]::new));
  }

  private int run(String... more) {
    return stage("run", "warehouse", more);
  }

  /** The last line that is not a stage's progress. */
  private String line() {
    return err.lines().filter(line -> line.startsWith("patron: ")).reduce((a, b) -> b).orElse("");
  }

  /** Rows and digest of every table but the log of runs, which grows with every run. */
  private Map<String, String> tables(String warehouse) {
    patron("verify", "--warehouse=" + folder.resolve(warehouse));
    Map<String, String> tables = new TreeMap<>();
    out.lines()
        .map(line -> line.split("\\s+"))
        .filter(words -> !words[0].startsWith("ops/"))
        .forEach(words -> tables.put(words[0], words[1] + " " + words[2]));
    return tables;
  }

  private Map<String, String> results(String warehouse) {
    Map<String, String> tables = tables(warehouse);
    tables.keySet().removeIf(name -> !name.startsWith("silver/") && !name.startsWith("gold/"));
    return tables;
  }

  private long rows(String table) {
    String found = tables("warehouse").get(table);
    return found == null ? -1 : Long.parseLong(found.substring(0, found.indexOf(' ')));
  }

  private void assertNothingIsCommitted() {
    assertThat(tables("warehouse")).isEmpty();
  }

  // ---- Records

  @Test
  void brokenLinesAreQuarantinedAndTold() throws IOException {
    csv(HEADER + SALES + "c1,2023-01-01\nc1,2023-02-30,5\n");
    assertThat(run()).isZero();
    assertThat(line())
        .startsWith("patron: table 'sales': 2 of 62 records refused (MALFORMED 1, WRONG_TYPE 1;")
        .contains("sales.csv:62: 2 fields where the header has 3")
        .endsWith("see quarantine/sales");
    assertThat(rows("quarantine/sales")).isEqualTo(2);
    assertThat(rows("silver/sales")).isEqualTo(60);
  }

  @Test
  void aLineThatWasReadBeforeItWasFinishedIsReadAgain() throws IOException {
    define(
        "*.csv",
        "csv",
        "{ table: sales, customer: customer_id, time: date, amount: amount, order: order_id }");
    Path dataset = folder.resolve("shop.yaml");
    Files.writeString(
        dataset,
        Files.readString(dataset).replace("keep: facts", "keep: facts\n    key: [order_id]"));
    String begun = "order_id," + HEADER + "1,c1,2023-01-01,7\n2,c1,2023-01-02,5";
    csv(begun);
    assertThat(stage("ingest", "warehouse") + stage("refine", "warehouse")).as(err).isZero();
    csv(begun + "5.25\n3,c1,2023-01-03,6");
    assertThat(stage("ingest", "warehouse") + stage("refine", "warehouse")).as(err).isZero();
    csv(begun + "5.25\n3,c1,2023-01-03,6\n");
    assertThat(stage("ingest", "warehouse") + stage("refine", "warehouse")).as(err).isZero();

    assertThat(rows("bronze/sales")).isEqualTo(4);
    List<List<?>> sales = new ArrayList<>();
    TableScan.of(
            LakeTable.at(folder.resolve("warehouse").toString(), "silver/sales").snapshot(),
            List.of("order_id", "amount"))
        .forEach(frame -> sales.addAll(frame.toRows()));
    assertThat(sales)
        .containsExactlyInAnyOrder(
            List.of(1L, new BigDecimal("7.00")),
            List.of(2L, new BigDecimal("55.25")),
            List.of(3L, new BigDecimal("6.00")));
  }

  @Test
  void aNumberThatComesToTextsIsText() throws IOException {
    define("*.jsonl", "jsonl", "{ table: sales, customer: c, time: t, amount: a }");
    String line = "{\"c\":\"c1\",\"t\":\"2023-01-01\",\"a\":5,\"note\":%s}\n";
    Path sales = folder.resolve("sales.jsonl");
    Files.writeString(sales, line.formatted("\"gift\"").repeat(40));
    assertThat(run()).as(err).isZero();
    Files.writeString(sales, line.formatted("7"), StandardOpenOption.APPEND);
    assertThat(run()).as(err).isZero();
    Files.writeString(sales, line.formatted("\"late\""), StandardOpenOption.APPEND);
    assertThat(run("--rebuild")).as(err).isZero();

    assertThat(rows("silver/sales")).isEqualTo(42);
    assertThat(rows("quarantine/sales")).isLessThanOrEqualTo(0);
  }

  @Test
  void namesThatDifferInCaseAloneAreOneColumnAndTold() throws IOException {
    define("*.jsonl", "jsonl", "{ table: sales, customer: c, time: t, amount: a }");
    String line = "{\"c\":\"c1\",\"t\":\"2023-01-01\",\"a\":5%s}\n";
    Path sales = folder.resolve("sales.jsonl");
    Files.writeString(sales, line.formatted(",\"id\":1,\"n\":{\"b\":1}").repeat(20));
    assertThat(run()).as(err).isZero();
    Files.writeString(
        sales,
        line.formatted(",\"id\":2,\"Id\":3,\"n\":{\"b\":4,\"B\":5}").repeat(2),
        StandardOpenOption.APPEND);
    assertThat(run()).as(err).isZero();
    assertThat(err)
        .containsOnlyOnce(
            "patron: table 'sales': 'Id', 'n.B' differ from other names in case alone, which the"
                + " tables' readers do not tell apart: kept in bronze/sales alone; rename them at"
                + " their source\n");
    assertThat(run("--rebuild")).as(err).isZero();
    assertThat(err).doesNotContain("in case alone");

    List<List<?>> rows = new ArrayList<>();
    TableScan.of(
            LakeTable.at(folder.resolve("warehouse").toString(), "silver/sales").snapshot(),
            List.of("id", "n"))
        .forEach(frame -> rows.addAll(frame.toRows()));
    assertThat(rows).hasSize(22).contains(List.of(2L, List.of(4L)));
    List<List<?>> accounts = new ArrayList<>();
    TableScan.of(
            LakeTable.at(folder.resolve("warehouse").toString(), "ops/runs").snapshot(),
            List.of("table_name", "unknown_column"))
        .forEach(frame -> accounts.addAll(frame.toRows()));
    assertThat(accounts).contains(List.of("sales", 4L));
  }

  @Test
  void aColumnWithoutANameIsTold() throws IOException {
    csv(HEADER.replace("\n", ",\n") + SALES.replace("\n", ",\n"));
    assertThat(run()).as(err).isZero();
    assertThat(err).doesNotContain("no name");
    Files.writeString(
        folder.resolve("indexed.csv"),
        "," + HEADER + "0,c1,2023-05-05,5.00\n1,c2,2023-05-05,6.00\n");
    assertThat(run()).as(err).isZero();
    assertThat(err)
        .containsOnlyOnce(
            "patron: table 'sales': a column has values and no name of its own in its header:"
                + " kept in bronze/sales alone; name it at its source\n");
    assertThat(rows("silver/sales")).isEqualTo(62);
    assertThat(run("--rebuild")).as(err).isZero();
    assertThat(err).doesNotContain("no name");
  }

  @Test
  void rowsWithoutATimeAreToldAndCounted() throws IOException {
    csv(HEADER + SALES);
    assertThat(run()).as(err).isZero();
    csv(HEADER + SALES + "c900,,100\nc900,,200\nc1,2023-05-05,5\n");
    assertThat(run()).as(err).isZero();

    assertThat(err).contains("patron: 2 rows of 'sales' without a time are no purchases");
    List<List<?>> accounts = new ArrayList<>();
    TableScan.of(
            LakeTable.at(folder.resolve("warehouse").toString(), "ops/runs").snapshot(),
            List.of("table_name", "read", "dropped"))
        .forEach(frame -> accounts.addAll(frame.toRows()));
    assertThat(accounts).contains(List.of("purchases", 2L, 2L));
  }

  @Test
  void amountsThatAreNoNumbersFailTheJobBeforeAnythingIsCommitted() throws IOException {
    csv(HEADER + "c1,2023-01-01,EUR 5\n");
    assertThat(run()).isEqualTo(1);
    assertThat(line())
        .startsWith("patron: run failed: table 'sales': 1 of 1 records refused (WRONG_TYPE 1; the")
        .contains("column 'amount': 'EUR 5' is no decimal(18,2)")
        .endsWith("more than --maxQuarantined=0.05 allows; nothing was committed");
    assertThat(err).doesNotContain("\tat ");
    assertThat(out).isEmpty();
    assertNothingIsCommitted();
  }

  @Test
  void amountsThatNobodyPaysAreQuarantinedAndTold() throws IOException {
    csv(HEADER + SALES);
    assertThat(stage("run", "without")).as(err).isZero();
    csv(HEADER + SALES + "c1,2023-01-01,1e300\nc2,2023-01-02,99999999999999\n");
    assertThat(run()).as(err).isZero();
    assertThat(line())
        .startsWith("patron: table 'sales': 2 of 62 records refused (WRONG_TYPE 2;")
        .contains("column 'amount': '1E+300' does not fit decimal(18,2)");
    assertThat(results("warehouse")).isEqualTo(results("without"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        HEADER,
        HEADER + "c1,2023-01-01,-5\n",
        HEADER + ",2023-01-01,5\n",
      })
  void aShopWithoutCustomersHasTablesWithoutRows(String text) throws IOException {
    csv(text);
    assertThat(run()).as(err).isZero();
    assertThat(out).contains("No customers yet");
    assertThat(rows("gold/customer_features")).isZero();
    assertThat(rows("gold/customer_scores")).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"c1,2023-01-01,5\n", "c1,2023-01-01,5\nc2,2023-01-01,7\nc3,2023-01-01,0\n"})
  void oneCustomerOrOneDayIsEnough(String text) throws IOException {
    csv(HEADER + text);
    assertThat(run()).as(err).isZero();
    assertThat(rows("gold/customer_scores")).isEqualTo(text.lines().count());
  }

  @Test
  void changesOfNoTableOfThisNameAreTold() throws IOException {
    Files.writeString(
        folder.resolve("shop.yaml"),
        """
        name: shop
        tables:
          clients:
            keep: current
            key: [id]
            from: { files: "changes.jsonl", format: debezium }
        """);
    Files.writeString(
        folder.resolve("changes.jsonl"),
        """
        {"before":null,"after":{"id":1},"source":{"connector":"postgresql","lsn":7,"table":"customers"},"op":"c","ts_ms":1700000000000}
        """);

    assertThat(stage("ingest", "w")).as(err).isZero();
    assertThat(stage("refine", "w")).as(err).isZero();
    assertThat(line())
        .isEqualTo(
            "patron: table 'clients': none of 1 records is of a table 'clients'; from: {..., table:"
                + " NAME} says what their source calls it");
  }

  // ---- Files

  @Test
  void markOfOrderLineEndsAndQuotesDoNotMatter() throws IOException {
    csv(HEADER + SALES);
    assertThat(stage("run", "plain")).isZero();
    csv("\uFEFF" + (HEADER + SALES).replace("\n", "\r\n"));
    assertThat(stage("run", "windows")).isZero();
    csv((HEADER + SALES).replaceAll("(c\\d+)", "\"$1\""));
    assertThat(stage("run", "quoted")).isZero();
    assertThat(results("windows")).isEqualTo(results("plain"));
    assertThat(results("quoted")).isEqualTo(results("plain"));
  }

  @Test
  void aWrongDelimiterIsNamed() throws IOException {
    csv((HEADER + SALES).replace(',', ';'));
    assertThat(run()).isEqualTo(2);
    assertThat(line())
        .isEqualTo(
            "patron: table 'sales': the CSV header 'customer_id;date;amount' is one column; if ';'"
                + " separates its values, say delimiter: \";\" in from");
    assertNothingIsCommitted();
  }

  @Test
  void aFileWithAnotherHeaderIsQuarantinedAndTold() throws IOException {
    csv(HEADER + SALES);
    assertThat(run()).as(err).isZero();
    Map<String, String> before = results("warehouse");
    Path other = folder.resolve("other.csv");
    for (String text :
        List.of(
            "c1,2023-05-05,5.00\nc2,2023-05-06,6.00\n",
            "customer_id;date;amount\nc1;2023-05-05;5.00\n",
            "customer_id,day,amount\nc1,2023-05-05,5.00\n",
            "customer_id,date,amount,amount\nc1,2023-05-05,5.00,6.00\n")) {
      Files.writeString(other, text);
      assertThat(stage("run", "warehouse", "--maxQuarantined=0.02")).isEqualTo(1);
      assertThat(line())
          .contains("1 of 1 records refused (MALFORMED 1; the first: ")
          .contains("other.csv:2: the header of its file has ")
          .endsWith("nothing was committed");
      assertThat(results("warehouse")).isEqualTo(before);
    }

    Files.writeString(other, "c1,2023-05-05,5.00\nc2,2023-05-06,6.00\n");
    assertThat(stage("run", "warehouse", "--maxQuarantined=1")).as(err).isZero();
    assertThat(line()).contains("has no column 'amount': c1, 2023-05-05, 5.00");
    assertThat(results("warehouse")).isEqualTo(before);
    assertThat(stage("run", "warehouse", "--rebuild")).as(err).isZero();
    assertThat(results("warehouse")).isEqualTo(before);
  }

  @Test
  void refusedRecordsAreReadAgainWhenAskedFor() throws IOException {
    csv(HEADER + SALES + "c1,2023-05-05,lots\n");
    assertThat(run()).as(err).isZero();
    Map<String, String> before = tables("warehouse");
    assertThat(stage("ingest", "warehouse", "--replay")).as(err).isZero();
    assertThat(line())
        .isEqualTo("patron: table 'sales': 1 refused records are read again by the next refine");
    assertThat(stage("refine", "warehouse", "--maxQuarantined=0.01")).isEqualTo(1);
    assertThat(line()).contains("table 'sales': 1 of 61 records refused");
    assertThat(run("--replay")).as(err).isZero();
    assertThat(err).contains("table 'sales': 1 of 61 records refused");
    assertThat(tables("warehouse")).isEqualTo(before);

    assertThat(run()).as(err).isZero();
    assertThat(err).doesNotContain("refused");
  }

  @Test
  void columnsThatTheDatasetDoesNotNameMayBeMissing() throws IOException {
    csv(HEADER.replace("amount", "amount,city") + SALES.replace("\n", ",Hull\n"));
    Files.writeString(folder.resolve("other.csv"), "date,amount,customer_id\n2023-05-05,5.00,c1\n");
    assertThat(run()).as(err).isZero();
    assertThat(rows("silver/sales")).isEqualTo(61);
    assertThat(rows("quarantine/sales")).isZero();
  }

  @Test
  void lineEndsOfOldAreNamed() throws IOException {
    csv((HEADER + SALES).replace('\n', '\r'));
    assertThat(run()).isEqualTo(1);
    assertThat(line())
        .contains("1 of 1 records refused (MALFORMED 1; the first: ")
        .contains("sales.csv cannot be read beyond record 0: its lines end with CR alone; convert");
    assertNothingIsCommitted();
  }

  @ParameterizedTest
  @ValueSource(strings = {"jsonl", "debezium"})
  void bytesOfAvroAreQuarantined(String format) throws IOException {
    csv(HEADER + SALES);
    Files.writeString(
        folder.resolve("shop.yaml"),
        """
        name: shop
        tables:
          sales:
            keep: facts
            from: { files: "*.csv", format: csv }
          events:
            keep: facts
            from: { files: "*.events", format: %s }
        purchases: { table: sales, customer: customer_id, time: date, amount: amount }
        """
            .formatted(format));
    Path events = folder.resolve("a.events");
    Files.writeString(events, "\0\0\0\0\1{\"customer\":17}\n\0\n{\0\n");
    assertThat(run("--maxQuarantined=1")).as(err).isZero();
    assertThat(err).contains("table 'events': 3 of 3 records refused (MALFORMED 3; the first: ");
    assertThat(rows("silver/events")).isEqualTo(-1);
    assertThat(rows("quarantine/events")).isEqualTo(3);

    Files.writeString(events, "{}\n", StandardOpenOption.APPEND);
    assertThat(run("--maxQuarantined=1")).as(err).isZero();
    Files.writeString(
        events,
        format.equals("jsonl")
            ? "{\"customer\": 17}\n"
            : """
            {"topic":"events","partition":0,"offset":0,"value":{"customer":17}}
            """,
        StandardOpenOption.APPEND);
    assertThat(run("--maxQuarantined=1")).as(err).isZero();
    assertThat(rows("quarantine/events")).isEqualTo(format.equals("jsonl") ? 3 : 4);
    assertThat(rows("silver/events")).isEqualTo(format.equals("jsonl") ? 2 : 1);
  }

  @Test
  void aTableWithoutARecordIsNoneYet() throws IOException {
    csv(HEADER + SALES);
    String more =
        """
        tables:
          empty:
            keep: facts
            from: { files: "*.jsonl", format: jsonl }
        """;
    Path shop = folder.resolve("shop.yaml");
    Files.writeString(shop, Files.readString(shop).replace("tables:\n", more));
    Path empty = Files.writeString(folder.resolve("empty.jsonl"), "");
    assertThat(run()).as(err).isZero();
    assertThat(run()).as(err).isZero();
    assertThat(rows("silver/empty")).isEqualTo(-1);
    assertThat(rows("silver/sales")).isEqualTo(60);

    Files.writeString(empty, "{\"a\": 1}\n");
    assertThat(run()).as(err).isZero();
    assertThat(rows("silver/empty")).isEqualTo(1);
  }

  @Test
  void otherEncodingsAreNamed() throws IOException {
    Files.write(folder.resolve("sales.csv"), (HEADER + SALES).getBytes(UTF_16));
    assertThat(run()).isEqualTo(1);
    assertThat(line()).contains("sales.csv cannot be read beyond record 0: it is UTF-16; convert");
    Files.write(
        folder.resolve("sales.csv"),
        (HEADER + SALES + "Zo\u00eb,2023-01-01,1\n").getBytes(ISO_8859_1));
    assertThat(run()).isZero();
    assertThat(line()).contains("1 of 61 records refused (MALFORMED 1;").contains(": not UTF-8");
  }

  @Test
  void aFileThatBreaksOffGivesWhatItHasAndSaysSo() throws IOException {
    define(
        "*.csv.gz", "csv", "{ table: sales, customer: customer_id, time: date, amount: amount }");
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write((HEADER + sales(5_000)).getBytes(UTF_8));
    }
    byte[] half = Arrays.copyOf(packed.toByteArray(), packed.size() / 2);
    Files.write(folder.resolve("sales.csv.gz"), half);
    assertThat(run()).isZero();
    assertThat(line()).contains("(MALFORMED 1;").contains("sales.csv.gz cannot be read beyond");
    assertThat(rows("quarantine/sales")).isEqualTo(1);
    long kept = rows("silver/sales");

    // It is refused once, not every time, until it changes.
    assertThat(run()).isZero();
    assertThat(err).doesNotContain("refused");
    assertThat(rows("quarantine/sales")).isEqualTo(1);
    Files.write(folder.resolve("sales.csv.gz"), packed.toByteArray());
    assertThat(run()).isZero();
    assertThat(rows("silver/sales")).isEqualTo(5_000).isGreaterThan(kept);

    Files.writeString(folder.resolve("sales.csv.gz"), HEADER);
    assertThat(stage("run", "plain")).isEqualTo(1);
    assertThat(line()).contains("Not in GZIP format");
  }

  @Test
  void whatIsNoParquetFileIsNamed() throws IOException {
    define(
        "*.parquet",
        "parquet",
        "{ table: sales, customer: customer_id, time: date, amount: amount }");
    for (String text : new String[] {"", "PAR1 and then nothing"}) {
      Files.writeString(folder.resolve("sales.parquet"), text);
      assertThat(run()).isEqualTo(1);
      assertThat(line()).contains("1 of 1 records refused").contains("cannot be read as Parquet");
      assertNothingIsCommitted();
    }
  }

  @Test
  void aParquetFileWithoutRowsIsAShopBeforeItsFirstSale() throws IOException {
    define(
        "*.parquet", "parquet", "{ table: sales, customer: Customer-ID, time: date, amount: 1st }");
    parquet(0);
    assertThat(run()).as(err).isZero();
    assertThat(out).contains("No customers yet");
    parquet(3);
    assertThat(run("--retrain")).as(err).isZero();
    assertThat(rows("bronze/sales")).isEqualTo(3);
    assertThat(rows("gold/customer_scores")).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void parquetFilesThatDifferInCaseAloneFillOneColumn(boolean named) throws IOException {
    spelledShop(named);
    Files.writeString(folder.resolve("other.csv"), "k\n1\n");
    Path lower = spelled("a.parquet", 0, "note");
    Path upper = spelled("b.parquet", 30, "Note");
    ingestAndRefine("once");
    Map<String, String> once = tables("once");
    List<List<?>> notes = new ArrayList<>();
    for (int row = 0; row < 60; row++) {
      notes.add(List.of("text " + row, List.of("inner " + row)));
    }
    assertThat(notes("once", named ? "note" : "Note")).containsExactlyInAnyOrderElementsOf(notes);

    Path held = Files.move(lower, folder.resolve("held"));
    ingestAndRefine("upper first");
    Files.move(held, lower);
    ingestAndRefine("upper first");
    assertThat(tables("upper first")).isEqualTo(once);

    Files.move(upper, held);
    ingestAndRefine("lower first");
    Files.move(held, upper);
    ingestAndRefine("lower first");
    assertThat(notes("lower first", "note")).containsExactlyInAnyOrderElementsOf(notes);
    if (named) {
      assertThat(tables("lower first")).isEqualTo(once);
    }

    spelled("c.parquet", 60, "note", "Note");
    Map<String, String> silver =
        Map.of(
            "at once", once.get("silver/sales"),
            "upper first", once.get("silver/sales"),
            "lower first", tables("lower first").get("silver/sales"));
    for (String warehouse : silver.keySet()) {
      assertThat(stage("ingest", warehouse)).as(err).isZero();
      assertThat(stage("refine", warehouse, "--maxQuarantined=1")).as(err).isZero();
      assertThat(err)
          .contains("records refused (MALFORMED 1; the first: ")
          .contains(
              "c.parquet cannot be read as Parquet: columns 'note' and 'Note' differ in case alone;"
                  + " rename one at its source; rows read before: 0)");
      assertThat(patron("verify", "--warehouse=" + folder.resolve(warehouse))).as(err).isZero();
      assertThat(tables(warehouse))
          .containsEntry("silver/sales", silver.get(warehouse))
          .containsEntry("silver/other", once.get("silver/other"))
          .hasEntrySatisfying("quarantine/sales", found -> assertThat(found).startsWith("1 "));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"_source", "_OFFSET"})
  void aParquetColumnThatIsCalledAsOneOfBronzeIsOneLine(String name) throws IOException {
    spelledShop(false);
    Files.writeString(folder.resolve("other.csv"), "k\n1\n");
    spelled("a.parquet", 0, name);
    assertThat(stage("ingest", "own names")).isEqualTo(1);
    assertThat(err)
        .contains("table 'sales': its Parquet files have a column '" + name + "'")
        .doesNotContain("\tat ");
  }

  /** Of a column and of a field, one file has wholes and the other fractions, and more fields. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void parquetFilesOfOtherTypesAndFieldsAreReadWhateverTheirOrder(boolean declared)
      throws IOException {
    typedShop(
        declared
            ? "c: string, t: date, a: double, note: string, n: \"array<row<q: double, x: string>>\""
            : "");
    Path narrow =
        sales(
            "a.parquet",
            0,
            "required int64 a; required group n (LIST) { repeated group list {"
                + " required group element { required int64 q; } } }",
            (sale, row) -> {
              sale.append("a", 5L + row);
              sale.addGroup("n").addGroup("list").addGroup("element").append("q", 2L);
            });
    Path wide =
        sales(
            "b.parquet",
            30,
            "required double a; optional binary note (STRING);"
                + " required group n (LIST) { repeated group list {"
                + " required group element { required double q; required binary x (STRING); } } }",
            (sale, row) -> {
              sale.append("a", 0.5 + row).append("note", "text " + row);
              Group element = sale.addGroup("n").addGroup("list").addGroup("element");
              element.append("q", 2.5).append("x", "inner " + row);
            });
    Map<String, String> silver = new TreeMap<>();
    Path held = folder.resolve("held");
    for (String order : List.of("at once", "narrow first", "wide first")) {
      Path later = order.equals("wide first") ? narrow : wide;
      if (!order.equals("at once")) {
        Files.move(later, held);
        ingestAndRefine(order);
        Files.move(held, later);
      }
      ingestAndRefine(order);
      silver.put(order, tables(order).get("silver/sales"));
      assertThat(tables(order)).hasEntrySatisfying("bronze/sales", ofRows(60));
    }
    assertThat(Set.copyOf(silver.values())).as(silver.toString()).hasSize(1);
    assertThat(silver.get("at once")).startsWith("60 ");
  }

  /** No type holds numbers and text: one file's records are refused, and wait for a declaration. */
  @Test
  void parquetRecordsThatFitNoColumnWaitForADeclaration() throws IOException {
    typedShop("");
    sales("a.parquet", 0, "required int64 a; required int64 note;", HostileInputIT::numbered);
    ingestAndRefine("waiting");
    sales(
        "b.parquet",
        30,
        "required int64 a; required binary note (STRING);",
        (sale, row) -> sale.append("a", 7L).append("note", "text " + row));
    assertThat(stage("ingest", "waiting")).as(err).isZero();
    assertThat(stage("refine", "waiting", "--maxQuarantined=1")).as(err).isZero();
    assertThat(err)
        .contains("30 of 30 records refused (WRONG_TYPE 30; the first: ")
        .contains("b.parquet:1: column 'note': the text 'text 30' is no long");
    assertThat(tables("waiting"))
        .hasEntrySatisfying("bronze/sales", ofRows(60))
        .hasEntrySatisfying("silver/sales", ofRows(30));
    typedShop("c: string, t: date, a: long, note: string");
    ingestAndRefine("waiting");
    assertThat(tables("waiting")).hasEntrySatisfying("silver/sales", ofRows(60));
    String waited = tables("waiting").get("silver/sales");
    ingestAndRefine("declared at first");
    assertThat(tables("declared at first")).containsEntry("silver/sales", waited);
  }

  /** Each record has the text of its own number, whatever files come with it or before. */
  @Test
  void parquetNumbersAreTheirOwnTextsWhereTextIsDeclared() throws IOException {
    typedShop("c: string, t: date, a: long, note: string");
    List<Path> files =
        List.of(
            sales(
                "a.parquet", 0, "required int64 a; required int64 note;", HostileInputIT::numbered),
            sales(
                "b.parquet",
                30,
                "required int64 a; required double note;",
                (sale, row) -> sale.append("a", 5L).append("note", row / 2.0)),
            sales(
                "c.parquet",
                60,
                "required int64 a; required binary note (STRING);",
                (sale, row) -> sale.append("a", 5L).append("note", "text " + row)));
    ingestAndRefine("at once");
    List<List<?>> notes = new ArrayList<>();
    for (int row = 0; row < 90; row++) {
      notes.add(List.of(row < 30 ? "" + row : row < 60 ? "" + row / 2.0 : "text " + row));
    }
    Map<String, String> silver = new TreeMap<>();
    silver.put("at once", tables("at once").get("silver/sales"));
    for (int[] order : new int[][] {{0, 1, 2}, {1, 2, 0}, {2, 1, 0}}) {
      String warehouse = Arrays.toString(order);
      for (Path file : files) {
        Files.move(file, folder.resolve(file.getFileName() + ".held"));
      }
      for (int next : order) {
        Path file = files.get(next);
        Files.move(folder.resolve(file.getFileName() + ".held"), file);
        ingestAndRefine(warehouse);
      }
      silver.put(warehouse, tables(warehouse).get("silver/sales"));
      List<List<?>> found = new ArrayList<>();
      TableScan.of(
              LakeTable.at(folder.resolve(warehouse).toString(), "silver/sales").snapshot(),
              List.of("note"))
          .forEach(frame -> found.addAll(frame.toRows()));
      assertThat(found).as(warehouse).containsExactlyInAnyOrderElementsOf(notes);
      assertThat(stage("refine", warehouse, "--rebuild")).as(err).isZero();
      silver.put(warehouse + " made anew", tables(warehouse).get("silver/sales"));
    }
    assertThat(Set.copyOf(silver.values())).as(silver.toString()).hasSize(1);
  }

  private static void numbered(Group sale, int row) {
    sale.append("a", 5L).append("note", (long) row);
  }

  private static Consumer<String> ofRows(long rows) {
    return found -> assertThat(found).startsWith(rows + " ");
  }

  private void typedShop(String columns) throws IOException {
    Files.writeString(
        folder.resolve("shop.yaml"),
        """
        name: shop
        tables:
          sales:
            keep: facts
            %s
            from: { files: "*.parquet", format: parquet }
        purchases: { table: sales, customer: c, time: t, amount: a }
        """
            .formatted(columns.isEmpty() ? "" : "columns: { " + columns + " }"));
  }

  /** Thirty sales with a customer, a day and these columns. */
  private Path sales(String name, int first, String columns, ObjIntConsumer<Group> filler)
      throws IOException {
    MessageType type =
        MessageTypeParser.parseMessageType(
            "message sales { required binary c (STRING); required int32 t (DATE); %s }"
                .formatted(columns));
    Path file = folder.resolve(name);
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(HadoopFiles.path(file.toString()))
            .withConf(HadoopFiles.configuration())
            .withType(type)
            .build()) {
      for (int row = first; row < first + 30; row++) {
        Group sale = new SimpleGroupFactory(type).newGroup();
        sale.append("c", "c" + row % 7).append("t", 19_000 + row);
        filler.accept(sale, row);
        writer.write(sale);
      }
    }
    return file;
  }

  private void spelledShop(boolean named) throws IOException {
    Files.writeString(
        folder.resolve("shop.yaml"),
        """
        name: shop
        tables:
          sales: { keep: facts, %sfrom: { files: "*.parquet", format: parquet } }
          other: { keep: facts, from: { files: other.csv, format: csv } }
        purchases: { table: sales, customer: c, time: t, amount: a }
        """
            .formatted(named ? "key: [note], " : ""));
  }

  private void ingestAndRefine(String warehouse) {
    assertThat(stage("ingest", warehouse)).as(err).isZero();
    assertThat(stage("refine", warehouse)).as(err).isZero();
    assertThat(patron("verify", "--warehouse=" + folder.resolve(warehouse))).as(err).isZero();
  }

  /** The column and the field that files spell differently. */
  private List<List<?>> notes(String warehouse, String name) {
    List<List<?>> notes = new ArrayList<>();
    TableScan.of(
            LakeTable.at(folder.resolve(warehouse).toString(), "silver/sales").snapshot(),
            List.of(name, "n"))
        .forEach(frame -> notes.addAll(frame.toRows()));
    return notes;
  }

  /** Sales with columns of text, and fields within a row, of these names. */
  private Path spelled(String name, int first, String... notes) throws IOException {
    String texts =
        Stream.of(notes)
            .map("required binary %s (STRING); "::formatted)
            .collect(Collectors.joining());
    return sales(
        name,
        first,
        "required double a; %srequired group n { %s}".formatted(texts, texts),
        (sale, row) -> {
          sale.append("a", 5.5);
          Group inner = sale.addGroup("n");
          for (String note : notes) {
            sale.append(note, "text " + row);
            inner.append(note, "inner " + row);
          }
        });
  }

  private void parquet(int rows) throws IOException {
    Path file = folder.resolve("sales.parquet");
    Files.deleteIfExists(file);
    MessageType type =
        MessageTypeParser.parseMessageType(
            "message sales { required binary Customer-ID (STRING); required int32 date (DATE);"
                + " required double 1st; }");
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(HadoopFiles.path(file.toString()))
            .withConf(HadoopFiles.configuration())
            .withType(type)
            .build()) {
      for (int row = 0; row < rows; row++) {
        writer.write(
            new SimpleGroupFactory(type)
                .newGroup()
                .append("Customer-ID", "c" + row)
                .append("date", 19_000 + row)
                .append("1st", 5.5));
      }
    }
  }

  @Test
  void missingFilesAndColumnsAreNamed() throws IOException {
    assertThat(run()).isEqualTo(2);
    assertThat(line()).startsWith("patron: table 'sales': glob ").endsWith("matches nothing");
    csv(HEADER.replace("amount", "total") + SALES);
    assertThat(run()).isEqualTo(2);
    assertThat(line())
        .startsWith("patron: purchases.amount names column 'amount', which table 'sales' does not")
        .contains("It has customer_id, date, total".substring(3));
    assertNothingIsCommitted();
  }

  /** A shop may open before its first file; a folder may also be another one than was meant. */
  @Test
  void aFolderWithoutFilesIsTold() throws IOException {
    define("sales", "csv", "{ table: sales, customer: customer_id, time: date, amount: amount }");
    Path sales = Files.createDirectories(folder.resolve("sales"));
    Files.createDirectory(sales.resolve("2024"));
    Files.writeString(sales.resolve("_SUCCESS"), "");
    assertThat(stage("ingest", "warehouse")).as(err).isZero();
    assertThat(line())
        .isEqualTo(
            "patron: table 'sales': folder %s has no files; those of folders within it are read with /* behind it"
                .formatted(sales));
    Files.writeString(sales.resolve("0.csv"), HEADER + SALES);
    assertThat(run()).as(err).isZero();
    assertThat(err).doesNotContain("has no files");
    assertThat(rows("silver/sales")).isEqualTo(60);
  }

  @Test
  void aMisspeltKeyIsNamed() throws IOException {
    csv(HEADER + SALES);
    String definition =
        """
        name: shop
        tables:
          sales:
            keep: facts
            key: [custmer_id]
            from: { files: "*.csv", format: csv }
        """;
    Files.writeString(
        folder.resolve("shop.yaml"),
        definition
            + "purchases: { table: sales, customer: customer_id, time: date, amount: amount }\n");
    assertThat(run()).isEqualTo(2);
    assertThat(line())
        .startsWith("patron: tables.sales.key names column 'custmer_id', which table 'sales' does")
        .contains("shop.yaml:5:11; did you mean 'customer_id'? It has customer_id, date, amount");
    assertNothingIsCommitted();

    Files.writeString(
        folder.resolve("shop.yaml"),
        definition.replace("facts", "current") + "    change: { sequence: date }\n");
    assertThat(stage("ingest", "changes")).as(err).isZero();
    assertThat(stage("refine", "changes")).isEqualTo(2);
    assertThat(line()).startsWith("patron: tables.sales.key names column 'custmer_id', which");
  }

  @Test
  void aKeyThatOnlyRecordKeysHoldIsThere() throws IOException {
    Files.writeString(
        folder.resolve("shop.yaml"),
        """
        name: shop
        tables:
          clients:
            keep: current
            key: [id]
            from: { files: "changes.jsonl", format: debezium }
        """);
    Files.writeString(
        folder.resolve("changes.jsonl"),
        """
        {"topic":"shop.clients","partition":0,"offset":0,"key":{"id":1},"value":{"before":null,"after":{"name":"a"},"source":{"connector":"postgresql","lsn":7,"table":"clients","ts_ms":1700000000000},"op":"c","ts_ms":1700000000000}}
        """);
    assertThat(stage("ingest", "warehouse")).as(err).isZero();
    assertThat(stage("refine", "warehouse")).as(err).isZero();
    assertThat(rows("silver/clients")).isEqualTo(1);
  }

  // ---- Models

  @Test
  void aChampionThatKnowsTheFutureSaysSo() throws IOException {
    csv(HEADER + SALES);
    assertThat(run()).as(err).isZero();
    assertThat(err).doesNotContain("knows");
    assertThat(run("--asOf=2023-06-30")).as(err).isZero();
    assertThat(err)
        .contains(
            "score: segments/1 and lifetime/1 were trained as of 2023-12-27 and know what came after"
                + " 2023-06-30; --retrain trains as of then")
        // Customers of before a training have not moved since.
        .doesNotContain("counts as drift");
    assertThat(folder.resolve("warehouse/ops/drift/_delta_log"))
        .as("the table says how far they are from those all the same")
        .isDirectoryContaining("glob:**/00000000000000000001.json");
    assertThat(run("--asOf=2023-06-30", "--retrain")).as(err).isZero();
  }

  @Test
  void whoMovedByARetrainIsCounted() throws IOException {
    csv(HEADER + SALES);
    assertThat(run("--k=2")).as(err).isZero();
    assertThat(rows("gold/segment_migration")).isZero();
    assertThat(run("--k=3", "--retrain")).as(err).isZero();
    long moves = rows("gold/segment_migration");
    assertThat(moves).isPositive();
    assertThat(run()).as(err).isZero();
    assertThat(rows("gold/segment_migration")).isEqualTo(moves);
  }

  @Test
  void optionsOfATrainingThatDoesNotHappenAreSaid() throws IOException {
    csv(HEADER + SALES);
    assertThat(run("--k=2")).as(err).isZero();
    assertThat(err).doesNotContain("--k=2");
    assertThat(run("--k=3", "--cutoffs=2")).as(err).isZero();
    assertThat(err)
        .contains(
            "patron: there are champions, so that nothing is trained and --k=3 --cutoffs=2 is of no"
                + " use; --retrain trains");
  }

  // ---- Names

  @Test
  void headersOfRealShopsWork() throws IOException {
    define(
        "*.csv",
        "csv",
        "{ table: sales, customer: Customer ID, order: Invoice, time: InvoiceDate,"
            + " quantity: Quantity, price: Price }");
    csv(
        """
        Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country
        489434,85048,"GLASS BALL, 20 LIGHTS",12,2009-12-01 07:45:00,6.95,13085,United Kingdom
        489434,79323P,PINK CHERRY LIGHTS,12,2009-12-01 07:45:00,6.75,13085,United Kingdom
        C489449,22087,PAPER BUNTING,-12,2009-12-02 10:33:00,2.95,13085,Australia
        489464,21733,,-96,2009-12-01 10:52:00,0,,United Kingdom
        489522,71477,SHORT STICK,3,2009-12-03 11:45:00,0,12998,United Kingdom
        """);
    assertThat(run()).as(err).isZero();
    assertThat(rows("silver/sales")).isEqualTo(5);
    assertThat(rows("gold/customer_scores")).isEqualTo(2);
    assertThat(rows("quarantine/sales")).isZero();
  }

  @Test
  void columnsThatATableCannotTellApartAreNamedTogether() throws IOException {
    csv("Customer ID,Customer_ID,date,amount\nc1,c1,2023-01-01,5\n");
    assertThat(run()).isEqualTo(2);
    assertThat(line())
        .isEqualTo(
            "patron: table 'sales': columns 'Customer ID' and 'Customer_ID' would both be named"
                + " 'Customer_ID'; rename one at its source");
    assertNothingIsCommitted();
  }

  // ---- The warehouse

  @Test
  void aWarehouseThatIsAFileIsRefusedAtOnce() throws IOException {
    csv(HEADER + SALES);
    Files.writeString(folder.resolve("warehouse"), "a file");
    assertThat(run()).isEqualTo(2);
    assertThat(err).isEqualTo(line() + System.lineSeparator()).contains("is a file; name a folder");
  }

  @Test
  void theFolderOfADatasetIsNoPattern() throws IOException {
    Path odd = Files.createDirectory(folder.resolve("in [2024] {a,b}* back\\slash"));
    csv(HEADER + SALES);
    Files.move(folder.resolve("sales.csv"), odd.resolve("sales.csv"));
    Files.move(folder.resolve("shop.yaml"), odd.resolve("shop.yaml"));
    int status =
        patron(
            "ingest",
            "--dataset=" + odd.resolve("shop.yaml"),
            "--warehouse=" + folder.resolve("warehouse"));
    assertThat(status).as(err).isZero();
    assertThat(rows("bronze/sales")).isEqualTo(60);
  }

  @Test
  void verifyReadsOnBehindADamagedTable() throws IOException {
    csv(HEADER + SALES);
    assertThat(run()).as(err).isZero();
    int whole = tables("warehouse").size();
    try (Stream<Path> files = Files.list(folder.resolve("warehouse/gold/customer_scores"))) {
      Files.delete(files.filter(file -> file.toString().endsWith(".parquet")).toList().get(0));
    }
    assertThat(tables("warehouse")).hasSize(whole - 1).containsKey("silver/sales");
    assertThat(patron("verify", "--warehouse=" + folder.resolve("warehouse"))).isEqualTo(1);
    assertThat(err).contains("customer_scores").doesNotContain("\tat ");
  }

  @Test
  void vacuumDeletesWhatCrashedRunsHaveLeft() throws IOException {
    csv(HEADER + SALES);
    assertThat(run()).as(err).isZero();
    Path left = Files.writeString(folder.resolve("warehouse/_staging/ingest-of-a-crash"), "");
    Path intent =
        Files.writeString(
            Files.createDirectories(folder.resolve("warehouse/_ledger/_intents")).resolve("x"), "");
    String warehouse = "--warehouse=" + folder.resolve("warehouse");
    assertThat(patron("vacuum", warehouse)).as(err).isZero();
    assertThat(left).exists();
    assertThat(patron("vacuum", warehouse, "--retain=PT0S")).as(err).isZero();
    assertThat(left).doesNotExist();
    assertThat(intent).doesNotExist();
  }

  @Test
  void aWarehouseOfAnotherDatasetIsRefusedAtOnce() throws IOException {
    csv(HEADER + SALES);
    assertThat(run()).as(err).isZero();
    Map<String, String> before = tables("warehouse");
    Files.writeString(
        folder.resolve("shop.yaml"),
        Files.readString(folder.resolve("shop.yaml")).replace("name: shop", "name: market"));

    for (String stage : List.of("run", "ingest", "score")) {
      assertThat(stage(stage, "warehouse")).isEqualTo(2);
      assertThat(err)
          .isEqualTo(
              "patron: the warehouse %s is of the dataset 'shop', not of 'market': name that"
                      .formatted(folder.resolve("warehouse"))
                  + " dataset's file with --dataset, or another --warehouse"
                  + System.lineSeparator());
    }
    assertThat(tables("warehouse")).isEqualTo(before);
  }

  @Test
  void aHostThatNobodyKnowsIsNamed() throws IOException {
    csv(HEADER + SALES);
    int status =
        patron(
            "run",
            "--dataset=" + folder.resolve("shop.yaml"),
            "--warehouse=hdfs://nohost.invalid/w");
    assertThat(status).isEqualTo(1);
    assertThat(err)
        .isEqualTo(
            "patron: run failed: the host nohost.invalid is not known; see that its name is right"
                + " and that this machine's network can look it up"
                + System.lineSeparator());
  }

  @Test
  void aDefinitionThatNobodyCanReachIsOneLine() {
    for (String place :
        List.of("hdfs://nohost.invalid/shop.yaml", "hdfs://localhost:1/shop.yaml")) {
      int status =
          patron("ingest", "--dataset=" + place, "--warehouse=" + folder.resolve("warehouse"));
      assertThat(status).isEqualTo(2);
      assertThat(err).hasLineCount(1).startsWith("patron: " + place + " cannot be read (");
    }
    assertThat(folder.resolve("warehouse")).doesNotExist();
  }

  @Test
  void aClusterThatDoesNotAnswerIsOneLine() throws IOException {
    Path shop =
        Files.writeString(
            folder.resolve("topic.yaml"),
            """
            name: shop
            tables:
              sales:
                keep: facts
                columns: { customer_id: string, date: date, amount: double }
                from:
                  kafka: sales
                  bootstrap: "localhost:1"
                  format: jsonl
                  properties: { default.api.timeout.ms: 1000, request.timeout.ms: 900 }
            purchases: { table: sales, customer: customer_id, time: date, amount: amount }
            """);
    int status = patron("run", "--dataset=" + shop, "--warehouse=" + folder.resolve("warehouse"));
    assertThat(status).as(err).isEqualTo(1);
    assertThat(err)
        .hasLineCount(1)
        .startsWith("patron: run failed: Kafka at localhost:1 does not answer (")
        .endsWith("); see that it runs and can be reached from here" + System.lineSeparator());
  }

  @Test
  void stagesOutOfOrderSayWhichComesFirst() throws IOException {
    csv(HEADER + SALES);
    Map<String, String> first =
        Map.of(
            "refine", "run ingest first",
            "features", "run refine first",
            "train", "run features first",
            "score", "run features first",
            "publish", "run score first");
    first.forEach(
        (stage, hint) -> {
          assertThat(stage(stage, "warehouse")).isEqualTo(2);
          assertThat(err).hasLineCount(1).startsWith("patron: ").endsWith(hint + "\n");
        });
    assertThat(folder.resolve("warehouse")).doesNotExist();
  }

  @Test
  void stagesOneByOneARunAgainAndAGrownFileGiveEqualTables() throws IOException {
    csv(HEADER + SALES);
    assertThat(run()).isZero();
    Map<String, String> once = tables("warehouse");
    for (String stage :
        new String[] {"ingest", "refine", "features", "train", "score", "publish"}) {
      assertThat(stage(stage, "stages")).as(stage + err).isZero();
    }
    assertThat(tables("stages")).isEqualTo(once);

    assertThat(run()).isZero();
    assertThat(tables("warehouse")).isEqualTo(once);

    csv(HEADER + SALES.substring(0, SALES.indexOf('\n', SALES.length() / 2) + 1));
    assertThat(stage("run", "grown")).isZero();
    csv(HEADER + SALES);
    assertThat(stage("run", "grown", "--retrain")).isZero();
    Map<String, String> grown = tables("grown");
    for (String table : new String[] {"bronze/sales", "silver/sales", "silver/purchases"}) {
      assertThat(grown.get(table)).isEqualTo(once.get(table));
    }
  }

  /** So that a script that gives every stage the same words does not mix two times (CONTRACT 1). */
  @Test
  void theStagesAfterFeaturesTakeTheirTimeAndRefuseAnother() throws IOException {
    csv(HEADER + SALES);
    assertThat(run()).as(err).isZero();
    assertThat(stage("features", "warehouse", "--asOf=2023-06-30")).as(err).isZero();
    for (String stage : List.of("train", "score", "publish", "backtest")) {
      assertThat(stage(stage, "warehouse", "--asOf=2023-06-30")).as(stage + err).isZero();
      assertThat(stage(stage, "warehouse", "--asOf=2023-06-29")).as(stage).isEqualTo(2);
      assertThat(err)
          .isEqualTo(
              "patron: --asOf=2023-06-29: gold/customer_features is as of"
                  + " 2023-06-30T23:59:59.999999Z; run features --asOf=2023-06-29 first\n");
    }
    assertThat(stage("features", "warehouse", "--asOf=2023-06-29")).as(err).isZero();
    assertThat(stage("publish", "warehouse", "--asOf=2023-06-29")).isEqualTo(2);
    assertThat(err)
        .isEqualTo(
            "patron: --asOf=2023-06-29: gold/customer_scores is as of"
                + " 2023-06-30T23:59:59.999999Z; run score --asOf=2023-06-29 first\n");
  }

  @Test
  void moneyThatNobodyCanHavePaidIsToldOf() throws IOException {
    csv("customer_id,date,n,price\na,2023-01-01,2000,600000000\na,2023-02-01,2,3\n");
    define(
        "*.csv",
        "csv",
        "{ table: sales, customer: customer_id, time: date, quantity: n, price: price }");

    for (String stage : List.of("ingest", "refine")) {
      assertThat(stage(stage, "warehouse")).as(err).isZero();
    }

    assertThat(err)
        .contains(
            "patron: 1 rows of 'sales' count without their money: price times quantity is"
                + " 1000000000000 or more");
  }

  /** It is what all refusals say that one can do. */
  @ParameterizedTest
  @ValueSource(strings = {"lifetime", "segments"})
  void trainingAgainReplacesAChampionThatIsGoneOrAltered(String name) throws IOException {
    csv(HEADER + SALES);
    assertThat(run()).as(err).isZero();
    Map<String, String> scored = results("warehouse");
    Path models = folder.resolve("warehouse").resolve("models").resolve(name);

    Files.move(models.resolve("1"), folder.resolve("elsewhere"));
    for (String stage : List.of("run", "score")) {
      assertThat(stage(stage, "warehouse")).as(stage).isEqualTo(1);
    }
    assertThat(stage("train", "warehouse")).as(err).isZero();
    assertThat(err.lines().filter(line -> line.startsWith("train: champion ")))
        .singleElement()
        .asString()
        .startsWith("train: champion %s/1 ".formatted(name))
        .endsWith(
            "and what is trained now takes its place: there is no model %s/1; %s has the versions []"
                .formatted(name, name));
    assertThat(models.resolve("2/model.json"))
        .as("the number of the lost one is not given again")
        .hasSameTextualContentAs(folder.resolve("elsewhere/model.json"));
    assertThat(run()).as(err).isZero();
    assertThat(results("warehouse")).hasSameSizeAs(scored);

    Path document = models.resolve("2/model.json");
    Files.writeString(
        document, Files.readString(document).replace("\"seed\" : 42", "\"seed\" : 43"));
    assertThat(run()).isEqualTo(1);
    assertThat(run("--retrain")).as(err).isZero();
    assertThat(err.lines().filter(line -> line.startsWith("train: champion ")))
        .singleElement()
        .asString()
        .contains("takes its place: models/%s/2: model.json was altered since".formatted(name));
    assertThat(patron("models", "--warehouse=" + folder.resolve("warehouse"))).isZero();
    assertThat(out.lines().map(line -> line.replaceAll(" +", " ")))
        .anyMatch(line -> line.startsWith(name + " 3 champion "));

    // An older program must not take a newer one's champion for damaged.
    Path newer = models.resolve("3/model.json");
    Files.writeString(
        newer, Files.readString(newer).replace("\"schemaVersion\" : 7", "\"schemaVersion\" : 8"));
    assertThat(run("--retrain")).isEqualTo(1);
    assertThat(err).contains("models/%s/3: model.json has schema version 8;".formatted(name));
  }

  /** Taken for "no champion", a run would train and write over the history of promotions. */
  @Test
  void aRegistryThatIsDamagedIsNamedAndNotTrainedOver() throws IOException {
    csv(HEADER + SALES);
    assertThat(run()).isZero();
    Path models = folder.resolve("warehouse").resolve("models");
    for (String name : List.of("segments", "lifetime")) {
      Path aliases = models.resolve(name).resolve("aliases.json");
      String whole = Files.readString(aliases);
      for (String damaged : List.of("", "[]", "{")) {
        Files.writeString(aliases, damaged);
        for (String stage : List.of("run", "train", "score", "publish")) {
          assertThat(stage(stage, "warehouse")).as(err).isEqualTo(1);
          assertThat(err.lines().filter(line -> line.startsWith("patron: ")))
              .as("%s with '%s'", stage, damaged)
              .singleElement()
              .asString()
              .contains(" failed: models/%s/aliases.json ".formatted(name))
              .endsWith("with one of the versions [1]");
          assertThat(err).doesNotContain("\tat ");
        }
        assertThat(aliases).hasContent(damaged);
      }
      Files.writeString(aliases, whole);
    }

    Files.writeString(models.resolve("lifetime/1/metrics.json"), "{\n");
    assertThat(stage("publish", "warehouse")).isEqualTo(1);
    assertThat(err)
        .endsWith(
            "patron: publish failed: models/lifetime/1/metrics.json is not JSON (line 2);"
                + " restore it, or train again\n")
        .doesNotContain("\tat ");
    assertThat(patron("models", "show", "lifetime", "--warehouse=" + folder.resolve("warehouse")))
        .isZero();
    assertThat(err).contains("models/lifetime/1/metrics.json is not JSON (line 2);");
    assertThat(stage("train", "warehouse")).as(err).isZero();
    assertThat(err).contains("there is no new version beside lifetime/1, segments/1");
    assertThat(stage("publish", "warehouse")).as(err).isZero();
  }
}
