package dev.patron.runners.spark;

import dev.patron.transforms.parquet.HadoopSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import scala.Tuple2;

/**
 * Spark's settings that begin with {@code spark.hadoop.} are Hadoop's, on the driver and on every
 * executor: how a user of Spark or Databricks names an object store's keys and log stores.
 */
public final class SparkHadoopSettings implements HadoopSettings {
  private static final String PREFIX = "spark.hadoop.";

  @Override
  public Map<String, String> settings() {
    // A driver that has not started Spark yet has what spark-submit left in the system properties.
    SparkEnv env = SparkEnv.get();
    SparkConf conf = env == null ? new SparkConf() : env.conf();
    Map<String, String> settings = new LinkedHashMap<>();
    for (Tuple2<String, String> setting : conf.getAllWithPrefix(PREFIX)) {
      settings.put(setting._1(), setting._2());
    }
    return settings;
  }
}
