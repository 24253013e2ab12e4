package dev.patron.pipelines.training;

import dev.patron.features.evaluate.Accuracy;
import dev.patron.features.evaluate.Bootstrap;
import dev.patron.features.evaluate.Decile;
import dev.patron.pipelines.training.Amounts.Target;
import dev.patron.pipelines.training.BackTest.Choice;
import dev.patron.pipelines.training.BackTest.Line;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Measures every candidate at every tested day, and at all of them together. */
final class BackTestLines {
  private static final int RESAMPLES = 100;

  private final long windowDays;
  private final Bootstrap bootstrap;
  private final TestedIntervals intervals;

  BackTestLines(long windowDays, long seed, TestedIntervals intervals) {
    this.windowDays = windowDays;
    this.bootstrap = new Bootstrap(RESAMPLES, seed);
    this.intervals = intervals;
  }

  /**
   * The lines of all candidates.
   *
   * @param taken the candidate that scores
   * @param width of its interval, as learnt from all days but the newest
   */
  List<Line> of(TestedDays days, Choice choice, String taken, double width) {
    List<Line> lines = new ArrayList<>();
    for (String candidate : days.candidates()) {
      Lines of = new Lines(candidate, role(candidate), candidate.equals(taken));
      for (Target target : Target.values()) {
        for (TestedDay day : days.days()) {
          boolean isNewest = day == days.days().get(0);
          lines.add(
              of.line(
                  target,
                  day,
                  isNewest && target == Target.SPEND
                      ? coverage(day, candidate, choice, taken, width)
                      : null));
        }
        lines.add(of.line(target, days));
      }
    }
    return lines;
  }

  private @Nullable Double coverage(
      TestedDay day, String candidate, Choice choice, String taken, double width) {
    if (candidate.equals(taken)) {
      return intervals.coverage(day, choice, width);
    }
    return candidate.equals(choice.kinds().candidate())
        ? intervals.coverage(day, choice.kinds())
        : null;
  }

  /** The lines of a champion that defends its place, at the days that it has not seen. */
  List<Line> ofChampion(TestedDays unseen, String champion) {
    Lines of = new Lines(champion, "champion", false);
    List<Line> lines = new ArrayList<>();
    for (TestedDay day : unseen.days()) {
      for (Target target : Target.values()) {
        lines.add(of.line(target, day, null));
      }
    }
    return lines;
  }

  private static String role(String candidate) {
    return switch (candidate) {
      case BackTest.MEAN, BackTest.LAST_PERIOD, BackTest.PAST_RATE -> "naive";
      case BackTest.TREES -> "trees";
      case BackTest.BLEND -> "blend";
      default -> "probabilistic";
    };
  }

  /** The lines of one candidate. */
  private final class Lines {
    private final String candidate;
    private final String role;
    private final boolean chosen;

    Lines(String candidate, String role, boolean chosen) {
      this.candidate = candidate;
      this.role = role;
      this.chosen = chosen;
    }

    Line line(Target target, TestedDay day, @Nullable Double coverage) {
      return line(target, day.day(), day.forecast(candidate), day.actual(), bootstrap, coverage);
    }

    /** Rows of several days are not independent: there is no interval of their measures. */
    Line line(Target target, TestedDays days) {
      return line(target, null, days.forecast(candidate), days.actual(), null, null);
    }

    private Line line(
        Target target,
        @Nullable Long day,
        Amounts forecast,
        Amounts outcome,
        @Nullable Bootstrap resampled,
        @Nullable Double coverage) {
      double[] expected = forecast.of(target);
      double[] actual = outcome.of(target);
      return new Line(
          candidate,
          role,
          chosen,
          target.word(),
          day,
          windowDays,
          expected.length,
          Arrays.stream(expected).sum(),
          Arrays.stream(actual).sum(),
          Accuracy.of(expected, actual),
          resampled == null ? null : resampled.of(expected, actual),
          coverage,
          Decile.of(expected, actual));
    }
  }
}
