package dev.patron.features.purchases;

import dev.patron.features.frame.Column;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.FrameBuilder;

/**
 * The purchase days of one customer, in order: all orders of a day are one purchase of the models.
 * Days after the first are repeat days, and days with a positive total have a say in the money
 * models. What is counted of the last days is what tells a trend.
 */
final class PurchaseDays {
  private static final long MONTH = 28;
  private static final long QUARTER = 91;
  private static final long YEAR = 364;

  private final Money.Sum total;
  private final long asOfDay;
  private long day;
  long days;
  long paidDays;
  double paid;
  long allPaidDays;
  double allPaid;
  private long inMonth;
  private long inQuarter;
  private long inYear;
  private long yearAgo;
  private double spentInQuarter;
  private double spentInYear;
  private double firstAmount;
  private double lastAmount;
  private long lastDay;
  private double gapSum;
  private double gapSquares;

  /**
   * No days yet.
   *
   * @param total what a day's amounts are added up in
   * @param asOfDay the day of the observation time
   */
  PurchaseDays(Money.Sum total, long asOfDay) {
    this.total = total;
    this.asOfDay = asOfDay;
  }

  /** The next purchase; days never decrease. */
  void add(long purchaseDay, Column amount, int row) {
    if (days == 0 || purchaseDay != day) {
      endDay();
      day = purchaseDay;
      days++;
      total.clear();
    }
    total.add(amount, row);
  }

  /** Counts the last day; once, after the last purchase. */
  void endDay() {
    if (days == 0) {
      return;
    }
    double amount = total.value();
    if (amount > 0) {
      allPaidDays++;
      allPaid += amount;
      if (days > 1) {
        paidDays++;
        paid += amount;
      }
    }
    if (days == 1) {
      firstAmount = amount;
    } else {
      double gap = day - lastDay;
      gapSum += gap;
      gapSquares += gap * gap;
    }
    lastAmount = amount;
    lastDay = day;
    long age = asOfDay - day;
    inMonth += age < MONTH ? 1 : 0;
    if (age < QUARTER) {
      inQuarter++;
      spentInQuarter += amount;
    }
    if (age < YEAR) {
      inYear++;
      spentInYear += amount;
      yearAgo += age >= YEAR - QUARTER ? 1 : 0;
    }
  }

  /** Appends the columns from {@code purchase_days_28} to {@code gap_deviation_days}. */
  void appendRecentTo(FrameBuilder out) {
    out.longs("purchase_days_28").append(inMonth);
    out.longs("purchase_days_91").append(inQuarter);
    out.longs("purchase_days_364").append(inYear);
    out.longs("purchase_days_year_ago").append(yearAgo);
    out.doubles("spend_91").append(spentInQuarter);
    out.doubles("spend_364").append(spentInYear);
    out.doubles("first_day_amount").append(firstAmount);
    out.doubles("last_day_amount").append(lastAmount);
    DoubleColumn.Builder deviation = out.doubles("gap_deviation_days");
    long gaps = days - 1;
    if (gaps < 2) {
      deviation.appendNull();
    } else {
      // Gaps are whole days, so that both sums are exact.
      deviation.append(Math.sqrt(Math.max(0, gaps * gapSquares - gapSum * gapSum)) / gaps);
    }
  }
}
