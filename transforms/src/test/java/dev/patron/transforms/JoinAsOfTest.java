package dev.patron.transforms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.features.accounts.Account.Count;
import dev.patron.features.change.ChangeFold;
import dev.patron.features.change.Events;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import dev.patron.features.history.History;
import dev.patron.features.join.AsOfJoin;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JoinAsOfTest {
  private static final Schema LINES =
      Schema.of().with("book", Type.STRING).with("at", Type.TIMESTAMP);
  private static final AsOfJoin JOIN =
      new AsOfJoin(
          List.of("book"),
          "at",
          List.of("id"),
          List.of(
              new AsOfJoin.Taken("title", "title"), new AsOfJoin.Taken("sk", "version_of_book")),
          false);

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 64})
  void broadcastAndShuffleGiveWhatOneJoinGives(int buckets) {
    Frame events = ChangeEvents.all(ChangeEvents.frames(buckets));
    Frame history =
        History.of(
            new ChangeFold(ChangeEvents.BOOKS)
                .fold(Events.ofKeys(events), Events.truncates(events)));
    List<Frame> lines = lines(buckets);
    AsOfJoin.Joined expected = JOIN.join(Frame.concat(LINES, lines), history);
    assertThat(expected.account().get(Count.UNMATCHED)).isBetween(1L, 2_999L);

    Pipeline pipeline = Expect.pipeline();
    PCollection<Frame> versions =
        pipeline.apply(
            "Versions", Create.of(history.slice(0, 50), history.slice(50, history.rows())));
    PCollection<Frame> facts = pipeline.apply("Facts", Create.of(lines));
    PCollectionTuple broadcast =
        facts.apply("Broadcast", JoinAsOf.broadcast(JOIN, versions, history.schema()));
    PCollectionTuple shuffled =
        facts.apply("Shuffle", JoinAsOf.byKey(JOIN, versions, history.schema(), buckets));
    Expect.rows("broadcast", broadcast.get(JoinAsOf.ROWS), expected.rows());
    Expect.rows("shuffled", shuffled.get(JoinAsOf.ROWS), expected.rows());
    Expect.account("broadcast, counted", broadcast.get(JoinAsOf.ACCOUNTS), expected.account());
    Expect.account("shuffled, counted", shuffled.get(JoinAsOf.ACCOUNTS), expected.account());
    pipeline.run().waitUntilFinish();
  }

  @Test
  void withoutBucketsNothingIsShuffled() {
    PCollection<Frame> versions =
        Expect.pipeline().apply("Versions", Create.of(Frame.empty(LINES)));
    assertThatThrownBy(() -> JoinAsOf.byKey(JOIN, versions, LINES, 0))
        .hasMessage("buckets = 0; at least 1 is needed");
  }

  private static List<Frame> lines(long seed) {
    Random random = new Random(seed);
    List<Frame> frames = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      List<List<Object>> rows = new ArrayList<>();
      for (int j = 0; j < 300; j++) {
        rows.add(List.of("book " + random.nextInt(130), Values.instant(random.nextInt(420))));
      }
      frames.add(Frame.ofRows(LINES, rows));
    }
    return frames;
  }
}
