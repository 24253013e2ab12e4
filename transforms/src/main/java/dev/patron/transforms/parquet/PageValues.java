package dev.patron.transforms.parquet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.parquet.column.Dictionary;
import org.apache.parquet.column.values.ValuesReader;
import org.apache.parquet.io.ParquetDecodingException;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/** The values of a page, one after the other; nulls have none. */
abstract class PageValues {
  /** No values. */
  static final PageValues NONE =
      new PageValues() {
        @Override
        void skip(int values) {
          if (values > 0) {
            throw new ParquetDecodingException("a page has fewer values than it says");
          }
        }
      };

  /** Where the bytes are that {@link #nextBytes} came to. */
  byte[] array = {};

  /** The first of these bytes. */
  int from;

  /** Behind the last of these bytes. */
  int to;

  private PageValues() {}

  abstract void skip(int values);

  boolean nextBoolean() {
    throw unexpected();
  }

  int nextInt() {
    throw unexpected();
  }

  long nextLong() {
    throw unexpected();
  }

  /** The next values, as many as there is room for from one place on to another. */
  void nextLongs(long[] room, int from, int to) {
    for (int i = from; i < to; i++) {
      room[i] = nextLong();
    }
  }

  float nextFloat() {
    throw unexpected();
  }

  double nextDouble() {
    throw unexpected();
  }

  /** The next values, as many as there is room for from one place on to another. */
  void nextDoubles(double[] room, int from, int to) {
    for (int i = from; i < to; i++) {
      room[i] = nextDouble();
    }
  }

  /** Comes to the bytes of the next value, which are there until the one after. */
  void nextBytes() {
    throw unexpected();
  }

  private RuntimeException unexpected() {
    return new ParquetDecodingException("a page has values of another type than its column");
  }

  /** Whether a type has {@link #plain} values that are not packed into bits. */
  static boolean isPlain(PrimitiveType type) {
    return type.getPrimitiveTypeName() != PrimitiveTypeName.BOOLEAN;
  }

  /** Values of a type that {@link #isPlain}, as they are. */
  static PageValues plain(PrimitiveType type, ByteBuffer bytes) {
    return switch (type.getPrimitiveTypeName()) {
      case INT32, FLOAT -> new Fixed(bytes, Integer.BYTES);
      case INT64, DOUBLE -> new Fixed(bytes, Long.BYTES);
      case INT96 -> new Fixed(bytes, 12);
      case FIXED_LEN_BYTE_ARRAY -> new Fixed(bytes, type.getTypeLength());
      case BINARY -> new Binaries(bytes);
      case BOOLEAN -> throw new IllegalArgumentException("booleans are packed");
    };
  }

  /** The values of a dictionary, ready to be taken by their number. */
  static Shared shared(PrimitiveType type, Dictionary dictionary) {
    return new Shared(dictionary, type.getPrimitiveTypeName());
  }

  /** A dictionary, which the pages of a row group share. */
  static final class Shared {
    private final Dictionary dictionary;
    private final long[] longs;
    private final byte[][] arrays;
    private final int[] from;
    private final int[] to;

    private Shared(Dictionary dictionary, PrimitiveTypeName type) {
      this.dictionary = dictionary;
      int all = dictionary.getMaxId() + 1;
      this.longs = new long[type == PrimitiveTypeName.INT64 ? all : 0];
      Arrays.setAll(longs, dictionary::decodeToLong);
      int size =
          switch (type) {
            case BINARY, FIXED_LEN_BYTE_ARRAY, INT96 -> all;
            case BOOLEAN, INT32, INT64, FLOAT, DOUBLE -> 0;
          };
      this.arrays = new byte[size][];
      this.from = new int[size];
      this.to = new int[size];
      for (int i = 0; i < size; i++) {
        ByteBuffer value = onHeap(dictionary.decodeToBinary(i).toByteBuffer());
        arrays[i] = value.array();
        from[i] = value.arrayOffset() + value.position();
        to[i] = from[i] + value.remaining();
      }
    }

    /** The values of a page, by their numbers in the dictionary. */
    PageValues values(Runs numbers) {
      return new Numbered(this, numbers);
    }
  }

  /** Values of any encoding, as Parquet's reader decodes them. */
  static PageValues decoded(ValuesReader reader) {
    return new Decoded(reader);
  }

  /** The same bytes in an array, least significant ones first. */
  static ByteBuffer onHeap(ByteBuffer bytes) {
    if (bytes.hasArray()) {
      return bytes.order(ByteOrder.LITTLE_ENDIAN);
    }
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static final class Fixed extends PageValues {
    private final ByteBuffer bytes;
    private final int length;

    Fixed(ByteBuffer bytes, int length) {
      this.bytes = onHeap(bytes);
      this.length = length;
      array = this.bytes.array();
    }

    @Override
    void skip(int values) {
      bytes.position(Math.addExact(bytes.position(), Math.multiplyExact(values, length)));
    }

    @Override
    int nextInt() {
      return bytes.getInt();
    }

    @Override
    long nextLong() {
      return bytes.getLong();
    }

    @Override
    void nextLongs(long[] room, int from, int to) {
      bytes.asLongBuffer().get(room, from, to - from);
      skip(to - from);
    }

    @Override
    float nextFloat() {
      return bytes.getFloat();
    }

    @Override
    double nextDouble() {
      return bytes.getDouble();
    }

    @Override
    void nextDoubles(double[] room, int from, int to) {
      bytes.asDoubleBuffer().get(room, from, to - from);
      skip(to - from);
    }

    @Override
    void nextBytes() {
      from = bytes.arrayOffset() + bytes.position();
      to = from + length;
      skip(1);
    }
  }

  /** Each with its length before it. */
  private static final class Binaries extends PageValues {
    private final int end;
    private int next;

    Binaries(ByteBuffer bytes) {
      ByteBuffer here = onHeap(bytes);
      array = here.array();
      next = here.arrayOffset() + here.position();
      end = next + here.remaining();
    }

    @Override
    void skip(int values) {
      for (int i = 0; i < values; i++) {
        nextBytes();
      }
    }

    @Override
    void nextBytes() {
      if (end - next < Integer.BYTES) {
        throw new ParquetDecodingException("a page has fewer values than it says");
      }
      int length =
          (array[next] & 0xFF)
              | (array[next + 1] & 0xFF) << 8
              | (array[next + 2] & 0xFF) << 16
              | array[next + 3] << 24;
      from = next + Integer.BYTES;
      if (length < 0 || length > end - from) {
        throw new ParquetDecodingException(
            "a value of %d bytes where %d are left".formatted(length, end - from));
      }
      to = from + length;
      next = to;
    }
  }

  private static final class Numbered extends PageValues {
    private static final int WINDOW = 512;

    private final Shared shared;
    private final Runs runs;
    private final int[] window;
    private int filled;

    /** The next number's place in the window, or how far behind it. */
    private int at;

    Numbered(Shared shared, Runs runs) {
      this.shared = shared;
      this.runs = runs;
      this.window = new int[Math.max(Runs.GROUP, Math.min(WINDOW, runs.left()))];
    }

    @Override
    void skip(int values) {
      at = Math.addExact(at, values);
    }

    private int number() {
      fill();
      return window[at++];
    }

    /** Sees to it that the next number is in the window. */
    private void fill() {
      if (at >= filled) {
        at = runs.skip(at - filled);
        filled = runs.next(window);
        if (at >= filled) {
          throw new ParquetDecodingException("a page has fewer values than it says");
        }
      }
    }

    @Override
    int nextInt() {
      return shared.dictionary.decodeToInt(number());
    }

    @Override
    long nextLong() {
      return shared.longs[number()];
    }

    @Override
    void nextLongs(long[] room, int from, int to) {
      long[] longs = shared.longs;
      int next = from;
      while (next < to) {
        fill();
        int more = Math.min(to - next, filled - at);
        for (int i = 0; i < more; i++) {
          room[next + i] = longs[window[at + i]];
        }
        at += more;
        next += more;
      }
    }

    @Override
    float nextFloat() {
      return shared.dictionary.decodeToFloat(number());
    }

    @Override
    double nextDouble() {
      return shared.dictionary.decodeToDouble(number());
    }

    @Override
    void nextBytes() {
      int number = number();
      array = shared.arrays[number];
      from = shared.from[number];
      to = shared.to[number];
    }
  }

  private static final class Decoded extends PageValues {
    private final ValuesReader reader;

    Decoded(ValuesReader reader) {
      this.reader = reader;
    }

    @Override
    void skip(int values) {
      reader.skip(values);
    }

    @Override
    boolean nextBoolean() {
      return reader.readBoolean();
    }

    @Override
    int nextInt() {
      return reader.readInteger();
    }

    @Override
    long nextLong() {
      return reader.readLong();
    }

    @Override
    float nextFloat() {
      return reader.readFloat();
    }

    @Override
    double nextDouble() {
      return reader.readDouble();
    }

    @Override
    void nextBytes() {
      Binary value = reader.readBytes();
      ByteBuffer bytes = value.toByteBuffer();
      if (bytes.hasArray()) {
        array = bytes.array();
        from = bytes.arrayOffset() + bytes.position();
        to = from + bytes.remaining();
      } else {
        array = value.getBytes();
        from = 0;
        to = array.length;
      }
    }
  }
}
