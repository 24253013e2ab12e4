package dev.patron.benchmarks.stream;

import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.Trigger;

/**
 * Spark Structured Streaming: all that the topic has, parsed, into Parquet. It keeps no state and
 * looks for no earlier rows; it is what one does to have the records at all.
 */
public final class SparkTopic {
  private static final String RECORD =
      "op string, ts_us bigint, source struct<lsn: bigint, ts_us: bigint, table: string>,"
          + " after struct<customer_id: bigint, email: string, first_name: string,"
          + " last_name: string, street: string, city: string, country_code: string,"
          + " row_time: timestamp>";

  private SparkTopic() {}

  /** {@code SparkTopic BOOTSTRAP OUTPUT}. */
  public static void main(String[] arguments) throws Exception {
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .appName("Spark Structured Streaming")
            .config("spark.driver.host", "localhost")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
            .config("spark.sql.parquet.compression.codec", "zstd")
            .getOrCreate()) {
      spark
          .readStream()
          .format("kafka")
          .option("kafka.bootstrap.servers", arguments[0])
          .option("subscribe", ChangeTopic.NAME)
          .option("startingOffsets", "earliest")
          .load()
          .selectExpr(
              "topic",
              "partition",
              "offset",
              "timestamp",
              "cast(key as string) as key",
              "from_json(cast(value as string), '" + RECORD + "') as record")
          .selectExpr(
              "topic",
              "partition",
              "offset",
              "timestamp",
              "key",
              "record.op",
              "record.ts_us",
              "record.source.lsn",
              "record.after.*")
          .writeStream()
          .format("parquet")
          .option("path", arguments[1] + "/rows")
          .option("checkpointLocation", arguments[1] + "/checkpoint")
          .trigger(Trigger.AvailableNow())
          .start()
          .awaitTermination();
      System.err.println(spark.read().parquet(arguments[1] + "/rows").count() + " rows");
    }
  }
}
