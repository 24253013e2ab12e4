package dev.patron.transforms;

import dev.patron.features.frame.Frame;
import dev.patron.transforms.lake.ReadKeys;
import dev.patron.transforms.lake.ReadTable;
import dev.patron.transforms.lake.TableFiles;
import java.util.List;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;

/**
 * The features that {@link BuildFeatures} would build of the purchases as they are, made of those
 * of the same observation time that it built before: only customers whose purchases differ are
 * described again. RFM scores hang on the whole shop, so that all rows are looked at; those of the
 * others are read, not computed.
 */
public final class ReviseFeatures extends PTransform<PBegin, PCollectionTuple> {
  /** Output: the features of all customers. */
  public static final TupleTag<Frame> FEATURES = BuildFeatures.FEATURES;

  /** Output: one frame with the edges of the RFM scores. */
  public static final TupleTag<Frame> EDGES = BuildFeatures.EDGES;

  /** Output: the totals of the customers whose purchases differ, as they are. */
  public static final TupleTag<Frame> TOTALS = BuildFeatures.TOTALS;

  /** Output: the totals of the same customers as they were. */
  public static final TupleTag<Frame> TOTALS_BEFORE = new TupleTag<>() {};

  /** Output: the customers whose features may differ, as key hashes. */
  public static final TupleTag<Frame> CHANGED = BuildFeatures.CHANGED;

  private static final List<String> KEY = List.of("customer_id");

  private final BuildFeatures build;
  private final TableFiles features;
  private final Purchases purchases;
  private final int buckets;

  /**
   * The files of the purchases.
   *
   * @param common those that were there and still are
   * @param gone those that were there
   * @param added those that are there now
   */
  public record Purchases(TableFiles common, TableFiles gone, TableFiles added) {}

  /**
   * Revises features.
   *
   * @param build builds them of all purchases
   * @param features what it built before
   * @param buckets into how many buckets the rows of new and lost files are shuffled
   */
  public ReviseFeatures(
      BuildFeatures build, TableFiles features, Purchases purchases, int buckets) {
    this.build = build;
    this.features = features;
    this.purchases = purchases;
    this.buckets = buckets;
  }

  @Override
  public PCollectionTuple expand(PBegin begin) {
    PCollection<Frame> touched =
        begin
            .apply("Read new purchases", ReadTable.of(purchases.added()))
            .apply(
                "Find customers whose purchases differ",
                ChangedKeys.since(
                    begin.apply("Read lost purchases", ReadTable.of(purchases.gone())),
                    KEY,
                    buckets));
    PCollection<Frame> others =
        touched.apply("Read their other purchases", ReadKeys.of(purchases.common(), KEY));
    PCollectionTuple now =
        build.describe(
            "",
            PCollectionList.of(others)
                .and(touched.apply("Read their new purchases", ReadKeys.of(purchases.added(), KEY)))
                .apply("Their purchases", Flatten.pCollections()));
    PCollectionTuple before =
        build.describe(
            " as before",
            PCollectionList.of(others)
                .and(touched.apply("Read their lost purchases", ReadKeys.of(purchases.gone(), KEY)))
                .apply("Their purchases as before", Flatten.pCollections()));
    PCollectionTuple ranked =
        build.rank(
            PCollectionList.of(
                    begin
                        .apply("Read the features before", ReadTable.of(features))
                        .apply("Features that stay", WithoutKeys.of(touched, KEY)))
                .and(now.get(BuildFeatures.UNSCORED))
                .apply("Features of all customers", Flatten.pCollections()));
    return PCollectionTuple.of(FEATURES, ranked.get(BuildFeatures.FEATURES))
        .and(EDGES, ranked.get(BuildFeatures.EDGES))
        .and(TOTALS, now.get(BuildFeatures.TOTALS))
        .and(TOTALS_BEFORE, before.get(BuildFeatures.TOTALS))
        .and(
            CHANGED,
            PCollectionList.of(touched)
                .and(ranked.get(BuildFeatures.CHANGED))
                .apply("Customers whose features may differ", Flatten.pCollections()));
  }
}
