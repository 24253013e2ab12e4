package dev.patron.transforms.parquet;

import com.github.luben.zstd.util.Native;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.io.parquet.ParquetIO;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames to Parquet files through Beam's {@link ParquetIO#sink}, row by row within the
 * bundle: the runner sees frames, the file has rows.
 *
 * <p>Every column may be null. Timestamps are UTC microseconds, decimals fixed-length arrays (which
 * Spark's vectorised reader wants), lists of three levels. Files are compressed with Zstandard, or
 * with Snappy on platforms for which its native library does not exist.
 */
public final class FrameSink implements FileIO.Sink<Frame> {
  private static final long serialVersionUID = 1L;

  /**
   * Bytes of a row group before compression. It is what a writer holds in memory and what a reader
   * can take as its share of a large file.
   */
  static final int ROW_GROUP_BYTES = 32 << 20;

  private final @Nullable Schema given;
  private transient @Nullable WritableByteChannel channel;
  private transient ParquetIO.@Nullable Sink sink;
  private transient @Nullable FrameRecord cursor;
  private transient @Nullable Schema schema;

  private FrameSink(@Nullable Schema given) {
    this.given = given;
  }

  /** A sink whose files have the columns of their first frame. */
  public static FrameSink create() {
    return new FrameSink(null);
  }

  /**
   * A sink whose files have these columns.
   *
   * @throws IllegalArgumentException if the name of a column cannot be written
   */
  public static FrameSink of(Schema schema) {
    AvroSchemas.of(schema);
    return new FrameSink(schema);
  }

  @Override
  public void open(WritableByteChannel newChannel) throws IOException {
    channel = newChannel;
    sink = null;
    if (given != null) {
      start(given);
    }
  }

  private ParquetIO.Sink start(Schema columns) throws IOException {
    WritableByteChannel out = channel;
    if (out == null) {
      throw new IllegalStateException("write before open");
    }
    org.apache.avro.Schema avro = AvroSchemas.of(columns);
    ParquetIO.Sink started =
        ParquetIO.sink(avro)
            .withCompressionCodec(Compression.CODEC)
            .withRowGroupSize(ROW_GROUP_BYTES)
            .withConfiguration(Map.of("parquet.avro.write-old-list-structure", "false"));
    started.open(out);
    schema = columns;
    sink = started;
    cursor = new FrameRecord(columns, avro);
    return started;
  }

  /**
   * Writes all rows of a frame.
   *
   * @throws IllegalArgumentException if its columns are not those of the file
   */
  @Override
  public void write(Frame frame) throws IOException {
    ParquetIO.Sink out = sink != null ? sink : start(frame.schema());
    FrameRecord row = cursor;
    if (row == null || schema == null || !schema.equals(frame.schema())) {
      throw new IllegalArgumentException(
          "a frame of (%s) where the file began with other columns".formatted(frame.schema()));
    }
    row.columns(IntStream.range(0, frame.schema().size()).mapToObj(frame::column).toList());
    for (int i = 0; i < frame.rows(); i++) {
      out.write(row.at(i));
    }
  }

  /**
   * Ends the file.
   *
   * @throws IllegalStateException if neither a schema nor a frame said what its columns are
   */
  @Override
  public void flush() throws IOException {
    ParquetIO.Sink out = sink;
    if (out == null) {
      throw new IllegalStateException("a file without a frame has no columns");
    }
    out.flush();
    sink = null;
  }

  /** How pages are compressed on this platform. */
  static CompressionCodecName codec() {
    return Compression.CODEC;
  }

  /** The name that files of this sink end with, by the convention of Spark. */
  public static String suffix() {
    return "." + Compression.CODEC.name().toLowerCase(Locale.ROOT) + ".parquet";
  }

  private static final class Compression {
    static final CompressionCodecName CODEC = choose();

    private static CompressionCodecName choose() {
      try {
        Native.load();
        return CompressionCodecName.ZSTD;
      } catch (LinkageError noNativeLibrary) {
        return CompressionCodecName.SNAPPY;
      }
    }
  }
}
