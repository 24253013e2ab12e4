package dev.patron.features.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.patron.features.accounts.Account;
import dev.patron.features.accounts.Account.Count;
import dev.patron.features.change.Events;
import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.ColumnBuilder;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.ListColumn;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import dev.patron.features.tables.ColumnNames;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.TableDefinition.Change;
import dev.patron.features.tables.TableDefinition.Format.Kind;
import dev.patron.features.tables.TableDefinition.Keep;
import dev.patron.features.tables.TableDefinition.Role;
import dev.patron.features.tables.TableDefinition.Rule;
import dev.patron.features.tables.Tables;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns bronze rows into typed rows: the events of a change feed, the rows of a facts table
 * (SEMANTICS 1, 2, 6, 8, 16, 17). A record is accepted, ignored, refused with a reason, or dropped
 * by a rule that says so; one bad value refuses its record and no other.
 *
 * <p>A pure function of each record, whatever frame it comes in. Not for several threads at a time.
 */
public final class RecordDecoder implements Serializable {
  private static final long serialVersionUID = 1;

  /** How long a record may be, in bytes; longer ones are refused as {@link Reason#TOO_LARGE}. */
  public static final int MAX_RECORD_BYTES = 64 << 20;

  private static final byte[] UPDATE = {'u'};
  private static final long MICROS_PER_DAY = 86_400_000_000L;
  private static final long FIRST_DAY = LocalDate.of(1900, 1, 1).toEpochDay();
  private static final long END_DAY = LocalDate.of(2200, 1, 1).toEpochDay();

  private final TableDefinition table;
  private final Schema schema;
  private transient @Nullable Machine machine;

  /**
   * A decoder for one table.
   *
   * @param schema the columns to read, see {@link SchemaEvidence#resolve}; the table may be without
   *     some of them, see {@link TableDefinition#row}
   * @throws IllegalArgumentException if the table's definition asks for what these columns cannot
   *     give
   */
  public RecordDecoder(TableDefinition table, Schema schema) {
    this.table = table;
    this.schema = schema;
    this.machine = new Machine(table, schema);
  }

  /** The schema of {@link Decoded#rows}. */
  public Schema rowSchema() {
    Schema row = table.row(schema);
    return table.keep() == Keep.FACTS ? row : Events.schema(row);
  }

  /**
   * Decodes the records of a frame.
   *
   * @param bronze rows of {@link Tables#BRONZE}; for Parquet, behind the source's own columns
   */
  public Decoded decode(Frame bronze) {
    Machine working = machine;
    if (working == null) {
      working = new Machine(table, schema);
      machine = working;
    }
    return working.new Pass(bronze).decode();
  }

  /** Whether the record that was read last, the one in this row, is of this table. */
  static boolean isFor(TableDefinition table, DebeziumReader record, Frame bronze, int row) {
    String name = record.table();
    if (name == null && hasTopic(bronze, row)) {
      name = DebeziumRouter.tableOf(bronze.bytes("_source").text(row));
    }
    return name == null || name.equals(table.format().sourceTable());
  }

  /**
   * The source's own columns of a bronze table: those before the first of {@link Tables#BRONZE}.
   */
  static List<String> parquetColumns(Schema bronze) {
    return bronze.names().subList(0, bronze.position(Tables.BRONZE.field(0).name()));
  }

  /** Whether a record came with a topic: its source is then no file. */
  private static boolean hasTopic(Frame bronze, int row) {
    Column files = bronze.column("_file");
    return files.isNull(row) || !files.same(row, bronze.column("_source"), row);
  }

  /** What is built once for a table and used for all its frames. */
  private static final class Machine {
    private final TableDefinition table;
    private final Schema schema;
    private final Schema read;
    private final Schema rowSchema;
    private final Schema keySchema;
    private final Kind kind;
    private final boolean isFacts;
    private final boolean[] isKey;
    private final ValueReader.TextNumbers[] fromText;
    private final @Nullable FlatChanges flat;
    private final RowRules rules;
    private final ValueReader values;
    private final DebeziumReader debezium = new DebeziumReader();
    private final JsonRecord keyRecord = new JsonRecord();
    private final Position position = new Position();

    // The CSV header met last.
    private final CsvRecord csv;
    private byte[] header = new byte[0];
    private int[] headerColumns = new int[0];

    Machine(TableDefinition table, Schema schema) {
      this.table = table;
      this.schema = schema;
      this.kind = table.format().kind();
      this.isFacts = table.keep() == Keep.FACTS;
      Change change = isFacts ? null : table.change();
      if (!isFacts && change == null && kind != Kind.DEBEZIUM) {
        throw new IllegalArgumentException(
            "table '%s' is a change feed, but nothing says how its %s records order their changes:"
                    .formatted(table.name(), kind)
                + " give it change: { sequence: COLUMN }");
      }
      if (!isFacts && table.key().isEmpty()) {
        throw new IllegalArgumentException(
            "table '" + table.name() + "' is a change feed without a key");
      }
      for (String key : table.key()) {
        if (!schema.has(key)) {
          throw new IllegalArgumentException(
              "table '%s': key column '%s' is not among %s"
                  .formatted(table.name(), key, schema.names()));
        }
      }
      this.read = change == null ? schema : schema.and(FlatChanges.hidden(change, schema));
      Schema row = table.row(schema);
      this.rowSchema = isFacts ? row : Events.schema(row);
      this.keySchema = schema.select(table.key());
      this.isKey = new boolean[read.size()];
      this.fromText = new ValueReader.TextNumbers[read.size()];
      for (int i = 0; i < read.size(); i++) {
        String name = read.field(i).name();
        isKey[i] = table.key().contains(name);
        fromText[i] = fromText(table, name);
      }
      TimeText times = new TimeText(table.format().timeFormat(), table.format().zone());
      this.values = new ValueReader(times, kind == Kind.DEBEZIUM);
      this.flat = change == null ? null : new FlatChanges(table, change, read, times);
      this.rules = new RowRules(schema, table.rules());
      this.csv = new CsvRecord(kind == Kind.CSV ? table.format().delimiter() : ',');
    }

    private static ValueReader.TextNumbers fromText(TableDefinition table, String column) {
      Schema declared = table.declared();
      Role role = table.roles().get(column);
      if (declared != null && declared.has(column)) {
        return ValueReader.TextNumbers.DECLARED;
      }
      if (role == Role.MONEY
          || role == Role.QUANTITY
          || table.roles().keySet().stream().anyMatch(path -> path.startsWith(column + "."))) {
        return ValueReader.TextNumbers.LENIENT;
      }
      return role != null || table.format().kind() == Kind.CSV
          ? ValueReader.TextNumbers.STRICT
          : ValueReader.TextNumbers.REFUSED;
    }

    /** One frame on its way. */
    private final class Pass {
      private final Frame bronze;
      private final int rows;
      private final BytesColumn keys;
      private final BytesColumn texts;
      private final BytesColumn sources;
      private final BytesColumn headers;
      private final BytesColumn faults;

      // What becomes of each bronze row.
      private final @Nullable Reason[] reasons;
      private final @Nullable String[] details;
      private final Account account = new Account();

      // What is built: not every bronze row gets so far, and not everything built is kept.
      private FrameBuilder builder = new FrameBuilder(read);
      private final FrameBuilder keyBuilder = new FrameBuilder(keySchema);
      private final FrameBuilder events = new FrameBuilder(Events.COLUMNS);
      private final int[] bronzeRow;
      private final boolean[] accepted;
      private final boolean[] imageless;
      private final int[] unknown;
      private final int[] placeholders;
      private int built;

      // Of the record now being read:
      private @Nullable String problem;
      private @Nullable String keyProblem;
      private boolean twice;
      private final boolean[] keyGiven = new boolean[keySchema.size()];
      private final boolean[] imageKeyGiven = new boolean[keySchema.size()];
      private int placeholdersHere;

      Pass(Frame bronze) {
        this.bronze = bronze;
        this.rows = bronze.rows();
        this.keys = bronze.bytes("_key");
        this.texts = bronze.bytes("_value");
        this.sources = bronze.bytes("_source");
        this.headers = bronze.bytes("_header");
        this.faults = bronze.bytes("_fault");
        this.reasons = new Reason[rows];
        this.details = new String[rows];
        this.bronzeRow = new int[rows];
        this.accepted = new boolean[rows];
        this.imageless = new boolean[rows];
        this.unknown = new int[rows];
        this.placeholders = new int[rows];
      }

      Decoded decode() {
        account.count(Count.READ, rows);
        Frame decoded =
            switch (kind) {
              case DEBEZIUM -> debeziumRows();
              case PARQUET -> parquetRows();
              case JSONL, CSV -> textRows();
            };
        return new Decoded(decoded, quarantine(), account);
      }

      private void refuse(int row, Reason reason, String detail) {
        reasons[row] = reason;
        details[row] = detail;
      }

      private void ignore() {
        account.count(Count.IGNORED);
      }

      /** Whether a record needs no reading: it is refused or ignored for what is known of it. */
      private boolean isSettled(int row) {
        if (!faults.isNull(row)) {
          String fault = faults.text(row);
          refuse(row, Reason.ofFault(fault), Reason.detailOfFault(fault));
          return true;
        }
        if (kind == Kind.PARQUET) {
          return false;
        }
        if (texts.isNull(row)
            || BronzeFrames.isBlank(texts.array(), texts.from(row), texts.to(row))) {
          ignore();
          return true;
        }
        if (texts.length(row) > MAX_RECORD_BYTES) {
          refuse(
              row,
              Reason.TOO_LARGE,
              "%d bytes, more than %d".formatted(texts.length(row), MAX_RECORD_BYTES));
          return true;
        }
        return false;
      }

      private void begin(int row) {
        bronzeRow[built] = row;
        problem = null;
        keyProblem = null;
        twice = false;
        placeholdersHere = 0;
        Arrays.fill(keyGiven, false);
        Arrays.fill(imageKeyGiven, false);
      }

      /** Ends a row of {@link #builder}: what was not given is null. */
      private void end() {
        for (int i = 0; i < read.size(); i++) {
          ValueReader.complete(builder.column(i), built);
        }
        built++;
      }

      private void note(int column, @Nullable String wrong) {
        if (wrong != null) {
          String text = "column '" + read.field(column).name() + "': " + wrong;
          problem = problem == null ? text : problem;
          if (isKey[column] && keyProblem == null) {
            keyProblem = text;
          }
        }
      }

      /** Takes a column of a row in JSON. */
      private void column(String source, JsonParser parser, @Nullable ConnectSchema connect)
          throws IOException {
        boolean isNull = parser.currentToken() == JsonToken.VALUE_NULL;
        String name = read.has(source) ? source : ColumnNames.normalise(source);
        if (!read.has(name)) {
          unknown[built] += isNull ? 0 : 1;
          parser.skipChildren();
          return;
        }
        int i = read.position(name);
        ColumnBuilder column = builder.column(i);
        if (column.size() > built) {
          parser.skipChildren();
          twice = true;
          note(i, "the field occurs twice");
          return;
        }
        values.read(parser, read.field(i).type(), column, fromText[i], connect);
        unknown[built] += (int) values.unknown();
        note(i, values.problem());
        if (values.isUnavailable()) {
          ((BytesColumn.Builder) unavailable().elements()).append(name);
          placeholdersHere++;
        }
        if (isKey[i] && !isNull) {
          imageKeyGiven[keySchema.position(name)] = true;
        }
      }

      private ListColumn.Builder unavailable() {
        return (ListColumn.Builder) events.column(Events.UNAVAILABLE);
      }

      // ---- JSON lines and CSV

      private Frame textRows() {
        for (int row = 0; row < rows; row++) {
          if (isSettled(row)) {
            continue;
          }
          begin(row);
          String malformed = kind == Kind.CSV ? csvRow(row) : jsonRow(row);
          settle(row, malformed);
          end();
        }
        return flatRows(builder.build());
      }

      private void settle(int row, @Nullable String malformed) {
        if (malformed != null) {
          refuse(row, Reason.MALFORMED, malformed);
        } else if (problem != null) {
          refuse(row, twice ? Reason.MALFORMED : Reason.WRONG_TYPE, problem);
        } else {
          accepted[built] = true;
        }
      }

      private @Nullable String jsonRow(int row) {
        int from = texts.from(row);
        try (JsonParser parser =
            JsonRecord.FACTORY.createParser(texts.array(), from, texts.length(row))) {
          JsonToken first = parser.nextToken();
          if (first != JsonToken.START_OBJECT) {
            return "not one JSON object";
          }
          while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            column(name, parser, null);
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
            unknown[built] += isNull ? 0 : 1;
          } else if (isNull) {
            builder.column(i).appendNull();
          } else {
            values.read(
                csv.array(field),
                csv.from(field),
                csv.to(field),
                read.field(i).type(),
                builder.column(i),
                fromText[i]);
            note(i, values.problem());
          }
        }
        return null;
      }

      private @Nullable String readHeader(int row) {
        List<String> names =
            CsvHeader.names(csv, headers.array(), headers.from(row), headers.to(row));
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
        header = headers.copy(row);
        headerColumns = new int[names.size()];
        boolean[] taken = new boolean[read.size()];
        for (int field = 0; field < headerColumns.length; field++) {
          String name = ColumnNames.normalise(names.get(field));
          int i = read.has(name) ? read.position(name) : -1;
          // Of two columns with one name the first is the table's, the other an unknown one.
          headerColumns[field] = i < 0 || taken[i] ? -1 : i;
          if (i >= 0) {
            taken[i] = true;
          }
        }
        return null;
      }

      // ---- Parquet

      private Frame parquetRows() {
        for (int row = 0; row < rows; row++) {
          bronzeRow[row] = row;
          accepted[row] = !isSettled(row);
        }
        built = rows;
        Column[] columns = new Column[read.size()];
        for (int i = 0; i < columns.length; i++) {
          columns[i] = parquetColumn(i);
        }
        for (String name : parquetColumns(bronze.schema())) {
          if (!read.has(name)) {
            Column column = bronze.column(name);
            for (int row = 0; row < rows; row++) {
              unknown[row] += column.isNull(row) ? 0 : 1;
            }
          }
        }
        return flatRows(Frame.of(read, columns));
      }

      private Column parquetColumn(int i) {
        String name = read.field(i).name();
        Type type = read.field(i).type();
        Column given = bronze.schema().has(name) ? bronze.column(name) : null;
        if (given != null && bronze.schema().type(name).equals(type)) {
          return given;
        }
        // What the file has otherwise than the table is read as the text that it would be.
        ColumnBuilder column = ColumnBuilder.of(type);
        for (int row = 0; row < rows; row++) {
          if (given == null || given.isNull(row)) {
            column.appendNull();
            continue;
          }
          problem = null;
          Type givenType = bronze.schema().type(name);
          if (givenType instanceof Type.ListOf || givenType instanceof Type.RowOf) {
            column.appendNull();
            note(i, givenType + " is no " + type);
          } else {
            byte[] text = plainText(Values.get(givenType, given, row)).getBytes(UTF_8);
            boolean isText = givenType == Type.STRING;
            values.read(
                text,
                0,
                text.length,
                type,
                column,
                isText ? fromText[i] : ValueReader.TextNumbers.LENIENT);
            note(i, values.problem());
          }
          if (problem != null && accepted[row]) {
            accepted[row] = false;
            refuse(row, Reason.WRONG_TYPE, problem);
          }
        }
        return column.build();
      }

      private static String plainText(@Nullable Object value) {
        return value instanceof BigDecimal decimal
            ? decimal.toPlainString()
            : String.valueOf(value);
      }

      // ---- Rows without an envelope

      private Frame flatRows(Frame image) {
        for (int i = 0; i < built; i++) {
          if (accepted[i]) {
            checkFlat(image, i);
          }
          if (flat == null) {
            continue;
          }
          if (accepted[i]) {
            flat.append(image, i, events, position);
            imageless[i] = flat.isDelete(image, i) || flat.isTruncate(image, i);
            delivery(bronzeRow[i], DebeziumReader.ABSENT);
          } else {
            noEvent();
          }
          unavailable().appendNull();
        }
        return finish(image, null);
      }

      private void checkFlat(Frame image, int i) {
        int row = bronzeRow[i];
        boolean hasKey = flat == null || !flat.isTruncate(image, i);
        for (String key : table.key()) {
          if (hasKey && image.column(key).isNull(i)) {
            accepted[i] = false;
            refuse(row, Reason.MISSING_KEY, "column '" + key + "' is null");
            return;
          }
        }
        if (flat == null) {
          return;
        }
        String missing = flat.missingPosition(image, i);
        if (missing != null) {
          accepted[i] = false;
          refuse(row, Reason.MISSING_POSITION, "column '" + missing + "' is null");
          return;
        }
        missing = flat.missingTime(image, i);
        if (missing != null) {
          accepted[i] = false;
          refuse(row, Reason.MISSING_TIMESTAMP, "column '" + missing + "' is null");
        }
      }

      // ---- Debezium

      private Frame debeziumRows() {
        for (int row = 0; row < rows; row++) {
          if (isSettled(row)) {
            continue;
          }
          begin(row);
          accepted[built] = debeziumRow(row);
          placeholders[built] = placeholdersHere;
          if (!isFacts) {
            if (accepted[built]) {
              debeziumEvent(row);
            } else {
              noEvent();
            }
            if (placeholdersHere > 0) {
              unavailable().endRow();
            } else {
              unavailable().appendNull();
            }
          }
          for (int i = 0; i < keySchema.size(); i++) {
            ValueReader.complete(keyBuilder.column(i), built);
          }
          end();
        }
        Frame image = builder.build();
        Frame recordKeys = keyBuilder.build();
        checkKeys(image, recordKeys);
        return finish(image, recordKeys);
      }

      private boolean debeziumRow(int row) {
        try {
          debezium.read(texts.array(), texts.from(row), texts.to(row), this::column);
        } catch (JsonProcessingException e) {
          refuse(row, Reason.MALFORMED, JsonRecord.problem(e));
          return false;
        } catch (IOException e) {
          throw new UncheckedIOException("bytes in memory cannot fail to be read", e);
        }
        if (debezium.form() == DebeziumReader.Form.NOTICE || !isFor(table, debezium, bronze, row)) {
          ignore();
          return false;
        }
        String op = debezium.op();
        if (op != null && (op.equals("m") || (isFacts && (op.equals("d") || op.equals("t"))))) {
          ignore();
          return false;
        }
        boolean plainFact = isFacts && debezium.form() == DebeziumReader.Form.UNWRAPPED;
        boolean enveloped = debezium.form() == DebeziumReader.Form.ENVELOPE;
        if (!isFacts && !enveloped && !debezium.hasSource()) {
          refuse(row, Reason.MISSING_SOURCE, "neither an envelope nor __op or __deleted");
        } else if (op == null ? !plainFact : !isOp(op)) {
          refuse(row, Reason.UNKNOWN_OP, op == null ? "no op" : "op '" + op + "'");
        } else if (!isFacts && !debezium.hasSource()) {
          refuse(row, Reason.MISSING_SOURCE, "no source");
        } else if (!debezium.hasImage() && (op == null || "cur".contains(op))) {
          refuse(row, Reason.MISSING_IMAGE, "no row after op '" + op + "'");
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
        for (int i = 0; i < keyGiven.length; i++) {
          if (!keyGiven[i] && !imageKeyGiven[i] && isDelete && debezium.hasBefore()) {
            readBefore();
          }
          if (!keyGiven[i] && !imageKeyGiven[i]) {
            String name = keySchema.field(i).name();
            refuse(row, Reason.MISSING_KEY, "column '" + name + "' is null or absent");
            return false;
          }
        }
        String refusal = isDelete ? keyProblem : problem;
        if (refusal != null) {
          refuse(row, twice ? Reason.MALFORMED : Reason.WRONG_TYPE, refusal);
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
                keyColumn(name, parser, connect == null ? null : connect.field(name));
              }
            } else if (first != null && first.isScalarValue() && keyGiven.length == 1) {
              keyColumn(keySchema.field(0).name(), parser, connect);
            } else if (first == JsonToken.START_ARRAY) {
              parser.skipChildren();
            }
            if (parser.nextToken() != null) {
              refuse(row, Reason.MALFORMED, "the key is more than one JSON value");
              return details[row];
            }
          }
        } catch (JsonProcessingException e) {
          refuse(row, Reason.MALFORMED, "the key is " + JsonRecord.problem(e));
          return details[row];
        } catch (IOException e) {
          throw new UncheckedIOException("bytes in memory cannot fail to be read", e);
        }
        if (keyProblem != null) {
          refuse(row, Reason.WRONG_TYPE, keyProblem);
        }
        return keyProblem;
      }

      private void readBefore() {
        try {
          debezium.readBefore(this::keyColumn);
        } catch (IOException e) {
          throw new UncheckedIOException("it was JSON when it was passed over", e);
        }
      }

      /** Takes a column of the record's key. */
      private void keyColumn(String source, JsonParser parser, @Nullable ConnectSchema connect)
          throws IOException {
        String name = keySchema.has(source) ? source : ColumnNames.normalise(source);
        if (!keySchema.has(name) || parser.currentToken() == JsonToken.VALUE_NULL) {
          parser.skipChildren();
          return;
        }
        int i = keySchema.position(name);
        ColumnBuilder column = keyBuilder.column(i);
        if (column.size() > built) {
          parser.skipChildren();
          return;
        }
        int position = read.position(name);
        values.read(parser, keySchema.field(i).type(), column, fromText[position], connect);
        keyGiven[i] = true;
        note(position, values.problem());
      }

      private boolean hasPlace(int row, @Nullable String op) {
        if (isFacts) {
          return true;
        }
        if (debezium.position(position) == null) {
          refuse(row, Reason.MISSING_POSITION, "neither an lsn nor a sequence nor a file and pos");
        } else if (debezium.instant() == DebeziumReader.ABSENT) {
          refuse(row, Reason.MISSING_TIMESTAMP, "no ts_us and no ts_ms of the source");
        } else {
          imageless[built] = "d".equals(op) || "t".equals(op);
          return true;
        }
        return false;
      }

      private void debeziumEvent(int row) {
        String sequence = debezium.position(position);
        events.bytes(Events.OP).append(String.valueOf(debezium.op()));
        events.bytes(Events.POSITION).append(position.array(), 0, position.length());
        events.bytes(Events.SEQUENCE).append(String.valueOf(sequence));
        events.longs(Events.INSTANT).append(debezium.instant());
        delivery(row, debezium.deliveredAt());
      }

      private void delivery(int row, long deliveredAt) {
        LongColumn.Builder delivered = events.longs(Events.DELIVERED_AT);
        if (deliveredAt == DebeziumReader.ABSENT) {
          delivered.appendNull();
        } else {
          delivered.append(deliveredAt);
        }
        boolean topic = hasTopic(bronze, row);
        events.column(Events.TOPIC).appendFrom(sources, topic ? row : -1);
        events.column(Events.PARTITION).appendFrom(bronze.column("_partition"), topic ? row : -1);
        events.column(Events.OFFSET).appendFrom(bronze.column("_offset"), topic ? row : -1);
      }

      /** Keeps the events in step where there is none. */
      private void noEvent() {
        for (int i = 0; i < Events.COLUMNS.size(); i++) {
          if (!Events.COLUMNS.field(i).name().equals(Events.UNAVAILABLE)) {
            events.column(i).appendNull();
          }
        }
      }

      private void checkKeys(Frame image, Frame recordKeys) {
        for (int k = 0; k < keySchema.size(); k++) {
          Column fromImage = image.column(keySchema.field(k).name());
          Column fromKey = recordKeys.column(k);
          for (int i = 0; i < built; i++) {
            if (accepted[i]
                && !imageless[i]
                && !fromKey.isNull(i)
                && !fromImage.isNull(i)
                && !fromKey.same(i, fromImage, i)) {
              accepted[i] = false;
              refuse(
                  bronzeRow[i],
                  Reason.KEY_MISMATCH,
                  "column '%s' is %s in the key and %s in the row"
                      .formatted(
                          keySchema.field(k).name(),
                          recordKeys.value(i, k),
                          image.value(i, keySchema.field(k).name())));
            }
          }
        }
      }

      // ---- All

      /** The rows that are kept, with their events, and the account of the others. */
      private Frame finish(Frame image, @Nullable Frame recordKeys) {
        if (schema.size() == 0) {
          refuseAll();
        }
        int[] kept = new int[built];
        int[] images = new int[built];
        int count = 0;
        boolean allImages = true;
        for (int i = 0; i < built; i++) {
          if (accepted[i]) {
            kept[count] = i;
            images[count] = imageless[i] ? -1 : i;
            allImages &= !imageless[i];
            count++;
          }
        }
        boolean all = count == built;
        kept = all ? kept : Arrays.copyOf(kept, count);
        images = all ? images : Arrays.copyOf(images, count);
        Column[] columns = new Column[schema.size()];
        for (int i = 0; i < columns.length; i++) {
          if (isKey[i]) {
            columns[i] = keyColumn(image, recordKeys, i, kept);
          } else {
            columns[i] = all && allImages ? image.column(i) : image.column(i).take(images);
          }
        }
        Frame rowsKept = Frame.of(schema, columns);
        Frame result = rowsKept;
        if (!isFacts) {
          Frame eventsBuilt = events.build();
          Frame eventsKept = all ? eventsBuilt : eventsBuilt.take(kept);
          for (Schema.Field field : Events.COLUMNS.fields()) {
            result = result.with(field.name(), field.type(), eventsKept.column(field.name()));
          }
        }
        return ruled(result, kept);
      }

      /** A row without columns is none. */
      private void refuseAll() {
        for (int i = 0; i < built; i++) {
          if (accepted[i]) {
            accepted[i] = false;
            refuse(bronzeRow[i], Reason.MALFORMED, "no record of this table has a column");
          }
        }
      }

      private Column keyColumn(Frame image, @Nullable Frame recordKeys, int position, int[] kept) {
        Column fromImage = image.column(position);
        if (recordKeys == null) {
          return kept.length == built ? fromImage : fromImage.take(kept);
        }
        Column fromKey = recordKeys.column(read.field(position).name());
        ColumnBuilder column = ColumnBuilder.of(read.field(position).type());
        for (int i : kept) {
          column.appendFrom(fromKey.isNull(i) ? fromImage : fromKey, i);
        }
        return column.build();
      }

      private Frame ruled(Frame result, int[] kept) {
        boolean[] refused = new boolean[kept.length];
        if (isFacts) {
          refuseImpossibleTimes(result, kept, refused);
        }
        if (!rules.isEmpty()) {
          ListColumn unavailable = isFacts ? null : result.lists(Events.UNAVAILABLE);
          BytesColumn ops = table.applying().ignoreNullUpdates() ? result.bytes(Events.OP) : null;
          @Nullable Rule[] refusals =
              rules.refusals(
                  result,
                  row -> !imageless[kept[row]],
                  (row, column) ->
                      isUnavailable(unavailable, row, column)
                          || (ops != null
                              && ops.is(row, UPDATE)
                              && result.column(column).isNull(row)));
          for (int row = 0; row < kept.length; row++) {
            Rule rule = refusals[row];
            if (rule != null && !refused[row]) {
              refused[row] = true;
              if (rule.drop()) {
                account.count(Count.DROPPED);
              } else {
                refuse(bronzeRow[kept[row]], Reason.RULE, rule.name());
              }
            }
          }
        }
        for (int row = 0; row < kept.length; row++) {
          if (!refused[row]) {
            account.count(Count.UNKNOWN_COLUMN, unknown[kept[row]]);
            account.count(Count.UNKNOWN_VALUE, isFacts ? placeholders[kept[row]] : 0);
          }
        }
        Frame accepted = result.filter(row -> !refused[row]);
        return table.applying().without().isEmpty() ? accepted : accepted.select(rowSchema.names());
      }

      /**
       * Stand-ins for an unknown time, such as 9999-12-31 and 0001-01-01, must not become the
       * observation time or the age of a customer.
       */
      private void refuseImpossibleTimes(Frame result, int[] kept, boolean[] refused) {
        for (int i = 0; i < schema.size(); i++) {
          Schema.Field field = schema.field(i);
          if (table.roles().get(field.name()) != Role.TIME
              || !(result.column(i) instanceof LongColumn times)) {
            continue;
          }
          long unit = field.type() == Type.DATE ? 1 : MICROS_PER_DAY;
          for (int row = 0; row < kept.length; row++) {
            if (!times.isNull(row)
                && (times.get(row) < FIRST_DAY * unit || times.get(row) >= END_DAY * unit)) {
              refused[row] = true;
              refuse(
                  bronzeRow[kept[row]],
                  Reason.WRONG_TYPE,
                  "column '%s': %s is out of range, the years 1900 to 2199"
                      .formatted(field.name(), result.value(row, i)));
            }
          }
        }
      }

      private static boolean isUnavailable(
          @Nullable ListColumn unavailable, int row, String column) {
        if (unavailable == null || unavailable.isNull(row)) {
          return false;
        }
        BytesColumn names = (BytesColumn) unavailable.elements();
        byte[] wanted = column.getBytes(UTF_8);
        for (int i = unavailable.from(row); i < unavailable.to(row); i++) {
          if (names.is(i, wanted)) {
            return true;
          }
        }
        return false;
      }

      private Frame quarantine() {
        FrameBuilder quarantine = new FrameBuilder(Tables.QUARANTINE);
        for (int row = 0; row < rows; row++) {
          Reason reason = reasons[row];
          if (reason == null) {
            continue;
          }
          account.count(Count.QUARANTINED);
          for (Schema.Field field : Tables.QUARANTINE.fields()) {
            switch (field.name()) {
              case "reason" -> quarantine.bytes("reason").append(reason.name());
              case "detail" -> quarantine.bytes("detail").append(String.valueOf(details[row]));
              default ->
                  quarantine.column(field.name()).appendFrom(bronze.column(field.name()), row);
            }
          }
        }
        return quarantine.build();
      }
    }
  }
}
