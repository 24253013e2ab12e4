package dev.patron.runners.spark;

import dev.patron.pipelines.Patron;
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
  /** Beam's default. */
  private static final String MEMORY = "MEMORY_ONLY";

  private static final String MEMORY_THEN_DISK = "MEMORY_AND_DISK";

  @Override
  public String runner() {
    return "SparkRunner";
  }

  @Override
  public Opened open(PipelineOptions options) {
    SparkPipelineOptions spark = options.as(SparkPipelineOptions.class);
    SparkContextOptions context = options.as(SparkContextOptions.class);
    // What several steps read is kept for them. Beam's default makes it again for each of them as
    // soon as it does not fit into memory.
    if (spark.getStorageLevel().equals(MEMORY)) {
      spark.setStorageLevel(MEMORY_THEN_DISK);
    }
    boolean borrowed = context.getUsesProvidedSparkContext();
    JavaSparkContext provided = borrowed ? context.getProvidedSparkContext() : null;
    if (provided != null) {
      return new Shared(provided, true);
    }
    SparkConf conf = new SparkConf();
    if (!conf.contains("spark.master")) {
      conf.setMaster(spark.getSparkMaster());
    }
    if (conf.get("spark.master").startsWith("local")) {
      conf.setIfMissing("spark.driver.host", "localhost");
      conf.setIfMissing("spark.ui.enabled", "false");
    }
    // What spark-submit takes for a name if nobody gives one says little.
    if (conf.get("spark.app.name", Patron.class.getName()).equals(Patron.class.getName())) {
      conf.setAppName("Patron");
    }
    JavaSparkContext shared = JavaSparkContext.fromSparkContext(SparkContext.getOrCreate(conf));
    context.setUsesProvidedSparkContext(true);
    context.setProvidedSparkContext(shared);
    return new Shared(shared, borrowed);
  }

  /** A context for several pipelines; one that was there before stays. */
  private record Shared(JavaSparkContext context, boolean borrowed) implements Opened {
    /** In Spark's UI and history each job and stage says what it belongs to. */
    @Override
    public void begin(String work) {
      // The runner's own thread inherits it.
      context.sc().setJobDescription(work);
    }

    @Override
    public void close() {
      if (borrowed) {
        context.sc().setJobDescription(null);
      } else {
        context.stop();
      }
    }
  }
}
