package dev.patron.benchmarks.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Runs the contenders in turn, several times over, checks that they come to the same, and prints
 * the medians: {@code Compare SHOP WORK RUNS CONTENDER...}.
 */
public final class Compare {
  private static final List<String> STAGES =
      List.of("ingest", "refine", "features", "score", "publish", "rest");

  private final Path root;
  private final Path shop;
  private final Path work;

  private Compare(Path root, Path shop, Path work) {
    this.root = root;
    this.shop = shop;
    this.work = work;
  }

  /** Runs the comparison; the system property {@code patron.home} is the project's folder. */
  public static void main(String[] arguments) throws Exception {
    Compare compare =
        new Compare(
            Path.of(System.getProperty("patron.home", ".")).toAbsolutePath(),
            Path.of(arguments[0]).toAbsolutePath(),
            Path.of(arguments[1]).toAbsolutePath());
    compare.run(Integer.parseInt(arguments[2]), List.of(arguments).subList(3, arguments.length));
  }

  private void run(int runs, List<String> names) throws Exception {
    Path models = models();
    Map<String, List<Contender.Cost>> costs = new LinkedHashMap<>();
    for (int run = 0; run < runs; run++) {
      Path patron = null;
      for (String name : names) {
        Contender contender = contender(name, models);
        contender.clear();
        if (name.startsWith("patron")) {
          copy(models, contender.out().resolve("models"));
        }
        Contender.Cost cost = contender.run();
        costs.computeIfAbsent(name, any -> new ArrayList<>()).add(cost);
        System.err.printf(
            Locale.ROOT,
            "run %d of %d: %-14s %7.1f CPU s %7.1f s %6.0f MB%n",
            run + 1,
            runs,
            name,
            cost.cpuSeconds(),
            cost.wallSeconds(),
            cost.peakMegabytes());
        if (name.startsWith("patron")) {
          patron = contender.out();
        } else if (patron != null) {
          Agreement.check(patron, name, contender.out());
        }
      }
    }
    print(costs);
  }

  /** Both documents are fixed: what is compared is scoring, and training costs what it costs. */
  private Path models() throws IOException {
    Path models = work.resolve("models");
    Contender.delete(models);
    for (String[] model :
        new String[][] {
          {"lifetime", "schema-1-bg-nbd.json"}, {"segments", "schema-1-kmeans.json"}
        }) {
      Path version = Files.createDirectories(models.resolve(model[0]).resolve("1"));
      Files.copy(root.resolve("testdata/models").resolve(model[1]), version.resolve("model.json"));
      Files.writeString(models.resolve(model[0]).resolve("aliases.json"), "{\"champion\": 1}\n");
    }
    return models;
  }

  private Contender contender(String name, Path models) {
    Path out = work.resolve(name);
    Path here = root.resolve("benchmarks/target");
    return switch (name) {
      case "patron-direct", "patron-spark" -> {
        List<String> command =
            new ArrayList<>(
                List.of(
                    root.resolve("patron").toString(),
                    "run",
                    "--dataset=" + shop.resolve("dataset-priced.yaml"),
                    "--warehouse=" + out));
        if (name.equals("patron-spark")) {
          command.add("--runner=SparkRunner");
          command.add("--sparkMaster=local[2]");
        }
        yield new Contender(name, command, Map.of("PATRON_JAVA_OPTS", "-Xmx3g"), out);
      }
      case "native-spark" -> {
        List<String> command = new ArrayList<>(List.of("java", "-Xmx3g", "-XX:+UseParallelGC"));
        command.addAll(List.of(System.getProperty("spark.jvm.flags", "").strip().split(" ", -1)));
        command.add(
            "-Dlog4j2.configurationFile=" + root.resolve("runners/spark/log4j2.properties"));
        command.add("-cp");
        command.add(
            root.resolve("runners/spark/distribution/target/jars")
                + "/*:"
                + here.resolve("classes"));
        command.add(SparkShop.class.getName());
        command.addAll(List.of(shop.toString(), models.toString(), out.toString()));
        yield new Contender(name, command, Map.of(), out);
      }
      case "duckdb" -> {
        List<String> command =
            new ArrayList<>(List.of("java", "-Xmx512m", "-XX:+UseSerialGC", "-cp"));
        command.add(here.resolve("classes") + ":" + here.resolve("lib") + "/*");
        command.add(DuckShop.class.getName());
        command.addAll(List.of(shop.toString(), models.toString(), out.toString()));
        yield new Contender(name, command, Map.of(), out);
      }
      default ->
          throw new IllegalArgumentException(
              "unknown contender '"
                  + name
                  + "'; known are patron-direct, patron-spark, native-spark, duckdb");
    };
  }

  private static void print(Map<String, List<Contender.Cost>> costs) {
    String base =
        costs.containsKey("native-spark") ? "native-spark" : costs.keySet().iterator().next();
    double baseCpu = median(costs, base, Contender.Cost::cpuSeconds);
    Set<String> stages = new LinkedHashSet<>(STAGES);
    StringBuilder text = new StringBuilder("| | CPU s | by " + base + " | wall s | peak MB |");
    stages.forEach(stage -> text.append(' ').append(stage).append(" |"));
    text.append("\n|---|---|---|---|---|").append("---|".repeat(stages.size())).append('\n');
    for (String name : costs.keySet()) {
      double cpu = median(costs, name, Contender.Cost::cpuSeconds);
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %.1f | %.2f | %.1f | %.0f |",
              name,
              cpu,
              cpu / baseCpu,
              median(costs, name, Contender.Cost::wallSeconds),
              median(costs, name, Contender.Cost::peakMegabytes)));
      for (String stage : stages) {
        double seconds = median(costs, name, cost -> cost.stages().getOrDefault(stage, 0.0));
        text.append(seconds == 0 ? " |" : String.format(Locale.ROOT, " %.1f |", seconds));
      }
      text.append('\n');
    }
    System.out.print(text);
  }

  private static double median(
      Map<String, List<Contender.Cost>> costs,
      String name,
      ToDoubleFunction<Contender.Cost> figure) {
    return Contender.Cost.median(costs.getOrDefault(name, List.of()), figure);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }
}
