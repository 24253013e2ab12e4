package dev.patron.transforms.parquet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/**
 * Values as they are, one after another in one array: numbers little end first, booleans as bits,
 * texts behind their length, binaries of fixed length without. See "Plain" in Parquet's
 * documentation of its encodings.
 */
final class PlainValues extends LeafValues {
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final PrimitiveTypeName type;
  private byte[] bytes = new byte[1 << 12];
  private int size;
  private int bits;

  /**
   * @param type of the file's schema, which says how long a value is
   */
  PlainValues(PrimitiveTypeName type) {
    this.type = type;
  }

  private void reserve(int more) {
    if (bytes.length - size < more) {
      bytes =
          Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), Math.multiplyExact(size, 2)));
    }
  }

  @Override
  void numbers(long[] values, int from, int to) {
    reserve(Math.multiplyExact(to - from, Long.BYTES));
    switch (type) {
      case BOOLEAN -> {
        for (int i = from; i < to; i++) {
          bit((int) values[i]);
        }
      }
      case INT32 -> {
        for (int i = from; i < to; i++) {
          INTS.set(bytes, size, (int) values[i]);
          size += Integer.BYTES;
        }
      }
      default -> {
        for (int i = from; i < to; i++) {
          LONGS.set(bytes, size, values[i]);
          size += Long.BYTES;
        }
      }
    }
  }

  private void bit(int bit) {
    if (bits % Byte.SIZE == 0) {
      bytes[size++] = 0;
    }
    bytes[size - 1] |= (byte) (bit << (bits % Byte.SIZE));
    bits++;
  }

  @Override
  void bytes(byte[] array, int from, int length) {
    reserve(Math.addExact(Integer.BYTES, length));
    if (type == PrimitiveTypeName.BINARY) {
      INTS.set(bytes, size, length);
      size += Integer.BYTES;
    }
    System.arraycopy(array, from, bytes, size, length);
    size += length;
  }

  /** The eight bytes from there on, little end first. */
  static long number(byte[] array, int from) {
    return (long) LONGS.get(array, from);
  }

  /** Appends what other values have here. */
  void copy(PlainValues others, int from, int to) {
    reserve(to - from);
    System.arraycopy(others.bytes, from, bytes, size, to - from);
    size += to - from;
  }

  /** Whether what is here ends with these bytes. */
  boolean endsWith(int to, byte[] array, int from, int length) {
    return Arrays.equals(bytes, to - length, to, array, from, from + length);
  }

  @Override
  long size() {
    return size;
  }

  @Override
  BytesInput page() {
    return first(size);
  }

  /** The first so many bytes. */
  BytesInput first(int count) {
    return BytesInput.from(bytes, 0, count);
  }

  @Override
  Encoding encoding() {
    return Encoding.PLAIN;
  }

  @Override
  void reset() {
    size = 0;
    bits = 0;
  }

  @Override
  @Nullable DictionaryPage dictionary() {
    return null;
  }
}
