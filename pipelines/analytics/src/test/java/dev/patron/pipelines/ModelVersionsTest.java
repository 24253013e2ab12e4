package dev.patron.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.patron.features.clv.BgNbd;
import dev.patron.features.clv.GammaGamma;
import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.models.ModelFiles;
import dev.patron.features.models.ModelRegistry;
import dev.patron.features.models.ModelRegistry.Aliases;
import dev.patron.features.models.TrainingFacts;
import dev.patron.pipelines.stages.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ./patron models}, as a user types it, over two versions of a lifetime model. */
class ModelVersionsTest {
  private CommandRun last = new CommandRun(0, "", "");

  @TempDir private Path warehouse;
  private ModelRegistry registry;

  @BeforeEach
  void twoVersions() throws IOException {
    registry = Models.of(warehouse.toString());
    registry.register("lifetime", version(4.5, "{\"losses\": {\"blend\": 2.5}}"));
    registry.promote("lifetime", 1);
    registry.register("lifetime", version(5.5, "{\"losses\": {\"blend\": 2.25}}"));
  }

  private static Map<String, String> version(double alpha, String metrics) throws IOException {
    return ModelFiles.of(
        new LifetimeModel(
            new BgNbd(0.25, alpha, 0.8, 2.5), new GammaGamma(6.25, 3.75, 15.5), List.of()),
        new TrainingFacts(Instant.EPOCH, 365, 0.01, 42, 10, Map.of(), "run"),
        new ObjectMapper().readTree(metrics),
        "# alpha " + alpha);
  }

  private int models(String words) {
    last =
        CommandRun.of(
            Stream.concat(
                    Stream.of(("models " + words).trim().split(" ")),
                    Stream.of("--warehouse=" + warehouse))
                .toList());
    return last.status();
  }

  private String said() {
    return last.out();
  }

  private void refused(String words, int status, String line) {
    assertThat(models(words)).as(words).isEqualTo(status);
    assertThat(last.err()).isEqualTo("patron: " + line + System.lineSeparator());
    assertThat(said()).isEmpty();
  }

  @Test
  void listsVersionsWithTheirRoles() {
    for (String words : List.of("", "list")) {
      assertThat(models(words)).isZero();
      assertThat(said().lines().map(line -> line.replaceAll(" +", " ")))
          .containsExactly(
              "model version role kind as of",
              "lifetime 1 champion bg-nbd 1970-01-01T00:00:00Z",
              "lifetime 2 challenger bg-nbd 1970-01-01T00:00:00Z");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "show, 4.5",
    "show lifetime, 4.5",
    "show lifetime 2, 5.5",
    "show --model=lifetime --version=2, 5.5",
    "show lifetime --version=2, 5.5"
  })
  void showsACard(String words, String alpha) {
    assertThat(models(words)).isZero();
    assertThat(said()).isEqualTo("# alpha " + alpha + System.lineSeparator());
  }

  @ParameterizedTest
  @CsvSource({
    "compare, 2, 1",
    "compare lifetime, 2, 1",
    "compare lifetime 1 2, 1, 2",
    "compare lifetime 2, 2, 1"
  })
  void comparesTwo(String words, int one, int other) {
    String[] losses = {"", "2.50000", "2.25000"};
    assertThat(models(words)).isZero();
    assertThat(said().lines().map(line -> line.replaceAll(" +", " ")))
        .containsExactly(
            "measure lifetime/%d lifetime/%d".formatted(one, other),
            "losses.blend %s %s".formatted(losses[one], losses[other]));
  }

  @Test
  void promotesAndRollsBack() throws IOException {
    assertThat(models("promote lifetime 2")).isZero();
    assertThat(said()).isEqualTo("lifetime/2 is champion" + System.lineSeparator());
    assertThat(registry.aliases("lifetime")).isEqualTo(new Aliases(2, null, List.of(1)));

    assertThat(models("rollback lifetime")).isZero();
    assertThat(said()).isEqualTo("lifetime/1 is champion again" + System.lineSeparator());
    assertThat(registry.aliases("lifetime")).isEqualTo(new Aliases(1, null, List.of()));

    refused(
        "rollback lifetime",
        2,
        "model 'lifetime' has no former champion to go back to; promote a version instead");
  }

  @Test
  void withoutANumberTheChallengerIsPromoted() throws IOException {
    assertThat(models("promote")).isZero();
    assertThat(registry.aliases("lifetime").champion()).isEqualTo(2);
    for (String words : List.of("promote", "compare lifetime")) {
      refused(words, 2, "model 'lifetime' has no challenger; name a --version=N");
    }
  }

  @Test
  void saysWhatIsWrong() {
    refused("shwo", 2, "models cannot 'shwo'; it can list, show, compare, promote, rollback");
    refused(
        "show lifetme", 2, "there is no model 'lifetme' in " + warehouse + "; there are lifetime");
    refused(
        "show lifetime two",
        2,
        "option --version=two is not understood: expected a whole number of at most 2147483647");
    for (String words : List.of("show lifetime", "compare lifetime 1", "promote lifetime")) {
      for (int version : List.of(3, 0, -1)) {
        refused(
            words + " " + version,
            2,
            "there is no model lifetime/%d; lifetime has the versions [1, 2]".formatted(version));
      }
    }
    refused("list lifetime", 2, "models list takes no model; 'lifetime' is too much");
    refused("rollback lifetime 7", 2, "models rollback takes no version; '7' is too much");
    refused("show lifetime 1 2", 2, "models show takes no second version; '2' is too much");
    refused("promote lifetime 1 2", 2, "models promote takes no second version; '2' is too much");
    refused("compare lifetime 1 2 3", 2, "unexpected word '3'; options are written --name=value");
    refused("show lifetime 2 --version=1", 2, "option --version is given twice");
  }

  /** What each damage to version 2's document must be answered with. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"schemaVersion\" : 7 | \"schemaVersion\" : 99 | has schema version 99; this program reads"
            + " versions 1 to 7",
        "\"alpha\" : 5.5 | \"alpha\" : 5.500000001 | model.json was altered since it was written",
        "\"schemaVersion\" : 7 | \"schemaVersion\" : 6 | model.json was altered since it was written",
        "\"parameters\" | \"parametres\" | model.json lacks 'parameters'",
        "{ | [ | is not JSON"
      })
  void aDamagedVersionIsNeverPromoted(String what, String by, String answer) throws IOException {
    Path document = warehouse.resolve("models/lifetime/2/model.json");
    String whole = Files.readString(document);
    String normal =
        whole.replaceAll("\"repeat_purchases\",\\s+\"type\"", "\"repeat_purchases\", \"type\"");
    String damaged = normal.replace(what, by);
    assertThat(damaged).isNotEqualTo(normal);
    Files.writeString(document, damaged);

    for (String words : List.of("promote lifetime 2", "show lifetime 2")) {
      assertThat(models(words)).as(words).isEqualTo(1);
      assertThat(last.err())
          .startsWith("patron: models failed: models/lifetime/2: ")
          .contains(answer)
          .hasLineCount(1);
      assertThat(said()).isEmpty();
    }
    assertThat(models("list")).isZero();
    assertThat(said()).contains("unreadable");
    assertThat(registry.aliases("lifetime").champion()).isEqualTo(1);
  }

  @Test
  void nobodyGoesBackToADamagedVersion() throws IOException {
    models("promote lifetime 2");
    Path document = warehouse.resolve("models/lifetime/1/model.json");
    Files.writeString(
        document, Files.readString(document).replace("\"alpha\" : 4.5", "\"alpha\" : 4"));

    assertThat(models("rollback lifetime")).isEqualTo(1);
    assertThat(last.err()).contains("models/lifetime/1: ").hasLineCount(1);
    assertThat(registry.aliases("lifetime")).isEqualTo(new Aliases(2, null, List.of(1)));
  }

  /** Nobody typed it, so that it is no wrong usage. */
  @Test
  void anAliasOfAVersionThatIsGoneIsAFailure() throws IOException {
    Files.writeString(warehouse.resolve("models/lifetime/aliases.json"), "{\"champion\": \"7\"}");
    refused(
        "show lifetime",
        1,
        "models failed: there is no model lifetime/7; lifetime has the versions [1, 2]");
  }

  /** Whoever is called at night must not find the way back closed by a folder that is gone. */
  @Test
  void goesBackPastFormerChampionsThatAreGone() throws IOException {
    Path aliases = warehouse.resolve("models/lifetime/aliases.json");
    Files.writeString(aliases, "{\"champion\": \"7\", \"former\": [\"2\", \"1\", \"6\", \"5\"]}");

    assertThat(models("rollback lifetime")).isZero();

    assertThat(said()).isEqualTo("lifetime/1 is champion again" + System.lineSeparator());
    assertThat(registry.aliases("lifetime")).isEqualTo(new Aliases(1, null, List.of(2)));
  }

  /** A command that reads the champion is not to go on as if there had never been one. */
  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{"})
  void damagedAliasesAreRefusedAndLeftAsTheyAre(String damaged) throws IOException {
    Path aliases = warehouse.resolve("models/lifetime/aliases.json");
    Files.writeString(aliases, damaged);

    for (String words : List.of("show", "list", "promote lifetime 2", "rollback", "compare")) {
      assertThat(models(words)).as(words).isEqualTo(1);
      assertThat(last.err())
          .startsWith("patron: models failed: models/lifetime/aliases.json ")
          .endsWith("with one of the versions [1, 2]" + System.lineSeparator())
          .hasLineCount(1);
    }
    assertThat(aliases).hasContent(damaged);
  }

  /** It was as if there were no champion, and every other command fails. */
  @Test
  void theListNamesRolesOfVersionsThatAreGone() throws IOException {
    Files.writeString(
        warehouse.resolve("models/lifetime/aliases.json"),
        "{\"champion\": \"7\", \"challenger\": \"8\", \"former\": [\"1\", \"6\"]}");
    assertThat(models("list")).isZero();
    assertThat(last.err().lines())
        .containsExactly(
            "patron: lifetime: champion 7 is missing; restore models/lifetime/7, promote one of"
                + " the versions [1, 2], or train again",
            "patron: lifetime: challenger 8 is missing; restore models/lifetime/8, promote one"
                + " of the versions [1, 2], or train again");
    assertThat(said().lines()).hasSize(3);
  }

  /** Also where not one version is left, which is not as if nothing had ever been trained. */
  @Test
  void theListNamesAChampionThatIsTheOnlyOneAndGone() throws IOException {
    for (int version : List.of(1, 2)) {
      Files.delete(warehouse.resolve("models/lifetime/" + version + "/model.json"));
    }
    assertThat(models("list")).isZero();
    assertThat(last.err())
        .startsWith(
            "patron: lifetime: champion 1 is missing; restore models/lifetime/1, or train again");
    refused(
        "show lifetime",
        1,
        "models failed: there is no model lifetime/1; lifetime has the versions []");
  }

  @Test
  void aCardThatIsNotThereIsSaidToBeMissing() throws IOException {
    Files.delete(warehouse.resolve("models/lifetime/2/card.md"));
    refused(
        "show lifetime 2",
        1,
        "models failed: models/lifetime/2/card.md is missing; restore it, or train again");
    Files.writeString(warehouse.resolve("models/lifetime/2/card.md"), "\n");
    refused(
        "show lifetime 2",
        1,
        "models failed: models/lifetime/2/card.md is empty; restore it, or train again");
    Files.writeString(warehouse.resolve("models/lifetime/2/model.json"), "");
    refused(
        "show lifetime 2",
        1,
        "models failed: models/lifetime/2: model.json is empty; restore the file, or train again");
  }

  /**
   * The card can be shown, but the version is not whole, and other programs read the rest of it.
   */
  @Test
  void filesThatAreEmptyOrMissingAreNamedBesideTheCard() throws IOException {
    Path version = warehouse.resolve("models/lifetime/2");
    Files.writeString(version.resolve("MLmodel"), "");
    Files.writeString(version.resolve("metrics.json"), " \n");
    Files.delete(version.resolve("code/patron_model.py"));

    assertThat(models("show lifetime 2")).isZero();
    assertThat(said()).isEqualTo("# alpha 5.5" + System.lineSeparator());
    assertThat(last.err().lines())
        .containsExactly(
            "patron: models/lifetime/2/MLmodel is empty; restore it, or train again",
            "patron: models/lifetime/2/metrics.json is empty; restore it, or train again",
            "patron: models/lifetime/2/code/patron_model.py is missing; restore it, or train again");
    refused(
        "compare lifetime 2",
        1,
        "models failed: models/lifetime/2/metrics.json is empty; restore it, or train again");
  }
}
