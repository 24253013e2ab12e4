package org.apache.beam.runners.direct;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;
import org.joda.time.Instant;

/**
 * Beam's DirectRunner, whose driver takes a rest now and then. The runner asks all steps again and
 * again whether they have timers to fire or work to hand on, without a pause, while the steps are
 * at work: on two cores a quarter of what a small pipeline costs. The one thing of it that others
 * may set is its clock, and nobody looks at that as often as the driver: once or twice a step in
 * each round. So the clock is slow to answer now and then. Whoever else asks it just then, a bundle
 * that ends, loses half a millisecond.
 *
 * <p>In this package because the clock may only be set from here.
 */
public final class RestingRunner extends PipelineRunner<DirectRunner.DirectPipelineResult> {
  /** About a round of the driver over a pipeline of a hundred steps. */
  private static final int LOOKS = Integer.getInteger("patron.looks", 256);

  /** Long beside a round, short beside the work of a bundle. */
  private static final long REST_NANOS = Long.getLong("patron.rest", 500) * 1000;

  private final DirectRunner runner;

  private RestingRunner(DirectRunner runner) {
    this.runner = runner;
  }

  /** A runner for these options; Beam calls it. */
  public static RestingRunner fromOptions(PipelineOptions options) {
    DirectRunner runner = DirectRunner.fromOptions(options);
    runner.setClockSupplier(() -> new SlowClock(NanosOffsetClock.create()));
    return new RestingRunner(runner);
  }

  @Override
  public DirectRunner.DirectPipelineResult run(Pipeline pipeline) {
    return runner.run(pipeline);
  }

  private static final class SlowClock implements Clock {
    private final Clock clock;
    private final AtomicInteger looks = new AtomicInteger();

    private SlowClock(Clock clock) {
      this.clock = clock;
    }

    @Override
    public Instant now() {
      if (looks.incrementAndGet() % LOOKS == 0 && REST_NANOS > 0) {
        LockSupport.parkNanos(REST_NANOS);
      }
      return clock.now();
    }
  }
}
