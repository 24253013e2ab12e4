package dev.patron.pipelines.query;

import dev.patron.pipelines.Command;
import dev.patron.pipelines.Commands;
import java.util.List;

/** The command {@code sql}. */
public final class QueryCommands implements Commands {
  @Override
  public List<Command<?>> commands() {
    return List.of(
        new Command<>(
            "sql",
            "Answer SQL over the tables, read-only: ./patron sql \"select ...\", or type.",
            SqlOptions.class,
            "query",
            Sql::run));
  }
}
