package dev.patron.features.purchases;

import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.Tables;
import java.io.Serializable;
import java.time.ZoneId;
import java.util.List;

/**
 * What is known of each customer at one observation time (MODELS 1): recency, frequency, monetary,
 * tenure and the repeat-purchase statistics of the models. Everything at or before the observation
 * time counts and nothing after it (SEMANTICS 15). Scores are left null; they need the whole shop.
 */
public final class CustomerFeatures implements Serializable {
  private static final List<String> CANONICAL = List.of("customer_id", "purchased_at", "order_id");

  private final ZoneId zone;
  private final long asOf;

  /**
   * Features as of this time.
   *
   * @param zone the zone whose calendar days count
   * @param asOf the observation time, in microseconds since the epoch
   */
  public CustomerFeatures(ZoneId zone, long asOf) {
    this.zone = zone;
    this.asOf = asOf;
  }

  /** The features' columns for purchases of this schema. */
  public static Schema schema(Schema purchases) {
    return Tables.customerFeatures(purchases.type("customer_id"), purchases.type("amount"));
  }

  /**
   * One row a customer that has a purchase at or before the observation time.
   *
   * @param purchases all purchases of some set of customers, in any order, as {@link
   *     Tables#purchases}; those without a customer are passed over
   */
  public Frame of(Frame purchases) {
    Days days = new Days(zone);
    long asOfDay = days.day(asOf);
    Type amountType = purchases.schema().type("amount");
    Frame known = Purchases.asOf(purchases, asOf);
    Column anyone = known.column("customer_id");
    Frame sorted = known.filter(row -> !anyone.isNull(row)).sort(CANONICAL);
    int[] starts = sorted.groups(List.of("customer_id"));

    Column customer = sorted.column("customer_id");
    LongColumn at = sorted.longs("purchased_at");
    LongColumn lines = sorted.longs("lines");
    Column units = sorted.column("units");
    Column amount = sorted.column("amount");
    Column returned = sorted.column("returned");
    Money.Sum monetary = new Money.Sum(amountType);
    Money.Sum returns = new Money.Sum(amountType);
    Money.Sum dayTotal = new Money.Sum(amountType);
    FrameBuilder out = new FrameBuilder(schema(purchases.schema()));
    for (int group = 0; group + 1 < starts.length; group++) {
      int from = starts[group];
      int to = starts[group + 1];
      monetary.clear();
      returns.clear();
      long frequency = 0;
      long first = 0;
      long last = 0;
      double unitCount = 0;
      PurchaseDays repeat = new PurchaseDays(dayTotal, asOfDay);
      for (int row = from; row < to; row++) {
        monetary.subtract(returned, row);
        returns.add(returned, row);
        if (lines.get(row) > 0) {
          monetary.add(amount, row);
          unitCount += Money.toDouble(Type.DOUBLE, units, row);
          first = frequency == 0 ? at.get(row) : first;
          last = at.get(row);
          frequency++;
          repeat.add(days.day(at.get(row)), amount, row);
        }
      }
      if (frequency == 0) {
        continue;
      }
      repeat.endDay();
      long firstDay = days.day(first);
      long lastDay = days.day(last);
      out.column("customer_id").appendFrom(customer, from);
      out.longs("as_of").append(asOf);
      out.longs("first_purchase_at").append(first);
      out.longs("last_purchase_at").append(last);
      out.longs("recency_days").append(asOfDay - lastDay);
      out.longs("frequency").append(frequency);
      monetary.appendTo(out.column("monetary"));
      out.doubles("mean_amount").append(monetary.value() / frequency);
      out.longs("tenure_days").append(asOfDay - firstDay);
      out.longs("repeat_purchases").append(repeat.days - 1);
      out.longs("repeat_recency_days").append(lastDay - firstDay);
      if (repeat.paidDays == 0) {
        out.column("repeat_mean_amount").appendNull();
      } else {
        out.doubles("repeat_mean_amount").append(repeat.paid / repeat.paidDays);
      }
      out.longs("repeat_paid_days").append(repeat.paidDays);
      if (repeat.allPaidDays == 0) {
        out.column("paid_mean_amount").appendNull();
      } else {
        out.doubles("paid_mean_amount").append(repeat.allPaid / repeat.allPaidDays);
      }
      out.longs("paid_days").append(repeat.allPaidDays);
      returns.appendTo(out.column("returned"));
      out.doubles("units").append(unitCount);
      repeat.appendRecentTo(out);
      for (String score : List.of("r_score", "f_score", "m_score", "rfm_segment")) {
        out.column(score).appendNull();
      }
    }
    return out.build();
  }
}
