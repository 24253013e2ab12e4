package dev.patron.benchmarks.compare;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The stages as SQL that both Spark and DuckDB understand, once the change events are typed rows.
 * What their dialects do not share (JSON, series) is in {@link SparkShop} and {@link DuckShop}.
 */
final class ShopSql {
  private ShopSql() {}

  /** The last state of each live row. */
  static final String CUSTOMERS =
      """
      select customer_id, email, first_name, last_name, gender, street, city, country_code, row_status, row_time
      from (
        select *, row_number() over (partition by customer_id
          order by lsn desc, case op when 'd' then 0 else 1 end desc) as newest
        from customer_events) e
      where newest = 1 and op <> 'd'
      """;

  /** Versions: the last state at each instant, equal neighbours as one, deletes as gaps. */
  static final String BOOKS =
      """
      with each_once as (
        select * from (
          select *, row_number() over (partition by book_id, lsn, op order by delivered) as copy
          from book_events) e
        where copy = 1),
      in_order as (
        select *, max(committed) over (partition by book_id
          order by lsn, case op when 'd' then 0 else 1 end
          rows between unbounded preceding and current row) as at_us
        from each_once),
      at_instants as (
        select * from (
          select *, row_number() over (partition by book_id, at_us
            order by lsn desc, case op when 'd' then 0 else 1 end desc) as from_last
          from in_order) e
        where from_last = 1),
      compared as (
        select *,
          row_number() over (partition by book_id order by at_us) as nth,
          lag(op) over (partition by book_id order by at_us) as op_before,
          lag(title) over (partition by book_id order by at_us) as title_before,
          lag(author) over (partition by book_id order by at_us) as author_before,
          lag(price) over (partition by book_id order by at_us) as price_before
        from at_instants),
      changes as (
        select *, lead(at_us) over (partition by book_id order by at_us) as until_us
        from compared
        where nth = 1
          or (op = 'd') <> (op_before = 'd')
          or (op <> 'd' and (title is distinct from title_before
            or author is distinct from author_before
            or price is distinct from price_before)))
      select book_id, title, author, price, at_us as valid_from, until_us as valid_to,
        until_us is null as is_current,
        row_number() over (partition by book_id order by at_us) as version,
        md5(concat(cast(book_id as varchar(20)), '|', cast(at_us as varchar(20)))) as sk
      from changes
      where op <> 'd'
      """;

  /** One row an order, its lines priced by the version that was valid then. */
  static final String PURCHASES =
      """
      select max(customer_id) as customer_id, order_id, min(order_timestamp) as purchased_at,
        count(*) as lines, cast(sum(quantity) as double) as units,
        cast(sum(case when price is null then 0 else price * quantity end) as decimal(18,2)) as amount
      from priced_lines
      group by order_id
      """;

  /** One row a customer; needs the purchases and the day of observation. */
  static String features(String dayOf, String daysBetween) {
    return """
        with daily as (
          select customer_id, %1$s as day, count(*) as purchases, sum(amount) as amount, sum(units) as units,
            min(purchased_at) as first_at, max(purchased_at) as last_at
          from purchases
          where customer_id is not null
          group by customer_id, %1$s),
        days as (
          select *, min(day) over (partition by customer_id) as first_day from daily),
        shop as (select max(%1$s) as today from purchases),
        measured as (
          select customer_id,
            min(first_at) as first_purchase_at, max(last_at) as last_purchase_at,
            min(first_day) as first_day, max(day) as last_day,
            cast(sum(purchases) as bigint) as frequency, cast(sum(amount) as decimal(18,2)) as monetary,
            sum(units) as units,
            count(*) - 1 as repeat_purchases,
            sum(case when day > first_day and amount > 0 then 1 else 0 end) as repeat_paid_days,
            avg(case when day > first_day and amount > 0 then cast(amount as double) end) as repeat_mean_amount
          from days
          group by customer_id),
        described as (
          select customer_id, first_purchase_at, last_purchase_at,
            %2$s as recency_days, %3$s as tenure_days, %4$s as repeat_recency_days,
            frequency, monetary, units, cast(monetary as double) / frequency as mean_amount,
            repeat_purchases, repeat_paid_days, repeat_mean_amount
          from measured cross join shop),
        ranked as (
          select *, count(*) over () as n,
            rank() over (order by recency_days desc) - 1 as worse_r,
            rank() over (order by frequency) - 1 as worse_f,
            rank() over (order by monetary) - 1 as worse_m,
            min(recency_days) over () as best_r, max(frequency) over () as best_f, max(monetary) over () as best_m,
            max(recency_days) over () as worst_r, min(frequency) over () as worst_f, min(monetary) over () as worst_m
          from described),
        scored as (
          select *,
            case when best_r = worst_r then 3 when recency_days = best_r then 5
              else cast(1 + floor(5 * worse_r / cast(n as double)) as bigint) end as r_score,
            case when best_f = worst_f then 3 when frequency = best_f then 5
              else cast(1 + floor(5 * worse_f / cast(n as double)) as bigint) end as f_score,
            case when best_m = worst_m then 3 when monetary = best_m then 5
              else cast(1 + floor(5 * worse_m / cast(n as double)) as bigint) end as m_score
          from ranked)
        select customer_id, first_purchase_at, last_purchase_at, recency_days, frequency, monetary, mean_amount,
          tenure_days, repeat_purchases, repeat_recency_days, repeat_mean_amount, repeat_paid_days, units,
          r_score, f_score, m_score,
          case cast(r_score * 10 + floor((f_score + m_score + 1) / 2) as bigint)
            when 55 then 'Champions' when 54 then 'Champions' when 45 then 'Champions'
            when 53 then 'Loyal' when 44 then 'Loyal' when 35 then 'Loyal' when 34 then 'Loyal'
            when 52 then 'Potential Loyalists' when 42 then 'Potential Loyalists'
            when 33 then 'Potential Loyalists' when 43 then 'Potential Loyalists'
            when 51 then 'Recent' when 41 then 'Promising' when 31 then 'Promising'
            when 32 then 'Needing Attention' when 23 then 'Needing Attention' when 22 then 'Needing Attention'
            when 21 then 'About to Sleep'
            when 25 then 'At Risk' when 24 then 'At Risk' when 13 then 'At Risk'
            when 15 then 'Cannot Lose Them' when 14 then 'Cannot Lose Them'
            when 12 then 'Hibernating' else 'Lost' end as rfm_segment
        from scored
        """
        .formatted(
            dayOf,
            daysBetween.formatted("last_day", "today"),
            daysBetween.formatted("first_day", "today"),
            daysBetween.formatted("first_day", "last_day"));
  }

  /** Segment and value; needs the features and, by x and T, what is expected of those alive. */
  static String scores(Path models) throws IOException {
    Forecast model = Forecast.read(models);
    String shape = "(%se0 + f.repeat_purchases)".formatted(model.r());
    return """
        select customer_id, segment_id, p_alive,
          p_alive * purchases as expected_purchases, amount as expected_amount,
          p_alive * discounted * amount as cltv
        from (
          select f.customer_id, %1$s as segment_id,
            case when f.repeat_purchases = 0 then 1e0 else 1e0 / (1 + %2$se0 / (%3$se0 + f.repeat_purchases - 1)
              * power((%4$se0 + f.tenure_days / 7e0) / (%4$se0 + f.repeat_recency_days / 7e0), %5$s)) end as p_alive,
            %6$se0 * (%7$se0 + f.repeat_paid_days * coalesce(f.repeat_mean_amount, 0e0))
              / (%6$se0 * f.repeat_paid_days + %8$se0 - 1) as amount,
            e.purchases, e.discounted
          from features f join expected e
            on e.repeat_purchases = f.repeat_purchases and e.tenure_days = f.tenure_days) s
        """
        .formatted(
            Segments.sql(models),
            model.a(),
            model.b(),
            model.alpha(),
            shape,
            model.p(),
            model.gamma(),
            model.q());
  }

  /** A row a month. */
  static final String REVENUE =
      """
      select cast(date_trunc('month', purchased_at) as date) as month, count(*) as purchases,
        count(distinct customer_id) as customers, cast(sum(amount) as double) as revenue
      from purchases
      group by cast(date_trunc('month', purchased_at) as date)
      """;

  /** A row a cohort and month in which somebody of it bought. */
  static final String COHORTS =
      """
      select cohort, month, count(*) as customers, cast(sum(revenue) as double) as revenue
      from (
        select customer_id, month, revenue, min(month) over (partition by customer_id) as cohort
        from (
          select customer_id, cast(date_trunc('month', purchased_at) as date) as month, sum(amount) as revenue
          from purchases
          where customer_id is not null
          group by customer_id, cast(date_trunc('month', purchased_at) as date)) m) c
      group by cohort, month
      """;

  /** A row a segment. */
  static final String SUMMARY =
      """
      select s.segment_id, count(*) as customers, cast(sum(f.monetary) as double) as revenue,
        avg(f.recency_days) as mean_recency_days, avg(f.frequency) as mean_frequency,
        avg(s.p_alive) as mean_p_alive, sum(s.cltv) as total_cltv
      from scores s join features f on f.customer_id = s.customer_id
      group by s.segment_id
      """;
}
