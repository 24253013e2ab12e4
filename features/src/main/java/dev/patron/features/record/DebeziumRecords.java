package dev.patron.features.record;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.patron.features.change.Events;
import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the records that Debezium wrote (SEMANTICS 1 and 2). */
final class DebeziumRecords {
  private final TableReading reading;
  private final Frame bronze;
  private final BytesColumn keys;
  private final BytesColumn texts;
  private final Verdicts verdicts;
  private final RowsInWork rows;
  private final DebeziumReader debezium;
  private final JsonRecord keyRecord;
  private final Position position = new Position();
  private Frame recordKeys;

  /**
   * @param debezium what reads records, and knows the schemas of earlier ones
   * @param keyRecord the same for their keys
   */
  DebeziumRecords(
      TableReading reading,
      Frame bronze,
      Verdicts verdicts,
      RowsInWork rows,
      DebeziumReader debezium,
      JsonRecord keyRecord) {
    this.reading = reading;
    this.bronze = bronze;
    this.keys = bronze.bytes("_key");
    this.texts = bronze.bytes("_value");
    this.verdicts = verdicts;
    this.rows = rows;
    this.debezium = debezium;
    this.keyRecord = keyRecord;
    this.recordKeys = Frame.concat(reading.keySchema, List.of());
  }

  /** The keys of the records read, beside their rows. */
  Frame keys() {
    return recordKeys;
  }

  /** Reads every record of the frame. */
  Frame read() {
    for (int row = 0; row < bronze.rows(); row++) {
      if (verdicts.isSettled(row, reading.kind)) {
        continue;
      }
      rows.begin(row);
      rows.accepted[rows.built] = debeziumRow(row);
      rows.placeholders[rows.built] = rows.placeholdersHere;
      if (!reading.isFacts) {
        if (rows.accepted[rows.built]) {
          debeziumEvent(row);
        } else {
          rows.noEvent();
        }
        if (rows.placeholdersHere > 0) {
          rows.unavailable().endRow();
        } else {
          rows.unavailable().appendNull();
        }
      }
      for (int i = 0; i < reading.keySchema.size(); i++) {
        ValueReader.complete(rows.keyBuilder.column(i), rows.built);
      }
      rows.end();
    }
    Frame image = rows.builder.build();
    recordKeys = rows.keyBuilder.build();
    checkKeys(image, recordKeys);
    return image;
  }

  private boolean debeziumRow(int row) {
    try {
      debezium.read(texts.array(), texts.from(row), texts.to(row), rows::column);
    } catch (JsonProcessingException e) {
      verdicts.refuse(row, Reason.MALFORMED, JsonRecord.problem(e));
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory cannot fail to be read", e);
    }
    if (debezium.form() == DebeziumReader.Form.NOTICE
        || !RecordDecoder.isFor(reading.table, debezium, bronze, row)) {
      verdicts.ignore();
      return false;
    }
    String op = debezium.op();
    if (op != null && (op.equals("m") || (reading.isFacts && (op.equals("d") || op.equals("t"))))) {
      verdicts.ignore();
      return false;
    }
    boolean plainFact = reading.isFacts && debezium.form() == DebeziumReader.Form.UNWRAPPED;
    boolean enveloped = debezium.form() == DebeziumReader.Form.ENVELOPE;
    if (!reading.isFacts && !enveloped && !debezium.hasSource()) {
      verdicts.refuse(row, Reason.MISSING_SOURCE, "neither an envelope nor __op or __deleted");
    } else if (op == null ? !plainFact : !isOp(op)) {
      verdicts.refuse(row, Reason.UNKNOWN_OP, op == null ? "no op" : "op '" + op + "'");
    } else if (!reading.isFacts && !debezium.hasSource()) {
      verdicts.refuse(row, Reason.MISSING_SOURCE, "no source");
    } else if (!debezium.hasImage() && (op == null || "cur".contains(op))) {
      verdicts.refuse(row, Reason.MISSING_IMAGE, "no row after op '" + op + "'");
    } else {
      return hasKey(row, op) && hasPlace(row, op);
    }
    return false;
  }

  private static boolean isOp(String op) {
    return op.length() == 1 && "cudrt".contains(op);
  }

  private boolean hasKey(int row, @Nullable String op) {
    if ("t".equals(op)) {
      return true;
    }
    String wrong = keys.isNull(row) ? null : readKey(row);
    if (wrong != null) {
      return false;
    }
    boolean isDelete = "d".equals(op);
    for (int i = 0; i < rows.keyGiven.length; i++) {
      if (!rows.keyGiven[i] && !rows.imageKeyGiven[i] && isDelete && debezium.hasBefore()) {
        readBefore();
      }
      if (!rows.keyGiven[i] && !rows.imageKeyGiven[i]) {
        String name = reading.keySchema.field(i).name();
        verdicts.refuse(row, Reason.MISSING_KEY, "column '" + name + "' is null or absent");
        return false;
      }
    }
    String refusal = isDelete ? rows.keyProblem : rows.problem;
    if (refusal != null) {
      verdicts.refuse(row, rows.twice ? Reason.MALFORMED : Reason.WRONG_TYPE, refusal);
      return false;
    }
    return true;
  }

  /** Reads the record's key; what was wrong with it, if anything. */
  private @Nullable String readKey(int row) {
    int from = keys.from(row);
    try {
      keyRecord.take(keys.array(), from, keys.to(row));
      ConnectSchema connect = keyRecord.schema();
      try (JsonParser parser = keyRecord.parser()) {
        JsonToken first = parser.nextToken();
        if (first == JsonToken.START_OBJECT) {
          while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            rows.keyColumn(name, parser, connect == null ? null : connect.field(name));
          }
        } else if (first != null && first.isScalarValue() && rows.keyGiven.length == 1) {
          rows.keyColumn(reading.keySchema.field(0).name(), parser, connect);
        } else if (first == JsonToken.START_ARRAY) {
          parser.skipChildren();
        }
        if (parser.nextToken() != null) {
          verdicts.refuse(row, Reason.MALFORMED, "the key is more than one JSON value");
          return verdicts.detail(row);
        }
      }
    } catch (JsonProcessingException e) {
      verdicts.refuse(row, Reason.MALFORMED, "the key is " + JsonRecord.problem(e));
      return verdicts.detail(row);
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory cannot fail to be read", e);
    }
    if (rows.keyProblem != null) {
      verdicts.refuse(row, Reason.WRONG_TYPE, rows.keyProblem);
    }
    return rows.keyProblem;
  }

  private void readBefore() {
    try {
      debezium.readBefore(rows::keyColumn);
    } catch (IOException e) {
      throw new UncheckedIOException("it was JSON when it was passed over", e);
    }
  }

  private boolean hasPlace(int row, @Nullable String op) {
    if (reading.isFacts) {
      return true;
    }
    if (debezium.position(position) == null) {
      String problem = debezium.positionProblem();
      verdicts.refuse(
          row,
          problem == null ? Reason.MISSING_POSITION : Reason.WRONG_TYPE,
          problem == null
              ? "the source has neither an lsn nor a sequence, a file and pos, a commit_lsn or an scn"
              : problem);
    } else if (debezium.instant() == DebeziumReader.ABSENT) {
      verdicts.refuse(row, Reason.MISSING_TIMESTAMP, "no ts_us and no ts_ms of the source");
    } else {
      rows.imageless[rows.built] = "d".equals(op) || "t".equals(op);
      return true;
    }
    return false;
  }

  private void debeziumEvent(int row) {
    String sequence = debezium.position(position);
    rows.events.bytes(Events.OP).append(String.valueOf(debezium.op()));
    rows.events.bytes(Events.POSITION).append(position.array(), 0, position.length());
    rows.events.bytes(Events.SEQUENCE).append(String.valueOf(sequence));
    rows.events.longs(Events.INSTANT).append(debezium.instant());
    rows.delivery(row, debezium.deliveredAt());
  }

  private void checkKeys(Frame image, Frame recordKeys) {
    for (int k = 0; k < reading.keySchema.size(); k++) {
      Column fromImage = image.column(reading.keySchema.field(k).name());
      Column fromKey = recordKeys.column(k);
      for (int i = 0; i < rows.built; i++) {
        if (rows.accepted[i]
            && !rows.imageless[i]
            && !fromKey.isNull(i)
            && !fromImage.isNull(i)
            && !fromKey.same(i, fromImage, i)) {
          rows.accepted[i] = false;
          verdicts.refuse(
              rows.bronzeRow[i],
              Reason.KEY_MISMATCH,
              "column '%s' is %s in the key and %s in the row"
                  .formatted(
                      reading.keySchema.field(k).name(),
                      recordKeys.value(i, k),
                      image.value(i, reading.keySchema.field(k).name())));
        }
      }
    }
  }
}
