package org.apache.beam.runners.direct;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.beam.runners.direct.DirectRunner.Enforcement;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.util.UserCodeException;
import org.joda.time.Duration;

/**
 * The DirectRunner, with {@link DepthFirstExecutor another order of work}: what a step made is
 * taken on by the next step before the step makes more, so that little waits between steps. Beam's
 * own executor finishes a step before the next one begins, and its driver asks for work without a
 * pause.
 *
 * <p>Graph, evaluators, watermarks and state are Beam's. It lives in Beam's package because nothing
 * of these can be reached from elsewhere.
 */
public final class DepthFirstDirectRunner extends PipelineRunner<PipelineResult> {
  private final DirectOptions options;

  private DepthFirstDirectRunner(DirectOptions options) {
    this.options = options;
  }

  /** A runner with these options, which are those of {@link DirectRunner}; Beam looks for this. */
  public static DepthFirstDirectRunner fromOptions(PipelineOptions options) {
    return new DepthFirstDirectRunner(options.as(DirectOptions.class));
  }

  /**
   * Starts a pipeline.
   *
   * @throws Pipeline.PipelineExecutionException if the result is waited for and a step fails
   */
  @Override
  public PipelineResult run(Pipeline pipeline) {
    DirectRunner.fromOptions(options).performRewrites(pipeline);
    MetricsEnvironment.setMetricsSupported(true);
    try {
      DirectGraphVisitor steps = new DirectGraphVisitor();
      pipeline.traverseTopologically(steps);
      KeyedPValueTrackingVisitor keyed = KeyedPValueTrackingVisitor.create();
      pipeline.traverseTopologically(keyed);
      DisplayDataValidator.validatePipeline(pipeline);
      DisplayDataValidator.validateOptions(options);

      DirectGraph graph = steps.getGraph();
      ExecutorService metrics =
          Executors.newCachedThreadPool(work -> new Thread(work, "direct-runner-metrics"));
      EvaluationContext context =
          EvaluationContext.create(
              NanosOffsetClock.create(),
              Enforcement.bundleFactoryFor(Enforcement.enabled(options), graph),
              graph,
              keyed.getKeyedPValues(),
              metrics);
      DepthFirstExecutor executor =
          new DepthFirstExecutor(
              options.getTargetParallelism(),
              new BundleEvaluators(context, options),
              context,
              metrics);
      executor.start(graph, RootProviderRegistry.javaNativeRegistry(context, options));
      PipelineResult result = new Result(executor, context);
      if (options.isBlockOnRun()) {
        result.waitUntilFinish();
      }
      return result;
    } finally {
      MetricsEnvironment.setMetricsSupported(false);
    }
  }

  private record Result(DepthFirstExecutor executor, EvaluationContext context)
      implements PipelineResult {
    @Override
    public State getState() {
      return executor.getPipelineState();
    }

    @Override
    public State cancel() {
      executor.stop();
      return executor.getPipelineState();
    }

    @Override
    public State waitUntilFinish() {
      return waitUntilFinish(Duration.ZERO);
    }

    @Override
    @SuppressWarnings("NullAway") // Beam's interface says so: null if the time is over before.
    public State waitUntilFinish(Duration duration) {
      try {
        return executor.waitUntilFinish(duration);
      } catch (UserCodeException e) {
        throw new Pipeline.PipelineExecutionException(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("the wait for a pipeline was interrupted", e);
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public MetricResults metrics() {
      return context.getMetrics();
    }
  }
}
