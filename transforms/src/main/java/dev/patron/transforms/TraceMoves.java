package dev.patron.transforms;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.summary.SegmentMoves;
import dev.patron.transforms.shuffle.ByKey;
import java.util.Collections;
import java.util.List;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;

/** Compares the segments of customers before with those now: partial {@link SegmentMoves}. */
public final class TraceMoves extends PTransform<PCollection<Frame>, PCollection<Frame>> {
  private static final String IS_NOW = "_is_now";

  private final PCollection<Frame> now;
  private final int buckets;

  /**
   * A comparison with these scores.
   *
   * @param now scores with {@link SegmentMoves#COLUMNS} among their columns; what this is applied
   *     to is the same as it was before
   * @param buckets into how many buckets customers are shuffled
   */
  public TraceMoves(PCollection<Frame> now, int buckets) {
    this.now = now;
    this.buckets = buckets;
  }

  @Override
  public PCollection<Frame> expand(PCollection<Frame> before) {
    return PCollectionList.of(before.apply("As it was", MapFrames.through(f -> mark(f, false))))
        .and(now.apply("As it is", MapFrames.through(f -> mark(f, true))))
        .apply("Both", Flatten.pCollections())
        .apply("Bring each customer together", ByKey.of(List.of("customer_id")).into(buckets))
        .apply("Count moves", FoldBuckets.through(TraceMoves::count));
  }

  private static Frame mark(Frame frame, boolean isNow) {
    Frame narrow = frame.select(SegmentMoves.COLUMNS);
    List<List<Boolean>> marks = Collections.nCopies(frame.rows(), List.of(isNow));
    return narrow.with(
        IS_NOW,
        Type.BOOLEAN,
        Frame.ofRows(Schema.of().with(IS_NOW, Type.BOOLEAN), marks).column(0));
  }

  private static Frame count(Frame both) {
    return SegmentMoves.partial(
        both.filter(row -> !both.booleans(IS_NOW).get(row)),
        both.filter(row -> both.booleans(IS_NOW).get(row)));
  }
}
