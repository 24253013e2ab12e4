package dev.patron.pipelines.stages;

import dev.patron.features.drift.Drift;
import dev.patron.features.drift.FeatureCounts;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Values;
import dev.patron.features.models.LifetimeDocument;
import dev.patron.features.models.ModelDocument;
import dev.patron.features.models.ModelVersion;
import dev.patron.features.models.SegmentDocument;
import dev.patron.features.segments.SegmentModel;
import dev.patron.features.summary.SegmentMoves;
import dev.patron.features.summary.SegmentTotals;
import dev.patron.features.tables.Tables;
import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.options.HorizonOptions;
import dev.patron.transforms.MergePartials;
import dev.patron.transforms.ReviseScores;
import dev.patron.transforms.ScoreCustomers;
import dev.patron.transforms.TraceMoves;
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
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.jspecify.annotations.Nullable;

/** The stage from features and champions to scores. */
public final class Score {
  static final String SCORES = "gold/customer_scores";
  static final String SUMMARY = "gold/segment_summary";
  static final String MIGRATION = "gold/segment_migration";
  static final String DRIFT = "ops/drift";

  private static final String TOTALS = "state/segment_totals";
  private static final String COUNTS = "state/feature_counts";

  /** The table property that says by which segments. */
  private static final String SEGMENTS = "patron.segments";

  /** Changes when the same features and models give other scores than they did. */
  private static final String MEANING = "2";

  private Score() {}

  /**
   * Checks that the scores are as of the time that a later stage was asked for.
   *
   * @param asOf as the user wrote it; null: whatever they are as of
   * @throws UsageException if they are as of another
   */
  public static void checkWritten(Job job, @Nullable String asOf) {
    Observed.check(job, SCORES, "score", asOf);
  }

  /**
   * Writes the scores, their summary, and who moved since the scores of another time or by other
   * segments, unless they are there already.
   */
  public static void run(Job job, HorizonOptions options) throws IOException {
    TableSnapshot features = job.latest(Features.CUSTOMERS);
    if (features == null) {
      throw new UsageException(
          "there are no features in " + job.warehouse() + " yet; run features first");
    }
    Lineage.checkCounted(features);
    Schema schema = Tables.customerScores(features.schema().type("customer_id"));
    LakeTable scores = job.table(SCORES);
    Observed observed = Observed.of(features);
    if (observed.customers() == 0) {
      Map<String, String> none = new HashMap<>(ScoresTopic.origin(job, job.latest(SCORES)));
      none.putAll(Lineage.counted(List.of()));
      new Changes(job)
          .commit(SCORES, Commit.overwrite(schema, List.of()).withProperties(none))
          .overwrite(SUMMARY, Frame.empty(Tables.SEGMENT_SUMMARY))
          .overwrite(MIGRATION, Frame.empty(Tables.SEGMENT_MIGRATION))
          .decide("score");
      return;
    }
    ModelVersion segments = Models.champion(job, Models.SEGMENTS);
    ModelVersion lifetime = Models.champion(job, Models.LIFETIME);
    if (segments == null || lifetime == null) {
      throw new UsageException(
          "there is no champion model in " + job.warehouse() + " yet; run train first");
    }
    Models.check(segments, features.schema());
    Models.check(lifetime, features.schema());
    Making making =
        new Making(
            Fingerprint.of(
                MEANING,
                observed.asOf(),
                segments.reference(),
                segments.document().toJson(),
                lifetime.reference(),
                lifetime.document().toJson(),
                options.getHorizonDays(),
                options.getDiscountRate(),
                options.getSeed()),
            features.version());
    TableSnapshot newest = job.latest(SCORES);
    TableSnapshot before = Lineage.unlessMiscounted(newest, job.console());
    if (making.isOf(before)) {
      job.console().done("score", 0, 0);
      return;
    }
    Instant asOf = Values.instant(observed.asOf());
    ScoreCustomers score =
        new ScoreCustomers(
            segments,
            lifetime,
            asOf,
            options.getHorizonDays(),
            options.getDiscountRate(),
            options.getSeed());
    long then = before == null ? 0 : Observed.asOf(before);
    // A table of before this property says nothing of its segments.
    boolean retrained =
        before != null
            && !segments
                .reference()
                .equals(before.properties().getOrDefault(SEGMENTS, segments.reference()));
    boolean moved = before != null && then != 0 && (then != observed.asOf() || retrained);
    ReviseScores revise = revise(job, features, before, making, score);
    tellIfStrange(job, segments, lifetime, asOf, options.getHorizonDays());

    Manifest manifest =
        job.run(
            "score",
            (pipeline, findings) -> {
              PCollectionTuple scored =
                  revise == null
                      ? pipeline
                          .apply("Read features", ReadTable.of(features))
                          .apply("Score customers", score)
                      : pipeline.apply("Score customers again", revise);
              PCollection<Frame> now = scored.get(ScoreCustomers.SCORES);
              findings.tell(
                  "files",
                  SCORES,
                  DataFileCoder.of(),
                  now.apply("Write scores", WriteFrames.to(scores).withSchema(schema)));
              findings.tell("frame", "totals", FrameCoder.of(), scored.get(ScoreCustomers.TOTALS));
              findings.tell("frame", "counts", FrameCoder.of(), scored.get(ScoreCustomers.COUNTS));
              if (revise != null) {
                findings.tell(
                    "frame",
                    "totals before",
                    FrameCoder.of(),
                    scored.get(ReviseScores.TOTALS_BEFORE));
                findings.tell(
                    "frame",
                    "counts before",
                    FrameCoder.of(),
                    scored.get(ReviseScores.COUNTS_BEFORE));
              }
              if (moved && before != null) {
                findings.tell(
                    "frame",
                    "moves",
                    FrameCoder.of(),
                    pipeline
                        .apply("Read the scores before", ReadTable.of(before, SegmentMoves.COLUMNS))
                        .apply(
                            "Trace who moved", new TraceMoves(now, job.buckets(features.files())))
                        .apply(
                            "Add the moves up",
                            MergePartials.of(SegmentMoves.schema(), SegmentMoves::merge)));
              }
            });

    List<DataFile> files = manifest.get("files", SCORES, DataFileCoder.of());
    Frame totals = told(manifest, "totals", SegmentTotals.schema());
    FeatureCounts counts =
        new FeatureCounts().addCounts(told(manifest, "counts", FeatureCounts.SCHEMA));
    if (revise != null) {
      Frame others =
          SegmentTotals.difference(
              all(job, TOTALS), told(manifest, "totals before", SegmentTotals.schema()));
      totals = SegmentTotals.merge(Frame.concat(SegmentTotals.schema(), List.of(others, totals)));
      counts
          .addCounts(all(job, COUNTS))
          .subtractCounts(told(manifest, "counts before", FeatureCounts.SCHEMA));
    }
    long since = revise == null || before == null ? -1 : before.version();
    Map<String, String> properties = new HashMap<>(making.properties(since));
    properties.put(SEGMENTS, segments.reference());
    properties.putAll(ScoresTopic.origin(job, newest));
    properties.putAll(Promises.unique(Features.KEY));
    properties.putAll(Lineage.counted(files));
    Changes changes =
        new Changes(job)
            .commit(SCORES, Commit.overwrite(schema, files).withProperties(properties))
            .overwrite(SUMMARY, SegmentTotals.summary(totals))
            .overwrite(TOTALS, totals)
            .overwrite(COUNTS, counts.toFrame());
    if (moved) {
      changes.overwrite(
          MIGRATION,
          SegmentMoves.migration(
              told(manifest, "moves", SegmentMoves.schema()), then, observed.asOf()));
    } else if (!job.table(MIGRATION).exists()) {
      changes.overwrite(MIGRATION, Frame.empty(Tables.SEGMENT_MIGRATION));
    }
    Frame drift = drift(job, segments, counts, observed.asOf());
    if (drift != null) {
      changes.overwrite(DRIFT, drift);
      // Customers of before a training cannot have moved since.
      if (!asOf.isBefore(SegmentDocument.asOf(segments.document()))) {
        Drift.warnings(drift)
            .forEach((about, warning) -> job.console().noteOnce(about, "score: " + warning));
      }
    }
    changes.log("score", Map.of("customer_scores", Accounts.written(files))).decide("score");
  }

  /** A model may be asked for what it was not trained for. */
  private static void tellIfStrange(
      Job job, ModelVersion segments, ModelVersion lifetime, Instant asOf, long horizonDays) {
    ModelDocument document = lifetime.document();
    Instant trained = LifetimeDocument.asOf(document);
    Instant segmented = SegmentDocument.asOf(segments.document());
    SortedMap<LocalDate, List<String>> later = new TreeMap<>();
    if (asOf.isBefore(segmented)) {
      later.computeIfAbsent(day(job, segmented), at -> new ArrayList<>()).add(segments.reference());
    }
    if (asOf.isBefore(trained)) {
      later.computeIfAbsent(day(job, trained), at -> new ArrayList<>()).add(lifetime.reference());
    }
    later.forEach(
        (day, versions) ->
            job.console()
                .noteOnce(
                    "score: %s trained as of %s and %s what came after %s; --retrain trains as of"
                            .formatted(
                                String.join(" and ", versions)
                                    + (versions.size() == 1 ? " was" : " were"),
                                day,
                                versions.size() == 1 ? "knows" : "know",
                                day(job, asOf))
                        + " then"));
    if (!asOf.isBefore(trained)
        && LifetimeDocument.refinement(document).hasSeason()
        && !LifetimeDocument.refinement(document, asOf, horizonDays).hasSeason()) {
      job.console()
          .noteOnce(
              "score: %s knows the season of the window after %s alone, and forecasts %s after"
                      .formatted(
                          lifetime.reference(),
                          day(job, trained),
                          horizonDays == 1 ? "a day" : horizonDays + " days")
                  + " %s without one; --retrain learns theirs".formatted(day(job, asOf)));
    }
  }

  private static LocalDate day(Job job, Instant time) {
    return LocalDate.ofInstant(time, job.dataset().zone());
  }

  /** Null if all customers are to be scored. */
  private static @Nullable ReviseScores revise(
      Job job,
      TableSnapshot features,
      @Nullable TableSnapshot before,
      Making making,
      ScoreCustomers score) {
    TableSnapshot then = making.before(before, features.table());
    TableSnapshot changed = job.latest(Features.CHANGED);
    if (before == null
        || then == null
        || changed == null
        || then.version() != Making.since(features)
        || !job.table(TOTALS).exists()
        || !job.table(COUNTS).exists()) {
      return null;
    }
    return new ReviseScores(
        score,
        changed.contents(),
        new ReviseScores.Tables(then.contents(), before.contents(), features.contents()));
  }

  private static Frame told(Manifest manifest, String name, Schema schema) {
    return Frame.concat(schema, manifest.get("frame", name, FrameCoder.of()));
  }

  private static Frame all(Job job, String name) {
    TableSnapshot table = job.table(name).snapshot();
    return TableScan.of(table, table.schema().names()).all();
  }

  /** Null where the model is too old to remember the customers of its training. */
  private static @Nullable Frame drift(
      Job job, ModelVersion segments, FeatureCounts now, long asOf) {
    FeatureCounts then = SegmentDocument.distribution(segments.document());
    if (then == null) {
      return null;
    }
    SegmentModel model = SegmentDocument.read(segments.document());
    Map<Long, String> names = new HashMap<>();
    for (int i = 0; i < model.k(); i++) {
      names.put((long) model.ids()[i], model.names().get(i));
    }
    return Drift.between(
        then,
        now,
        names,
        new Drift.Setting(
            job.runId(),
            asOf,
            Values.micros(SegmentDocument.asOf(segments.document())),
            segments.reference()));
  }
}
