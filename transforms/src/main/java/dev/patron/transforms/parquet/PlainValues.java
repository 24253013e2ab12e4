package dev.patron.transforms.parquet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.io.api.Binary;

/**
 * Values as they are, one after another in one array: numbers little end first, texts behind their
 * length, binaries of fixed length without. See "Plain" in Parquet's documentation of its
 * encodings.
 */
final class PlainValues extends ValuesWriter {
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final boolean fixedLength;
  private byte[] bytes = new byte[1 << 12];
  private int size;

  /**
   * @param fixedLength whether binaries are all of one length, which the file's schema says
   */
  PlainValues(boolean fixedLength) {
    this.fixedLength = fixedLength;
  }

  private void reserve(int more) {
    if (bytes.length - size < more) {
      bytes =
          Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), Math.multiplyExact(size, 2)));
    }
  }

  @Override
  public void writeInteger(int value) {
    reserve(Integer.BYTES);
    INTS.set(bytes, size, value);
    size += Integer.BYTES;
  }

  @Override
  public void writeLong(long value) {
    reserve(Long.BYTES);
    LONGS.set(bytes, size, value);
    size += Long.BYTES;
  }

  @Override
  public void writeDouble(double value) {
    writeLong(Double.doubleToRawLongBits(value));
  }

  @Override
  public void writeBytes(Binary value) {
    write(value.getBytes(), 0, value.length());
  }

  /** Appends so many bytes of an array. */
  void write(byte[] array, int from, int length) {
    reserve(Math.addExact(Integer.BYTES, length));
    if (!fixedLength) {
      INTS.set(bytes, size, length);
      size += Integer.BYTES;
    }
    System.arraycopy(array, from, bytes, size, length);
    size += length;
  }

  @Override
  public long getBufferedSize() {
    return size;
  }

  @Override
  public long getAllocatedSize() {
    return bytes.length;
  }

  @Override
  public BytesInput getBytes() {
    return BytesInput.from(bytes, 0, size);
  }

  @Override
  public Encoding getEncoding() {
    return Encoding.PLAIN;
  }

  @Override
  public void reset() {
    size = 0;
  }

  @Override
  public String memUsageString(String prefix) {
    return "%s %d of %d bytes, plain".formatted(prefix, size, bytes.length);
  }
}
