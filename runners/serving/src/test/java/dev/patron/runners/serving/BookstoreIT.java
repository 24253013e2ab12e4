package dev.patron.runners.serving;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.patron.features.frame.Frame;
import dev.patron.features.models.ModelDocument.Input;
import dev.patron.pipelines.Command;
import dev.patron.pipelines.commands.Run;
import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.options.RunOptions;
import dev.patron.pipelines.query.QueryCommands;
import dev.patron.pipelines.query.SqlOptions;
import dev.patron.pipelines.stages.Models;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.TableSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bundled bookstore after a run: scores over HTTP beside the batch's, and the pages' SQL. */
class BookstoreIT {
  private static final Path HOME = Path.of(System.getProperty("basedir", "."), "..", "..");
  private static final Path PAGES = HOME.resolve("pipelines").resolve("query");

  @TempDir static Path folder;
  private static Path warehouse;

  @BeforeAll
  static void run() throws IOException {
    warehouse = folder.resolve("warehouse");
    Path dataset = HOME.resolve("testdata").resolve("bookstore").resolve("dataset.yaml");
    Run.all(
        PipelineOptionsFactory.fromArgs(
                "--runner=DirectRunner", "--dataset=" + dataset, "--warehouse=" + warehouse)
            .as(RunOptions.class),
        console(new ByteArrayOutputStream()));
  }

  private static Console console(ByteArrayOutputStream out) {
    return new Console(
        new PrintStream(out, false, UTF_8),
        new PrintStream(OutputStream.nullOutputStream(), false, UTF_8),
        false);
  }

  private static Frame gold(String table, List<String> columns) {
    TableSnapshot snapshot = LakeTable.at(warehouse.toString(), "gold/" + table).snapshot();
    return TableScan.of(snapshot, columns.isEmpty() ? snapshot.schema().names() : columns)
        .all()
        .sort(List.of("customer_id"));
  }

  @Test
  void scoresOverHttpAreThoseOfTheBatchToTheBit() throws Exception {
    Frame scores = gold("customer_scores", List.of());
    List<String> columns = new ArrayList<>(List.of("customer_id", "as_of"));
    for (String model : List.of("segments", "lifetime")) {
      for (Input input :
          Objects.requireNonNull(Models.of(warehouse.toString()).champion(model))
              .document()
              .inputs()) {
        if (!columns.contains(input.name())) {
          columns.add(input.name());
        }
      }
    }
    Frame features = gold("customer_features", columns);
    ServeOptions options =
        PipelineOptionsFactory.fromArgs("--warehouse=" + warehouse, "--port=0")
            .as(ServeOptions.class);
    try (Serve.Running running = Serve.start(options, Map.of(), ServedShop.quiet())) {
      for (String body :
          List.of(
              Bodies.records("dataframe_records", features, List.of("customer_id")),
              Bodies.records("dataframe_records", features, columns))) {
        HttpRequest request =
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + running.server().port() + "/invocations"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        String answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
        InvocationsTest.assertEqualToTheBit(
            new ObjectMapper().readTree(answer).get("predictions"), scores);
      }
    }
  }

  @Test
  void whatThePageSaysToSendIsScored() throws Exception {
    String page = Files.readString(HOME.resolve("runners").resolve("serving").resolve("README.md"));
    List<String> bodies =
        Pattern.compile("^```json\\n(.*?)^```|-d '([^']*)'", Pattern.DOTALL | Pattern.MULTILINE)
            .matcher(page)
            .results()
            .map(body -> body.group(1) == null ? body.group(2) : body.group(1))
            .toList();
    assertThat(bodies).as("by identity and by features").hasSize(2);
    Champions champions =
        Champions.load(
            warehouse.toString(),
            Champions.Moment.now(warehouse.toString()).orElseThrow(),
            PipelineOptionsFactory.as(ServeOptions.class),
            null);
    Invocations invocations = new Invocations(() -> champions, new Metrics());
    for (String body : bodies) {
      Answer answer = invocations.answer("application/json", body.getBytes(UTF_8));
      assertThat(answer.status()).as(new String(answer.body(), UTF_8)).isEqualTo(200);
      assertThat(
              new ObjectMapper().readTree(answer.body()).at("/predictions/0/segment").isTextual())
          .isTrue();
    }
  }

  @Test
  void aLoadOfCustomersIsAnsweredWithoutAnError() throws Exception {
    ServeOptions options =
        PipelineOptionsFactory.fromArgs("--warehouse=" + warehouse, "--port=0")
            .as(ServeOptions.class);
    try (Serve.Running running = Serve.start(options, Map.of(), ServedShop.quiet())) {
      int errors =
          Load.load(
              running.server().port(),
              2_000,
              8,
              gold("customer_scores", List.of("customer_id")).rows());
      assertThat(errors).isZero();
    }
  }

  @SuppressWarnings("unchecked") // the room has one command, and these are its options
  private static String sql(String... arguments) throws Exception {
    Command<SqlOptions> command = (Command<SqlOptions>) new QueryCommands().commands().get(0);
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--warehouse=" + warehouse);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    command
        .action()
        .run(
            PipelineOptionsFactory.fromArgs(all.toArray(String[]::new)).as(SqlOptions.class),
            console(out));
    return out.toString(UTF_8);
  }

  /** The code blocks of a page that begin with this line. */
  private static List<String> blocks(String page, String fence) throws IOException {
    return Pattern.compile("^```" + fence + "\\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE)
        .matcher(Files.readString(PAGES.resolve(page)))
        .results()
        .map(block -> block.group(1))
        .toList();
  }

  @Test
  void theFiveQuestionsOfThePageAreAnswered() throws Exception {
    List<String> questions = blocks("README.md", "sql");
    assertThat(questions).hasSize(5);
    for (String question : questions.subList(0, 4)) {
      assertThat(sql("--format=csv", "--query=" + question))
          .as(question)
          .matches(csv -> csv.lines().count() > 1, "has rows");
    }
    assertThat(sql("--format=csv", "--query=" + questions.get(4)))
        .as("after one run nobody has moved")
        .isEqualTo("was,is_now,customers\n");
  }

  @Test
  void theScoresLeaveForOtherToolsAsAFile() throws Exception {
    Path file = folder.resolve("scores.parquet");
    sql("--query=from gold.customer_scores", "--output=" + file);
    String here =
        sql(
            "--format=csv",
            "--query=select segment, count(*), round(sum(cltv)) from gold.customer_scores group by"
                + " segment order by 3 desc");
    List<String> questions = blocks("NOTEBOOKS.md", "sql duckdb");
    assertThat(questions).hasSize(1);
    try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckdb.createStatement();
        ResultSet rows =
            statement.executeQuery(questions.get(0).replace("scores.parquet", file.toString()))) {
      List<String> lines = new ArrayList<>();
      while (rows.next()) {
        lines.add(rows.getString(1) + "," + rows.getString(2) + "," + rows.getString(3));
      }
      assertThat(lines).isNotEmpty().isEqualTo(here.lines().skip(1).collect(Collectors.toList()));
    }
  }
}
