package dev.patron.features.models;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.patron.features.clv.LifetimeModel;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ModelRegistryTest {
  private final DocumentsInMemory documents = new DocumentsInMemory();
  private final ModelRegistry registry = new ModelRegistry(documents);

  private static Map<String, String> files(String note, String runId) {
    TrainingFacts facts = new TrainingFacts(Instant.EPOCH, 365, 0.01, 42, 10, Map.of(), runId);
    return ModelFiles.of(
        new LifetimeModel(null, null, List.of(note)),
        facts,
        ModelDocument.NODES.objectNode().put("customers", 10),
        "# card");
  }

  @Test
  void versionsAreNumberedFromOneAndBecomeChallengers() throws IOException {
    assertThat(registry.register("lifetime", files("a", "r1"))).isEqualTo(1);
    assertThat(registry.register("lifetime", files("b", "r2"))).isEqualTo(2);

    assertThat(registry.list()).containsExactly("lifetime");
    assertThat(registry.versions("lifetime")).containsExactly(1, 2);
    assertThat(registry.aliases("lifetime"))
        .isEqualTo(new ModelRegistry.Aliases(null, 2, List.of()));
    assertThat(registry.champion("lifetime")).isNull();
    assertThat(documents.texts.keySet())
        .contains(
            "models/lifetime/aliases.json",
            "models/lifetime/1/MLmodel",
            "models/lifetime/1/model.json",
            "models/lifetime/1/metrics.json",
            "models/lifetime/1/card.md");
  }

  @Test
  void trainingTheSameAgainChangesNothing() throws IOException {
    registry.register("lifetime", files("a", "r1"));
    registry.promote("lifetime", 1);
    Map<String, String> before = new HashMap<>(documents.texts);

    assertThat(registry.register("lifetime", files("a", "another run"))).isEqualTo(1);
    assertThat(documents.texts).isEqualTo(before);
  }

  /** What is said to be mended by training again is. */
  @Test
  void trainingTheSameAgainRestoresFilesThatAreEmptyMissingOrDamaged() throws IOException {
    registry.register("lifetime", files("a", "r1"));
    Map<String, String> before = new HashMap<>(documents.texts);
    assertThat(registry.damages("lifetime", 1)).isEmpty();
    documents.texts.put("models/lifetime/1/MLmodel", "");
    documents.texts.remove("models/lifetime/1/card.md");
    assertThat(registry.register("lifetime", files("a", "r1"))).isEqualTo(1);
    assertThat(documents.texts).isEqualTo(before);

    for (String[] damage :
        new String[][] {
          {"metrics.json", "{\"a\":", "is not JSON (line 1)"},
          {"metrics.json", "{}", "holds no measures"},
          {"metrics.json", "[]", "holds no measures"},
          {"metrics.json", "null", "holds no measures"},
          {"card.md", "\u0000\u0000", "is no card"},
          {"MLmodel", "{}", "is no MLmodel"},
        }) {
      String path = "models/lifetime/1/" + damage[0];
      documents.texts.put(path, damage[1]);
      assertThat(registry.damages("lifetime", 1))
          .containsExactly(path + " " + damage[2] + "; restore it, or train again");
      assertThat(registry.register("lifetime", files("a", "r1"))).isEqualTo(1);
      assertThat(documents.texts).isEqualTo(before);
    }
  }

  @Test
  void aVersionThatWasNotFinishedIsNone() throws IOException {
    registry.register("lifetime", files("a", "r1"));
    documents.texts.put("models/lifetime/2/card.md", "# half");

    assertThat(registry.versions("lifetime")).containsExactly(1);
    assertThat(registry.register("lifetime", files("b", "r2"))).isEqualTo(2);
    assertThat(documents.texts.get("models/lifetime/2/card.md")).isEqualTo("# card");
  }

  @Test
  void theNumberOfALostChampionIsNotGivenAgain() throws IOException {
    registry.register("lifetime", files("a", "r1"));
    registry.promote("lifetime", 1);
    documents.texts.remove("models/lifetime/1/model.json");

    assertThat(registry.register("lifetime", files("b", "r2"))).isEqualTo(2);
  }

  @Test
  void aVersionWithoutARoleBecomesChallengerWhenItIsTrainedAgain() throws IOException {
    registry.register("lifetime", files("a", "r1"));
    documents.texts.remove("models/lifetime/aliases.json");

    assertThat(registry.register("lifetime", files("a", "r2"))).isEqualTo(1);
    assertThat(registry.aliases("lifetime").challenger()).isEqualTo(1);
  }

  @Test
  void theSameModelOfAnotherDayIsNoNewVersion() throws IOException {
    registry.register("lifetime", files("a", "r1"));
    Map<String, String> before = new HashMap<>(documents.texts);
    Map<String, String> retrained = new HashMap<>(files("a", "r2"));
    retrained.put(ModelFiles.CARD, "# card that names a champion");

    assertThat(registry.register("lifetime", retrained)).isEqualTo(1);
    assertThat(documents.texts).isEqualTo(before);
  }

  /** Wherever a process ends while it registers and promotes: the next one brings it to an end. */
  @Test
  void whatIsCutOffAtAnyWriteAndDoneAgainIsAsIfItHadNotBeen() throws IOException {
    train(documents, "b");
    Map<String, String> undisturbed = documents.texts;
    int cuts = 0;
    for (boolean whole = false; !whole; cuts++) {
      CutOff cut = new CutOff(cuts);
      try {
        train(cut, "b");
        whole = true;
      } catch (IOException killed) {
        cut.left = Integer.MAX_VALUE;
        train(cut, "b");
      }
      assertThat(cut.texts).as("cut off after %d writes", cuts).isEqualTo(undisturbed);
    }
    assertThat(cuts).isGreaterThan(12);
  }

  /** A champion that was trained before, and another that takes its place. */
  private static void train(Documents documents, String second) throws IOException {
    ModelRegistry registry = new ModelRegistry(documents);
    if (registry.champion("lifetime") == null) {
      registry.promote("lifetime", registry.register("lifetime", files("a", "r1")));
    }
    registry.promote("lifetime", registry.register("lifetime", files(second, "r2")));
  }

  /** Documents of a process that ends when it has written so many. */
  private static final class CutOff extends DocumentsInMemory {
    private int left;

    CutOff(int left) {
      this.left = left;
    }

    @Override
    public void write(String path, String text) throws IOException {
      if (left-- == 0) {
        throw new IOException("killed");
      }
      super.write(path, text);
    }
  }

  @Test
  void theChallengerIsPromotedAndRolledBack() throws IOException {
    registry.register("lifetime", files("a", "r1"));
    registry.promote("lifetime", 1);
    registry.register("lifetime", files("b", "r2"));
    registry.promote("lifetime", 2);

    assertThat(registry.aliases("lifetime"))
        .isEqualTo(new ModelRegistry.Aliases(2, null, List.of(1)));
    ModelVersion champion = requireNonNull(registry.champion("lifetime"));
    assertThat(champion.reference()).isEqualTo("lifetime/2");
    assertThat(LifetimeDocument.read(champion.document()).notes()).containsExactly("b");

    assertThat(registry.rollback("lifetime")).isEqualTo(1);
    assertThat(registry.aliases("lifetime"))
        .isEqualTo(new ModelRegistry.Aliases(1, null, List.of()));
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> registry.rollback("lifetime"))
        .withMessageContaining("no former champion");
  }

  @Test
  void promotingTheChampionChangesNothing() throws IOException {
    registry.register("lifetime", files("a", "r1"));
    registry.promote("lifetime", 1);
    registry.promote("lifetime", 1);

    assertThat(registry.aliases("lifetime"))
        .isEqualTo(new ModelRegistry.Aliases(1, null, List.of()));
  }

  /** To take it for "no champion" would be to train anew over the history of promotions. */
  @Test
  void aliasesThatAreDamagedAreNotTakenForNone() throws IOException {
    registry.register("lifetime", files("a", "r1"));
    registry.promote("lifetime", 1);
    Map<String, String> damages = new LinkedHashMap<>();
    damages.put("", "is empty");
    damages.put(" \n", "is empty");
    damages.put("{", "is not JSON (line 1)");
    damages.put("{\n\"champion\": \"1\",\n", "is not JSON (line 3)");
    damages.put("{\"champion\": \"1\"} {", "is not JSON (line 1)");
    damages.put("[]", "names no champion");
    damages.put("null", "names no champion");
    damages.put("\"1\"", "names no champion");
    damages.put("{}", "names no champion");
    damages.put("{\"champion\": \"best\"}", "names \"best\", which is no version");
    damages.put("{\"champion\": [1]}", "names [1], which is no version");
    damages.put("{\"champion\": \"1\", \"former\": \"2\"}", "names \"2\", which is no list");
    damages.put("{\"champion\": \"1\", \"former\": [null]}", "names null, which is no version");
    damages.forEach(
        (text, wrong) -> {
          documents.texts.put("models/lifetime/aliases.json", text);
          Map<String, String> before = new HashMap<>(documents.texts);
          for (ThrowingCallable way :
              List.<ThrowingCallable>of(
                  () -> registry.champion("lifetime"),
                  () -> registry.aliases("lifetime"),
                  () -> registry.register("lifetime", files("b", "r2")),
                  () -> registry.promote("lifetime", 1),
                  () -> registry.rollback("lifetime"))) {
            assertThatIllegalArgumentException()
                .as(text)
                .isThrownBy(way)
                .withMessage(
                    "models/lifetime/aliases.json "
                        + wrong
                        + "; restore it, or write {\"champion\": \"N\"} into it with one of the"
                        + " versions [1]");
          }
          assertThat(documents.texts).isEqualTo(before);
        });
  }

  @Test
  void metricsThatAreDamagedAreNamed() throws IOException {
    registry.register("lifetime", files("a", "r1"));
    documents.texts.put("models/lifetime/1/metrics.json", "{\n");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> registry.measures("lifetime", 1))
        .withMessage(
            "models/lifetime/1/metrics.json is not JSON (line 2); restore it, or train again");
    documents.texts.put("models/lifetime/1/metrics.json", "");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> registry.measures("lifetime", 1))
        .withMessage("models/lifetime/1/metrics.json is empty; restore it, or train again");
    documents.texts.remove("models/lifetime/1/metrics.json");
    assertThat(registry.measures("lifetime", 1)).isEmpty();
  }

  @Test
  void whatDoesNotExistCannotBePromoted() throws IOException {
    registry.register("lifetime", files("a", "r1"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> registry.promote("lifetime", 7))
        .withMessage("there is no model lifetime/7; lifetime has the versions [1]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> registry.register("segments", files("a", "r1")))
        .withMessageContaining("'lifetime' cannot be a version of 'segments'");
  }
}
