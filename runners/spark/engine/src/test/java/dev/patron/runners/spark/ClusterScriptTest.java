package dev.patron.runners.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the script of a cluster of one's own does with processes and words, told by a java that says
 * what a master or a worker says and waits, or prints its words. Real ones are in {@code
 * ClusterIT}.
 */
final class ClusterScriptTest {
  /** No URI as it is, and relative to the folder that the script is called in. */
  private static final String STATE = "my cluster #1, 100%";

  @TempDir Path folder;

  private Path root;

  @BeforeEach
  void buildOfNothing() throws IOException {
    root = folder.toRealPath();
    Path spark = root.resolve("runners/spark");
    for (String path : List.of("features", "transforms", "pipelines", "java/bin")) {
      Files.createDirectories(root.resolve(path));
    }
    Files.createDirectories(spark.resolve("distribution/target/jars"));
    Files.createDirectories(spark.resolve("target"));
    Path pom = Files.createFile(root.resolve("pom.xml"));
    Files.setLastModifiedTime(pom, FileTime.from(Instant.EPOCH));
    Files.createFile(spark.resolve("target/patron-spark.jar"));
    Files.copy(Path.of("../cluster"), spark.resolve("cluster"));
    Path java = root.resolve("java/bin/java");
    Files.writeString(
        java,
        """
        #!/bin/sh
        case " $* " in
          *.master.Master*) echo spark://127.0.0.1:7077 ;;
          *.worker.Worker*) echo Successfully registered with master ;;
          *) printf '%s\\n' "$@" && exit ;;
        esac
        while [ -e "$0" ]; do sleep 0.2; done
        """);
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterEach
  void down() throws IOException, InterruptedException {
    cluster("down");
  }

  @Test
  void endsItsProcessesHoweverNarrowTheTerminal() throws Exception {
    cluster("up", "2");
    List<ProcessHandle> all = processes("master", "worker-1", "worker-2");
    assertThat(all).allMatch(ClusterScriptTest::runs);

    cluster("down");
    assertThat(all).noneMatch(ClusterScriptTest::runs);
  }

  @Test
  void endsTheWorkersOfADeadMasterBeforeItStartsAnew() throws Exception {
    cluster("up", "2");
    List<ProcessHandle> workers = processes("worker-1", "worker-2");
    ProcessHandle master = processes("master").get(0);
    master.destroyForcibly();
    while (runs(master)) {
      Thread.sleep(10);
    }

    cluster("up", "1");
    assertThat(workers).noneMatch(ClusterScriptTest::runs);
    assertThat(processes("master", "worker-1")).allMatch(ClusterScriptTest::runs);
  }

  @Test
  void passesBySwitchesWithoutAValueToTheCommand() throws Exception {
    cluster("up", "1");
    assertThat(
            cluster("submit", "--verbose", "--supervise", "-v", "--name", "x", "verify", "--all"))
        .containsSequence("--verbose", "--supervise", "-v", "--name", "x", "--class")
        .containsSequence("verify", "--all", "--runner=SparkRunner");
  }

  @Test
  void givesTheFolderOfEventsAsAUri() throws Exception {
    cluster("up", "1");
    assertThat(cluster("submit", "run"))
        .contains(
            "spark.eventLog.dir=file://" + root + "/my%20cluster%20%231%2C%20100%25/events",
            "file://" + root + "/runners/spark/target/patron-spark.jar");
  }

  @Test
  void tellsOfSourcesNewerThanTheJar() throws Exception {
    cluster("up", "1");
    assertThat(cluster("submit", "run")).noneMatch(line -> line.contains("newer"));
    Path source = Files.createFile(root.resolve("features/Newer.java"));
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
    assertThat(cluster("submit", "run"))
        .anyMatch(line -> line.startsWith("cluster: " + source + " is newer than the jar"));
  }

  private static boolean runs(ProcessHandle process) {
    // One that has ended and that nobody asked for its status has no command any more.
    return process.isAlive() && process.info().command().isPresent();
  }

  private List<ProcessHandle> processes(String... names) throws IOException {
    List<ProcessHandle> processes = new ArrayList<>();
    for (String name : names) {
      String pid = Files.readString(root.resolve(STATE).resolve(name + ".pid")).strip();
      processes.add(ProcessHandle.of(Long.parseLong(pid)).orElseThrow());
    }
    return processes;
  }

  private List<String> cluster(String... words) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("bash", root.resolve("runners/spark/cluster").toString()));
    command.addAll(List.of(words));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(root.toFile()).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("PATRON_"));
    builder.environment().put("PATRON_SPARK_CLUSTER", STATE);
    builder.environment().put("JAVA_HOME", root.resolve("java").toString());
    builder.environment().put("COLUMNS", "80");
    Process process = builder.start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    return printed.lines().toList();
  }
}
