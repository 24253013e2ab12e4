package dev.patron.features.record;

import dev.patron.features.frame.Frame;
import org.jspecify.annotations.Nullable;

/** What rows without an envelope mean: facts, or changes that their own columns tell of. */
final class FlatRecords {
  private final TableReading reading;
  private final @Nullable FlatChanges flat;
  private final Verdicts verdicts;
  private final RowsInWork rows;
  private final Position position = new Position();

  FlatRecords(TableReading reading, Verdicts verdicts, RowsInWork rows) {
    this.reading = reading;
    this.flat = reading.flat;
    this.verdicts = verdicts;
    this.rows = rows;
  }

  /** Refuses what lacks a key, an order or a time, and makes events of the rest. */
  void judge(Frame image) {
    for (int i = 0; i < rows.built; i++) {
      if (rows.accepted[i]) {
        checkFlat(image, i);
      }
      if (flat == null) {
        continue;
      }
      if (rows.accepted[i]) {
        flat.append(image, i, rows.events, position);
        rows.imageless[i] = flat.isDelete(image, i) || flat.isTruncate(image, i);
        rows.delivery(rows.bronzeRow[i], DebeziumReader.ABSENT);
      } else {
        rows.noEvent();
      }
      rows.unavailable().appendNull();
    }
  }

  private void checkFlat(Frame image, int i) {
    int row = rows.bronzeRow[i];
    boolean hasKey = flat == null || !flat.isTruncate(image, i);
    for (String key : reading.table.key()) {
      if (hasKey && image.column(key).isNull(i)) {
        rows.accepted[i] = false;
        verdicts.refuse(row, Reason.MISSING_KEY, "column '" + key + "' is null");
        return;
      }
    }
    if (flat == null) {
      return;
    }
    String missing = flat.missingPosition(image, i);
    if (missing != null) {
      rows.accepted[i] = false;
      verdicts.refuse(row, Reason.MISSING_POSITION, "column '" + missing + "' is null");
      return;
    }
    missing = flat.missingTime(image, i);
    if (missing != null) {
      rows.accepted[i] = false;
      verdicts.refuse(row, Reason.MISSING_TIMESTAMP, "column '" + missing + "' is null");
    }
  }
}
