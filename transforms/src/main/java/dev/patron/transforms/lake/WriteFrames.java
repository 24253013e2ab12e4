package dev.patron.transforms.lake;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.transforms.parquet.ColumnSink;
import dev.patron.transforms.parquet.FrameSink;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.PCollection;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames to data files of one table: a file a bundle, or several where it grows large. The
 * files are part of the table when they are committed ({@link LakeTable#commit}), not before.
 *
 * <p>A bundle that is repeated writes its files again under other names; those of the failed
 * attempt are deleted, or left for a clean-up if the worker died.
 */
public final class WriteFrames extends PTransform<PCollection<Frame>, PCollection<DataFile>> {
  private static final long serialVersionUID = 1L;

  /** A file is ended when it has this many bytes. */
  static final long FILE_BYTES = 128L << 20;

  private final LakeTable table;
  private final @Nullable Schema schema;
  private final LinkedHashMap<String, @Nullable String> partition;
  private final List<String> key;
  private final int buckets;
  private final String prefix;
  private final long fileBytes;
  private final boolean byRows;

  private WriteFrames(
      LakeTable table,
      @Nullable Schema schema,
      Map<String, @Nullable String> partition,
      List<String> key,
      int buckets,
      String prefix,
      long fileBytes,
      boolean byRows) {
    this.table = table;
    this.schema = schema;
    this.partition = new LinkedHashMap<>(partition);
    this.key = List.copyOf(key);
    this.buckets = buckets;
    this.prefix = prefix;
    this.fileBytes = fileBytes;
    this.byRows = byRows;
  }

  /** Files of this table, with the columns of the first frame of each. */
  public static WriteFrames to(LakeTable table) {
    return new WriteFrames(table, null, Map.of(), List.of(), 0, "part-", FILE_BYTES, false);
  }

  /** With these columns, partition columns included; a column that a frame lacks is null. */
  public WriteFrames withSchema(Schema newSchema) {
    return new WriteFrames(table, newSchema, partition, key, buckets, prefix, fileBytes, byRows);
  }

  /** With this value, as text, of a partition column in all rows, which stays out of the files. */
  public WriteFrames withPartition(String column, @Nullable String value) {
    Map<String, @Nullable String> more = new LinkedHashMap<>(partition);
    more.put(column, value);
    return new WriteFrames(table, schema, more, key, buckets, prefix, fileBytes, byRows);
  }

  /**
   * With names that say which bucket the keys of a file's rows are in. Frames of different buckets
   * go to different files; one that is of several goes to a file that may have any key.
   *
   * @param newKey the columns that a key consists of
   * @param newBuckets how many buckets there are
   */
  public WriteFrames inBuckets(List<String> newKey, int newBuckets) {
    return new WriteFrames(table, schema, partition, newKey, newBuckets, prefix, fileBytes, byRows);
  }

  /** With names that begin with {@code part-} and this word. */
  public WriteFrames named(String word) {
    return new WriteFrames(
        table, schema, partition, key, buckets, "part-" + word + "-", fileBytes, byRows);
  }

  /**
   * Through Beam's ParquetIO, a record a row, where a table is small: the footer then has the Avro
   * schema too. Without this, values go to Parquet by column, see {@link ColumnSink}.
   */
  public WriteFrames byRows() {
    return new WriteFrames(table, schema, partition, key, buckets, prefix, fileBytes, true);
  }

  WriteFrames withFileBytes(long bytes) {
    return new WriteFrames(table, schema, partition, key, buckets, prefix, bytes, byRows);
  }

  @Override
  public PCollection<DataFile> expand(PCollection<Frame> frames) {
    return frames
        .apply("Write data files", ParDo.of(new WriteBundle(this)))
        .setCoder(DataFileCoder.of());
  }

  /** Begins to write outside this transform, in a DoFn that makes the frames itself. */
  public Writing begin() {
    return new Writing(this);
  }

  /**
   * Data files in the making: another where one has grown large, or where the next frame is of
   * another bucket. {@link #close} deletes what {@link #finish} has not ended.
   */
  public static final class Writing implements AutoCloseable {
    private final WriteFrames to;
    private @Nullable DataFileWriter writer;
    private String prefix = "";

    private Writing(WriteFrames to) {
      this.to = to;
    }

    /**
     * Writes a frame.
     *
     * @param ended receives each file that is whole
     * @throws LakeException as {@link DataFileWriter#write}
     */
    public void write(Frame frame, Consumer<DataFile> ended) {
      if (frame.rows() == 0) {
        return;
      }
      String wanted =
          to.key.isEmpty()
              ? to.prefix
              : Bucketed.prefix(Bucketed.bucketOf(frame, to.key, to.buckets), to.buckets);
      if (!wanted.equals(prefix)) {
        finish(ended);
      }
      DataFileWriter open = writer;
      if (open == null) {
        Schema schema = to.schema;
        open =
            DataFileWriter.open(
                to.table,
                schema == null ? frame.schema() : schema,
                to.partition,
                wanted,
                to.byRows ? FrameSink::of : ColumnSink::of);
        writer = open;
        prefix = wanted;
      }
      open.write(frame);
      if (open.bytes() >= to.fileBytes) {
        finish(ended);
      }
    }

    /** Ends the file that is being written, if any; a frame may follow and begins another. */
    public void finish(Consumer<DataFile> ended) {
      DataFileWriter open = writer;
      if (open != null) {
        writer = null;
        ended.accept(open.finish());
      }
    }

    @Override
    public void close() {
      DataFileWriter open = writer;
      if (open != null) {
        writer = null;
        open.close();
      }
    }
  }

  /** Writes the frames of a bundle. */
  static final class WriteBundle extends DoFn<Frame, DataFile> {
    private static final long serialVersionUID = 1L;

    private final WriteFrames to;
    private transient @Nullable Writing writing;

    WriteBundle(WriteFrames to) {
      this.to = to;
    }

    @ProcessElement
    public void write(@Element Frame frame, OutputReceiver<DataFile> files) {
      Writing open = writing;
      if (open == null) {
        open = to.begin();
        writing = open;
      }
      open.write(frame, files::output);
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      if (writing != null) {
        writing.finish(
            file ->
                context.output(file, GlobalWindow.INSTANCE.maxTimestamp(), GlobalWindow.INSTANCE));
      }
    }

    @Teardown
    public void abandon() {
      if (writing != null) {
        writing.close();
      }
    }
  }
}
