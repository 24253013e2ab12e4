package dev.patron.features.clv;

import java.util.Map;

/**
 * Every purchase of every customer costs the same: what is left where amounts do not differ, or too
 * few customers tell how they do.
 *
 * @param amount of a purchase, in the dataset's currency, positive
 */
public record EqualAmounts(double amount) implements MoneyModel {

  /** The model's name in documents. */
  public static final String KIND = "equal-amounts";

  public EqualAmounts {
    BgNbd.positive("amount", amount);
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Map<String, Double> parameters() {
    return Map.of("amount", amount);
  }

  @Override
  public PaidDays days() {
    return PaidDays.REPEAT;
  }

  @Override
  public double expectedAmount(int paidDays, double mean) {
    return amount;
  }

  @Override
  public Spending spending(int paidDays, double mean) {
    return (purchases, draws) -> purchases * amount;
  }
}
