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
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;

/**
 * The shuffle of {@link ByKey} for several collections at once: rows of all of them whose keys are
 * equal come together in one bucket. The same bounds hold. All collections name the key columns
 * alike and have them in the same types.
 */
public final class TogetherByKey
    extends PTransform<PCollectionTuple, PCollection<KV<Integer, CoGbkResult>>> {
  private final List<TupleTag<Frame>> tags;
  private final List<String> key;
  private final int buckets;

  /**
   * Brings together rows that are equal in the key.
   *
   * @param tags of the collections
   * @param key columns of all of them
   * @throws IllegalArgumentException without key columns or with fewer than one bucket
   */
  public TogetherByKey(List<TupleTag<Frame>> tags, List<String> key, int buckets) {
    if (key.isEmpty() || buckets < 1) {
      throw new IllegalArgumentException(
          "a shuffle by %s into %d buckets: at least one key column and one bucket are needed"
              .formatted(key, buckets));
    }
    this.tags = List.copyOf(tags);
    this.key = List.copyOf(key);
    this.buckets = buckets;
  }

  @Override
  public PCollection<KV<Integer, CoGbkResult>> expand(PCollectionTuple frames) {
    KeyedPCollectionTuple<Integer> split = KeyedPCollectionTuple.empty(frames.getPipeline());
    for (TupleTag<Frame> tag : tags) {
      split =
          split.and(
              tag,
              frames
                  .get(tag)
                  .apply(
                      "Split " + tag.getId() + " into buckets",
                      ParDo.of(new ByKey.Split(key, buckets))));
    }
    return split.apply("Bring each bucket together", CoGroupByKey.create());
  }
}
