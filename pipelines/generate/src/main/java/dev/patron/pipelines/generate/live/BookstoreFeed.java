package dev.patron.pipelines.generate.live;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The records of a bookstore's files in one stream, as they arrived in the shop: the oldest of what
 * comes next in each table. Within a table the order of the files stays, late records included, and
 * with it the offset that each record has in its partition.
 */
final class BookstoreFeed implements Closeable {
  /** How many partitions each topic has. */
  static final int PARTITIONS = 3;

  static final String ORDERS_TOPIC = "bookstore.orders";

  private final PriorityQueue<TableFeed> tables =
      new PriorityQueue<>(
          (left, right) -> Long.compare(left.head.timestampMillis(), right.head.timestampMillis()));

  private BookstoreFeed() {}

  /** The feed of the bookstore in this folder: of all tables, or of one. */
  static BookstoreFeed open(Path folder, @Nullable String only) throws IOException {
    BookstoreFeed feed = new BookstoreFeed();
    for (String table : List.of("books", "customers")) {
      if (only == null || only.equals(table)) {
        feed.add(new Changes(table, files(folder.resolve("debezium").resolve(table))));
      }
    }
    if (only == null || only.equals("orders")) {
      feed.add(new OrderRows(files(folder.resolve("orders"))));
    }
    return feed;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> !file.getFileName().toString().startsWith(".")).sorted().toList();
    }
  }

  private void add(TableFeed table) throws IOException {
    if (table.advance()) {
      tables.add(table);
    } else {
      table.close();
    }
  }

  /** The next record; null at the end. */
  @Nullable FeedRecord next() throws IOException {
    TableFeed table = tables.poll();
    if (table == null) {
      return null;
    }
    FeedRecord record = table.head;
    add(table);
    return record;
  }

  @Override
  public void close() throws IOException {
    for (TableFeed table : tables) {
      table.close();
    }
  }

  /** The records of one table. */
  private abstract static class TableFeed implements Closeable {
    private static final FeedRecord NONE = new FeedRecord("", "", 0, 0, null, null);

    private FeedRecord head = NONE;

    abstract @Nullable FeedRecord read() throws IOException;

    private boolean advance() throws IOException {
      FeedRecord next = read();
      if (next == null) {
        return false;
      }
      head = next;
      return true;
    }
  }

  /** Lines {@code {topic, partition, offset, timestamp, key, value}}. */
  private static final class Changes extends TableFeed {
    private final String table;
    private final ArrayDeque<Path> files;
    private @Nullable BufferedReader lines;
    private long lastMillis;

    Changes(String table, List<Path> files) {
      this.table = table;
      this.files = new ArrayDeque<>(files);
    }

    @Override
    @Nullable FeedRecord read() throws IOException {
      while (true) {
        BufferedReader open = lines;
        String line = open == null ? null : open.readLine();
        if (line != null) {
          FeedRecord record = WrittenRecord.read(table, line, lastMillis);
          lastMillis = record.timestampMillis();
          return record;
        }
        close();
        Path file = files.poll();
        if (file == null) {
          return null;
        }
        lines =
            new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), UTF_8));
      }
    }

    @Override
    public void close() throws IOException {
      if (lines != null) {
        lines.close();
        lines = null;
      }
    }
  }

  /** The orders of Parquet files as JSON. */
  private static final class OrderRows extends TableFeed {
    private final ArrayDeque<Path> files;
    private @Nullable OrderReader rows;

    OrderRows(List<Path> files) {
      this.files = new ArrayDeque<>(new ArrayList<>(files));
    }

    @Override
    @Nullable FeedRecord read() throws IOException {
      while (true) {
        FeedRecord record = rows == null ? null : rows.read();
        if (record != null) {
          return record;
        }
        close();
        Path file = files.poll();
        if (file == null) {
          return null;
        }
        rows = new OrderReader(file);
      }
    }

    @Override
    public void close() throws IOException {
      if (rows != null) {
        rows.close();
        rows = null;
      }
    }
  }
}
