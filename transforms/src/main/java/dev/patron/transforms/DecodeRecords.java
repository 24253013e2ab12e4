package dev.patron.transforms;

import dev.patron.features.accounts.Account;
import dev.patron.features.change.Events;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.record.Decoded;
import dev.patron.features.record.RecordDecoder;
import dev.patron.features.tables.TableDefinition;
import dev.patron.transforms.shuffle.AccountCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * Makes typed rows or change events of bronze records. What cannot be read comes out whole, with a
 * reason; nothing vanishes.
 */
public final class DecodeRecords extends PTransform<PCollection<Frame>, PCollectionTuple> {
  /** Events of a change feed, or rows of facts. */
  public static final TupleTag<Frame> ROWS = new TupleTag<>() {};

  /** Refused records, as {@link dev.patron.features.tables.Tables#QUARANTINE}. */
  public static final TupleTag<Frame> QUARANTINE = new TupleTag<>() {};

  /** What was counted. */
  public static final TupleTag<Account> ACCOUNTS = new TupleTag<>() {};

  private final TableDefinition table;
  private final Schema schema;
  private final long knownAt;

  private DecodeRecords(TableDefinition table, Schema schema, long knownAt) {
    this.table = table;
    this.schema = schema;
    this.knownAt = knownAt;
  }

  /**
   * Decodes the records of a table.
   *
   * @param schema the columns that the table is to have
   */
  public DecodeRecords(TableDefinition table, Schema schema) {
    this(table, schema, Long.MAX_VALUE);
  }

  /**
   * Only what was delivered by some time: an event by its connector, a record of a topic by its
   * producer. What does not say when it was delivered was always known.
   *
   * @param micros the last moment that counts, in microseconds since the epoch
   */
  public DecodeRecords knownAt(long micros) {
    return new DecodeRecords(table, schema, micros);
  }

  @Override
  public PCollectionTuple expand(PCollection<Frame> bronze) {
    PCollectionTuple decoded =
        bronze.apply(
            "Read each record",
            ParDo.of(new Decode(table, schema, knownAt))
                .withOutputTags(ROWS, TupleTagList.of(QUARANTINE).and(ACCOUNTS)));
    decoded.get(ACCOUNTS).setCoder(AccountCoder.of());
    return decoded;
  }

  private static final class Decode extends DoFn<Frame, Frame> {
    private final TableDefinition table;
    private final Schema schema;
    private final long knownAt;
    private transient RecordDecoder decoder;

    private Decode(TableDefinition table, Schema schema, long knownAt) {
      this.table = table;
      this.schema = schema;
      this.knownAt = knownAt;
    }

    @Setup
    public void open() {
      decoder = new RecordDecoder(table, schema);
    }

    @ProcessElement
    public void decode(@Element Frame bronze, MultiOutputReceiver out) {
      Frame delivered = delivered(bronze, "_event_time");
      Decoded decoded = decoder.decode(delivered);
      Frame rows = delivered(decoded.rows(), Events.DELIVERED_AT);
      if (rows.rows() > 0) {
        out.get(ROWS).output(rows);
      }
      if (decoded.quarantine().rows() > 0) {
        out.get(QUARANTINE).output(decoded.quarantine());
      }
      Account account = decoded.account();
      account.count(Account.Count.READ, bronze.rows() - delivered.rows());
      account.count(
          Account.Count.IGNORED,
          bronze.rows() - delivered.rows() + decoded.rows().rows() - rows.rows());
      out.get(ACCOUNTS).output(account);
    }

    private Frame delivered(Frame rows, String column) {
      if (knownAt == Long.MAX_VALUE || !rows.schema().has(column)) {
        return rows;
      }
      LongColumn at = rows.longs(column);
      return rows.filter(row -> at.isNull(row) || at.get(row) <= knownAt);
    }
  }
}
