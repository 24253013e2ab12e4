package dev.patron.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.engine.Engines;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong usage: one line on stderr, nothing on stdout, status 2, before anything is started. */
class CommandLineTest {
  private static CommandRun patron(String... arguments) {
    return CommandRun.of(List.of(arguments));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "rnu | patron: unknown command 'rnu'; did you mean 'run'?",
        "run --nope=1 | patron: unknown option --nope (./patron COMMAND --help lists them)",
        "run --asof=2020-01-01 | patron: unknown option --asof; did you mean --asOf?"
            + " (./patron COMMAND --help lists them)",
        "run --k=1 --k=2 | patron: option --k is given twice",
        "run stray | patron: unexpected word 'stray'; options are written --name=value",
        "--k=3 run | patron: the command comes first: ./patron run --option=value ...",
        "run --buckets=x | patron: option --buckets=x is not understood: expected a whole number of"
            + " at most 2147483647",
        "run --horizonDays | patron: option --horizonDays is not understood: expected a whole number"
            + " of at most 2147483647",
        "run --discountRate=high | patron: option --discountRate=high is not understood: expected a"
            + " number",
        "run --retrain=perhaps | patron: option --retrain=perhaps is not understood: expected true"
            + " or false",
        "run --buckets=-1 | patron: --buckets=-1 must not be negative",
        "run --horizonDays=0 | patron: --horizonDays=0 must be from 1 to 3650",
        "train --horizonDays=100000 | patron: --horizonDays=100000 must be from 1 to 3650",
        "verify --asOf=garbage | patron: --asOf=garbage is neither a date like 2024-12-31 nor an"
            + " instant like 2024-12-31T12:00:00Z",
        "score --asOf=garbage | patron: --asOf=garbage is neither a date like 2024-12-31 nor an"
            + " instant like 2024-12-31T12:00:00Z",
        "score --horizonDays=3651 | patron: --horizonDays=3651 must be from 1 to 3650",
        "run --maxQuarantined=2 | patron: --maxQuarantined=2.0 must be between 0 and 1",
        "run --dataset=nope.yaml | patron: nope.yaml does not exist; expected the YAML file of a"
            + " dataset definition",
        "run --dataset= | patron: --dataset is empty; name a FILE or URI",
        "run --dataset=foo://x | patron: foo://x cannot be read (No FileSystem for scheme \"foo\");"
            + " expected the YAML file of a dataset definition",
        "run --asOf=garbage | patron: --asOf=garbage is neither a date like 2024-12-31 nor an"
            + " instant like 2024-12-31T12:00:00Z",
        "run --asOf=2023-02-30 | patron: --asOf=2023-02-30 is neither a date like 2024-12-31 nor an"
            + " instant like 2024-12-31T12:00:00Z",
        "stream --every=often | patron: --every=often is no duration such as PT5S or PT1M, of a year"
            + " at most",
        "stream --every=P10000000000000D | patron: --every=P10000000000000D is no duration such as"
            + " PT5S or PT1M, of a year at most",
        "stream --maxRecordsPerIncrement=all | patron: option --maxRecordsPerIncrement=all is not"
            + " understood: expected a whole number of at most 9223372036854775807",
        "run --warehouse= | patron: --warehouse is empty; name a folder or URI",
        "verify --warehouse= | patron: --warehouse is empty; name a folder or URI"
      })
  void saysWhatIsWrong(String line, String message) {
    CommandRun run = patron(line.split(" "));
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).isEqualTo(message + System.lineSeparator());
    assertThat(run.out()).isEmpty();
  }

  /** One set of options fits every stage (CONTRACT 1); what has no effect is said. */
  @ParameterizedTest
  @ValueSource(strings = {"ingest", "refine", "verify", "models", "vacuum"})
  void takesTheCommonOptionsEverywhere(String command, @TempDir Path folder) {
    CommandRun run =
        patron(
            command,
            "--warehouse=" + folder.resolve("none"),
            "--dataset=" + folder.resolve("none.yaml"),
            "--asOf=2024-01-01",
            "--horizonDays=90",
            "--seed=7");

    assertThat(run.err())
        .contains(
            "patron: --asOf is of no use to " + command,
            "patron: --horizonDays is of no use to " + command,
            "patron: --seed is of no use to " + command)
        .doesNotContain("unknown option");
  }

  @Test
  void anOptionOfNoUseIsReadAllTheSame() {
    assertThat(patron("ingest", "--horizonDays=soon").err())
        .isEqualTo(
            "patron: option --horizonDays=soon is not understood: expected a whole number of at"
                + " most 2147483647"
                + System.lineSeparator());
  }

  @Test
  void whatWorksOnNoWarehouseTakesNone() {
    assertThat(patron("generate", "--warehouse=shop").err())
        .startsWith("patron: unknown option --warehouse");
  }

  @Test
  void noRunnerStreamsByItself() {
    assertThatThrownBy(
            () -> Engines.open(PipelineOptionsFactory.fromArgs("--streaming=true").create()))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("the command is 'stream'");
  }

  @Test
  void anUnknownRunnerIsNamedBesideThoseThatThereAre() {
    CommandRun run = patron("run", "--runner=Nope");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).startsWith("patron: ").contains("'Nope'").hasLineCount(1);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aPlaceThatTakesNoFolderIsNamed() {
    CommandRun run = patron("generate", "--customers=10", "--output=/proc/foo");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo(
            "patron: --output=/proc/foo: no folder can be made there; name another"
                + System.lineSeparator());
  }

  @Test
  void helpIsAResult() {
    CommandRun run = patron("--help");
    assertThat(run.status()).isZero();
    assertThat(run.out()).startsWith("Usage: ./patron COMMAND").contains("verify");
    assertThat(run.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"generate", "ingest", "run", "stream", "train", "score", "verify"})
  void helpSaysADefaultOnlyWhereThereIsOne(String command) {
    String help = patron(command, "--help").out();
    assertThat(help).contains(" Default: ").doesNotContainPattern("Default:\\s+\\.\\s");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "backtest",
        "features",
        "forget",
        "generate",
        "ingest",
        "models",
        "publish",
        "refine",
        "run",
        "score",
        "stream",
        "train",
        "vacuum",
        "verify"
      })
  void helpSaysADefaultOnce(String command) {
    assertThat(patron(command, "--help").out().split("\n  --"))
        .noneMatch(option -> option.split("Default", -1).length > 2);
  }

  @Test
  void aTemporaryFolderThatCannotBeUsedIsOneLine() {
    String before = System.setProperty("java.io.tmpdir", "/nonexistent");
    try {
      CommandRun run = patron("verify");
      assertThat(run.status()).isEqualTo(1);
      assertThat(run.err())
          .startsWith("patron: verify failed: the temporary folder /nonexistent cannot be used: ")
          .hasLineCount(1);
    } finally {
      System.setProperty("java.io.tmpdir", before);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"verify", "vacuum"})
  void aWarehouseThatIsNotThereIsWrongUsage(String command) {
    CommandRun nowhere = patron(command, "--warehouse=/nonexistent");
    assertThat(nowhere.status()).isEqualTo(2);
    assertThat(nowhere.err()).contains("there are no tables in /nonexistent").hasLineCount(1);

    CommandRun unknown = patron(command, "--warehouse=foo://bar/x");
    assertThat(unknown.status()).isEqualTo(2);
    assertThat(unknown.err())
        .contains("--warehouse=foo://bar/x: Hadoop knows no file system foo:")
        .hasLineCount(1);
  }

  @Test
  void noArgumentsAreWrongUsage() {
    CommandRun run = patron();
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).startsWith("Usage: ./patron COMMAND");
    assertThat(run.out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--usesProvidedSparkContext", "--usesProvidedSparkContext=true"})
  void whereThereIsNoSparkNobodyHostsTheJvm(String option) {
    assertThat(Patron.isHosted(List.of("run", option))).isFalse();
    CommandRun run = patron("run", option);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .startsWith("patron: unknown option --usesProvidedSparkContext")
        .hasLineCount(1);
  }
}
