package dev.patron.pipelines.training;

import dev.patron.features.models.TrainingFacts;
import java.util.TreeMap;

/** What every model card begins with. */
final class Cards {
  private Cards() {}

  /** So many of a thing, in words. */
  static String count(long number, String thing) {
    return number + " " + thing + (number == 1 ? "" : "s");
  }

  static void facts(StringBuilder card, TrainingFacts facts) {
    card.append(
        "As of %s, %s, seed %d.\n"
            .formatted(facts.asOf(), count(facts.customers(), "customer"), facts.seed()));
    if (!facts.data().isEmpty()) {
      card.append("\nData:\n");
      new TreeMap<>(facts.data())
          .forEach((table, version) -> card.append("- %s: %s\n".formatted(table, version)));
    }
    card.append('\n');
  }
}
