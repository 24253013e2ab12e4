package org.apache.beam.runners.spark.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TurnsTest {
  @Test
  void anotherThreadWaitsUntilATurnEnds() throws Exception {
    Turns.Turn mine = Turns.take("a");
    Thread other = new Thread(() -> Turns.take("a").end());
    other.start();
    while (other.getState() != Thread.State.TIMED_WAITING) {
      assertThat(other.isAlive()).as("it waits, and does not end").isTrue();
      Thread.onSpinWait();
    }
    mine.end();
    other.join(TimeUnit.SECONDS.toMillis(30));
    assertThat(other.isAlive()).isFalse();
  }

  @Test
  void otherWorkAndTheSameThreadNeedNotWait() throws ExecutionException, InterruptedException {
    Turns.Turn mine = Turns.take("a");
    Turns.take("a").end();
    CompletableFuture.runAsync(() -> Turns.take("b").end()).get();
    mine.end();
  }

  @Test
  void endingTwiceTakesNobodysTurn() throws Exception {
    Turns.Turn first = Turns.take("a");
    first.end();
    Turns.Turn second = Turns.take("a");
    first.end();
    Thread other = new Thread(() -> Turns.take("a").end());
    other.start();
    while (other.getState() != Thread.State.TIMED_WAITING) {
      assertThat(other.isAlive()).as("it waits, and does not end").isTrue();
      Thread.onSpinWait();
    }
    second.end();
    other.join(TimeUnit.SECONDS.toMillis(30));
    assertThat(other.isAlive()).isFalse();
  }
}
