-- A semantic layer for Power BI and other reports: a star of two facts and three dimensions, and the measures that
-- people ask for, each defined once. Names are what a reader sees; comments say what a number means.

create or replace view ${catalog}.${schema}.customers (
  customer_id comment 'Key.',
  country comment 'Where the customer lives; null: not known, or the customer was deleted.',
  region comment 'The region of the country.',
  segment comment 'The K-Means segment.',
  rfm_segment comment 'The RFM segment.',
  first_purchase_on comment 'The day of the first purchase, UTC.',
  last_purchase_on comment 'The day of the last purchase, UTC.',
  days_since_purchase comment 'At the observation time.',
  probability_active comment 'That the customer still is one, from 0 to 1.',
  lifetime_value comment 'Expected discounted spend within the horizon.',
  lifetime_value_low comment 'With a probability of 5 % it is less.',
  lifetime_value_high comment 'With a probability of 5 % at most it is more; 0 of who most likely buys nothing, whose mean, lifetime_value, lies above it.'
) comment 'Dimension: who buys. Without names and addresses.'
as select
  f.customer_id, l.country, l.region, s.segment, f.rfm_segment,
  cast(f.first_purchase_at as date) as first_purchase_on, cast(f.last_purchase_at as date) as last_purchase_on,
  f.recency_days,
  s.p_alive, s.cltv, s.cltv_low, s.cltv_high
from ${catalog}.${schema}_gold.customer_features f
left join ${catalog}.${schema}_gold.customer_scores s on s.customer_id = f.customer_id
left join ${catalog}.${schema}_silver.customers c on c.customer_id = f.customer_id
left join ${catalog}.${schema}_silver.country_lookup l on l.country_code = c.country_code;

create or replace view ${catalog}.${schema}.books (
  book_version comment 'Key: one version of a book.',
  book_id comment 'The book.',
  title comment 'Its title then.',
  author comment 'Its author then.',
  price comment 'Its list price then.',
  valid_from comment 'From when, UTC.',
  valid_to comment 'Until when, exclusive; null: still.',
  is_current comment 'Whether it still is so.'
) comment 'Dimension: what is sold, as it was at its time.'
as select sk, book_id, title, author, price, valid_from, valid_to, is_current
from ${catalog}.${schema}_silver.books;

create or replace view ${catalog}.${schema}.calendar (
  day comment 'Key.',
  month comment 'The first day of its month.',
  year comment 'Its year.'
) comment 'Dimension: the days from the first to the last purchase.'
as select day, cast(date_trunc('month', day) as date) as month, year(day) as year
from (
  select explode(sequence(cast(min(purchased_at) as date), cast(max(purchased_at) as date))) as day
  from ${catalog}.${schema}_silver.purchases);

create or replace view ${catalog}.${schema}.purchases (
  order_id comment 'Key.',
  customer_id comment 'Of customers; null: nobody in particular.',
  day comment 'Of calendar.',
  units comment 'Pieces bought.',
  amount comment 'What was bought.',
  returned comment 'What was given back, as a positive number.'
) comment 'Fact: one row a purchase; orders of returns alone are none.'
as select order_id, customer_id, cast(purchased_at as date) as day, units, amount, returned
from ${catalog}.${schema}_silver.purchases
where lines > 0;

create or replace view ${catalog}.${schema}.order_lines (
  order_id comment 'Of purchases.',
  book_version comment 'Of books: the version that was valid when it was bought; null: none was.',
  customer_id comment 'Of customers.',
  day comment 'Of calendar.',
  quantity comment 'Pieces.',
  amount comment 'What the line cost.'
) comment 'Fact: one row a line of an order, with the book as it was then.'
as select l.order_id, b.sk, l.customer_id, cast(l.order_timestamp as date) as day,
  l.line.quantity as quantity, l.line.subtotal as amount
from (
  select order_id, customer_id, order_timestamp, explode(books) as line
  from ${catalog}.${schema}_silver.orders) l
left join ${catalog}.${schema}_silver.books b
  on b.book_id = l.line.book_id
  and b.valid_from <= l.order_timestamp
  and (b.valid_to is null or l.order_timestamp < b.valid_to);

create or replace view ${catalog}.${schema}.measures_by_month (
  month comment 'The first day of a month.',
  revenue comment 'Measure: the sum of what was bought, anonymous purchases included.',
  net_revenue comment 'Measure: revenue less what was returned in the month.',
  purchases comment 'Measure: the number of purchases.',
  active_customers comment 'Measure: customers with a purchase in the month.',
  average_purchase comment 'Measure: revenue by purchase.'
) comment 'The shop month by month.'
as select month, revenue, revenue - returned as net_revenue, purchases, customers,
  case when purchases > 0 then revenue / purchases end as average_purchase
from ${catalog}.${schema}_gold.revenue_by_month;

create or replace view ${catalog}.${schema}.measures_by_segment (
  segment comment 'The K-Means segment.',
  customers comment 'Measure: the number of customers.',
  share_of_customers comment 'Measure: as a fraction of all.',
  revenue comment 'Measure: what they spent so far.',
  share_of_revenue comment 'Measure: as a fraction of all revenue of customers.',
  lifetime_value comment 'Measure: the sum of their expected spend within the horizon.',
  lifetime_value_per_customer comment 'Measure: its mean.',
  probability_active comment 'Measure: the mean probability that they still are customers.'
) comment 'The segments.'
as select segment, customers, share_of_customers, revenue, share_of_revenue, total_cltv, mean_cltv, mean_p_alive
from ${catalog}.${schema}_gold.segment_summary;

create or replace view ${catalog}.${schema}.retention (
  cohort comment 'The month of the first purchase.',
  months_since comment 'Months since then.',
  cohort_customers comment 'Measure: how many customers began in that month.',
  customers comment 'Measure: how many of them bought in this month.',
  retention comment 'Measure: the one as a fraction of the other.'
) comment 'How many come back, by the month they came first.'
as select cohort_month, months_since, cohort_customers, customers, retention
from ${catalog}.${schema}_gold.cohort_retention;
