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
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/** Finds the rows of a table that are new, not what they were, or gone, see {@link ChangedRows}. */
public final class FindChanged extends PTransform<PCollection<Frame>, PCollectionTuple> {
  /** The rows that are new or not what they were. */
  public static final TupleTag<Frame> CHANGED = new TupleTag<>("changed") {};

  /** The rows as they were whose keys are not there any more. */
  public static final TupleTag<Frame> GONE = new TupleTag<>("gone") {};

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
  public PCollectionTuple expand(PCollection<Frame> now) {
    return now.apply(
            "Bring rows now and before together",
            BothByKey.of(List.of(key), before, List.of(key), buckets))
        .apply(
            "Keep what changed",
            ParDo.of(new Compare(schema, key, ignored))
                .withOutputTags(CHANGED, TupleTagList.of(GONE)));
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
    public void compare(@Element KV<Integer, CoGbkResult> bucket, MultiOutputReceiver out) {
      CoGbkResult both = bucket.getValue();
      // The table may have gained columns since.
      List<Frame> conformed = new ArrayList<>();
      both.getAll(BothByKey.RIGHT).forEach(frame -> conformed.add(frame.conform(schema)));
      Frame then = Frame.concat(schema, conformed);
      Frame now = Frame.concat(schema, both.getAll(BothByKey.LEFT));
      output(out, CHANGED, ChangedRows.between(then, now, key, ignored));
      output(out, GONE, ChangedRows.gone(then, now, key));
    }

    private static void output(MultiOutputReceiver out, TupleTag<Frame> tag, Frame rows) {
      if (rows.rows() > 0) {
        out.get(tag).output(rows);
      }
    }
  }
}
