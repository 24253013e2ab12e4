package dev.patron.pipelines.commands;

import dev.patron.pipelines.console.Console;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * Whether the user, or the machine, asked the program to end (SIGTERM, Ctrl-C). The process then
 * waits for the work in hand, but not for ever; what is not finished by then leaves no trace.
 *
 * <p>A program that was asked to stop and did has done what it should, and ends with status 0. Left
 * alone, the JVM would end with 128 and the signal's number, which systemd and Kubernetes take for
 * a crash.
 *
 * <p>Hooks of the JVM itself run all at once, and Spark's would stop its context under the
 * increment in hand. Hadoop's, of which Spark's is one, run in the order of their priorities.
 */
final class StopSignal implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(25);

  /** Before Spark stops its context (50), deletes its files (40) and Hadoop its file systems. */
  private static final int FIRST = 1_000;

  private static final int LAST = 0;

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Console console;
  private final Runnable ask = this::ask;
  private final Runnable end = this::end;
  private volatile boolean cutOff;

  private StopSignal(Console console) {
    this.console = console;
  }

  static StopSignal listen(Console console) {
    StopSignal stop = new StopSignal(console);
    ShutdownHookManager hooks = ShutdownHookManager.get();
    hooks.addShutdownHook(stop.ask, FIRST, 2 * PATIENCE.toSeconds(), TimeUnit.SECONDS);
    hooks.addShutdownHook(stop.end, LAST);
    return stop;
  }

  private void ask() {
    asked.countDown();
    boolean whole = false;
    try {
      whole = finished.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    console.note(
        whole && !cutOff
            ? "patron: stopped; what was begun is finished"
            : "patron: stopped; the increment in hand is cut off, and done again at the next start");
  }

  private void end() {
    Runtime.getRuntime().halt(0);
  }

  boolean isAsked() {
    return asked.getCount() == 0;
  }

  /** Tells that the work in hand ended before it was done. */
  void cutOff() {
    cutOff = true;
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
    ShutdownHookManager hooks = ShutdownHookManager.get();
    if (!hooks.isShutdownInProgress()) {
      hooks.removeShutdownHook(ask);
      hooks.removeShutdownHook(end);
    }
  }
}
