package dev.patron.features.frame;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * A digest of a set of rows that does not depend on their order or on how they are cut into frames:
 * the sum, modulo 2^128, of the first half of each row's SHA-256. Repeated rows count.
 *
 * <p>Partial digests are {@link #add}ed. Equal tables have equal digests; different ones differ but
 * for a chance of 2^-128, as long as nobody constructs rows to that end.
 */
public final class FrameDigest {
  private long high;
  private long low;
  private long rows;

  /** Adds the values of all rows in these columns, named in the order that counts. */
  public void add(Frame frame, List<String> columns) {
    int[] positions = frame.positions(columns);
    CanonicalBytes bytes = new CanonicalBytes();
    MessageDigest sha256 = sha256();
    for (int row = 0; row < frame.rows(); row++) {
      frame.canonical(row, positions, bytes.clear());
      sha256.update(bytes.array(), 0, bytes.length());
      ByteBuffer digest = ByteBuffer.wrap(sha256.digest());
      plus(digest.getLong(), digest.getLong());
    }
    rows += frame.rows();
  }

  /** Adds another digest to this one. */
  public void add(FrameDigest other) {
    plus(other.high, other.low);
    rows += other.rows;
  }

  private void plus(long otherHigh, long otherLow) {
    long sum = low + otherLow;
    boolean carry = Long.compareUnsigned(sum, low) < 0;
    low = sum;
    high += otherHigh + (carry ? 1 : 0);
  }

  /** The number of rows added. */
  public long rows() {
    return rows;
  }

  /** The digest as 32 hexadecimal digits. */
  public String hex() {
    return HexFormat.of().formatHex(bytes());
  }

  /** The digest as a number from 0 to 2^128 - 1. */
  public BigInteger value() {
    return new BigInteger(1, bytes());
  }

  private byte[] bytes() {
    return ByteBuffer.allocate(16).putLong(high).putLong(low).array();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
