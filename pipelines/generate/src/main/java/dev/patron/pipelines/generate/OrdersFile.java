package dev.patron.pipelines.generate;

import static org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit.MICROS;
import static org.apache.parquet.schema.LogicalTypeAnnotation.decimalType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.timestampType;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Types;

/**
 * A Parquet file of orders: instants in microseconds UTC, money as decimals in fixed bytes, lines
 * as a list of rows in the standard three levels. Parquet notes the writing library's version, but
 * no time and no place, so that equal orders give equal bytes.
 */
final class OrdersFile implements Closeable {
  private static final int PRECISION = 12;

  /** The fewest bytes for twelve digits. */
  private static final int MONEY_BYTES = 6;

  /** Far below what makes the writer cut row groups by the size of the heap. */
  private static final long ROW_GROUP = 16L << 20;

  private static final MessageType SCHEMA =
      Types.buildMessage()
          .required(INT64)
          .named("order_id")
          .required(INT64)
          .as(timestampType(true, MICROS))
          .named("order_timestamp")
          .optional(INT64)
          .named("customer_id")
          .required(INT32)
          .named("quantity")
          .required(FIXED_LEN_BYTE_ARRAY)
          .length(MONEY_BYTES)
          .as(decimalType(2, PRECISION))
          .named("total")
          .requiredList()
          .requiredGroupElement()
          .required(INT64)
          .named("book_id")
          .required(INT32)
          .named("quantity")
          .required(FIXED_LEN_BYTE_ARRAY)
          .length(MONEY_BYTES)
          .as(decimalType(2, PRECISION))
          .named("subtotal")
          .named("books")
          .named("orders");

  private final Path path;
  private final ParquetWriter<Order> writer;

  OrdersFile(Path path) throws IOException {
    this.path = path;
    writer =
        new Builder(new LocalFile(path))
            .withConf(new Configuration(false))
            .withCompressionCodec(CompressionCodecName.SNAPPY)
            .withRowGroupSize(ROW_GROUP)
            .build();
  }

  void write(Order order) throws IOException {
    writer.write(order);
  }

  @Override
  public void close() throws IOException {
    writer.close();
    Footer.putInOrder(path);
  }

  private static final class Builder extends ParquetWriter.Builder<Order, Builder> {
    Builder(OutputFile file) {
      super(file);
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    protected WriteSupport<Order> getWriteSupport(Configuration configuration) {
      return new Columns();
    }
  }

  /** Takes orders apart into columns. */
  private static final class Columns extends WriteSupport<Order> {
    private RecordConsumer out;

    @SuppressWarnings("NullAway") // Parquet calls prepareForWrite before it writes.
    Columns() {
      out = null;
    }

    @Override
    public WriteContext init(Configuration configuration) {
      return new WriteContext(SCHEMA, Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer recordConsumer) {
      out = recordConsumer;
    }

    @Override
    public void write(Order order) {
      out.startMessage();
      number("order_id", 0, order.id);
      number("order_timestamp", 1, order.at);
      if (order.customer != 0) {
        number("customer_id", 2, order.customer);
      }
      count("quantity", 3, order.quantity);
      money("total", 4, order.total);
      out.startField("books", 5);
      out.startGroup();
      out.startField("list", 0);
      for (int i = 0; i < order.lines; i++) {
        out.startGroup();
        out.startField("element", 0);
        out.startGroup();
        number("book_id", 0, order.books[i]);
        count("quantity", 1, order.quantities[i]);
        money("subtotal", 2, order.subtotals[i]);
        out.endGroup();
        out.endField("element", 0);
        out.endGroup();
      }
      out.endField("list", 0);
      out.endGroup();
      out.endField("books", 5);
      out.endMessage();
    }

    private void number(String name, int index, long value) {
      out.startField(name, index);
      out.addLong(value);
      out.endField(name, index);
    }

    private void count(String name, int index, int value) {
      out.startField(name, index);
      out.addInteger(value);
      out.endField(name, index);
    }

    private void money(String name, int index, long cents) {
      byte[] bytes = new byte[MONEY_BYTES];
      for (int i = 0; i < MONEY_BYTES; i++) {
        bytes[i] = (byte) (cents >> (8 * (MONEY_BYTES - 1 - i)));
      }
      out.startField(name, index);
      out.addBinary(Binary.fromConstantByteArray(bytes));
      out.endField(name, index);
    }
  }

  /** A local file without Hadoop's file system, which would put a checksum file beside it. */
  private record LocalFile(Path path) implements OutputFile {
    @Override
    public PositionOutputStream create(long blockSizeHint) throws IOException {
      return createOrOverwrite(blockSizeHint);
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSizeHint) throws IOException {
      return new Counting(new BufferedOutputStream(Files.newOutputStream(path), 1 << 16));
    }

    @Override
    public boolean supportsBlockSize() {
      return false;
    }

    @Override
    public long defaultBlockSize() {
      return 0;
    }
  }

  private static final class Counting extends PositionOutputStream {
    private final OutputStream out;
    private long position;

    Counting(OutputStream out) {
      this.out = out;
    }

    @Override
    public long getPos() {
      return position;
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
      position++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      position += length;
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
