package dev.patron.transforms;

import dev.patron.features.accounts.Account;
import dev.patron.features.change.ChangeSpec;
import dev.patron.features.change.Events;
import dev.patron.features.change.Folded;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.KeyHashes;
import dev.patron.features.tables.Tables;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.jspecify.annotations.Nullable;

/**
 * Applies the change events of a table and gives the row that each key is left with (SCD type 1,
 * SEMANTICS 1 to 9): the table's own columns and {@link Tables#CURRENT}.
 *
 * <p>Takes all events of the table, truncates included, as frames of {@link Events#schema}, in any
 * order and any number of deliveries. What they mean is in {@link
 * dev.patron.features.change.ChangeFold}.
 */
public final class ApplyChanges extends PTransform<PCollection<Frame>, PCollectionTuple> {
  /** The rows, in frames that are each sorted by key. */
  public static final TupleTag<Frame> ROWS = FoldChanges.ROWS;

  /** What became of the events; to be added up. */
  public static final TupleTag<Account> ACCOUNTS = FoldChanges.ACCOUNTS;

  /** The keys whose rows these are or were, as {@link KeyHashes} frames. */
  public static final TupleTag<Frame> CHANGED = FoldChanges.CHANGED;

  /** The events of keys that count and are new, to be kept for the next run. */
  public static final TupleTag<Frame> NEWS = FoldChanges.NEWS;

  /** The new truncates of the table, to be kept beside them. */
  public static final TupleTag<Frame> TRUNCATES = FoldChanges.TRUNCATES;

  /** Where keys change, for {@link EarlierEvents#links} of the next run. */
  public static final TupleTag<String> LINKS = FoldChanges.LINKS;

  private final ChangeSpec spec;
  private final int buckets;
  private final transient @Nullable EarlierEvents earlier;

  private ApplyChanges(ChangeSpec spec, int buckets, @Nullable EarlierEvents earlier) {
    this.spec = spec;
    this.buckets = buckets;
    this.earlier = earlier;
  }

  /**
   * Applies the changes of this table.
   *
   * @param buckets into how many pieces the keys are divided; each must fit in memory
   */
  public static ApplyChanges of(ChangeSpec spec, int buckets) {
    return new ApplyChanges(spec, buckets, null);
  }

  /**
   * The same, of events that come on top of earlier ones: the rows are those of the keys that
   * {@link #CHANGED}, and take the place of what these keys had.
   */
  public ApplyChanges onto(EarlierEvents newEarlier) {
    return new ApplyChanges(spec, buckets, newEarlier);
  }

  @Override
  public PCollectionTuple expand(PCollection<Frame> events) {
    return events.apply(
        "Fold changes into current rows", new FoldChanges(spec, buckets, Folded::current, earlier));
  }
}
