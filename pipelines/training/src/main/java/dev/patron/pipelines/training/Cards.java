package dev.patron.pipelines.training;

import dev.patron.features.models.TrainingFacts;
import java.util.TreeMap;

/** What every model card begins with. */
final class Cards {
  private Cards() {}

  static void facts(StringBuilder card, TrainingFacts facts) {
    card.append(
        "As of %s, %d customers, seed %d.\n"
            .formatted(facts.asOf(), facts.customers(), facts.seed()));
    if (!facts.data().isEmpty()) {
      card.append("\nData:\n");
      new TreeMap<>(facts.data())
          .forEach((table, version) -> card.append("- %s: %s\n".formatted(table, version)));
    }
    card.append('\n');
  }
}
