package dev.patron.pipelines;

import dev.patron.pipelines.commands.CleanUp;
import dev.patron.pipelines.commands.Erasure;
import dev.patron.pipelines.commands.Generate;
import dev.patron.pipelines.commands.ModelVersions;
import dev.patron.pipelines.commands.Run;
import dev.patron.pipelines.commands.Streaming;
import dev.patron.pipelines.commands.Verify;
import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.console.JobException;
import dev.patron.pipelines.console.MachineFault;
import dev.patron.pipelines.console.TemporaryFolder;
import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.dataset.DatasetException;
import dev.patron.pipelines.dataset.NearMiss;
import dev.patron.pipelines.options.FeatureOptions;
import dev.patron.pipelines.options.ForgetOptions;
import dev.patron.pipelines.options.GenerateOptions;
import dev.patron.pipelines.options.IngestOptions;
import dev.patron.pipelines.options.ModelOptions;
import dev.patron.pipelines.options.RefineOptions;
import dev.patron.pipelines.options.RunOptions;
import dev.patron.pipelines.options.ScoreOptions;
import dev.patron.pipelines.options.StreamOptions;
import dev.patron.pipelines.options.TrainOptions;
import dev.patron.pipelines.options.VacuumOptions;
import dev.patron.pipelines.options.WarehouseOptions;
import dev.patron.transforms.lake.LakeException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/**
 * The program: {@code patron COMMAND [--option=value ...]}. The same class is the main class of
 * every jar, whatever engine it brings.
 */
public final class Patron {
  private static final int SUCCESS = 0;
  private static final int FAILURE = 1;
  private static final int USAGE = 2;

  /** Says that the JVM is shared, if true. */
  private static final String HOSTED = "usesProvidedSparkContext";

  private static final List<Command<?>> OWN =
      List.of(
          new Command<>(
              "run",
              "The main job: ingest, refine, features, train if there is no champion, score,"
                  + " publish.",
              RunOptions.class,
              Run::all),
          new Command<>(
              "ingest",
              "Read new records into the bronze tables.",
              IngestOptions.class,
              Run::ingest),
          new Command<>(
              "refine",
              "Make the silver tables from bronze: current rows, histories, facts, purchases.",
              RefineOptions.class,
              Run::refine),
          new Command<>(
              "features",
              "Describe each customer as of one time.",
              FeatureOptions.class,
              Run::features),
          new Command<>(
              "train",
              "Fit segments and lifetime value and register the models.",
              TrainOptions.class,
              Run::train),
          new Command<>(
              "score", "Score each customer with the champions.", ScoreOptions.class, Run::score),
          new Command<>("publish", "Write the report.", ScoreOptions.class, Run::publish),
          new Command<>(
              "backtest",
              "Judge every lifetime model at many days of the past.",
              TrainOptions.class,
              Run::backtest),
          new Command<>(
              "models",
              "List, show, compare, promote and roll back model versions.",
              ModelOptions.class,
              List.of("action", "model", "version", "against"),
              ModelVersions::run),
          new Command<>(
              "stream",
              "Go on reading topics and pages into the tables and scores, until stopped.",
              StreamOptions.class,
              Streaming::run),
          new Command<>(
              "generate",
              "Write a synthetic bookstore with its ground truth.",
              GenerateOptions.class,
              Generate::run),
          new Command<>(
              "forget",
              "Erase customers from every table and file, with a certificate.",
              ForgetOptions.class,
              Erasure::run),
          new Command<>(
              "verify",
              "Re-read every table and print its rows and digest.",
              WarehouseOptions.class,
              Verify::run),
          new Command<>(
              "vacuum",
              "Delete data files that no version needs that may still be read, and what crashed"
                  + " runs have left.",
              VacuumOptions.class,
              CleanUp::run));

  /** With what other rooms of the class path bring. */
  private static final List<Command<?>> COMMANDS =
      Stream.concat(
              OWN.stream(),
              ServiceLoader.load(Commands.class).stream()
                  .flatMap(room -> room.get().commands().stream()))
          .toList();

  private final Console console;

  /** The program for a host that goes on after a command, and says where its words go. */
  public Patron(Console console) {
    this.console = console;
  }

  /**
   * Runs one command, and ends the JVM with its status where that is not 0.
   *
   * @throws IllegalStateException instead, if somebody else's Spark context is used, or would have
   *     been: it is the context of other jobs of this JVM too
   */
  public static void main(String[] arguments) {
    Console console = new Console(System.out, System.err, Boolean.getBoolean("patron.terminal"));
    int status = new Patron(console).run(Arrays.asList(arguments));
    // A driver that hosts several jobs, as on Databricks, must not be ended by one of them.
    if (status != SUCCESS) {
      if (isHosted(Arrays.asList(arguments))) {
        throw new IllegalStateException(
            "patron ended with status " + status + "; the lines on its standard error say why");
      }
      System.exit(status);
    }
  }

  /**
   * Whether this JVM is somebody else's too. Where the class path has no Spark, nobody's context
   * can be in it, and the option is a wrong one like any other.
   */
  static boolean isHosted(List<String> arguments) {
    return (arguments.contains("--" + HOSTED) || arguments.contains("--" + HOSTED + "=true"))
        && CommandLine.engineOptions().contains(HOSTED);
  }

  /** Runs one command and gives the exit status: 0, 1 for a failed job, 2 for wrong usage. */
  public int run(List<String> arguments) {
    List<String> words = arguments.stream().filter(word -> !word.startsWith("-")).toList();
    boolean help = arguments.stream().anyMatch(word -> word.equals("--help") || word.equals("-h"));
    if (words.isEmpty() || words.get(0).equals("help")) {
      if (help || !words.isEmpty()) {
        console.result(help());
        return SUCCESS;
      }
      console.note(help());
      return USAGE;
    }
    try {
      Command<?> command = command(words.get(0));
      if (help) {
        console.result(help(command));
        return SUCCESS;
      }
      if (!arguments.get(0).equals(command.name())) {
        throw new UsageException(
            "the command comes first: ./patron " + command.name() + " --option=value ...");
      }
      TemporaryFolder.check();
      command.run(arguments.subList(1, arguments.size()), console);
      return SUCCESS;
    } catch (UsageException | DatasetException e) {
      console.note(lines(String.valueOf(e.getMessage())));
      return USAGE;
    } catch (Exception | OutOfMemoryError e) {
      return explain(words.get(0), e);
    }
  }

  /** Says the cause first; what nobody foresaw is followed by its stack trace. */
  private int explain(String command, Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof UsageException || cause instanceof DatasetException) {
        console.note(lines(String.valueOf(cause.getMessage())));
        return USAGE;
      }
      if (cause instanceof LakeException || cause instanceof JobException) {
        console.note(lines(command + " failed: " + cause.getMessage()));
        return FAILURE;
      }
    }
    String reason = MachineFault.explain(e);
    if (reason != null) {
      // The machine said no; where in the program it did says nothing to anybody.
      console.note(lines(command + " failed: " + reason));
      return FAILURE;
    }
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage() == null ? "" : ": " + root.getMessage();
    console.note(lines(command + " failed: " + root.getClass().getSimpleName() + message));
    console.trace(e);
    return FAILURE;
  }

  private static String lines(String message) {
    return "patron: " + message.replace("\n", "\npatron: ");
  }

  private static Command<?> command(String name) {
    return COMMANDS.stream()
        .filter(command -> command.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> {
              List<String> names = COMMANDS.stream().map(Command::name).toList();
              return new UsageException(
                  "unknown command '"
                      + name
                      + "'"
                      + NearMiss.of(name, names)
                          .map(near -> "; did you mean '" + near + "'?")
                          .orElse("; known are " + String.join(", ", names)));
            });
  }

  private static String help() {
    StringBuilder text = new StringBuilder("Usage: ./patron COMMAND [--option=value ...]\n\n");
    for (Command<?> command : COMMANDS) {
      text.append(String.format(Locale.ROOT, "  %-10s %s%n", command.name(), command.summary()));
    }
    return text
        + "\n./patron COMMAND --help lists the command's options. Every option of Beam and of the"
        + " runner works too,\nfor example --runner=SparkRunner --sparkMaster=local[4].";
  }

  private static String help(Command<?> command) {
    StringBuilder words = new StringBuilder();
    for (String word : command.words()) {
      words.append(" [").append(word.toUpperCase(Locale.ROOT)).append(']');
    }
    return "Usage: ./patron "
        + command.name()
        + words
        + " [--option=value ...]\n\n"
        + command.summary()
        + "\n\n"
        + CommandLine.describe(command.options())
        + String.format(
            Locale.ROOT, "  %-18s %s", "--runner", "DirectRunner (the default) or SparkRunner.");
  }
}
