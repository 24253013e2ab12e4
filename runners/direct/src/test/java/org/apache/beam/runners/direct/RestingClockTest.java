package org.apache.beam.runners.direct;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

final class RestingClockTest {
  private long nanos;
  private final List<Long> rests = new ArrayList<>();
  private final RestingClock clock =
      new RestingClock(() -> Instant.ofEpochMilli(nanos / 1_000_000), () -> nanos, this::rest);

  private void rest(long time) {
    rests.add(time);
    nanos += time;
  }

  private void ask(int times, long apart) {
    for (int i = 0; i < times; i++) {
      assertThat(clock.now()).isEqualTo(Instant.ofEpochMilli(nanos / 1_000_000));
      nanos += apart;
    }
  }

  @Test
  void letsWhoeverAsksWithoutAPauseWaitForTheNextTurn() {
    ask(10 * RestingClock.QUESTIONS, 100);

    assertThat(rests)
        .hasSize(10)
        .allSatisfy(rest -> assertThat(rest).isBetween(400_000L, RestingClock.TURN_NANOS));
  }

  @Test
  void answersAtOnceWhereQuestionsAreAsRareAsWorkIs() {
    ask(10 * RestingClock.QUESTIONS, 2_000);

    assertThat(rests).isEmpty();
  }

  @Test
  void doesNotHoldOldRarenessAgainstNewQuestions() {
    ask(RestingClock.QUESTIONS / 2, 100);
    nanos += 1_000_000_000;
    ask(RestingClock.QUESTIONS, 100);

    assertThat(rests).isEmpty();
  }
}
