package org.apache.beam.runners.direct;

import java.util.concurrent.locks.LockSupport;
import org.apache.beam.runners.direct.DirectRunner.DirectPipelineResult;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * The DirectRunner, with a driver that rests between its turns. Beam's own asks all steps for fired
 * timers again and again for as long as any work is under way: a tenth of the samples of a run, a
 * fifth of those of an increment.
 *
 * <p>It lives in Beam's package because the runner's clock, which every turn asks, is the one thing
 * of the driver that can be replaced, and only from here.
 */
public final class RestingDirectRunner extends PipelineRunner<DirectPipelineResult> {
  private final DirectRunner runner;

  private RestingDirectRunner(DirectRunner runner) {
    this.runner = runner;
  }

  /** A runner with these options, which are those of {@link DirectRunner}; Beam looks for this. */
  public static RestingDirectRunner fromOptions(PipelineOptions options) {
    DirectRunner runner = DirectRunner.fromOptions(options);
    runner.setClockSupplier(
        () ->
            new RestingClock(NanosOffsetClock.create(), System::nanoTime, LockSupport::parkNanos));
    return new RestingDirectRunner(runner);
  }

  @Override
  public DirectPipelineResult run(Pipeline pipeline) {
    return runner.run(pipeline);
  }
}
