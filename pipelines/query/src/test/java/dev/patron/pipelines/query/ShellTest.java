package dev.patron.pipelines.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jline.reader.Candidate;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The prompt, typed at without a terminal. */
class ShellTest {
  @TempDir private Path folder;
  private Path warehouse;

  @BeforeEach
  void write() throws IOException {
    Shop.write(folder);
    warehouse = folder.toRealPath();
  }

  private String typed(String keys) throws IOException {
    ByteArrayOutputStream screen = new ByteArrayOutputStream();
    try (Terminal terminal =
            new DumbTerminal(
                "test", "dumb", new ByteArrayInputStream(keys.getBytes(UTF_8)), screen, UTF_8);
        ReadOnlyDatabase database = ReadOnlyDatabase.open(warehouse, null)) {
      Session session = new Session(database, warehouse.toString());
      new Shell(session, Format.CSV, terminal, folder.resolve("history")).run();
    }
    return screen.toString(UTF_8).replace("\r", "");
  }

  @Test
  void answersOnceASemicolonComes() throws IOException {
    assertThat(typed("select 40 +\n2 as sum;\n\\q\n")).contains("sum\n42\n");
  }

  @Test
  void aMistakeDoesNotEndIt() throws IOException {
    assertThat(typed("selec;\nfrom nowhere;\nselect 7 as still;\n"))
        .contains("syntax error", "there is no table nowhere", "still\n7\n");
  }

  @Test
  void listsTablesAndColumns() throws IOException {
    assertThat(typed("\\d\n"))
        .containsPattern("silver\\.books +version 2 +1 rows")
        .containsPattern("quarantine\\.orders +version 0 +0 rows");
    assertThat(typed("\\d silver.books\n")).containsPattern("price +double");
    assertThat(typed("\\d silver.books@0\n")).contains("title").doesNotContain("price");
    assertThat(typed("\\x\n")).contains("\\x is unknown; \\? lists what there is");
  }

  @Test
  void changesTheFormat() throws IOException {
    assertThat(typed("\\f json\nselect 1 as a;\n\\f parquet\nselect 2 as b;\nselect 3 as c;\n"))
        .contains("[{\"a\":1}]", "needs an --output=FILE");
  }

  @Test
  void keepsItsHistory() throws IOException {
    typed("select 1;\n\\q\n");
    assertThat(Files.readString(folder.resolve("history"))).contains("select 1;");
  }

  @Test
  void completesTablesAndTheirColumns() {
    try (ReadOnlyDatabase database = ReadOnlyDatabase.open(warehouse, null)) {
      SqlCompleter completer = new SqlCompleter(new WarehouseViews(warehouse.toString(), database));
      List<Candidate> candidates = new ArrayList<>();
      completer.complete("select pr from silver.books", candidates);
      assertThat(candidates)
          .extracting(Candidate::value)
          .contains("silver.orders", "price", "title", "select")
          .doesNotContain("ordered_at");
      assertThat(Shell.words("select avg(pr")).endsWith("pr");
    }
  }
}
