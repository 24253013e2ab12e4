package dev.patron.features.tables;

import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;

/**
 * The columns of the tables that Patron writes, in order. Users, dashboards and other programs rely
 * on these names: adding is free, renaming is not.
 *
 * <p>The identity of a customer and the type of money are the source's own: {@code customerId} is
 * string or long, {@code amount} is a decimal of at most 18 digits or double.
 */
public final class Tables {
  private Tables() {}

  /**
   * What every bronze table has beside the source's own columns: where a record came from and, for
   * text formats, the record itself as it came. {@code _file} names the file it was read from,
   * {@code _header} is the header line that a CSV record stands under, for a record of Kafka its
   * headers as JSON, {@code {"trace": "5d0c"}}, and for one of Parquet that does not fit the
   * columns, and is kept as JSON in {@code _value}, the types of its file. {@code _fault} is null
   * but where the reader could not take a record as it is: then a reason and a detail, with which
   * the record will be refused.
   */
  public static final Schema BRONZE =
      Schema.of()
          .with("_source", Type.STRING)
          .with("_partition", Type.LONG)
          .with("_offset", Type.LONG)
          .with("_event_time", Type.TIMESTAMP)
          .with("_key", Type.STRING)
          .with("_value", Type.STRING)
          .with("_file", Type.STRING)
          .with("_header", Type.STRING)
          .with("_fault", Type.STRING);

  /** A refused record, whole, with its place and a stable reason. */
  public static final Schema QUARANTINE =
      Schema.of()
          .with("_source", Type.STRING)
          .with("_partition", Type.LONG)
          .with("_offset", Type.LONG)
          .with("_key", Type.STRING)
          .with("_value", Type.STRING)
          .with("_file", Type.STRING)
          .with("reason", Type.STRING)
          .with("detail", Type.STRING);

  /** What a current table has after the source's own columns. */
  public static final Schema CURRENT =
      Schema.of().with("_sequence", Type.STRING).with("_changed_at", Type.TIMESTAMP);

  /** What a history table has after the source's own columns. */
  public static final Schema HISTORY =
      Schema.of()
          .with("valid_from", Type.TIMESTAMP)
          .with("valid_to", Type.TIMESTAMP)
          .with("is_current", Type.BOOLEAN)
          .with("version", Type.LONG)
          .with("sk", Type.STRING)
          .with("_sequence", Type.STRING);

  /**
   * One row an order. {@code lines} and {@code units} count what was bought, {@code amount} is its
   * sum and never negative; {@code returned} is the sum of what was given back, as a positive
   * number. An order of returns alone has {@code lines} = 0 and is no purchase.
   *
   * <p>Where lines have times of their own, or change, {@code changed_at} is the time from which on
   * the order is what the row says, and {@code versions} what it was from each earlier time {@code
   * at} on, ascending; both are null where it was always that. An order that was taken back, or
   * became another customer's, has no {@code purchased_at}, and no lines, units or money.
   */
  public static Schema purchases(Type customerId, Type orderId, Type amount) {
    return Schema.of()
        .with("customer_id", customerId)
        .with("order_id", orderId)
        .with("purchased_at", Type.TIMESTAMP)
        .with("lines", Type.LONG)
        .with("units", Type.DOUBLE)
        .with("amount", amount)
        .with("returned", amount)
        .with("changed_at", Type.TIMESTAMP)
        .with("versions", new Type.ListOf(new Type.RowOf(purchaseVersion(amount))));
  }

  /** What an order was from a time on, until more of its lines came, or they changed. */
  public static Schema purchaseVersion(Type amount) {
    return Schema.of()
        .with("at", Type.TIMESTAMP)
        .with("purchased_at", Type.TIMESTAMP)
        .with("lines", Type.LONG)
        .with("units", Type.DOUBLE)
        .with("amount", amount)
        .with("returned", amount);
  }

  /**
   * One row a customer with a purchase at or before {@code as_of}. Days are whole days of the
   * dataset's zone. {@code repeat_purchases} is x, {@code repeat_recency_days} t_x and {@code
   * tenure_days} T of the models; {@code repeat_paid_days} counts the repeat days with a positive
   * amount and {@code repeat_mean_amount} is their mean (null if there is none); {@code paid_days}
   * and {@code paid_mean_amount} count the first day too; {@code monetary} is what was bought less
   * {@code returned}. {@code purchase_days_N} and {@code spend_N} look at the last N days alone,
   * {@code purchase_days_year_ago} at the first 91 of the last 364 days; {@code gap_deviation_days}
   * is the standard deviation of the days from purchase to purchase (null below two gaps).
   */
  public static Schema customerFeatures(Type customerId, Type amount) {
    return Schema.of()
        .with("customer_id", customerId)
        .with("as_of", Type.TIMESTAMP)
        .with("first_purchase_at", Type.TIMESTAMP)
        .with("last_purchase_at", Type.TIMESTAMP)
        .with("recency_days", Type.LONG)
        .with("frequency", Type.LONG)
        .with("monetary", amount)
        .with("mean_amount", Type.DOUBLE)
        .with("tenure_days", Type.LONG)
        .with("repeat_purchases", Type.LONG)
        .with("repeat_recency_days", Type.LONG)
        .with("repeat_mean_amount", Type.DOUBLE)
        .with("repeat_paid_days", Type.LONG)
        .with("paid_mean_amount", Type.DOUBLE)
        .with("paid_days", Type.LONG)
        .with("returned", amount)
        .with("units", Type.DOUBLE)
        .with("purchase_days_28", Type.LONG)
        .with("purchase_days_91", Type.LONG)
        .with("purchase_days_364", Type.LONG)
        .with("purchase_days_year_ago", Type.LONG)
        .with("spend_91", Type.DOUBLE)
        .with("spend_364", Type.DOUBLE)
        .with("first_day_amount", Type.DOUBLE)
        .with("last_day_amount", Type.DOUBLE)
        .with("gap_deviation_days", Type.DOUBLE)
        .with("r_score", Type.LONG)
        .with("f_score", Type.LONG)
        .with("m_score", Type.LONG)
        .with("rfm_segment", Type.STRING);
  }

  /** The edges of the RFM scores: a value in {@code [from_value, to_value]} has this score. */
  public static final Schema RFM_EDGES =
      Schema.of()
          .with("measure", Type.STRING)
          .with("score", Type.LONG)
          .with("from_value", Type.DOUBLE)
          .with("to_value", Type.DOUBLE)
          .with("customers", Type.LONG);

  /**
   * One row a customer. Values that could not be known are null, never invented. The reasons are
   * sentences: why this segment and not the next, what pulls towards the next, and what makes the
   * value. {@code cltv} is a mean and {@code cltv_low} and {@code cltv_high} are the 5 % and 95 %
   * quantiles: of who most likely buys nothing both are 0, and the mean lies above them.
   */
  public static Schema customerScores(Type customerId) {
    return Schema.of()
        .with("customer_id", customerId)
        .with("as_of", Type.TIMESTAMP)
        .with("segment_id", Type.LONG)
        .with("segment", Type.STRING)
        .with("p_alive", Type.DOUBLE)
        .with("expected_purchases", Type.DOUBLE)
        .with("expected_amount", Type.DOUBLE)
        .with("cltv", Type.DOUBLE)
        .with("cltv_low", Type.DOUBLE)
        .with("cltv_high", Type.DOUBLE)
        .with("horizon_days", Type.LONG)
        .with("segment_model", Type.STRING)
        .with("cltv_model", Type.STRING)
        .with("reason_1", Type.STRING)
        .with("reason_2", Type.STRING)
        .with("reason_3", Type.STRING);
  }

  /** One row a segment. Shares are fractions of all customers and of all their revenue. */
  public static final Schema SEGMENT_SUMMARY =
      Schema.of()
          .with("segment_id", Type.LONG)
          .with("segment", Type.STRING)
          .with("customers", Type.LONG)
          .with("share_of_customers", Type.DOUBLE)
          .with("revenue", Type.DOUBLE)
          .with("share_of_revenue", Type.DOUBLE)
          .with("mean_recency_days", Type.DOUBLE)
          .with("mean_frequency", Type.DOUBLE)
          .with("mean_monetary", Type.DOUBLE)
          .with("mean_p_alive", Type.DOUBLE)
          .with("mean_cltv", Type.DOUBLE)
          .with("total_cltv", Type.DOUBLE);

  /**
   * One row a calendar month of the dataset's zone, up to as-of. {@code month} is its first day.
   */
  public static final Schema REVENUE_BY_MONTH =
      Schema.of()
          .with("month", Type.DATE)
          .with("purchases", Type.LONG)
          .with("customers", Type.LONG)
          .with("anonymous_purchases", Type.LONG)
          .with("revenue", Type.DOUBLE)
          .with("returned", Type.DOUBLE);

  /**
   * One row a cohort (month of first purchase) and month since; {@code retention} is a fraction.
   */
  public static final Schema COHORT_RETENTION =
      Schema.of()
          .with("cohort_month", Type.DATE)
          .with("months_since", Type.LONG)
          .with("cohort_customers", Type.LONG)
          .with("customers", Type.LONG)
          .with("retention", Type.DOUBLE)
          .with("revenue", Type.DOUBLE);

  /**
   * How far customers have moved from those of the segment model's training, as the last scoring
   * found it. {@code kind} is {@code feature} (one row each), {@code segments} (one row for the
   * shares of all) or {@code segment} (one row each, with its shares alone). {@code psi} is the
   * population stability index, {@code ks} the Kolmogorov-Smirnov distance, null for segments.
   * {@code drifted} says whether the index is at least {@code threshold} and more than chance.
   */
  public static final Schema DRIFT =
      Schema.of()
          .with("run_id", Type.STRING)
          .with("as_of", Type.TIMESTAMP)
          .with("trained_as_of", Type.TIMESTAMP)
          .with("model", Type.STRING)
          .with("kind", Type.STRING)
          .with("measure", Type.STRING)
          .with("psi", Type.DOUBLE)
          .with("ks", Type.DOUBLE)
          .with("share_at_training", Type.DOUBLE)
          .with("share_now", Type.DOUBLE)
          .with("customers_at_training", Type.LONG)
          .with("customers_now", Type.LONG)
          .with("threshold", Type.DOUBLE)
          .with("drifted", Type.BOOLEAN);

  /** Who moved since the scores before: one row a pair of segments, null for new customers. */
  public static final Schema SEGMENT_MIGRATION =
      Schema.of()
          .with("from_as_of", Type.TIMESTAMP)
          .with("to_as_of", Type.TIMESTAMP)
          .with("from_segment", Type.STRING)
          .with("to_segment", Type.STRING)
          .with("customers", Type.LONG);

  /**
   * How good every candidate was at days of the past: one row a candidate, target ({@code
   * purchases} or {@code spend}) and cut-off, and one with {@code cutoff} null for all of them
   * together. {@code role} is {@code naive}, {@code probabilistic}, {@code trees}, {@code blend} or
   * {@code champion}; {@code chosen} marks what the training took. {@code bias} is the expected
   * total over the actual one, less 1; {@code gini} is normalised, 1 for a perfect order; {@code
   * coverage} is the share of customers within the 90 % interval. {@code _low} and {@code _high}
   * are 90 % bootstrap intervals. A measure that is not defined is null.
   */
  public static final Schema BACKTEST =
      Schema.of()
          .with("as_of", Type.TIMESTAMP)
          .with("cutoff", Type.DATE)
          .with("window_days", Type.LONG)
          .with("candidate", Type.STRING)
          .with("role", Type.STRING)
          .with("target", Type.STRING)
          .with("chosen", Type.BOOLEAN)
          .with("customers", Type.LONG)
          .with("expected_total", Type.DOUBLE)
          .with("actual_total", Type.DOUBLE)
          .with("mae", Type.DOUBLE)
          .with("mae_low", Type.DOUBLE)
          .with("mae_high", Type.DOUBLE)
          .with("rmse", Type.DOUBLE)
          .with("rmse_low", Type.DOUBLE)
          .with("rmse_high", Type.DOUBLE)
          .with("bias", Type.DOUBLE)
          .with("bias_low", Type.DOUBLE)
          .with("bias_high", Type.DOUBLE)
          .with("spearman", Type.DOUBLE)
          .with("gini", Type.DOUBLE)
          .with("gini_low", Type.DOUBLE)
          .with("gini_high", Type.DOUBLE)
          .with("coverage", Type.DOUBLE);

  /**
   * Whether forecasts came about: the mean forecast and outcome of each tenth of the customers, by
   * forecast, of each row of {@link #BACKTEST}.
   */
  public static final Schema BACKTEST_DECILES =
      Schema.of()
          .with("as_of", Type.TIMESTAMP)
          .with("cutoff", Type.DATE)
          .with("candidate", Type.STRING)
          .with("target", Type.STRING)
          .with("decile", Type.LONG)
          .with("customers", Type.LONG)
          .with("expected", Type.DOUBLE)
          .with("actual", Type.DOUBLE);

  /**
   * The numbers at the top of the report: one row each time they changed, numbered from 1, the
   * newest last. Money is of customers with a purchase; {@code expected_value} is the sum of {@code
   * cltv} over {@code horizon_days}.
   */
  public static final Schema HEADLINES =
      Schema.of()
          .with("sequence", Type.LONG)
          .with("as_of", Type.TIMESTAMP)
          .with("customers", Type.LONG)
          .with("purchases", Type.LONG)
          .with("revenue", Type.DOUBLE)
          .with("mean_p_alive", Type.DOUBLE)
          .with("expected_value", Type.DOUBLE)
          .with("horizon_days", Type.LONG);
}
