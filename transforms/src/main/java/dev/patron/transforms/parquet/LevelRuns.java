package dev.patron.transforms.parquet;

import java.io.IOException;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;

/**
 * Levels of a page's entries, as Parquet's hybrid of runs and packed bits behind its length. In
 * most pages all levels are equal, which is one run and needs no look at any entry.
 */
final class LevelRuns {
  private final int max;
  private final RunLengthBitPackingHybridEncoder encoder;
  private int level;
  private int times;
  private boolean varied;

  /**
   * @param max the highest level; if it is 0, nothing is written
   * @param encoder of as many bits as {@code max} takes
   */
  LevelRuns(int max, RunLengthBitPackingHybridEncoder encoder) {
    this.max = max;
    this.encoder = encoder;
  }

  /** Appends a level so many times. */
  void add(int next, int more) throws IOException {
    if (next != level) {
      encode();
      level = next;
    }
    times += more;
  }

  private void encode() throws IOException {
    for (int i = 0; i < times; i++) {
      encoder.writeInt(level);
    }
    varied |= times > 0;
    times = 0;
  }

  /** About how many bytes the levels take so far. */
  long bufferedSize() {
    return max == 0 || !varied ? 0 : encoder.getBufferedSize();
  }

  /** All levels since the last {@link #reset}. */
  BytesInput bytes() throws IOException {
    if (max == 0) {
      return BytesInput.empty();
    }
    BytesInput runs;
    if (varied) {
      encode();
      runs = encoder.toBytes();
    } else {
      runs =
          BytesInput.concat(
              BytesInput.fromUnsignedVarInt(times << 1),
              BytesInput.from(new byte[] {(byte) level}));
    }
    return BytesInput.concat(BytesInput.fromInt(Math.toIntExact(runs.size())), runs);
  }

  /** Begins a page. */
  void reset() {
    encoder.reset();
    times = 0;
    varied = false;
  }

  void close() {
    encoder.close();
  }
}
