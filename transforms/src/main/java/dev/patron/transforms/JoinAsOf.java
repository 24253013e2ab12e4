package dev.patron.transforms;

import dev.patron.features.accounts.Account;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.join.AsOfJoin;
import dev.patron.transforms.shuffle.BothByKey;
import dev.patron.transforms.shuffle.FrameCoder;
import dev.patron.transforms.shuffle.ShowToAll;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.jspecify.annotations.Nullable;

/**
 * Puts facts beside the versions that were valid at their time (SEMANTICS 13); what matches is in
 * {@link AsOfJoin}. Every fact comes out once.
 *
 * <p>Versions that fit in memory many times over are best shown whole to every worker: the facts
 * then stay where they are. Otherwise both are shuffled by key.
 */
public final class JoinAsOf extends PTransform<PCollection<Frame>, PCollectionTuple> {
  /** The facts with the columns taken. */
  public static final TupleTag<Frame> ROWS = new TupleTag<>() {};

  /** How many facts matched nothing; to be added up. */
  public static final TupleTag<Account> ACCOUNTS = new TupleTag<>() {};

  private static final int BROADCAST = 0;

  private final AsOfJoin join;
  private final transient PCollection<Frame> versions;
  private final Schema versionSchema;
  private final int buckets;

  private JoinAsOf(AsOfJoin join, PCollection<Frame> versions, Schema versionSchema, int buckets) {
    this.join = join;
    this.versions = versions;
    this.versionSchema = versionSchema;
    this.buckets = buckets;
  }

  /**
   * Shows all versions to every worker.
   *
   * @param versions rows of a history table
   * @param versionSchema their schema
   */
  public static JoinAsOf broadcast(
      AsOfJoin join, PCollection<Frame> versions, Schema versionSchema) {
    return new JoinAsOf(join, versions, versionSchema, BROADCAST);
  }

  /**
   * Shuffles facts and versions by key.
   *
   * @param versions rows of a history table
   * @param versionSchema their schema
   * @param buckets into how many pieces the keys are divided; each must fit in memory
   */
  public static JoinAsOf byKey(
      AsOfJoin join, PCollection<Frame> versions, Schema versionSchema, int buckets) {
    if (buckets < 1) {
      throw new IllegalArgumentException("buckets = " + buckets + "; at least 1 is needed");
    }
    return new JoinAsOf(join, versions, versionSchema, buckets);
  }

  @Override
  public PCollectionTuple expand(PCollection<Frame> facts) {
    if (buckets == BROADCAST) {
      PCollectionView<Iterable<Frame>> all =
          versions.apply(
              "Show versions to every worker",
              ShowToAll.and(Frame.empty(versionSchema), FrameCoder.of()));
      return facts.apply(
          "Put facts beside the versions of their time",
          ParDo.of(new JoinWithAll(join, versionSchema, all))
              .withSideInputs(all)
              .withOutputTags(ROWS, TupleTagList.of(ACCOUNTS)));
    }
    return facts
        .apply(
            "Bring facts and versions together",
            BothByKey.of(join.factKey(), versions, join.versionKey(), buckets))
        .apply(
            "Put facts beside the versions of their time",
            ParDo.of(new JoinBucket(join, versionSchema))
                .withOutputTags(ROWS, TupleTagList.of(ACCOUNTS)));
  }

  private static void join(AsOfJoin.Index versions, Frame facts, DoFn.MultiOutputReceiver out) {
    AsOfJoin.Joined joined = versions.join(facts);
    out.get(ROWS).output(joined.rows());
    out.get(ACCOUNTS).output(joined.account());
  }

  private static final class JoinWithAll extends DoFn<Frame, Frame> {
    private final AsOfJoin join;
    private final Schema versionSchema;
    private final PCollectionView<Iterable<Frame>> versions;

    /** Made of the first frame's side input, which is the same for all: nothing is windowed. */
    private transient AsOfJoin.@Nullable Index index;

    JoinWithAll(AsOfJoin join, Schema versionSchema, PCollectionView<Iterable<Frame>> versions) {
      this.join = join;
      this.versionSchema = versionSchema;
      this.versions = versions;
    }

    @ProcessElement
    public void join(ProcessContext context, MultiOutputReceiver out) {
      AsOfJoin.Index ready = index;
      if (ready == null) {
        ready = join.index(Frame.concat(versionSchema, context.sideInput(versions)));
        index = ready;
      }
      JoinAsOf.join(ready, context.element(), out);
    }
  }

  private static final class JoinBucket extends DoFn<KV<Integer, CoGbkResult>, Frame> {
    private final AsOfJoin join;
    private final Schema versionSchema;

    JoinBucket(AsOfJoin join, Schema versionSchema) {
      this.join = join;
      this.versionSchema = versionSchema;
    }

    @ProcessElement
    public void join(@Element KV<Integer, CoGbkResult> bucket, MultiOutputReceiver out) {
      CoGbkResult both = bucket.getValue();
      AsOfJoin.Index versions =
          join.index(Frame.concat(versionSchema, both.getAll(BothByKey.RIGHT)));
      for (Frame facts : both.getAll(BothByKey.LEFT)) {
        JoinAsOf.join(versions, facts, out);
      }
    }
  }
}
