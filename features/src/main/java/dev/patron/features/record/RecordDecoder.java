package dev.patron.features.record;

import dev.patron.features.accounts.Account;
import dev.patron.features.change.Events;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.TableDefinition.Format.Kind;
import dev.patron.features.tables.TableDefinition.Keep;
import dev.patron.features.tables.Tables;
import java.io.Serializable;
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

  private final TableDefinition table;
  private final Schema schema;
  private transient @Nullable Decoding decoding;

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
    this.decoding = new Decoding(table, schema);
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
    Decoding working = decoding;
    if (working == null) {
      working = new Decoding(table, schema);
      decoding = working;
    }
    return working.decode(bronze);
  }

  /** What is built once for a table and used for all its frames. */
  private static final class Decoding {
    private final TableReading reading;
    private final DebeziumReader debezium = new DebeziumReader();
    private final JsonRecord keyRecord = new JsonRecord();

    Decoding(TableDefinition table, Schema schema) {
      this.reading = new TableReading(table, schema);
    }

    Decoded decode(Frame bronze) {
      if (reading.kind != Kind.PARQUET) {
        return decodeAll(bronze);
      }
      List<Decoded> parts =
          FittedRows.restored(bronze, reading.read).stream().map(this::decodeAll).toList();
      if (parts.size() == 1) {
        return parts.get(0);
      }
      Account account = new Account();
      parts.forEach(part -> account.add(part.account()));
      return new Decoded(
          Frame.concat(parts.get(0).rows().schema(), parts.stream().map(Decoded::rows).toList()),
          Frame.concat(Tables.QUARANTINE, parts.stream().map(Decoded::quarantine).toList()),
          account);
    }

    private Decoded decodeAll(Frame bronze) {
      Verdicts verdicts = new Verdicts(bronze);
      RowsInWork rows = new RowsInWork(reading, bronze);
      KeptRows kept = new KeptRows(reading, verdicts, rows);
      Frame result;
      if (reading.kind == Kind.DEBEZIUM) {
        DebeziumRecords records =
            new DebeziumRecords(reading, bronze, verdicts, rows, debezium, keyRecord);
        Frame images = records.read();
        result = kept.of(images, records.keys());
      } else {
        Frame images =
            reading.kind == Kind.PARQUET
                ? new ParquetRecords(reading, bronze, verdicts, rows).read()
                : new TextRecords(reading, bronze, verdicts, rows).read();
        new FlatRecords(reading, verdicts, rows).judge(images);
        result = kept.of(images, null);
      }
      return new Decoded(result, verdicts.quarantine(), verdicts.account());
    }
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
  static boolean hasTopic(Frame bronze, int row) {
    Column files = bronze.column("_file");
    return files.isNull(row) || !files.same(row, bronze.column("_source"), row);
  }
}
