package dev.patron.features.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.ColumnBuilder;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Reads the records of Parquet files, from bronze's columns or as {@link FittedRows} restored them:
 * as they are, where their types are the table's.
 */
final class ParquetRecords {
  private final TableReading reading;
  private final Frame bronze;
  private final Verdicts verdicts;
  private final RowsInWork rows;

  ParquetRecords(TableReading reading, Frame bronze, Verdicts verdicts, RowsInWork rows) {
    this.reading = reading;
    this.bronze = bronze;
    this.verdicts = verdicts;
    this.rows = rows;
  }

  /** Reads every record of the frame. */
  Frame read() {
    for (int row = 0; row < bronze.rows(); row++) {
      rows.bronzeRow[row] = row;
      rows.accepted[row] = !verdicts.isSettled(row, reading.kind);
    }
    rows.built = bronze.rows();
    Column[] columns = new Column[reading.read.size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = parquetColumn(i);
    }
    for (String name : RecordDecoder.parquetColumns(bronze.schema())) {
      if (!reading.read.has(name)) {
        Column column = bronze.column(name);
        for (int row = 0; row < bronze.rows(); row++) {
          rows.unknown[row] += column.isNull(row) ? 0 : 1;
        }
      }
    }
    return Frame.of(reading.read, columns);
  }

  private Column parquetColumn(int i) {
    String name = reading.read.field(i).name();
    Type type = reading.read.field(i).type();
    Column given = bronze.schema().has(name) ? bronze.column(name) : null;
    if (given != null && bronze.schema().type(name).equals(type)) {
      return given;
    }
    // What bronze has otherwise than the table is read as the text that it would be.
    ColumnBuilder column = ColumnBuilder.of(type);
    for (int row = 0; row < bronze.rows(); row++) {
      if (given == null || given.isNull(row)) {
        column.appendNull();
        continue;
      }
      rows.problem = null;
      Type givenType = bronze.schema().type(name);
      Object value = Values.get(givenType, given, row);
      if (givenType instanceof Type.ListOf || givenType instanceof Type.RowOf) {
        nested(ValueText.json(value, givenType).getBytes(UTF_8), type, column, i);
      } else {
        byte[] text = ValueText.plain(value).getBytes(UTF_8);
        boolean isText = givenType == Type.STRING;
        reading.values.read(
            text,
            0,
            text.length,
            type,
            column,
            isText ? reading.fromText[i] : ValueReader.TextNumbers.LENIENT);
      }
      rows.note(i, reading.values.problem());
      if (rows.problem != null && rows.accepted[row]) {
        rows.accepted[row] = false;
        verdicts.refuse(row, Reason.WRONG_TYPE, rows.problem);
      }
    }
    return column.build();
  }

  private void nested(byte[] text, Type type, ColumnBuilder column, int i) {
    try (JsonParser parser = JsonRecord.parser(text, 0, text.length)) {
      parser.nextToken();
      reading.values.read(parser, type, column, reading.fromText[i], null);
    } catch (IOException e) {
      throw new UncheckedIOException("what was just written cannot fail to be read", e);
    }
  }
}
