package dev.patron.transforms;

import dev.patron.features.accounts.Account;
import dev.patron.features.change.ChangeSpec;
import dev.patron.features.change.Events;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.KeyHashes;
import dev.patron.features.history.History;
import dev.patron.features.tables.Tables;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.jspecify.annotations.Nullable;

/**
 * Keeps every version of the rows of a table (SCD type 2, SEMANTICS 10): the table's own columns
 * and {@link Tables#HISTORY}.
 *
 * <p>Takes all events of the table, truncates included, as frames of {@link Events#schema}, in any
 * order and any number of deliveries. What a version is, is in {@link History}.
 */
public final class KeepHistory extends PTransform<PCollection<Frame>, PCollectionTuple> {
  /** The versions, in frames that are each sorted by key and {@code valid_from}. */
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

  private KeepHistory(ChangeSpec spec, int buckets, @Nullable EarlierEvents earlier) {
    this.spec = spec;
    this.buckets = buckets;
    this.earlier = earlier;
  }

  /**
   * Keeps the history of this table.
   *
   * @param buckets into how many pieces the keys are divided; each must fit in memory
   */
  public static KeepHistory of(ChangeSpec spec, int buckets) {
    return new KeepHistory(spec, buckets, null);
  }

  /**
   * The same, of events that come on top of earlier ones: the rows are those of the keys that
   * {@link #CHANGED}, and take the place of what these keys had.
   */
  public KeepHistory onto(EarlierEvents newEarlier) {
    return new KeepHistory(spec, buckets, newEarlier);
  }

  @Override
  public PCollectionTuple expand(PCollection<Frame> events) {
    return events.apply(
        "Fold changes into versions", new FoldChanges(spec, buckets, History::of, earlier));
  }
}
