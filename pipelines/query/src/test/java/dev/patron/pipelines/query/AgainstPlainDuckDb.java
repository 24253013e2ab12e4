package dev.patron.pipelines.query;

import com.sun.management.OperatingSystemMXBean;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.Tables;
import dev.patron.transforms.lake.Commit;
import dev.patron.transforms.lake.DataFile;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.parquet.HadoopFiles;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the way through a warehouse costs: an RFM group-by over ten million purchases by {@code sql}
 * and by DuckDB on the same files, in turn, in one process. By hand: an IDE, or {@code main} with
 * the test class path; the argument is a folder with a gigabyte to spare, which is used again the
 * next time.
 */
public final class AgainstPlainDuckDb {
  private static final int FILES = 8;
  private static final int ROWS_A_FILE = 1_250_000;
  private static final int TURNS = 5;

  private static final String RFM =
      """
      with customers as (
        select customer_id, date_diff('day', max(purchased_at), timestamptz '2025-01-01 00:00:00Z') as recency,
               count(*) as frequency, sum(amount) as monetary
        from %s where lines > 0 group by customer_id),
      scored as (
        select *, ntile(5) over (order by recency desc, customer_id) as r, ntile(5) over (order by monetary, customer_id) as m from customers)
      select r, m, count(*) as customers, sum(monetary) as revenue, avg(frequency) as purchases
      from scored group by r, m order by r, m""";

  private AgainstPlainDuckDb() {}

  /** Runs it. */
  public static void main(String[] words) throws IOException, SQLException {
    Path warehouse = Files.createDirectories(Path.of(words[0])).toRealPath();
    List<String> paths = write(warehouse);
    String files = "read_parquet(['" + String.join("', '", paths) + "'])";
    List<Double> plain = new ArrayList<>();
    List<Double> ours = new ArrayList<>();
    try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
        ReadOnlyDatabase database = ReadOnlyDatabase.open(warehouse, null)) {
      Session session = new Session(database, warehouse.toString());
      for (int turn = 0; turn < TURNS; turn++) {
        StringBuilder one = new StringBuilder();
        StringBuilder other = new StringBuilder();
        plain.add(
            seconds(
                () -> {
                  try (Statement statement = duckdb.createStatement();
                      ResultSet rows = statement.executeQuery(RFM.formatted(files))) {
                    new CsvAnswer().write(rows, one);
                  }
                }));
        ours.add(
            seconds(
                () -> session.answer(RFM.formatted("silver.purchases"), new CsvAnswer(), other)));
        if (!one.toString().equals(other.toString())) {
          throw new IllegalStateException("the answers differ:\n" + one + "\n" + other);
        }
      }
    }
    double plainMedian = plain.stream().sorted().toList().get(TURNS / 2);
    double ourMedian = ours.stream().sorted().toList().get(TURNS / 2);
    System.out.printf(
        Locale.ROOT,
        "CPU seconds: DuckDB %.2f, sql %.2f, ratio %.2f (medians of %d)%n",
        plainMedian,
        ourMedian,
        ourMedian / plainMedian,
        TURNS);
  }

  private interface Work {
    void run() throws IOException, SQLException;
  }

  /** Of the processors, which tell more than a clock does on a machine that has other work. */
  private static double seconds(Work work) throws IOException, SQLException {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    long start = system.getProcessCpuTime();
    work.run();
    return (system.getProcessCpuTime() - start) / 1e9;
  }

  private static List<String> write(Path warehouse) throws IOException, SQLException {
    LakeTable table = LakeTable.at(warehouse.toString(), "silver/purchases");
    if (table.exists()) {
      return table.snapshot().files().stream()
          .map(file -> HadoopFiles.display(table.path(file)))
          .toList();
    }
    Path folder = Files.createDirectories(warehouse.resolve("silver").resolve("purchases"));
    var schema =
        Tables.purchases(Type.LONG, Type.LONG, new Type.Decimal(18, 2))
            .select(
                List.of(
                    "customer_id",
                    "order_id",
                    "purchased_at",
                    "lines",
                    "units",
                    "amount",
                    "returned"));
    List<DataFile> files = new ArrayList<>();
    List<String> paths = new ArrayList<>();
    try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckdb.createStatement()) {
      for (int i = 0; i < FILES; i++) {
        Path file = folder.resolve("part-" + i + ".parquet");
        statement.execute(
            """
            COPY (
              SELECT (hash(i) %% 400000)::BIGINT AS customer_id, i AS order_id,
                     timestamptz '2020-01-01 00:00:00Z' + to_microseconds((hash(i + 1) %% 150000000000000)::BIGINT) AS purchased_at,
                     (1 + hash(i + 2) %% 4)::BIGINT AS lines, (1 + hash(i + 3) %% 9)::DOUBLE AS units,
                     ((hash(i + 4) %% 20000) / 100)::DECIMAL(18,2) AS amount, 0::DECIMAL(18,2) AS returned
              FROM range(%d, %d) t(i)) TO '%s' (FORMAT parquet, COMPRESSION zstd)"""
                .formatted((long) i * ROWS_A_FILE, (i + 1L) * ROWS_A_FILE, file));
        paths.add(file.toString());
        files.add(
            new DataFile(
                table.name(),
                folder.relativize(file).toString(),
                Files.size(file),
                0,
                ROWS_A_FILE,
                schema,
                Map.of(),
                null));
      }
    }
    table.commit(Commit.overwrite(schema, files));
    return paths;
  }
}
