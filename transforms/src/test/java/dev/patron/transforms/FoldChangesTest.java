package dev.patron.transforms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.accounts.Account;
import dev.patron.features.accounts.Account.Count;
import dev.patron.features.change.ChangeFold;
import dev.patron.features.change.ChangeSpec;
import dev.patron.features.change.Events;
import dev.patron.features.change.Folded;
import dev.patron.features.frame.Frame;
import dev.patron.features.history.History;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@link ApplyChanges} and {@link KeepHistory} give what one fold of all events gives, however the
 * keys are divided: with linked keys, truncates and duplicates in different frames.
 */
class FoldChangesTest {
  private static final ChangeFold FOLD = new ChangeFold(ChangeEvents.BOOKS);

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 64})
  void bucketsFoldToWhatOneFoldGives(int buckets) {
    List<Frame> frames = ChangeEvents.frames(buckets);
    Frame all = ChangeEvents.all(frames);
    Frame truncates = Events.truncates(all);
    Folded folded = FOLD.fold(Events.ofKeys(all), truncates);
    Account account = FOLD.account(truncates);
    account.add(folded.account());
    assertThat(List.of(Count.UNKNOWN_VALUE, Count.DUPLICATE, Count.STALE, Count.DELETED))
        .allMatch(count -> account.get(count) > 0);

    Pipeline pipeline = Expect.pipeline();
    PCollection<Frame> events = pipeline.apply("Events", Create.of(frames));
    PCollectionTuple history =
        events.apply("Keep history", KeepHistory.of(ChangeEvents.BOOKS, buckets));
    Expect.rows("history", history.get(KeepHistory.ROWS), History.of(folded));
    Expect.account("versions", history.get(KeepHistory.ACCOUNTS), account);
    if (buckets == 7) {
      PCollectionTuple current =
          events.apply("Apply changes", ApplyChanges.of(ChangeEvents.BOOKS, buckets));
      Expect.rows("current", current.get(ApplyChanges.ROWS), folded.current());
      Expect.account("changes", current.get(ApplyChanges.ACCOUNTS), account);
    }
    pipeline.run().waitUntilFinish();
  }

  @Test
  void flatRowsFoldLikewise() {
    ChangeSpec flat = new ChangeSpec("books", ChangeEvents.ROW, List.of("id"), List.of(), true);
    Frame all = ChangeEvents.all(ChangeEvents.frames(5));
    Frame upserts = all.filter(row -> all.column(Events.UNAVAILABLE).isNull(row));
    Frame truncates = Events.truncates(upserts);
    Folded folded = new ChangeFold(flat).fold(Events.ofKeys(upserts), truncates);
    Pipeline pipeline = Expect.pipeline();
    PCollectionTuple current =
        pipeline
            .apply("Events", Create.of(upserts))
            .apply("Apply changes", ApplyChanges.of(flat, 7));
    Expect.rows("current", current.get(ApplyChanges.ROWS), folded.current());
    pipeline.run().waitUntilFinish();
  }

  @Test
  void withoutEventsThereAreNoRows() {
    Frame none = Frame.empty(FOLD.eventSchema());
    Pipeline pipeline = Expect.pipeline();
    PCollectionTuple current =
        pipeline
            .apply("Events", Create.of(none))
            .apply("Apply changes", ApplyChanges.of(ChangeEvents.BOOKS, 7));
    Expect.rows("current", current.get(ApplyChanges.ROWS), FOLD.fold(none, none).current());
    Expect.account("changes", current.get(ApplyChanges.ACCOUNTS), new Account());
    pipeline.run().waitUntilFinish();
  }
}
