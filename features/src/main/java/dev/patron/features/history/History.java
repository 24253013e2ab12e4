package dev.patron.features.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.patron.features.change.ChangeSpec;
import dev.patron.features.change.Folded;
import dev.patron.features.frame.BooleanColumn;
import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.CanonicalBytes;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.ColumnBuilder;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.Tables;
import it.unimi.dsi.fastutil.ints.IntArrayList;

/**
 * The history of a table (SCD type 2, SEMANTICS 10): per key one row a version, which is valid in
 * {@code [valid_from, valid_to)}.
 *
 * <p>A key's state at an instant is its state after the last step of that instant, the net effect
 * of a transaction. A version lasts while the tracked columns stay equal; the other columns hold
 * their last value within it. A delete closes the version and leaves a gap. So versions never
 * overlap, none is empty, and at most one is open; the open ones are the current table.
 */
public final class History {
  private final Folded folded;
  private final int[] track;

  /** For each version, the state that it ended with. */
  private final IntArrayList states = new IntArrayList();

  private final LongColumn.Builder validFrom = timestamps();
  private final LongColumn.Builder validTo = timestamps();
  private final BooleanColumn.Builder isCurrent =
      (BooleanColumn.Builder) ColumnBuilder.of(Type.BOOLEAN);
  private final LongColumn.Builder number = (LongColumn.Builder) ColumnBuilder.of(Type.LONG);

  private History(Folded folded) {
    this.folded = folded;
    this.track = folded.spec().track().stream().mapToInt(folded.spec().row()::position).toArray();
  }

  /**
   * The versions of all keys, sorted by key and {@code valid_from}: the table's own columns and
   * {@link Tables#HISTORY}.
   *
   * @throws IllegalArgumentException if an event has no instant
   */
  public static Frame of(Folded folded) {
    History history = new History(folded);
    for (int key = 0; key < folded.keys(); key++) {
      history.addVersions(key);
    }
    return history.build();
  }

  private void addVersions(int key) {
    int state = Folded.NO_ROW;
    long since = 0;
    int versions = 0;
    for (int step = folded.first(key); step < folded.end(key); step++) {
      long instant = instant(step);
      if (step + 1 < folded.end(key) && folded.instant(step + 1) == instant) {
        continue; // not yet the last state of this instant
      }
      int next = folded.state(step);
      boolean goesOn =
          state != Folded.NO_ROW && next != Folded.NO_ROW && folded.same(state, next, track);
      if (!goesOn) {
        if (state != Folded.NO_ROW) {
          validTo.append(instant);
          add(state, since, false, ++versions);
        }
        since = instant;
      }
      state = next;
    }
    if (state != Folded.NO_ROW) {
      validTo.appendNull();
      add(state, since, true, ++versions);
    }
  }

  private void add(int state, long since, boolean open, int version) {
    states.add(state);
    validFrom.append(since);
    isCurrent.append(open);
    number.append(version);
  }

  private long instant(int step) {
    long instant = folded.instant(step);
    if (instant == Folded.NO_INSTANT) {
      throw new IllegalArgumentException(
          ("table '%s': a change without a time cannot be part of a history; name the time with"
                  + " 'change: { time: COLUMN }', or say 'keep: current'")
              .formatted(folded.spec().table()));
    }
    return instant;
  }

  private Frame build() {
    int[] wanted = states.toIntArray();
    Frame rows = folded.rows(wanted);
    LongColumn from = validFrom.build();
    return rows.with("valid_from", Type.TIMESTAMP, from)
        .with("valid_to", Type.TIMESTAMP, validTo.build())
        .with("is_current", Type.BOOLEAN, isCurrent.build())
        .with("version", Type.LONG, number.build())
        .with("sk", Type.STRING, surrogateKeys(folded.spec(), rows, from))
        .with("_sequence", Type.STRING, folded.sequences(wanted));
  }

  /**
   * A 128-bit hash of table, key and {@code valid_from} in hexadecimal digits: the same however
   * often and in whatever pieces the table is built.
   */
  private static Column surrogateKeys(ChangeSpec spec, Frame rows, LongColumn from) {
    BytesColumn.Builder hashes = (BytesColumn.Builder) ColumnBuilder.of(Type.STRING);
    int[] key = rows.positions(spec.key());
    byte[] table = spec.table().getBytes(UTF_8);
    CanonicalBytes bytes = new CanonicalBytes();
    byte[] digits = new byte[32];
    for (int row = 0; row < rows.rows(); row++) {
      bytes.clear().putBytes(table, 0, table.length);
      rows.canonical(row, key, bytes);
      bytes.putLong(from.get(row));
      long[] hash = bytes.hash128();
      for (int i = 0; i < 16; i++) {
        digits[i] = hexadecimal(hash[0] >>> (60 - 4 * i));
        digits[16 + i] = hexadecimal(hash[1] >>> (60 - 4 * i));
      }
      hashes.append(digits, 0, digits.length);
    }
    return hashes.build();
  }

  private static byte hexadecimal(long digit) {
    return (byte) Character.forDigit((int) (digit & 0xf), 16);
  }

  private static LongColumn.Builder timestamps() {
    return (LongColumn.Builder) ColumnBuilder.of(Type.TIMESTAMP);
  }
}
