package dev.patron.transforms;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.transforms.shuffle.FrameCoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MergePartialsTest {
  private static final Schema COUNTS =
      Schema.of().with("value", Type.LONG).with("times", Type.LONG);

  @ParameterizedTest
  @ValueSource(ints = {1, 40, 3_000})
  void oneFrameComesOutWhoseRowsAreAsIfAllHadBeenMergedAtOnce(int most) {
    Random random = new Random(most);
    List<Frame> partials = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      FrameBuilder counts = new FrameBuilder(COUNTS);
      for (int row = random.nextInt(most + 1); row > 0; row--) {
        counts.longs("value").append(random.nextInt(2 * most));
        counts.longs("times").append(1 + random.nextInt(3));
      }
      partials.add(counts.build());
    }
    Frame expected = addedUp(Frame.concat(COUNTS, partials));

    Pipeline pipeline = AnyRunner.pipeline();
    PAssert.that(
            pipeline
                .apply("Partial results", Create.of(partials).withCoder(FrameCoder.of()))
                .apply(MergePartials.of(COUNTS, MergePartialsTest::addedUp)))
        .containsInAnyOrder(expected);
    pipeline.run().waitUntilFinish();
  }

  @Test
  void nothingIsOneFrameWithoutRows() {
    Pipeline pipeline = AnyRunner.pipeline();
    PAssert.that(
            pipeline
                .apply("No partial results", Create.empty(FrameCoder.of()))
                .apply(MergePartials.of(COUNTS, MergePartialsTest::addedUp)))
        .containsInAnyOrder(Frame.empty(COUNTS));
    pipeline.run().waitUntilFinish();
  }

  private static Frame addedUp(Frame partials) {
    Map<Long, Long> times = new TreeMap<>();
    for (int row = 0; row < partials.rows(); row++) {
      times.merge(partials.longs("value").get(row), partials.longs("times").get(row), Long::sum);
    }
    FrameBuilder sums = new FrameBuilder(COUNTS);
    times.forEach(
        (value, all) -> {
          sums.longs("value").append(value);
          sums.longs("times").append(all);
        });
    return sums.build();
  }
}
