package dev.patron.runners.spark;

import dev.patron.pipelines.engine.Engine;
import org.apache.beam.runners.spark.SparkContextOptions;
import org.apache.beam.runners.spark.SparkPipelineOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Beam's classic Spark runner with one Spark context for all pipelines of a command: starting Spark
 * costs seconds, and Databricks has one already.
 */
public final class SparkEngine implements Engine {
  @Override
  public String runner() {
    return "SparkRunner";
  }

  @Override
  public Opened open(PipelineOptions options) {
    SparkPipelineOptions spark = options.as(SparkPipelineOptions.class);
    SparkContextOptions context = options.as(SparkContextOptions.class);
    if (context.getUsesProvidedSparkContext() && context.getProvidedSparkContext() != null) {
      return () -> {};
    }
    boolean borrowed = context.getUsesProvidedSparkContext();
    SparkConf conf = new SparkConf();
    if (!conf.contains("spark.master")) {
      conf.setMaster(spark.getSparkMaster());
    }
    if (conf.get("spark.master").startsWith("local")) {
      conf.setIfMissing("spark.driver.host", "localhost");
      conf.setIfMissing("spark.ui.enabled", "false");
    }
    conf.setIfMissing("spark.app.name", "Patron");
    JavaSparkContext shared = JavaSparkContext.fromSparkContext(SparkContext.getOrCreate(conf));
    context.setUsesProvidedSparkContext(true);
    context.setProvidedSparkContext(shared);
    return borrowed ? () -> {} : shared::stop;
  }
}
