package dev.patron.transforms;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.slices.Slices;
import dev.patron.transforms.shuffle.FrameCoder;
import dev.patron.transforms.shuffle.TogetherByKey;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * Counts customers and purchases by segment and country: {@link Slices}, merged. Features, scores,
 * purchases and residences of a customer meet in one bucket; nothing that grows with the customers
 * leaves it but the descriptions, for those who want them.
 */
public final class SliceCustomers extends PTransform<PCollectionTuple, PCollectionTuple> {
  /** Takes at least {@link Slices#FEATURES}. */
  public static final TupleTag<Frame> FEATURES = new TupleTag<>("features") {};

  /** Takes at least {@link Slices#SCORES}. */
  public static final TupleTag<Frame> SCORES = new TupleTag<>("scores") {};

  /** Takes at least {@link Slices#PURCHASES}. */
  public static final TupleTag<Frame> PURCHASES = new TupleTag<>("purchases") {};

  /** Takes {@link Slices#residence}. */
  public static final TupleTag<Frame> RESIDENCES = new TupleTag<>("residences") {};

  /** Gives one frame of {@link Slices#customersSchema}. */
  public static final TupleTag<Frame> CUSTOMER_SLICES = new TupleTag<>("customer slices") {};

  /** Gives one frame of {@link Slices#purchasesSchema}. */
  public static final TupleTag<Frame> PURCHASE_SLICES = new TupleTag<>("purchase slices") {};

  /** Gives the customers as {@link Slices#describe} does, or nothing. */
  public static final TupleTag<Frame> DESCRIBED = new TupleTag<>("described") {};

  private final Slices slices;
  private final Schema features;
  private final Schema scores;
  private final Schema purchases;
  private final int buckets;
  private final boolean describing;

  /**
   * Slices of these.
   *
   * @param features the schema of what comes as {@link #FEATURES}
   * @param scores the schema of what comes as {@link #SCORES}
   * @param purchases the schema of what comes as {@link #PURCHASES}
   * @param buckets into how many buckets customers are shuffled
   * @param describing whether {@link #DESCRIBED} is wanted
   */
  public SliceCustomers(
      Slices slices,
      Schema features,
      Schema scores,
      Schema purchases,
      int buckets,
      boolean describing) {
    this.slices = slices;
    this.features = features;
    this.scores = scores;
    this.purchases = purchases;
    this.buckets = buckets;
    this.describing = describing;
  }

  @Override
  public PCollectionTuple expand(PCollectionTuple tables) {
    PCollectionTuple counted =
        tables
            .apply(
                "Bring each customer together",
                new TogetherByKey(
                    List.of(FEATURES, SCORES, PURCHASES, RESIDENCES),
                    List.of("customer_id"),
                    buckets))
            .apply(
                "Count each bucket",
                ParDo.of(new Count(slices, features, scores, purchases, describing))
                    .withOutputTags(
                        CUSTOMER_SLICES, TupleTagList.of(PURCHASE_SLICES).and(DESCRIBED)));
    return PCollectionTuple.of(
            CUSTOMER_SLICES,
            counted
                .get(CUSTOMER_SLICES)
                .setCoder(FrameCoder.of())
                .apply(
                    "Add the customers up",
                    MergePartials.of(Slices.customersSchema(), Slices::mergeCustomers)))
        .and(
            PURCHASE_SLICES,
            counted
                .get(PURCHASE_SLICES)
                .setCoder(FrameCoder.of())
                .apply(
                    "Add the purchases up",
                    MergePartials.of(Slices.purchasesSchema(), Slices::mergePurchases)))
        .and(DESCRIBED, counted.get(DESCRIBED).setCoder(FrameCoder.of()));
  }

  private static final class Count extends DoFn<KV<Integer, CoGbkResult>, Frame> {
    private final Slices slices;
    private final Schema features;
    private final Schema scores;
    private final Schema purchases;
    private final boolean describing;

    private Count(
        Slices slices, Schema features, Schema scores, Schema purchases, boolean describing) {
      this.slices = slices;
      this.features = features;
      this.scores = scores;
      this.purchases = purchases;
      this.describing = describing;
    }

    @ProcessElement
    public void count(@Element KV<Integer, CoGbkResult> bucket, MultiOutputReceiver out) {
      CoGbkResult frames = bucket.getValue();
      Frame described =
          slices.describe(
              Frame.concat(features, frames.getAll(FEATURES)),
              Frame.concat(scores, frames.getAll(SCORES)),
              Frame.concat(
                  Slices.residenceSchema(features.type("customer_id")), frames.getAll(RESIDENCES)));
      out.get(CUSTOMER_SLICES).output(slices.customers(described));
      out.get(PURCHASE_SLICES)
          .output(slices.purchases(described, Frame.concat(purchases, frames.getAll(PURCHASES))));
      if (describing) {
        out.get(DESCRIBED).output(described);
      }
    }
  }
}
