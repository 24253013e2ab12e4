package dev.patron.runners.serving;

import dev.patron.features.frame.Column;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Features that no customer can have, whatever the models make of them. Every rule follows from
 * what the columns of {@link dev.patron.features.tables.Tables#customerFeatures} mean, so that each
 * row of such a table keeps them all; columns that no champion reads are not asked for.
 */
final class Contradictions {
  /** Days and numbers of days or orders. */
  private static final List<String> COUNTS =
      List.of(
          "recency_days",
          "frequency",
          "tenure_days",
          "repeat_purchases",
          "repeat_recency_days",
          "repeat_paid_days",
          "paid_days",
          "purchase_days_28",
          "purchase_days_91",
          "purchase_days_364",
          "purchase_days_year_ago",
          "gap_deviation_days");

  /** Means and sums of money. */
  private static final List<String> AMOUNTS =
      List.of(
          "monetary",
          "mean_amount",
          "repeat_mean_amount",
          "paid_mean_amount",
          "spend_91",
          "spend_364",
          "first_day_amount",
          "last_day_amount");

  /**
   * What a decimal(18) can hold. A single amount stays below a trillion, but these are sums of any
   * number of them.
   */
  private static final double MOST_MONEY = 1e18;

  private static final List<Rule> RULES =
      List.of(
          // Each purchase day has an order at least, and the first one is no repeat.
          new Rule("repeat_purchases", "frequency", -1),
          new Rule("repeat_purchases", "repeat_recency_days", 0),
          new Rule("repeat_paid_days", "repeat_purchases", 0),
          // The first day counts too.
          new Rule("paid_days", "repeat_purchases", 1),
          new Rule("purchase_days_364", "repeat_purchases", 1),
          new Rule("purchase_days_28", "purchase_days_91", 0),
          new Rule("purchase_days_91", "purchase_days_364", 0),
          new Rule("purchase_days_year_ago", "purchase_days_364", 0));

  private Contradictions() {}

  /** That a column is at most another one and so many more. */
  private record Rule(String lesser, String greater, int more) {
    @Nullable String broken(Frame rows, int row) {
      double less = number(rows, lesser, row);
      double most = number(rows, greater, row) + more;
      return less > most
          ? "%s is %s where %s is %s; at most %s is wanted"
              .formatted(lesser, text(less), greater, text(most - more), text(Math.max(0, most)))
          : null;
    }
  }

  /** What is wrong with the first row that contradicts itself; null if none does. */
  static @Nullable String in(Frame rows) {
    for (int row = 0; row < rows.rows(); row++) {
      String wrong = in(rows, row);
      if (wrong != null) {
        return "row " + (row + 1) + ": " + wrong;
      }
    }
    return null;
  }

  private static @Nullable String in(Frame rows, int row) {
    for (String count : COUNTS) {
      double number = number(rows, count, row);
      if (number < 0) {
        return "%s is %s; at least 0 is wanted".formatted(count, text(number));
      }
    }
    for (String amount : AMOUNTS) {
      double number = number(rows, amount, row);
      if (Math.abs(number) >= MOST_MONEY) {
        return "%s is %s; an amount within %s is wanted"
            .formatted(amount, text(number), text(MOST_MONEY));
      }
    }
    String recency = recency(rows, row);
    if (recency != null) {
      return recency;
    }
    for (Rule rule : RULES) {
      String broken = rule.broken(rows, row);
      if (broken != null) {
        return broken;
      }
    }
    return null;
  }

  /**
   * The days since the last purchase are those since the first less those between the two: to the
   * day in the tables, where calendar days are counted, and to within a day for who counts hours.
   */
  private static @Nullable String recency(Frame rows, int row) {
    double recency = number(rows, "recency_days", row);
    double tenure = number(rows, "tenure_days", row);
    double toLast = number(rows, "repeat_recency_days", row);
    // Where the last purchase is later than today, the models say it better.
    return toLast <= tenure && Math.abs(recency - (tenure - toLast)) > 1
        ? "recency_days is %s where tenure_days is %s and repeat_recency_days %s; their difference, %s, is wanted"
            .formatted(text(recency), text(tenure), text(toLast), text(tenure - toLast))
        : null;
  }

  /** A number of a row; NaN, with which no comparison holds, where it is not known or not read. */
  private static double number(Frame rows, String name, int row) {
    if (!rows.schema().has(name)) {
      return Double.NaN;
    }
    Column column = rows.column(name);
    if (column.isNull(row)) {
      return Double.NaN;
    }
    return column instanceof LongColumn longs ? longs.get(row) : ((DoubleColumn) column).get(row);
  }

  /** Whole numbers as they were sent. */
  private static String text(double number) {
    return number == Math.rint(number) && Math.abs(number) < MOST_MONEY
        ? Long.toString((long) number)
        : Double.toString(number);
  }
}
