package dev.patron.transforms.parquet;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.parquet.column.values.bitpacking.BytePacker;
import org.apache.parquet.column.values.bitpacking.Packer;
import org.apache.parquet.io.ParquetDecodingException;

/**
 * Small numbers, as levels and the numbers of a dictionary's values are: runs of one number and
 * groups of eight packed into bits, as Parquet's specification has them ("Encodings", "Run Length
 * Encoding / Bit-Packing Hybrid").
 */
final class Runs {
  private static final int GROUP = 8;

  private Runs() {}

  /**
   * Decodes numbers.
   *
   * @param bytes from the first run on; what is behind the last one is not looked at
   * @param width bits of a number
   * @param count how many numbers there are
   * @throws RuntimeException if there are fewer
   */
  static int[] decode(ByteBuffer bytes, int width, int count) {
    int[] numbers = new int[count];
    if (width == 0) {
      return numbers;
    }
    if (width < 0 || width > Integer.SIZE) {
      throw new ParquetDecodingException("numbers of " + width + " bits");
    }
    BytePacker packer = Packer.LITTLE_ENDIAN.newBytePacker(width);
    int at = 0;
    while (at < count) {
      int header = header(bytes);
      int length = header >>> 1;
      if ((header & 1) == 0) {
        int to = (int) Math.min(count, (long) at + length);
        Arrays.fill(numbers, at, to, number(bytes, width));
        at = to;
      } else {
        at = unpack(bytes, packer, width, length, numbers, at);
      }
    }
    return numbers;
  }

  /** The length of a run, and whether it is packed, seven bits to a byte. */
  private static int header(ByteBuffer bytes) {
    int header = 0;
    for (int shift = 0; shift < Integer.SIZE; shift += 7) {
      byte next = bytes.get();
      header |= (next & 0x7F) << shift;
      if (next >= 0) {
        return header;
      }
    }
    throw new ParquetDecodingException("a run's length has more than 32 bits");
  }

  private static int number(ByteBuffer bytes, int width) {
    int number = 0;
    for (int shift = 0; shift < width; shift += Byte.SIZE) {
      number |= (bytes.get() & 0xFF) << shift;
    }
    return number;
  }

  private static byte[] rest(ByteBuffer bytes) {
    byte[] rest = new byte[bytes.remaining()];
    bytes.duplicate().get(rest);
    return rest;
  }

  private static int unpack(
      ByteBuffer bytes, BytePacker packer, int width, int groups, int[] numbers, int from) {
    int at = from;
    for (int group = 0; group < groups && at < numbers.length; group++) {
      ByteBuffer packed = bytes;
      int position = bytes.position();
      int there = Math.min(width, bytes.remaining());
      if (there < width) {
        // Some writers leave out what no number of the last group needs.
        if (there * Byte.SIZE < (numbers.length - at) * width) {
          throw new ParquetDecodingException("a run ends before its numbers do");
        }
        packed = ByteBuffer.wrap(Arrays.copyOf(rest(bytes), width));
        position = 0;
      }
      bytes.position(bytes.position() + there);
      if (numbers.length - at >= GROUP) {
        packer.unpack8Values(packed, position, numbers, at);
        at += GROUP;
      } else {
        int[] last = new int[GROUP];
        packer.unpack8Values(packed, position, last, 0);
        System.arraycopy(last, 0, numbers, at, numbers.length - at);
        at = numbers.length;
      }
    }
    return at;
  }
}
