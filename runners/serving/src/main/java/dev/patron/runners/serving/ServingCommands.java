package dev.patron.runners.serving;

import dev.patron.pipelines.Command;
import dev.patron.pipelines.Commands;
import java.util.List;

/** The command {@code serve}. */
public final class ServingCommands implements Commands {
  @Override
  public List<Command<?>> commands() {
    return List.of(
        new Command<>(
            "serve",
            "Score over HTTP with the champions, by MLflow's protocol.",
            ServeOptions.class,
            Serve::run));
  }
}
