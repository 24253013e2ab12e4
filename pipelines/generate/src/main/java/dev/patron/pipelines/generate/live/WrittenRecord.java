package dev.patron.pipelines.generate.live;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Takes a line apart that the bookstore's change feed wrote, whole or cut off. */
final class WrittenRecord {
  /** As the generator writes it: always these fields in this order, without blanks. */
  private static final Pattern RECORD =
      Pattern.compile(
          "\\{\"topic\":\"([^\"]+)\",\"partition\":(\\d+),\"offset\":\\d+,\"timestamp\":(-?\\d+),"
              + "\"key\":(null|\\{[^}]*\\}),\"value\":(.*)",
          Pattern.DOTALL);

  private WrittenRecord() {}

  /**
   * The record of a line.
   *
   * @param lastMillis when the record before it arrived
   */
  static FeedRecord read(String table, String line, long lastMillis) {
    Matcher record = RECORD.matcher(line);
    if (!record.matches()) {
      // Cut off within the key or before: all that is left is its text.
      return new FeedRecord(
          table, "bookstore.public." + table, 0, lastMillis, null, line.getBytes(UTF_8));
    }
    String value = record.group(5);
    boolean whole = line.endsWith("}}") || line.endsWith(":null}");
    return new FeedRecord(
        table,
        record.group(1),
        Integer.parseInt(record.group(2)),
        Long.parseLong(record.group(3)),
        bytes(record.group(4)),
        bytes(whole ? value.substring(0, value.length() - 1) : value));
  }

  private static byte @Nullable [] bytes(String json) {
    return json.equals("null") ? null : json.getBytes(UTF_8);
  }
}
