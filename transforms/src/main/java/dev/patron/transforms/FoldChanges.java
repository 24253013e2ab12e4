package dev.patron.transforms;

import dev.patron.features.accounts.Account;
import dev.patron.features.change.ChangeFold;
import dev.patron.features.change.ChangeSpec;
import dev.patron.features.change.Events;
import dev.patron.features.change.Folded;
import dev.patron.features.change.KeyChanges;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Type;
import dev.patron.transforms.shuffle.ByKey;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * How {@link ApplyChanges} and {@link KeepHistory} run {@link ChangeFold}: all events of a key come
 * together in one bucket, and so do the keys that a primary-key change links; the table's truncates
 * reach every bucket.
 */
final class FoldChanges extends PTransform<PCollection<Frame>, PCollectionTuple> {
  static final TupleTag<Frame> ROWS = new TupleTag<>() {};
  static final TupleTag<Account> ACCOUNTS = new TupleTag<>() {};

  private static final TupleTag<Frame> OF_KEYS = new TupleTag<>() {};
  private static final TupleTag<Frame> TRUNCATES = new TupleTag<>() {};

  /**
   * The column by which events are shuffled: the hash of the key, or one value for all keys that
   * are linked. Those meet in one bucket; there are few of them, for keys hardly ever change.
   */
  private static final String ROUTE = "_route";

  private final ChangeSpec spec;
  private final int buckets;
  private final SerializableFunction<Folded, Frame> rows;

  /**
   * @param rows which rows of what is folded are wanted
   */
  FoldChanges(ChangeSpec spec, int buckets, SerializableFunction<Folded, Frame> rows) {
    this.spec = spec;
    this.buckets = buckets;
    this.rows = rows;
  }

  @Override
  public PCollectionTuple expand(PCollection<Frame> events) {
    PCollectionTuple apart =
        events.apply(
            "Set truncates apart",
            ParDo.of(new SetApart()).withOutputTags(OF_KEYS, TupleTagList.of(TRUNCATES)));
    PCollectionView<Iterable<Frame>> truncates =
        apart.get(TRUNCATES).apply("Show truncates to every bucket", View.asIterable());
    ChangeFold fold = new ChangeFold(spec);
    PCollectionTuple folded =
        bringTogether(apart.get(OF_KEYS))
            .apply(
                "Fold the events of each key",
                ParDo.of(new Fold(fold, truncates, rows))
                    .withSideInputs(truncates)
                    .withOutputTags(ROWS, TupleTagList.of(ACCOUNTS)));
    PCollection<Account> ofTruncates =
        events
            .getPipeline()
            .apply("Once", Create.of(0))
            .apply(
                "Count truncates",
                ParDo.of(new CountTruncates(fold, truncates)).withSideInputs(truncates));
    return PCollectionTuple.of(ROWS, folded.get(ROWS))
        .and(
            ACCOUNTS,
            PCollectionList.of(folded.get(ACCOUNTS))
                .and(ofTruncates)
                .apply("Add up accounts", Flatten.pCollections()));
  }

  /** All events of a key, and of the keys linked with it, in one bucket. */
  private PCollection<KV<Integer, Iterable<Frame>>> bringTogether(PCollection<Frame> events) {
    if (spec.flat()) {
      // Flat rows hold no placeholders.
      return events.apply("Bring the events of a key together", ByKey.of(spec.key()).into(buckets));
    }
    PCollectionView<Set<String>> positions =
        events
            .apply("Find where keys change", ParDo.of(new FindPositions()))
            .setCoder(StringUtf8Coder.of())
            .apply(
                "Gather where keys change",
                Combine.globally(new Union<String>()).asSingletonView());
    PCollectionView<Set<Long>> linked =
        events
            .apply(
                "Find the keys that change",
                ParDo.of(new FindKeys(spec.key(), positions)).withSideInputs(positions))
            .setCoder(VarLongCoder.of())
            .apply(
                "Gather the keys that change",
                Combine.globally(new Union<Long>()).asSingletonView());
    return events
        .apply(
            "Route keys that change together",
            ParDo.of(new Route(spec.key(), linked)).withSideInputs(linked))
        .apply("Bring the events of a key together", ByKey.of(List.of(ROUTE)).into(buckets));
  }

  private static final class SetApart extends DoFn<Frame, Frame> {
    @ProcessElement
    public void setApart(@Element Frame events, MultiOutputReceiver out) {
      Frame truncates = Events.truncates(events);
      if (truncates.rows() > 0) {
        out.get(TRUNCATES).output(truncates);
      }
      Frame ofKeys = Events.ofKeys(events);
      if (ofKeys.rows() > 0) {
        out.get(OF_KEYS).output(ofKeys);
      }
    }
  }

  private static final class FindPositions extends DoFn<Frame, String> {
    @ProcessElement
    public void find(@Element Frame events, OutputReceiver<String> out) {
      KeyChanges.positions(events).forEach(out::output);
    }
  }

  private static final class FindKeys extends DoFn<Frame, Long> {
    private final List<String> key;
    private final PCollectionView<Set<String>> positions;

    FindKeys(List<String> key, PCollectionView<Set<String>> positions) {
      this.key = key;
      this.positions = positions;
    }

    @ProcessElement
    public void find(ProcessContext context) {
      Frame keys = KeyChanges.linkedKeys(context.element(), key, context.sideInput(positions));
      for (long hash : keys.hash(key)) {
        context.output(hash);
      }
    }
  }

  private static final class Route extends DoFn<Frame, Frame> {
    private final List<String> key;
    private final PCollectionView<Set<Long>> linked;

    Route(List<String> key, PCollectionView<Set<Long>> linked) {
      this.key = key;
      this.linked = linked;
    }

    @ProcessElement
    public void route(ProcessContext context) {
      Set<Long> together = context.sideInput(linked);
      long[] route = context.element().hash(key);
      for (int row = 0; row < route.length && !together.isEmpty(); row++) {
        if (together.contains(route[row])) {
          route[row] = 0;
        }
      }
      context.output(context.element().with(ROUTE, Type.LONG, LongColumn.of(route)));
    }
  }

  private static final class Fold extends DoFn<KV<Integer, Iterable<Frame>>, Frame> {
    private final ChangeFold fold;
    private final PCollectionView<Iterable<Frame>> truncates;
    private final SerializableFunction<Folded, Frame> rows;

    Fold(
        ChangeFold fold,
        PCollectionView<Iterable<Frame>> truncates,
        SerializableFunction<Folded, Frame> rows) {
      this.fold = fold;
      this.truncates = truncates;
      this.rows = rows;
    }

    @ProcessElement
    public void fold(ProcessContext context, MultiOutputReceiver out) {
      Folded folded =
          fold.fold(
              FoldBuckets.all(context.element().getValue()).conform(fold.eventSchema()),
              Frame.concat(fold.eventSchema(), context.sideInput(truncates)));
      rows.apply(folded).cut().forEach(out.get(ROWS)::output);
      out.get(ACCOUNTS).output(folded.account());
    }
  }

  private static final class CountTruncates extends DoFn<Integer, Account> {
    private final ChangeFold fold;
    private final PCollectionView<Iterable<Frame>> truncates;

    CountTruncates(ChangeFold fold, PCollectionView<Iterable<Frame>> truncates) {
      this.fold = fold;
      this.truncates = truncates;
    }

    @ProcessElement
    public void count(ProcessContext context) {
      context.output(fold.account(Frame.concat(fold.eventSchema(), context.sideInput(truncates))));
    }
  }
}
