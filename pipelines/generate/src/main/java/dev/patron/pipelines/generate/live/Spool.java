package dev.patron.pipelines.generate.live;

import static java.nio.charset.StandardCharsets.UTF_8;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** The records of a table in a temporary file, each to be found by its number. */
final class Spool implements Closeable {
  private final Path path;
  private final RandomAccessFile file;
  private final LongArrayList ends;

  private Spool(Path path, LongArrayList ends) throws IOException {
    this.path = path;
    this.file = new RandomAccessFile(path.toFile(), "r");
    this.ends = ends;
  }

  /** All records of a feed: changes with their place in their topic, rows as they are. */
  static Spool of(BookstoreFeed feed) throws IOException {
    Path path = Files.createTempFile("patron-pages-", ".jsonl");
    path.toFile().deleteOnExit();
    LongArrayList ends = new LongArrayList();
    long end = 0;
    long[][] offsets = new long[2][BookstoreFeed.PARTITIONS];
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(path))) {
      for (FeedRecord record = feed.next(); record != null; record = feed.next()) {
        byte[] line = line(record, offsets);
        out.write(line);
        end += line.length;
        ends.add(end);
      }
    }
    return new Spool(path, ends);
  }

  private static byte[] line(FeedRecord record, long[][] offsets) {
    if (record.topic().equals(BookstoreFeed.ORDERS_TOPIC) && record.value() != null) {
      return record.value();
    }
    boolean heartbeat = record.topic().startsWith("__");
    long offset = offsets[heartbeat ? 1 : 0][record.partition()]++;
    byte[] value = record.value();
    String text = value == null ? "null" : new String(value, UTF_8);
    // What is broken would break its page; as a text it is still refused.
    String safe = text.endsWith("}") || text.equals("null") ? text : quoted(text);
    byte[] key = record.key();
    return "{\"topic\":\"%s\",\"partition\":%d,\"offset\":%d,\"timestamp\":%d,\"key\":%s,\"value\":%s}"
        .formatted(
            record.topic(),
            record.partition(),
            offset,
            record.timestampMillis(),
            key == null ? "null" : new String(key, UTF_8),
            safe)
        .getBytes(UTF_8);
  }

  private static String quoted(String text) {
    return '"'
        + new String(
            com.fasterxml.jackson.core.io.JsonStringEncoder.getInstance().quoteAsUTF8(text), UTF_8)
        + '"';
  }

  int size() {
    return ends.size();
  }

  /** A record, by number from 0. */
  byte[] get(long number) throws IOException {
    int i = Math.toIntExact(number);
    long from = i == 0 ? 0 : ends.getLong(i - 1);
    ByteBuffer record = ByteBuffer.allocate(Math.toIntExact(ends.getLong(i) - from));
    while (record.hasRemaining()) {
      if (file.getChannel().read(record, from + record.position()) < 0) {
        throw new IOException(path + " was cut off while it was served");
      }
    }
    return record.array();
  }

  @Override
  public void close() throws IOException {
    file.close();
    Files.deleteIfExists(path);
  }
}
