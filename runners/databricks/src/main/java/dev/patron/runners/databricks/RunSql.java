package dev.patron.runners.databricks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Paths;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * Runs a file of SQL statements on the cluster's Spark, so that one job registers tables and views
 * without a SQL warehouse: {@code RunSql --file=FILE --name=value ...}, where the names are those
 * of the file's {@code ${name}}. The file is a local path, or a URI of any file system that Spark
 * knows.
 */
public final class RunSql {
  private static final Pattern URI = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]+:/.*");

  private RunSql() {}

  /** Runs the file. What goes wrong ends the task with the statement that did. */
  public static void main(String[] arguments) throws Exception {
    Map<String, String> values = new LinkedHashMap<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (!argument.startsWith("--") || equals < 0) {
        throw new IllegalArgumentException(
            "unexpected word '" + argument + "'; options are written --name=value");
      }
      values.put(argument.substring(2, equals), argument.substring(equals + 1));
    }
    String file = values.remove("file");
    if (file == null) {
      throw new IllegalArgumentException("name a --file=FILE of SQL statements, or its URI");
    }
    SparkSession spark = SparkSession.builder().getOrCreate();
    for (String statement : SqlScript.statements(text(file, spark), values)) {
      spark.sql(statement);
    }
  }

  /**
   * The text of a file. Spark's configuration opens it: Databricks documents workspace files and
   * volumes for Spark, and not for {@code java.nio}.
   *
   * @throws IOException if it cannot be read
   */
  static String text(String file, SparkSession spark) throws IOException {
    Path path =
        URI.matcher(file).matches()
            ? new Path(file)
            : new Path("file", null, Paths.get(file).toAbsolutePath().toString());
    try (InputStream in =
        path.getFileSystem(spark.sparkContext().hadoopConfiguration()).open(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
