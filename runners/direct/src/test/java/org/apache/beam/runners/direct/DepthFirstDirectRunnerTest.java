package org.apache.beam.runners.direct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.joda.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class DepthFirstDirectRunnerTest {
  private static final int ELEMENTS = 200;

  // Steps are copied by serialisation; what they saw must be found from here.
  private static final AtomicInteger WAITING = new AtomicInteger();
  private static final AtomicInteger MOST_WAITING = new AtomicInteger();
  private static final List<Integer> SEEN = Collections.synchronizedList(new ArrayList<>());
  private static final List<CountDownLatch> STARTED = new ArrayList<>();

  @BeforeEach
  void forget() {
    WAITING.set(0);
    MOST_WAITING.set(0);
    SEEN.clear();
    STARTED.clear();
    STARTED.add(new CountDownLatch(1));
  }

  private static Pipeline pipeline() {
    DirectOptions options = PipelineOptionsFactory.create().as(DirectOptions.class);
    options.setRunner(DepthFirstDirectRunner.class);
    options.setBlockOnRun(false);
    options.setTargetParallelism(3);
    return Pipeline.create(options);
  }

  /** Elements that come to the next step in bundles of their own. */
  private static PCollection<Integer> apart(Pipeline pipeline) {
    return pipeline
        .apply("Numbers", Create.of(IntStream.range(0, ELEMENTS).boxed().toList()))
        .apply("Apart", Reshuffle.viaRandomKey());
  }

  private static PCollection<Integer> step(
      PCollection<Integer> in, String name, SerializableFunction<Integer, Integer> work) {
    return in.apply(
        name,
        ParDo.of(
            new DoFn<Integer, Integer>() {
              @ProcessElement
              public void process(@Element Integer element, OutputReceiver<Integer> out) {
                out.output(work.apply(element));
              }
            }));
  }

  private static final class See extends DoFn<KV<Integer, Long>, Void> {
    private final PCollectionView<Long> all;

    See(PCollectionView<Long> all) {
      this.all = all;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      Metrics.counter("test", "seen").inc();
      SEEN.add((int) (context.element().getValue() * context.sideInput(all)));
    }
  }

  private static int rest(int element, int millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return element;
  }

  @Test
  void whatAStepMadeIsTakenOnBeforeTheStepMakesMore() {
    Pipeline pipeline = pipeline();
    PCollection<Integer> made =
        step(
            apart(pipeline),
            "Make",
            element -> {
              MOST_WAITING.accumulateAndGet(WAITING.incrementAndGet(), Math::max);
              return rest(element, 2);
            });
    step(
        made,
        "Take",
        element -> {
          WAITING.decrementAndGet();
          SEEN.add(element);
          return element;
        });

    assertThat(pipeline.run().waitUntilFinish()).isEqualTo(PipelineResult.State.DONE);

    assertThat(SEEN)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, ELEMENTS).boxed().toList());
    assertThat(MOST_WAITING).hasValueLessThan(ELEMENTS / 4);
  }

  @Test
  void groupsAndCountsAndShowsOneStepsResultToAnother() {
    Pipeline pipeline = pipeline();
    PCollection<Integer> numbers = apart(pipeline);
    PCollectionView<Long> all = numbers.apply(Count.globally()).apply(View.asSingleton());
    numbers
        .apply("Group", Count.perElement())
        .apply("See", ParDo.of(new See(all)).withSideInputs(all));

    PipelineResult result = pipeline.run();
    result.waitUntilFinish();

    assertThat(SEEN).hasSize(ELEMENTS).containsOnly(ELEMENTS);
    assertThat(
            result
                .metrics()
                .queryMetrics(
                    MetricsFilter.builder()
                        .addNameFilter(MetricNameFilter.named("test", "seen"))
                        .build())
                .getCounters())
        .singleElement()
        .satisfies(counter -> assertThat(counter.getCommitted()).isEqualTo(ELEMENTS));
  }

  @Test
  void aStepThatFailsEndsThePipelineWithItsCause() {
    Pipeline pipeline = pipeline();
    step(
        apart(pipeline),
        "Fail",
        element -> {
          throw new IllegalStateException("number " + element);
        });
    PipelineResult result = pipeline.run();

    assertThatThrownBy(result::waitUntilFinish)
        .isInstanceOf(Pipeline.PipelineExecutionException.class)
        .hasRootCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("number ");
    assertThat(result.getState()).isEqualTo(PipelineResult.State.FAILED);
  }

  @Test
  void anErrorEndsThePipelineToo() {
    Pipeline pipeline = pipeline();
    step(
        apart(pipeline),
        "Err",
        element -> {
          throw new OutOfMemoryError("none left for " + element);
        });
    PipelineResult result = pipeline.run();

    assertThatThrownBy(result::waitUntilFinish).hasStackTraceContaining("none left for ");
    assertThat(result.getState()).isEqualTo(PipelineResult.State.FAILED);
  }

  @Test
  void canBeWaitedForInVainAndCancelled() throws Exception {
    Pipeline pipeline = pipeline();
    step(
        apart(pipeline),
        "Rest",
        element -> {
          STARTED.get(0).countDown();
          return rest(element, 50);
        });
    PipelineResult result = pipeline.run();

    assertThat(STARTED.get(0).await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(result.waitUntilFinish(Duration.millis(1))).isNull();
    assertThat(result.getState()).isEqualTo(PipelineResult.State.RUNNING);
    assertThat(result.cancel()).isEqualTo(PipelineResult.State.CANCELLED);
    assertThat(result.waitUntilFinish()).isEqualTo(PipelineResult.State.CANCELLED);
  }
}
