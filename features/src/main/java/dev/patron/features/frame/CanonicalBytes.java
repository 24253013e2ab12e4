package dev.patron.features.frame;

import java.util.Arrays;
import org.apache.commons.codec.digest.MurmurHash3;

/**
 * The canonical bytes of values: equal values give equal bytes on every machine, and no value's
 * bytes are a prefix of another's of the same type. Keys are grouped, ties are broken and digests
 * are taken by them.
 */
public final class CanonicalBytes {
  /** The constants of MurmurHash3 x64. */
  private static final long C1 = 0x87c37b91114253d5L;

  private static final long C2 = 0x4cf5ad432745937fL;
  private static final int MARKED_NUMBER = 1 + Long.BYTES;

  private byte[] bytes = new byte[64];
  private int length;

  /** Forgets what was written, keeping the room. */
  public CanonicalBytes clear() {
    length = 0;
    return this;
  }

  /** Appends one byte. */
  public CanonicalBytes putByte(int value) {
    reserve(1);
    bytes[length++] = (byte) value;
    return this;
  }

  /** Appends a signed 64-bit number so that unsigned byte order is numeric order. */
  public CanonicalBytes putLong(long value) {
    reserve(8);
    long flipped = value ^ Long.MIN_VALUE;
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes[length++] = (byte) (flipped >>> shift);
    }
    return this;
  }

  /** Appends the length of {@code source[from, to)} and then the bytes themselves. */
  public CanonicalBytes putBytes(byte[] source, int from, int to) {
    putLong(to - from);
    return putRaw(source, from, to);
  }

  /** Appends {@code source[from, to)} without its length. */
  public CanonicalBytes putRaw(byte[] source, int from, int to) {
    reserve(to - from);
    System.arraycopy(source, from, bytes, length, to - from);
    length += to - from;
    return this;
  }

  /** The number of bytes written. */
  public int length() {
    return length;
  }

  /** The array written into; only the first {@link #length()} bytes count. Not a copy. */
  public byte[] array() {
    return bytes;
  }

  /** A copy of the bytes written. */
  public byte[] toArray() {
    return Arrays.copyOf(bytes, length);
  }

  /** The first half of {@link #hash128()}. */
  public long hash64() {
    return hash128()[0];
  }

  /** A 128-bit MurmurHash3 (x64 variant) of the bytes written: two longs. */
  public long[] hash128() {
    return MurmurHash3.hash128x64(bytes, 0, length, 0);
  }

  /**
   * The {@link #hash64()} of the bytes of one number that is not null, as a column writes them: a
   * mark and eight bytes. Most keys are such, and this is all that is done for many of their rows.
   */
  static long hashOfNumber(long value) {
    long flipped = value ^ Long.MIN_VALUE;
    long low = 1 | Long.reverseBytes(flipped) << 8;
    long high = flipped & 0xff;
    long h1 = (Long.rotateLeft(low * C1, 31) * C2) ^ MARKED_NUMBER;
    long h2 = (Long.rotateLeft(high * C2, 33) * C1) ^ MARKED_NUMBER;
    h1 += h2;
    h2 += h1;
    return mix(h1) + mix(h2);
  }

  /** MurmurHash3's {@code fmix64}. */
  private static long mix(long hash) {
    long mixed = hash;
    mixed = (mixed ^ (mixed >>> 33)) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ (mixed >>> 33);
  }

  private void reserve(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}
