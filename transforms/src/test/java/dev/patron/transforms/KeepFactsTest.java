package dev.patron.transforms;

import dev.patron.features.change.FactFold;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeepFactsTest {
  private static final Schema ORDERS =
      Schema.of().with("order_id", Type.LONG).with("amount", Type.LONG);

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 64})
  void bucketsKeepWhatOneFoldKeeps(int buckets) {
    FactFold fold = new FactFold("orders", List.of("order_id"), null);
    List<Frame> frames = frames(buckets);
    FactFold.Facts expected = fold.fold(Frame.concat(ORDERS, frames));
    Pipeline pipeline = Expect.pipeline();
    PCollectionTuple kept =
        pipeline
            .apply("Records", Create.of(frames))
            .apply("Keep facts", KeepFacts.of(fold, buckets));
    Expect.rows("facts", kept.get(KeepFacts.ROWS), expected.rows());
    Expect.account("records", kept.get(KeepFacts.ACCOUNTS), expected.account());
    pipeline.run().waitUntilFinish();
  }

  @Test
  void withoutAKeyEveryRecordIsARow() {
    FactFold fold = new FactFold("orders", List.of(), null);
    List<Frame> frames = frames(3);
    Frame all = Frame.concat(ORDERS, frames);
    Pipeline pipeline = Expect.pipeline();
    PCollectionTuple kept =
        pipeline.apply("Records", Create.of(frames)).apply("Keep facts", KeepFacts.of(fold, 7));
    Expect.rows("facts", kept.get(KeepFacts.ROWS), all);
    Expect.account("records", kept.get(KeepFacts.ACCOUNTS), fold.fold(all).account());
    pipeline.run().waitUntilFinish();
  }

  private static List<Frame> frames(long seed) {
    Random random = new Random(seed);
    List<Frame> frames = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      List<List<Object>> rows = new ArrayList<>();
      for (int j = 0; j < 50; j++) {
        rows.add(List.of((long) random.nextInt(200), (long) random.nextInt(3)));
      }
      frames.add(Frame.ofRows(ORDERS, rows));
    }
    return frames;
  }
}
