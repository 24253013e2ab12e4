package org.apache.beam.runners.direct;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.joda.time.Instant;

/**
 * A clock that lets whoever asks too often wait. The end of a step asks a few times; the driver's
 * idle turns ask once for every step of the pipeline and without a pause, millions of times a
 * second.
 */
final class RestingClock implements Clock {
  /** More questions than the ends of steps ask in a {@link #TURN_NANOS turn}. */
  static final int QUESTIONS = 500;

  /** Short against the work of a step, long against an idle turn of the driver. */
  static final long TURN_NANOS = 500_000;

  private final Clock clock;
  private final LongSupplier nanos;
  private final LongConsumer rest;
  private final AtomicInteger questions = new AtomicInteger();
  private volatile long turn;

  /**
   * @param clock tells the time
   * @param nanos tells how much time has passed
   * @param rest waits for so many nanoseconds
   */
  RestingClock(Clock clock, LongSupplier nanos, LongConsumer rest) {
    this.clock = clock;
    this.nanos = nanos;
    this.rest = rest;
    this.turn = nanos.getAsLong();
  }

  @Override
  public Instant now() {
    if (questions.incrementAndGet() >= QUESTIONS) {
      long left = turn + TURN_NANOS - nanos.getAsLong();
      if (left > 0) {
        rest.accept(left);
      }
      questions.set(0);
      turn = nanos.getAsLong();
    }
    return clock.now();
  }
}
