package dev.patron.pipelines.training;

import dev.patron.pipelines.training.Amounts.Target;
import java.util.List;
import java.util.function.Predicate;

/**
 * Tested days together, the newest first: a candidate is judged by all of their customers at once.
 */
record TestedDays(List<TestedDay> days) {
  TestedDays {
    days = List.copyOf(days);
  }

  boolean isEmpty() {
    return days.isEmpty();
  }

  int size() {
    return days.size();
  }

  TestedDays where(Predicate<TestedDay> wanted) {
    return new TestedDays(days.stream().filter(wanted).toList());
  }

  /** The candidates, which are the same at all days. */
  List<String> candidates() {
    return days.get(0).candidates();
  }

  boolean have(String candidate) {
    return days.get(0).has(candidate);
  }

  Amounts forecast(String candidate) {
    return Amounts.pool(days.stream().map(day -> day.forecast(candidate)).toList());
  }

  Amounts actual() {
    return Amounts.pool(days.stream().map(TestedDay::actual).toList());
  }

  /** The loss for purchases and that for spend. */
  double loss(String candidate) {
    return loss(candidate, Target.PURCHASES) + loss(candidate, Target.SPEND);
  }

  private double loss(String candidate, Target target) {
    return Loss.of(
        forecast(candidate).of(target), forecast(BackTest.MEAN).of(target), actual().of(target));
  }

  /** The weight of the trees beside a candidate, as {@link TreeWeight} has it. */
  double weighTrees(String base, Target target) {
    return TreeWeight.of(
        forecast(base).of(target),
        forecast(BackTest.TREES).of(target),
        forecast(BackTest.MEAN).of(target),
        actual().of(target));
  }

  /** Whether a model can be told from its boundary at every one of them. */
  boolean identify(Kinds kinds) {
    return days.stream()
        .allMatch(day -> day.customers().model(kinds).kind().equals(kinds.purchases()));
  }
}
