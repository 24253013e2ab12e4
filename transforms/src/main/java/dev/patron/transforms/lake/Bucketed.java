package dev.patron.transforms.lake;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.KeyHashes;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a data file's name says of the keys of its rows, so that whoever looks for a few keys need
 * not open the others: {@code part-b3of8-UUID} has keys of bucket 3 of 8 alone, {@code part-UUID}
 * may have any. The number of buckets may differ from file to file.
 */
final class Bucketed {
  private static final Pattern NAME = Pattern.compile("part-b(\\d+)of(\\d+)-[^/]*$");
  private static final Pattern PREFIX =
      Pattern.compile("(part-(?:[a-z0-9]+-)?)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}[^/]*$");
  private static final int ANY = -1;

  private Bucketed() {}

  /** The bucket that all rows are in, or {@link #ANY}. */
  static int bucketOf(Frame rows, List<String> key, int buckets) {
    long[] hashes = rows.hash(key);
    int bucket = hashes.length == 0 ? ANY : Frame.bucket(hashes[0], buckets);
    for (long hash : hashes) {
      if (Frame.bucket(hash, buckets) != bucket) {
        return ANY;
      }
    }
    return bucket;
  }

  /** What such a file's name begins with. */
  static String prefix(int bucket, int buckets) {
    return bucket == ANY ? "part-" : "part-b" + bucket + "of" + buckets + "-";
  }

  /** What the name of a file that is to replace this one begins with: all before its UUID. */
  static String prefix(DataFile file) {
    Matcher name = PREFIX.matcher(file.path());
    return name.find() ? name.group(1) : "part-";
  }

  /**
   * Whether the file may have rows of these keys, by its name and by the bounds of its columns.
   *
   * @param key the columns that a key consists of
   */
  static boolean mayHold(DataFile file, KeyHashes keys, List<String> key) {
    if (keys.isEmpty()) {
      return false;
    }
    Matcher name = NAME.matcher(file.path());
    if (name.find()
        && !keys.touches(Integer.parseInt(name.group(1)), Integer.parseInt(name.group(2)))) {
      return false;
    }
    String number = KeyHashes.number(file.schema(), key);
    long[] bounds = number == null ? null : FileStatistics.bounds(file.statistics(), number);
    return bounds == null || keys.touchesNumbers(bounds[0], bounds[1]);
  }
}
