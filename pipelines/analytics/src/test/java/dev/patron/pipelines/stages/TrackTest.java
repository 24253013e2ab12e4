package dev.patron.pipelines.stages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.patron.features.clv.BgNbd;
import dev.patron.features.clv.GammaGamma;
import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.models.ModelFiles;
import dev.patron.features.models.ModelRegistry;
import dev.patron.features.models.TrainingFacts;
import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.console.JobException;
import dev.patron.pipelines.mlflow.FakeMlflow;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an MLflow server is told of a registry, whatever went wrong before. */
class TrackTest {
  private final ByteArrayOutputStream notes = new ByteArrayOutputStream();
  private FakeMlflow server;
  private ModelRegistry models;
  @TempDir private Path warehouse;

  @BeforeEach
  void twoVersions() throws IOException {
    server = new FakeMlflow();
    models = Models.of(warehouse.toString());
    register(4.5, "2024-01-01T00:00:00Z");
    models.promote("lifetime", 1);
    register(5.5, "2024-02-01T00:00:00.123456Z");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void register(double alpha, String run) throws IOException {
    models.register(
        "lifetime",
        ModelFiles.of(
            new LifetimeModel(
                new BgNbd(0.25, alpha, 0.8, 2.5), new GammaGamma(6.25, 3.75, 15.5), List.of()),
            new TrainingFacts(Instant.EPOCH, 365, 0.01, 42, 10, Map.of("t", "v1"), run),
            new ObjectMapper().createObjectNode().put("customers", 10),
            "# card"));
  }

  private void track() throws IOException {
    track(server.address());
  }

  private void track(String address) throws IOException {
    PrintStream err = new PrintStream(notes, true, UTF_8);
    Track.of(Map.of("MLFLOW_TRACKING_URI", address))
        .run(models, "shop", warehouse + "/models/", new Console(err, err, false));
  }

  private void expectBothOnce() {
    assertThat(server.runs()).containsExactly("lifetime/1 FINISHED", "lifetime/2 FINISHED");
    assertThat(server.versions())
        .containsExactly("shop-lifetime/1 of lifetime/1", "shop-lifetime/2 of lifetime/2");
    assertThat(server.aliases())
        .isEqualTo(Map.of("shop-lifetime@champion", "1", "shop-lifetime@challenger", "2"));
  }

  @Test
  void whatIsRegisteredIsLoggedOnce() throws IOException {
    track();
    expectBothOnce();

    server.failFrom(Integer.MAX_VALUE);
    track();
    assertThat(server.requests())
        .as("what is remembered need not be asked, but for who has which alias")
        .isLessThanOrEqualTo(4);
    expectBothOnce();
  }

  @Test
  void aliasesOfTheServerFollowThoseOfTheRegistry() throws IOException {
    track();
    server.setAlias("shop-lifetime@other", "1");

    models.promote("lifetime", 2);
    track();
    assertThat(server.aliases())
        .isEqualTo(Map.of("shop-lifetime@champion", "2", "shop-lifetime@other", "1"));

    models.rollback("lifetime");
    track();
    assertThat(server.aliases())
        .isEqualTo(Map.of("shop-lifetime@champion", "1", "shop-lifetime@other", "1"));
    assertThat(server.versions()).hasSize(2);
  }

  @Test
  void anOutageThatKeepsAliasesBackSaysSo() throws IOException {
    track();
    models.promote("lifetime", 2);
    server.failFrom(1);
    assertThatThrownBy(this::track)
        .isInstanceOf(JobException.class)
        .hasMessageEndingWith(
            "; the models are trained and logged, and who is champion or challenger there may not"
                + " be so any more: the next training says it");
  }

  /** As of {@code mlflow server --no-serve-artifacts}, on this machine. */
  @Test
  void filesAreWrittenToWhereAServerOfThisMachineKeepsThem() throws IOException {
    for (String root :
        List.of(
            warehouse.resolve("plain").toString(),
            warehouse.resolve("of a uri").toUri().toString())) {
      server.close();
      server = new FakeMlflow();
      server.artifactsAt(root);
      track();

      expectBothOnce();
      assertThat(server.sources())
          .containsExactly(root + "/r0/artifacts/model", root + "/r1/artifacts/model");
      assertThat(notes.toString(UTF_8)).isEmpty();
    }
    for (String root : List.of("plain", "of a uri")) {
      Path model = warehouse.resolve(root).resolve("r1/artifacts/model");
      for (String file : List.of("model.json", "MLmodel", "code/patron_model.py")) {
        assertThat(model.resolve(file))
            .hasSameBinaryContentAs(warehouse.resolve("models/lifetime/2/" + file));
      }
    }
  }

  /** As of a server of another machine, whose folders cannot be made on this one. */
  @Test
  void aRunHasNoVersionWhereItsFilesCannotBeWritten() throws IOException {
    Path file = Files.writeString(warehouse.resolve("file"), "is no folder");
    for (String root :
        List.of(file.toString(), "file://elsewhere" + file, "./mlruns", "s3://bucket/mlruns")) {
      server.close();
      server = new FakeMlflow();
      server.artifactsAt(root);
      notes.reset();
      track();

      assertThat(server.runs()).containsExactly("lifetime/1 FINISHED", "lifetime/2 FINISHED");
      assertThat(server.versions()).isEmpty();
      assertThat(notes.toString(UTF_8))
          .hasLineCount(2)
          .startsWith(
              "patron: MLflow at %s has a run of lifetime/1, but no version: it keeps files at %s/r0/artifacts, where this machine cannot write them, and takes none from %s/models/lifetime/1%n"
                  .formatted(server.address(), root, warehouse));
      notes.reset();
      track();
      assertThat(server.runs()).hasSize(2);
      assertThat(notes.toString(UTF_8)).as("said once").isEmpty();
    }
  }

  @Test
  void anOutageIsOneLineAndTheNextTimeLogsIt() throws IOException {
    assertThatThrownBy(() -> track("http://127.0.0.1:1"))
        .isInstanceOf(JobException.class)
        .hasMessage(
            "MLflow at http://127.0.0.1:1 does not answer: java.net.ConnectException; the models"
                + " are trained, and not logged are lifetime/1, lifetime/2: the next training"
                + " logs them");

    track();
    expectBothOnce();
  }

  /** Whatever request was the last that a server, or the process that asked it, came to. */
  @Test
  void whatIsCutOffAtAnyRequestIsCarriedOn() throws IOException {
    track();
    int whole = server.requests();
    for (int cut = 1; cut <= whole; cut++) {
      forget();
      server.close();
      server = new FakeMlflow();
      server.failFrom(cut);
      assertThatThrownBy(this::track).isInstanceOf(JobException.class);
      server.failFrom(Integer.MAX_VALUE);
      track();
      expectBothOnce();
    }
  }

  /**
   * As after a kill between the log and the mark, and as versions are from before there were marks.
   */
  @Test
  void whatTheServerHasIsNotLoggedAgainThoughItIsForgotten() throws IOException {
    track();
    forget();

    track();
    expectBothOnce();
    assertThat(models.tracked("lifetime", 1)).containsOnlyKeys(server.address());
  }

  @Test
  void anotherServerIsToldToo() throws IOException {
    track();
    try (FakeMlflow other = new FakeMlflow()) {
      track(other.address());
      assertThat(other.versions()).hasSize(2);
      assertThat(models.tracked("lifetime", 2)).containsOnlyKeys(server.address(), other.address());
    }
    expectBothOnce();
  }

  @Test
  void aVersionThatCannotBeReadDoesNotKeepTheOthersBack() throws IOException {
    Path document = warehouse.resolve("models/lifetime/1/model.json");
    Files.writeString(document, Files.readString(document).replace("4.5", "4.75"));

    track();
    assertThat(server.runs()).containsExactly("lifetime/2 FINISHED");
    assertThat(notes.toString(UTF_8))
        .contains("models/lifetime/1: model.json was altered")
        .hasLineCount(1);
  }

  /** Half a version would be taken for the whole one for ever. */
  @Test
  void aVersionThatIsNotWholeIsNotLogged() throws IOException {
    Path version = warehouse.resolve("models/lifetime/1");
    for (String file : List.of("MLmodel", "card.md", "metrics.json", "code/patron_model.py")) {
      String whole = Files.readString(version.resolve(file));
      Files.writeString(version.resolve(file), "");
      notes.reset();
      track();
      assertThat(server.runs()).as(file).containsExactly("lifetime/2 FINISHED");
      assertThat(notes.toString(UTF_8))
          .isEqualTo(
              "patron: models/lifetime/1/%s is empty; restore it, or train again; it is not logged to MLflow%n"
                  .formatted(file));
      Files.writeString(version.resolve(file), whole);
    }
    track();
    assertThat(server.runs()).containsExactly("lifetime/2 FINISHED", "lifetime/1 FINISHED");
  }

  private void forget() throws IOException {
    for (int version = 1; version <= 2; version++) {
      Files.delete(warehouse.resolve("models/lifetime/" + version + "/mlflow.json"));
    }
  }
}
