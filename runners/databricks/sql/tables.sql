-- Silver and gold tables of the bookstore in Unity Catalog. Run before Patron's first run: the tables are made empty,
-- with comments and keys, and Patron fills them. Gold tables and silver.purchases are the same for every shop whose
-- customers and orders are numbers; silver tables have the shop's own columns.
-- No deletion vectors or other features that Delta Kernel 4.0 does not write.

create schema if not exists ${catalog}.${schema}_silver comment 'Patron: current rows, histories, facts and purchases.';
create schema if not exists ${catalog}.${schema}_gold comment 'Patron: features, segments, lifetime value and totals.';

create table if not exists ${catalog}.${schema}_silver.customers (
  customer_id bigint not null comment 'Whose row it is.',
  email string comment 'As the customer gave it.',
  first_name string,
  last_name string,
  gender string,
  street string,
  city string,
  country_code string comment 'Of country_lookup.',
  row_status string comment 'What the source did last: insert or update.',
  row_time timestamp comment 'When the source did it.',
  _sequence string comment 'The position of the last change in the log of the source.',
  _changed_at timestamp comment 'When the last change was committed, UTC.',
  constraint customers_key primary key (customer_id)
) using delta location '${warehouse}/silver/customers'
comment 'One row a live customer: the state after its last change.'
tblproperties ('delta.enableDeletionVectors' = 'false', 'delta.minReaderVersion' = '1', 'delta.minWriterVersion' = '2');

create table if not exists ${catalog}.${schema}_silver.books (
  book_id bigint not null,
  title string,
  author string,
  price decimal(10,2) comment 'The list price, in the currency of the shop.',
  updated timestamp,
  valid_from timestamp comment 'From when this version held, UTC, inclusive.',
  valid_to timestamp comment 'Until when, exclusive; null: still.',
  is_current boolean comment 'Whether it still holds.',
  version bigint comment 'From 1 for the first version of a book.',
  sk string not null comment 'A surrogate key that stays the same when the table is built again.',
  _sequence string comment 'The position of the change in the log of the source.',
  constraint books_key primary key (sk)
) using delta location '${warehouse}/silver/books'
comment 'One row a version of a book: intervals of a book never overlap.'
tblproperties ('delta.enableDeletionVectors' = 'false', 'delta.minReaderVersion' = '1', 'delta.minWriterVersion' = '2');

create table if not exists ${catalog}.${schema}_silver.orders (
  order_id bigint not null,
  order_timestamp timestamp comment 'When it was placed, UTC.',
  customer_id bigint comment 'Null: nobody in particular.',
  quantity bigint,
  total decimal(12,2),
  books array<struct<book_id: bigint, quantity: bigint, subtotal: decimal(12,2)>> comment 'The lines of the order.',
  constraint orders_key primary key (order_id)
) using delta location '${warehouse}/silver/orders'
comment 'One row an order.'
tblproperties ('delta.enableDeletionVectors' = 'false', 'delta.minReaderVersion' = '1', 'delta.minWriterVersion' = '2');

create table if not exists ${catalog}.${schema}_silver.country_lookup (
  country_code string not null,
  country string,
  region string,
  constraint country_lookup_key primary key (country_code)
) using delta location '${warehouse}/silver/country_lookup'
comment 'What a country_code means.'
tblproperties ('delta.enableDeletionVectors' = 'false', 'delta.minReaderVersion' = '1', 'delta.minWriterVersion' = '2');

create table if not exists ${catalog}.${schema}_silver.purchases (
  customer_id bigint comment 'Null: nobody in particular.',
  order_id bigint not null,
  purchased_at timestamp comment 'When, UTC; null: the order was taken back.',
  lines bigint comment 'How many lines were bought; 0: the order has returns alone and is no purchase.',
  units double comment 'How many pieces were bought.',
  amount decimal(18,2) comment 'What was bought, in the currency of the shop; never negative.',
  returned decimal(18,2) comment 'What was given back, as a positive number.',
  changed_at timestamp comment 'Since when it is this, UTC: when the last of its lines came or changed; null: since it was placed.',
  versions array<struct<at: timestamp, purchased_at: timestamp, lines: bigint, units: double, amount: decimal(18,2), returned: decimal(18,2)>> comment 'What the order was from each earlier time on; null: always this.',
  constraint purchases_key primary key (order_id)
) using delta location '${warehouse}/silver/purchases'
comment 'One row an order with what it was worth.'
tblproperties ('delta.enableDeletionVectors' = 'false', 'delta.minReaderVersion' = '1', 'delta.minWriterVersion' = '2');

create table if not exists ${catalog}.${schema}_gold.customer_features (
  customer_id bigint not null,
  as_of timestamp comment 'The observation time: everything at or before it counts, UTC.',
  first_purchase_at timestamp,
  last_purchase_at timestamp,
  recency_days bigint comment 'Days since the last purchase.',
  frequency bigint comment 'The number of purchases.',
  monetary decimal(18,2) comment 'What was bought less what was returned.',
  mean_amount double comment 'monetary by purchase.',
  tenure_days bigint comment 'Days since the first purchase: T of the models.',
  repeat_purchases bigint comment 'Days with a purchase after the first: x of the models.',
  repeat_recency_days bigint comment 'Days from the first to the last purchase: t_x of the models.',
  repeat_mean_amount double comment 'The mean amount of paid repeat days; null if there is none.',
  repeat_paid_days bigint comment 'Repeat days with a positive amount.',
  paid_mean_amount double comment 'The mean amount of all paid days, the first included.',
  paid_days bigint comment 'Days with a positive amount, the first included.',
  returned decimal(18,2),
  units double,
  purchase_days_28 bigint comment 'Days with a purchase among the last 28.',
  purchase_days_91 bigint comment 'Among the last 91.',
  purchase_days_364 bigint comment 'Among the last 364.',
  purchase_days_year_ago bigint comment 'Among the first 91 of the last 364.',
  spend_91 double comment 'What was bought in the last 91 days.',
  spend_364 double comment 'What was bought in the last 364 days.',
  first_day_amount double comment 'What was bought on the first day.',
  last_day_amount double comment 'What was bought on the last day.',
  gap_deviation_days double comment 'The standard deviation of the days from purchase to purchase; null below two gaps.',
  r_score bigint comment 'Recency from 1, the worst, to 5.',
  f_score bigint comment 'Frequency from 1, the worst, to 5.',
  m_score bigint comment 'Money from 1, the worst, to 5.',
  rfm_segment string comment 'The name of the cell of the scores.',
  constraint customer_features_key primary key (customer_id)
) using delta location '${warehouse}/gold/customer_features'
comment 'One row a customer with a purchase, as of one time.'
tblproperties ('delta.enableDeletionVectors' = 'false', 'delta.minReaderVersion' = '1', 'delta.minWriterVersion' = '2');

create table if not exists ${catalog}.${schema}_gold.customer_scores (
  customer_id bigint not null,
  as_of timestamp comment 'The observation time, UTC.',
  segment_id bigint comment 'The K-Means segment, the most valuable first.',
  segment string comment 'Its name.',
  p_alive double comment 'The probability that the customer still is one.',
  expected_purchases double comment 'Purchase days expected within the horizon.',
  expected_amount double comment 'What a purchase is expected to be worth before returns: expected spend by expected purchases, near what the customer paid.',
  cltv double comment 'Expected spend within the horizon before returns, discounted by month.',
  cltv_low double comment 'With a probability of 5 % it is less.',
  cltv_high double comment 'With a probability of 5 % at most it is more; 0 of who most likely buys nothing, whose mean, cltv, lies above it.',
  horizon_days bigint comment 'How far ahead that looks.',
  segment_model string comment 'The version of the model of the segments.',
  cltv_model string comment 'The version of the model of the value.',
  reason_1 string comment 'Why this segment, and what makes the value: a sentence.',
  reason_2 string comment 'Why not another segment, or what the trees correct and for what.',
  reason_3 string,
  constraint customer_scores_key primary key (customer_id)
) using delta location '${warehouse}/gold/customer_scores'
comment 'One row a customer: segment and lifetime value.'
tblproperties ('delta.enableDeletionVectors' = 'false', 'delta.minReaderVersion' = '1', 'delta.minWriterVersion' = '2');

create table if not exists ${catalog}.${schema}_gold.rfm_edges (
  measure string not null comment 'recency_days, frequency or monetary.',
  score bigint not null comment 'From 1, the worst, to 5.',
  from_value double comment 'The least value that has this score.',
  to_value double comment 'The greatest.',
  customers bigint comment 'How many customers have it.',
  constraint rfm_edges_key primary key (measure, score)
) using delta location '${warehouse}/gold/rfm_edges'
comment 'The edges of the RFM scores.'
tblproperties ('delta.enableDeletionVectors' = 'false', 'delta.minReaderVersion' = '1', 'delta.minWriterVersion' = '2');

create table if not exists ${catalog}.${schema}_gold.segment_summary (
  segment_id bigint not null,
  segment string,
  customers bigint,
  share_of_customers double comment 'A fraction of all customers.',
  revenue double comment 'Of all purchases of the customers of the segment.',
  share_of_revenue double comment 'A fraction of all revenue of customers.',
  mean_recency_days double,
  mean_frequency double,
  mean_monetary double,
  mean_p_alive double,
  mean_cltv double,
  total_cltv double,
  constraint segment_summary_key primary key (segment_id)
) using delta location '${warehouse}/gold/segment_summary'
comment 'One row a segment.'
tblproperties ('delta.enableDeletionVectors' = 'false', 'delta.minReaderVersion' = '1', 'delta.minWriterVersion' = '2');

create table if not exists ${catalog}.${schema}_gold.revenue_by_month (
  month date not null comment 'The first day of a month of the zone of the shop.',
  purchases bigint,
  customers bigint comment 'Customers with a purchase in the month.',
  anonymous_purchases bigint comment 'Purchases of nobody in particular, which purchases counts too.',
  revenue double,
  returned double,
  constraint revenue_by_month_key primary key (month)
) using delta location '${warehouse}/gold/revenue_by_month'
comment 'One row a calendar month.'
tblproperties ('delta.enableDeletionVectors' = 'false', 'delta.minReaderVersion' = '1', 'delta.minWriterVersion' = '2');

create table if not exists ${catalog}.${schema}_gold.headlines (
  sequence bigint not null comment 'Numbered from 1, the newest last.',
  as_of timestamp,
  customers bigint comment 'Customers with a purchase.',
  purchases bigint,
  revenue double comment 'What they spent so far.',
  mean_p_alive double comment 'The mean probability that they still are customers.',
  expected_value double comment 'The sum of their expected spend over horizon_days.',
  horizon_days bigint,
  constraint headlines_key primary key (sequence)
) using delta location '${warehouse}/gold/headlines'
comment 'The numbers at the top of the report, one row each time they changed.'
tblproperties ('delta.enableDeletionVectors' = 'false', 'delta.minReaderVersion' = '1', 'delta.minWriterVersion' = '2');

create table if not exists ${catalog}.${schema}_gold.cohort_retention (
  cohort_month date not null comment 'The month of the first purchase.',
  months_since bigint not null,
  cohort_customers bigint comment 'How many customers began in that month.',
  customers bigint comment 'How many of them bought in this one.',
  retention double comment 'customers as a fraction of cohort_customers.',
  revenue double,
  constraint cohort_retention_key primary key (cohort_month, months_since)
) using delta location '${warehouse}/gold/cohort_retention'
comment 'One row a cohort and month since.'
tblproperties ('delta.enableDeletionVectors' = 'false', 'delta.minReaderVersion' = '1', 'delta.minWriterVersion' = '2');

create table if not exists ${catalog}.${schema}_gold.segment_migration (
  from_as_of timestamp,
  to_as_of timestamp,
  from_segment string comment 'Null: new customers.',
  to_segment string,
  customers bigint
) using delta location '${warehouse}/gold/segment_migration'
comment 'Who moved since the scores before: one row a pair of segments.'
tblproperties ('delta.enableDeletionVectors' = 'false', 'delta.minReaderVersion' = '1', 'delta.minWriterVersion' = '2');

-- Personal data, for whoever grants, masks and audits.
alter table ${catalog}.${schema}_silver.customers set tags ('personal_data' = 'yes');
alter table ${catalog}.${schema}_silver.customers alter column customer_id set tags ('personal_data' = 'identifier');
alter table ${catalog}.${schema}_silver.customers alter column email set tags ('personal_data' = 'contact');
alter table ${catalog}.${schema}_silver.customers alter column first_name set tags ('personal_data' = 'name');
alter table ${catalog}.${schema}_silver.customers alter column last_name set tags ('personal_data' = 'name');
alter table ${catalog}.${schema}_silver.customers alter column gender set tags ('personal_data' = 'attribute');
alter table ${catalog}.${schema}_silver.customers alter column street set tags ('personal_data' = 'address');
alter table ${catalog}.${schema}_silver.customers alter column city set tags ('personal_data' = 'address');
alter table ${catalog}.${schema}_silver.customers alter column country_code set tags ('personal_data' = 'address');
alter table ${catalog}.${schema}_silver.orders alter column customer_id set tags ('personal_data' = 'identifier');
alter table ${catalog}.${schema}_silver.purchases alter column customer_id set tags ('personal_data' = 'identifier');
alter table ${catalog}.${schema}_gold.customer_features set tags ('personal_data' = 'yes');
alter table ${catalog}.${schema}_gold.customer_features alter column customer_id set tags ('personal_data' = 'identifier');
alter table ${catalog}.${schema}_gold.customer_scores set tags ('personal_data' = 'yes');
alter table ${catalog}.${schema}_gold.customer_scores alter column customer_id set tags ('personal_data' = 'identifier');
