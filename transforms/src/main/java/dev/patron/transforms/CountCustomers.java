package dev.patron.transforms;

import dev.patron.features.frame.Frame;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/**
 * Counts the rows of customers: one element a customer and bundle, by what the kernel calls the
 * customer.
 */
public final class CountCustomers
    extends PTransform<PCollection<Frame>, PCollection<KV<String, Long>>> {
  private static final long serialVersionUID = 1;

  private final SerializableFunction<Frame, Map<String, Long>> kernel;

  private CountCustomers(SerializableFunction<Frame, Map<String, Long>> kernel) {
    this.kernel = kernel;
  }

  /** Counts as this kernel does for each frame. */
  public static CountCustomers by(SerializableFunction<Frame, Map<String, Long>> kernel) {
    return new CountCustomers(kernel);
  }

  /** The coder of the elements. */
  public static Coder<KV<String, Long>> coder() {
    return KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of());
  }

  @Override
  public PCollection<KV<String, Long>> expand(PCollection<Frame> frames) {
    return frames.apply("Count", ParDo.of(new Counter(kernel))).setCoder(coder());
  }

  private static final class Counter extends DoFn<Frame, KV<String, Long>> {
    private static final long serialVersionUID = 1;

    private final SerializableFunction<Frame, Map<String, Long>> kernel;
    private transient Map<String, Long> counts;

    private Counter(SerializableFunction<Frame, Map<String, Long>> kernel) {
      this.kernel = kernel;
    }

    @StartBundle
    public void start() {
      counts = new TreeMap<>();
    }

    @ProcessElement
    public void count(@Element Frame frame) {
      kernel.apply(frame).forEach((customer, rows) -> counts.merge(customer, rows, Long::sum));
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      counts.forEach(
          (customer, rows) ->
              context.output(
                  KV.of(customer, rows),
                  GlobalWindow.INSTANCE.maxTimestamp(),
                  GlobalWindow.INSTANCE));
    }
  }
}
