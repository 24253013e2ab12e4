package dev.patron.runners.portability;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A standalone Spark of its own processes, started by the script that users have. Its class path is
 * Spark's, and Patron comes to it as the jar that is shipped.
 */
final class SparkCluster implements AutoCloseable {
  private static final Path MODULE =
      Path.of(System.getProperty("basedir", "."), "..", "spark").toAbsolutePath().normalize();

  /** What a process left. */
  record Ended(int status, String out, String err) {}

  private final Path state;

  private SparkCluster(Path state) {
    this.state = state;
  }

  /** Starts a master and workers of one core each; their files go to this folder. */
  static SparkCluster up(Path state, int workers) throws IOException, InterruptedException {
    SparkCluster cluster = new SparkCluster(state);
    Ended up = cluster.script("up", Integer.toString(workers));
    if (up.status() != 0) {
      cluster.close();
      throw new IllegalStateException("the cluster did not start: " + up.err());
    }
    return cluster;
  }

  /** {@code spark-submit} with its options, then Patron's command with its own. */
  Ended submit(List<String> arguments) throws IOException, InterruptedException {
    return script(Stream.concat(Stream.of("submit"), arguments.stream()).toArray(String[]::new));
  }

  /** The same, without waiting for its end. */
  Process submitting(List<String> arguments, Path log) throws IOException {
    List<String> words = new ArrayList<>(List.of("submit"));
    words.addAll(arguments);
    return builder(words).redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  /** The processes of the workers, each with one of an executor below it while a job runs. */
  List<ProcessHandle> workers() throws IOException, InterruptedException {
    return script("workers")
        .out()
        .lines()
        .map(Long::valueOf)
        .flatMap(pid -> ProcessHandle.of(pid).stream())
        .toList();
  }

  /** What Spark wrote of all applications, an event a line. */
  List<String> events() throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(state.resolve("events"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines;
  }

  /** The address of a history server over what was submitted. */
  String history() throws IOException, InterruptedException {
    return script("history").out().strip();
  }

  private Ended script(String... words) throws IOException, InterruptedException {
    Path out = Files.createTempFile("cluster", ".out");
    Path err = Files.createTempFile("cluster", ".err");
    try {
      int status =
          builder(List.of(words))
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start()
              .waitFor();
      return new Ended(status, Files.readString(out), Files.readString(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  private ProcessBuilder builder(List<String> words) {
    List<String> command = new ArrayList<>(List.of(MODULE.resolve("cluster").toString()));
    command.addAll(words);
    ProcessBuilder builder = new ProcessBuilder(command).directory(MODULE.toFile());
    builder.environment().put("PATRON_SPARK_CLUSTER", state.toString());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    return builder;
  }

  @Override
  public void close() throws IOException {
    try {
      Ended down = script("down");
      if (down.status() != 0) {
        throw new IOException("the cluster did not end: " + down.err());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
