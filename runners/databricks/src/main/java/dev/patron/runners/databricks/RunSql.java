package dev.patron.runners.databricks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * Runs a file of SQL statements on the cluster's Spark, so that one job registers tables and views
 * without a SQL warehouse: {@code RunSql --file=FILE --name=value ...}, where the names are those
 * of the file's {@code ${name}}.
 */
public final class RunSql {
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
      throw new IllegalArgumentException("name a --file=FILE of SQL statements");
    }
    List<String> statements = SqlScript.statements(Files.readString(Path.of(file)), values);
    SparkSession spark = SparkSession.builder().getOrCreate();
    for (String statement : statements) {
      spark.sql(statement);
    }
  }
}
