package dev.patron.transforms;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.summary.ChangedRows;
import dev.patron.transforms.shuffle.BothByKey;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/** Finds the rows of a table that are new or not what they were, see {@link ChangedRows}. */
public final class FindChanged extends PTransform<PCollection<Frame>, PCollection<Frame>> {
  private final transient PCollection<Frame> before;
  private final Schema schema;
  private final String key;
  private final List<String> ignored;
  private final int buckets;

  /**
   * Finds what changed since then.
   *
   * @param before the rows as they were
   * @param schema the columns of both
   * @param key what identifies a row
   * @param ignored columns that may differ in rows that count as equal
   * @param buckets into how many buckets rows are shuffled
   */
  public FindChanged(
      PCollection<Frame> before, Schema schema, String key, List<String> ignored, int buckets) {
    this.before = before;
    this.schema = schema;
    this.key = key;
    this.ignored = List.copyOf(ignored);
    this.buckets = buckets;
  }

  @Override
  public PCollection<Frame> expand(PCollection<Frame> now) {
    return now.apply(
            "Bring rows now and before together",
            BothByKey.of(List.of(key), before, List.of(key), buckets))
        .apply("Keep what changed", ParDo.of(new Compare(schema, key, ignored)));
  }

  private static final class Compare extends DoFn<KV<Integer, CoGbkResult>, Frame> {
    private final Schema schema;
    private final String key;
    private final List<String> ignored;

    private Compare(Schema schema, String key, List<String> ignored) {
      this.schema = schema;
      this.key = key;
      this.ignored = ignored;
    }

    @ProcessElement
    public void compare(@Element KV<Integer, CoGbkResult> bucket, OutputReceiver<Frame> changed) {
      CoGbkResult both = bucket.getValue();
      // The table may have gained columns since.
      List<Frame> then = new ArrayList<>();
      both.getAll(BothByKey.RIGHT).forEach(frame -> then.add(frame.conform(schema)));
      Frame rows =
          ChangedRows.between(
              Frame.concat(schema, then),
              Frame.concat(schema, both.getAll(BothByKey.LEFT)),
              key,
              ignored);
      if (rows.rows() > 0) {
        changed.output(rows);
      }
    }
  }
}
