package dev.patron.benchmarks.compare;

import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.storage.StorageLevel;

/**
 * The stages in Spark SQL as a good engineer would write them: adaptive execution, few shuffle
 * partitions on a small machine, broadcast of the small side, one parse of each JSON line, columns
 * pruned by Spark, results that are used again kept.
 */
public final class SparkShop {
  private static final String IMAGE_OF_CUSTOMER =
      "customer_id string, email string, first_name string, last_name string, gender string,"
          + " street string, city string, country_code string, row_status string, row_time string";
  private static final String IMAGE_OF_BOOK =
      "book_id string, title string, author string, price string, updated string";

  private final SparkSession spark;
  private final Path shop;
  private final Path models;
  private final Path out;

  private SparkShop(SparkSession spark, Path shop, Path models, Path out) {
    this.spark = spark;
    this.shop = shop;
    this.models = models;
    this.out = out;
  }

  /** {@code SparkShop SHOP MODELS OUTPUT}. */
  public static void main(String[] arguments) throws Exception {
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .appName("Native Spark")
            .config("spark.driver.host", "localhost")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.shuffle.partitions", "8")
            .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
            .config("spark.sql.parquet.compression.codec", "zstd")
            .getOrCreate()) {
      new SparkShop(spark, Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]))
          .run();
    }
  }

  private void run() throws Exception {
    Stage.run(
        "refine",
        () -> {
          events("customers", "customer_id", IMAGE_OF_CUSTOMER)
              .selectExpr(
                  "op",
                  "lsn",
                  "try_cast(key as bigint) as customer_id",
                  "image.email",
                  "image.first_name",
                  "image.last_name",
                  "image.gender",
                  "image.street",
                  "image.city",
                  "image.country_code",
                  "image.row_status",
                  "image.row_time as row_time_text",
                  "try_cast(image.row_time as timestamp) as row_time")
              .where("row_time_text is null or row_time is not null")
              .createOrReplaceTempView("customer_events");
          write("customers", spark.sql(ShopSql.CUSTOMERS));

          events("books", "book_id", IMAGE_OF_BOOK)
              .selectExpr(
                  "op",
                  "lsn",
                  "committed",
                  "delivered",
                  "try_cast(key as bigint) as book_id",
                  "image.title",
                  "image.author",
                  "image.price as price_text",
                  "image.updated as updated_text",
                  "try_cast(image.updated as timestamp) as updated",
                  "try_cast(image.price as decimal(10,2)) as price")
              .where("price_text is null or price is not null")
              .where("updated_text is null or updated is not null")
              .createOrReplaceTempView("book_events");
          Dataset<Row> versions =
              spark
                  .sql(ShopSql.BOOKS)
                  .withColumn("valid_from", micros("valid_from"))
                  .withColumn("valid_to", micros("valid_to"))
                  .persist(StorageLevel.MEMORY_AND_DISK());
          versions.createOrReplaceTempView("versions");
          write("books", versions);

          spark
              .read()
              .parquet(shop.resolve("orders").toString())
              .dropDuplicates("order_id")
              .createOrReplaceTempView("orders");
          spark
              .sql(
                  """
                  select /*+ broadcast(v) */ l.order_id, l.customer_id, l.order_timestamp,
                    l.line.quantity, v.price
                  from (select order_id, customer_id, order_timestamp, explode(books) as line from orders) l
                  left join versions v on v.book_id = l.line.book_id
                    and v.valid_from <= l.order_timestamp
                    and (v.valid_to is null or l.order_timestamp < v.valid_to)
                  """)
              .createOrReplaceTempView("priced_lines");
          write("purchases", spark.sql(ShopSql.PURCHASES));
        });
    read("purchases").createOrReplaceTempView("purchases");
    Stage.run(
        "features",
        () -> {
          write(
              "customer_features",
              spark.sql(ShopSql.features("cast(purchased_at as date)", "datediff(%2$s, %1$s)")));
          write("revenue_by_month", spark.sql(ShopSql.REVENUE).coalesce(1));
          write("cohort_retention", spark.sql(ShopSql.COHORTS).coalesce(1));
        });
    read("customer_features").createOrReplaceTempView("features");
    Stage.run(
        "score",
        () -> {
          Forecast model = Forecast.read(models);
          UDF2<Long, Long, Double> purchases =
              (x, days) -> model.whileAlive(x, days / 7.0, Forecast.MONTHS * Forecast.MONTH);
          UDF2<Long, Long, Double> discounted =
              (x, days) -> model.discountedWhileAlive(x, days / 7.0);
          spark.udf().register("purchases_while_alive", purchases, DataTypes.DoubleType);
          spark.udf().register("discounted_while_alive", discounted, DataTypes.DoubleType);
          spark
              .sql(
                  """
                  select repeat_purchases, tenure_days,
                    purchases_while_alive(repeat_purchases, cast(tenure_days as bigint)) as purchases,
                    discounted_while_alive(repeat_purchases, cast(tenure_days as bigint)) as discounted
                  from (select distinct repeat_purchases, tenure_days from features)
                  """)
              .createOrReplaceTempView("expected");
          write("customer_scores", spark.sql(ShopSql.scores(models)));
          read("customer_scores").createOrReplaceTempView("scores");
          write("segment_summary", spark.sql(ShopSql.SUMMARY).coalesce(1));
        });
  }

  /** The readable records of a change feed: their columns as text, their position and instant. */
  private Dataset<Row> events(String table, String key, String image) {
    String schema =
        "key struct<%2$s: string>, value struct<op: string, after: struct<%1$s>, ts_us: bigint, source: struct<lsn: bigint, ts_us: bigint>>, broken string"
            .formatted(image.replaceAll("(\\w+) string", "$1: string"), key);
    return spark
        .read()
        .text(shop.resolve("debezium").resolve(table).toString())
        .selectExpr(
            "from_json(value, '%s', map('columnNameOfCorruptRecord', 'broken')) as record"
                .formatted(schema))
        .where("record.broken is null")
        .selectExpr(
            "record.value.op as op",
            "record.value.source.lsn as lsn",
            "record.value.source.ts_us as committed",
            "record.value.ts_us as delivered",
            "record.key.%1$s as key".formatted(key),
            "record.value.after as image")
        .where("op in ('c', 'u', 'r', 'd') and lsn is not null and committed is not null")
        .where("key is not null")
        .where("op = 'd' or image.%1$s = key".formatted(key));
  }

  private static org.apache.spark.sql.Column micros(String column) {
    return org.apache.spark.sql.functions.expr("timestamp_micros(" + column + ")");
  }

  private void write(String table, Dataset<Row> rows) {
    rows.write().parquet(out.resolve(table).toString());
  }

  private Dataset<Row> read(String table) {
    return spark.read().parquet(out.resolve(table).toString());
  }
}
