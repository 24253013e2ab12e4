package dev.patron.runners.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.pipelines.Patron;
import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.console.JobException;
import dev.patron.pipelines.console.UsageException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SparkEngineTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "local",
        "local[1]",
        "local[*]",
        "local[4, 2]",
        "local[*,3]",
        "local-cluster[2, 1, 1024]",
        "spark://localhost:7077",
        "spark://one:7077,two:7077",
        "spark://[::1]:7077"
      })
  void mastersThatSparkUnderstandsAreTaken(String master) {
    assertThat(SparkEngine.known(master)).isEqualTo(master);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense",
        "",
        "local[0]",
        "local[x]",
        "local[2",
        "localhost:7077",
        "spark://localhost",
        "sprak://localhost:7077"
      })
  void anyOtherIsOneLineBeforeSparkIsStarted(String master) {
    PipelineOptions options =
        PipelineOptionsFactory.fromArgs("--runner=SparkRunner", "--sparkMaster=" + master).create();
    assertThatThrownBy(() -> new SparkEngine().open(options))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "--sparkMaster="
                + master
                + " is no master of Spark; known are local, local[N], local[*] and"
                + " spark://HOST:PORT, and with spark-submit yarn and k8s://HOST:PORT");
  }

  @Test
  void processesForTestsNeedADistribution() {
    SparkEngine.requireHome("local-cluster[1,1,1024]", "/opt/spark");
    SparkEngine.requireHome("local[2]", null);
    for (String home : Arrays.asList(null, "", " ")) {
      assertThatThrownBy(() -> SparkEngine.requireHome("local-cluster[1,1,1024]", home))
          .isInstanceOf(UsageException.class)
          .hasMessage(
              "--sparkMaster=local-cluster[1,1,1024] starts processes of a Spark distribution, and"
                  + " SPARK_HOME does not say where there is one; set it, or use local[N]");
    }
  }

  @Test
  void aContextWithKryoIsRefusedInOneLine() {
    SparkConf conf = new SparkConf(false);
    SparkEngine.requireJava(conf);
    conf.set("spark.serializer", "org.apache.spark.serializer.KryoSerializer");
    assertThatThrownBy(() -> SparkEngine.requireJava(conf))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "the Spark context that is provided has"
                + " spark.serializer=org.apache.spark.serializer.KryoSerializer; start it with"
                + " org.apache.spark.serializer.JavaSerializer");
  }

  @Test
  void aMasterThatDoesNotAnswerIsOneLineBeforeSparkIsStarted() {
    String master = "spark://127.0.0.1:1,127.0.0.1:99999";
    PipelineOptions options =
        PipelineOptionsFactory.fromArgs("--runner=SparkRunner", "--sparkMaster=" + master).create();
    assertThatThrownBy(() -> new SparkEngine().open(options))
        .isInstanceOf(JobException.class)
        .hasMessage(
            "no Spark master answers at "
                + master
                + "; see that it runs and can be reached from here");
  }

  @Test
  void aStorageLevelThatSparkHasNotIsOneLineBeforeSparkIsStarted() {
    PipelineOptions options =
        PipelineOptionsFactory.fromArgs("--runner=SparkRunner", "--storageLevel=FOO").create();
    assertThatThrownBy(() -> new SparkEngine().open(options))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("--storageLevel=FOO is none of Spark's");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--usesProvidedSparkContext", "--usesProvidedSparkContext=true"})
  void aHostOfOtherJobsIsNotEnded(String option) {
    for (String[] arguments :
        new String[][] {{"rnu", option}, {"run", option, "--nope"}, {"run", option, "--k=x"}}) {
      assertThatThrownBy(() -> Patron.main(arguments))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("patron ended with status 2;");
    }
  }

  @Test
  void optionsAreReadWhereThereIsNoOtherRunner() {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    int status =
        new Patron(new Console(out, out, false))
            .run(List.of("verify", "--warehouse=/nonexistent", "--runner=SparkRunner", "--seed=1"));
    assertThat(status).isEqualTo(2);
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("--seed is of no use to verify", "there are no tables in /nonexistent");
  }

  @Test
  void tasksRunInTheDriverWhereNoProcessIsStartedForThem() {
    assertThat(SparkEngine.isThisJvm("local")).isTrue();
    assertThat(SparkEngine.isThisJvm("local[*]")).isTrue();
    assertThat(SparkEngine.isThisJvm("local-cluster[2,1,1024]")).isFalse();
    assertThat(SparkEngine.isThisJvm("spark://localhost:7077")).isFalse();
  }
}
