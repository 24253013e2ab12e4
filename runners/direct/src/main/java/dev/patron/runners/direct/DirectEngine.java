package dev.patron.runners.direct;

import dev.patron.pipelines.engine.Engine;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.sdk.options.PipelineOptions;

/** Beam's DirectRunner as an embedded engine rather than as a test bench. */
public final class DirectEngine implements Engine {
  @Override
  public String runner() {
    return "DirectRunner";
  }

  @Override
  public Opened open(PipelineOptions options) {
    DirectOptions direct = options.as(DirectOptions.class);
    // These checks clone and compare every element. They guard against transforms that change their
    // input; frames are immutable, and the project's own tests run with the checks on.
    direct.setEnforceEncodability(false);
    direct.setEnforceImmutability(false);
    direct.setBlockOnRun(false);
    return () -> {};
  }
}
