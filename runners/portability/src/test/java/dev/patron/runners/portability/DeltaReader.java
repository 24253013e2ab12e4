package dev.patron.runners.portability;

import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Delta Lake's own reader on a local Spark: a program that knows nothing of Patron. */
final class DeltaReader implements AutoCloseable {
  private final SparkSession spark;

  DeltaReader() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .appName("independent reader")
            .config("spark.driver.host", "localhost")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.datetime.java8API.enabled", "true")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.databricks.delta.snapshotPartitions", "2")
            // Compiling each question costs more than answering it, of tables so small.
            .config("spark.sql.codegen.wholeStage", "false")
            .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
            .config("spark.sql.adaptive.enabled", "false")
            .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
            .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
            .config(
                "spark.sql.catalog.spark_catalog",
                "org.apache.spark.sql.delta.catalog.DeltaCatalog")
            .getOrCreate();
  }

  /** The rows of a Delta table. */
  Dataset<Row> table(Path warehouse, String name) {
    return spark.read().format("delta").load(warehouse.resolve(name).toString());
  }

  /** The rows of a question that names tables by their path. */
  List<Row> sql(String question) {
    return spark.sql(question).collectAsList();
  }

  /** Columns of the rows of a Delta table. */
  List<Row> rows(Path warehouse, String name, String... columns) {
    return table(warehouse, name)
        .selectExpr(columns.length == 0 ? new String[] {"*"} : columns)
        .collectAsList();
  }

  /** The rows of Parquet files. */
  Dataset<Row> parquet(Path folder) {
    return spark.read().parquet(folder.toString());
  }

  @Override
  public void close() {
    spark.stop();
  }
}
