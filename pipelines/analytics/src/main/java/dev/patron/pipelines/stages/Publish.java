package dev.patron.pipelines.stages;

import com.fasterxml.jackson.databind.JsonNode;
import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Values;
import dev.patron.features.models.ModelVersion;
import dev.patron.features.rfm.RfmSegments;
import dev.patron.features.slices.Slices;
import dev.patron.features.summary.ExactSum;
import dev.patron.features.tables.Tables;
import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.report.ReportData;
import dev.patron.pipelines.report.ReportData.Calibration;
import dev.patron.pipelines.report.ReportData.Customers;
import dev.patron.pipelines.report.ReportData.ModelFacts;
import dev.patron.pipelines.report.ReportData.Product;
import dev.patron.pipelines.report.ReportData.RfmCell;
import dev.patron.pipelines.report.ReportData.Sliced;
import dev.patron.pipelines.report.ReportData.TableQuality;
import dev.patron.pipelines.report.ReportPage;
import dev.patron.pipelines.report.SummaryTable;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.TableSnapshot;
import dev.patron.transforms.lake.Warehouse;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The stage from gold tables to the page that a person looks at. What it asks of every customer is
 * counted by a pipeline ({@link ShopSlices}); the rest are small tables.
 */
public final class Publish {
  /** The folder of the report. */
  static final String FOLDER = "report";

  private static final String REPORT = FOLDER + "/index.html";
  private static final String BACK_TEST = "ops/backtest";
  private static final String DRIFT = "ops/drift";
  private static final int SCORES = 5;

  private Publish() {}

  /** Writes the report, and the summary and the report's place to stdout. */
  public static void run(Job job, int horizonDays) throws IOException {
    job.console().result(write(job, horizonDays));
    job.console().result("\nReport: " + job.warehouse() + "/" + REPORT);
  }

  /** Writes the report; gives its summary. */
  static String write(Job job, int horizonDays) throws IOException {
    Warehouse warehouse = Warehouse.at(job.warehouse());
    Frame summary = small(job, Score.SUMMARY, Tables.SEGMENT_SUMMARY);
    Frame revenue = small(job, Features.REVENUE, Tables.REVENUE_BY_MONTH);
    String currency = job.dataset().hasCurrency() ? job.dataset().currency().getCurrencyCode() : "";
    TableSnapshot features = job.latest(Features.CUSTOMERS);
    Observed observed = features == null ? new Observed(0, 0, 0) : Observed.of(features);
    Instant asOf = observed.customers() == 0 ? null : Values.instant(observed.asOf());
    TableSnapshot scores = job.latest(Score.SCORES);
    if (scores == null) {
      throw new UsageException(
          "there are no scores in " + job.warehouse() + " yet; run score first");
    }
    TableSnapshot purchases = job.latest(Features.PURCHASES);
    Catalogue catalogue = Catalogue.of(job.dataset(), ShopSlices.silver(job));
    ShopSlices slices =
        asOf == null || features == null || purchases == null
            ? null
            : ShopSlices.of(
                job,
                new ShopSlices.Sources(features, scores, purchases),
                observed.asOf(),
                summary.rows(),
                catalogue);
    Frame headlines = Headlines.update(job, asOf, summary, revenue, horizonDays);
    ReportData data =
        new ReportData(
            new ReportData.Shop(
                job.dataset().name(),
                currency,
                job.dataset().locale(),
                job.dataset().zone(),
                asOf,
                horizonDays),
            summary,
            revenue,
            small(job, Features.COHORTS, Tables.COHORT_RETENTION),
            small(job, Score.MIGRATION, Tables.SEGMENT_MIGRATION),
            rfm(slices, job.segmentNames()),
            calibrations(job, Values.instant(observed.asOf())),
            models(job),
            quality(job),
            versions(job),
            headlines,
            slices == null ? null : new Sliced(slices.customers(), slices.purchases()),
            products(job, slices, catalogue, observed.asOf()),
            new Customers(observed.customers(), slices == null ? null : slices.described()),
            measured(job, BACK_TEST, ReportData.BACK_TEST),
            newestDrift(job));
    warehouse.write(REPORT, ReportPage.render(data));
    return SummaryTable.render(summary, currency, job.dataset().locale(), horizonDays);
  }

  private static Frame small(Job job, String name, Schema schema) {
    TableSnapshot table = job.latest(name);
    return table == null ? Frame.empty(schema) : TableScan.of(table, schema.names()).all();
  }

  /** What a table has of these columns; nothing where it does not exist. */
  private static Frame measured(Job job, String name, List<String> wanted) {
    TableSnapshot table = job.latest(name);
    if (table == null) {
      return Frame.empty(Schema.of());
    }
    List<String> columns = wanted.stream().filter(table.schema()::has).toList();
    return TableScan.of(table, columns).all();
  }

  /** The drift that the newest scoring found. */
  private static Frame newestDrift(Job job) {
    List<String> columns = new ArrayList<>(ReportData.DRIFT);
    columns.add("run_id");
    Frame all = measured(job, DRIFT, columns);
    if (all.rows() == 0) {
      return all;
    }
    BytesColumn runs = all.bytes("run_id");
    String newest = "";
    for (int row = 0; row < all.rows(); row++) {
      newest = runs.text(row).compareTo(newest) > 0 ? runs.text(row) : newest;
    }
    String last = newest;
    return all.filter(row -> runs.text(row).equals(last)).sort(List.of("kind", "measure"));
  }

  /** The 25 cells, whatever the slice. */
  private static List<RfmCell> rfm(@Nullable ShopSlices slices, RfmSegments names) {
    if (slices == null) {
      return List.of();
    }
    long[][] customers = new long[SCORES + 1][SCORES + 1];
    ExactSum[][] revenue = new ExactSum[SCORES + 1][SCORES + 1];
    for (ExactSum[] row : revenue) {
      Arrays.setAll(row, i -> new ExactSum());
    }
    Frame cells = slices.customers();
    BytesColumn cubes = cells.bytes("cube");
    for (int row = 0; row < cells.rows(); row++) {
      if (cubes.text(row).equals(Slices.RFM)) {
        int r = (int) cells.longs("x").get(row);
        int fm = (int) cells.longs("y").get(row);
        customers[r][fm] += cells.longs("customers").get(row);
        revenue[r][fm].addBits(cells.longs("sum_high").get(row), cells.longs("sum_low").get(row));
      }
    }
    List<RfmCell> all = new ArrayList<>();
    for (int r = 1; r <= SCORES; r++) {
      for (int fm = 1; fm <= SCORES; fm++) {
        all.add(
            new RfmCell(r, fm, names.name(r, fm, fm), customers[r][fm], revenue[r][fm].value()));
      }
    }
    return all;
  }

  private static List<Product> products(
      Job job, @Nullable ShopSlices slices, @Nullable Catalogue catalogue, long asOf) {
    if (slices == null || catalogue == null) {
      return List.of();
    }
    Frame best = slices.best();
    TableSnapshot history = job.latest("silver/" + catalogue.table());
    return best == null || history == null ? List.of() : catalogue.products(best, history, asOf);
  }

  private static List<Calibration> calibrations(Job job, Instant asOf) throws IOException {
    ModelVersion champion = Models.champion(job, Models.LIFETIME);
    if (champion == null) {
      return List.of();
    }
    JsonNode calibration = Models.metrics(job, champion).path("calibration");
    if (!calibration.isObject()) {
      return List.of();
    }
    int days = calibration.path("holdout_days").asInt();
    Instant cutOff = asOf.minusSeconds(days * 86_400L);
    List<Calibration> found = new ArrayList<>();
    for (Calibration.Measure measure : Calibration.Measure.values()) {
      for (Calibration.Grouping by : Calibration.Grouping.values()) {
        List<Calibration.Group> groups = groups(calibration, by, measure);
        if (!groups.isEmpty()) {
          found.add(new Calibration(cutOff, days, by, measure, groups));
        }
      }
    }
    return found;
  }

  private static List<Calibration.Group> groups(
      JsonNode calibration, Calibration.Grouping by, Calibration.Measure measure) {
    String list = by == Calibration.Grouping.DECILE ? "by_decile" : "by_repeat_purchases";
    String what = measure == Calibration.Measure.PURCHASES ? "purchases" : "spend";
    List<Calibration.Group> groups = new ArrayList<>();
    for (JsonNode group : calibration.path(list)) {
      if (group.path("expected_" + what).isNumber()) {
        groups.add(
            new Calibration.Group(
                group.path("group").asText(),
                group.path("customers").asLong(),
                group.path("expected_" + what).asDouble(),
                group.path("actual_" + what).asDouble()));
      }
    }
    return groups;
  }

  private static List<ModelFacts> models(Job job) throws IOException {
    List<ModelFacts> facts = new ArrayList<>();
    for (String name : List.of(Models.SEGMENTS, Models.LIFETIME)) {
      ModelVersion champion = Models.champion(job, name);
      if (champion != null) {
        List<String> warnings = new ArrayList<>();
        Models.metrics(job, champion).path("notes").forEach(note -> warnings.add(note.asText()));
        facts.add(
            new ModelFacts(
                name, String.valueOf(champion.version()), champion.document().kind(), warnings));
      }
    }
    return facts;
  }

  /** The newest refine's accounts, and what lies in quarantine. */
  private static List<TableQuality> quality(Job job) {
    List<TableQuality> quality = new ArrayList<>();
    RunLog.latest(job, "refine")
        .forEach(
            (table, account) -> quality.add(TableQuality.of(table, account, reasons(job, table))));
    return quality;
  }

  private static SortedMap<String, Long> reasons(Job job, String table) {
    TableSnapshot quarantine = job.latest("quarantine/" + table);
    return quarantine == null ? new TreeMap<>() : Refusals.in(quarantine.contents()).counts();
  }

  private static SortedMap<String, Long> versions(Job job) {
    SortedMap<String, Long> versions = new TreeMap<>();
    for (LakeTable table : WarehouseTables.all(job.warehouse())) {
      table.latest().ifPresent(snapshot -> versions.put(table.name(), snapshot.version()));
    }
    return versions;
  }
}
