package dev.patron.runners.portability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.pipelines.generate.Bookstore;
import dev.patron.pipelines.generate.BookstoreOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The jar that is shipped, on a standalone cluster of a master and two workers. One flat class path
 * hides what clashes: here Spark has its own. The rest is in {@link PortabilitySuite}.
 */
class ClusterIT {
  @TempDir static Path folder;

  private static SparkCluster cluster;

  @BeforeAll
  static void up() throws IOException, InterruptedException {
    cluster = SparkCluster.up(folder.resolve("cluster"), 2);
  }

  @AfterAll
  static void down() throws IOException {
    cluster.close();
  }

  @Test
  void aClusterMakesTheTablesOfOneMachine() throws IOException, InterruptedException {
    Path shop = folder.resolve("shop");
    Bookstore.generate(BookstoreOptions.of(100, 11, shop), orders -> {});
    Path dataset = shop.resolve("dataset.yaml");
    Path alone = folder.resolve("alone");
    Program.run(Program.DIRECT, dataset, alone);

    Path together = folder.resolve("together");
    SparkCluster.Ended run =
        cluster.submit(List.of("run", "--dataset=" + dataset, "--warehouse=" + together));

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out()).contains("Segment", "Report: " + together);
    assertThat(Program.verify(together)).isEqualTo(Program.verify(alone));
    assertThat(cluster.events())
        .as("what people see in Spark's UI and history")
        .anyMatch(event -> event.contains("\"App Name\":\"Patron\""))
        .anyMatch(event -> event.contains("\"spark.job.description\":\"bookstore: refine\""))
        .anyMatch(event -> event.contains("Keep customers/"))
        .anyMatch(event -> event.contains("\"Name\":\"Beam.Metrics\""));
  }

  @Test
  void wrongUsageEndsSparkSubmitWithStatusTwo() throws IOException, InterruptedException {
    SparkCluster.Ended run = cluster.submit(List.of("run", "--wharehouse=x"));
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("unknown option --wharehouse; did you mean --warehouse?");
  }
}
