package dev.patron.transforms.shuffle;

import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.jspecify.annotations.Nullable;

/**
 * The one shape in which records are shuffled: all rows of one key come together in one bucket, and
 * a kernel receives all frames of a bucket. Engines charge for every key that they group by (the
 * DirectRunner 15 to 20 milliseconds), so the key is the bucket's number, never the customer.
 *
 * <p>A bucket must fit in memory: choose as many buckets as keep it small. All rows of one key are
 * in one bucket, so a hot key bounds it from below.
 */
public final class ByKey
    extends PTransform<PCollection<Frame>, PCollection<KV<Integer, Iterable<Frame>>>> {
  /** What the pieces of all buckets may take of the heap before they are sent on, small or not. */
  private static final long MOST_WAITING_BYTES = 128L << 20;

  private final List<String> key;
  private final List<String> whereNull;
  private final int buckets;

  private ByKey(List<String> key, List<String> whereNull, int buckets) {
    this.key = List.copyOf(key);
    this.whereNull = List.copyOf(whereNull);
    this.buckets = buckets;
  }

  /** Brings together the rows that are equal in these columns. */
  public static Keyed of(List<String> key) {
    if (key.isEmpty()) {
      throw new IllegalArgumentException("a shuffle by key needs at least one key column");
    }
    return into(key, List.of());
  }

  /**
   * Brings together the rows that are equal in one column, and of those that have nothing there the
   * ones that are equal in another.
   */
  public static Keyed of(String column, String whereNull) {
    return into(List.of(column), List.of(whereNull));
  }

  private static Keyed into(List<String> key, List<String> whereNull) {
    return buckets -> {
      if (buckets < 1) {
        throw new IllegalArgumentException("buckets = " + buckets + "; at least 1 is needed");
      }
      return new ByKey(key, whereNull, buckets);
    };
  }

  /** A shuffle that still needs its number of buckets. */
  @FunctionalInterface
  public interface Keyed {
    /** Into this many buckets, at least 1. */
    ByKey into(int buckets);
  }

  @Override
  public PCollection<KV<Integer, Iterable<Frame>>> expand(PCollection<Frame> frames) {
    return frames
        .apply("Split frames into buckets", ParDo.of(new Split(key, whereNull, buckets)))
        .apply("Bring each bucket together", GroupByKey.create());
  }

  /** Splits frames and joins the pieces of a bundle, so that few large frames are shuffled. */
  static final class Split extends DoFn<Frame, KV<Integer, Frame>> {
    private final List<String> key;
    private final List<String> whereNull;
    private final int buckets;
    private transient Map<Integer, Pieces> pieces;
    private transient long waitingBytes;

    Split(List<String> key, int buckets) {
      this(key, List.of(), buckets);
    }

    Split(List<String> key, List<String> whereNull, int buckets) {
      this.key = key;
      this.whereNull = whereNull;
      this.buckets = buckets;
    }

    @StartBundle
    public void start() {
      pieces = new TreeMap<>();
      waitingBytes = 0;
    }

    @ProcessElement
    public void split(@Element Frame frame, OutputReceiver<KV<Integer, Frame>> out) {
      @Nullable Frame[] split = frame.split(hashes(frame), buckets);
      for (int bucket = 0; bucket < buckets; bucket++) {
        Frame part = split[bucket];
        if (part != null) {
          Pieces piece = pieces.computeIfAbsent(bucket, any -> new Pieces());
          waitingBytes += piece.add(part);
          if (piece.isLarge()) {
            out.output(KV.of(bucket, piece.join()));
            waitingBytes -= piece.bytes;
            pieces.remove(bucket);
          }
        }
      }
      if (waitingBytes > MOST_WAITING_BYTES) {
        pieces.forEach((bucket, piece) -> out.output(KV.of(bucket, piece.join())));
        start();
      }
    }

    private long[] hashes(Frame frame) {
      long[] hashes = frame.hash(key);
      Column first = frame.column(key.get(0));
      if (!whereNull.isEmpty() && first.hasNulls()) {
        long[] others = frame.hash(whereNull);
        for (int row = 0; row < hashes.length; row++) {
          hashes[row] = first.isNull(row) ? others[row] : hashes[row];
        }
      }
      return hashes;
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      pieces.forEach(
          (bucket, piece) ->
              context.output(
                  KV.of(bucket, piece.join()),
                  BoundedWindow.TIMESTAMP_MIN_VALUE,
                  GlobalWindow.INSTANCE));
    }
  }

  /** Small frames of one bucket that wait to become one. */
  private static final class Pieces {
    private final List<Frame> frames = new ArrayList<>();
    private long rows;
    private long bytes;

    /** Adds a frame and gives the bytes of heap that it takes. */
    long add(Frame frame) {
      long more = frame.heapBytes();
      frames.add(frame);
      rows += frame.rows();
      bytes += more;
      return more;
    }

    boolean isLarge() {
      return rows >= Frame.TARGET_ROWS || bytes >= Frame.TARGET_BYTES / 4;
    }

    Frame join() {
      return Frame.concat(frames.get(0).schema(), frames);
    }
  }
}
