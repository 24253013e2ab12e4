package dev.patron.pipelines;

import dev.patron.pipelines.console.Console;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * One thing that a user can ask for.
 *
 * @param <O> its options
 * @param name the word on the command line
 * @param summary what it does, in a sentence
 * @param options the options it knows beside Beam's and the runner's
 * @param words the options that words without {@code --} are the values of, the first of the first
 * @param action what it does
 */
public record Command<O extends PipelineOptions>(
    String name, String summary, Class<O> options, List<String> words, Action<O> action) {
  public Command {
    words = List.copyOf(words);
  }

  /** A command that takes options alone. */
  public Command(String name, String summary, Class<O> options, Action<O> action) {
    this(name, summary, options, List.of(), action);
  }

  /** A command that takes one word. */
  public Command(String name, String summary, Class<O> options, String word, Action<O> action) {
    this(name, summary, options, List.of(word), action);
  }

  /** What a command does. */
  @FunctionalInterface
  public interface Action<O extends PipelineOptions> {
    /** Runs with these options; results go to the console's stdout. */
    void run(O options, Console console) throws Exception;
  }

  void run(List<String> arguments, Console console) throws Exception {
    action.run(
        CommandLine.parse(arguments, options, words, unused -> tellOfUnused(unused, console)),
        console);
  }

  private void tellOfUnused(String option, Console console) {
    console.note("patron: --" + option + " is of no use to " + name);
  }
}
