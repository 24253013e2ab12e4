package dev.patron.features.frame;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Frames as bytes: the schema as text, then the arrays as they are, little end first. Equal frames
 * give equal bytes, whatever they were built from. The format is for travel between steps of one
 * run, not for storage.
 */
public final class FrameCodec {
  private FrameCodec() {}

  /**
   * The bytes of a frame.
   *
   * @throws ArithmeticException for a frame of more than 2 GiB
   */
  public static byte[] encode(Frame frame) {
    byte[] schema = new Type.RowOf(frame.schema()).toString().getBytes(UTF_8);
    long length = 2L * Integer.BYTES + schema.length;
    for (int i = 0; i < frame.schema().size(); i++) {
      length += length(frame.column(i));
    }
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(length)).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(schema.length).put(schema).putInt(frame.rows());
    for (int i = 0; i < frame.schema().size(); i++) {
      put(frame.column(i), bytes);
    }
    return bytes.array();
  }

  /**
   * The frame that {@link #encode} made the bytes of, from the buffer's position on.
   *
   * @throws EOFException if the bytes end early
   */
  public static Frame decode(ByteBuffer bytes) throws EOFException {
    ByteBuffer in = bytes.order(ByteOrder.LITTLE_ENDIAN);
    try {
      byte[] text = bytes(in.getInt(), in);
      Schema schema =
          text.length == "row<>".length()
              ? Schema.of()
              : ((Type.RowOf) Type.parse(new String(text, UTF_8))).schema();
      int rows = in.getInt();
      Column[] columns = new Column[schema.size()];
      for (int i = 0; i < columns.length; i++) {
        columns[i] = column(schema.field(i).type(), rows, in);
      }
      return Frame.of(schema, columns);
    } catch (BufferUnderflowException e) {
      throw new EOFException("a frame ends early");
    }
  }

  /** Writes the length of a frame's bytes and the bytes. */
  public static void write(Frame frame, DataOutputStream out) throws IOException {
    byte[] bytes = encode(frame);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws EOFException if the bytes end early
   */
  public static Frame read(DataInputStream in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return decode(ByteBuffer.wrap(bytes));
  }

  // ------------------------------------------------------------------------------------- columns

  private static final byte NO_NULLS = 0;
  private static final byte SOME_NULLS = 1;

  /** Columns of nulls alone are common where few rows have anything to say; nothing follows. */
  private static final byte ONLY_NULLS = 2;

  private static byte kind(Column column) {
    return !column.hasNulls()
        ? NO_NULLS
        : Nulls.areAll(column.nulls(), column.size()) ? ONLY_NULLS : SOME_NULLS;
  }

  private static long length(Column column) {
    if (kind(column) == ONLY_NULLS) {
      return 1;
    }
    long[] nulls = column.nulls();
    long length = 1 + (nulls == null ? 0 : 8L * nulls.length);
    if (column instanceof LongColumn longs) {
      length += 8L * longs.values().length;
    } else if (column instanceof DoubleColumn doubles) {
      length += 8L * doubles.size();
    } else if (column instanceof BooleanColumn booleans) {
      length += booleans.size();
    } else if (column instanceof BytesColumn bytes) {
      length += 4L * bytes.offsets().length + bytes.offsets()[bytes.size()];
    } else if (column instanceof ListColumn lists) {
      length += 4L * lists.offsets().length + length(lists.elements());
    } else if (column instanceof RowColumn rows) {
      for (int i = 0; i < rows.width(); i++) {
        length += length(rows.field(i));
      }
    }
    return length;
  }

  private static void put(Column column, ByteBuffer out) {
    byte kind = kind(column);
    out.put(kind);
    if (kind == ONLY_NULLS) {
      return;
    }
    long @Nullable [] nulls = column.nulls();
    if (nulls != null) {
      putLongs(nulls, out);
    }
    if (column instanceof LongColumn longs) {
      putLongs(longs.values(), out);
    } else if (column instanceof DoubleColumn doubles) {
      out.asDoubleBuffer().put(doubles.values(), 0, doubles.size());
      out.position(out.position() + Double.BYTES * doubles.size());
    } else if (column instanceof BooleanColumn booleans) {
      for (int row = 0; row < booleans.size(); row++) {
        out.put((byte) (booleans.get(row) ? 1 : 0));
      }
    } else if (column instanceof BytesColumn bytes) {
      putInts(bytes.offsets(), out);
      out.put(bytes.array(), 0, bytes.offsets()[bytes.size()]);
    } else if (column instanceof ListColumn lists) {
      putInts(lists.offsets(), out);
      put(lists.elements(), out);
    } else if (column instanceof RowColumn rows) {
      for (int i = 0; i < rows.width(); i++) {
        put(rows.field(i), out);
      }
    }
  }

  private static Column column(Type type, int rows, ByteBuffer in) {
    byte kind = in.get();
    if (kind == ONLY_NULLS) {
      return ColumnBuilder.nulls(type, rows);
    }
    long @Nullable [] nulls = kind == NO_NULLS ? null : longs((rows + 63) >> 6, in);
    if (type instanceof Type.ListOf list) {
      int[] offsets = ints(rows + 1, in);
      return new ListColumn(offsets, column(list.element(), offsets[rows], in), rows, nulls);
    }
    if (type instanceof Type.RowOf nested) {
      Column[] fields = new Column[nested.schema().size()];
      for (int i = 0; i < fields.length; i++) {
        fields[i] = column(nested.schema().field(i).type(), rows, in);
      }
      return new RowColumn(fields, rows, nulls);
    }
    if (type instanceof Type.Decimal decimal) {
      return decimal.fitsLong()
          ? new LongColumn(longs(rows, in), rows, nulls)
          : bytesColumn(rows, nulls, in);
    }
    return switch ((Type.Scalar) type) {
      case STRING -> bytesColumn(rows, nulls, in);
      case LONG, DATE, TIMESTAMP -> new LongColumn(longs(rows, in), rows, nulls);
      case DOUBLE -> {
        double[] values = new double[held(rows, Double.BYTES, in)];
        in.asDoubleBuffer().get(values);
        in.position(in.position() + Double.BYTES * rows);
        yield new DoubleColumn(values, rows, nulls);
      }
      case BOOLEAN -> {
        boolean[] values = new boolean[held(rows, 1, in)];
        for (int row = 0; row < rows; row++) {
          values[row] = in.get() != 0;
        }
        yield new BooleanColumn(values, rows, nulls);
      }
    };
  }

  private static BytesColumn bytesColumn(int rows, long @Nullable [] nulls, ByteBuffer in) {
    int[] offsets = ints(rows + 1, in);
    return new BytesColumn(offsets, bytes(offsets[rows], in), rows, nulls);
  }

  private static void putLongs(long[] values, ByteBuffer out) {
    out.asLongBuffer().put(values);
    out.position(out.position() + Long.BYTES * values.length);
  }

  private static long[] longs(int count, ByteBuffer in) {
    long[] values = new long[held(count, Long.BYTES, in)];
    in.asLongBuffer().get(values);
    in.position(in.position() + Long.BYTES * count);
    return values;
  }

  private static void putInts(int[] values, ByteBuffer out) {
    out.asIntBuffer().put(values);
    out.position(out.position() + Integer.BYTES * values.length);
  }

  private static int[] ints(int count, ByteBuffer in) {
    int[] values = new int[held(count, Integer.BYTES, in)];
    in.asIntBuffer().get(values);
    in.position(in.position() + Integer.BYTES * count);
    return values;
  }

  private static byte[] bytes(int count, ByteBuffer in) {
    byte[] values = new byte[held(count, 1, in)];
    in.get(values);
    return values;
  }

  /** The count, if the buffer has so many values: what is cut short must not ask for memory. */
  private static int held(int count, int width, ByteBuffer in) {
    if ((long) count * width > in.remaining()) {
      throw new BufferUnderflowException();
    }
    return count;
  }
}
