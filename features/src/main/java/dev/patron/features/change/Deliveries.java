package dev.patron.features.change;

import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import it.unimi.dsi.fastutil.ints.IntArrays;
import java.util.Arrays;

/**
 * When and where events were delivered. A time, a topic or an offset that is missing is earliest.
 */
final class Deliveries {
  private final LongColumn times;
  private final BytesColumn topics;
  private final LongColumn partitions;
  private final LongColumn offsets;

  Deliveries(Frame events) {
    times = events.longs(Events.DELIVERED_AT);
    topics = events.bytes(Events.TOPIC);
    partitions = events.longs(Events.PARTITION);
    offsets = events.longs(Events.OFFSET);
  }

  /** The earlier delivery first: by time, topic, partition and offset (SEMANTICS 3). */
  int compare(int a, int b) {
    int order = times.compare(a, times, b);
    if (order == 0) {
      order = comparePlaces(a, b);
    }
    return order != 0 ? order : offsets.compare(a, offsets, b);
  }

  private int comparePlaces(int a, int b) {
    int order = topics.compare(a, topics, b);
    return order != 0 ? order : partitions.compare(a, partitions, b);
  }

  private boolean hasPlace(int row) {
    return !partitions.isNull(row) && !offsets.isNull(row);
  }

  private long time(int row) {
    return times.isNull(row) ? Long.MIN_VALUE : times.get(row);
  }

  /**
   * Finds the first of a sequence of events that was delivered after a given one: of the same topic
   * and partition by offset, of another by time (SEMANTICS 4).
   *
   * <p>The sequence is taken apart by topic and partition, of which there are few; in each part the
   * running maxima of offsets and times only grow, so that a binary search finds the place even
   * where one key has a million events and thousands of snapshot rows.
   */
  final class Index {
    private int size;

    /** The sequence, as numbers from 0, part after part, in order within each part. */
    private int[] members = new int[16];

    /** An event of the part that this member belongs to. */
    private int[] rows = new int[16];

    private long[] greatestOffset = new long[16];
    private long[] greatestTime = new long[16];

    /** Where parts begin, and the end of the last one. */
    private int[] parts = new int[4];

    private int partCount;

    /** Makes this the index of {@code sequence[from, to)}. */
    void of(int[] sequence, int from, int to) {
      size = to - from;
      if (members.length < size) {
        members = new int[Math.max(size, 2 * members.length)];
        rows = new int[members.length];
        greatestOffset = new long[members.length];
        greatestTime = new long[members.length];
      }
      for (int i = 0; i < size; i++) {
        members[i] = i;
      }
      IntArrays.mergeSort(
          members, 0, size, (a, b) -> compareParts(sequence[from + a], sequence[from + b]));
      partCount = 0;
      for (int i = 0; i < size; i++) {
        int row = sequence[from + members[i]];
        rows[i] = row;
        greatestOffset[i] = offsets.isNull(row) ? Long.MIN_VALUE : offsets.get(row);
        greatestTime[i] = time(row);
        if (i == 0 || compareParts(rows[i - 1], row) != 0) {
          startPart(i);
        } else {
          greatestOffset[i] = Math.max(greatestOffset[i], greatestOffset[i - 1]);
          greatestTime[i] = Math.max(greatestTime[i], greatestTime[i - 1]);
        }
      }
      startPart(size);
      partCount--;
    }

    /** The number, in the sequence, of the first event delivered after this; its size if none. */
    int firstAfter(int row) {
      int first = size;
      for (int part = 0; part < partCount; part++) {
        int from = parts[part];
        int to = parts[part + 1];
        boolean samePlace =
            hasPlace(row) && hasPlace(rows[from]) && comparePlaces(row, rows[from]) == 0;
        int found =
            samePlace
                ? firstGreater(greatestOffset, from, to, offsets.get(row))
                : firstGreater(greatestTime, from, to, time(row));
        if (found < to) {
          first = Math.min(first, members[found]);
        }
      }
      return first;
    }

    /** Events whose place is not known are a part of their own. */
    private int compareParts(int a, int b) {
      int order = Boolean.compare(hasPlace(a), hasPlace(b));
      return order != 0 || !hasPlace(a) ? order : comparePlaces(a, b);
    }

    private void startPart(int at) {
      if (partCount == parts.length) {
        parts = Arrays.copyOf(parts, 2 * partCount);
      }
      parts[partCount++] = at;
    }

    private static int firstGreater(long[] growing, int from, int to, long than) {
      int low = from;
      int high = to;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (growing[middle] > than) {
          high = middle;
        } else {
          low = middle + 1;
        }
      }
      return low;
    }
  }
}
