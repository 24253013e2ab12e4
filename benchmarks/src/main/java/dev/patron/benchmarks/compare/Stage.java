package dev.patron.benchmarks.compare;

import java.util.Locale;

/** Tells how long a stage took, in the words in which Patron does. */
final class Stage {
  private Stage() {}

  /** Work that may fail. */
  @FunctionalInterface
  interface Work {
    void run() throws Exception;
  }

  static void run(String name, Work work) throws Exception {
    long start = System.nanoTime();
    work.run();
    System.err.printf(Locale.ROOT, "%-10s %7.1f s%n", name, (System.nanoTime() - start) / 1e9);
  }
}
