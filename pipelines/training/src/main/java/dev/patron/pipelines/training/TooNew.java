package dev.patron.pipelines.training;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.patron.features.clv.PurchaseCells;
import java.util.Locale;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The customers too new to judge: they have bought on one day alone, and less time has passed since
 * than half of those who have bought again leave between two purchases. That they have not come
 * back says nothing yet, and what is forecast of them is what newcomers of the shop do.
 *
 * @param customers who are
 * @param of all customers
 * @param days the median, over the customers with a repeat purchase, of the mean days between their
 *     purchases; null where nobody has one, and then all customers are too new
 */
record TooNew(long customers, long of, @Nullable Double days) {

  static TooNew of(PurchaseCells cells) {
    OptionalDouble gap = cells.medianGapDays();
    return gap.isEmpty()
        ? new TooNew(cells.customers(), cells.customers(), null)
        : new TooNew(cells.newerThan(gap.getAsDouble()), cells.customers(), gap.getAsDouble());
  }

  /** With its definition, for the card. */
  String sentence() {
    return days == null
        ? "Too new to judge: all of %s, for nobody has bought on a second day."
            .formatted(Cards.count(of, "customer"))
        : String.format(
            Locale.ROOT,
            "Too new to judge: %d of %s (%.1f %%) have bought on one day alone, less than"
                + " %.1f days before as-of. Half of those who have bought again do so every %.1f"
                + " days or sooner: before that, not to have come back says nothing.",
            customers,
            Cards.count(of, "customer"),
            100.0 * customers / of,
            days,
            days);
  }

  /** As {@code metrics.json} holds it. */
  ObjectNode node() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("customers", customers)
        .put("share", of == 0 ? 0 : (double) customers / of)
        .put("days", days);
  }
}
