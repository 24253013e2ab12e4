package dev.patron.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.record.BronzeFrames;
import dev.patron.features.record.Decoded;
import dev.patron.features.record.RecordDecoder;
import dev.patron.features.record.RecordSplitter;
import dev.patron.features.tables.TableDefinition;
import dev.patron.transforms.parquet.ColumnSink;
import dev.patron.transforms.parquet.FrameSink;
import dev.patron.transforms.parquet.HadoopFiles;
import dev.patron.transforms.parquet.ParquetFrames;
import dev.patron.transforms.parquet.UnreadableFileException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.io.FileIO;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** From bytes to frames: change events in JSON, and Parquet; in nanoseconds a record or row. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ReadingBenchmark {
  private static final int RECORDS = 20_000;
  private static final int ROWS = 100_000;
  private static final Schema BOOK =
      Schema.of()
          .with("book_id", Type.LONG)
          .with("title", Type.STRING)
          .with("price", new Type.Decimal(10, 2))
          .with("updated", Type.TIMESTAMP);
  private static final Schema ORDER =
      Schema.of()
          .with("order_id", Type.LONG)
          .with("order_timestamp", Type.TIMESTAMP)
          .with("customer_id", Type.LONG)
          .with("total", new Type.Decimal(12, 2))
          .with("country", Type.STRING);
  private static final TableDefinition BOOKS =
      new TableDefinition(
          "books",
          TableDefinition.Keep.HISTORY,
          List.of("book_id"),
          List.of(),
          new TableDefinition.Format(
              TableDefinition.Format.Kind.DEBEZIUM, ',', null, "books", "UTC"),
          null,
          BOOK,
          Map.of(),
          List.of());

  private final RecordDecoder decoder = new RecordDecoder(BOOKS, BOOK);
  private byte[] lines = {};
  private List<Frame> bronze = List.of();
  private @Nullable Path file;
  private @Nullable Frame table;

  /** Updates of books as Debezium 3 writes them, without schemas; orders of four countries. */
  @Setup
  public void write() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < RECORDS; i++) {
      text.append(
          """
          {"topic":"shop.public.books","partition":1,"offset":%1$d,"timestamp":1665693760302,"key":{"book_id":%2$d},"value":{"before":null,"after":{"book_id":%2$d,"title":"A Winter's Harbour #%2$d","price":"%3$d.49","updated":"2022-10-13T20:42:38.762651Z"},"source":{"version":"3.0.8.Final","connector":"postgresql","name":"shop","ts_ms":1665693758762,"snapshot":"false","db":"shop","sequence":"[\\"%4$d\\",\\"%5$d\\"]","ts_us":1665693758762651,"ts_ns":1665693758762651000,"schema":"public","table":"books","txId":24774898,"lsn":%5$d,"xmin":null},"transaction":null,"op":"u","ts_ms":1665693760302,"ts_us":1665693760302918,"ts_ns":1665693760302918000}}
          """
              .formatted(i, i / 4, 5 + i % 40, 24774182866915L + i, 24774182866971L + i));
    }
    lines = text.toString().getBytes(UTF_8);
    bronze = split();

    SplittableRandom random = new SplittableRandom(42);
    FrameBuilder orders = new FrameBuilder(ORDER);
    for (int row = 0; row < ROWS; row++) {
      orders.longs("order_id").append(row);
      orders.longs("order_timestamp").append(1_640_995_200_000_000L + row * 1_000_003L);
      orders.longs("customer_id").append(random.nextLong(ROWS / 10));
      orders.longs("total").append(random.nextLong(10_000));
      orders.bytes("country").append(List.of("DE", "FR", "IT", "ES").get(random.nextInt(4)));
    }
    table = orders.build();
    Path parquet = Files.createTempFile("orders", ".parquet");
    try (FileChannel channel = FileChannel.open(parquet, StandardOpenOption.WRITE)) {
      writeTo(channel, ColumnSink.of(ORDER));
    }
    file = parquet;
  }

  private void writeTo(WritableByteChannel channel, FileIO.Sink<Frame> sink) throws IOException {
    sink.open(channel);
    for (Frame frame : Objects.requireNonNull(table).cut()) {
      sink.write(frame);
    }
    sink.flush();
  }

  /** Leaves nothing behind. */
  @TearDown
  public void delete() throws IOException {
    Files.deleteIfExists(Objects.requireNonNull(file));
  }

  private List<Frame> split() {
    List<Frame> frames = new ArrayList<>();
    BronzeFrames sink = new BronzeFrames(List.of(BOOKS), (table, frame) -> frames.add(frame));
    RecordSplitter splitter =
        RecordSplitter.lines(
            (line, bytes, from, to, fault) ->
                sink.line("books.jsonl", line, bytes, from, to, null, fault));
    splitter.accept(lines, 0, lines.length);
    splitter.finish();
    sink.flush();
    return frames;
  }

  /** Lines of a file to the records of bronze. */
  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public List<Frame> splitJsonLines() {
    return split();
  }

  /** Records of bronze to typed change events. */
  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public void decodeChangeEvents(Blackhole blackhole) {
    for (Frame frame : bronze) {
      Decoded decoded = decoder.decode(frame);
      if (decoded.quarantine().rows() > 0) {
        throw new IllegalStateException("records refused: " + decoded.account());
      }
      blackhole.consume(decoded.rows());
    }
  }

  /** The same five columns from frames to Parquet, by ParquetIO's records. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public void writeParquetByRows() throws IOException {
    writeTo(Channels.newChannel(OutputStream.nullOutputStream()), FrameSink.of(ORDER));
  }

  /** As tables are written: by column. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public void writeParquetByColumns() throws IOException {
    writeTo(Channels.newChannel(OutputStream.nullOutputStream()), ColumnSink.of(ORDER));
  }

  /** Five columns of a Parquet file to frames. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public void readParquet(Blackhole blackhole) throws UnreadableFileException {
    ParquetFrames.read(
        HadoopFiles.path(Objects.requireNonNull(file).toString()),
        HadoopFiles.configuration(),
        ORDER,
        blackhole::consume);
  }
}
