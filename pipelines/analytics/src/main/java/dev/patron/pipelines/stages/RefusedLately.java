package dev.patron.pipelines.stages;

import dev.patron.features.accounts.Account;
import java.util.HashMap;
import java.util.Map;

/**
 * How many records of each table were refused of those that were read lately. One broken record is
 * a large share of an increment of ten, and would stop a stream for ever; so a stream judges the
 * share over its last thousands of records, and never over fewer than {@value #LEAST}.
 */
public final class RefusedLately {
  /** Fewer records tell no share. */
  static final long LEAST = 1_000;

  private record Seen(double read, double refused) {}

  private final boolean stream;
  private final Map<String, Seen> seen = new HashMap<>();

  private RefusedLately(boolean stream) {
    this.stream = stream;
  }

  /** Judges one run by itself. */
  static RefusedLately inOneRun() {
    return new RefusedLately(false);
  }

  /** Judges the increments of a stream together. */
  public static RefusedLately inAStream() {
    return new RefusedLately(true);
  }

  /** Whether more than this share would be refused, with these records of a table. */
  boolean exceeds(double most, String table, long read, long refused) {
    if (!stream) {
      return refused > most * read;
    }
    Seen before = seen.getOrDefault(table, new Seen(0, 0));
    return before.refused() + refused > most * Math.max(LEAST, before.read() + read);
  }

  /** These were committed. What was read long ago counts less and less. */
  void add(Map<String, Account> accounts) {
    accounts.forEach(
        (table, account) -> {
          Seen before = seen.getOrDefault(table, new Seen(0, 0));
          double read = before.read() + account.get(Account.Count.READ);
          double refused = before.refused() + account.get(Account.Count.QUARANTINED);
          double kept = read > 2 * LEAST ? 2 * LEAST / read : 1;
          seen.put(table, new Seen(read * kept, refused * kept));
        });
  }
}
