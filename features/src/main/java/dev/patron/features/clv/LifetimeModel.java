package dev.patron.features.clv;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a customer base's future: when customers buy, and what a purchase is worth.
 *
 * @param purchases null if there is too little history to say
 * @param money null if no amount is known, or {@code purchases} is null
 * @param notes what a reader must know: fallbacks, and parameters that are not identified
 */
public record LifetimeModel(
    @Nullable PurchaseModel purchases, @Nullable MoneyModel money, List<String> notes)
    implements Serializable {

  /** The kind of a document without a model of purchases. */
  public static final String INSUFFICIENT = "insufficient";

  public LifetimeModel {
    notes = List.copyOf(notes);
    if (purchases == null && money != null) {
      throw new IllegalArgumentException("amounts without purchases make no lifetime value");
    }
  }

  /** The kind of the model of purchases, or {@link #INSUFFICIENT}. */
  public String kind() {
    return purchases == null ? INSUFFICIENT : purchases.kind();
  }

  /** The days whose amounts the model looks at; the repeat days if it looks at none. */
  public PaidDays paidDays() {
    return money == null ? PaidDays.REPEAT : money.days();
  }
}
