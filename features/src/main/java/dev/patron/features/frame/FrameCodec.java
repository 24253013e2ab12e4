package dev.patron.features.frame;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Frames as bytes: the schema as text, then the arrays as they are. Equal frames give equal bytes,
 * whatever they were built from. The format is for travel between steps of one run, not for
 * storage.
 */
public final class FrameCodec {
  private FrameCodec() {}

  /** Writes a frame. */
  public static void write(Frame frame, DataOutputStream out) throws IOException {
    byte[] schema = new Type.RowOf(frame.schema()).toString().getBytes(UTF_8);
    out.writeInt(schema.length);
    out.write(schema);
    out.writeInt(frame.rows());
    for (int i = 0; i < frame.schema().size(); i++) {
      writeColumn(frame.column(i), out);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws EOFException if the bytes end early
   */
  public static Frame read(DataInputStream in) throws IOException {
    byte[] text = in.readNBytes(in.readInt());
    Schema schema =
        text.length == "row<>".length()
            ? Schema.of()
            : ((Type.RowOf) Type.parse(new String(text, UTF_8))).schema();
    int rows = in.readInt();
    Column[] columns = new Column[schema.size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = readColumn(schema.field(i).type(), rows, in);
    }
    return Frame.of(schema, columns);
  }

  private static void writeColumn(Column column, DataOutputStream out) throws IOException {
    long @Nullable [] nulls = column.nulls();
    out.writeBoolean(nulls != null);
    if (nulls != null) {
      writeLongs(nulls, out);
    }
    if (column instanceof LongColumn longs) {
      writeLongs(longs.values(), out);
    } else if (column instanceof DoubleColumn doubles) {
      ByteBuffer buffer = ByteBuffer.allocate(Math.multiplyExact(8, doubles.size()));
      buffer.asDoubleBuffer().put(doubles.values(), 0, doubles.size());
      out.write(buffer.array());
    } else if (column instanceof BooleanColumn booleans) {
      byte[] bytes = new byte[booleans.size()];
      for (int row = 0; row < bytes.length; row++) {
        bytes[row] = (byte) (booleans.get(row) ? 1 : 0);
      }
      out.write(bytes);
    } else if (column instanceof BytesColumn bytes) {
      writeInts(bytes.offsets(), out);
      out.write(bytes.array(), 0, bytes.offsets()[bytes.size()]);
    } else if (column instanceof ListColumn lists) {
      writeInts(lists.offsets(), out);
      writeColumn(lists.elements(), out);
    } else if (column instanceof RowColumn rows) {
      for (int i = 0; i < rows.width(); i++) {
        writeColumn(rows.field(i), out);
      }
    }
  }

  private static Column readColumn(Type type, int rows, DataInputStream in) throws IOException {
    long @Nullable [] nulls = in.readBoolean() ? readLongs((rows + 63) >> 6, in) : null;
    if (type instanceof Type.ListOf list) {
      int[] offsets = readInts(rows + 1, in);
      return new ListColumn(offsets, readColumn(list.element(), offsets[rows], in), rows, nulls);
    }
    if (type instanceof Type.RowOf nested) {
      Column[] fields = new Column[nested.schema().size()];
      for (int i = 0; i < fields.length; i++) {
        fields[i] = readColumn(nested.schema().field(i).type(), rows, in);
      }
      return new RowColumn(fields, rows, nulls);
    }
    if (type instanceof Type.Decimal decimal) {
      return decimal.fitsLong()
          ? new LongColumn(readLongs(rows, in), rows, nulls)
          : readBytesColumn(rows, nulls, in);
    }
    return switch ((Type.Scalar) type) {
      case STRING -> readBytesColumn(rows, nulls, in);
      case LONG, DATE, TIMESTAMP -> new LongColumn(readLongs(rows, in), rows, nulls);
      case DOUBLE -> {
        double[] values = new double[rows];
        ByteBuffer.wrap(readFully(Math.multiplyExact(8, rows), in)).asDoubleBuffer().get(values);
        yield new DoubleColumn(values, rows, nulls);
      }
      case BOOLEAN -> {
        byte[] bytes = readFully(rows, in);
        boolean[] values = new boolean[rows];
        for (int row = 0; row < rows; row++) {
          values[row] = bytes[row] != 0;
        }
        yield new BooleanColumn(values, rows, nulls);
      }
    };
  }

  private static BytesColumn readBytesColumn(int rows, long @Nullable [] nulls, DataInputStream in)
      throws IOException {
    int[] offsets = readInts(rows + 1, in);
    return new BytesColumn(offsets, readFully(offsets[rows], in), rows, nulls);
  }

  private static void writeLongs(long[] values, DataOutputStream out) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(Math.multiplyExact(8, values.length));
    buffer.asLongBuffer().put(values);
    out.write(buffer.array());
  }

  private static long[] readLongs(int count, DataInputStream in) throws IOException {
    long[] values = new long[count];
    ByteBuffer.wrap(readFully(Math.multiplyExact(8, count), in)).asLongBuffer().get(values);
    return values;
  }

  private static void writeInts(int[] values, DataOutputStream out) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(Math.multiplyExact(4, values.length));
    buffer.asIntBuffer().put(values);
    out.write(buffer.array());
  }

  private static int[] readInts(int count, DataInputStream in) throws IOException {
    int[] values = new int[count];
    ByteBuffer.wrap(readFully(Math.multiplyExact(4, count), in)).asIntBuffer().get(values);
    return values;
  }

  private static byte[] readFully(int count, DataInputStream in) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("a frame ends " + (count - bytes.length) + " bytes early");
    }
    return bytes;
  }
}
