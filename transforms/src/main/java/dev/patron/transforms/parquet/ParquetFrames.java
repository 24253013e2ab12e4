package dev.patron.transforms.parquet;

import dev.patron.features.frame.Column;
import dev.patron.features.frame.ColumnBuilder;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Schema;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/**
 * Frames from Parquet files, column by column: no object is made for a row.
 *
 * <p>Parquet's types become ours thus: integers of every width: long (a time of day too, in its own
 * unit), but for unsigned ones of 64 bits of which some may be greater: decimal(20,0). Float:
 * double. Timestamps of every unit and INT96: timestamp, finer digits cut off towards the past,
 * local ones taken as UTC. Decimals on any physical type: decimal; of more than 38 digits: string.
 * Text, enumerations, JSON and UUIDs: string; other bytes: string, in base 64. Lists in all
 * encodings that Parquet's specification knows: array. Groups: row. Maps: array of row(key, value).
 */
public final class ParquetFrames {
  private ParquetFrames() {}

  /**
   * A part of a file that can be read on its own.
   *
   * @param rows how many rows it has
   * @param bytes how much of the file it takes
   */
  public record RowGroup(long rows, long bytes) {}

  /**
   * What the end of a file says of it.
   *
   * @param columns those that have a type
   * @param whole the same, and where all values are null, so that nothing says their type, lists
   *     and rows of strings
   * @param untyped the names of those that have none, as all their values are null
   * @param rows how many rows there are
   */
  public record Footer(Schema columns, Schema whole, List<String> untyped, long rows) {}

  /**
   * Reads the end of a file.
   *
   * @param wanted names to use for columns that differ from them in case alone, also within rows
   * @throws UnreadableFileException as {@link #schema}
   */
  public static Footer footer(Path file, Configuration configuration, Schema wanted)
      throws UnreadableFileException {
    try (ParquetFileReader reader = open(file, configuration)) {
      Shape.Group shape = shape(reader, file, configuration).spelledAs(wanted);
      return new Footer(
          shape.schema(), shape.wholeSchema(), shape.untyped(), reader.getRecordCount());
    } catch (IOException | RuntimeException e) {
      throw UnreadableFileException.of(file, e);
    }
  }

  /**
   * The columns of a file that have a type.
   *
   * @throws UnreadableFileException if it is not there, is no Parquet file, is truncated, or has a
   *     column that no type of ours can hold, or several whose names differ in case alone
   */
  public static Schema schema(Path file, Configuration configuration)
      throws UnreadableFileException {
    return footer(file, configuration, Schema.of()).columns();
  }

  /**
   * What a file says of these columns of its own, in this order.
   *
   * @param columns scalar ones
   * @throws UnreadableFileException if the file is not there, is no Parquet file or is truncated
   */
  public static List<ColumnStatistics> statistics(
      Path file, Configuration configuration, Schema columns) throws UnreadableFileException {
    try (ParquetFileReader reader = open(file, configuration)) {
      return ColumnStatistics.of(reader.getFooter(), columns);
    } catch (IOException | RuntimeException e) {
      throw UnreadableFileException.of(file, e);
    }
  }

  /**
   * The row groups of a file, in order.
   *
   * @throws UnreadableFileException if the file is not there, is no Parquet file or is truncated
   */
  public static List<RowGroup> rowGroups(Path file, Configuration configuration)
      throws UnreadableFileException {
    try (ParquetFileReader reader = open(file, configuration)) {
      return reader.getRowGroups().stream()
          .map(group -> new RowGroup(group.getRowCount(), group.getCompressedSize()))
          .toList();
    } catch (IOException | RuntimeException e) {
      throw UnreadableFileException.of(file, e);
    }
  }

  /**
   * Reads all rows of a file, in order; see {@link #read(Path, Configuration, Schema, int, int,
   * Consumer)}.
   */
  public static void read(
      Path file, Configuration configuration, Schema wanted, Consumer<Frame> consumer)
      throws UnreadableFileException {
    read(file, configuration, wanted, 0, Integer.MAX_VALUE, consumer);
  }

  /**
   * Reads the rows of the row groups {@code [from, to)}, in order, as frames of at most {@link
   * Frame#TARGET_ROWS} rows and {@link Frame#TARGET_BYTES} (but for a single larger row).
   *
   * @param wanted the columns to read, by name, whatever its case; one that the file does not have
   *     is null throughout, also within rows. A long can be read as a double or decimal and a
   *     decimal as a wider one
   * @param to beyond the last row group: the end of the file
   * @param consumer gets the frames; what it throws is thrown on unchanged
   * @throws UnreadableFileException if the file is not there, is no Parquet file, is truncated or
   *     damaged, or has a column of another type than wanted
   */
  public static void read(
      Path file,
      Configuration configuration,
      Schema wanted,
      int from,
      int to,
      Consumer<Frame> consumer)
      throws UnreadableFileException {
    try (Reading reading = new Reading(file, configuration, wanted, from, to)) {
      for (Frame frame = reading.next(); frame != null; frame = reading.next()) {
        emit(frame, consumer);
      }
    }
  }

  /**
   * Reads the rows of a file that a look at some of its columns selects, in order; the values of
   * the others are passed over.
   *
   * @param wanted the columns to read, as above
   * @param key those of them to look at
   * @param selection gets the key of rows that follow each other, and gives the numbers of those
   *     that are wanted, ascending
   * @throws UnreadableFileException as above
   * @throws IllegalArgumentException if one of the columns to look at is not wanted
   */
  public static void read(
      Path file,
      Configuration configuration,
      Schema wanted,
      List<String> key,
      Function<Frame, int[]> selection,
      Consumer<Frame> consumer)
      throws UnreadableFileException {
    Schema keys = wanted.select(key);
    Schema others = wanted.select(wanted.names().stream().filter(name -> !keys.has(name)).toList());
    try (Reading reading = new Reading(file, configuration, wanted, 0, Integer.MAX_VALUE)) {
      Frame frame = reading.next(keys, selection, others);
      while (frame != null) {
        if (frame.rows() > 0) {
          emit(frame, consumer);
        }
        frame = reading.next(keys, selection, others);
      }
    }
  }

  private static void emit(Frame frame, Consumer<Frame> consumer) {
    if (frame.heapBytes() <= Frame.TARGET_BYTES || frame.rows() == 1) {
      consumer.accept(frame);
    } else {
      int half = frame.rows() / 2;
      emit(frame.slice(0, half), consumer);
      emit(frame.slice(half, frame.rows()), consumer);
    }
  }

  private static ParquetFileReader open(Path file, Configuration configuration) throws IOException {
    FileStatus status = file.getFileSystem(configuration).getFileStatus(file);
    if (status.isDirectory()) {
      throw new IOException("it is a folder");
    }
    if (status.getLen() == 0) {
      throw new IOException("it is empty");
    }
    ParquetFileReader reader =
        ParquetFileReader.open(
            HadoopInputFile.fromStatus(status, configuration),
            HadoopReadOptions.builder(configuration).usePageChecksumVerification(true).build());
    try {
      checkBounds(reader.getFooter(), status.getLen());
    } catch (IOException | RuntimeException e) {
      reader.close();
      throw e;
    }
    return reader;
  }

  private static Shape.Group shape(ParquetFileReader reader, Path file, Configuration configuration)
      throws IOException {
    return Shape.of(reader.getFileMetaData().getSchema())
        .typedAt(UnknownTypes.in(reader, file, configuration), null)
        .typedAt(LargeUnsigned.in(reader), LargeUnsigned.TYPE);
  }

  /** A damaged footer must not make the reader ask for more memory than the file has bytes. */
  private static void checkBounds(ParquetMetadata footer, long length) throws IOException {
    for (BlockMetaData group : footer.getBlocks()) {
      for (ColumnChunkMetaData chunk : group.getColumns()) {
        long start = chunk.getStartingPos();
        long size = chunk.getTotalSize();
        if (start < 0 || size < 0 || start + size > length || start + size < 0) {
          throw new IOException(
              "column '%s' lies at bytes %d to %d of a file of %d: it is truncated or damaged"
                  .formatted(chunk.getPath().toDotString(), start, start + size, length));
        }
      }
    }
  }

  /** One pass over a file. */
  private static final class Reading implements AutoCloseable {
    /** Rows of the first frame where the size of the values cannot be known beforehand. */
    private static final int CAUTIOUS_ROWS = 64;

    private final Path file;
    private final Schema wanted;
    private final ParquetFileReader reader;
    private final Shape.Group shape;
    private final MessageType projection;
    private final int end;
    private int group;
    private @Nullable Assembly[] columns;
    private long left;
    private int batch;
    private FrameBuilder next;

    Reading(Path file, Configuration configuration, Schema wanted, int from, int to)
        throws UnreadableFileException {
      this.file = file;
      this.wanted = wanted;
      this.next = new FrameBuilder(wanted);
      this.columns = new Assembly[wanted.size()];
      ParquetFileReader opened;
      try {
        opened = open(file, configuration);
      } catch (IOException | RuntimeException e) {
        throw UnreadableFileException.of(file, e);
      }
      try {
        MessageType message = opened.getFileMetaData().getSchema();
        shape = shape(opened, file, configuration).spelledAs(wanted);
        Set<List<String>> leaves = new LinkedHashSet<>();
        for (Schema.Field field : wanted.fields()) {
          int position = shape.position(field);
          if (position >= 0) {
            Assembly.leaves(shape.fields().get(position), field.type(), field.name(), leaves);
          }
        }
        projection = Assembly.prune(message, leaves);
        opened.setRequestedSchema(projection);
        reader = opened;
        group = Math.max(0, from);
        end = Math.min(to, opened.getRowGroups().size());
        batch = firstBatch();
      } catch (IOException | RuntimeException e) {
        UnreadableFileException unreadable = UnreadableFileException.of(file, e);
        try {
          opened.close();
        } catch (IOException suppressed) {
          unreadable.addSuppressed(suppressed);
        }
        throw unreadable;
      }
    }

    /** The next frame, or null at the end. */
    @Nullable Frame next() throws UnreadableFileException {
      try {
        FrameBuilder builder = next;
        int rows = 0;
        while (rows < batch && (left > 0 || nextGroup())) {
          int more = (int) Math.min(batch - rows, left);
          for (int i = 0; i < columns.length; i++) {
            read(columns[i], builder.column(i), more);
          }
          rows += more;
          left -= more;
        }
        if (rows == 0) {
          return null;
        }
        Frame frame = builder.build();
        next = left > 0 || group < end ? builder.again() : new FrameBuilder(wanted);
        batch = nextBatch(frame);
        return frame;
      } catch (IOException | RuntimeException e) {
        throw UnreadableFileException.of(file, e);
      }
    }

    /** The selected ones of the next rows, maybe none, or null at the end. */
    @Nullable Frame next(Schema key, Function<Frame, int[]> selection, Schema others)
        throws UnreadableFileException {
      try {
        if (left == 0 && !nextGroup()) {
          return null;
        }
        int rows = (int) Math.min(batch, left);
        FrameBuilder keys = new FrameBuilder(key, rows);
        for (int i = 0; i < key.size(); i++) {
          read(columns[wanted.position(key.field(i).name())], keys.column(i), rows);
        }
        Frame looked = keys.build();
        int[] selected = selection.apply(looked);
        FrameBuilder rest = new FrameBuilder(others, selected.length);
        for (int i = 0; i < others.size(); i++) {
          read(columns[wanted.position(others.field(i).name())], rest.column(i), selected, rows);
        }
        left -= rows;
        Frame found = looked.take(selected);
        Frame beside = rest.build();
        Frame frame =
            Frame.of(
                wanted,
                wanted.names().stream()
                    .map(name -> (key.has(name) ? found : beside).column(name))
                    .toArray(Column[]::new));
        batch =
            frame.rows() == 0 ? (int) Math.min(Frame.TARGET_ROWS, 8L * batch) : nextBatch(frame);
        return frame;
      } catch (IOException | RuntimeException e) {
        throw UnreadableFileException.of(file, e);
      }
    }

    private static void read(@Nullable Assembly column, ColumnBuilder builder, int rows) {
      if (column == null) {
        Assembly.nulls(builder, rows);
        return;
      }
      column.readRows(builder, rows);
    }

    /** Reads some of the next rows, and passes over the others. */
    private static void read(
        @Nullable Assembly column, ColumnBuilder builder, int[] selected, int rows) {
      if (column == null) {
        Assembly.nulls(builder, selected.length);
        return;
      }
      int at = 0;
      for (int row : selected) {
        column.passRows(row - at);
        column.read(builder);
        at = row + 1;
      }
      column.passRows(rows - at);
    }

    private boolean nextGroup() throws IOException {
      // A table without rows may be a row group of none, which Parquet's reader takes for damage.
      while (group < end && reader.getRowGroups().get(group).getRowCount() == 0) {
        group++;
      }
      if (group >= end) {
        return false;
      }
      left = reader.getRowGroups().get(group).getRowCount();
      if (projection.getFieldCount() > 0) {
        PageReadStore pages = reader.readRowGroup(group);
        for (int i = 0; i < columns.length; i++) {
          Schema.Field field = wanted.field(i);
          int position = shape.position(field);
          if (position >= 0) {
            columns[i] =
                Assembly.of(
                    shape.fields().get(position), field.type(), path -> column(pages, path));
          }
        }
      }
      group++;
      return true;
    }

    private LeafReader column(PageReadStore pages, List<String> path) {
      ColumnDescriptor column = projection.getColumnDescription(path.toArray(String[]::new));
      return new LeafReader(
          column, pages.getPageReader(column), reader.getFileMetaData().getCreatedBy());
    }

    /** As many rows as fit a frame by what the footer says of their size. */
    private int firstBatch() {
      long rows = 0;
      long bytes = 0;
      boolean unknown = false;
      for (BlockMetaData block : reader.getRowGroups().subList(Math.min(group, end), end)) {
        rows += block.getRowCount();
        for (ColumnChunkMetaData chunk : block.getColumns()) {
          if (projection.containsPath(chunk.getPath().toArray())) {
            bytes += chunk.getTotalUncompressedSize();
            unknown |= mayHideLargeValues(chunk);
          }
        }
      }
      return unknown ? CAUTIOUS_ROWS : rowsThatFit(bytes, rows);
    }

    /**
     * A dictionary stores a large value once, however many rows repeat it. The bounds of a column
     * are left out of the footer when they are large.
     */
    private static boolean mayHideLargeValues(ColumnChunkMetaData chunk) {
      return chunk.getPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY
          && chunk.getEncodings().stream().anyMatch(Encoding::usesDictionary)
          && !chunk.getStatistics().hasNonNullValue()
          && chunk.getStatistics().getNumNulls() != chunk.getValueCount();
    }

    private int nextBatch(Frame last) {
      return Math.min(
          rowsThatFit(last.heapBytes(), last.rows()),
          (int) Math.min(Frame.TARGET_ROWS, 8L * batch));
    }

    private static int rowsThatFit(long bytes, long rows) {
      long each = Math.max(1, bytes / Math.max(1, rows));
      return (int) Math.max(1, Math.min(Frame.TARGET_ROWS, Frame.TARGET_BYTES / each));
    }

    @Override
    public void close() throws UnreadableFileException {
      try {
        reader.close();
      } catch (IOException e) {
        throw UnreadableFileException.of(file, e);
      }
    }
  }
}
