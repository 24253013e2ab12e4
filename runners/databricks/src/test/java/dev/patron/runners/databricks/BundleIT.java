package dev.patron.runners.databricks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the bundle would do in a workspace, on an open-source Spark with Delta Lake: the tables are
 * made as {@code tables.sql} says, the job's tasks run one after the other with the bundle's own
 * arguments on a Spark that is there already, and the views answer. What only Unity Catalog knows,
 * keys and tags, is left out.
 */
class BundleIT {
  private static final Pattern KEY =
      Pattern.compile(",\\s*constraint \\w+ primary key \\([^)]*\\)");
  private static final Pattern TABLE = Pattern.compile("create table if not exists (\\S+) \\(");

  @TempDir static Path folder;

  private static Bundle bundle;
  private static SparkSession spark;
  private static Map<String, String> values;
  private static final Map<String, StructType> declared = new LinkedHashMap<>();

  @BeforeAll
  static void runTheBundle() throws IOException {
    bundle = Bundle.read();
    spark =
        SparkSession.builder()
            .master("local[2]")
            .appName("bundle")
            .config("spark.driver.host", "localhost")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.sql.warehouse.dir", folder.resolve("spark").toString())
            .config("spark.databricks.delta.snapshotPartitions", "2")
            // Compiling each question costs more than answering it, of tables so small.
            .config("spark.sql.codegen.wholeStage", "false")
            .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
            .config("spark.sql.adaptive.enabled", "false")
            .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
            .config(
                "spark.sql.catalog.spark_catalog",
                "org.apache.spark.sql.delta.catalog.DeltaCatalog")
            .getOrCreate();
    values =
        Map.of(
            "var.catalog",
            "spark_catalog",
            "var.schema",
            "patron",
            "var.warehouse",
            folder.resolve("warehouse").toString(),
            "var.dataset",
            // A URI, as the default of the bundle is one.
            "file:" + Bundle.ROOT.resolve("../../testdata/bookstore/dataset.yaml").normalize(),
            "workspace.file_path",
            Bundle.ROOT.toString());

    spark.sql("create schema spark_catalog.patron");
    for (String statement : statements("tables")) {
      if (statement.contains(" set tags ")) {
        continue;
      }
      spark.sql(KEY.matcher(statement).replaceAll(""));
      Matcher table = TABLE.matcher(statement);
      if (table.find()) {
        declared.put(table.group(1), spark.table(table.group(1)).schema());
      }
    }
    for (Map<String, Object> task : bundle.tasks("patron")) {
      List<String> arguments = new ArrayList<>();
      Bundle.parameters(task).forEach(word -> arguments.add(Bundle.with(values, word)));
      CommandRun run = CommandRun.of(arguments);
      assertThat(run.status()).as("%s: %s", arguments, run.err()).isZero();
    }
    for (String statement : statements("views")) {
      spark.sql(statement);
    }
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  /** The statements of a task of the setup job, with what the bundle passes it. */
  private static List<String> statements(String task) throws IOException {
    Map<String, Object> setup =
        bundle.tasks("setup").stream()
            .filter(each -> task.equals(each.get("task_key")))
            .findFirst()
            .orElseThrow();
    Map<String, String> arguments = new HashMap<>();
    for (String parameter : Bundle.parameters(setup)) {
      String[] pair = Bundle.with(values, parameter).substring(2).split("=", 2);
      arguments.put(pair[0], pair[1]);
    }
    String file = arguments.remove("file");
    return SqlScript.statements(RunSql.text(file, spark), arguments);
  }

  @Test
  void aFileOfSqlIsAPathOrAUri() throws IOException {
    Path script = Files.writeString(folder.resolve("a b%20c.sql"), "select 'ä';\n");

    assertThat(RunSql.text(script.toString(), spark)).isEqualTo("select 'ä';\n");
    assertThat(RunSql.text("file:" + script, spark)).isEqualTo("select 'ä';\n");
    assertThatThrownBy(() -> RunSql.text("foo://x/y.sql", spark))
        .isInstanceOf(IOException.class)
        .hasMessage("No FileSystem for scheme \"foo\"");
  }

  @Test
  void tablesStayAsTheyWereDeclaredWhenPatronFillsThem() {
    assertThat(declared).hasSizeGreaterThan(10);
    declared.forEach(
        (table, schema) -> {
          spark.catalog().refreshTable(table);
          // Names, types, comments and what is never null; and nothing beside them.
          assertThat(spark.table(table).schema()).as(table).isEqualTo(schema);
        });
  }

  @Test
  void everyTableOfSilverAndGoldIsDeclared() throws IOException {
    for (String tier : List.of("silver", "gold")) {
      try (var tables = Files.list(folder.resolve("warehouse").resolve(tier))) {
        for (Path table : tables.toList()) {
          assertThat(declared)
              .containsKey("spark_catalog.patron_" + tier + "." + table.getFileName());
        }
      }
    }
  }

  @Test
  void viewsAgreeWithOneAnother() {
    assertThat(one("select count(*) from patron.customers"))
        .isEqualTo(one("select sum(customers) from patron.measures_by_segment"));
    assertThat(one("select count(*) from patron.purchases"))
        .isEqualTo(one("select sum(purchases) from patron.measures_by_month"));
    assertThat(one("select cast(sum(amount) as decimal(18,2)) from patron.purchases"))
        .isEqualTo(one("select cast(sum(revenue) as decimal(18,2)) from patron.measures_by_month"));
    assertThat(one("select count(*) from patron.order_lines"))
        .as("a line has at most one version of its book")
        .isEqualTo(one("select sum(size(books)) from patron_silver.orders"));
    assertThat(one("select count(*) from patron.order_lines where book_version is null"))
        .isEqualTo(0L);
    assertThat(
            one(
                "select count(*) from patron.purchases p left anti join patron.calendar c using (day)"))
        .isEqualTo(0L);
    assertThat(
            one("select count(*) from patron.retention where months_since = 0 and retention <> 1"))
        .isEqualTo(0L);
  }

  @Test
  void everyColumnOfAViewIsDescribed() {
    for (Row view : spark.sql("show views in spark_catalog.patron").collectAsList()) {
      String name = "spark_catalog.patron." + view.getAs("viewName");
      for (Row column : spark.sql("describe table " + name).collectAsList()) {
        assertThat(column.<String>getAs("comment"))
            .as("%s.%s", name, column.getAs("col_name"))
            .isNotEmpty();
      }
    }
  }

  @Test
  void jarsHaveTheMainClassesOfTheirTasks() throws IOException {
    for (String job : List.of("setup", "patron")) {
      for (Map<String, Object> task : bundle.tasks(job)) {
        for (Object library : (List<?>) Bundle.in(task, "libraries")) {
          Path jar = Bundle.ROOT.resolve((String) Bundle.in(library, "jar")).normalize();
          try (JarFile file = new JarFile(jar.toFile())) {
            String entry = Bundle.mainClass(task).replace('.', '/') + ".class";
            assertThat(file.getEntry(entry)).as("%s in %s", entry, jar).isNotNull();
          }
        }
      }
    }
  }

  private static Object one(String query) {
    return spark.sql(query).collectAsList().get(0).get(0);
  }
}
