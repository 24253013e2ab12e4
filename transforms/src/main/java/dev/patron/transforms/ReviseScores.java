package dev.patron.transforms;

import dev.patron.features.drift.FeatureCounts;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.KeyHashes;
import dev.patron.features.frame.Schema;
import dev.patron.features.summary.SegmentTotals;
import dev.patron.transforms.lake.ReadKeys;
import dev.patron.transforms.lake.ReadTable;
import dev.patron.transforms.lake.TableFiles;
import dev.patron.transforms.shuffle.BothByKey;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * The scores that {@link ScoreCustomers} would give all customers, made of those that it gave them
 * before: only those whose features may differ are scored again. What is summed over all customers
 * comes out for these alone, as they are and as they were.
 */
public final class ReviseScores extends PTransform<PBegin, PCollectionTuple> {
  /** Output: the scores of all customers. */
  public static final TupleTag<Frame> SCORES = ScoreCustomers.SCORES;

  /** Output: totals of the customers scored again. */
  public static final TupleTag<Frame> TOTALS = ScoreCustomers.TOTALS;

  /** Output: counts of the customers scored again. */
  public static final TupleTag<Frame> COUNTS = ScoreCustomers.COUNTS;

  /** Output: totals of the same customers as they were. */
  public static final TupleTag<Frame> TOTALS_BEFORE = new TupleTag<>() {};

  /** Output: counts of the same customers as they were. */
  public static final TupleTag<Frame> COUNTS_BEFORE = new TupleTag<>() {};

  private static final TupleTag<Frame> PARTIAL_TOTALS = new TupleTag<>() {};
  private static final TupleTag<Frame> PARTIAL_COUNTS = new TupleTag<>() {};
  private static final List<String> KEY = List.of("customer_id");

  private final ScoreCustomers score;
  private final TableFiles changed;
  private final Tables tables;

  /**
   * What is there.
   *
   * @param featuresBefore the features that were scored before
   * @param scoresBefore the scores that they got
   * @param features the features as they are
   */
  public record Tables(TableFiles featuresBefore, TableFiles scoresBefore, TableFiles features) {}

  /**
   * Revises scores.
   *
   * @param score gave the scores before
   * @param changed {@link KeyHashes} of the customers whose features may differ
   */
  public ReviseScores(ScoreCustomers score, TableFiles changed, Tables tables) {
    this.score = score;
    this.changed = changed;
    this.tables = tables;
  }

  @Override
  public PCollectionTuple expand(PBegin begin) {
    PCollection<Frame> keys = begin.apply("Read whose features may differ", ReadTable.of(changed));
    PCollectionTuple again =
        keys.apply("Read their features", ReadKeys.of(tables.features(), KEY))
            .apply("Score them", score);
    PCollection<Frame> others =
        begin
            .apply("Read the scores before", ReadTable.of(tables.scoresBefore()))
            .apply("Scores that stay", WithoutKeys.of(keys, KEY));
    ReadKeys featuresBefore = counted(tables.featuresBefore());
    ReadKeys scoresBefore = counted(tables.scoresBefore());
    PCollectionTuple before =
        keys.apply("Read their features before", featuresBefore)
            .apply(
                "Put their scores before beside them",
                BothByKey.of(KEY, keys.apply("Read their scores before", scoresBefore), KEY, 1))
            .apply(
                "Count them as they were",
                ParDo.of(new Count(featuresBefore.schema(), scoresBefore.schema()))
                    .withOutputTags(PARTIAL_TOTALS, TupleTagList.of(PARTIAL_COUNTS)));
    return PCollectionTuple.of(
            SCORES,
            PCollectionList.of(others)
                .and(again.get(ScoreCustomers.SCORES))
                .apply("Scores of all customers", Flatten.pCollections()))
        .and(TOTALS, again.get(ScoreCustomers.TOTALS))
        .and(COUNTS, again.get(ScoreCustomers.COUNTS))
        .and(
            TOTALS_BEFORE,
            before
                .get(PARTIAL_TOTALS)
                .apply(
                    "Add the totals before up",
                    MergePartials.of(SegmentTotals.schema(), SegmentTotals::merge)))
        .and(
            COUNTS_BEFORE,
            before
                .get(PARTIAL_COUNTS)
                .apply(
                    "Add the counts before up",
                    MergePartials.of(
                        FeatureCounts.SCHEMA,
                        frame -> new FeatureCounts().addCounts(frame).toFrame())));
  }

  /** No more than what is counted: reasons are the larger part of a score by far. */
  private static ReadKeys counted(TableFiles files) {
    List<String> names =
        files.schema().names().stream()
            .filter(
                name ->
                    KEY.contains(name)
                        || SegmentTotals.COLUMNS.contains(name)
                        || FeatureCounts.FEATURES.contains(name))
            .toList();
    return ReadKeys.of(files, names, KEY);
  }

  private static final class Count extends DoFn<KV<Integer, CoGbkResult>, Frame> {
    private final Schema features;
    private final Schema scores;

    Count(Schema features, Schema scores) {
      this.features = features;
      this.scores = scores;
    }

    @ProcessElement
    public void count(@Element KV<Integer, CoGbkResult> bucket, MultiOutputReceiver out) {
      CoGbkResult both = bucket.getValue();
      Frame described = Frame.concat(features, both.getAll(BothByKey.LEFT)).sort(KEY);
      Frame scored = Frame.concat(scores, both.getAll(BothByKey.RIGHT)).sort(KEY);
      if (!described.select(KEY).equals(scored.select(KEY))) {
        throw new IllegalStateException(
            "the scores before are not those of the features before: %d customers, %d scores"
                .formatted(described.rows(), scored.rows()));
      }
      out.get(PARTIAL_TOTALS).output(SegmentTotals.partial(described, scored));
      out.get(PARTIAL_COUNTS).output(new FeatureCounts().add(described, scored).toFrame());
    }
  }
}
