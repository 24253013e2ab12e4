package dev.patron.transforms.shuffle;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.KeyHashes;
import java.io.Serializable;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.jspecify.annotations.Nullable;

/** A set of keys that every worker sees, put together once by each copy of a DoFn. */
public final class ShownKeys implements Serializable {
  private static final long serialVersionUID = 1L;

  private final PCollectionView<Iterable<Frame>> view;
  private transient @Nullable KeyHashes keys;

  private ShownKeys(PCollectionView<Iterable<Frame>> view) {
    this.view = view;
  }

  /**
   * Shows these keys.
   *
   * @param label says what they are
   * @param keys {@link KeyHashes} frames
   */
  public static ShownKeys of(String label, PCollection<Frame> keys) {
    return new ShownKeys(
        keys.apply(label, ShowToAll.and(Frame.empty(KeyHashes.SCHEMA), FrameCoder.of())));
  }

  /** The side input, which a ParDo has to name. */
  public PCollectionView<Iterable<Frame>> view() {
    return view;
  }

  /** The keys. Nothing is windowed, so they are the same for every element. */
  public KeyHashes in(DoFn<?, ?>.ProcessContext context) {
    KeyHashes ready = keys;
    if (ready == null) {
      ready = KeyHashes.union(context.sideInput(view));
      keys = ready;
    }
    return ready;
  }
}
