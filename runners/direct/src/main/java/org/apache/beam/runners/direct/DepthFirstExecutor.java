package org.apache.beam.runners.direct;

import java.io.Closeable;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.beam.runners.core.metrics.MetricUpdates;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.runners.local.ExecutionDriver;
import org.apache.beam.runners.local.ExecutionDriver.DriverState;
import org.apache.beam.runners.local.PipelineMessageReceiver;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.runners.AppliedPTransform;
import org.apache.beam.sdk.util.UserCodeException;
import org.apache.beam.sdk.util.WindowedValue;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Runs the bundles of a pipeline, the newest first: what a step has just made is still in the
 * caches, and what waits between the steps stays as small as the steps allow. Nothing depends on
 * the order for its result, since Beam promises none.
 *
 * <p>The driver, which turns finished bundles into new work, has a thread of its own and waits
 * until a bundle is finished.
 */
final class DepthFirstExecutor
    implements PipelineExecutor,
        BundleProcessor<PCollection<?>, CommittedBundle<?>, AppliedPTransform<?, ?, ?>>,
        PipelineMessageReceiver {
  /** Timers of the clock on the wall fire within this time, if nothing else happens. */
  private static final int REST_MILLIS = 10;

  /** Short against the work of a bundle. */
  private static final long PAUSE_NANOS = 500_000;

  /** The driver needs some turns without work until it knows that there is none. */
  private static final int IDLE_TURNS = 16;

  private final int parallelism;
  private final BundleEvaluators evaluators;
  private final EvaluationContext context;
  private final ExecutorService metrics;
  private final ThreadPoolExecutor workers;
  private final TransformExecutorService parallel;
  private final Map<StepAndKey, TransformExecutorService> serial = new ConcurrentHashMap<>();
  private final AtomicInteger unfinished = new AtomicInteger();
  private final Semaphore finished = new Semaphore(0);
  private final CompletableFuture<State> end = new CompletableFuture<>();

  DepthFirstExecutor(
      int parallelism,
      BundleEvaluators evaluators,
      EvaluationContext context,
      ExecutorService metrics) {
    this.parallelism = parallelism;
    this.evaluators = evaluators;
    this.context = context;
    this.metrics = metrics;
    this.workers = new Workers(Math.max(1, parallelism - 1));
    this.parallel = TransformExecutorServices.parallel(workers);
  }

  @Override
  public void start(DirectGraph graph, RootProviderRegistry roots) {
    Map<AppliedPTransform<?, ?, ?>, Queue<CommittedBundle<?>>> pending = new HashMap<>();
    for (AppliedPTransform<?, ?, ?> root : graph.getRootTransforms()) {
      pending.put(root, initialBundles(root, roots));
    }
    context.initialize(pending);
    ExecutionDriver driver = QuiescenceDriver.create(context, graph, this, this, pending);
    new Thread(() -> drive(driver), "direct-runner-driver").start();
  }

  @SuppressWarnings("try") // The scope is closed; nothing else is done with it.
  private Queue<CommittedBundle<?>> initialBundles(
      AppliedPTransform<?, ?, ?> root, RootProviderRegistry roots) {
    MetricsContainerImpl counted = new MetricsContainerImpl(root.getFullName());
    Queue<CommittedBundle<?>> initial = new ArrayDeque<>();
    try (Closeable scope = MetricsEnvironment.scopedMetricsContainer(counted)) {
      initial.addAll(roots.getInitialInputs(root, Math.max(3, parallelism)));
    } catch (Exception e) {
      throw UserCodeException.wrap(e);
    }
    if (!initial.isEmpty()) {
      context.getMetrics().commitPhysical(initial.element(), counted.getCumulative());
    }
    return initial;
  }

  private void drive(ExecutionDriver driver) {
    try {
      DriverState state = DriverState.CONTINUE;
      for (int idleTurns = 0; !state.isTerminal() && !end.isDone(); idleTurns++) {
        if (unfinished.get() > 0) {
          idleTurns = 0;
        }
        if (idleTurns == 0 || idleTurns > IDLE_TURNS) {
          finished.tryAcquire(REST_MILLIS, TimeUnit.MILLISECONDS);
        }
        if (!workers.getQueue().isEmpty()) {
          // The workers have enough to do: a turn, which asks every step, can be for several
          // bundles.
          LockSupport.parkNanos(PAUSE_NANOS);
        }
        finished.drainPermits();
        state = driver.drive();
      }
    } catch (Throwable e) {
      end.completeExceptionally(e);
    }
    try {
      shutDown();
    } catch (Exception e) {
      end.completeExceptionally(e);
    }
    // Unless it was stopped or has failed.
    end.complete(State.DONE);
  }

  @Override
  public void process(
      CommittedBundle<?> bundle, AppliedPTransform<?, ?, ?> step, CompletionCallback onComplete) {
    // What goes into the first steps belongs to no collection.
    PCollection<?> collection = bundle.getPCollection();
    TransformExecutorService service =
        collection != null && context.isKeyed(collection)
            ? serial.computeIfAbsent(
                StepAndKey.of(step, bundle.getKey()),
                any -> TransformExecutorServices.serial(workers))
            : parallel;
    unfinished.incrementAndGet();
    service.schedule(new BundleRun<>(bundle, step, onComplete, service));
  }

  /** Waits for the end; null if it has not come in time, for ever if the time is zero. */
  @Override
  @SuppressWarnings("NullAway") // Beam's interface says nothing about it, its executor does it.
  public @Nullable State waitUntilFinish(Duration duration) throws Exception {
    try {
      return duration.getMillis() <= 0
          ? end.get()
          : end.get(duration.getMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return null;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (Exception) e.getCause();
    }
  }

  @Override
  public State getPipelineState() {
    if (!end.isDone()) {
      return State.RUNNING;
    }
    return end.isCompletedExceptionally() ? State.FAILED : end.join();
  }

  @Override
  public void stop() {
    end.complete(State.CANCELLED);
    finished.release();
  }

  private void shutDown() throws Exception {
    serial.values().forEach(TransformExecutorService::shutdown);
    parallel.shutdown();
    workers.shutdown();
    metrics.shutdown();
    evaluators.cleanup();
  }

  @Override
  public void failed(Exception e) {
    end.completeExceptionally(e);
  }

  @Override
  public void failed(Error e) {
    end.completeExceptionally(e);
    finished.release();
  }

  @Override
  public void cancelled() {
    stop();
  }

  @Override
  public void completed() {
    end.complete(State.DONE);
  }

  /** A bundle's way through a step: what Beam's {@code DirectTransformExecutor} does. */
  private final class BundleRun<T> implements TransformExecutor {
    private final CommittedBundle<T> bundle;
    private final AppliedPTransform<?, ?, ?> step;
    private final CompletionCallback onComplete;
    private final TransformExecutorService service;

    BundleRun(
        CommittedBundle<T> bundle,
        AppliedPTransform<?, ?, ?> step,
        CompletionCallback onComplete,
        TransformExecutorService service) {
      this.bundle = bundle;
      this.step = step;
      this.onComplete = onComplete;
      this.service = service;
    }

    @Override
    @SuppressWarnings("try") // The scope is closed; nothing else is done with it.
    public void run() {
      MetricsContainerImpl counted = new MetricsContainerImpl(step.getFullName());
      try (Closeable scope = MetricsEnvironment.scopedMetricsContainer(counted)) {
        TransformEvaluator<T> evaluator = evaluators.of(step, bundle);
        if (evaluator == null) {
          onComplete.handleEmpty(step);
          return;
        }
        for (WindowedValue<T> element : bundle.getElements()) {
          evaluator.processElement(element);
          // Whoever shows progress wants it before the bundle ends.
          MetricUpdates more = counted.getUpdates();
          if (more != null) {
            context.getMetrics().updatePhysical(bundle, more);
            counted.commitUpdates();
          }
        }
        onComplete.handleResult(
            bundle, evaluator.finishBundle().withLogicalMetricUpdates(counted.getCumulative()));
      } catch (Exception e) {
        onComplete.handleException(bundle, e);
      } catch (Error e) {
        onComplete.handleError(e);
      } finally {
        context.getMetrics().commitPhysical(bundle, counted.getCumulative());
        service.complete(this);
      }
    }
  }

  /** Threads that take the newest work first. */
  private final class Workers extends ThreadPoolExecutor {
    Workers(int threads) {
      super(
          threads,
          threads,
          0,
          TimeUnit.SECONDS,
          new NewestFirst(),
          work -> new Thread(work, "direct-runner-worker"));
    }

    @Override
    protected void afterExecute(Runnable work, @Nullable Throwable thrown) {
      unfinished.decrementAndGet();
      finished.release();
    }
  }

  private static final class NewestFirst extends LinkedBlockingDeque<Runnable> {
    @Override
    public boolean offer(Runnable work) {
      return offerFirst(work);
    }
  }
}
