package dev.patron.transforms.parquet;

import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.ListColumn;
import dev.patron.features.frame.RowColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.beam.sdk.io.FileIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.avro.AvroSchemaConverter;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames to Parquet files column by column: the values go from a frame's arrays to Parquet's
 * encodings, with no record for a row and no object for a number. The files are those of {@link
 * FrameSink}, which is ParquetIO's: the same columns, levels, bounds, sizes of pages and of row
 * groups, and codec. Three things differ: decimals of up to 18 digits are numbers, there is no Avro
 * schema in the footer, and a column whose values seldom repeat has no dictionary.
 *
 * <p>Tables are written by this one, since writing was a third of the Java time of a whole run; the
 * page of the benchmarks has the figures.
 */
public final class ColumnSink implements FileIO.Sink<Frame> {
  private static final long serialVersionUID = 1L;

  /** Values of a column come in blocks of so many rows, and pages end between blocks. */
  private static final int BLOCK_ROWS = 1_000;

  private static final int PAGE_ROWS = 20 * BLOCK_ROWS;

  /** Digits that every {@code int} has room for. */
  private static final int INT_PRECISION = 9;

  private final Schema schema;
  private transient @Nullable Open open;
  private transient @Nullable ParquetMetadata footer;

  private ColumnSink(Schema schema) {
    this.schema = schema;
  }

  /**
   * A sink whose files have these columns.
   *
   * @throws IllegalArgumentException if the name of a column cannot be written
   */
  public static ColumnSink of(Schema schema) {
    AvroSchemas.of(schema);
    return new ColumnSink(schema);
  }

  @Override
  public void open(WritableByteChannel channel) throws IOException {
    open = new Open(schema, channel);
  }

  /**
   * Writes all rows of a frame.
   *
   * @throws IllegalArgumentException if its columns are not those of the file
   */
  @Override
  public void write(Frame frame) throws IOException {
    if (!schema.equals(frame.schema())) {
      throw new IllegalArgumentException(
          "a frame of (%s) where the file began with other columns".formatted(frame.schema()));
    }
    opened().write(frame);
  }

  /** Ends the file. */
  @Override
  public void flush() throws IOException {
    footer = opened().end();
    open = null;
  }

  /**
   * What is known of these columns of the file that was ended last, in this order.
   *
   * @throws IllegalStateException if none was
   */
  public List<ColumnStatistics> statistics(Schema columns) {
    ParquetMetadata ended = footer;
    if (ended == null) {
      throw new IllegalStateException("statistics before flush");
    }
    return ColumnStatistics.of(ended, columns);
  }

  private Open opened() {
    Open current = open;
    if (current == null) {
      throw new IllegalStateException("write before open");
    }
    return current;
  }

  /** A file that is being written. */
  private static final class Open {
    private final MessageType type;
    private final List<LeafWriter> leaves = new ArrayList<>();
    private final List<Walk> walks = new ArrayList<>();
    private final ParquetFileWriter file;
    private final CodecFactory codecs;
    private @Nullable RowGroup group;

    Open(Schema schema, WritableByteChannel channel) throws IOException {
      type = messageType(schema);
      Shape.Group shape = Shape.of(type);
      for (int i = 0; i < schema.size(); i++) {
        walks.add(walk(schema.field(i).type(), shape.fields().get(i), 0));
      }
      codecs = new CodecFactory(HadoopFiles.configuration(), ParquetProperties.DEFAULT_PAGE_SIZE);
      file =
          new ParquetFileWriter(
              new ChannelFile(channel),
              type,
              ParquetFileWriter.Mode.CREATE,
              FrameSink.ROW_GROUP_BYTES,
              0,
              ParquetProperties.DEFAULT_COLUMN_INDEX_TRUNCATE_LENGTH,
              ParquetProperties.DEFAULT_STATISTICS_TRUNCATE_LENGTH,
              ParquetProperties.DEFAULT_PAGE_WRITE_CHECKSUM_ENABLED);
      file.start();
    }

    private static MessageType messageType(Schema schema) {
      Configuration lists = new Configuration(false);
      lists.setBoolean("parquet.avro.write-old-list-structure", false);
      MessageType converted = new AvroSchemaConverter(lists).convert(AvroSchemas.of(schema));
      return new MessageType(converted.getName(), withNumbers(converted.getFields()));
    }

    /**
     * Decimals that fit are numbers, as Spark and DuckDB write them: they take a step each, where
     * bytes take one for every byte. Avro knows no such decimals.
     */
    private static List<org.apache.parquet.schema.Type> withNumbers(
        List<org.apache.parquet.schema.Type> types) {
      return types.stream().map(Open::withNumbers).toList();
    }

    private static org.apache.parquet.schema.Type withNumbers(org.apache.parquet.schema.Type type) {
      if (!type.isPrimitive()) {
        GroupType group = type.asGroupType();
        return group.withNewFields(withNumbers(group.getFields()));
      }
      return type.getLogicalTypeAnnotation() instanceof DecimalLogicalTypeAnnotation decimal
              && decimal.getPrecision() <= Type.Decimal.LONG_PRECISION
          ? Types.primitive(
                  decimal.getPrecision() <= INT_PRECISION
                      ? PrimitiveTypeName.INT32
                      : PrimitiveTypeName.INT64,
                  type.getRepetition())
              .as(decimal)
              .named(type.getName())
          : type;
    }

    /**
     * How to come from a column to the leaves below it.
     *
     * @param level of definition of what the column is in
     */
    private Walk walk(Type of, Shape shape, int level) {
      if (of instanceof Type.ListOf list) {
        Shape.Repeated repeated = (Shape.Repeated) shape;
        Walk element = walk(list.element(), repeated.element(), repeated.filled());
        return (column, levels, to) ->
            element.go(
                ((ListColumn) column).elements(),
                levels
                    .at(column, level)
                    .elements((ListColumn) column, repeated.present(), repeated.repeats()),
                to);
      }
      if (of instanceof Type.RowOf row) {
        List<Shape> shapes = ((Shape.Group) shape).fields();
        List<Walk> fields =
            IntStream.range(0, shapes.size())
                .mapToObj(i -> walk(row.schema().field(i).type(), shapes.get(i), level + 1))
                .toList();
        return (column, levels, to) -> {
          ColumnLevels there = levels.at(column, level);
          for (int i = 0; i < fields.size(); i++) {
            fields.get(i).go(((RowColumn) column).field(i), there, to);
          }
        };
      }
      int number = leaves.size();
      LeafWriter leaf =
          LeafWriter.of(
              of, type.getColumnDescription(((Shape.Leaf) shape).path().toArray(String[]::new)));
      leaves.add(leaf);
      return (column, levels, to) -> to.leaf(number, leaf, column, levels.at(column, level));
    }

    void write(Frame frame) throws IOException {
      int from = 0;
      while (from < frame.rows()) {
        RowGroup to = group;
        if (to == null) {
          to = begin(frame, from);
          group = to;
        }
        int rows = Math.min(frame.rows() - from, BLOCK_ROWS - to.rows % BLOCK_ROWS);
        walk(frame, from, from + rows, to);
        to.end(rows);
        from += rows;
        if (to.size() >= FrameSink.ROW_GROUP_BYTES) {
          finish(to);
        }
      }
    }

    private void walk(Frame frame, int from, int to, Leaves leaves) throws IOException {
      ColumnLevels rows = ColumnLevels.of(from, to);
      for (int i = 0; i < walks.size(); i++) {
        walks.get(i).go(frame.column(i), rows, leaves);
      }
    }

    /** Begins a row group; its first block tells for which columns a dictionary is worth it. */
    private RowGroup begin(Frame frame, int from) throws IOException {
      ParquetProperties.Builder properties =
          ParquetProperties.builder().withPageRowCountLimit(PAGE_ROWS);
      walk(
          frame,
          from,
          Math.min(frame.rows(), from + Repeats.SAMPLE),
          (number, leaf, column, levels) -> {
            if (!Repeats.among(column, levels)) {
              properties.withDictionaryEncoding(
                  String.join(".", leaf.descriptor().getPath()), false);
            }
          });
      return new RowGroup(type, codecs, properties.build(), leaves);
    }

    private void finish(RowGroup full) throws IOException {
      file.startBlock(full.rows);
      full.finish();
      full.chunks.flushToFileWriter(file);
      file.endBlock();
      group = null;
    }

    ParquetMetadata end() throws IOException {
      RowGroup last = group;
      if (last != null) {
        finish(last);
      }
      file.end(Map.of());
      codecs.release();
      return file.getFooter();
    }
  }

  private static final class RowGroup implements Leaves {
    private final ColumnChunkPageWriteStore chunks;
    private final LeafPages[] leaves;
    private int rows;

    RowGroup(
        MessageType type,
        CodecFactory codecs,
        ParquetProperties properties,
        List<LeafWriter> writers) {
      chunks =
          new ColumnChunkPageWriteStore(
              codecs.getCompressor(FrameSink.codec()),
              type,
              properties.getAllocator(),
              properties.getColumnIndexTruncateLength(),
              properties.getPageWriteChecksumEnabled());
      leaves =
          writers.stream()
              .map(LeafWriter::descriptor)
              .map(column -> new LeafPages(column, chunks.getPageWriter(column), properties))
              .toArray(LeafPages[]::new);
    }

    @Override
    public void leaf(int number, LeafWriter leaf, Column column, ColumnLevels levels)
        throws IOException {
      leaf.write(column, levels, leaves[number]);
    }

    void end(int more) throws IOException {
      for (LeafPages leaf : leaves) {
        leaf.end(more);
      }
      rows += more;
    }

    long size() {
      return Arrays.stream(leaves).mapToLong(LeafPages::size).sum();
    }

    void finish() throws IOException {
      for (LeafPages leaf : leaves) {
        leaf.finish();
      }
    }
  }

  /** Takes a column, and whatever it consists of, to its leaves. */
  @FunctionalInterface
  private interface Walk {
    void go(Column column, ColumnLevels levels, Leaves to) throws IOException;
  }

  /** What comes by all leaves in turn. */
  @FunctionalInterface
  private interface Leaves {
    void leaf(int number, LeafWriter leaf, Column column, ColumnLevels levels) throws IOException;
  }

  /** A channel as Parquet wants a file: one that knows how far it is. */
  private record ChannelFile(WritableByteChannel channel) implements OutputFile {
    @Override
    public PositionOutputStream create(long blockSize) {
      return new PositionOutputStream() {
        private long position;

        @Override
        public long getPos() {
          return position;
        }

        @Override
        public void write(int b) throws IOException {
          write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
          ByteBuffer rest = ByteBuffer.wrap(bytes, from, length);
          while (rest.hasRemaining()) {
            channel.write(rest);
          }
          position += length;
        }
      };
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSize) {
      return create(blockSize);
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
}
