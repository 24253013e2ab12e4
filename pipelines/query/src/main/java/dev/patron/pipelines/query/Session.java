package dev.patron.pipelines.query;

import dev.patron.pipelines.stages.WarehouseTables;
import java.io.IOException;
import java.nio.file.Path;

/** Questions about one warehouse, one after the other. */
final class Session {
  private final ReadOnlyDatabase database;
  private final WarehouseViews views;

  Session(ReadOnlyDatabase database, String warehouse) {
    this.database = database;
    this.views = new WarehouseViews(warehouse, database);
  }

  /** The tables that can be asked. */
  WarehouseViews views() {
    return views;
  }

  /**
   * Answers one statement as text.
   *
   * @throws dev.patron.pipelines.console.UsageException if it is not understood
   * @throws dev.patron.pipelines.console.JobException if it cannot be answered
   */
  void answer(String statement, ResultWriter writer, Appendable out) throws IOException {
    database.ask(understood(statement), rows -> writer.write(rows, out));
  }

  /** Answers one statement into a Parquet file. */
  void answerAsParquet(String statement, Path file) throws IOException {
    // The line feed ends a comment that the statement may end in.
    database.copy(
        "COPY (%s\n) TO %s (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)"
            .formatted(understood(statement), FilesAsSql.text(file.toString())));
  }

  private String understood(String statement) {
    String text = new SqlText(statement).withVersionsQuoted(WarehouseTables.TIERS);
    Question question = Question.of(text, database::parse);
    views.prepare(question);
    return question.text();
  }
}
