package dev.patron.features.change;

import dev.patron.features.frame.CanonicalBytes;
import dev.patron.features.frame.Frame;
import java.util.Arrays;

/**
 * The order of rows by the canonical bytes of their values: the last resort where nothing else
 * decides.
 */
final class Contents {
  private final Frame frame;
  private final int[] columns;
  private final CanonicalBytes left = new CanonicalBytes();
  private final CanonicalBytes right = new CanonicalBytes();

  Contents(Frame frame, int[] columns) {
    this.frame = frame;
    this.columns = columns;
  }

  /** Unsigned order of the bytes; 0 only for equal rows. */
  int compare(int a, int b) {
    frame.canonical(a, columns, left.clear());
    frame.canonical(b, columns, right.clear());
    return Arrays.compareUnsigned(left.array(), 0, left.length(), right.array(), 0, right.length());
  }
}
