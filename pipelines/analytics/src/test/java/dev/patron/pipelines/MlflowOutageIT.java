package dev.patron.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.pipelines.generate.Bookstore;
import dev.patron.pipelines.generate.BookstoreOptions;
import dev.patron.pipelines.mlflow.FakeMlflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that train, with an MLflow server that is not there, and then is. */
class MlflowOutageIT {
  @TempDir private Path folder;

  @Test
  void anOutageHoldsUpNothingAndIsMadeGoodByTheNextTraining() throws Exception {
    Bookstore.generate(BookstoreOptions.of(60, 5, folder.resolve("shop")), orders -> {});

    CommandRun wrong = patron("run", "http://127.0.0.1:99999");
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.err())
        .contains("patron: MLFLOW_TRACKING_URI=http://127.0.0.1:99999 has no port")
        .doesNotContain("refine", "\tat ");

    CommandRun secret = patron("train", "http://127.0.0.1:1", "SECRET\nVALUE");
    assertThat(secret.status()).isEqualTo(2);
    assertThat(secret.err())
        .contains("patron: MLFLOW_TRACKING_TOKEN has characters that cannot be sent")
        .doesNotContain("SECRET", "VALUE");

    CommandRun outage = patron("run", "http://127.0.0.1:1");
    assertThat(outage.status()).isEqualTo(1);
    assertThat(outage.err())
        .contains("not logged are lifetime/1, segments/1: the next training logs them");
    assertThat(warehouse("models/lifetime/aliases.json")).contains("\"champion\" : \"1\"");
    assertThat(warehouse("models/segments/aliases.json")).contains("\"champion\" : \"1\"");
    assertThat(CommandRun.verify(folder.resolve("warehouse")))
        .containsKeys("gold/customer_scores", "gold/segment_summary");

    try (FakeMlflow server = new FakeMlflow()) {
      for (int again = 0; again < 2; again++) {
        CommandRun same = patron("train", server.address());
        assertThat(same.status()).isZero();
        assertThat(same.err())
            .contains(
                "train: the same data gave the same model again, so there is no new version beside"
                    + " lifetime/1, segments/1");
      }
      assertThat(server.runs()).containsExactly("lifetime/1 FINISHED", "segments/1 FINISHED");
      assertThat(server.versions()).hasSize(2);
    }
  }

  private String warehouse(String file) throws IOException {
    return Files.readString(folder.resolve("warehouse").resolve(file));
  }

  private CommandRun patron(String command, String server)
      throws IOException, InterruptedException {
    return patron(command, server, "a secret\n");
  }

  private CommandRun patron(String command, String server, String token)
      throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx1g",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Patron.class.getName(),
                    command,
                    "--dataset=" + folder.resolve("shop/dataset.yaml"),
                    "--warehouse=" + folder.resolve("warehouse")))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    process.environment().put("MLFLOW_TRACKING_URI", server);
    process.environment().put("MLFLOW_TRACKING_TOKEN", token);
    int status = process.start().waitFor();
    return new CommandRun(status, Files.readString(out), Files.readString(err));
  }
}
