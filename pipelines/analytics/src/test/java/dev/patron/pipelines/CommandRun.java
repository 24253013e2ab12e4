package dev.patron.pipelines;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.pipelines.console.Console;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One command as its main method runs it, without ending the JVM that hosts it.
 *
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
record CommandRun(int status, String out, String err) {
  /** Runs the command that these arguments say. */
  static CommandRun of(List<String> arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), false);
    int status = new Patron(console).run(arguments);
    return new CommandRun(status, out.toString(UTF_8), err.toString(UTF_8));
  }

  /** The same of one that is wanted to end well. */
  static CommandRun succeeding(List<String> arguments) {
    CommandRun run = of(arguments);
    assertThat(run.status()).as(() -> arguments + ": " + run.err()).isZero();
    return run;
  }

  /** What {@code verify} prints of a warehouse: rows and digest by table. */
  static Map<String, String> verify(Path warehouse) {
    Map<String, String> tables = new TreeMap<>();
    succeeding(List.of("verify", "--warehouse=" + warehouse))
        .out()
        .lines()
        .map(line -> line.split("\\s+", 2))
        .filter(words -> words[0].contains("/"))
        .forEach(words -> tables.put(words[0], words[1]));
    return tables;
  }
}
