package dev.patron.transforms.shuffle;

import dev.patron.features.frame.Frame;
import java.util.List;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.transforms.join.CoGroupByKey;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TupleTag;

/**
 * The shuffle of {@link ByKey} for two collections at once: rows of the left and of the right whose
 * keys are equal come together in one bucket. The same bounds hold.
 */
public final class BothByKey
    extends PTransform<PCollection<Frame>, PCollection<KV<Integer, CoGbkResult>>> {
  /** The frames of the collection that this is applied to. */
  public static final TupleTag<Frame> LEFT = new TupleTag<>() {};

  /** The frames of the other collection. */
  public static final TupleTag<Frame> RIGHT = new TupleTag<>() {};

  private final List<String> leftKey;
  private final transient PCollection<Frame> right;
  private final List<String> rightKey;
  private final int buckets;

  private BothByKey(
      List<String> leftKey, PCollection<Frame> right, List<String> rightKey, int buckets) {
    this.leftKey = List.copyOf(leftKey);
    this.right = right;
    this.rightKey = List.copyOf(rightKey);
    this.buckets = buckets;
  }

  /**
   * Brings together rows that are equal in these columns.
   *
   * @param rightKey the key columns of the right, in the order and of the types of {@code leftKey}
   * @throws IllegalArgumentException without key columns or with fewer than one bucket
   */
  public static BothByKey of(
      List<String> leftKey, PCollection<Frame> right, List<String> rightKey, int buckets) {
    if (leftKey.isEmpty() || leftKey.size() != rightKey.size()) {
      throw new IllegalArgumentException(
          "a shuffle by %s and %s: as many key columns are needed on both sides, at least one"
              .formatted(leftKey, rightKey));
    }
    if (buckets < 1) {
      throw new IllegalArgumentException("buckets = " + buckets + "; at least 1 is needed");
    }
    return new BothByKey(leftKey, right, rightKey, buckets);
  }

  @Override
  public PCollection<KV<Integer, CoGbkResult>> expand(PCollection<Frame> left) {
    return KeyedPCollectionTuple.of(LEFT, split("left", left, leftKey))
        .and(RIGHT, split("right", right, rightKey))
        .apply("Bring each bucket together", CoGroupByKey.create());
  }

  private PCollection<KV<Integer, Frame>> split(
      String side, PCollection<Frame> frames, List<String> key) {
    return frames.apply(
        "Split the " + side + " into buckets", ParDo.of(new ByKey.Split(key, buckets)));
  }
}
