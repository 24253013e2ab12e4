package dev.patron.features.clv;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a customer base's future: when customers buy, and what a purchase is worth.
 *
 * @param purchases null if there is too little history to say
 * @param money null if no amount is known, or {@code purchases} is null
 * @param notes what a reader must know: fallbacks, and parameters that are not identified
 * @param standardErrors of the parameters of both models, by name; a parameter that the data do not
 *     pin down has none
 */
public record LifetimeModel(
    @Nullable PurchaseModel purchases,
    @Nullable MoneyModel money,
    List<String> notes,
    Map<String, Double> standardErrors)
    implements Serializable {

  /** The kind of a document without a model of purchases. */
  public static final String INSUFFICIENT = "insufficient";

  /** How the note begins that says why there is no model of purchases. */
  static final String INSUFFICIENT_HISTORY = "insufficient history: ";

  public LifetimeModel {
    notes = List.copyOf(notes);
    standardErrors = Map.copyOf(standardErrors);
    if (purchases == null && money != null) {
      throw new IllegalArgumentException("amounts without purchases make no lifetime value");
    }
  }

  /** A model of which no standard errors are known. */
  public LifetimeModel(
      @Nullable PurchaseModel purchases, @Nullable MoneyModel money, List<String> notes) {
    this(purchases, money, notes, Map.of());
  }

  /** The kind of the model of purchases, or {@link #INSUFFICIENT}. */
  public String kind() {
    return purchases == null ? INSUFFICIENT : purchases.kind();
  }

  /**
   * Why nothing can be forecast, as the training found; null where there is a model of purchases.
   */
  public @Nullable String whyInsufficient() {
    if (purchases != null) {
      return null;
    }
    return notes.stream()
        .filter(note -> note.startsWith(INSUFFICIENT_HISTORY))
        .map(note -> note.substring(INSUFFICIENT_HISTORY.length()))
        .findFirst()
        .orElse("purchases do not tell when customers come back");
  }

  /** The days whose amounts the model looks at; the repeat days if it looks at none. */
  public PaidDays paidDays() {
    return money == null ? PaidDays.REPEAT : money.days();
  }
}
