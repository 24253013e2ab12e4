package dev.patron.features.purchases;

import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.summary.ExactSum;
import dev.patron.features.tables.Tables;
import java.io.Serializable;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Sums of purchases by calendar month and by cohort (the month of a customer's first purchase) and
 * month since. Partial totals, each over all purchases of some customers, are concatenated and
 * {@linkplain #revenueByMonth made into} the gold tables.
 */
public final class PurchaseTotals implements Serializable {
  private static final Schema PARTIAL =
      Schema.of()
          .with("cohort", Type.LONG)
          .with("month", Type.LONG)
          .with("rows", Type.LONG)
          .with("purchases", Type.LONG)
          .with("customers", Type.LONG)
          .with("revenue_high", Type.LONG)
          .with("revenue_low", Type.LONG)
          .with("returned_high", Type.LONG)
          .with("returned_low", Type.LONG);

  private final ZoneId zone;
  private final long asOf;

  /**
   * Totals of what happened at or before this time.
   *
   * @param zone the zone whose calendar counts
   * @param asOf the observation time, in microseconds since the epoch
   */
  public PurchaseTotals(ZoneId zone, long asOf) {
    this.zone = zone;
    this.asOf = asOf;
  }

  /** The schema of partial totals: small frames to be concatenated. */
  public static Schema schema() {
    return PARTIAL;
  }

  private record CohortMonth(long cohort, long month) implements Comparable<CohortMonth> {
    @Override
    public int compareTo(CohortMonth other) {
      int order = Long.compare(cohort, other.cohort);
      return order != 0 ? order : Long.compare(month, other.month);
    }
  }

  private static final class Total {
    private long rows;
    private long purchases;
    private long customers;
    private final ExactSum revenue = new ExactSum();
    private final ExactSum returned = new ExactSum();
  }

  /**
   * Partial totals. Purchases without a customer belong to no cohort (null).
   *
   * @param purchases all purchases of some set of customers, in any order
   */
  public Frame partial(Frame purchases) {
    Days days = new Days(zone);
    Type amountType = purchases.schema().type("amount");
    Frame sorted = Purchases.asOf(purchases, asOf).sort(List.of("customer_id", "purchased_at"));
    Column customer = sorted.column("customer_id");
    LongColumn at = sorted.longs("purchased_at");
    LongColumn lines = sorted.longs("lines");
    Column amount = sorted.column("amount");
    Column returned = sorted.column("returned");
    Map<CohortMonth, Total> totals = new HashMap<>();
    int[] starts = sorted.groups(List.of("customer_id"));
    for (int group = 0; group + 1 < starts.length; group++) {
      long cohort = cohort(days, customer, lines, at, starts[group], starts[group + 1]);
      long lastMonth = Long.MIN_VALUE;
      long before = Long.MIN_VALUE;
      Total total = null;
      for (int row = starts[group]; row < starts[group + 1]; row++) {
        long month = Days.month(days.day(at.get(row)));
        if (total == null || month != before) {
          total = totals.computeIfAbsent(new CohortMonth(cohort, month), any -> new Total());
          before = month;
        }
        total.rows++;
        total.revenue.add(Money.toDouble(amountType, amount, row));
        total.returned.add(Money.toDouble(amountType, returned, row));
        if (lines.get(row) > 0) {
          total.purchases++;
          if (month != lastMonth) {
            total.customers++;
            lastMonth = month;
          }
        }
      }
    }
    return frame(new TreeMap<>(totals));
  }

  /** Partial totals joined: one row where several had the same cohort and month. */
  public static Frame merge(Frame partials) {
    return frame(byCohort(partials));
  }

  /**
   * The totals that remain when those of some customers are taken away.
   *
   * @param all totals that these customers are among
   * @param some their totals
   */
  public static Frame difference(Frame all, Frame some) {
    SortedMap<CohortMonth, Total> totals = byCohort(all);
    byCohort(some)
        .forEach(
            (key, gone) -> {
              Total total = totals.computeIfAbsent(key, any -> new Total());
              total.rows -= gone.rows;
              total.purchases -= gone.purchases;
              total.customers -= gone.customers;
              total.revenue.subtractBits(gone.revenue.high(), gone.revenue.low());
              total.returned.subtractBits(gone.returned.high(), gone.returned.low());
            });
    totals.values().removeIf(total -> total.rows == 0);
    return frame(totals);
  }

  private static SortedMap<CohortMonth, Total> byCohort(Frame partials) {
    SortedMap<CohortMonth, Total> totals = new TreeMap<>();
    for (int row = 0; row < partials.rows(); row++) {
      long cohort =
          partials.column("cohort").isNull(row) ? NO_COHORT : partials.longs("cohort").get(row);
      Total total =
          totals.computeIfAbsent(
              new CohortMonth(cohort, partials.longs("month").get(row)), any -> new Total());
      add(total, partials, row);
      total.customers += partials.longs("customers").get(row);
    }
    return totals;
  }

  private static Frame frame(SortedMap<CohortMonth, Total> totals) {
    FrameBuilder out = new FrameBuilder(PARTIAL);
    totals.forEach(
        (key, total) -> {
          if (key.cohort() == NO_COHORT) {
            out.column("cohort").appendNull();
          } else {
            out.longs("cohort").append(key.cohort());
          }
          out.longs("month").append(key.month());
          out.longs("rows").append(total.rows);
          out.longs("purchases").append(total.purchases);
          out.longs("customers").append(total.customers);
          out.longs("revenue_high").append(total.revenue.high());
          out.longs("revenue_low").append(total.revenue.low());
          out.longs("returned_high").append(total.returned.high());
          out.longs("returned_low").append(total.returned.low());
        });
    return out.build();
  }

  private static final long NO_COHORT = Long.MIN_VALUE;

  /** The month of the first purchase; none for the anonymous and for those who only gave back. */
  private static long cohort(
      Days days, Column customer, LongColumn lines, LongColumn at, int from, int to) {
    if (customer.isNull(from)) {
      return NO_COHORT;
    }
    for (int row = from; row < to; row++) {
      if (lines.get(row) > 0) {
        return Days.month(days.day(at.get(row)));
      }
    }
    return NO_COHORT;
  }

  private static Total total(Map<Long, Total> totals, long key) {
    return totals.computeIfAbsent(key, any -> new Total());
  }

  /**
   * {@link Tables#REVENUE_BY_MONTH} of these partial totals, by month. Purchases without a customer
   * count as purchases and as anonymous ones, and add to the revenue.
   */
  public static Frame revenueByMonth(Frame partials) {
    Map<Long, Total> months = new TreeMap<>();
    Map<Long, Long> anonymous = new TreeMap<>();
    for (int row = 0; row < partials.rows(); row++) {
      long month = partials.longs("month").get(row);
      Total total = total(months, month);
      add(total, partials, row);
      if (partials.column("cohort").isNull(row)) {
        anonymous.merge(month, partials.longs("purchases").get(row), Long::sum);
      } else {
        total.customers += partials.longs("customers").get(row);
      }
    }
    FrameBuilder out = new FrameBuilder(Tables.REVENUE_BY_MONTH);
    months.forEach(
        (month, total) -> {
          out.longs("month").append(Days.firstDayOfMonth(month));
          out.longs("purchases").append(total.purchases);
          out.longs("customers").append(total.customers);
          out.longs("anonymous_purchases").append(anonymous.getOrDefault(month, 0L));
          out.doubles("revenue").append(total.revenue.value());
          out.doubles("returned").append(total.returned.value());
        });
    return out.build();
  }

  private static void add(Total total, Frame partials, int row) {
    total.rows += partials.longs("rows").get(row);
    total.purchases += partials.longs("purchases").get(row);
    total.revenue.addBits(
        partials.longs("revenue_high").get(row), partials.longs("revenue_low").get(row));
    total.returned.addBits(
        partials.longs("returned_high").get(row), partials.longs("returned_low").get(row));
  }

  /**
   * {@link Tables#COHORT_RETENTION} of these partial totals, by cohort and month since. Months in
   * which nobody of a cohort bought have no row.
   */
  public static Frame cohortRetention(Frame partials) {
    Map<CohortMonth, Total> cells = new TreeMap<>();
    Map<Long, Long> sizes = new TreeMap<>();
    for (int row = 0; row < partials.rows(); row++) {
      if (partials.column("cohort").isNull(row)) {
        continue;
      }
      long cohort = partials.longs("cohort").get(row);
      long month = partials.longs("month").get(row);
      long customers = partials.longs("customers").get(row);
      if (customers == 0) {
        continue;
      }
      Total total = cells.computeIfAbsent(new CohortMonth(cohort, month), any -> new Total());
      add(total, partials, row);
      total.customers += customers;
      if (month == cohort) {
        sizes.merge(cohort, customers, Long::sum);
      }
    }
    FrameBuilder out = new FrameBuilder(Tables.COHORT_RETENTION);
    cells.forEach(
        (key, total) -> {
          long size = sizes.getOrDefault(key.cohort(), 0L);
          out.longs("cohort_month").append(Days.firstDayOfMonth(key.cohort()));
          out.longs("months_since").append(key.month() - key.cohort());
          out.longs("cohort_customers").append(size);
          out.longs("customers").append(total.customers);
          out.doubles("retention").append((double) total.customers / size);
          out.doubles("revenue").append(total.revenue.value());
        });
    return out.build();
  }
}
