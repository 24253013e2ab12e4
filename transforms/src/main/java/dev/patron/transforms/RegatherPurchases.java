package dev.patron.transforms;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.KeyHashes;
import dev.patron.features.purchases.OrderLines;
import dev.patron.transforms.lake.DataFile;
import dev.patron.transforms.lake.FileBatches;
import dev.patron.transforms.lake.ReadFile;
import dev.patron.transforms.lake.ReadKeys;
import dev.patron.transforms.lake.TableFiles;
import dev.patron.transforms.shuffle.ShownKeys;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;

/**
 * Finds the order lines of all purchases that new facts change. A purchase that is new consists of
 * new lines alone; of one that was there before, the other lines are looked for among the facts
 * kept earlier, which are not read where there is none, or where every fact is a whole order.
 */
public final class RegatherPurchases extends PTransform<PCollectionTuple, PCollectionTuple> {
  /** Input: the lines of facts that are new or different. */
  public static final TupleTag<Frame> ADDED = new TupleTag<>() {};

  /** Input: facts that are not true any more. */
  public static final TupleTag<Frame> SUPERSEDED = KeepFacts.SUPERSEDED;

  /** Output: all lines of the purchases that change. */
  public static final TupleTag<Frame> LINES = new TupleTag<>() {};

  /** Output: the keys of these purchases and of those that are no more, as frames have them. */
  public static final TupleTag<Frame> CHANGED = new TupleTag<>() {};

  /** What identifies a purchase. */
  public static final List<String> KEY = List.of("customer_id", "order_id");

  private final OrderLines lines;
  private final List<String> factKey;
  private final TableFiles facts;
  private final TableFiles purchases;

  /**
   * A transform for new facts.
   *
   * @param factKey the columns that identify a fact; empty: nothing is superseded
   * @param facts the facts kept earlier
   * @param purchases the purchases gathered from them
   */
  public RegatherPurchases(
      OrderLines lines, List<String> factKey, TableFiles facts, TableFiles purchases) {
    this.lines = lines;
    this.factKey = List.copyOf(factKey);
    this.facts = facts;
    this.purchases = purchases;
  }

  @Override
  public PCollectionTuple expand(PCollectionTuple kept) {
    OrderLines apart = lines;
    PCollection<Frame> added = kept.get(ADDED);
    PCollection<Frame> gone =
        kept.get(SUPERSEDED).apply("Take old orders apart", MapFrames.through(apart::takeApart));
    PCollection<Frame> changed =
        PCollectionList.of(added.apply("Purchases that change", keys()))
            .and(gone.apply("Purchases that lose lines", keys()))
            .apply("All purchases that change", Flatten.pCollections());
    PCollection<Frame> all =
        lines.areWholeOrders(factKey)
            ? added
            : PCollectionList.of(added)
                .and(others(kept, changed))
                .apply("All lines", Flatten.pCollections());
    return PCollectionTuple.of(LINES, all).and(CHANGED, changed);
  }

  private PCollection<Frame> others(PCollectionTuple kept, PCollection<Frame> changed) {
    PCollection<Frame> existing =
        changed
            .apply("Read which of them there are", ReadKeys.of(purchases, KEY, KEY))
            .apply("Purchases that are there", keys());
    List<String> key = factKey;
    ShownKeys wanted = ShownKeys.of("Show them to every reader", existing);
    ShownKeys superseded =
        ShownKeys.of(
            "Show the facts that changed to every reader",
            kept.get(SUPERSEDED)
                .apply("Facts that changed", MapFrames.through(frame -> KeyHashes.of(frame, key))));
    return kept.getPipeline()
        .apply("Files of facts", FileBatches.of(facts.files()))
        .apply(
            "Look for their other lines",
            ParDo.of(
                    new Others(
                        ReadFile.of(facts, facts.schema().names()), lines, key, wanted, superseded))
                .withSideInputs(wanted.view(), superseded.view()));
  }

  private static MapFrames keys() {
    return MapFrames.through(frame -> KeyHashes.of(frame, KEY));
  }

  /** Lines of facts that are still true, of purchases that change. */
  private static final class Others extends DoFn<List<DataFile>, Frame> {
    private final ReadFile read;
    private final OrderLines lines;
    private final List<String> factKey;
    private final ShownKeys wanted;
    private final ShownKeys superseded;

    Others(
        ReadFile read,
        OrderLines lines,
        List<String> factKey,
        ShownKeys wanted,
        ShownKeys superseded) {
      this.read = read;
      this.lines = lines;
      this.factKey = factKey;
      this.wanted = wanted;
      this.superseded = superseded;
    }

    @ProcessElement
    public void look(ProcessContext context) {
      KeyHashes purchases = wanted.in(context);
      if (purchases.isEmpty()) {
        return;
      }
      KeyHashes untrue = superseded.in(context);
      for (DataFile file : context.element()) {
        read.rows(
            file,
            facts -> {
              Frame still = factKey.isEmpty() ? facts : untrue.without(facts, factKey);
              Frame found = purchases.within(lines.takeApart(still), KEY);
              if (found.rows() > 0) {
                context.output(found);
              }
            });
      }
    }
  }
}
