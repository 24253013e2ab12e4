package dev.patron.pipelines.commands;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long a stream goes on trying what fails and may pass. It is a time, not a number of tries: a
 * cluster that refuses is asked as long as one that does not answer, where each try takes half a
 * minute.
 */
final class Patience {
  static final Duration MOST = Duration.ofMinutes(10);

  /** An increment may work for minutes before it fails: so often it is tried, however long. */
  static final int FEWEST_TRIES = 5;

  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final LongSupplier nanoseconds;
  private int failures;
  private long since;

  /**
   * Patience by this clock.
   *
   * @param nanoseconds as {@link System#nanoTime} tells them
   */
  Patience(LongSupplier nanoseconds) {
    this.nanoseconds = nanoseconds;
  }

  /** Notes that a try went well. */
  void renew() {
    failures = 0;
  }

  /** Notes a failure, and tells whether it was the last that is borne. */
  boolean isLost() {
    long now = nanoseconds.getAsLong();
    since = failures == 0 ? now : since;
    failures++;
    return failures > FEWEST_TRIES && now - since >= MOST.toNanos();
  }

  /**
   * How long to wait before the next try: as long as between looks, but a stream that looks every
   * day does not wait for days.
   */
  static Duration pause(Duration every) {
    return every.compareTo(LONGEST_PAUSE) < 0 ? every : LONGEST_PAUSE;
  }
}
