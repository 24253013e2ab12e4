package dev.patron.pipelines.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.console.JobException;
import dev.patron.pipelines.console.UsageException;
import dev.patron.transforms.lake.Commit;
import dev.patron.transforms.lake.LakeException;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.Vacuum;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Questions as they are typed, and what comes out. */
class SqlTest {
  /** A path in which every character that means something to somebody stands. */
  @TempDir static Path folder;

  private static Path warehouse;

  @BeforeAll
  static void write() {
    warehouse = folder.resolve("a [b]*? 'c'");
    Shop.write(warehouse);
  }

  private static String sql(String... arguments) throws IOException {
    return sql(warehouse, "", arguments);
  }

  private static String sql(Path place, String stdin, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--warehouse=" + place);
    SqlOptions options =
        PipelineOptionsFactory.fromArgs(all.toArray(String[]::new)).as(SqlOptions.class);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Console console =
        new Console(new PrintStream(out, false, UTF_8), new PrintStream(out, true, UTF_8), false);
    Sql.run(options, console, new ByteArrayInputStream(stdin.getBytes(UTF_8)), false);
    return out.toString(UTF_8);
  }

  @Test
  void everyTypeComesOutAsItWentIn() throws IOException {
    assertThat(sql("--query=from silver.orders order by order_id", "--format=json"))
        .isEqualTo(
            """
            [{"order_id":1,"ordered_at":"2024-02-29T23:59:59.999999Z","total":12.50,\
            "huge":1234567890123456789012345678901234.5678,"paid":true,\
            "lines":[{"book_id":7,"price":9.99},{"book_id":8,"price":null}]},
            {"order_id":2,"ordered_at":null,"total":null,"huge":null,"paid":null,"lines":null},
            {"order_id":3,"ordered_at":"1969-12-31T00:00:00Z","total":-0.01,"huge":0.0000,\
            "paid":false,"lines":[]}]
            """);
  }

  @Test
  void aUriOfFilesIsReadAsOtherCommandsWriteIt() throws IOException {
    Path escaped = Files.createDirectory(folder.resolve("a%20#b"));
    Shop.write(escaped);
    for (Path place : List.of(warehouse, escaped)) {
      assertThat(sql(Path.of("file:" + place), "", "--query=select count(*) from silver.orders"))
          .contains("3");
    }
  }

  @Test
  void nestedRowsCanBeAsked() throws IOException {
    assertThat(
            sql(
                "--query=select order_id, line.book_id from (select order_id, unnest(lines) as line"
                    + " from silver.orders) order by all",
                "--format=csv"))
        .isEqualTo("order_id,book_id\n1,7\n1,8\n");
  }

  @Test
  void anEmptyTableHasItsColumns() throws IOException {
    assertThat(sql("--query=from quarantine.orders", "--format=csv")).isEqualTo("reason,seen_at\n");
    assertThat(sql("--query=from quarantine.orders", "--format=json")).isEqualTo("[]\n");
  }

  @Test
  void partitionColumnsComeFromTheLog() throws IOException {
    assertThat(
            sql(
                "--query=select _ingested_on, count(*) as n from bronze.orders group by all order by"
                    + " all nulls last",
                "--format=csv"))
        .isEqualTo("_ingested_on,n\n2024-01-01,1\n2024-01-02,2\n,1\n");
  }

  @Test
  void filesOlderThanAColumnHaveNulls() throws IOException {
    assertThat(sql("--query=from silver.books@1 order by book_id", "--format=csv"))
        .isEqualTo("book_id,title,price\n1,Emma,\n2,\"It's \"\"2\"\"\",2.5\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "select min(book_id) from silver.books | 3",
        "select min(book_id) from SILVER.Books | 3",
        "select max(book_id) from silver.books@0 | 1",
        "select max(b.book_id) from silver.books@1 b | 2",
        "select max(book_id) from \"silver.books@1\" | 2",
        "select max(book_id) from silver.\"books@1\" | 2",
        "with books as (select 9 as id) select id from books | 9",
        "select count(*) from information_schema.tables where table_schema = 'silver' | 2",
        "select count(*) from range(5) | 5",
        "/* a comment */ select 1 -- and one more | 1",
      })
  void answers(String question, String answer) throws IOException {
    assertThat(sql("--query=" + question, "--format=csv").lines().skip(1)).containsExactly(answer);
  }

  @Test
  void theNextQuestionSeesTheNextVersion(@TempDir Path place) throws IOException {
    LakeTable table = LakeTable.at(place.toString(), "gold/numbers");
    Schema schema = Schema.of().with("n", Type.LONG);
    Shop.append(table, Frame.ofRows(schema, List.of(List.of(1L))));
    try (ReadOnlyDatabase database = ReadOnlyDatabase.open(place.toRealPath(), null)) {
      Session session = new Session(database, place.toRealPath().toString());
      StringBuilder out = new StringBuilder();
      session.answer("select sum(n) from gold.numbers", new CsvAnswer(), out);
      Shop.append(table, Frame.ofRows(schema, List.of(List.of(2L))));
      session.answer("select sum(n) from gold.numbers", new CsvAnswer(), out);
      session.answer("select sum(n) from gold.numbers@0", new CsvAnswer(), out);
      assertThat(out.toString().lines().filter(line -> !line.startsWith("sum")))
          .containsExactly("1", "3", "1");
    }
  }

  @Test
  void aVersionWhoseFilesWereVacuumedIsTold(@TempDir Path place) throws IOException {
    LakeTable table = LakeTable.at(place.toString(), "gold/numbers");
    Schema schema = Schema.of().with("n", Type.LONG);
    Shop.append(table, Frame.ofRows(schema, List.of(List.of(1L))));
    table.commit(Commit.overwrite(schema, List.of()));
    Vacuum.of(table, Instant.now().plusSeconds(60));
    for (String question : List.of("from gold.numbers@0", "from \"gold.numbers@0\"")) {
      assertThatThrownBy(() -> sql(place, "", "--query=" + question))
          .isInstanceOf(UsageException.class)
          .hasMessage(
              "gold.numbers has version 0 no more: vacuum has deleted its files; its newest is 1");
    }
    Vacuum.allButNewest(table, Instant.now().plusSeconds(60));
    assertThatThrownBy(() -> sql(place, "", "--query=from gold.numbers@0"))
        .isInstanceOf(LakeException.class)
        .hasMessage(
            "gold/numbers: version 0 cannot be read any more:"
                + " _delta_log/00000000000000000000.json is missing; its newest is 1");
  }

  @Test
  void aTableIsAligned() throws IOException {
    assertThat(
            sql(
                "--query=select * from (values (1, 'Öl', 2.5), (100, null, 10)) t(id, name,"
                    + " price)"))
        .isEqualTo(
            """
             id  name  price
            ----------------
              1  Öl      2.5
            100  -      10.0
            """);
  }

  @Test
  void whatSteersATerminalIsShownInstead() throws IOException {
    assertThat(sql("--query=select 'a' || chr(27) || '[2J' || chr(10) || chr(8238) as x"))
        .endsWith("a\uFFFD[2J\\n\uFFFD\n");
  }

  @Test
  void severalQuestionsComeFromStdinOrAFile() throws IOException {
    Path file = Files.writeString(folder.resolve("two.sql"), "select 1 as a; select 'ü' as b;");
    assertThat(sql("--file=" + file, "--format=csv")).isEqualTo("a\n1\nb\nü\n");
    assertThat(sql(warehouse, "select 1 as a; select 'ü' as b;", "--format=csv"))
        .isEqualTo("a\n1\nb\nü\n");
  }

  @Test
  void theAnswerGoesToAFileWhoseNameSaysHow() throws IOException {
    Path parquet = folder.resolve("it's.parquet");
    assertThat(sql("--query=from silver.orders -- all", "--output=" + parquet)).isEmpty();
    assertThat(Files.readAllBytes(parquet)).startsWith('P', 'A', 'R', '1');
    Path csv = folder.resolve("out.csv");
    sql("--query=select 1 as a", "--output=" + csv);
    assertThat(csv).hasContent("a\n1\n");
  }

  @Test
  void aNameWithoutAnEndingTakesATableAndAnyNameTheFormatThatIsGiven() throws IOException {
    for (String name : List.of("answer", ".answer", "v1.2/answer", "answer.TABLE")) {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      sql("--query=select 1 as a", "--output=" + file);
      assertThat(file).as(name).hasContent(sql("--query=select 1 as a"));
    }
    Path text = folder.resolve("answer.txt");
    sql("--query=select 1 as a", "--output=" + text, "--format=csv");
    assertThat(text).hasContent("a\n1\n");
  }

  @Test
  void anUnknownEndingIsRefusedBeforeAFileIsMade() {
    Path file = folder.resolve("answer.foo");
    assertThatThrownBy(() -> sql("--query=select 1", "--output=" + file))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "--output="
                + file
                + ": the ending .foo says no format; known are .table, .csv, .json and .parquet, or"
                + " name a --format");
    assertThat(file).doesNotExist();
  }

  /** The name that the answer has until it is whole says nothing to anybody. */
  @ParameterizedTest
  @ValueSource(strings = {"csv", "parquet"})
  @EnabledOnOs(OS.LINUX)
  void aPlaceThatTakesNoFileIsNamed(String ending) {
    assertThatThrownBy(() -> sql("--query=select 1", "--output=/proc/answer." + ending))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "--output=/proc/answer." + ending + ": no file can be made there; name another");
  }

  @Test
  void anAnswerThatFailsLeavesNoFileAndKeepsTheOld() throws IOException {
    Path csv = Files.writeString(folder.resolve("kept.csv"), "old");
    assertThatThrownBy(
            () ->
                sql(
                    "--query=select cast(case i when 99999 then 'x' else '1' end as int) from"
                        + " range(100000) t(i)",
                    "--output=" + csv))
        .isInstanceOf(JobException.class);
    assertThat(csv).hasContent("old");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).noneMatch(file -> file.toString().endsWith(".tmp"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "from silver.boks | there is no table silver.boks; did you mean silver.books?",
        "from books | there is no table books; did you mean silver.books?",
        "from silver.books@7 | silver.books has no version 7; its newest is 2",
        "sel | syntax error at or near \"sel\" (at character 1)",
        "select x from silver.books | Binder Error: Referenced column \"x\" not found",
        "select f(1) | Catalog Error: Scalar Function with name f does not exist!",
        "-- nothing | there is no question",
        "drop table silver.books | sql only reads",
      })
  void aWrongQuestionIsOneLine(String question, String message) {
    assertThatThrownBy(() -> sql("--query=" + question))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith(message)
        .hasMessageNotContainingAny("\n");
  }

  /** As a run leaves it that was stopped before its commit. */
  @Test
  void aTableThatWasNeverCommittedIsNotOffered() throws IOException {
    Files.createDirectories(warehouse.resolve("silver/boks_2"));
    assertThatThrownBy(() -> sql("--query=from silver.boks_2"))
        .isInstanceOf(UsageException.class)
        .hasMessage("silver.boks_2 has no version yet: no run has committed it");
    assertThatThrownBy(() -> sql("--query=from silver.boks_3"))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("there is no table silver.boks_3; did you mean silver.books?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--format=xml | --format=xml is unknown; known are table, csv, json and parquet",
        "--format=parquet | --format=parquet needs an --output=FILE",
        "--file=/nope.sql | --file=/nope.sql: there is no such file",
        "--output=/nope/a.csv | --output=/nope/a.csv: there is no such folder",
      })
  void aWrongOptionIsOneLine(String option, String message) {
    assertThatThrownBy(() -> sql(warehouse, "select 1", option))
        .isInstanceOf(UsageException.class)
        .hasMessage(message);
  }

  @Test
  void theWarehouseIsNeitherMissedNorWrittenTo() {
    assertThatThrownBy(() -> sql(folder.resolve("nowhere"), "", "--query=select 1"))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("there are no tables in ");
    assertThatThrownBy(() -> sql(Path.of("abfss:/c@a/w"), "", "--query=select 1"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("this machine's disks");
    assertThatThrownBy(
            () -> sql("--query=select 1", "--output=" + warehouse.resolve("silver/a.csv")))
        .isInstanceOf(UsageException.class)
        .hasMessageEndingWith("is in the warehouse, which sql does not write to");
  }
}
