package dev.patron.pipelines.stages;

import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Values;
import dev.patron.features.models.LifetimeDocument;
import dev.patron.features.models.ModelVersion;
import dev.patron.features.purchases.CustomerShare;
import dev.patron.features.purchases.DailyPurchases;
import dev.patron.features.purchases.Days;
import dev.patron.features.purchases.Holdout;
import dev.patron.features.purchases.Purchases;
import dev.patron.features.purchases.RollingOrigin;
import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.options.TrainOptions;
import dev.patron.pipelines.training.BackTest;
import dev.patron.pipelines.training.BackTestTables;
import dev.patron.pipelines.training.Calibration;
import dev.patron.pipelines.training.Kinds;
import dev.patron.pipelines.training.OriginPlan;
import dev.patron.pipelines.training.TreeTraining;
import dev.patron.transforms.FoldBuckets;
import dev.patron.transforms.MapFrames;
import dev.patron.transforms.lake.ReadTable;
import dev.patron.transforms.lake.TableSnapshot;
import dev.patron.transforms.manifest.Manifest;
import dev.patron.transforms.shuffle.ByKey;
import dev.patron.transforms.shuffle.FrameCoder;
import java.io.IOException;
import java.time.ZoneId;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.jspecify.annotations.Nullable;

/**
 * What customers did before as-of, cut at many days of the past: one pass over the purchases gives
 * features and outcomes of all cut-offs. Of many customers a seeded sample is looked at, and it is
 * taken before anything is shuffled.
 */
final class History {
  static final String BACKTEST = "ops/backtest";
  static final String DECILES = "ops/backtest_deciles";

  /** A holdout shorter than this says nothing. */
  private static final long LEAST_HOLDOUT_DAYS = 14;

  private final TableSnapshot features;
  private final TableSnapshot purchases;
  private final Observed observed;
  private final ZoneId zone;
  private final OriginPlan plan;
  private final RollingOrigin origins;
  private final CustomerShare share;
  private final @Nullable Holdout holdout;
  private final long holdoutDays;
  private final int buckets;
  private final long seed;

  /**
   * The history of a shop whose customers are described.
   *
   * @throws UsageException if they are not yet
   */
  History(Job job, TrainOptions options) {
    TableSnapshot described = job.latest(Features.CUSTOMERS);
    TableSnapshot bought = job.latest(Features.PURCHASES);
    if (described == null || bought == null) {
      throw new UsageException(
          "there are no features in " + job.warehouse() + " yet; run features first");
    }
    features = described;
    purchases = bought;
    observed = Observed.of(features);
    zone = job.dataset().zone();
    Days days = new Days(zone);
    long asOfDay = days.day(observed.asOf());
    boolean empty = observed.customers() == 0;
    long firstDay = empty ? asOfDay : days.day(observed.firstPurchase());
    plan = new OriginPlan(firstDay, asOfDay, options.getHorizonDays(), options.getCutoffs());
    origins = new RollingOrigin(zone, plan.origins(), observed.asOf());
    seed = options.getSeed();
    share = CustomerShare.ofAbout(options.getSampleCustomers(), observed.customers(), seed);
    // The longest window that leaves at least as much history before it as it takes away.
    holdoutDays = Math.min(options.getHorizonDays(), (asOfDay - firstDay) / 2);
    holdout =
        holdoutDays >= LEAST_HOLDOUT_DAYS
            ? new Holdout(zone, days.endOf(asOfDay - holdoutDays), observed.asOf())
            : null;
    buckets = job.buckets(purchases.files());
  }

  Observed observed() {
    return observed;
  }

  TableSnapshot features() {
    return features;
  }

  TableSnapshot purchases() {
    return purchases;
  }

  /** Adds to a graph what {@link #backTest} and {@link #calibration} read. */
  void gather(Pipeline pipeline, Job.Findings findings) {
    CustomerShare sampled = share;
    PCollection<KV<Integer, Iterable<Frame>>> customers =
        pipeline
            .apply("Read purchases", ReadTable.of(purchases))
            .apply("Look at a share of the customers", MapFrames.through(sampled::of))
            .apply("Bring each customer together", ByKey.of(List.of("customer_id")).into(buckets));
    RollingOrigin rolling = origins;
    findings.tell(
        "frame",
        "origins",
        FrameCoder.of(),
        customers.apply("Look back from many days", FoldBuckets.through(rolling::of)));
    ZoneId where = zone;
    long then = observed.asOf();
    findings.tell(
        "frame",
        "daily",
        FrameCoder.of(),
        customers.apply(
            "Count the purchases of each day",
            FoldBuckets.through(
                frame -> DailyPurchases.count(where, Purchases.asOf(frame, then)))));
    Holdout after = holdout;
    if (after != null) {
      findings.tell(
          "frame",
          "holdout",
          FrameCoder.of(),
          customers.apply(
              "Hold back what came after the cut-off",
              FoldBuckets.through(frame -> after.of(frame).select(Calibration.INPUTS))));
    }
  }

  /** The back-test of what was gathered. */
  BackTest backTest(Manifest manifest) throws IOException {
    return new BackTest(
        plan,
        manifest.get("frame", "origins", FrameCoder.of()),
        DailyPurchases.of(manifest.get("frame", "daily", FrameCoder.of())),
        seed,
        TreeTraining.DEFAULT_MOST_ROWS);
  }

  /** The calibration of what was gathered; null if the history is too short. */
  @Nullable Calibration calibration(Manifest manifest, Kinds kinds) throws IOException {
    return holdout == null
        ? null
        : Calibration.of(
            manifest.get("frame", "holdout", FrameCoder.of()), holdoutDays, seed, kinds);
  }

  /**
   * Judges all candidates and writes what was found to {@code ops}.
   *
   * @param champion that is judged beside them; null if there is none
   */
  static BackTest.Result judge(
      Job job, BackTest backTest, long asOf, @Nullable ModelVersion champion) throws IOException {
    BackTest.Result result = backTest.run(champion(job, champion));
    new Changes(job)
        .overwrite(BACKTEST, BackTestTables.measures(result.lines(), asOf))
        .overwrite(DECILES, BackTestTables.deciles(result.lines(), asOf))
        .decideBesideOthers("backtest");
    return result;
  }

  private static BackTest.@Nullable Champion champion(Job job, @Nullable ModelVersion version) {
    if (version == null) {
      return null;
    }
    LifetimeModel model = LifetimeDocument.read(version.document());
    return new BackTest.Champion(
        version.reference(),
        model,
        LifetimeDocument.refinement(version.document()),
        new Days(job.dataset().zone())
            .day(Values.micros(LifetimeDocument.asOf(version.document()))));
  }

  /** The share of the customers that is looked at. */
  double share() {
    return share.share();
  }
}
