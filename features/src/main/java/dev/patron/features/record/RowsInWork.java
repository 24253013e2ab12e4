package dev.patron.features.record;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.patron.features.change.Events;
import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.ColumnBuilder;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.ListColumn;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.tables.ColumnNames;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The rows that the records of a frame make, while they are being read. Not every record gets so
 * far, and not every row that is begun is kept: columns stay in step whatever a record lacks.
 */
final class RowsInWork {
  private final TableReading reading;
  private final Frame bronze;
  private final BytesColumn sources;

  final FrameBuilder builder;

  /** The columns of the records' own keys. */
  final FrameBuilder keyBuilder;

  /** The columns of {@link Events}. */
  final FrameBuilder events = new FrameBuilder(Events.COLUMNS);

  /** For each row: the record that it is made of. */
  final int[] bronzeRow;

  final boolean[] accepted;

  /** For each row: whether its image means nothing, as that of a delete. */
  final boolean[] imageless;

  /** For each row: how many values have no column. */
  final int[] unknown;

  /** For each row: how many placeholders it holds. */
  final int[] placeholders;

  /** How many rows are finished. */
  int built;

  // Of the record now being read:
  @Nullable String problem;
  @Nullable String keyProblem;
  boolean twice;
  final boolean[] keyGiven;
  final boolean[] imageKeyGiven;
  int placeholdersHere;

  /** The column whose value is being read; -1 between values. */
  private int begun;

  RowsInWork(TableReading reading, Frame bronze) {
    this.reading = reading;
    this.bronze = bronze;
    this.sources = bronze.bytes("_source");
    this.builder = new FrameBuilder(reading.read);
    this.keyBuilder = new FrameBuilder(reading.keySchema);
    this.bronzeRow = new int[bronze.rows()];
    this.accepted = new boolean[bronze.rows()];
    this.imageless = new boolean[bronze.rows()];
    this.unknown = new int[bronze.rows()];
    this.placeholders = new int[bronze.rows()];
    this.keyGiven = new boolean[reading.keySchema.size()];
    this.imageKeyGiven = new boolean[reading.keySchema.size()];
  }

  void begin(int row) {
    bronzeRow[built] = row;
    problem = null;
    keyProblem = null;
    twice = false;
    placeholdersHere = 0;
    begun = -1;
    Arrays.fill(keyGiven, false);
    Arrays.fill(imageKeyGiven, false);
  }

  /** Ends a row: what was not given is null, what broke off in the middle is ended somehow. */
  void end() {
    for (int i = 0; i < reading.read.size(); i++) {
      ColumnBuilder column = builder.column(i);
      if (i == begun) {
        ValueReader.complete(column, built);
      } else if (column.size() == built) {
        column.appendNull();
      }
    }
    built++;
  }

  void note(int column, @Nullable String wrong) {
    if (wrong != null) {
      String text = "column '" + reading.read.field(column).name() + "': " + wrong;
      problem = problem == null ? text : problem;
      if (reading.isKey[column] && keyProblem == null) {
        keyProblem = text;
      }
    }
  }

  /** Takes a column of a row in JSON. */
  void column(String source, JsonParser parser, @Nullable ConnectSchema connect)
      throws IOException {
    boolean isNull = parser.currentToken() == JsonToken.VALUE_NULL;
    String name = reading.read.has(source) ? source : ColumnNames.normalise(source);
    if (!reading.read.has(name)) {
      unknown[built] += isNull ? 0 : 1;
      parser.skipChildren();
      return;
    }
    int i = reading.read.position(name);
    ColumnBuilder column = builder.column(i);
    if (column.size() > built) {
      parser.skipChildren();
      twice = true;
      note(i, "the field occurs twice");
      return;
    }
    begun = i;
    reading.values.read(parser, reading.read.field(i).type(), column, reading.fromText[i], connect);
    begun = -1;
    unknown[built] += (int) reading.values.unknown();
    note(i, reading.values.problem());
    if (reading.values.isUnavailable()) {
      ((BytesColumn.Builder) unavailable().elements()).append(name);
      placeholdersHere++;
    }
    if (reading.isKey[i] && !isNull) {
      imageKeyGiven[reading.keySchema.position(name)] = true;
    }
  }

  ListColumn.Builder unavailable() {
    return (ListColumn.Builder) events.column(Events.UNAVAILABLE);
  }

  /** Takes a column of the record's key. */
  void keyColumn(String source, JsonParser parser, @Nullable ConnectSchema connect)
      throws IOException {
    String name = reading.keySchema.has(source) ? source : ColumnNames.normalise(source);
    if (!reading.keySchema.has(name) || parser.currentToken() == JsonToken.VALUE_NULL) {
      parser.skipChildren();
      return;
    }
    int i = reading.keySchema.position(name);
    ColumnBuilder column = keyBuilder.column(i);
    if (column.size() > built) {
      parser.skipChildren();
      return;
    }
    int position = reading.read.position(name);
    reading.values.read(
        parser, reading.keySchema.field(i).type(), column, reading.fromText[position], connect);
    keyGiven[i] = true;
    note(position, reading.values.problem());
  }

  /** Appends where and when a record was delivered. */
  void delivery(int row, long deliveredAt) {
    LongColumn.Builder delivered = events.longs(Events.DELIVERED_AT);
    if (deliveredAt == DebeziumReader.ABSENT) {
      delivered.appendNull();
    } else {
      delivered.append(deliveredAt);
    }
    boolean topic = RecordDecoder.hasTopic(bronze, row);
    events.column(Events.TOPIC).appendFrom(sources, topic ? row : -1);
    events.column(Events.PARTITION).appendFrom(bronze.column("_partition"), topic ? row : -1);
    events.column(Events.OFFSET).appendFrom(bronze.column("_offset"), topic ? row : -1);
  }

  /** Keeps the events in step where there is none. */
  void noEvent() {
    for (int i = 0; i < Events.COLUMNS.size(); i++) {
      if (!Events.COLUMNS.field(i).name().equals(Events.UNAVAILABLE)) {
        events.column(i).appendNull();
      }
    }
  }
}
