package dev.patron.pipelines.dataset;

import java.util.List;

/**
 * A dataset definition that cannot be used. Each problem is one line that says what is wrong, where
 * ({@code file:line:column}) and what to do; the message is these lines. No line holds a value that
 * came from the environment or from a mounted secret.
 */
public final class DatasetException extends RuntimeException {
  private static final int SHOWN = 20;

  private final List<String> problems;

  DatasetException(List<String> problems) {
    super(lines(problems));
    this.problems = List.copyOf(problems);
  }

  private static String lines(List<String> problems) {
    if (problems.size() <= SHOWN) {
      return String.join("\n", problems);
    }
    return String.join("\n", problems.subList(0, SHOWN))
        + "\n... and "
        + (problems.size() - SHOWN)
        + " more problems";
  }

  /** One line for each problem, the first first. */
  @Override
  public String getMessage() {
    return lines(problems);
  }

  /** All problems, in the order of their places in the file. */
  public List<String> problems() {
    return problems;
  }
}
