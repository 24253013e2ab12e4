package dev.patron.pipelines.stages;

import dev.patron.features.evaluate.Accuracy;
import dev.patron.pipelines.training.BackTest;
import dev.patron.pipelines.training.BackTest.Line;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A back-test as lines on a terminal. */
final class BackTestSummary {
  /** Totals that are off by more are no ground for a budget. */
  private static final double FAR = 0.2;

  private BackTestSummary() {}

  /** All tested days together, a line a candidate and target, and why one was chosen. */
  static String of(BackTest.Result result) {
    StringBuilder text = new StringBuilder();
    if (!result.lines().isEmpty()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-10s %-34s %10s %10s %8s %8s %8s%n",
              "target",
              "candidate",
              "MAE",
              "RMSE",
              "bias",
              "Spearman",
              "Gini"));
    }
    for (Line line : result.lines()) {
      if (line.cutoffDay() == null) {
        Accuracy accuracy = line.accuracy();
        text.append(
            String.format(
                Locale.ROOT,
                "%-10s %-34s %10.4g %10.4g %8s %8s %8s%n",
                line.target(),
                (line.chosen() ? "* " : "  ") + line.candidate(),
                accuracy.mae(),
                accuracy.rmse(),
                accuracy.bias() == null && line.expectedTotal() > 0
                    ? "0 came"
                    : number("%+.3f", accuracy.bias()),
                number("%.3f", accuracy.spearman()),
                number("%.3f", accuracy.gini())));
      }
    }
    text.append(String.join("\n", result.choice().reasons()));
    return text.toString();
  }

  /**
   * What to know before anybody relies on a total: how far that of the newest tested days was off;
   * null where it was not far.
   */
  static @Nullable String warning(BackTest.Result result) {
    Line newest = null;
    for (Line line : result.lines()) {
      Long day = line.cutoffDay();
      if (line.chosen()
          && line.target().equals("spend")
          && day != null
          && (newest == null || day > Objects.requireNonNull(newest.cutoffDay()))) {
        newest = line;
      }
    }
    String off = newest == null ? null : off(newest);
    if (newest == null || off == null) {
      return null;
    }
    return String.format(
        Locale.ROOT,
        "of the %d days after %s the forecast of all spend was %s; the report and the model's card"
            + " say more",
        newest.windowDays(),
        LocalDate.ofEpochDay(Objects.requireNonNull(newest.cutoffDay())),
        off);
  }

  /** By how much a total was off; null where it was not far. */
  private static @Nullable String off(Line line) {
    Double bias = line.accuracy().bias();
    if (bias == null) {
      return line.expectedTotal() > 0
          ? String.format(Locale.ROOT, "%,.2f where 0 came", line.expectedTotal())
          : null;
    }
    return Math.abs(bias) <= FAR
        ? null
        : String.format(
            Locale.ROOT, "%.0f %% too %s", 100 * Math.abs(bias), bias > 0 ? "high" : "low");
  }

  private static String number(String format, @Nullable Double value) {
    return value == null ? "" : String.format(Locale.ROOT, format, value);
  }
}
