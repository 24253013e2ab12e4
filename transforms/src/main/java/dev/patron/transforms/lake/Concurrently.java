package dev.patron.transforms.lake;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Does what has to be done to each of a table's files outside Beam, on all cores. */
final class Concurrently {
  private Concurrently() {}

  /**
   * The results, in the order of the works.
   *
   * @param problem what is said of a work that ends with another exception than its own
   * @throws LakeException what the first work that failed has thrown; the others are interrupted,
   *     and have ended: nothing writes files any more
   */
  static <T> List<T> all(LakeTable table, String problem, List<Callable<T>> works) {
    // Not the common pool: its threads know neither this one's class loader nor its user.
    ExecutorService threads =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    try {
      List<Future<T>> futures = new ArrayList<>();
      for (Callable<T> work : works) {
        futures.add(threads.submit(work));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof LakeException known
          ? known
          : LakeException.because(table.name(), problem, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw LakeException.because(table.name(), "it was interrupted", e);
    } finally {
      threads.shutdownNow();
      awaitEnd(threads);
    }
  }

  /** An interruption in the meantime is kept for whoever waits next. */
  private static void awaitEnd(ExecutorService threads) {
    boolean isInterrupted = false;
    boolean hasEnded = false;
    while (!hasEnded) {
      try {
        hasEnded = threads.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
