package dev.patron.runners.portability;

import dev.patron.pipelines.commands.Erasure;
import dev.patron.pipelines.commands.Run;
import dev.patron.pipelines.commands.Streaming;
import dev.patron.pipelines.commands.Verify;
import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.options.FeatureOptions;
import dev.patron.pipelines.options.ForgetOptions;
import dev.patron.pipelines.options.RunOptions;
import dev.patron.pipelines.options.StreamOptions;
import dev.patron.pipelines.options.WarehouseOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.jspecify.annotations.Nullable;

/** The program's commands, called with the options that a user would type. */
final class Program {
  /** The bundled bookstore; Maven tells where the module is. */
  static final Path BOOKSTORE =
      Path.of(System.getProperty("basedir", "."), "..", "..", "testdata", "bookstore").normalize();

  static final List<String> DIRECT = List.of("--runner=DirectRunner");
  static final List<String> SPARK = List.of("--runner=SparkRunner", "--sparkMaster=local[2]");

  private Program() {}

  /** {@code run}: from raw files to scored customers. */
  static void run(List<String> engine, Path dataset, Path warehouse, String... more)
      throws IOException {
    run(engine, dataset.toString(), warehouse.toString(), more);
  }

  /** {@code run} of a definition into a warehouse that may both be URIs. */
  static void run(List<String> engine, String dataset, String warehouse, String... more)
      throws IOException {
    Run.all(options(RunOptions.class, engine, dataset, warehouse, more), quiet());
  }

  /**
   * Runs {@code features}.
   *
   * @param asOf the observation time; null: as of the newest purchase
   */
  static void features(List<String> engine, Path dataset, Path warehouse, @Nullable String asOf)
      throws IOException {
    FeatureOptions options =
        options(FeatureOptions.class, engine, dataset.toString(), warehouse.toString());
    options.setAsOf(asOf);
    Run.features(options, quiet());
  }

  /** Runs {@code forget}. */
  static void forget(List<String> engine, Path dataset, Path warehouse, long customer)
      throws IOException {
    Erasure.run(
        options(
            ForgetOptions.class,
            engine,
            dataset.toString(),
            warehouse.toString(),
            "--customer=" + customer),
        quiet());
  }

  /**
   * Runs {@code stream}.
   *
   * @return what it said, line by line
   */
  static List<String> stream(List<String> engine, Path dataset, Path warehouse, String... more)
      throws Exception {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    Streaming.run(
        options(StreamOptions.class, engine, dataset.toString(), warehouse.toString(), more),
        new Console(
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
            new PrintStream(said, true, StandardCharsets.UTF_8),
            false));
    return said.toString(StandardCharsets.UTF_8).lines().toList();
  }

  /** What {@code verify} prints: rows and digest of each table. */
  static SortedMap<String, String> verify(Path warehouse) {
    return verify(warehouse.toString());
  }

  /** What {@code verify} prints of a warehouse that may be a URI. */
  static SortedMap<String, String> verify(String warehouse) {
    WarehouseOptions options =
        PipelineOptionsFactory.fromArgs("--warehouse=" + warehouse).as(WarehouseOptions.class);
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    Verify.run(
        options,
        new Console(
            new PrintStream(printed, true, StandardCharsets.UTF_8),
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
            false));
    SortedMap<String, String> tables = new TreeMap<>();
    printed
        .toString(StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.split(" +", 2))
        .forEach(words -> tables.put(words[0], words[1]));
    return tables;
  }

  private static <O extends PipelineOptions> O options(
      Class<O> type, List<String> engine, String dataset, String warehouse, String... more) {
    List<String> arguments = new ArrayList<>(engine);
    arguments.add("--dataset=" + dataset);
    arguments.add("--warehouse=" + warehouse);
    arguments.addAll(List.of(more));
    return PipelineOptionsFactory.fromArgs(arguments.toArray(String[]::new))
        .withValidation()
        .as(type);
  }

  private static Console quiet() {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    return new Console(nowhere, nowhere, false);
  }
}
