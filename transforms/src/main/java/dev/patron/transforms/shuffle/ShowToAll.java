package dev.patron.transforms.shuffle;

import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionView;

/**
 * Shows all elements to every worker, and an element that says nothing beside them.
 *
 * <p>Without that element the DirectRunner can wait for ever (Beam 2.62, {@code QuiescenceDriver}):
 * it looks at steps that wait for a side input again when output appears, and a side input without
 * elements is no output. Where one empty side input leads to another, the last look comes too
 * early.
 *
 * @param <T> the type of the elements
 */
public final class ShowToAll<T> extends PTransform<PCollection<T>, PCollectionView<Iterable<T>>> {
  private static final long serialVersionUID = 1L;

  private final transient T nothing;
  private final Coder<T> coder;

  private ShowToAll(T nothing, Coder<T> coder) {
    this.nothing = nothing;
    this.coder = coder;
  }

  /**
   * Shows elements of some type.
   *
   * @param nothing an element that makes no difference to who sees it
   * @param coder encodes it
   */
  public static <T> ShowToAll<T> and(T nothing, Coder<T> coder) {
    return new ShowToAll<>(nothing, coder);
  }

  @Override
  public PCollectionView<Iterable<T>> expand(PCollection<T> elements) {
    PCollection<T> one =
        elements.getPipeline().apply("Nothing", Create.of(nothing).withCoder(coder));
    return PCollectionList.of(elements)
        .and(one)
        .apply("Elements or nothing", Flatten.pCollections())
        .apply("Show them", View.asIterable());
  }
}
