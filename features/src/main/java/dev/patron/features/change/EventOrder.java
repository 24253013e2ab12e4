package dev.patron.features.change;

import dev.patron.features.accounts.Account;
import dev.patron.features.accounts.Account.Count;
import dev.patron.features.frame.BooleanColumn;
import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import it.unimi.dsi.fastutil.ints.IntArrays;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The one owner of order within a key (SEMANTICS 3, 4, 5 and 8): which delivery of an event counts,
 * which event comes after which, and when each took effect. Nobody else compares positions or
 * deliveries.
 *
 * <p>The result is one sequence of <i>steps</i>, key after key in ascending order. A step is an
 * event of the key or a truncate of its table. Truncates without an event of the key between them
 * are one step; those before its first event are none, for there is nothing to remove.
 *
 * <p>Log events (c, u, d, t) are sorted by their position. A snapshot row (r) cannot be: a
 * transaction in flight while the snapshot was read has a lower position than the snapshot's rows
 * and yet came after them. So a snapshot row stands immediately before the first log event newer
 * than it, where newer means at its position or above, or delivered after it.
 */
final class EventOrder {
  /** The instant of an event that has none: flat change rows need not say when. */
  static final long NO_INSTANT = Long.MIN_VALUE;

  // What comes first at one position. Snapshot rows are not compared with the others.
  private static final byte TRUNCATE = 0;
  private static final byte DELETE = 1;
  private static final byte INSERT = 2;
  private static final byte UPDATE = 3;
  private static final byte SNAPSHOT = 4;

  private final boolean flat;
  private final byte[] kinds;
  private final Keys keys;
  private final ColumnOrder positions;
  private final LongColumn instants;
  private final Deliveries deliveries;
  private final Contents images;
  private final Contents everything;
  private final BooleanColumn known;

  /** The events kept whose fate an earlier run has counted. */
  private final BitSet settled = new BitSet();

  /** The distinct truncates of the table, in order. */
  private final int[] truncates;

  /** The greatest instant of the first n truncates. */
  private final long[] truncatedUntil;

  private final Deliveries.Index truncateDeliveries;
  private final Deliveries.Index logDeliveries;

  private int[] steps;
  private long[] stepInstants;
  private int size;
  private int[] starts = new int[16];
  private int keyCount;

  // Of the key whose steps are now being appended.
  private int truncatesPassed;
  private long latest;

  // Of its snapshot rows: how many log events and truncates stand before each.
  private int[] logBefore = new int[4];
  private int[] truncatesBefore = new int[4];
  private int[] snapshotOrder = new int[4];

  /**
   * Orders events.
   *
   * @param spec the table
   * @param events events of any number of keys and the table's truncates, in any order
   * @param account where duplicates and conflicts are counted, but for those of truncates, which
   *     belong to no key
   * @throws IllegalArgumentException if an event has an unknown op or no position
   */
  EventOrder(ChangeSpec spec, Frame events, Account account) {
    this.flat = spec.flat();
    this.kinds = kinds(spec, events);
    this.keys = new Keys(events, spec.key());
    this.positions = new ColumnOrder(events.column(Events.POSITION));
    this.instants = events.longs(Events.INSTANT);
    this.deliveries = new Deliveries(events);
    this.images = new Contents(events, events.positions(spec.row().names()));
    this.everything =
        new Contents(
            events,
            events.positions(
                events.schema().names().stream()
                    .filter(name -> !name.equals(Events.KNOWN))
                    .toList()));
    this.known = events.booleans(Events.KNOWN);

    int[] ofTable = rows(true);
    IntArrays.mergeSort(ofTable, this::compareWithinKey);
    this.truncates =
        Arrays.copyOf(ofTable, dropDuplicates(ofTable, 0, ofTable.length, new Account()));
    this.truncatedUntil = new long[truncates.length + 1];
    truncatedUntil[0] = NO_INSTANT;
    for (int i = 0; i < truncates.length; i++) {
      truncatedUntil[i + 1] = Math.max(truncatedUntil[i], instantOf(truncates[i]));
    }
    this.truncateDeliveries = deliveries.new Index();
    truncateDeliveries.of(truncates, 0, truncates.length);
    this.logDeliveries = deliveries.new Index();

    int[] ofKeys = rows(false);
    IntArrays.mergeSort(ofKeys, this::compare);
    this.steps = new int[ofKeys.length];
    this.stepInstants = new long[ofKeys.length];
    for (int from = 0, to; from < ofKeys.length; from = to) {
      to = from + 1;
      while (to < ofKeys.length && keys.same(ofKeys[from], ofKeys[to])) {
        to++;
      }
      appendKey(ofKeys, from, dropDuplicates(ofKeys, from, to, account));
    }
  }

  /** The number of distinct truncates. */
  int truncates() {
    return truncates.length;
  }

  /** Whether a truncate came with this run. */
  boolean hasNewTruncate() {
    return Arrays.stream(truncates).anyMatch(row -> !isKnown(row));
  }

  /** The number of keys. */
  int keys() {
    return keyCount;
  }

  /** The first step of a key. */
  int first(int key) {
    return starts[key];
  }

  /** The end of the steps of a key, exclusive. */
  int end(int key) {
    return key + 1 < keyCount ? starts[key + 1] : size;
  }

  /** The number of steps of all keys. */
  int size() {
    return size;
  }

  /** The row of the event at this step. */
  int event(int step) {
    return steps[step];
  }

  /** When this step took effect; never before an earlier step of its key (SEMANTICS 5). */
  long instant(int step) {
    return stepInstants[step];
  }

  /** Whether the event at this step is a truncate of the table. */
  boolean isTruncate(int step) {
    return kinds[steps[step]] == TRUNCATE;
  }

  /** Whether the event at this step leaves a row behind: its image. */
  boolean leavesRow(int step) {
    return kinds[steps[step]] >= INSERT;
  }

  /** Whether an earlier run has counted the fate of the event at this step. */
  boolean isSettled(int step) {
    return settled.get(steps[step]);
  }

  /** Whether the event at this step, a truncate or not, came with this run. */
  boolean isNew(int step) {
    return !isKnown(steps[step]);
  }

  /** Whether the event at this step is a delete. */
  boolean isDelete(int step) {
    return kinds[steps[step]] == DELETE;
  }

  /** Whether the event at this step is an update; every flat row that leaves one is. */
  boolean isUpdate(int step) {
    return kinds[steps[step]] == UPDATE;
  }

  /** Whether the event at this step is an insert. */
  boolean isInsert(int step) {
    return kinds[steps[step]] == INSERT;
  }

  // ------------------------------------------------------------------ what the events are

  private static byte[] kinds(ChangeSpec spec, Frame events) {
    BytesColumn ops = events.bytes(Events.OP);
    BytesColumn positions = events.bytes(Events.POSITION);
    byte[] kinds = new byte[events.rows()];
    for (int row = 0; row < kinds.length; row++) {
      char op = ops.length(row) == 1 ? (char) ops.array()[ops.from(row)] : '?';
      kinds[row] =
          switch (op) {
            case 't' -> TRUNCATE;
            case 'd' -> DELETE;
            // Flat rows are upserts, whatever their operation is called.
            case 'c' -> spec.flat() ? UPDATE : INSERT;
            case 'u' -> UPDATE;
            case 'r' -> SNAPSHOT;
            default ->
                throw new IllegalArgumentException(
                    "table '%s': an event with op '%s'; known are c, u, d, r and t"
                        .formatted(spec.table(), ops.text(row)));
          };
      if (positions.isNull(row)) {
        throw new IllegalArgumentException(
            "table '%s': an event without a position, which decoding should have refused"
                .formatted(spec.table()));
      }
    }
    return kinds;
  }

  /** The truncates, or everything else. */
  private int[] rows(boolean wantTruncates) {
    int[] rows = new int[kinds.length];
    int count = 0;
    for (int row = 0; row < kinds.length; row++) {
      if ((kinds[row] == TRUNCATE) == wantTruncates) {
        rows[count++] = row;
      }
    }
    return Arrays.copyOf(rows, count);
  }

  private boolean isKnown(int row) {
    return !known.isNull(row) && known.get(row);
  }

  private long instantOf(int row) {
    return instants.isNull(row) ? NO_INSTANT : instants.get(row);
  }

  // ------------------------------------------------------------------ which event is earlier

  private int compare(int a, int b) {
    int order = keys.compare(a, b);
    return order != 0 ? order : compareWithinKey(a, b);
  }

  /** Log events, then snapshot rows; of the deliveries of one event, the one that counts first. */
  private int compareWithinKey(int a, int b) {
    int order = Boolean.compare(kinds[a] == SNAPSHOT, kinds[b] == SNAPSHOT);
    if (order == 0) {
      order = positions.compare(a, b);
    }
    if (order == 0) {
      order = Byte.compare(kinds[a], kinds[b]);
    }
    if (order == 0 && kinds[a] == SNAPSHOT) {
      order = instants.compare(a, instants, b);
    }
    if (order == 0) {
      order = flat ? images.compare(b, a) : deliveries.compare(a, b);
    }
    if (order == 0 && flat) {
      order = Boolean.compare(isKnown(b), isKnown(a));
    }
    return order != 0 ? order : everything.compare(a, b);
  }

  // ------------------------------------------------------------------ which delivery counts

  /**
   * Keeps the first of each run of sorted rows that are one event, moving it to the front.
   *
   * @return the end of the rows kept
   */
  private int dropDuplicates(int[] rows, int from, int to, Account account) {
    int kept = from;
    for (int first = from, end; first < to; first = end) {
      boolean seen = isKnown(rows[first]);
      end = first + 1;
      while (end < to && sameEvent(rows[first], rows[end])) {
        seen |= isKnown(rows[end]);
        end++;
      }
      countDeliveries(rows, first, end, seen, account);
      // A flat row that beats the one known so far is news; a better delivery of an event is not.
      boolean news = !isKnown(rows[first]) && (flat || !seen);
      settled.set(rows[first], !news);
      rows[kept++] = rows[first];
    }
    return kept;
  }

  /** Counts the deliveries of one event, in order, of which the first is the event. */
  private void countDeliveries(int[] rows, int first, int end, boolean seen, Account account) {
    for (int i = first; i < end; i++) {
      if (isKnown(rows[i])) {
        continue;
      }
      boolean conflict =
          flat
              // Of equal rows the known one comes first: a new one in front beats another.
              && (i == first ? seen : images.compare(rows[i - 1], rows[i]) != 0);
      if (conflict) {
        account.count(Count.CONFLICT);
      }
      if (i > first) {
        account.count(conflict ? Count.STALE : Count.DUPLICATE);
      } else if (seen && !flat) {
        account.count(Count.DUPLICATE);
      }
    }
  }

  /** Whether two rows of one key are deliveries of one event. */
  private boolean sameEvent(int a, int b) {
    return kinds[a] == kinds[b]
        && positions.compare(a, b) == 0
        && (kinds[a] != SNAPSHOT || instants.same(a, instants, b));
  }

  // ------------------------------------------------------------------ where events stand

  /** Appends the steps of the key whose distinct events are {@code rows[from, to)}. */
  private void appendKey(int[] rows, int from, int to) {
    if (keyCount == starts.length) {
      starts = Arrays.copyOf(starts, 2 * keyCount);
    }
    starts[keyCount++] = size;
    truncatesPassed = 0;
    latest = NO_INSTANT;

    int logEnd = from;
    while (logEnd < to && kinds[rows[logEnd]] != SNAPSHOT) {
      logEnd++;
    }
    int snapshots = to - logEnd;
    placeSnapshots(rows, from, logEnd, snapshots);
    int nextSnapshot = 0;
    for (int log = from; log <= logEnd; log++) {
      while (nextSnapshot < snapshots && logBefore[snapshotOrder[nextSnapshot]] == log - from) {
        int snapshot = snapshotOrder[nextSnapshot++];
        passTruncates(truncatesBefore[snapshot]);
        append(rows[logEnd + snapshot], instantOf(rows[logEnd + snapshot]));
      }
      if (log < logEnd) {
        passTruncates(truncatesUpTo(rows[log]));
        append(rows[log], instantOf(rows[log]));
      }
    }
    passTruncates(truncates.length);
  }

  /** Finds out what stands before each snapshot row of a key, and the order among them. */
  private void placeSnapshots(int[] rows, int logFrom, int logEnd, int snapshots) {
    if (snapshots == 0) {
      return;
    }
    if (logBefore.length < snapshots) {
      logBefore = new int[2 * snapshots];
      truncatesBefore = new int[2 * snapshots];
      snapshotOrder = new int[2 * snapshots];
    }
    int logSize = logEnd - logFrom;
    logDeliveries.of(rows, logFrom, logEnd);
    for (int i = 0; i < snapshots; i++) {
      int row = rows[logEnd + i];
      int newerLog = Math.min(below(rows, logFrom, logEnd, row), logDeliveries.firstAfter(row));
      int newerTruncate =
          Math.min(below(truncates, 0, truncates.length, row), truncateDeliveries.firstAfter(row));
      int truncatesBeforeLog =
          newerLog < logSize ? truncatesUpTo(rows[logFrom + newerLog]) : truncates.length;
      if (truncatesBeforeLog <= newerTruncate) {
        logBefore[i] = newerLog;
        truncatesBefore[i] = truncatesBeforeLog;
      } else {
        logBefore[i] = below(rows, logFrom, logEnd, truncates[newerTruncate]);
        truncatesBefore[i] = newerTruncate;
      }
      snapshotOrder[i] = i;
    }
    IntArrays.mergeSort(
        snapshotOrder,
        0,
        snapshots,
        (a, b) -> {
          int order = Integer.compare(logBefore[a], logBefore[b]);
          return order != 0 ? order : Integer.compare(truncatesBefore[a], truncatesBefore[b]);
        });
  }

  /** How many of these sorted log events have a position below that of this row. */
  private int below(int[] log, int from, int to, int row) {
    int low = from;
    int high = to;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (positions.compare(log[middle], row) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - from;
  }

  /** How many truncates stand before this log event: those at its position do. */
  private int truncatesUpTo(int row) {
    int low = 0;
    int high = truncates.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (positions.compare(truncates[middle], row) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Appends, as one step, the truncates up to this number that were not passed yet. */
  private void passTruncates(int until) {
    if (until > truncatesPassed) {
      if (size > starts[keyCount - 1]) {
        append(truncates[truncatesPassed], instantOf(truncates[truncatesPassed]));
      }
      latest = Math.max(latest, truncatedUntil[until]);
      truncatesPassed = until;
    }
  }

  private void append(int row, long instant) {
    if (size == steps.length) {
      int more = Math.max(16, size + (size >> 1));
      steps = Arrays.copyOf(steps, more);
      stepInstants = Arrays.copyOf(stepInstants, more);
    }
    latest = Math.max(latest, instant);
    steps[size] = row;
    stepInstants[size] = latest;
    size++;
  }
}
