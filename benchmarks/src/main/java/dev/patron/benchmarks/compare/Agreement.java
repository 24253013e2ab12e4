package dev.patron.benchmarks.compare;

import dev.patron.transforms.lake.LakeTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether two contenders came to the same: rows are counted, and columns added up, table by table.
 * DuckDB reads the files of all of them.
 */
final class Agreement {
  /** Floating-point sums are added in different orders. */
  private static final double TOLERANCE = 1e-7;

  private static final Map<String, String> SUMS = new LinkedHashMap<>();

  static {
    SUMS.put(
        "customers",
        "count(*), sum(customer_id), sum(length(email)), count(street), count(country_code), sum(mod(epoch_us(row_time), 1000003))");
    SUMS.put(
        "books",
        "count(*), sum(book_id), sum(price), sum(version), sum(mod(epoch_us(valid_from), 1000003)), count(valid_to), sum(mod(epoch_us(valid_to), 1000003)), sum(length(title))");
    SUMS.put(
        "purchases",
        "count(*), sum(customer_id), sum(order_id), sum(lines), sum(units), sum(amount), sum(mod(epoch_us(purchased_at), 1000003))");
    SUMS.put(
        "customer_features",
        "count(*), sum(recency_days), sum(frequency), sum(monetary), sum(tenure_days), sum(repeat_purchases), sum(repeat_recency_days), sum(repeat_mean_amount), sum(repeat_paid_days), sum(r_score), sum(f_score), sum(m_score), sum(length(rfm_segment))");
    SUMS.put(
        "customer_scores",
        "count(*), sum(segment_id), sum(p_alive), sum(expected_purchases), sum(expected_amount), sum(cltv), sum(cltv * (mod(customer_id, 7)))");
    SUMS.put(
        "revenue_by_month", "count(*), sum(purchases), sum(revenue), sum(revenue * month(month))");
    SUMS.put("cohort_retention", "sum(customers), sum(revenue), sum(customers * customers)");
    SUMS.put(
        "segment_summary", "count(*), sum(customers), sum(revenue), sum(segment_id * customers)");
  }

  private Agreement() {}

  /**
   * Compares every table of a contender with Patron's.
   *
   * @throws IllegalStateException if one differs
   */
  static void check(Path patron, String name, Path other) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement duck = connection.createStatement()) {
      for (Map.Entry<String, String> table : SUMS.entrySet()) {
        String query = "select " + table.getValue() + " from read_parquet([%s])";
        List<Double> expected =
            row(duck, query.formatted(quoted(ofPatron(patron, table.getKey()))));
        List<Double> found = row(duck, query.formatted(quoted(of(other, table.getKey()))));
        for (int i = 0; i < expected.size(); i++) {
          double one = expected.get(i);
          double two = found.get(i);
          if (!(Math.abs(one - two) <= TOLERANCE * Math.max(1, Math.abs(one)))) {
            throw new IllegalStateException(
                "%s: %s differs from Patron's:\n%s\n%s %s\nPatron %s"
                    .formatted(table.getKey(), name, table.getValue(), name, found, expected));
          }
        }
      }
    }
  }

  private static List<Double> row(Statement duck, String query) throws SQLException {
    List<Double> row = new ArrayList<>();
    try (ResultSet result = duck.executeQuery(query)) {
      result.next();
      for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
        row.add(result.getDouble(i));
      }
    }
    return row;
  }

  private static List<String> ofPatron(Path warehouse, String table) {
    String tier = Files.exists(warehouse.resolve("silver").resolve(table)) ? "silver/" : "gold/";
    return LakeTable.at(warehouse.toString(), tier + table).snapshot().files().stream()
        .map(file -> warehouse.resolve(tier + table).resolve(file.path()).toString())
        .toList();
  }

  private static List<String> of(Path out, String table) {
    Path file = out.resolve(table + ".parquet");
    return List.of(Files.exists(file) ? file.toString() : out.resolve(table) + "/*.parquet");
  }

  private static String quoted(List<String> files) {
    return String.join(", ", files.stream().map(file -> "'" + file + "'").toList());
  }
}
