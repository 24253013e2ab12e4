package dev.patron.features.frame;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Values of varying length, end to end in one array: text as UTF-8, and long decimals as the
 * sixteen bytes of {@link Decimals}. Unsigned byte order is the order of the values in both cases.
 */
public final class BytesColumn extends Column {
  private final int[] offsets;
  private final byte[] bytes;

  BytesColumn(int[] offsets, byte[] bytes, int size, long @Nullable [] nulls) {
    super(size, nulls);
    this.offsets = offsets;
    this.bytes = bytes;
  }

  /** Where this row's bytes begin in {@link #array()}. */
  public int from(int row) {
    return offsets[row];
  }

  /** Where this row's bytes end in {@link #array()}, exclusive. */
  public int to(int row) {
    return offsets[row + 1];
  }

  /** The number of bytes of this row's value; 0 where it is null. */
  public int length(int row) {
    return offsets[row + 1] - offsets[row];
  }

  /** The array that holds all values. Not a copy: never write to it. */
  public byte[] array() {
    return bytes;
  }

  /** This row's text; empty where it is null. */
  public String text(int row) {
    return new String(bytes, offsets[row], length(row), UTF_8);
  }

  /** A copy of this row's bytes; empty where it is null. */
  public byte[] copy(int row) {
    return Arrays.copyOfRange(bytes, offsets[row], offsets[row + 1]);
  }

  /** Whether this row is not null and its bytes are exactly these. */
  public boolean is(int row, byte[] wanted) {
    return !isNull(row)
        && Arrays.equals(bytes, offsets[row], offsets[row + 1], wanted, 0, wanted.length);
  }

  int[] offsets() {
    return offsets;
  }

  @Override
  BytesColumn take(int[] rows, long @Nullable [] takenNulls) {
    int[] takenOffsets = new int[rows.length + 1];
    long end = 0;
    for (int i = 0; i < rows.length; i++) {
      end += rows[i] < 0 ? 0 : length(rows[i]);
      takenOffsets[i + 1] = (int) end;
    }
    byte[] taken = new byte[checked(end)];
    int next;
    for (int i = 0; i < rows.length; i = next) {
      next = i + 1;
      if (rows[i] >= 0) {
        while (next < rows.length && rows[next] == rows[next - 1] + 1) {
          next++;
        }
        System.arraycopy(
            bytes, offsets[rows[i]], taken, takenOffsets[i], takenOffsets[next] - takenOffsets[i]);
      }
    }
    return new BytesColumn(takenOffsets, taken, rows.length, takenNulls);
  }

  private static final int MAX_BYTES = Integer.MAX_VALUE - 16;

  private static int checked(long bytes) {
    if (bytes > MAX_BYTES) {
      throw new IllegalStateException("a text column of one frame exceeds two gigabytes");
    }
    return (int) bytes;
  }

  /** The order of two rows' bytes, unsigned; a null is taken for an empty text. */
  public int compareBytes(int row, int other) {
    return Arrays.compareUnsigned(
        bytes, offsets[row], offsets[row + 1], bytes, offsets[other], offsets[other + 1]);
  }

  @Override
  int compareValues(int row, Column other, int otherRow) {
    BytesColumn that = (BytesColumn) other;
    return Arrays.compareUnsigned(
        bytes,
        offsets[row],
        offsets[row + 1],
        that.bytes,
        that.offsets[otherRow],
        that.offsets[otherRow + 1]);
  }

  @Override
  void canonicalValue(int row, CanonicalBytes canonical) {
    canonical.putBytes(bytes, offsets[row], offsets[row + 1]);
  }

  @Override
  long heapBytes() {
    return bytes.length + 4L * offsets.length + nullBytes();
  }

  /** Builds a {@link BytesColumn}. One column holds at most two gigabytes. */
  public static final class Builder extends ColumnBuilder {
    private int[] offsets;
    private byte[] bytes;
    private int size;

    Builder(int capacity) {
      this(capacity, 8);
    }

    private Builder(int capacity, int each) {
      offsets = new int[Math.max(1, capacity) + 1];
      bytes = new byte[Math.max(16, capacity * each)];
    }

    /** Appends text. */
    public void append(String text) {
      byte[] encoded = text.getBytes(UTF_8);
      append(encoded, 0, encoded.length);
    }

    /** Appends the bytes {@code source[from, to)}. */
    public void append(byte[] source, int from, int to) {
      int end = offsets[size];
      reserve(to - from);
      System.arraycopy(source, from, bytes, end, to - from);
      next(end + to - from);
    }

    /** Makes room for so many more bytes. */
    void reserve(long more) {
      int wanted = checked(offsets[size] + more);
      if (wanted > bytes.length) {
        bytes =
            Arrays.copyOf(bytes, (int) Math.min(Math.max(2L * bytes.length, wanted), MAX_BYTES));
      }
    }

    private void next(int end) {
      size++;
      if (size == offsets.length) {
        offsets = Arrays.copyOf(offsets, size * 2);
      }
      offsets[size] = end;
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public void appendNull() {
      nulls.set(size);
      next(offsets[size]);
    }

    @Override
    void appendValueFrom(Column source, int row) {
      BytesColumn that = (BytesColumn) source;
      append(that.bytes, that.offsets[row], that.offsets[row + 1]);
    }

    @Override
    void appendValuesFrom(Column source) {
      BytesColumn that = (BytesColumn) source;
      int begin = offsets[size];
      int length = that.offsets[that.size()];
      reserve(length);
      System.arraycopy(that.bytes, 0, bytes, begin, length);
      offsets = ListColumn.appended(offsets, size, that.offsets, that.size());
      size += that.size();
    }

    @Override
    Builder again() {
      Builder again = new Builder(size, 0);
      // A little more, since as much again is hardly ever exactly as much.
      again.reserve(Math.min(offsets[size] * 17L / 16, MAX_BYTES));
      return again;
    }

    @Override
    public BytesColumn build() {
      int end = offsets[size];
      return new BytesColumn(
          offsets.length == size + 1 ? offsets : Arrays.copyOf(offsets, size + 1),
          bytes.length == end ? bytes : Arrays.copyOf(bytes, end),
          size,
          nulls.build(size));
    }
  }
}
