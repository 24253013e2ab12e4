package dev.patron.features.record;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.tables.ColumnNames;
import dev.patron.features.tables.TableDefinition.Format.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the records of JSON lines and CSV. */
final class TextRecords {
  private final TableReading reading;
  private final Frame bronze;
  private final BytesColumn texts;
  private final BytesColumn headers;
  private final Verdicts verdicts;
  private final RowsInWork rows;

  // The CSV header met last.
  private final CsvRecord csv;
  private byte[] header = new byte[0];
  private int[] headerColumns = new int[0];

  TextRecords(TableReading reading, Frame bronze, Verdicts verdicts, RowsInWork rows) {
    this.reading = reading;
    this.bronze = bronze;
    this.texts = bronze.bytes("_value");
    this.headers = bronze.bytes("_header");
    this.verdicts = verdicts;
    this.rows = rows;
    this.csv = new CsvRecord(reading.kind == Kind.CSV ? reading.table.format().delimiter() : ',');
  }

  /** Reads every record of the frame. */
  Frame read() {
    for (int row = 0; row < bronze.rows(); row++) {
      if (verdicts.isSettled(row, reading.kind)) {
        continue;
      }
      rows.begin(row);
      String malformed = reading.kind == Kind.CSV ? csvRow(row) : jsonRow(row);
      settle(row, malformed);
      rows.end();
    }
    return rows.builder.build();
  }

  private void settle(int row, @Nullable String malformed) {
    if (malformed != null) {
      verdicts.refuse(row, Reason.MALFORMED, malformed);
    } else if (rows.problem != null) {
      verdicts.refuse(row, rows.twice ? Reason.MALFORMED : Reason.WRONG_TYPE, rows.problem);
    } else {
      rows.accepted[rows.built] = true;
    }
  }

  private @Nullable String jsonRow(int row) {
    int from = texts.from(row);
    try (JsonParser parser = JsonRecord.parser(texts.array(), from, texts.length(row))) {
      JsonToken first = parser.nextToken();
      if (first != JsonToken.START_OBJECT) {
        return "not one JSON object";
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        rows.column(name, parser, null);
      }
      return parser.nextToken() == null ? null : "more than one JSON object";
    } catch (JsonProcessingException e) {
      return JsonRecord.problem(e);
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory cannot fail to be read", e);
    }
  }

  private @Nullable String csvRow(int row) {
    if (headers.isNull(row)) {
      return "a CSV record without a header";
    }
    if (!headers.is(row, header) || headerColumns.length == 0) {
      String wrong = readHeader(row);
      if (wrong != null) {
        return wrong;
      }
    }
    if (!csv.read(texts.array(), texts.from(row), texts.to(row))) {
      return "a quote is astray";
    }
    if (csv.size() != headerColumns.length) {
      return "%d fields where the header has %d".formatted(csv.size(), headerColumns.length);
    }
    for (int field = 0; field < headerColumns.length; field++) {
      int i = headerColumns[field];
      boolean isNull = csv.from(field) == csv.to(field);
      if (i < 0) {
        rows.unknown[rows.built] += isNull ? 0 : 1;
      } else if (isNull) {
        rows.builder.column(i).appendNull();
      } else {
        reading.values.read(
            csv.array(field),
            csv.from(field),
            csv.to(field),
            reading.read.field(i).type(),
            rows.builder.column(i),
            reading.fromText[i]);
        rows.note(i, reading.values.problem());
      }
    }
    return null;
  }

  private @Nullable String readHeader(int row) {
    List<String> names = CsvHeader.names(csv, headers.array(), headers.from(row), headers.to(row));
    if (names.isEmpty()) {
      headerColumns = new int[0];
      return "the header is no CSV record";
    }
    try {
      ColumnNames.normalise(new LinkedHashSet<>(names));
    } catch (IllegalArgumentException e) {
      headerColumns = new int[0];
      return e.getMessage();
    }
    String problem = CsvHeader.problem(names, reading.table);
    if (problem != null) {
      headerColumns = new int[0];
      return problem;
    }
    header = headers.copy(row);
    headerColumns = new int[names.size()];
    boolean[] taken = new boolean[reading.read.size()];
    for (int field = 0; field < headerColumns.length; field++) {
      String name = ColumnNames.normalise(names.get(field));
      int i = reading.read.has(name) ? reading.read.position(name) : -1;
      // Of two columns with one name the first is the table's, the other an unknown one.
      headerColumns[field] = i < 0 || taken[i] ? -1 : i;
      if (i >= 0) {
        taken[i] = true;
      }
    }
    return null;
  }
}
