package dev.patron.runners.databricks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.Tables;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The bundle is what the Databricks CLI takes, as far as that can be said without a workspace:
 * known words in known places, and nothing named that is not there. The words are those of the
 * CLI's JSON schema ({@code databricks bundle schema}) that the bundle uses.
 */
class BundleTest {
  private static final Set<String> TOP =
      Set.of("bundle", "variables", "workspace", "sync", "resources", "targets");
  private static final Set<String> JOB =
      Set.of(
          "name",
          "description",
          "run_as",
          "max_concurrent_runs",
          "queue",
          "timeout_seconds",
          "email_notifications",
          "schedule",
          "trigger",
          "job_clusters",
          "tasks");
  private static final Set<String> TASK =
      Set.of(
          "task_key",
          "depends_on",
          "job_cluster_key",
          "max_retries",
          "min_retry_interval_millis",
          "retry_on_timeout",
          "timeout_seconds",
          "libraries",
          "spark_jar_task");
  private static final Set<String> CLUSTER =
      Set.of(
          "spark_version",
          "node_type_id",
          "num_workers",
          "data_security_mode",
          "single_user_name",
          "cluster_log_conf",
          "custom_tags",
          "spark_env_vars",
          "spark_conf");

  private static final Pattern PLACE = Pattern.compile("--(?:file|dataset|warehouse)=(.*)");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{var\\.(\\w+)}");

  private final Bundle bundle;

  BundleTest() throws IOException {
    bundle = Bundle.read();
  }

  @Test
  void wordsAreThoseOfTheSchema() {
    assertThat(TOP).containsAll(Bundle.map(bundle.at()).keySet());
    for (String job : List.of("setup", "patron")) {
      assertThat(JOB).containsAll(Bundle.map(bundle.at("resources", "jobs", job)).keySet());
      for (Map<String, Object> task : bundle.tasks(job)) {
        assertThat(TASK).containsAll(task.keySet());
      }
      assertThat(CLUSTER).containsAll(cluster(job).keySet());
    }
  }

  @Test
  void stagesFollowOneAnother() {
    List<String> stages = new ArrayList<>();
    String before = null;
    for (Map<String, Object> task : bundle.tasks("patron")) {
      String stage = (String) Bundle.in(task, "task_key");
      Object after = before == null ? null : List.of(Map.of("task_key", before));
      assertThat(task.get("depends_on")).as(stage).isEqualTo(after);
      assertThat(Bundle.parameters(task).get(0)).isEqualTo(stage);
      assertThat((Integer) Bundle.in(task, "max_retries")).as(stage).isPositive();
      stages.add(stage);
      before = stage;
    }
    assertThat(stages).containsExactly("ingest", "refine", "features", "train", "score", "publish");
  }

  @ParameterizedTest
  @ValueSource(strings = {"setup", "patron"})
  void clustersAreDedicatedAndOfALongTermRuntimeWithSpark35AndJava17(String job) {
    Map<String, Object> cluster = cluster(job);
    assertThat(cluster.get("data_security_mode")).isEqualTo("SINGLE_USER");
    assertThat((String) bundle.at("variables", "runtime", "default"))
        .matches("16\\.4\\.x-scala2\\.12");
    assertThat((String) Bundle.in(cluster, "spark_env_vars", "JNAME")).contains("17");
    assertThat(Bundle.in(cluster, "cluster_log_conf").toString()).contains("/Volumes/");
    for (Map<String, Object> task : bundle.tasks(job)) {
      assertThat(task.get("job_cluster_key")).isEqualTo("patron");
    }
  }

  @Test
  void aJobStartsByTheClockOrByFilesNeverByBoth() {
    Map<String, Object> nightly =
        Bundle.map(bundle.at("targets", "nightly", "resources", "jobs", "patron"));
    Map<String, Object> arrival =
        Bundle.map(bundle.at("targets", "on_arrival", "resources", "jobs", "patron"));
    assertThat(nightly).containsOnlyKeys("schedule");
    assertThat((String) Bundle.in(nightly, "schedule", "quartz_cron_expression"))
        .matches("(\\S+ ){5,6}\\S+");
    assertThat(arrival).containsOnlyKeys("trigger");
    assertThat(Bundle.map(Bundle.in(arrival, "trigger", "file_arrival")))
        .containsKeys("url", "min_time_between_triggers_seconds");
    assertThat(bundle.at("resources", "jobs", "patron", "max_concurrent_runs")).isEqualTo(1);
  }

  @Test
  void whatIsReferredToIsThere() {
    Set<String> variables = Bundle.map(bundle.at("variables")).keySet();
    Set<String> used = new TreeSet<>();
    for (String text : bundle.texts()) {
      for (String reference : Bundle.references(text)) {
        if (reference.startsWith("var.")) {
          used.add(reference.substring("var.".length()));
        } else if (reference.startsWith("resources.")) {
          bundle.at(reference.split("\\.", -1));
        } else {
          assertThat(reference)
              .isIn(
                  "workspace.current_user.userName",
                  "workspace.file_path",
                  "bundle.name",
                  "bundle.target");
        }
      }
    }
    assertThat(used).as("variables").isEqualTo(new TreeSet<>(variables));
  }

  @Test
  void anOldCliIsRefused() {
    // The CLI's own syntax of such a condition; 0.267.0 takes jars from outside of the bundle.
    assertThat(bundle.at("bundle", "databricks_cli_version")).isEqualTo(">= 0.267.0");
  }

  @Test
  void jarsAreUploadedWhereTheBundleMakesNothing() {
    String place = (String) bundle.at("workspace", "artifact_path");
    assertThat(place).startsWith("/Volumes/${var.catalog}/${var.schema}/");
    // The CLI uploads before it makes resources: the volume and its schema must be there already.
    assertThat(Bundle.map(bundle.at("resources"))).doesNotContainKey("schemas");
    for (Object volume : Bundle.map(bundle.at("resources", "volumes")).values()) {
      assertThat(Bundle.in(volume, "schema_name")).isEqualTo("${var.schema}");
      assertThat(place).doesNotEndWith("/" + Bundle.in(volume, "name"));
    }
  }

  @Test
  void mainClassesHaveMainMethods() throws ReflectiveOperationException {
    for (String job : List.of("setup", "patron")) {
      for (Map<String, Object> task : bundle.tasks(job)) {
        int modifiers =
            Class.forName(Bundle.mainClass(task)).getMethod("main", String[].class).getModifiers();
        assertThat(Modifier.isStatic(modifiers)).isTrue();
      }
    }
  }

  @Test
  void filesOfSqlAreTakenAlong() {
    Object pattern = ((List<?>) bundle.at("sync", "include")).get(0);
    for (Map<String, Object> task : bundle.tasks("setup")) {
      String file = Bundle.parameters(task).get(0);
      assertThat(file).startsWith("--file=file:${workspace.file_path}/");
      Path path = Path.of(file.substring(file.indexOf("}/") + 2));
      assertThat(Files.isRegularFile(Bundle.ROOT.resolve(path))).as("%s", path).isTrue();
      assertThat(FileSystems.getDefault().getPathMatcher("glob:" + pattern).matches(path)).isTrue();
    }
  }

  /**
   * Databricks documents plain paths of volumes and of workspace files for Spark and for Python,
   * not for what a JVM opens itself.
   */
  @Test
  void whatProgramsOpenIsNamedByItsScheme() {
    Set<String> places = new TreeSet<>();
    for (String job : List.of("setup", "patron")) {
      for (Map<String, Object> task : bundle.tasks(job)) {
        for (String parameter : Bundle.parameters(task)) {
          Matcher place = PLACE.matcher(parameter);
          if (place.matches()) {
            places.add(defaultOf(place.group(1)));
          }
        }
      }
    }
    assertThat(places)
        .hasSize(4)
        .allMatch(place -> place.matches("(dbfs:/Volumes|file:\\$\\{workspace.*|abfss:/)/.*"));
  }

  private String defaultOf(String place) {
    Matcher variable = VARIABLE.matcher(place);
    return variable.matches()
        ? (String) bundle.at("variables", variable.group(1), "default")
        : place;
  }

  /** The bookstore's customers and orders are numbers, its money has two decimals. */
  private static final Map<String, Schema> GOLD =
      Map.of(
          "silver.purchases",
          Tables.purchases(Type.LONG, Type.LONG, new Type.Decimal(18, 2)),
          "gold.customer_features",
          Tables.customerFeatures(Type.LONG, new Type.Decimal(18, 2)),
          "gold.customer_scores",
          Tables.customerScores(Type.LONG),
          "gold.rfm_edges",
          Tables.RFM_EDGES,
          "gold.segment_summary",
          Tables.SEGMENT_SUMMARY,
          "gold.revenue_by_month",
          Tables.REVENUE_BY_MONTH,
          "gold.cohort_retention",
          Tables.COHORT_RETENTION,
          "gold.segment_migration",
          Tables.SEGMENT_MIGRATION);

  @Test
  void tablesAreDeclaredWithTheColumnsThatPatronWrites() throws IOException {
    Map<String, String> values = Map.of("catalog", "c", "schema", "s", "warehouse", "/w");
    Set<String> compared = new TreeSet<>();
    for (String statement :
        SqlScript.statements(Files.readString(Bundle.ROOT.resolve("sql/tables.sql")), values)) {
      Matcher table =
          Pattern.compile("create table if not exists c\\.s_(\\S+) \\(").matcher(statement);
      if (!table.find() || !GOLD.containsKey(table.group(1))) {
        continue;
      }
      List<String> columns =
          Pattern.compile(
                  "(?m)^  (?!constraint )(\\w+) ([\\w(,)]+?|array<.*>)(?: not null)?(?: comment .*|,)?$")
              .matcher(statement)
              .results()
              .map(column -> column.group(1) + ": " + column.group(2).replaceAll(",$", ""))
              .toList();
      List<String> written =
          Bundle.in(GOLD, table.group(1)) instanceof Schema schema
              ? schema.fields().stream()
                  .map(
                      field ->
                          field.toString().replace(": long", ": bigint").replace("row<", "struct<"))
                  .toList()
              : List.of();
      assertThat(columns).as(table.group(1)).isEqualTo(written);
      compared.add(table.group(1));
    }
    assertThat(compared).isEqualTo(GOLD.keySet());
  }

  @Test
  void secretsComeFromAScope() {
    Map<String, Object> settings = Bundle.map(Bundle.in(cluster("patron"), "spark_conf"));
    List<String> secret =
        settings.keySet().stream().filter(key -> key.contains("client.")).toList();
    assertThat(secret).hasSize(3);
    for (String key : secret) {
      if (!key.contains("endpoint")) {
        assertThat((String) Bundle.in(settings, key)).matches("\\{\\{secrets/\\$\\{var\\..*}/.*}}");
      }
    }
  }

  private Map<String, Object> cluster(String job) {
    Object first = ((List<?>) bundle.at("resources", "jobs", job, "job_clusters")).get(0);
    return Bundle.map(Bundle.in(first, "new_cluster"));
  }
}
