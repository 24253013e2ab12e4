package dev.patron.pipelines.stages;

import dev.patron.pipelines.console.Console;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Tells the user of the transactions that keep topics from being read to their end, each once. */
public final class OpenTransactions {
  private Map<String, Long> seen = Map.of();
  private final Map<String, Long> told = new HashMap<>();

  /**
   * Tells of those that the look before has seen too: most are short, and over by the next look.
   */
  public void tellWhatStays(Feeds.News news, Console console) {
    Map<String, Long> before = seen;
    seen = news.held();
    told.keySet().retainAll(seen.keySet());
    seen.forEach(
        (partition, offset) -> {
          if (offset.equals(before.get(partition))) {
            tell(partition, offset, console);
          }
        });
  }

  /** Tells of all: nobody looks again. */
  public void tell(Feeds.News news, Console console) {
    news.held().forEach((partition, offset) -> tell(partition, offset, console));
  }

  private void tell(String partition, long offset, Console console) {
    Long before = told.put(partition, offset);
    if (before == null || before != offset) {
      console.note(
          String.format(
              Locale.ROOT,
              "patron: %s: a transaction is open since offset %d, and nothing behind that can be"
                  + " read before it is committed or aborted",
              partition,
              offset));
    }
  }
}
