package dev.patron.transforms;

import dev.patron.features.drift.FeatureCounts;
import dev.patron.features.frame.Frame;
import dev.patron.features.models.CustomerScorer;
import dev.patron.features.models.ModelDocument;
import dev.patron.features.models.ModelVersion;
import dev.patron.features.summary.SegmentTotals;
import java.io.Serializable;
import java.time.Instant;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * Scores customers with two models: {@link dev.patron.features.tables.Tables#customerScores} from
 * {@link dev.patron.features.tables.Tables#customerFeatures}. No shuffle: a score needs its
 * customer and the models alone.
 */
public final class ScoreCustomers extends PTransform<PCollection<Frame>, PCollectionTuple> {
  /** The scores. */
  public static final TupleTag<Frame> SCORES = new TupleTag<>() {};

  /** One frame with partial {@link SegmentTotals}. */
  public static final TupleTag<Frame> TOTALS = new TupleTag<>() {};

  /** One frame with {@link FeatureCounts}. */
  public static final TupleTag<Frame> COUNTS = new TupleTag<>() {};

  private static final TupleTag<Frame> PARTIAL_TOTALS = new TupleTag<>() {};
  private static final TupleTag<Frame> PARTIAL_COUNTS = new TupleTag<>() {};

  private final Model segments;
  private final Model lifetime;
  private final Instant asOf;
  private final int horizonDays;
  private final double discountRate;
  private final long seed;

  /** A model as it travels: its document as text, which every worker checks when it loads it. */
  private record Model(String name, int version, String json) implements Serializable {
    private static Model of(ModelVersion version) {
      return new Model(version.name(), version.version(), version.document().toJson());
    }

    private ModelVersion load() {
      return new ModelVersion(name, version, ModelDocument.parse(json));
    }
  }

  /**
   * Scores by these models.
   *
   * @param asOf the observation time of the customers
   * @param horizonDays how far ahead value is looked for
   * @param discountRate a month
   * @param seed of the draws behind the intervals
   */
  public ScoreCustomers(
      ModelVersion segments,
      ModelVersion lifetime,
      Instant asOf,
      int horizonDays,
      double discountRate,
      long seed) {
    this.segments = Model.of(segments);
    this.lifetime = Model.of(lifetime);
    this.asOf = asOf;
    this.horizonDays = horizonDays;
    this.discountRate = discountRate;
    this.seed = seed;
  }

  @Override
  public PCollectionTuple expand(PCollection<Frame> features) {
    PCollectionTuple scored =
        features.apply(
            "Score each customer",
            ParDo.of(new Score(segments, lifetime, asOf, horizonDays, discountRate, seed))
                .withOutputTags(SCORES, TupleTagList.of(PARTIAL_TOTALS).and(PARTIAL_COUNTS)));
    return PCollectionTuple.of(SCORES, scored.get(SCORES))
        .and(
            TOTALS,
            scored
                .get(PARTIAL_TOTALS)
                .apply(
                    "Add the totals up",
                    MergePartials.of(SegmentTotals.schema(), SegmentTotals::merge)))
        .and(
            COUNTS,
            scored
                .get(PARTIAL_COUNTS)
                .apply(
                    "Add the counts of features up",
                    MergePartials.of(
                        FeatureCounts.SCHEMA,
                        frame -> new FeatureCounts().addCounts(frame).toFrame())));
  }

  private static final class Score extends DoFn<Frame, Frame> {
    private final Model segments;
    private final Model lifetime;
    private final Instant asOf;
    private final int horizonDays;
    private final double discountRate;
    private final long seed;
    private transient CustomerScorer scorer;

    private Score(
        Model segments,
        Model lifetime,
        Instant asOf,
        int horizonDays,
        double discountRate,
        long seed) {
      this.segments = segments;
      this.lifetime = lifetime;
      this.asOf = asOf;
      this.horizonDays = horizonDays;
      this.discountRate = discountRate;
      this.seed = seed;
    }

    @Setup
    public void load() {
      scorer =
          new CustomerScorer(
              segments.load(), lifetime.load(), asOf, horizonDays, discountRate, seed);
    }

    @ProcessElement
    public void score(@Element Frame features, MultiOutputReceiver out) {
      Frame scores = scorer.score(features);
      out.get(SCORES).output(scores);
      out.get(PARTIAL_TOTALS).output(SegmentTotals.partial(features, scores));
      out.get(PARTIAL_COUNTS).output(new FeatureCounts().add(features, scores).toFrame());
    }
  }
}
