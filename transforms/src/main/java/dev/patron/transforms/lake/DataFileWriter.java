package dev.patron.transforms.lake;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.transforms.parquet.ColumnSink;
import dev.patron.transforms.parquet.FrameSink;
import dev.patron.transforms.parquet.HadoopFiles;
import dev.patron.transforms.parquet.ParquetFrames;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.apache.beam.sdk.io.FileIO;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames to one data file of a table, under a name that nobody refers to until it is
 * committed. For DoFns that hold all frames of a file, such as those of a bucket; {@link
 * WriteFrames} is the transform.
 *
 * <p>{@link #close} without {@link #finish} deletes the file. A process that dies leaves it; {@code
 * part-UUID} files that no version mentions are what a clean-up looks for.
 */
public final class DataFileWriter implements AutoCloseable {
  private final LakeTable table;
  private final Schema schema;
  private final Schema inFile;
  private final Map<String, @Nullable String> partition;
  private final Path path;
  private final String relative;
  private final FileSystem files;
  private final Counted channel;
  private final FileIO.Sink<Frame> sink;
  private long rows;
  private boolean finished;

  private DataFileWriter(
      LakeTable table,
      Schema schema,
      Map<String, ? extends @Nullable String> partition,
      String prefix,
      Function<Schema, FileIO.Sink<Frame>> format)
      throws IOException {
    this.table = table;
    this.schema = schema;
    this.partition = new LinkedHashMap<>(partition);
    List<String> names =
        schema.names().stream().filter(name -> !partition.containsKey(name)).toList();
    this.inFile = schema.select(names);
    this.relative =
        PartitionValues.folder(this.partition) + prefix + UUID.randomUUID() + FrameSink.suffix();
    this.path = new Path(table.path(), relative);
    this.files = path.getFileSystem(HadoopFiles.configuration());
    this.sink = format.apply(inFile);
    this.channel = new Counted(files.create(path, false));
    try {
      sink.open(channel);
    } catch (IOException | RuntimeException e) {
      abort(e);
      throw e;
    }
  }

  /**
   * Begins a file.
   *
   * @param schema the table's columns; those of {@code partition} among them stay out of the file
   * @param partition the values, as text, of the table's partition columns
   * @throws LakeException if the file cannot be created, or a column's name cannot be written
   */
  public static DataFileWriter open(
      LakeTable table, Schema schema, Map<String, ? extends @Nullable String> partition) {
    return open(table, schema, partition, "part-");
  }

  /** Begins a file with a name that begins as {@link Bucketed#prefix} says. */
  static DataFileWriter open(
      LakeTable table,
      Schema schema,
      Map<String, ? extends @Nullable String> partition,
      String prefix) {
    return open(table, schema, partition, prefix, ColumnSink::of);
  }

  /** Begins a file that a sink of one's own choice writes; the log says the same of it. */
  static DataFileWriter open(
      LakeTable table,
      Schema schema,
      Map<String, ? extends @Nullable String> partition,
      String prefix,
      Function<Schema, FileIO.Sink<Frame>> format) {
    try {
      return new DataFileWriter(table, schema, partition, prefix, format);
    } catch (IOException | RuntimeException e) {
      throw LakeException.because(table.name(), "a data file cannot be created", e);
    }
  }

  /**
   * Writes the frames to one file.
   *
   * @param frames may have the partition columns or not
   * @throws LakeException as {@link #open} and {@link #write}
   */
  public static DataFile write(
      LakeTable table,
      Schema schema,
      Map<String, ? extends @Nullable String> partition,
      Iterable<Frame> frames) {
    try (DataFileWriter writer = open(table, schema, partition)) {
      frames.forEach(writer::write);
      return writer.finish();
    }
  }

  /**
   * Appends the rows of a frame. A column that it lacks is null.
   *
   * @throws LakeException if a column of it is not one of the table, or of another type; or if the
   *     file cannot be written
   */
  public void write(Frame frame) {
    for (Schema.Field field : frame.schema().fields()) {
      if (!schema.has(field.name()) || !schema.type(field.name()).equals(field.type())) {
        throw new LakeException(
            "%s: rows have a column %s where the table has (%s)"
                .formatted(table.name(), field, schema));
      }
    }
    Frame conformed = frame.conform(inFile);
    try {
      sink.write(conformed);
    } catch (IOException | RuntimeException e) {
      throw cannotWrite(e);
    }
    rows += conformed.rows();
  }

  /** How many bytes have left for the file. A row group is still in memory beside them. */
  public long bytes() {
    return channel.written;
  }

  /** The number of rows so far. */
  public long rows() {
    return rows;
  }

  /**
   * Ends the file.
   *
   * @throws LakeException if it cannot be written
   */
  public DataFile finish() {
    try {
      sink.flush();
      channel.close();
      FileStatus status = files.getFileStatus(path);
      DataFile file =
          new DataFile(
              table.name(),
              relative,
              status.getLen(),
              status.getModificationTime(),
              rows,
              inFile,
              partition,
              statistics());
      finished = true;
      return file;
    } catch (IOException | RuntimeException e) {
      throw cannotWrite(e);
    }
  }

  /** The bounds that Parquet has compared all values for, so that nobody has to do it again. */
  private String statistics() throws IOException {
    Schema columns = FileStatistics.columns(inFile);
    return FileStatistics.json(
        rows,
        columns,
        sink instanceof ColumnSink own
            ? own.statistics(columns)
            : ParquetFrames.statistics(path, HadoopFiles.configuration(), columns));
  }

  private LakeException cannotWrite(Exception e) {
    return LakeException.because(table.name(), HadoopFiles.display(path) + " cannot be written", e);
  }

  @Override
  public void close() {
    if (!finished) {
      abort(null);
    }
  }

  private void abort(@Nullable Exception why) {
    finished = true;
    try {
      channel.close();
    } catch (IOException e) {
      // What could not be written is deleted all the same.
      if (why != null) {
        why.addSuppressed(e);
      }
    }
    try {
      files.delete(path, false);
    } catch (IOException e) {
      if (why != null) {
        why.addSuppressed(e);
      }
    }
  }

  private static final class Counted implements WritableByteChannel {
    private final OutputStream stream;
    private final WritableByteChannel channel;
    private long written;
    private boolean open = true;

    Counted(OutputStream stream) {
      this.stream = stream;
      this.channel = Channels.newChannel(stream);
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      int count = channel.write(bytes);
      written += count;
      return count;
    }

    @Override
    public boolean isOpen() {
      return open;
    }

    @Override
    public void close() throws IOException {
      if (open) {
        open = false;
        stream.close();
      }
    }
  }
}
