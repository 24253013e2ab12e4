package dev.patron.features.clv;

import java.util.List;

/** Which of a customer's purchase days with a positive amount a model of money looks at. */
public enum PaidDays {
  /**
   * The days after the first: the standard form, for first purchases often differ from later ones.
   */
  REPEAT("repeat_paid_days", "repeat_mean_amount"),

  /**
   * The first day too, n = x + 1: the amounts of customers who bought once, mostly the greater part
   * of a shop, then say something.
   */
  ALL("paid_days", "paid_mean_amount");

  private final String days;
  private final String mean;

  PaidDays(String days, String mean) {
    this.days = days;
    this.mean = mean;
  }

  /** The column with the number of days. */
  public String days() {
    return days;
  }

  /** The column with the mean amount of such a day, null where there is none. */
  public String mean() {
    return mean;
  }

  /** The columns of all forms. */
  public static List<String> columns() {
    return List.of(REPEAT.days, REPEAT.mean, ALL.days, ALL.mean);
  }
}
