package dev.patron.transforms.shuffle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.transforms.AnyRunner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.testing.CoderProperties;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.KV;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ByKeyTest {
  private static final Schema SCHEMA =
      Schema.of().with("customer", Type.STRING).with("n", Type.LONG);

  private static List<Frame> frames(long seed) {
    Random random = new Random(seed);
    List<Frame> frames = new ArrayList<>();
    long n = 0;
    for (int i = 0; i < 20; i++) {
      List<List<Object>> rows = new ArrayList<>();
      for (int j = random.nextInt(200); j > 0; j--) {
        rows.add(List.of("customer " + random.nextInt(300), n++));
      }
      frames.add(Frame.ofRows(SCHEMA, rows));
    }
    return frames;
  }

  private static Pipeline pipeline() {
    return AnyRunner.pipeline();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 64})
  void everyRowArrivesOnceAndAllRowsOfAKeyInOneBucket(int buckets) {
    List<Frame> frames = frames(buckets);
    List<List<Object>> expected = new ArrayList<>();
    frames.forEach(frame -> frame.toRows().forEach(row -> expected.add(new ArrayList<>(row))));
    Pipeline pipeline = pipeline();
    PAssert.that(
            pipeline
                .apply(Create.of(frames))
                .apply("Shuffle", ByKey.of(List.of("customer")).into(buckets)))
        .satisfies(
            shuffled -> {
              Map<Object, Integer> bucketOfKey = new HashMap<>();
              Set<Integer> seen = new HashSet<>();
              List<List<Object>> rows = new ArrayList<>();
              for (KV<Integer, Iterable<Frame>> bucket : shuffled) {
                assertThat(seen.add(bucket.getKey())).isTrue();
                for (Frame frame : bucket.getValue()) {
                  frame.toRows().forEach(row -> rows.add(new ArrayList<>(row)));
                }
                for (List<Object> row : rows) {
                  bucketOfKey.putIfAbsent(row.get(0), bucket.getKey());
                }
              }
              assertThat(rows).containsExactlyInAnyOrderElementsOf(expected);
              assertThat(seen).allMatch(bucket -> bucket >= 0 && bucket < buckets);
              return null;
            });
    pipeline.run().waitUntilFinish();
  }

  @Test
  void rowsWithNothingInTheirKeyComeTogetherByAnotherColumn() {
    List<Frame> frames = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      List<List<@Nullable Object>> rows = new ArrayList<>();
      for (long n = 0; n < 200; n++) {
        rows.add(Arrays.asList(n % 3 == 0 ? "customer " + n % 50 : null, n));
      }
      frames.add(Frame.ofRows(SCHEMA, rows));
    }
    Pipeline pipeline = pipeline();
    PAssert.that(
            pipeline.apply(Create.of(frames)).apply("Shuffle", ByKey.of("customer", "n").into(16)))
        .satisfies(
            shuffled -> {
              Map<Object, Set<Integer>> buckets = new HashMap<>();
              Set<Integer> ofNobody = new HashSet<>();
              int rows = 0;
              for (KV<Integer, Iterable<Frame>> bucket : shuffled) {
                for (Frame frame : bucket.getValue()) {
                  for (List<?> row : frame.toRows()) {
                    Object key = row.get(0) == null ? row.get(1) : row.get(0);
                    buckets.computeIfAbsent(key, any -> new HashSet<>()).add(bucket.getKey());
                    if (row.get(0) == null) {
                      ofNobody.add(bucket.getKey());
                    }
                    rows++;
                  }
                }
              }
              assertThat(rows).isEqualTo(2000);
              assertThat(buckets.values()).allMatch(some -> some.size() == 1);
              assertThat(ofNobody).as("they are spread").hasSizeGreaterThan(10);
              return null;
            });
    pipeline.run().waitUntilFinish();
  }

  @Test
  void theCoderKeepsFramesAndIsDeterministic() throws Exception {
    for (Frame frame : frames(3)) {
      CoderProperties.coderDecodeEncodeEqual(FrameCoder.of(), frame);
      CoderProperties.coderDeterministic(FrameCoder.of(), frame, frame.slice(0, frame.rows()));
    }
    CoderProperties.coderSerializable(FrameCoder.of());
  }

  @Test
  void aShuffleWithoutKeyOrBucketsIsRefused() {
    assertThatThrownBy(() -> ByKey.of(List.of())).hasMessageContaining("at least one key column");
    assertThatThrownBy(() -> ByKey.of(List.of("customer")).into(0))
        .hasMessage("buckets = 0; at least 1 is needed");
  }
}
