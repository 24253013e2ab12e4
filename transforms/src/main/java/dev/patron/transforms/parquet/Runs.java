package dev.patron.transforms.parquet;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.parquet.io.ParquetDecodingException;

/**
 * Small numbers, as levels and the numbers of a dictionary's values are: runs of one number and
 * groups of eight packed into bits, as Parquet's specification has them ("Encodings", "Run Length
 * Encoding / Bit-Packing Hybrid"). They are decoded piece by piece, so that what is passed over
 * costs next to nothing.
 */
final class Runs {
  /** So many numbers are packed together. */
  static final int GROUP = 8;

  private final ByteBuffer bytes;
  private final int width;

  /** How many numbers are to come. */
  private int left;

  /** How many of them the current run has, and whether they are packed. */
  private int inRun;

  private boolean packed;

  /** The number of a run that is not packed. */
  private int repeated;

  /**
   * Numbers.
   *
   * @param bytes in an array, from the first run on; what is behind the last one is not looked at
   * @param width bits of a number
   * @param count how many numbers there are
   */
  Runs(ByteBuffer bytes, int width, int count) {
    if (width < 0 || width > Integer.SIZE) {
      throw new ParquetDecodingException("numbers of " + width + " bits");
    }
    this.bytes = bytes;
    this.width = width;
    this.left = count;
    if (width == 0) {
      inRun = count;
    }
  }

  /** How many numbers are to come. */
  int left() {
    return left;
  }

  /**
   * The number that all that are to come are known to be; -1 if they may differ.
   *
   * @throws RuntimeException if there are fewer
   */
  int only() {
    if (left > 0 && inRun == 0) {
      nextRun();
    }
    return !packed && inRun >= left ? repeated : -1;
  }

  /**
   * Passes over numbers, as far as no group is taken apart.
   *
   * @return how many of them are still to be passed over, less than {@link #GROUP}
   * @throws RuntimeException if there are fewer
   */
  int skip(int numbers) {
    int more = numbers;
    while (more > 0) {
      require();
      int here = Math.min(more, inRun);
      if (packed) {
        int groups = here / GROUP;
        if (groups == 0) {
          return more;
        }
        here = groups * GROUP;
        bytes.position(bytes.position() + groups * width);
      }
      inRun -= here;
      left -= Math.min(left, here);
      more -= here;
    }
    return 0;
  }

  /**
   * Decodes the next numbers, at most as many as there is room for.
   *
   * @param numbers where they go, from the first on; room for at least {@link #GROUP}
   * @return how many
   * @throws RuntimeException if there are fewer than was said
   */
  int next(int[] numbers) {
    int at = 0;
    while (left > 0 && at < numbers.length) {
      require();
      int here = Math.min(left, Math.min(inRun, numbers.length - at));
      if (!packed) {
        Arrays.fill(numbers, at, at + here, repeated);
        inRun -= here;
      } else if (here < GROUP && here < left) {
        return at;
      } else {
        here = unpack(numbers, at, here);
        inRun -= Math.min(inRun, (here + GROUP - 1) / GROUP * GROUP);
      }
      at += here;
      left -= here;
    }
    return at;
  }

  /**
   * All numbers that are to come.
   *
   * @throws RuntimeException if there are fewer than was said
   */
  int[] rest() {
    int[] numbers = new int[left];
    if (left > 0) {
      next(numbers);
    }
    return numbers;
  }

  private void require() {
    if (left == 0) {
      throw new ParquetDecodingException("a page has fewer values than it says");
    }
    if (inRun == 0) {
      nextRun();
    }
  }

  private void nextRun() {
    while (inRun == 0) {
      int header = header();
      int length = header >>> 1;
      packed = (header & 1) == 1;
      if (packed) {
        inRun = Math.multiplyExact(length, GROUP);
      } else {
        inRun = length;
        repeated = number();
      }
    }
  }

  /** The length of a run, and whether it is packed, seven bits to a byte. */
  private int header() {
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

  private int number() {
    int number = 0;
    for (int shift = 0; shift < width; shift += Byte.SIZE) {
      number |= (bytes.get() & 0xFF) << shift;
    }
    return number;
  }

  /** Unpacks whole groups, the last of all numbers as far as it is needed. */
  private int unpack(int[] numbers, int from, int wanted) {
    int count = wanted < GROUP ? wanted : wanted / GROUP * GROUP;
    // Some writers leave out what no number of the last group needs.
    int there = (int) Math.min((count + GROUP - 1L) / GROUP * width, bytes.remaining());
    if ((long) there * Byte.SIZE < (long) count * width) {
      throw new ParquetDecodingException("a run ends before its numbers do");
    }
    byte[] array = bytes.array();
    int next = bytes.arrayOffset() + bytes.position();
    long mask = (1L << width) - 1;
    long bits = 0;
    int held = 0;
    for (int i = from; i < from + count; i++) {
      while (held < width) {
        bits |= (array[next++] & 0xFFL) << held;
        held += Byte.SIZE;
      }
      numbers[i] = (int) (bits & mask);
      bits >>>= width;
      held -= width;
    }
    bytes.position(bytes.position() + there);
    return count;
  }
}
