package org.apache.beam.runners.spark.translation;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Work that tasks of one JVM might do at the same time, and that one of them does while the others
 * wait for what comes of it.
 */
final class Turns {
  /** Who waits longer does the work a second time, which costs time and nothing else. */
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(30);

  private static final Map<String, Turn> TAKEN = new HashMap<>();

  private Turns() {}

  /** A turn, until it is ended; ending it again does nothing. */
  static final class Turn {
    private final String work;
    private final Thread owner = Thread.currentThread();

    private Turn(String work) {
      this.work = work;
    }

    void end() {
      synchronized (TAKEN) {
        if (TAKEN.remove(work, this)) {
          TAKEN.notifyAll();
        }
      }
    }
  }

  /** Waits until no other thread does this work. Who does it already need not wait. */
  static Turn take(String work) {
    long start = System.nanoTime();
    Turn mine = new Turn(work);
    synchronized (TAKEN) {
      for (Turn other = TAKEN.putIfAbsent(work, mine);
          other != null && other.owner != Thread.currentThread();
          other = TAKEN.putIfAbsent(work, mine)) {
        long left = PATIENCE_NANOS - (System.nanoTime() - start);
        if (left <= 0) {
          break;
        }
        try {
          TimeUnit.NANOSECONDS.timedWait(TAKEN, left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("a task was ended while it waited for another", e);
        }
      }
    }
    return mine;
  }
}
