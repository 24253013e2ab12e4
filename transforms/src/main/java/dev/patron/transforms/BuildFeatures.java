package dev.patron.transforms;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.KeyHashes;
import dev.patron.features.frame.Schema;
import dev.patron.features.purchases.CustomerFeatures;
import dev.patron.features.purchases.PurchaseTotals;
import dev.patron.features.rfm.RfmCounts;
import dev.patron.features.rfm.RfmScores;
import dev.patron.features.rfm.RfmSegments;
import dev.patron.features.rfm.RfmTiles;
import dev.patron.transforms.shuffle.ByKey;
import java.time.ZoneId;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * Describes every customer as of one time: {@link
 * dev.patron.features.tables.Tables#customerFeatures} from {@link
 * dev.patron.features.tables.Tables#purchases}. The purchases are shuffled once, by customer; the
 * RFM edges need the whole shop and come back to the features as a side input.
 */
public final class BuildFeatures extends PTransform<PCollection<Frame>, PCollectionTuple> {
  /** The features, scored. */
  public static final TupleTag<Frame> FEATURES = new TupleTag<>() {};

  /** One frame with the edges of the RFM scores. */
  public static final TupleTag<Frame> EDGES = new TupleTag<>() {};

  /** One frame with partial {@link PurchaseTotals}. */
  public static final TupleTag<Frame> TOTALS = new TupleTag<>() {};

  /** The customers, as {@link KeyHashes} frames, whose RFM scores are not what they were. */
  static final TupleTag<Frame> CHANGED = new TupleTag<>() {};

  static final TupleTag<Frame> UNSCORED = new TupleTag<>() {};

  private static final List<String> SCORES =
      List.of("r_score", "f_score", "m_score", "rfm_segment");

  private final Schema purchases;
  private final ZoneId zone;
  private final long asOf;
  private final RfmSegments segments;
  private final int buckets;
  private final boolean byTiles;

  /**
   * Features of purchases of this schema.
   *
   * @param zone the zone whose calendar counts
   * @param asOf the observation time, in microseconds since the epoch
   * @param segments the names of the RFM cells
   * @param buckets into how many buckets customers are shuffled
   */
  public BuildFeatures(
      Schema purchases, ZoneId zone, long asOf, RfmSegments segments, int buckets) {
    this(purchases, zone, asOf, segments, buckets, false);
  }

  private BuildFeatures(
      Schema purchases,
      ZoneId zone,
      long asOf,
      RfmSegments segments,
      int buckets,
      boolean byTiles) {
    this.byTiles = byTiles;
    this.purchases = purchases;
    this.zone = zone;
    this.asOf = asOf;
    this.segments = segments;
    this.buckets = buckets;
  }

  /**
   * The same with scores by {@link RfmTiles}. One worker sorts the measures of all customers; the
   * edges are those of {@link RfmScores} all the same, for segments are named by them.
   */
  public BuildFeatures scoredByTiles() {
    return new BuildFeatures(purchases, zone, asOf, segments, buckets, true);
  }

  /** The same with another number of buckets. */
  public BuildFeatures into(int otherBuckets) {
    return new BuildFeatures(purchases, zone, asOf, segments, otherBuckets, byTiles);
  }

  /** The columns of the features. */
  public Schema schema() {
    return CustomerFeatures.schema(purchases);
  }

  @Override
  public PCollectionTuple expand(PCollection<Frame> input) {
    PCollectionTuple described = describe("", input);
    return rank(described.get(UNSCORED)).and(TOTALS, described.get(TOTALS));
  }

  /** Features that have no scores yet, and totals, of all purchases of some customers. */
  PCollectionTuple describe(String when, PCollection<Frame> purchasesOfSome) {
    PCollectionTuple described =
        purchasesOfSome
            .apply(
                "Bring each customer together" + when,
                ByKey.of(List.of("customer_id")).into(buckets))
            .apply(
                "Describe each customer" + when,
                ParDo.of(
                        new Describe(
                            new CustomerFeatures(zone, asOf), new PurchaseTotals(zone, asOf)))
                    .withOutputTags(UNSCORED, TupleTagList.of(PARTIAL_TOTALS)));
    return PCollectionTuple.of(UNSCORED, described.get(UNSCORED))
        .and(
            TOTALS,
            described
                .get(PARTIAL_TOTALS)
                .apply(
                    "Add the totals up" + when,
                    MergePartials.of(PurchaseTotals.schema(), PurchaseTotals::merge)));
  }

  /** Features of all customers with their scores, the edges, and whose scores are others now. */
  PCollectionTuple rank(PCollection<Frame> unscored) {
    PCollection<Frame> counts =
        unscored
            .apply(
                "Count distinct values",
                MapFrames.through(frame -> new RfmCounts().add(frame).toFrame()))
            .apply(
                "Add the counts up",
                MergePartials.of(
                    RfmCounts.SCHEMA, frame -> new RfmCounts().addCounts(frame).toFrame()));
    RfmSegments names = segments;
    PCollection<Frame> edges =
        counts.apply(
            "Find the edges of the scores",
            MapFrames.through(
                frame -> RfmScores.of(new RfmCounts().addCounts(frame), names).edges()));
    PCollectionView<List<Frame>> everywhere =
        (byTiles ? cuts(unscored) : edges).apply("Send the edges everywhere", View.asList());
    PCollectionTuple ranked =
        unscored.apply(
            "Score each customer's RFM",
            ParDo.of(new Rank(everywhere, segments, byTiles))
                .withSideInputs(everywhere)
                .withOutputTags(FEATURES, TupleTagList.of(CHANGED)));
    return PCollectionTuple.of(FEATURES, ranked.get(FEATURES))
        .and(CHANGED, ranked.get(CHANGED))
        .and(EDGES, edges);
  }

  private PCollection<Frame> cuts(PCollection<Frame> unscored) {
    List<String> columns = RfmTiles.columns();
    return unscored
        .apply("Take the measures", MapFrames.through(frame -> frame.select(columns)))
        .apply(
            "Bring all measures together",
            MergePartials.of(schema().select(columns), frame -> frame))
        .apply("Cut customers into fifths", MapFrames.through(RfmTiles::cuts));
  }

  private static final TupleTag<Frame> PARTIAL_TOTALS = new TupleTag<>() {};

  private static final class Describe extends DoFn<KV<Integer, Iterable<Frame>>, Frame> {
    private final CustomerFeatures features;
    private final PurchaseTotals totals;

    private Describe(CustomerFeatures features, PurchaseTotals totals) {
      this.features = features;
      this.totals = totals;
    }

    @ProcessElement
    public void describe(@Element KV<Integer, Iterable<Frame>> bucket, MultiOutputReceiver out) {
      Frame purchases = FoldBuckets.all(bucket.getValue());
      out.get(PARTIAL_TOTALS).output(totals.partial(purchases));
      Frame described = features.of(purchases);
      if (described.rows() > 0) {
        out.get(UNSCORED).output(described);
      }
    }
  }

  private static final class Rank extends DoFn<Frame, Frame> {
    private final PCollectionView<List<Frame>> edges;
    private final RfmSegments segments;
    private final boolean byTiles;

    private Rank(PCollectionView<List<Frame>> edges, RfmSegments segments, boolean byTiles) {
      this.edges = edges;
      this.segments = segments;
      this.byTiles = byTiles;
    }

    @ProcessElement
    public void rank(@Element Frame features, ProcessContext context, MultiOutputReceiver out) {
      Frame known = context.sideInput(edges).get(0);
      Frame ranked =
          byTiles
              ? RfmTiles.score(features, known, segments)
              : RfmScores.ofEdges(known, segments).score(features);
      out.get(FEATURES).output(ranked);
      Frame changed = ranked.unlike(features, SCORES);
      if (changed.rows() > 0) {
        out.get(CHANGED).output(KeyHashes.of(changed, List.of("customer_id")));
      }
    }
  }
}
