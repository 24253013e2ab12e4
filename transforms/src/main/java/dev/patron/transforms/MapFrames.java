package dev.patron.transforms;

import dev.patron.features.frame.Frame;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;

/** Puts every frame through a kernel. Empty results are not passed on. */
public final class MapFrames extends PTransform<PCollection<Frame>, PCollection<Frame>> {
  private final SerializableFunction<Frame, Frame> kernel;

  private MapFrames(SerializableFunction<Frame, Frame> kernel) {
    this.kernel = kernel;
  }

  /** A transform that puts every frame through this kernel. */
  public static MapFrames through(SerializableFunction<Frame, Frame> kernel) {
    return new MapFrames(kernel);
  }

  @Override
  public PCollection<Frame> expand(PCollection<Frame> frames) {
    return frames.apply("Compute", ParDo.of(new Compute(kernel)));
  }

  private static final class Compute extends DoFn<Frame, Frame> {
    private final SerializableFunction<Frame, Frame> kernel;

    private Compute(SerializableFunction<Frame, Frame> kernel) {
      this.kernel = kernel;
    }

    @ProcessElement
    public void compute(@Element Frame frame, OutputReceiver<Frame> out) {
      Frame computed = kernel.apply(frame);
      if (computed.rows() > 0) {
        out.output(computed);
      }
    }
  }
}
