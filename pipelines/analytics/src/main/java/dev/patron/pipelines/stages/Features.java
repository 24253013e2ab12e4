package dev.patron.pipelines.stages;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.purchases.PurchaseTotals;
import dev.patron.features.tables.Tables;
import dev.patron.pipelines.console.UsageException;
import dev.patron.transforms.BuildFeatures;
import dev.patron.transforms.lake.Commit;
import dev.patron.transforms.lake.DataFile;
import dev.patron.transforms.lake.DataFileCoder;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.ReadTable;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.TableSnapshot;
import dev.patron.transforms.lake.WriteFrames;
import dev.patron.transforms.manifest.Manifest;
import dev.patron.transforms.shuffle.FrameCoder;
import java.io.IOException;
import java.time.ZoneOffset;
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

  /** Changes when the same purchases give other features than they did. */
  private static final String MEANING = "1";

  private Features() {}

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
    String made =
        Fingerprint.of(
            MEANING,
            purchases.version(),
            asOf == null ? "newest" : asOf,
            ntile,
            job.dataset().zone(),
            job.dataset().segments());
    if (job.isMade(CUSTOMERS, made)) {
      job.console().done("features", 0, 0);
      return;
    }
    long observed =
        asOf == null
            ? newest(job, purchases)
            : ObservationTime.parse("asOf", asOf, job.dataset().zone());
    BuildFeatures byEdges =
        new BuildFeatures(
            purchases.schema(),
            job.dataset().zone(),
            observed,
            job.segmentNames(),
            job.buckets(purchases.files()));
    BuildFeatures build = ntile ? byEdges.scoredByTiles() : byEdges;
    LakeTable customers = job.table(CUSTOMERS);
    Schema schema = build.schema();

    Manifest manifest =
        job.run(
            "features",
            (pipeline, findings) -> {
              PCollectionTuple features =
                  pipeline
                      .apply("Read purchases", ReadTable.of(purchases))
                      .apply("Describe customers", build);
              findings.tell(
                  "files",
                  CUSTOMERS,
                  DataFileCoder.of(),
                  features
                      .get(BuildFeatures.FEATURES)
                      .apply("Write features", WriteFrames.to(customers).withSchema(schema)));
              findings.tell("frame", EDGES, FrameCoder.of(), features.get(BuildFeatures.EDGES));
              findings.tell("frame", "totals", FrameCoder.of(), features.get(BuildFeatures.TOTALS));
            });

    List<DataFile> files = manifest.get("files", CUSTOMERS, DataFileCoder.of());
    Frame totals =
        Frame.concat(PurchaseTotals.schema(), manifest.get("frame", "totals", FrameCoder.of()));
    new Changes(job)
        .commit(CUSTOMERS, Commit.overwrite(schema, files).withProperties(Job.made(made)))
        .overwrite(
            EDGES, Frame.concat(Tables.RFM_EDGES, manifest.get("frame", EDGES, FrameCoder.of())))
        .overwrite(REVENUE, PurchaseTotals.revenueByMonth(totals))
        .overwrite(COHORTS, PurchaseTotals.cohortRetention(totals))
        .log("features", Map.of("customer_features", Accounts.written(files)))
        .decide("features");
  }

  /** Looks at two columns of the purchases; returns do not count. A shop without any is of 1970. */
  private static long newest(Job job, TableSnapshot purchases) {
    long[] newest = {Long.MIN_VALUE};
    TableScan.of(purchases, List.of("purchased_at", "lines"))
        .forEach(
            frame -> {
              LongColumn at = frame.longs("purchased_at");
              LongColumn lines = frame.longs("lines");
              for (int row = 0; row < frame.rows(); row++) {
                if (lines.get(row) > 0) {
                  newest[0] = Math.max(newest[0], at.get(row));
                }
              }
            });
    return ObservationTime.after(newest[0] == Long.MIN_VALUE ? 0 : newest[0], job.dataset().zone());
  }
}
