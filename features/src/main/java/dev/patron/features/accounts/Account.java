package dev.patron.features.accounts;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * How many records of one table had which fate. Every record read has exactly one of the fates, so
 * that read = inserted + updated + unchanged + deleted + stale + duplicate + ignored + quarantined
 * (SEMANTICS 18) + dropped, where the dataset has something dropped. What else is counted ({@link
 * Count#CONFLICT} and so on) stands beside them.
 *
 * <p>Mutable; partial accounts are {@link #add}ed.
 */
public final class Account {

  /** What is counted. */
  public enum Count {
    /** Records read. */
    READ(false),
    /** Records that made a row where there was none. */
    INSERTED(true),
    /** Records that changed a row. */
    UPDATED(true),
    /** Records that left a row as it was. */
    UNCHANGED(true),
    /** Records that removed a row. */
    DELETED(true),
    /** Records without effect: deletes of no row, losers of a conflict. */
    STALE(true),
    /** Deliveries of a record that was delivered before. */
    DUPLICATE(true),
    /** Records that are not for this table: tombstones, heartbeats, other tables, blank lines. */
    IGNORED(true),
    /** Records refused. */
    QUARANTINED(true),
    /** Rows in the table afterwards. */
    WRITTEN(false),
    /** Records of one key and one position, or of one fact, with different content. */
    CONFLICT(false),
    /** Values of columns that the table does not have. */
    UNKNOWN_COLUMN(false),
    /**
     * Placeholders for unchanged values whose value was never seen, and prices times quantities
     * that nobody can have paid; they became null.
     */
    UNKNOWN_VALUE(false),
    /** Purchases without a customer. */
    ANONYMOUS(false),
    /** Facts for which no version was valid at their time. */
    UNMATCHED(false),
    /**
     * Records dropped by a rule of the dataset, or that are no purchases for want of a time or
     * lines.
     */
    DROPPED(true);

    private final boolean fate;

    Count(boolean fate) {
      this.fate = fate;
    }

    /** Whether this is one of the fates that add up to the records read. */
    public boolean isFate() {
      return fate;
    }

    /** The name of the column in {@code ops/runs}. */
    public String column() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Map<Count, Long> counts = new EnumMap<>(Count.class);

  /** Counts one. */
  public void count(Count what) {
    count(what, 1);
  }

  /** Counts several. */
  public void count(Count what, long howMany) {
    if (howMany != 0) {
      counts.merge(what, howMany, Math::addExact);
    }
  }

  /** How many were counted. */
  public long get(Count what) {
    return counts.getOrDefault(what, 0L);
  }

  /** Adds all counts of another account. */
  public void add(Account other) {
    other.counts.forEach(this::count);
  }

  /** Records read whose fate is unknown: 0, or something is wrong. */
  public long residual() {
    long residual = get(Count.READ);
    for (Count count : Count.values()) {
      if (count.isFate()) {
        residual -= get(count);
      }
    }
    return residual;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Account that && counts.equals(that.counts);
  }

  @Override
  public int hashCode() {
    return counts.hashCode();
  }

  /** The counts that are not zero. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Count count : Count.values()) {
      if (get(count) != 0) {
        text.append(text.isEmpty() ? "" : ", ")
            .append(count.column())
            .append('=')
            .append(get(count));
      }
    }
    return text.toString();
  }
}
