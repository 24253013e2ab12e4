package dev.patron.pipelines.commands;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Whether the user, or the machine, asked the program to end (SIGTERM, Ctrl-C). The process then
 * waits for the work in hand, but not for ever; what is not finished by then leaves no trace.
 */
final class StopSignal implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(25);

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch finished = new CountDownLatch(1);

  private StopSignal() {}

  static StopSignal listen() {
    StopSignal stop = new StopSignal();
    Runtime.getRuntime().addShutdownHook(new Thread(stop::ask, "finish the increment"));
    return stop;
  }

  private void ask() {
    asked.countDown();
    try {
      boolean unused = finished.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  boolean isAsked() {
    return asked.getCount() == 0;
  }

  /** Waits so long, or until it is asked. */
  void await(Duration duration) throws InterruptedException {
    if (!duration.isNegative()) {
      boolean unused = asked.await(duration.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void close() {
    finished.countDown();
  }
}
