package dev.patron.runners.spark;

import dev.patron.pipelines.Patron;
import dev.patron.pipelines.console.JobException;
import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.engine.Engine;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ServiceLoader;
import java.util.regex.Pattern;
import org.apache.beam.runners.spark.FrugalSparkRunner;
import org.apache.beam.runners.spark.SparkContextOptions;
import org.apache.beam.runners.spark.SparkPipelineOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.ExternalClusterManager;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;

/**
 * Beam's classic Spark runner with one Spark context for all pipelines of a command: starting Spark
 * costs seconds, and Databricks has one already.
 */
public final class SparkEngine implements Engine {
  private static final String STANDALONE = "spark://";
  private static final String SERIALIZER = "spark.serializer";
  private static final int PATIENCE_MILLIS = 10_000;

  /** Beam's default. */
  private static final String MEMORY = "MEMORY_ONLY";

  private static final String MEMORY_THEN_DISK = "MEMORY_AND_DISK";

  /** What Spark's core understands: threads, with tries; processes for tests; a cluster's own. */
  private static final Pattern MASTER =
      Pattern.compile(
          "local|local\\[([1-9]\\d{0,8}|\\*)(\\s*,\\s*\\d{1,9})?]"
              + "|local-cluster\\[\\s*\\d{1,9}\\s*,\\s*\\d{1,9}\\s*,\\s*\\d{1,9}\\s*]"
              + "|spark://[^,/]+:\\d{1,5}(,[^,/]+:\\d{1,5})*");

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
    checkStorageLevel(spark.getStorageLevel());
    spark.setRunner(FrugalSparkRunner.class);
    boolean borrowed = context.getUsesProvidedSparkContext();
    JavaSparkContext provided = borrowed ? context.getProvidedSparkContext() : null;
    if (provided != null) {
      requireJava(provided.getConf());
      return new Shared(provided, true);
    }
    SparkConf conf = new SparkConf();
    if (!conf.contains("spark.master")) {
      conf.setMaster(known(spark.getSparkMaster()));
    }
    // Kryo copies fields, of which frames have some that only Java's own serialization restores.
    conf.set(SERIALIZER, JavaSerializer.class.getName());
    // Or it remembers the last hundred frames that it wrote.
    conf.setIfMissing("spark.serializer.objectStreamReset", "1");
    requireHome(conf.get("spark.master"), System.getenv("SPARK_HOME"));
    requireAnswer(conf.get("spark.master"));
    if (conf.get("spark.master").startsWith("local")) {
      conf.setIfMissing("spark.driver.host", "localhost");
      conf.setIfMissing("spark.ui.enabled", "false");
    }
    if (isThisJvm(conf.get("spark.master"))) {
      // Spark ends the JVM of an executor that ran out of memory, with a status of its own. Here it
      // is the driver's too, which is to say why it failed.
      conf.setIfMissing("spark.executor.killOnFatalError.depth", "0");
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

  /**
   * The address of a master, if Spark or what is on its class path understands it. Spark itself
   * says no with two stack traces.
   *
   * @throws UsageException if nobody does
   */
  static String known(String master) {
    if (!MASTER.matcher(master).matches() && !hasManager(master)) {
      throw new UsageException(
          "--sparkMaster="
              + master
              + " is no master of Spark; known are local, local[N], local[*] and spark://HOST:PORT,"
              + " and with spark-submit yarn and k8s://HOST:PORT");
    }
    return master;
  }

  /** Whether tasks run in the JVM that asks for them. */
  static boolean isThisJvm(String master) {
    return master.equals("local") || master.startsWith("local[");
  }

  /**
   * Looks at what cannot be changed any more of a context that was there before.
   *
   * @throws UsageException if it serializes with something else than Java's own
   */
  static void requireJava(SparkConf conf) {
    String serializer = conf.get(SERIALIZER, JavaSerializer.class.getName());
    if (!serializer.equals(JavaSerializer.class.getName())) {
      throw new UsageException(
          "the Spark context that is provided has %s=%s; start it with %s"
              .formatted(SERIALIZER, serializer, JavaSerializer.class.getName()));
    }
  }

  private static void checkStorageLevel(String level) {
    try {
      StorageLevel.fromString(level);
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "--storageLevel=" + level + " is none of Spark's, such as MEMORY_AND_DISK or DISK_ONLY",
          e);
    }
  }

  /**
   * Looks for what the processes of a cluster for tests are started from. Spark itself tries again
   * and again, with a stack trace each time.
   *
   * @throws UsageException if there is none
   */
  static void requireHome(String master, @Nullable String home) {
    if (master.startsWith("local-cluster") && (home == null || home.isBlank())) {
      throw new UsageException(
          "--sparkMaster="
              + master
              + " starts processes of a Spark distribution, and SPARK_HOME does not say where there"
              + " is one; set it, or use local[N]");
    }
  }

  /**
   * Asks the masters of a standalone cluster whether they are there. Spark itself asks for a
   * minute, with a hundred lines, and then says that its context was stopped.
   *
   * @throws JobException if none of them is
   */
  private static void requireAnswer(String master) {
    if (!master.startsWith(STANDALONE)) {
      return;
    }
    for (String address : master.substring(STANDALONE.length()).split(",", -1)) {
      int colon = Math.max(0, address.lastIndexOf(':'));
      String host = address.substring(0, colon).replaceAll("[\\[\\]]", "");
      try (Socket socket = new Socket()) {
        socket.connect(
            new InetSocketAddress(host, Integer.parseInt(address.substring(colon + 1))),
            PATIENCE_MILLIS);
        return;
      } catch (IOException | IllegalArgumentException e) {
        // Perhaps the next.
      }
    }
    throw new JobException(
        "no Spark master answers at " + master + "; see that it runs and can be reached from here");
  }

  /** Whether the class path brings the client of such a cluster, as Spark asks. */
  private static boolean hasManager(String master) {
    return ServiceLoader.load(ExternalClusterManager.class).stream()
        .anyMatch(manager -> manager.get().canCreate(master));
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
