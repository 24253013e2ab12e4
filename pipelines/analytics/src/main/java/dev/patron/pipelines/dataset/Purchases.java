package dev.patron.pipelines.dataset;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What counts as a purchase, for every customer measure. Without {@code lines} every column is one
 * of the table; with it, {@code quantity} and the columns of {@code money} are fields of the lines.
 *
 * @param table the facts table that holds the purchases
 * @param customer who bought: string or long; null in a row means anonymous
 * @param order what makes rows one purchase, together with the customer: string or long; null: the
 *     day in the dataset's zone
 * @param time when it happened: timestamp or date
 * @param lines the array column with one element an order line; null: a row is a line
 * @param quantity how many units a line has; null: one
 * @param money where a line's amount comes from
 */
public record Purchases(
    String table,
    String customer,
    @Nullable String order,
    String time,
    @Nullable String lines,
    @Nullable String quantity,
    Money money)
    implements Serializable {

  /** Where the amount of a line comes from. */
  public sealed interface Money extends Serializable permits Amount, Price, PriceFrom {}

  /**
   * The line says its amount.
   *
   * @param column the column with the amount of the whole line
   */
  public record Amount(String column) implements Money {}

  /**
   * The line says the price of a unit; its amount is quantity times price.
   *
   * @param column the column with the price
   */
  public record Price(String column) implements Money {}

  /**
   * The price of a unit stands in a history, as of the time of the purchase.
   *
   * @param table the history
   * @param key the column of the line that holds the history's key
   * @param column the history's column with the price
   * @param beforeFirst whether a purchase older than the first version takes that version's price;
   *     otherwise it has none (SEMANTICS 13)
   */
  public record PriceFrom(String table, String key, String column, boolean beforeFirst)
      implements Money {}

  /**
   * The name under which {@link dev.patron.features.tables.TableDefinition#roles} knows a column of
   * the lines: {@code LINES.COLUMN}, for example {@code books.subtotal}; the column itself where
   * there are no lines.
   */
  public String lineColumn(String column) {
    return lines == null ? column : lines + "." + column;
  }
}
