package dev.patron.benchmarks.compare;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Locale;

/** The stages in DuckDB: what a user with one machine would take. */
public final class DuckShop {
  /** Terms of the power series; at z = 0.95 the rest is below 1e-9. */
  private static final int TERMS = 500;

  private final Statement duck;
  private final Path shop;
  private final Path models;
  private final Path out;

  private DuckShop(Statement duck, Path shop, Path models, Path out) {
    this.duck = duck;
    this.shop = shop;
    this.models = models;
    this.out = out;
  }

  /** {@code DuckShop SHOP MODELS OUTPUT}. */
  public static void main(String[] arguments) throws Exception {
    Path out = Files.createDirectories(Path.of(arguments[2]));
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement duck = connection.createStatement()) {
      duck.execute("set autoinstall_known_extensions = false");
      duck.execute("set autoload_known_extensions = false");
      duck.execute("set threads = 2");
      duck.execute("set memory_limit = '3GB'");
      duck.execute("set preserve_insertion_order = false");
      duck.execute("set temp_directory = '" + out.resolve("spill") + "'");
      new DuckShop(duck, Path.of(arguments[0]), Path.of(arguments[1]), out).run();
    }
  }

  private void run() throws Exception {
    Stage.run(
        "refine",
        () -> {
          events(
              "customers",
              "customer_id",
              "\"email\":\"VARCHAR\",\"first_name\":\"VARCHAR\",\"last_name\":\"VARCHAR\",\"gender\":\"VARCHAR\","
                  + "\"street\":\"VARCHAR\",\"city\":\"VARCHAR\",\"country_code\":\"VARCHAR\","
                  + "\"row_status\":\"VARCHAR\",\"row_time\":\"VARCHAR\"");
          duck.execute(
              """
              create view customer_events as
              select op, lsn, key as customer_id, image.email, image.first_name, image.last_name, image.gender,
                image.street, image.city, image.country_code, image.row_status,
                try_cast(image.row_time as timestamp) as row_time
              from events_of_customers
              where image.row_time is null or try_cast(image.row_time as timestamp) is not null
              """);
          write("customers", ShopSql.CUSTOMERS);

          events(
              "books",
              "book_id",
              "\"title\":\"VARCHAR\",\"author\":\"VARCHAR\",\"price\":\"VARCHAR\",\"updated\":\"VARCHAR\"");
          duck.execute(
              """
              create view book_events as
              select op, lsn, committed, delivered, key as book_id, image.title, image.author,
                try_cast(image.price as decimal(10,2)) as price
              from events_of_books
              where (image.price is null or try_cast(image.price as decimal(10,2)) is not null)
                and (image.updated is null or try_cast(image.updated as timestamp) is not null)
              """);
          duck.execute(
              "create table versions as select * replace (make_timestamp(valid_from) as valid_from,"
                  + " make_timestamp(valid_to) as valid_to) from ("
                  + ShopSql.BOOKS
                  + ") v");
          write("books", "select * from versions");

          duck.execute(
              """
              create view priced_lines as
              with orders as (
                select distinct on (order_id) * from read_parquet('%s/orders/*.parquet')),
              lines as (
                select order_id, customer_id, order_timestamp::timestamp as order_timestamp, unnest(books) as line
                from orders)
              select l.order_id, l.customer_id, l.order_timestamp, l.line.quantity as quantity,
                case when v.valid_to is null or l.order_timestamp < v.valid_to then v.price end as price
              from lines l asof left join versions v
                on v.book_id = l.line.book_id and l.order_timestamp >= v.valid_from
              """
                  .formatted(shop));
          duck.execute("create table purchases as " + ShopSql.PURCHASES);
          write("purchases", "select * from purchases");
        });
    Stage.run(
        "features",
        () -> {
          duck.execute(
              "create table features as "
                  + ShopSql.features("cast(purchased_at as date)", "date_diff('day', %1$s, %2$s)"));
          write("customer_features", "select * from features");
          write("revenue_by_month", ShopSql.REVENUE);
          write("cohort_retention", ShopSql.COHORTS);
        });
    Stage.run(
        "score",
        () -> {
          duck.execute("create table expected as " + expected(Forecast.read(models)));
          duck.execute("create table scores as " + ShopSql.scores(models));
          write("customer_scores", "select * from scores");
          write("segment_summary", ShopSql.SUMMARY);
        });
  }

  /**
   * What is expected of those alive, once for each x and T. The coefficients of the hypergeometric
   * series depend on x alone, its argument on T and the month.
   */
  private static String expected(Forecast model) {
    return String.format(
        Locale.ROOT,
        """
        with shared as (select distinct repeat_purchases as x, tenure_days from features),
        coefficients as (
          select x, list_transform(range(0, %8$d), k -> exp(
              lgamma(%1$se0 + x + k) - lgamma(%1$se0 + x) + lgamma(%4$se0 + x + k) - lgamma(%4$se0 + x)
              - lgamma(%3$se0 + %4$se0 + x - 1 + k) + lgamma(%3$se0 + %4$se0 + x - 1) - lgamma(k + 1.0))) as c
          from (select distinct x from shared)),
        months as (select unnest(range(1, %5$d + 1)) as month),
        arguments as (
          select x, tenure_days, month, %2$se0 + tenure_days / 7.0::double as past, month * %6$se0 as weeks
          from shared, months),
        series as (
          select a.*, list_dot_product(c,
              list_transform(range(0, %8$d), k -> pow(weeks / (past + weeks), k))) as f
          from arguments a join coefficients using (x)),
        until as (
          select x, tenure_days, month,
            (%3$se0 + %4$se0 + x - 1) / (%3$se0 - 1) * (1 - pow(past / (past + weeks), %1$se0 + x) * f) as e
          from series)
        select x as repeat_purchases, tenure_days, max(e) filter (where month = %5$d) as purchases,
          sum(gain * pow(1 + %7$se0, -month)) as discounted
        from (
          select *, e - coalesce(lag(e) over (partition by x, tenure_days order by month), 0) as gain from until) m
        group by x, tenure_days
        """,
        model.r(),
        model.alpha(),
        model.a(),
        model.b(),
        Forecast.MONTHS,
        Double.toString(Forecast.MONTH),
        Forecast.RATE,
        TERMS);
  }

  /** The readable records of a change feed: their columns as text, their position and instant. */
  private void events(String table, String key, String image) throws Exception {
    String structure =
        "{\"key\":{\"%1$s\":\"BIGINT\"},\"value\":{\"op\":\"VARCHAR\",\"ts_us\":\"BIGINT\",\"after\":{\"%1$s\":\"BIGINT\",%2$s},\"source\":{\"lsn\":\"BIGINT\",\"ts_us\":\"BIGINT\"}}}"
            .formatted(key, image);
    duck.execute(
        """
        create view events_of_%1$s as
        select r.value.op as op, r.value.source.lsn as lsn, r.value.source.ts_us as committed,
          r.value.ts_us as delivered, r.key.%2$s as key, r.value.after as image
        from (
          select json_transform(json, '%3$s') as r
          from read_ndjson_objects('%4$s/debezium/%1$s/*.jsonl.gz', ignore_errors = true)) j
        where op in ('c', 'u', 'r', 'd') and lsn is not null and committed is not null and key is not null
          and (op = 'd' or r.value.after.%2$s = r.key.%2$s)
        """
            .formatted(table, key, structure, shop));
  }

  private void write(String table, String query) throws Exception {
    duck.execute(
        "copy (%s) to '%s' (format parquet, compression zstd)"
            .formatted(query, out.resolve(table + ".parquet")));
  }
}
