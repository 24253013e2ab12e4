package dev.patron.pipelines.console;

import java.io.IOException;
import java.io.PrintStream;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The two streams to the user. stdout carries results alone; progress and notes go to stderr: a
 * line that renews itself on a terminal, a plain line per stage elsewhere.
 */
public class Console {
  private static final int LINE_WIDTH = 78;
  private static final long GLANCE_NANOSECONDS = TimeUnit.MILLISECONDS.toNanos(250);

  private final PrintStream out;
  private final PrintStream err;
  private final boolean terminal;
  private final Set<String> said = new HashSet<>();
  private boolean lineOpen;

  /** Work of the driver. */
  @FunctionalInterface
  public interface Work<T> {
    T run() throws IOException;
  }

  /**
   * A console on these streams.
   *
   * @param terminal whether {@code err} is a terminal, so that a line can be rewritten
   */
  public Console(PrintStream out, PrintStream err, boolean terminal) {
    this.out = out;
    this.err = err;
    this.terminal = terminal;
  }

  /** The same for what is repeated for ever: the ends of its stages leave no lines. */
  public Console withoutStages() {
    return new Console(out, err, terminal) {
      @Override
      public synchronized void done(String stage, long rows, double seconds) {
        progress(stage, rows, seconds);
      }
    };
  }

  /** Writes a result to stdout. */
  public synchronized void result(String text) {
    out.println(text);
    out.flush();
  }

  /** stdout itself, for results that are long or come piece by piece. */
  public synchronized PrintStream out() {
    closeLine();
    return out;
  }

  /** Writes a line to stderr. */
  public synchronized void note(String line) {
    closeLine();
    err.println(line);
  }

  /** Writes a line to stderr, unless it was written so before: what holds is said once. */
  public void noteOnce(String line) {
    noteOnce(line, line);
  }

  /** Writes a line about something to stderr, unless one about it was written before. */
  public synchronized void noteOnce(String about, String line) {
    if (said.add(about)) {
      note(line);
    }
  }

  /** Writes a stack trace to stderr, after the line that says what happened. */
  public synchronized void trace(Throwable thrown) {
    closeLine();
    thrown.printStackTrace(err);
  }

  /** Shows how far a stage has come; nothing where stderr is no terminal. */
  public synchronized void progress(String stage, long rows, double seconds) {
    if (terminal) {
      String line = describe(stage, rows, seconds);
      err.print("\r" + pad(line));
      err.flush();
      lineOpen = true;
    }
  }

  /** Ends a stage with one line that stays. */
  public void done(String stage, long rows, double seconds) {
    String line = describe(stage, rows, seconds);
    if (terminal) {
      err.print("\r" + pad(line));
      err.println();
      lineOpen = false;
    } else {
      err.println(line);
    }
  }

  /**
   * Ends a stage with work that reads no more rows, such as the fitting of models. A stage that
   * fails has no end.
   *
   * @param rows that the stage has read
   * @param start of the stage, as {@link System#nanoTime} tells it
   */
  public <T> T end(String stage, long rows, long start, Work<T> work) throws IOException {
    T made = terminal ? watched(stage, rows, start, work) : work.run();
    done(stage, rows, secondsSince(start));
    return made;
  }

  private <T> T watched(String stage, long rows, long start, Work<T> work) throws IOException {
    Thread clock =
        new Thread(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                progress(stage, rows, secondsSince(start));
                LockSupport.parkNanos(GLANCE_NANOSECONDS);
              }
            },
            "progress");
    clock.setDaemon(true);
    clock.start();
    try {
      return work.run();
    } finally {
      clock.interrupt();
      waitFor(clock);
    }
  }

  /** What it is at would be seen after the end of the stage. */
  private static void waitFor(Thread clock) {
    try {
      clock.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private void closeLine() {
    if (lineOpen) {
      err.print("\r" + pad("") + "\r");
      lineOpen = false;
    }
  }

  private static String describe(String stage, long rows, double seconds) {
    if (rows == 0) {
      return String.format(Locale.ROOT, "%-10s %7.1f s", stage, seconds);
    }
    return String.format(
        Locale.ROOT,
        "%-10s %7.1f s  %,13d rows  %,11.0f rows/s",
        stage,
        seconds,
        rows,
        seconds > 0 ? rows / seconds : 0);
  }

  private static String pad(String line) {
    return String.format(Locale.ROOT, "%-" + LINE_WIDTH + "s", line);
  }
}
