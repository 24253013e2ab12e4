package dev.patron.pipelines.stages;

import dev.patron.features.clv.LifetimeCells;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Values;
import dev.patron.features.models.ModelRegistry;
import dev.patron.features.models.ModelVersion;
import dev.patron.features.models.SegmentDocument;
import dev.patron.features.models.TrainingFacts;
import dev.patron.features.rfm.RfmScores;
import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.options.TrainOptions;
import dev.patron.pipelines.training.BackTest;
import dev.patron.pipelines.training.LifetimeTraining;
import dev.patron.pipelines.training.SegmentTraining;
import dev.patron.transforms.MapFrames;
import dev.patron.transforms.MergePartials;
import dev.patron.transforms.lake.ReadTable;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.TableSnapshot;
import dev.patron.transforms.manifest.Manifest;
import dev.patron.transforms.shuffle.FrameCoder;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.jspecify.annotations.Nullable;

/**
 * The batch stage from features to models. The pipeline counts what is sufficient for the fits and
 * looks back from many days of the past; fits and back-test themselves run here, in the driver.
 */
public final class Train {
  private final Job job;
  private final TrainOptions options;
  private final History history;
  private final TableSnapshot features;
  private final TableSnapshot edges;
  private final @Nullable ModelVersion lifetime;
  private final @Nullable ModelVersion segments;

  private Train(
      Job job, TrainOptions options, History history, TableSnapshot features, TableSnapshot edges)
      throws IOException {
    this.job = job;
    this.options = options;
    this.history = history;
    this.features = features;
    this.edges = edges;
    // Who has to be beaten is read before the work, and not found unreadable after it.
    this.lifetime = Models.defender(job, Models.LIFETIME, "cannot defend its place");
    this.segments = Models.defender(job, Models.SEGMENTS, "has no ids that can be continued");
  }

  /** Fits, judges, registers and promotes what is at least as good as the champion. */
  public static void run(Job job, TrainOptions options) throws IOException {
    History history = new History(job, options);
    TableSnapshot features = history.features();
    TableSnapshot edges = job.latest(Features.EDGES);
    if (edges == null) {
      throw new UsageException(
          "there are no features in " + job.warehouse() + " yet; run features first");
    }
    if (history.observed().customers() == 0) {
      job.console().note("train: no customer has a purchase, so there is nothing to learn from");
      return;
    }
    Train train = new Train(job, options, history, features, edges);
    Learnt learnt = job.run("train", train::gather, train::learn);
    if (learnt.warning() != null) {
      job.console().note("train: " + learnt.warning());
    }
    if (!learnt.same().isEmpty()) {
      job.console()
          .note(
              "train: the same data gave the same model again, so there is no new version beside %s"
                  .formatted(String.join(", ", learnt.same())));
    }
    if (!learnt.isChampion()) {
      job.console()
          .note(
              "train: %s/%d stays challenger: on days that neither had seen the champion was better"
                  .formatted(Models.LIFETIME, learnt.lifetime()));
    }
  }

  private void gather(Pipeline pipeline, Job.Findings findings) {
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
                    LifetimeCells.SCHEMA, frame -> new LifetimeCells().addCells(frame).toFrame())));
    history.gather(pipeline, findings);
  }

  /**
   * The version of the lifetime model that it made, whether that one scores, what to know of it,
   * and the versions that were there already because the same data give the same models.
   */
  private record Learnt(
      int lifetime, boolean isChampion, @Nullable String warning, List<String> same) {}

  private Learnt learn(Manifest manifest) throws IOException {
    Observed observed = history.observed();
    TrainingFacts facts =
        new TrainingFacts(
            Values.instant(observed.asOf()),
            options.getHorizonDays(),
            options.getDiscountRate(),
            options.getSeed(),
            observed.customers(),
            versions(features, history.purchases()),
            job.runId());
    LifetimeCells cells =
        new LifetimeCells()
            .addCells(
                Frame.concat(
                    LifetimeCells.SCHEMA, manifest.get("frame", "cells", FrameCoder.of())));
    BackTest backTest = history.backTest(manifest);
    BackTest.Result judged = History.judge(job, backTest, observed.asOf(), lifetime);
    boolean better = judged.isAsGoodAsChampion();
    List<String> before = Models.versions(job);
    int valued =
        register(
            job,
            Models.LIFETIME,
            LifetimeTraining.train(
                cells,
                history.calibration(manifest, judged.choice().kinds()),
                backTest,
                judged,
                facts),
            better);

    RfmScores rfm =
        RfmScores.ofEdges(TableScan.of(edges, edges.schema().names()).all(), job.segmentNames());
    SegmentTraining training =
        new SegmentTraining(
            rfm,
            options.getK() == 0 ? null : options.getK(),
            options.getSeed(),
            SegmentTraining.DEFAULT_MOST_ROWS,
            segments == null ? null : SegmentDocument.read(segments.document()),
            Models.greatestSegmentId(job, facts.data()));
    int segmented =
        register(
            job,
            Models.SEGMENTS,
            training.train(TableScan.of(features, features.schema().names()), facts),
            true);
    List<String> same =
        Stream.of(Models.LIFETIME + "/" + valued, Models.SEGMENTS + "/" + segmented)
            .filter(before::contains)
            .toList();
    return new Learnt(valued, better, BackTestSummary.warning(judged), same);
  }

  /** Adds a version, and lets it score if it may. */
  private static int register(Job job, String name, Map<String, String> files, boolean champion)
      throws IOException {
    ModelRegistry models = Models.of(job);
    int version = models.register(name, files);
    if (champion) {
      models.promote(name, version);
    }
    return version;
  }

  private static Map<String, String> versions(TableSnapshot... tables) {
    Map<String, String> versions = new TreeMap<>();
    for (TableSnapshot table : tables) {
      versions.put(table.table().name(), "version " + table.version());
    }
    return versions;
  }
}
