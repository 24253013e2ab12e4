package dev.patron.pipelines.stages;

import dev.patron.features.clv.LifetimeCells;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Values;
import dev.patron.features.models.ModelRegistry;
import dev.patron.features.models.TrainingFacts;
import dev.patron.features.purchases.Days;
import dev.patron.features.purchases.Holdout;
import dev.patron.features.rfm.RfmScores;
import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.options.TrainOptions;
import dev.patron.pipelines.training.Calibration;
import dev.patron.pipelines.training.LifetimeTraining;
import dev.patron.pipelines.training.SegmentTraining;
import dev.patron.transforms.FoldBuckets;
import dev.patron.transforms.MapFrames;
import dev.patron.transforms.MergePartials;
import dev.patron.transforms.lake.ReadTable;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.TableSnapshot;
import dev.patron.transforms.manifest.Manifest;
import dev.patron.transforms.shuffle.ByKey;
import dev.patron.transforms.shuffle.FrameCoder;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The batch stage from features to models. The pipeline counts what is sufficient for the fits and
 * gathers the holdout; the fits themselves run here, in the driver.
 */
public final class Train {
  /** A holdout shorter than this says nothing. */
  private static final long LEAST_HOLDOUT_DAYS = 14;

  private Train() {}

  /** Whether there are champions to score with. */
  public static boolean hasChampions(Job job) throws IOException {
    ModelRegistry models = Models.of(job);
    return models.champion(Models.SEGMENTS) != null && models.champion(Models.LIFETIME) != null;
  }

  /** Fits, registers and promotes. */
  public static void run(Job job, TrainOptions options) throws IOException {
    TableSnapshot features = job.latest(Features.CUSTOMERS);
    TableSnapshot purchases = job.latest(Features.PURCHASES);
    TableSnapshot edges = job.latest(Features.EDGES);
    if (features == null || purchases == null || edges == null) {
      throw new UsageException(
          "there are no features in " + job.warehouse() + " yet; run features first");
    }
    Observed observed = Observed.of(features);
    if (observed.customers() == 0) {
      job.console().note("train: no customer has a purchase, so there is nothing to learn from");
      return;
    }
    // The longest window that leaves at least as much history before it as it takes away.
    Days days = new Days(job.dataset().zone());
    long asOfDay = days.day(observed.asOf());
    long holdoutDays =
        Math.min(options.getHorizonDays(), (asOfDay - days.day(observed.firstPurchase())) / 2);
    boolean judged = holdoutDays >= LEAST_HOLDOUT_DAYS;

    Manifest manifest =
        job.run(
            "train",
            (pipeline, findings) -> {
              findings.tell(
                  "frame",
                  "cells",
                  FrameCoder.of(),
                  pipeline
                      .apply("Read features", ReadTable.of(features))
                      .apply(
                          "Count histories",
                          MapFrames.through(frame -> new LifetimeCells().add(frame).toFrame()))
                      .apply(
                          "Add the counts up",
                          MergePartials.of(
                              LifetimeCells.SCHEMA,
                              frame -> new LifetimeCells().addCells(frame).toFrame())));
              if (judged) {
                Holdout holdout =
                    new Holdout(
                        job.dataset().zone(), days.endOf(asOfDay - holdoutDays), observed.asOf());
                findings.tell(
                    "frame",
                    "holdout",
                    FrameCoder.of(),
                    pipeline
                        .apply("Read purchases", ReadTable.of(purchases))
                        .apply(
                            "Bring each customer together",
                            ByKey.of(List.of("customer_id")).into(job.buckets(purchases.files())))
                        .apply(
                            "Hold back what came after the cut-off",
                            FoldBuckets.through(
                                frame -> holdout.of(frame).select(Calibration.INPUTS))));
              }
            });

    TrainingFacts facts =
        new TrainingFacts(
            Values.instant(observed.asOf()),
            options.getHorizonDays(),
            options.getDiscountRate(),
            options.getSeed(),
            observed.customers(),
            versions(features, purchases),
            job.runId());
    LifetimeCells cells =
        new LifetimeCells()
            .addCells(
                Frame.concat(
                    LifetimeCells.SCHEMA, manifest.get("frame", "cells", FrameCoder.of())));
    Calibration calibration =
        judged
            ? Calibration.of(
                manifest.get("frame", "holdout", FrameCoder.of()), holdoutDays, options.getSeed())
            : null;
    register(job, Models.LIFETIME, LifetimeTraining.train(cells, calibration, facts));

    RfmScores rfm =
        RfmScores.ofEdges(TableScan.of(edges, edges.schema().names()).all(), job.segmentNames());
    SegmentTraining segments =
        new SegmentTraining(
            rfm,
            options.getK() == 0 ? null : options.getK(),
            options.getSeed(),
            SegmentTraining.DEFAULT_MOST_ROWS,
            Models.champion(job));
    register(
        job,
        Models.SEGMENTS,
        segments.train(TableScan.of(features, features.schema().names()), facts));
  }

  private static void register(Job job, String name, Map<String, String> files) throws IOException {
    ModelRegistry models = Models.of(job);
    int version = models.register(name, files);
    models.promote(name, version);
  }

  private static Map<String, String> versions(TableSnapshot... tables) {
    Map<String, String> versions = new TreeMap<>();
    for (TableSnapshot table : tables) {
      versions.put(table.table().name(), "version " + table.version());
    }
    return versions;
  }
}
