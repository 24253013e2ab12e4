package dev.patron.transforms;

import dev.patron.features.accounts.Account;
import dev.patron.features.frame.Frame;
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

  /**
   * Decodes the records of a table.
   *
   * @param schema the columns that the table is to have
   */
  public DecodeRecords(TableDefinition table, Schema schema) {
    this.table = table;
    this.schema = schema;
  }

  @Override
  public PCollectionTuple expand(PCollection<Frame> bronze) {
    PCollectionTuple decoded =
        bronze.apply(
            "Read each record",
            ParDo.of(new Decode(table, schema))
                .withOutputTags(ROWS, TupleTagList.of(QUARANTINE).and(ACCOUNTS)));
    decoded.get(ACCOUNTS).setCoder(AccountCoder.of());
    return decoded;
  }

  private static final class Decode extends DoFn<Frame, Frame> {
    private final TableDefinition table;
    private final Schema schema;
    private transient RecordDecoder decoder;

    private Decode(TableDefinition table, Schema schema) {
      this.table = table;
      this.schema = schema;
    }

    @Setup
    public void open() {
      decoder = new RecordDecoder(table, schema);
    }

    @ProcessElement
    public void decode(@Element Frame bronze, MultiOutputReceiver out) {
      Decoded decoded = decoder.decode(bronze);
      if (decoded.rows().rows() > 0) {
        out.get(ROWS).output(decoded.rows());
      }
      if (decoded.quarantine().rows() > 0) {
        out.get(QUARANTINE).output(decoded.quarantine());
      }
      out.get(ACCOUNTS).output(decoded.account());
    }
  }
}
