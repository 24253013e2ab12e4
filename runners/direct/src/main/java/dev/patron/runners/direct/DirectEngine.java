package dev.patron.runners.direct;

import dev.patron.features.frame.Frame;
import dev.patron.pipelines.engine.Engine;
import dev.patron.transforms.shuffle.FrameStore;
import dev.patron.transforms.shuffle.WaitingFrameCoder;
import java.nio.file.Path;
import org.apache.beam.runners.direct.DepthFirstDirectRunner;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;

/** Beam's DirectRunner as an embedded engine rather than as a test bench. */
public final class DirectEngine implements Engine {
  /** What of the heap frames may take that wait for their step: a third. */
  private static final int SHARE = 3;

  @Override
  public String runner() {
    return "DirectRunner";
  }

  @Override
  public Opened open(PipelineOptions options) {
    DirectOptions direct = options.as(DirectOptions.class);
    // Comparing every element guards against transforms that change their input; frames are
    // immutable, and the project's own tests run with the check on.
    direct.setEnforceImmutability(false);
    // The runner keeps what waits for a step on the heap, as its coder clones it. The clone of a
    // frame is a reference to where it waits, on the disk if need be.
    direct.setEnforceEncodability(true);
    direct.setBlockOnRun(false);
    direct.setRunner(DepthFirstDirectRunner.class);
    WaitingFrameCoder coder =
        WaitingFrameCoder.in(
            FrameStore.in(
                Path.of(System.getProperty("java.io.tmpdir", ".")),
                Runtime.getRuntime().maxMemory() / SHARE));
    return new Opened() {
      @Override
      public void prepare(Pipeline pipeline) {
        pipeline.getCoderRegistry().registerCoderForClass(Frame.class, coder);
      }

      @Override
      public void close() {
        coder.close();
      }
    };
  }
}
