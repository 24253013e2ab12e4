package dev.patron.pipelines.stages;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.KeyHashes;
import dev.patron.features.purchases.PurchaseTotals;
import dev.patron.features.purchases.Purchases;
import dev.patron.features.tables.TableDefinition.Keep;
import dev.patron.features.tables.Tables;
import dev.patron.pipelines.console.UsageException;
import dev.patron.transforms.BuildFeatures;
import dev.patron.transforms.ReviseFeatures;
import dev.patron.transforms.lake.Commit;
import dev.patron.transforms.lake.DataFile;
import dev.patron.transforms.lake.DataFileCoder;
import dev.patron.transforms.lake.ReadTable;
import dev.patron.transforms.lake.TableFiles;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.TableSnapshot;
import dev.patron.transforms.lake.WriteFrames;
import dev.patron.transforms.manifest.Manifest;
import dev.patron.transforms.shuffle.FrameCoder;
import java.io.IOException;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.jspecify.annotations.Nullable;

/** The stage from purchases to what is known of each customer as of one time. */
public final class Features {
  static final String PURCHASES = "silver/purchases";
  static final String CUSTOMERS = "gold/customer_features";
  static final String EDGES = "gold/rfm_edges";
  static final String REVENUE = "gold/revenue_by_month";
  static final String COHORTS = "gold/cohort_retention";

  /** What identifies a row of the features, and of the scores that are made of them. */
  static final List<String> KEY = List.of("customer_id");

  /** The customers whose features are not what they were at the version before. */
  static final String CHANGED = "state/changed_features";

  private static final String TOTALS = "state/purchase_totals";

  /** Changes when the same purchases give other features than they did. */
  private static final String MEANING = "5";

  private final Job job;
  private final TableSnapshot purchases;
  private final BuildFeatures build;
  private final Making making;
  private final @Nullable TableSnapshot before;

  private Features(Job job, TableSnapshot purchases, BuildFeatures build, Making making) {
    this.job = job;
    this.purchases = purchases;
    this.build = build;
    this.making = making;
    this.before = Lineage.unlessMiscounted(job.latest(CUSTOMERS), job.console());
  }

  /**
   * Checks an observation time before anything is done for it.
   *
   * @param asOf as the user wrote it; null is none
   * @throws UsageException if it is neither a date nor an instant
   */
  public static void check(@Nullable String asOf) {
    if (asOf != null) {
      ObservationTime.parse("asOf", asOf, ZoneOffset.UTC);
    }
  }

  /**
   * Checks that the features are as of the time that a later stage was asked for.
   *
   * @param asOf as the user wrote it; null: whatever they are as of
   * @throws UsageException if they are as of another
   */
  public static void checkWritten(Job job, @Nullable String asOf) {
    Observed.check(job, CUSTOMERS, "features", asOf);
  }

  /**
   * Writes the features and the totals of purchases, unless they are there already.
   *
   * @param asOf the observation time as the user wrote it; null: the end of the day of the newest
   *     purchase
   * @param ntile whether scores are by NTILE
   */
  public static void run(Job job, @Nullable String asOf, boolean ntile) throws IOException {
    TableSnapshot purchases = job.latest(PURCHASES);
    if (purchases == null) {
      throw new UsageException(
          "there are no purchases in " + job.warehouse() + " yet; run refine first");
    }
    Lineage.checkCounted(purchases);
    long observed =
        asOf == null
            ? newest(job, purchases)
            : ObservationTime.parse("asOf", asOf, job.dataset().zone());
    Making making =
        new Making(
            Fingerprint.of(
                MEANING,
                observed,
                ntile,
                job.dataset().zone(),
                job.dataset().segments(),
                purchases.schema()),
            purchases.version());
    BuildFeatures build =
        new BuildFeatures(
            purchases.schema(),
            job.dataset().zone(),
            observed,
            job.segmentNames(),
            job.buckets(purchases.files()));
    new Features(job, purchases, ntile ? build.scoredByTiles() : build, making).run();
  }

  private void run() throws IOException {
    if (making.isOf(before)) {
      job.console().done("features", 0, 0);
      return;
    }
    ReviseFeatures.Purchases moved = moved();
    TableSnapshot totals = job.latest(TOTALS);
    if (before != null && moved != null && totals != null) {
      revise(before, moved, TableScan.of(totals, totals.schema().names()).all());
    } else {
      Manifest manifest =
          job.run(
              "features",
              (pipeline, findings) ->
                  tell(
                      findings,
                      pipeline
                          .apply("Read purchases", ReadTable.of(purchases))
                          .apply("Describe customers", build)));
      commit(manifest, totals(manifest, "totals"), -1, KeyHashes.every());
    }
  }

  /**
   * What became of the files of the purchases since the features were made; null if that does not
   * help.
   */
  private ReviseFeatures.@Nullable Purchases moved() {
    TableSnapshot then = making.before(before, purchases.table());
    if (then == null || !then.schema().equals(purchases.schema())) {
      return null;
    }
    Moved files = Moved.between(then, purchases);
    return new ReviseFeatures.Purchases(files.common(), files.gone(), files.added());
  }

  private void revise(TableSnapshot known, ReviseFeatures.Purchases moved, Frame totals)
      throws IOException {
    int buckets = job.buckets(moved.added().files());
    Manifest manifest =
        job.run(
            "features",
            (pipeline, findings) -> {
              PCollectionTuple revised =
                  pipeline.apply(
                      "Describe customers again",
                      new ReviseFeatures(build.into(buckets), known.contents(), moved, buckets));
              tell(findings, revised);
              findings.tell(
                  "frame",
                  "totals before",
                  FrameCoder.of(),
                  revised.get(ReviseFeatures.TOTALS_BEFORE));
              findings.tell("frame", CHANGED, FrameCoder.of(), revised.get(ReviseFeatures.CHANGED));
            });
    Frame others = PurchaseTotals.difference(totals, totals(manifest, "totals before"));
    Frame now =
        PurchaseTotals.merge(
            Frame.concat(PurchaseTotals.schema(), List.of(others, totals(manifest, "totals"))));
    commit(
        manifest,
        now,
        known.version(),
        KeyHashes.union(manifest.get("frame", CHANGED, FrameCoder.of())).toFrame());
  }

  private void tell(Job.Findings findings, PCollectionTuple features) {
    findings.tell(
        "files",
        CUSTOMERS,
        DataFileCoder.of(),
        features
            .get(BuildFeatures.FEATURES)
            .apply(
                "Write features", WriteFrames.to(job.table(CUSTOMERS)).withSchema(build.schema())));
    findings.tell("frame", EDGES, FrameCoder.of(), features.get(BuildFeatures.EDGES));
    findings.tell("frame", "totals", FrameCoder.of(), features.get(BuildFeatures.TOTALS));
  }

  private static Frame totals(Manifest manifest, String name) {
    return Frame.concat(PurchaseTotals.schema(), manifest.get("frame", name, FrameCoder.of()));
  }

  /**
   * @param since the version of the features that those of all customers but these have not changed
   *     since; -1: there is none
   */
  private void commit(Manifest manifest, Frame totals, long since, Frame changed) {
    List<DataFile> files = manifest.get("files", CUSTOMERS, DataFileCoder.of());
    Map<String, String> properties = new HashMap<>(making.properties(since));
    properties.putAll(Promises.unique(KEY));
    properties.putAll(Lineage.counted(files));
    new Changes(job)
        .commit(CUSTOMERS, Commit.overwrite(build.schema(), files).withProperties(properties))
        .overwrite(
            EDGES, Frame.concat(Tables.RFM_EDGES, manifest.get("frame", EDGES, FrameCoder.of())))
        .overwrite(REVENUE, PurchaseTotals.revenueByMonth(totals))
        .overwrite(COHORTS, PurchaseTotals.cohortRetention(totals))
        .overwrite(TOTALS, totals)
        .overwrite(CHANGED, changed)
        .log("features", Map.of("customer_features", Accounts.written(files)))
        .decide("features");
  }

  /**
   * Looks at few columns of the purchases, and only into files that may have a newer one; returns
   * do not count. A shop without any is of 1970.
   */
  private static long newest(Job job, TableSnapshot purchases) {
    dev.patron.pipelines.dataset.Purchases wanted = job.dataset().purchases();
    boolean ofVersions =
        wanted != null && job.dataset().table(wanted.table()).definition().keep() == Keep.HISTORY;
    long newest = Long.MIN_VALUE;
    TableFiles all = purchases.contents();
    for (DataFile file : newestFirst(all.files())) {
      if (newestIn(file) > newest) {
        TableFiles one =
            new TableFiles(all.table(), all.schema(), all.partitionColumns(), List.of(file));
        for (Frame frame : TableScan.of(one, Purchases.NEWEST)) {
          newest =
              Math.max(
                  newest, ofVersions ? Purchases.newestOfVersions(frame) : Purchases.newest(frame));
        }
      }
    }
    return ObservationTime.after(newest == Long.MIN_VALUE ? 0 : newest, job.dataset().zone());
  }

  private static List<DataFile> newestFirst(List<DataFile> files) {
    return files.stream().sorted(Comparator.comparingLong(Features::newestIn).reversed()).toList();
  }

  /** No line in a file of purchases is newer. */
  private static long newestIn(DataFile file) {
    return Math.max(file.atMost("purchased_at"), file.atMost("changed_at"));
  }
}
