package dev.patron.runners.direct;

import java.util.List;

/**
 * Twenty questions that the owner of the bookstore asks, where the report answers them, and what
 * the tables say, in SQL that knows nothing of the page. The list stands in the report's README
 * too.
 */
final class ShopQuestions {
  /** How an answer is written on the page. */
  enum Kind {
    COUNT,
    MONEY,
    /** Money in a column of large numbers: without cents. */
    WHOLE_MONEY,
    SHARE,
    TEXT
  }

  /**
   * One question.
   *
   * @param asked as a person asks it
   * @param place where on the page the answer stands, in the page's own words
   * @param script gives the text that stands there
   * @param kind how the answer is written
   * @param sql gives the answer from the tables: one row, one column
   */
  record Question(String asked, String place, String script, Kind kind, String sql) {}

  private static final String BEST_SEGMENT =
      "(select segment from gold.customer_scores join gold.customer_features using (customer_id)"
          + " group by segment order by sum(monetary) desc limit 1)";

  private ShopQuestions() {}

  private static String tile(String name) {
    return "return [...document.querySelectorAll('#headline dl > div')].find((tile) =>"
        + " tile.querySelector('dt').textContent === '%s').innerText".formatted(name);
  }

  private static String finding(String section) {
    return "return document.querySelector('#%s .finding').textContent".formatted(section);
  }

  /** The rows of the first table of a section, as objects by column. */
  private static String rows(String section) {
    return """
        const table = document.querySelector('#%s table');
        const titles = [...table.querySelectorAll('thead th')].map((head) => head.textContent);
        const rows = [...table.querySelectorAll('tbody tr')].map((row) =>
          Object.fromEntries([...row.children].map((cell, i) => [titles[i], cell.textContent])));
        const number = (text) => Number(text.replace(/[^\\d.-]/g, ''));
        const added = (some) => some.reduce((sum, row) => sum + number(row.Customers), 0).toLocaleString('en-US');
        """
        .formatted(section);
  }

  static final List<Question> ALL =
      List.of(
          new Question(
              "How many customers do I have?",
              "At a glance: Customers",
              tile("Customers"),
              Kind.COUNT,
              "select count(*) from gold.customer_scores"),
          new Question(
              "How many of them are new since last time?",
              "At a glance: Customers, since",
              tile("Customers"),
              Kind.COUNT,
              "select count(*) from gold.customer_features where first_purchase_at >="
                  + " timestamptz '2024-10-01 00:00:00+00'"),
          new Question(
              "How much have they spent with me?",
              "At a glance: Revenue",
              tile("Revenue"),
              Kind.MONEY,
              "select sum(monetary) from gold.customer_features"),
          new Question(
              "How much will they bring in the next year?",
              "At a glance: Expected in 365 days",
              tile("Expected in 365 days"),
              Kind.MONEY,
              "select sum(cltv) from gold.customer_scores"),
          new Question(
              "How many of them are still customers?",
              "At a glance: Probably still active",
              tile("Probably still active"),
              Kind.COUNT,
              "select sum(p_alive) from gold.customer_scores"),
          new Question(
              "How much of the money comes from my best customers?",
              "Segments: the sentence",
              finding("segments"),
              Kind.SHARE,
              "select max(spent) / sum(spent) from (select sum(monetary) as spent from"
                  + " gold.customer_scores join gold.customer_features using (customer_id) group by"
                  + " segment)"),
          new Question(
              "What is one of them worth in the next year?",
              "Segments: the sentence",
              finding("segments"),
              Kind.MONEY,
              "select avg(cltv) from gold.customer_scores where segment = " + BEST_SEGMENT),
          new Question(
              "How much money do customers stand for whom I may lose?",
              "Segments: the table, At Risk",
              rows("segments") + "return rows.find((row) => row.Segment === 'At Risk').Revenue",
              Kind.WHOLE_MONEY,
              "select sum(monetary) from gold.customer_scores join gold.customer_features using"
                  + " (customer_id) where segment = 'At Risk'"),
          new Question(
              "What was the largest move between segments, and how many made it?",
              "Moves: the sentence",
              finding("moves"),
              Kind.COUNT,
              "select count(*) from gold.customer_scores now join gold.customer_scores@0 before"
                  + " using (customer_id) where now.segment <> before.segment group by"
                  + " before.segment, now.segment order by 1 desc limit 1"),
          new Question(
              "How much did the last twelve months bring?",
              "Revenue: the sentence",
              finding("revenue"),
              Kind.MONEY,
              "select sum(amount) from silver.purchases where purchased_at >= timestamptz"
                  + " '2024-01-01 00:00:00+00'"),
          new Question(
              "Which was the best month so far?",
              "Revenue: the table",
              rows("revenue")
                  + "return rows.reduce((a, b) => (number(b.Revenue) > number(a.Revenue) ? b :"
                  + " a)).Month",
              Kind.TEXT,
              "select strftime(max(purchased_at), '%B %Y') from silver.purchases group by"
                  + " date_trunc('month', purchased_at) order by sum(amount) desc limit 1"),
          new Question(
              "Do new customers come back the month after?",
              "Coming back: the sentence",
              finding("cohorts"),
              Kind.SHARE,
              """
              with came as (
                select distinct customer_id, date_trunc('month', purchased_at) as month
                from silver.purchases where customer_id is not null),
              first as (select customer_id, min(month) as month from came group by customer_id)
              select count(came.month) / count(*) from first left join came
                on came.customer_id = first.customer_id and came.month = first.month + interval 1 month
              where first.month < timestamptz '2024-12-01 00:00:00+00'
              """),
          new Question(
              "How many customers have bought only once?",
              "Still active: the table, 1 purchase",
              rows("alive") + "return added(rows.filter((row) => row.Purchases === '1'))",
              Kind.COUNT,
              "select count(*) from gold.customer_features where frequency = 1"),
          new Question(
              "How many have not bought for more than a year?",
              "Still active: the table, 366 days and more",
              rows("alive")
                  + "return added(rows.filter((row) =>"
                  + " parseInt(row['Days since the last purchase']) > 365))",
              Kind.COUNT,
              "select count(*) from gold.customer_features where recency_days > 365"),
          new Question(
              "How many customers are there in the country that has the most?",
              "Country: the first choice",
              "return document.querySelector('#filter-country').options[1].textContent",
              Kind.COUNT,
              "select count(*) from gold.customer_scores join silver.customers using (customer_id)"
                  + " where country_code is not null group by country_code order by 1 desc limit 1"),
          new Question(
              "How much have customers in Germany spent?",
              "Country: Germany, then At a glance: Revenue",
              """
              const box = document.getElementById('filter-country');
              const choose = (value) => { box.value = value; box.dispatchEvent(new Event('change')); };
              choose([...box.options].find((option) => option.textContent.startsWith('Germany')).value);
              const shown = [...document.querySelectorAll('#headline dl > div')].find((tile) =>
                tile.querySelector('dt').textContent === 'Revenue').innerText;
              choose('');
              return shown;
              """,
              Kind.MONEY,
              "select sum(monetary) from gold.customer_features join silver.customers using"
                  + " (customer_id) where country_code = 'DE'"),
          new Question(
              "How often did my best seller sell?",
              "Prices: the sentence",
              finding("catalogue"),
              Kind.COUNT,
              "select sum(line.quantity) from (select unnest(books) as line from silver.orders)"
                  + " group by line.book_id order by 1 desc limit 1"),
          new Question(
              "What did it cost at first?",
              "Prices: the first of the list",
              "return document.querySelector('#catalogue .names li').textContent",
              Kind.MONEY,
              "select price from silver.books where version = 1 and book_id = (select line.book_id"
                  + " from (select unnest(books) as line from silver.orders) group by 1 order by"
                  + " sum(line.quantity) desc limit 1)"),
          new Question(
              "I let the model predict the past: how many purchases came?",
              "Tracking: the sentence",
              finding("tracking"),
              Kind.COUNT,
              "select sum(actual_total) from ops.backtest where chosen and cutoff is not null and"
                  + " target = 'purchases'"),
          new Question(
              "How many records could not be used?",
              "Sources: the sentence",
              finding("about"),
              Kind.COUNT,
              "select (select count(*) from quarantine.books) + (select count(*) from"
                  + " quarantine.customers) + (select count(*) from quarantine.orders) + (select"
                  + " count(*) from quarantine.country_lookup)"));
}
