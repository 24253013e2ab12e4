package dev.patron.benchmarks.compare;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One way to do the stages: a command line that is run as a process of its own.
 *
 * @param name what tables of figures call it
 * @param command the words of the command
 * @param environment what is set for it
 * @param out the folder that it writes, which does not exist before
 */
public record Contender(
    String name, List<String> command, Map<String, String> environment, Path out) {
  private static final Pattern STAGE = Pattern.compile("^(\\w+) +([0-9.]+) s\\b.*");

  /** Linux counts in hundredths of a second. */
  private static final double TICKS = 100;

  /**
   * What a run cost.
   *
   * @param cpuSeconds of the process and its children, user and system
   * @param wallSeconds from start to end
   * @param peakMegabytes the greatest resident memory
   * @param stages the CPU seconds up to the end of each stage, less those before
   */
  public record Cost(
      double cpuSeconds, double wallSeconds, double peakMegabytes, Map<String, Double> stages) {

    /** The median of a figure of several runs. */
    public static double median(List<Cost> runs, ToDoubleFunction<Cost> figure) {
      double[] figures = runs.stream().mapToDouble(figure).sorted().toArray();
      int middle = figures.length / 2;
      return figures.length % 2 == 1
          ? figures[middle]
          : (figures[middle - 1] + figures[middle]) / 2;
    }
  }

  /** Deletes what it wrote. */
  public void clear() throws IOException {
    delete(out);
  }

  /** Deletes a folder, if it is there. */
  public static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /**
   * Runs it once.
   *
   * @throws IOException if it fails, with what it said
   */
  public Cost run() throws IOException, InterruptedException {
    Path figures = Files.createTempFile("compare", ".time");
    List<String> words = new ArrayList<>(List.of("/usr/bin/time", "-f", "%U %S %e %M", "-o"));
    words.add(figures.toString());
    words.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(words).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(environment);
    Process process = builder.start();
    Map<String, Double> stages = new LinkedHashMap<>();
    StringBuilder said = new StringBuilder();
    double before = 0;
    try (BufferedReader err =
        new BufferedReader(
            new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
      for (String line = err.readLine(); line != null; line = err.readLine()) {
        said.append(line).append('\n');
        Matcher stage = STAGE.matcher(line);
        if (stage.matches()) {
          double now = process.children().mapToDouble(Contender::cpuSeconds).sum();
          stages.put(stage.group(1), now - before);
          before = now;
        }
      }
    }
    if (process.waitFor() != 0) {
      throw new IOException(name + " failed:\n" + said);
    }
    String[] numbers = Files.readString(figures).strip().split(" ", -1);
    Files.delete(figures);
    double cpu = Double.parseDouble(numbers[0]) + Double.parseDouble(numbers[1]);
    stages.put("rest", cpu - before);
    return new Cost(
        cpu, Double.parseDouble(numbers[2]), Double.parseDouble(numbers[3]) / 1024, stages);
  }

  /** What a process has used so far, by /proc; 0 if it has ended. */
  private static double cpuSeconds(ProcessHandle process) {
    try {
      String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
      // The name in brackets may hold spaces; the state follows it.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS;
    } catch (IOException e) {
      return 0;
    }
  }
}
