package dev.patron.transforms.shuffle;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.joda.time.Duration;
import org.junit.jupiter.api.RepeatedTest;

class ShowToAllTest {
  private static final ShowToAll<Integer> OR_ZERO = ShowToAll.and(0, VarIntCoder.of());

  /** Each element that it is shown, counting the one that says nothing as none. */
  private static final class Each extends DoFn<Integer, Integer> {
    private final PCollectionView<Iterable<Integer>> shown;

    Each(PCollectionView<Iterable<Integer>> shown) {
      this.shown = shown;
    }

    @ProcessElement
    public void look(ProcessContext context) {
      for (int number : context.sideInput(shown)) {
        if (number != 0) {
          context.output(number);
        }
      }
    }
  }

  private static PCollection<Integer> lookAt(PCollection<Integer> elements, String name) {
    PCollectionView<Iterable<Integer>> shown = elements.apply("Show " + name, OR_ZERO);
    return elements
        .getPipeline()
        .apply("Once " + name, Create.of(1))
        .apply("Look at " + name, ParDo.of(new Each(shown)).withSideInputs(shown));
  }

  private static Pipeline pipeline() {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setRunner(DirectRunner.class);
    options.as(org.apache.beam.runners.direct.DirectOptions.class).setBlockOnRun(false);
    return Pipeline.create(options);
  }

  /** Whether it ended; a pipeline that waits for nothing is stopped. */
  private static boolean ends(Pipeline pipeline) throws Exception {
    PipelineResult running = pipeline.run();
    boolean ended =
        running.waitUntilFinish(Duration.standardSeconds(20)) == PipelineResult.State.DONE;
    if (!ended) {
      running.cancel();
    }
    return ended;
  }

  @RepeatedTest(10)
  void whereNothingIsShownBecauseNothingWasShownThePipelineEnds() throws Exception {
    Pipeline pipeline = pipeline();
    PCollection<Integer> nothing = pipeline.apply(Create.empty(VarIntCoder.of()));
    for (String name : new String[] {"first", "second", "third", "fourth"}) {
      nothing = lookAt(nothing, name);
    }
    PAssert.that(nothing).empty();
    assertThat(ends(pipeline)).isTrue();
  }

  @RepeatedTest(3)
  void everyElementIsShown() throws Exception {
    Pipeline pipeline = pipeline();
    PCollection<Integer> some = pipeline.apply(Create.of(1, 2, 3));
    for (String name : new String[] {"first", "second"}) {
      some = lookAt(some, name);
    }
    PAssert.that(some).containsInAnyOrder(1, 2, 3);
    assertThat(ends(pipeline)).isTrue();
  }
}
