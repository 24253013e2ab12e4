package dev.patron.transforms;

import dev.patron.features.accounts.Account;
import dev.patron.features.change.Events;
import dev.patron.features.change.FactFold;
import dev.patron.features.frame.BooleanColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.KeyHashes;
import dev.patron.features.frame.Type;
import dev.patron.transforms.lake.ReadKeys;
import dev.patron.transforms.lake.TableFiles;
import dev.patron.transforms.shuffle.ByKey;
import java.util.Arrays;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.jspecify.annotations.Nullable;

/**
 * Keeps facts, one row a key (SEMANTICS 12); what is done with several records of one key is in
 * {@link FactFold}. Facts without a key are not shuffled: every record is a row.
 */
public final class KeepFacts extends PTransform<PCollection<Frame>, PCollectionTuple> {
  /** The rows. */
  public static final TupleTag<Frame> ROWS = new TupleTag<>() {};

  /** Rows kept earlier that are not true any more. */
  public static final TupleTag<Frame> SUPERSEDED = new TupleTag<>() {};

  /** What became of the records; to be added up. */
  public static final TupleTag<Account> ACCOUNTS = new TupleTag<>() {};

  private final FactFold fold;
  private final int buckets;
  private final transient @Nullable TableFiles earlier;

  private KeepFacts(FactFold fold, int buckets, @Nullable TableFiles earlier) {
    this.fold = fold;
    this.buckets = buckets;
    this.earlier = earlier;
  }

  /**
   * Keeps these facts.
   *
   * @param buckets into how many pieces the keys are divided; each must fit in memory
   */
  public static KeepFacts of(FactFold fold, int buckets) {
    return new KeepFacts(fold, buckets, null);
  }

  /**
   * The same, of records that come on top of facts kept earlier: the rows are those that are new or
   * different, and a different one takes the place of one {@link #SUPERSEDED}.
   */
  public KeepFacts onto(TableFiles newEarlier) {
    return new KeepFacts(fold, buckets, newEarlier);
  }

  @Override
  public PCollectionTuple expand(PCollection<Frame> records) {
    if (fold.key().isEmpty()) {
      return records.apply("Keep every record", keep(new KeepEvery(fold)));
    }
    return withEarlier(records)
        .apply("Bring the records of a fact together", ByKey.of(fold.key()).into(buckets))
        .apply("Keep one record of each fact", keep(new KeepOne(fold)));
  }

  private static <T> ParDo.MultiOutput<T, Frame> keep(DoFn<T, Frame> with) {
    return ParDo.of(with).withOutputTags(ROWS, TupleTagList.of(SUPERSEDED).and(ACCOUNTS));
  }

  private PCollection<Frame> withEarlier(PCollection<Frame> records) {
    TableFiles kept = earlier;
    if (kept == null) {
      return records;
    }
    FactFold of = fold;
    PCollection<Frame> known =
        records
            .apply("Keys of the records", MapFrames.through(frame -> KeyHashes.of(frame, of.key())))
            .apply("Read the facts of these keys", ReadKeys.of(kept, of.key()))
            .apply("They are known", MapFrames.through(frame -> mark(frame, true)));
    return PCollectionList.of(
            records.apply("They are new", MapFrames.through(frame -> mark(frame, false))))
        .and(known)
        .apply("Earlier and new facts", Flatten.pCollections());
  }

  private static Frame mark(Frame facts, boolean known) {
    boolean[] marks = new boolean[facts.rows()];
    Arrays.fill(marks, known);
    return facts.with(Events.KNOWN, Type.BOOLEAN, BooleanColumn.of(marks));
  }

  private static void keep(FactFold.Facts facts, DoFn.MultiOutputReceiver out) {
    facts.rows().cut().forEach(out.get(ROWS)::output);
    facts.superseded().cut().forEach(out.get(SUPERSEDED)::output);
    out.get(ACCOUNTS).output(facts.account());
  }

  private static final class KeepEvery extends DoFn<Frame, Frame> {
    private final FactFold fold;

    KeepEvery(FactFold fold) {
      this.fold = fold;
    }

    @ProcessElement
    public void keepEvery(@Element Frame records, MultiOutputReceiver out) {
      keep(fold.fold(records), out);
    }
  }

  private static final class KeepOne extends DoFn<KV<Integer, Iterable<Frame>>, Frame> {
    private final FactFold fold;

    KeepOne(FactFold fold) {
      this.fold = fold;
    }

    @ProcessElement
    public void keepOne(@Element KV<Integer, Iterable<Frame>> bucket, MultiOutputReceiver out) {
      keep(fold.fold(FoldBuckets.all(bucket.getValue())), out);
    }
  }
}
