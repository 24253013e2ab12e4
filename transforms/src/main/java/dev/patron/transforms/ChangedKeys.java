package dev.patron.transforms;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.KeyHashes;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Type;
import dev.patron.transforms.shuffle.ByKey;
import it.unimi.dsi.fastutil.longs.Long2LongOpenHashMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;

/**
 * The keys, as {@link KeyHashes} frames, whose rows differ between two collections. A row that both
 * have as often, as when a file was written again because of its neighbours, does not count. Rows
 * are compared by the sum of their hashes: that two different sets of rows of a key have the same
 * one is less likely than an error of the memory.
 */
public final class ChangedKeys extends PTransform<PCollection<Frame>, PCollection<Frame>> {
  private final transient PCollection<Frame> before;
  private final List<String> key;
  private final int buckets;

  private ChangedKeys(PCollection<Frame> before, List<String> key, int buckets) {
    this.before = before;
    this.key = List.copyOf(key);
    this.buckets = buckets;
  }

  /**
   * Applied to the rows of now.
   *
   * @param before rows of the same columns
   * @param key the columns that a key consists of
   * @param buckets into how many buckets the hashes are shuffled
   */
  public static ChangedKeys since(PCollection<Frame> before, List<String> key, int buckets) {
    return new ChangedKeys(before, key, buckets);
  }

  @Override
  public PCollection<Frame> expand(PCollection<Frame> now) {
    List<String> by = key;
    return PCollectionList.of(
            now.apply("Hash the rows of now", MapFrames.through(rows -> hash(rows, by, 1))))
        .and(before.apply("Hash the rows before", MapFrames.through(rows -> hash(rows, by, -1))))
        .apply("Hashes of both", Flatten.pCollections())
        .apply("Bring the hashes of a key together", ByKey.of(List.of("_key_hash")).into(buckets))
        .apply("Find the keys whose rows differ", ParDo.of(new Compare()));
  }

  private static Frame hash(Frame rows, List<String> key, int sign) {
    long[] content = rows.hash(rows.schema().names());
    Arrays.setAll(content, row -> sign * content[row]);
    return KeyHashes.ofRows(rows, key).with("_content", Type.LONG, LongColumn.of(content));
  }

  private static final class Compare extends DoFn<KV<Integer, Iterable<Frame>>, Frame> {
    @ProcessElement
    public void compare(@Element KV<Integer, Iterable<Frame>> bucket, OutputReceiver<Frame> out) {
      Long2LongOpenHashMap sums = new Long2LongOpenHashMap();
      for (Frame frame : bucket.getValue()) {
        LongColumn keys = frame.longs("_key_hash");
        LongColumn content = frame.longs("_content");
        for (int row = 0; row < frame.rows(); row++) {
          sums.addTo(keys.get(row), content.get(row));
        }
      }
      List<Frame> changed = new ArrayList<>();
      for (Frame frame : bucket.getValue()) {
        LongColumn keys = frame.longs("_key_hash");
        changed.add(
            frame.select(KeyHashes.SCHEMA.names()).filter(row -> sums.get(keys.get(row)) != 0));
      }
      KeyHashes all = KeyHashes.union(changed);
      if (!all.isEmpty()) {
        out.output(all.toFrame());
      }
    }
  }
}
