package dev.patron.features.purchases;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Which columns of a facts table say who bought what, when and for how much.
 *
 * @param customer the column of the customer; a null there is an anonymous purchase
 * @param order the column of the order; null: all lines of one customer and day are one order
 * @param time when it happened: a timestamp or date column
 * @param lines the array column whose elements are the order lines; null: a row is a line
 * @param quantity the number of units of a line; null: one
 * @param amount the money of a line; null if it follows from a price
 * @param price the price of one unit; null if an amount is given or the price is looked up
 * @param product the column by which a price is looked up as of the order's time; null otherwise
 */
public record PurchaseColumns(
    String customer,
    @Nullable String order,
    String time,
    @Nullable String lines,
    @Nullable String quantity,
    @Nullable String amount,
    @Nullable String price,
    @Nullable String product)
    implements Serializable {

  public PurchaseColumns {
    int ways = (amount == null ? 0 : 1) + (price == null ? 0 : 1) + (product == null ? 0 : 1);
    if (ways != 1) {
      throw new IllegalArgumentException(
          "purchases need exactly one of amount, price and priceFrom, not " + ways);
    }
  }
}
