package dev.patron.transforms;

import dev.patron.features.accounts.Account;
import dev.patron.features.change.FactFold;
import dev.patron.features.frame.Frame;
import dev.patron.transforms.shuffle.ByKey;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * Keeps facts, one row a key (SEMANTICS 12); what is done with several records of one key is in
 * {@link FactFold}. Facts without a key are not shuffled: every record is a row.
 */
public final class KeepFacts extends PTransform<PCollection<Frame>, PCollectionTuple> {
  /** The rows. */
  public static final TupleTag<Frame> ROWS = new TupleTag<>() {};

  /** What became of the records; to be added up. */
  public static final TupleTag<Account> ACCOUNTS = new TupleTag<>() {};

  private final FactFold fold;
  private final int buckets;

  private KeepFacts(FactFold fold, int buckets) {
    this.fold = fold;
    this.buckets = buckets;
  }

  /**
   * Keeps these facts.
   *
   * @param buckets into how many pieces the keys are divided; each must fit in memory
   */
  public static KeepFacts of(FactFold fold, int buckets) {
    return new KeepFacts(fold, buckets);
  }

  @Override
  public PCollectionTuple expand(PCollection<Frame> records) {
    return fold.key().isEmpty()
        ? records.apply(
            "Keep every record",
            ParDo.of(new KeepEvery(fold)).withOutputTags(ROWS, TupleTagList.of(ACCOUNTS)))
        : records
            .apply("Bring the records of a fact together", ByKey.of(fold.key()).into(buckets))
            .apply(
                "Keep one record of each fact",
                ParDo.of(new KeepOne(fold)).withOutputTags(ROWS, TupleTagList.of(ACCOUNTS)));
  }

  private static void keep(FactFold.Facts facts, DoFn.MultiOutputReceiver out) {
    facts.rows().cut().forEach(out.get(ROWS)::output);
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
