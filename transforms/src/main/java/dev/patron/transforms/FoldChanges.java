package dev.patron.transforms;

import dev.patron.features.accounts.Account;
import dev.patron.features.change.ChangeFold;
import dev.patron.features.change.ChangeSpec;
import dev.patron.features.change.Events;
import dev.patron.features.change.Folded;
import dev.patron.features.change.KeyChanges;
import dev.patron.features.frame.BooleanColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.KeyHashes;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.transforms.lake.ReadKeys;
import dev.patron.transforms.shuffle.ByKey;
import dev.patron.transforms.shuffle.FrameCoder;
import dev.patron.transforms.shuffle.ShowToAll;
import dev.patron.transforms.shuffle.ShownKeys;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SetCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.jspecify.annotations.Nullable;

/**
 * How {@link ApplyChanges} and {@link KeepHistory} run {@link ChangeFold}: all events of a key come
 * together in one bucket, and so do the keys that a primary-key change links; the table's truncates
 * reach every bucket.
 *
 * <p>With {@link EarlierEvents}, the new events are folded with the earlier ones of the same keys
 * and no others, and the rows of the keys that they changed come out.
 */
final class FoldChanges extends PTransform<PCollection<Frame>, PCollectionTuple> {
  static final TupleTag<Frame> ROWS = new TupleTag<>() {};
  static final TupleTag<Account> ACCOUNTS = new TupleTag<>() {};
  static final TupleTag<Frame> CHANGED = new TupleTag<>() {};
  static final TupleTag<Frame> NEWS = new TupleTag<>() {};
  static final TupleTag<Frame> TRUNCATES = new TupleTag<>() {};
  static final TupleTag<String> LINKS = new TupleTag<>() {};

  /**
   * The column by which events are shuffled: the hash of the key, or one value for all keys that
   * are linked. Those meet in one bucket; there are few of them, for keys hardly ever change.
   */
  private static final String ROUTE = "_route";

  private static final Coder<Set<String>> POSITIONS = SetCoder.of(StringUtf8Coder.of());

  private final ChangeSpec spec;
  private final int buckets;
  private final SerializableFunction<Folded, Frame> rows;
  private final transient @Nullable EarlierEvents earlier;

  /**
   * @param rows which rows of what is folded are wanted
   * @param earlier what earlier runs have folded; null: this run folds everything
   */
  FoldChanges(
      ChangeSpec spec,
      int buckets,
      SerializableFunction<Folded, Frame> rows,
      @Nullable EarlierEvents earlier) {
    this.spec = spec;
    this.buckets = buckets;
    this.rows = rows;
    this.earlier = earlier;
  }

  @Override
  public PCollectionTuple expand(PCollection<Frame> events) {
    PCollection<Frame> ofKeys =
        events.apply("Set events of keys apart", MapFrames.through(Events::ofKeys));
    PCollection<Frame> newTruncates =
        events.apply("Set truncates apart", MapFrames.through(Events::truncates));

    PCollection<String> positions =
        events
            .apply("Find where keys change", ParDo.of(new FindPositions(spec.flat())))
            .setCoder(StringUtf8Coder.of());
    PCollectionView<Iterable<Set<String>>> everyPosition =
        withEarlierPositions(positions)
            .apply(
                "Gather where keys change", Combine.globally(new Union<String>()).withoutDefaults())
            .setCoder(POSITIONS)
            .apply("Show where keys change", ShowToAll.and(Set.of(), POSITIONS));
    PCollection<Frame> linked = linkedKeys(events, everyPosition);

    PCollection<Frame> truncates = newTruncates;
    if (earlier != null) {
      PCollection<Frame> touched =
          PCollectionList.of(ofKeys.apply("Keys of the new events", keysOf(spec.key())))
              .and(linked)
              .and(
                  newTruncates.apply(
                      "A truncate is of every key", MapFrames.through(frame -> KeyHashes.every())))
              .apply("Keys to be folded", Flatten.pCollections());
      PCollection<Frame> before =
          touched
              .apply(
                  "Read the earlier events of these keys", ReadKeys.of(earlier.files(), spec.key()))
              .apply("They are known", MapFrames.through(FoldChanges::known));
      ofKeys =
          PCollectionList.of(
                  ofKeys.apply(
                      "They are new", MapFrames.through(frame -> frame.conform(schema(frame)))))
              .and(before)
              .apply("Earlier and new events", Flatten.pCollections());
      truncates =
          PCollectionList.of(
                  newTruncates.apply(
                      "New truncates", MapFrames.through(frame -> frame.conform(schema(frame)))))
              .and(
                  events
                      .getPipeline()
                      .apply("Read the earlier truncates", earlier.truncates())
                      .apply("These are known", MapFrames.through(FoldChanges::known)))
              .apply("All truncates", Flatten.pCollections());
    }
    ChangeFold fold = new ChangeFold(spec);
    PCollectionView<Iterable<Frame>> everyTruncate =
        truncates.apply(
            "Show truncates to every bucket",
            ShowToAll.and(Frame.empty(fold.eventSchema()), FrameCoder.of()));
    ShownKeys everyLinked = ShownKeys.of("Show the keys that change to every bucket", linked);
    PCollectionTuple folded =
        ofKeys
            .apply(
                "Route keys that change together",
                ParDo.of(new Route(spec.key(), everyLinked)).withSideInputs(everyLinked.view()))
            .apply("Bring the events of a key together", ByKey.of(List.of(ROUTE)).into(buckets))
            .apply(
                "Fold the events of each key",
                ParDo.of(
                        new Fold(
                            fold, spec.key(), everyTruncate, everyLinked, rows, earlier != null))
                    .withSideInputs(everyTruncate, everyLinked.view())
                    .withOutputTags(ROWS, TupleTagList.of(ACCOUNTS).and(CHANGED).and(NEWS)));
    PCollection<Account> ofTruncates =
        events
            .getPipeline()
            .apply("Once", Create.of(0))
            .apply(
                "Count truncates",
                ParDo.of(new CountTruncates(fold, everyTruncate)).withSideInputs(everyTruncate));
    return PCollectionTuple.of(ROWS, folded.get(ROWS))
        .and(
            ACCOUNTS,
            PCollectionList.of(folded.get(ACCOUNTS))
                .and(ofTruncates)
                .apply("Add up accounts", Flatten.pCollections()))
        .and(CHANGED, folded.get(CHANGED))
        .and(NEWS, folded.get(NEWS))
        .and(TRUNCATES, newTruncates)
        .and(LINKS, positions);
  }

  /** The frame's own columns, and whether an event is known. */
  private static Schema schema(Frame events) {
    return events.schema().has(Events.KNOWN)
        ? events.schema()
        : events.schema().with(Events.KNOWN, Type.BOOLEAN);
  }

  private static Frame known(Frame events) {
    boolean[] known = new boolean[events.rows()];
    Arrays.fill(known, true);
    return events.with(Events.KNOWN, Type.BOOLEAN, BooleanColumn.of(known));
  }

  private static MapFrames keysOf(List<String> key) {
    return MapFrames.through(frame -> KeyHashes.of(frame, key));
  }

  private PCollection<String> withEarlierPositions(PCollection<String> positions) {
    if (earlier == null || earlier.links().isEmpty()) {
      return positions;
    }
    return PCollectionList.of(positions)
        .and(
            positions
                .getPipeline()
                .apply(
                    "Where keys changed earlier",
                    Create.of(earlier.links()).withCoder(StringUtf8Coder.of())))
        .apply("Earlier and new positions", Flatten.pCollections());
  }

  /** The hashes of all keys that a primary-key change links, of earlier events too. */
  private PCollection<Frame> linkedKeys(
      PCollection<Frame> events, PCollectionView<Iterable<Set<String>>> positions) {
    PCollection<Frame> linked =
        events.apply(
            "Find the keys that change",
            ParDo.of(new FindKeys(spec.key(), positions)).withSideInputs(positions));
    if (earlier == null || spec.flat()) {
      return linked;
    }
    List<String> names = new ArrayList<>(spec.key());
    names.addAll(List.of(Events.OP, Events.POSITION, Events.UNAVAILABLE));
    PCollection<Frame> every =
        events
            .getPipeline()
            .apply("Once more", Create.of(0))
            .apply(
                "Are there keys that change",
                ParDo.of(new EveryKeyIf(positions)).withSideInputs(positions));
    return PCollectionList.of(linked)
        .and(
            every
                .apply(
                    "Look through the earlier events",
                    ReadKeys.of(earlier.files(), names, spec.key()))
                .apply(
                    "Find the earlier keys that change",
                    ParDo.of(new FindKeys(spec.key(), positions)).withSideInputs(positions)))
        .apply("All keys that change", Flatten.pCollections());
  }

  private static Set<String> union(Iterable<Set<String>> sets) {
    Set<String> all = new HashSet<>();
    sets.forEach(all::addAll);
    return all;
  }

  private static final class FindPositions extends DoFn<Frame, String> {
    private final boolean flat;

    FindPositions(boolean flat) {
      this.flat = flat;
    }

    @ProcessElement
    public void find(@Element Frame events, OutputReceiver<String> out) {
      // Flat rows hold no placeholders.
      if (!flat) {
        KeyChanges.positions(events).forEach(out::output);
      }
    }
  }

  /** Every key there is, if keys change anywhere. */
  private static final class EveryKeyIf extends DoFn<Integer, Frame> {
    private final PCollectionView<Iterable<Set<String>>> positions;

    EveryKeyIf(PCollectionView<Iterable<Set<String>>> positions) {
      this.positions = positions;
    }

    @ProcessElement
    public void ask(ProcessContext context) {
      if (!union(context.sideInput(positions)).isEmpty()) {
        context.output(KeyHashes.every());
      }
    }
  }

  private static final class FindKeys extends DoFn<Frame, Frame> {
    private final List<String> key;
    private final PCollectionView<Iterable<Set<String>>> positions;

    FindKeys(List<String> key, PCollectionView<Iterable<Set<String>>> positions) {
      this.key = key;
      this.positions = positions;
    }

    @ProcessElement
    public void find(ProcessContext context) {
      Set<String> at = union(context.sideInput(positions));
      if (at.isEmpty()) {
        return;
      }
      Frame keys = KeyChanges.linkedKeys(context.element(), key, at);
      if (keys.rows() > 0) {
        context.output(KeyHashes.of(keys, key));
      }
    }
  }

  private static final class Route extends DoFn<Frame, Frame> {
    private final List<String> key;
    private final ShownKeys linked;

    Route(List<String> key, ShownKeys linked) {
      this.key = key;
      this.linked = linked;
    }

    @ProcessElement
    public void route(ProcessContext context) {
      KeyHashes together = linked.in(context);
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
    private final List<String> key;
    private final PCollectionView<Iterable<Frame>> truncates;
    private final ShownKeys linked;
    private final SerializableFunction<Folded, Frame> rows;
    private final boolean onto;

    Fold(
        ChangeFold fold,
        List<String> key,
        PCollectionView<Iterable<Frame>> truncates,
        ShownKeys linked,
        SerializableFunction<Folded, Frame> rows,
        boolean onto) {
      this.onto = onto;
      this.fold = fold;
      this.key = key;
      this.truncates = truncates;
      this.linked = linked;
      this.rows = rows;
    }

    @ProcessElement
    public void fold(ProcessContext context, MultiOutputReceiver out) {
      Folded folded =
          fold.fold(
              FoldBuckets.all(context.element().getValue()).conform(fold.eventSchema()),
              all(context.sideInput(truncates)));
      // One after the other: a bucket may be as large as the heap allows.
      if (onto) {
        Frame changed = changed(folded, linked.in(context));
        output(KeyHashes.union(List.of(changed)).within(rows.apply(folded), key), out.get(ROWS));
        out.get(CHANGED).output(changed);
      } else {
        output(rows.apply(folded), out.get(ROWS));
      }
      output(folded.news(), out.get(NEWS));
      out.get(ACCOUNTS).output(folded.account());
    }

    private static void output(Frame frame, OutputReceiver<Frame> out) {
      frame.cut().forEach(out::output);
    }

    private Frame all(Iterable<Frame> frames) {
      List<Frame> conformed = new ArrayList<>();
      frames.forEach(frame -> conformed.add(frame.conform(fold.eventSchema())));
      return Frame.concat(fold.eventSchema(), conformed);
    }

    /** Where one of the keys that are linked changed, all of them may have. */
    private Frame changed(Folded folded, KeyHashes together) {
      Frame keys = folded.changedKeys();
      if (together.isEmpty() || together.within(keys, key).rows() == 0) {
        return KeyHashes.of(keys, key);
      }
      return Frame.concat(KeyHashes.SCHEMA, List.of(KeyHashes.of(keys, key), together.toFrame()));
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
      List<Frame> conformed = new ArrayList<>();
      context
          .sideInput(truncates)
          .forEach(frame -> conformed.add(frame.conform(fold.eventSchema())));
      context.output(fold.account(Frame.concat(fold.eventSchema(), conformed)));
    }
  }
}
