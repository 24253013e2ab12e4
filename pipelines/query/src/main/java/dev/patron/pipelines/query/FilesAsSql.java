package dev.patron.pipelines.query;

import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A table at one version as a query over its Parquet files.
 *
 * <p>The first branch has no rows and says what the columns are: it stands for a table without
 * files, gives files that are older than a column the nulls they lack, and widens what they hold
 * more narrowly. Values of partition columns are in the log and not in the files, so files that
 * share them make one branch, with the values as constants: a filter on them leaves out the others.
 */
final class FilesAsSql {
  private FilesAsSql() {}

  /**
   * A data file.
   *
   * @param path absolute
   * @param partition values of the partition columns, as text of the Delta protocol
   */
  record Located(String path, Map<String, @Nullable String> partition) {}

  /** The query. */
  static String select(Schema schema, List<Located> files) {
    List<String> branches = new ArrayList<>();
    branches.add(
        schema.fields().stream()
            .map(field -> "NULL::" + type(field.type()) + " AS " + name(field.name()))
            .collect(Collectors.joining(", ", "SELECT ", " WHERE false")));
    Map<Map<String, @Nullable String>, List<String>> byPartition = new LinkedHashMap<>();
    for (Located file : files) {
      byPartition.computeIfAbsent(file.partition(), p -> new ArrayList<>()).add(file.path());
    }
    byPartition.forEach((partition, paths) -> branches.add(branch(schema, partition, paths)));
    return "SELECT "
        + schema.names().stream().map(FilesAsSql::name).collect(Collectors.joining(", "))
        + " FROM ("
        + String.join(" UNION ALL BY NAME ", branches)
        + ")";
  }

  private static String branch(
      Schema schema, Map<String, @Nullable String> partition, List<String> paths) {
    StringBuilder branch = new StringBuilder("SELECT *");
    partition.forEach(
        (column, value) ->
            branch
                .append(", ")
                .append(value == null || value.isEmpty() ? "NULL" : text(value))
                .append("::")
                .append(type(schema.type(column)))
                .append(" AS ")
                .append(name(column)));
    return branch
        .append(" FROM read_parquet(")
        .append(
            paths.stream()
                .map(path -> text(literally(path)))
                .collect(Collectors.joining(", ", "[", "]")))
        .append(", union_by_name = true, hive_partitioning = false)")
        .toString();
  }

  /** A path in which no character stands for others. */
  static String literally(String path) {
    return path.replaceAll("[*?\\[]", "[$0]");
  }

  /** A text as SQL writes it. */
  static String text(String value) {
    return "'" + value.replace("'", "''") + "'";
  }

  /** A name as SQL writes it. */
  static String name(String value) {
    return "\"" + value.replace("\"", "\"\"") + "\"";
  }

  /** A type in DuckDB's words. */
  static String type(Type type) {
    if (type instanceof Type.Decimal decimal) {
      return "DECIMAL(" + decimal.precision() + "," + decimal.scale() + ")";
    }
    if (type instanceof Type.ListOf list) {
      return type(list.element()) + "[]";
    }
    if (type instanceof Type.RowOf row) {
      return row.schema().fields().stream()
          .map(field -> name(field.name()) + " " + type(field.type()))
          .collect(Collectors.joining(", ", "STRUCT(", ")"));
    }
    return switch ((Type.Scalar) type) {
      case STRING -> "VARCHAR";
      case LONG -> "BIGINT";
      case DOUBLE -> "DOUBLE";
      case BOOLEAN -> "BOOLEAN";
      case DATE -> "DATE";
      case TIMESTAMP -> "TIMESTAMPTZ";
    };
  }
}
