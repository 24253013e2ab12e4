package dev.patron.runners.serving;

import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.options.HorizonOptions;
import dev.patron.transforms.lake.LakeException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the champions current: looks again and again whether another version was promoted or the
 * features were written anew, loads what is new beside the old, and only then lets it answer. What
 * cannot be loaded is said and counted, and the old goes on.
 */
final class ChampionWatch implements Supplier<@Nullable Champions>, AutoCloseable {
  private final String warehouse;
  private final HorizonOptions options;
  private final Metrics metrics;
  private final Console console;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "champion-watch");
            thread.setDaemon(true);
            return thread;
          });
  private volatile @Nullable Champions current;
  private Champions.@Nullable Moment failed;

  ChampionWatch(String warehouse, HorizonOptions options, Metrics metrics, Console console) {
    this.warehouse = warehouse;
    this.options = options;
    this.metrics = metrics;
    this.console = console;
  }

  /** The champions of now; null as long as there are none. */
  @Override
  public @Nullable Champions get() {
    return current;
  }

  /** Looks at this pace from now on. */
  void every(int seconds) {
    var unused = clock.scheduleWithFixedDelay(this::look, seconds, seconds, TimeUnit.SECONDS);
  }

  /** Looks once, and loads what is new. */
  synchronized void look() {
    Champions.@Nullable Moment seen = null;
    try {
      Optional<Champions.Moment> now = Champions.Moment.now(warehouse);
      Champions before = current;
      if (now.isEmpty() || (before != null && before.moment().equals(now.get()))) {
        return;
      }
      seen = now.get();
      Champions loaded = Champions.load(warehouse, seen, options, before);
      current = loaded;
      failed = null;
      metrics.reloaded();
      console.note(
          "serving segments/%d and lifetime/%d, %,d customers"
              .formatted(seen.segments(), seen.lifetime(), loaded.customers()));
    } catch (IOException | LakeException | IllegalArgumentException e) {
      // Said once for each thing that fails, and looked at again: it may be half written.
      if (seen == null || !seen.equals(failed)) {
        console.note("cannot load the champions, the ones before go on: " + e.getMessage());
      }
      failed = seen;
      metrics.failedToReload();
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
