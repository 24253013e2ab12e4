package dev.patron.pipelines.stages;

import dev.patron.features.evaluate.Accuracy;
import dev.patron.pipelines.training.BackTest;
import dev.patron.pipelines.training.BackTest.Line;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A back-test as lines on a terminal. */
final class BackTestSummary {
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
                number("%+.3f", accuracy.bias()),
                number("%.3f", accuracy.spearman()),
                number("%.3f", accuracy.gini())));
      }
    }
    text.append(String.join("\n", result.choice().reasons()));
    return text.toString();
  }

  private static String number(String format, @Nullable Double value) {
    return value == null ? "" : String.format(Locale.ROOT, format, value);
  }
}
