package dev.patron.transforms;

import dev.patron.features.frame.Frame;
import java.util.Iterator;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/**
 * Puts all rows of a bucket, as {@link dev.patron.transforms.shuffle.ByKey} brings them together,
 * through a kernel at once. The kernel receives them in no particular order.
 */
public final class FoldBuckets
    extends PTransform<PCollection<KV<Integer, Iterable<Frame>>>, PCollection<Frame>> {
  private final SerializableFunction<Frame, Frame> kernel;

  private FoldBuckets(SerializableFunction<Frame, Frame> kernel) {
    this.kernel = kernel;
  }

  /** A transform that puts every bucket through this kernel. */
  public static FoldBuckets through(SerializableFunction<Frame, Frame> kernel) {
    return new FoldBuckets(kernel);
  }

  /** All rows of frames of one schema, of which there is at least one. */
  public static Frame all(Iterable<Frame> frames) {
    Iterator<Frame> first = frames.iterator();
    return Frame.concat(first.next().schema(), frames);
  }

  @Override
  public PCollection<Frame> expand(PCollection<KV<Integer, Iterable<Frame>>> buckets) {
    return buckets.apply("Fold each bucket", ParDo.of(new Fold(kernel)));
  }

  private static final class Fold extends DoFn<KV<Integer, Iterable<Frame>>, Frame> {
    private final SerializableFunction<Frame, Frame> kernel;

    private Fold(SerializableFunction<Frame, Frame> kernel) {
      this.kernel = kernel;
    }

    @ProcessElement
    public void fold(@Element KV<Integer, Iterable<Frame>> bucket, OutputReceiver<Frame> out) {
      Frame folded = kernel.apply(all(bucket.getValue()));
      if (folded.rows() > 0) {
        out.output(folded);
      }
    }
  }
}
