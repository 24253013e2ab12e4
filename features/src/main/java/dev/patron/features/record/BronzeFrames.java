package dev.patron.features.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.TableDefinition.Format.Kind;
import dev.patron.features.tables.Tables;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sorts records into the bronze frames of the tables that share a source, as they came: nothing is
 * dropped, nothing is read that need not be. A file that holds Kafka records and Kafka itself give
 * equal rows.
 *
 * <p>What belongs to none of the tables (heartbeats, transaction markers, tables that the dataset
 * does not have, what is no record at all) goes to the first of them, whose decoder ignores or
 * refuses it.
 *
 * <p>Frames are handed on as they fill; {@link #flush} hands on the rest.
 */
public final class BronzeFrames {
  private static final String NOT_UTF8 = "not UTF-8";

  /** Takes frames of {@link Tables#BRONZE}. */
  @FunctionalInterface
  public interface Sink {
    /**
     * One frame.
     *
     * @param table the position of the table among those that share the source
     */
    void frame(int table, Frame frame);
  }

  private final List<TableDefinition> tables;
  private final Kind kind;
  private final Sink sink;
  private final @Nullable DebeziumRouter router;
  private final WrappedRecord wrapped = new WrappedRecord();
  private final FrameBuilder[] builders;
  private final long[] sizes;

  // The last file's or topic's name, and its bytes.
  private String name = "";
  private byte[] nameBytes = new byte[0];

  /**
   * For these tables, which share a source.
   *
   * @throws IllegalArgumentException if there is none, or if several share a source whose records
   *     do not say where they belong
   */
  public BronzeFrames(List<TableDefinition> tables, Sink sink) {
    if (tables.isEmpty()) {
      throw new IllegalArgumentException("a source needs a table");
    }
    this.tables = List.copyOf(tables);
    this.kind = tables.get(0).format().kind();
    for (TableDefinition table : tables.subList(1, tables.size())) {
      if (kind != Kind.DEBEZIUM || table.format().kind() != kind) {
        throw new IllegalArgumentException(
            "tables '%s' and '%s' read the same files: only Debezium records say which table they"
                    .formatted(tables.get(0).name(), table.name())
                + " belong to");
      }
    }
    this.sink = sink;
    this.router = tables.size() > 1 ? new DebeziumRouter(tables) : null;
    this.builders = new FrameBuilder[tables.size()];
    this.sizes = new long[tables.size()];
    Arrays.setAll(builders, table -> new FrameBuilder(Tables.BRONZE));
  }

  /** How the records of this source are written. */
  public Kind kind() {
    return kind;
  }

  /**
   * Adds a record of a text file.
   *
   * @param file the file
   * @param line the record's first line, from 1
   * @param bytes the array that holds the record at {@code [from, to)}, without its line end
   * @param header the CSV header that it stands under, or null
   * @param fault why it cannot be read as it is, see {@link Reason#fault}; null if it can
   */
  public void line(
      String file,
      long line,
      byte[] bytes,
      int from,
      int to,
      byte @Nullable [] header,
      @Nullable String fault) {
    String problem = fault;
    boolean valid = Utf8.isValid(bytes, from, to);
    if (!valid && problem == null) {
      problem = Reason.MALFORMED.fault(NOT_UTF8);
    }
    if (problem == null && kind == Kind.DEBEZIUM && wrapped.read(bytes, from, to)) {
      int table = route(wrapped.topic(), bytes, wrapped.valueFrom(), wrapped.valueTo());
      append(
          Math.max(table, 0),
          wrapped.topic(),
          wrapped.partition(),
          wrapped.offset(),
          wrapped.timestampMillis(),
          bytes,
          wrapped.keyFrom(),
          wrapped.keyTo(),
          bytes,
          wrapped.valueFrom(),
          wrapped.valueTo(),
          file,
          wrapped.headersFrom() < 0
              ? null
              : Arrays.copyOfRange(bytes, wrapped.headersFrom(), wrapped.headersTo()),
          unclear(table));
      return;
    }
    int table = problem == null ? route(null, bytes, from, to) : 0;
    byte[] text = valid ? bytes : Utf8.escape(bytes, from, to);
    append(
        Math.max(table, 0),
        file,
        0,
        line,
        DebeziumReader.ABSENT,
        text,
        -1,
        -1,
        text,
        valid ? from : 0,
        valid ? to : text.length,
        file,
        header,
        problem == null ? unclear(table) : problem);
  }

  /**
   * Adds a record of Kafka.
   *
   * @param timestampMillis the record's timestamp, milliseconds since the epoch; negative for none
   * @param key the record's key, or null; where only its value says what happened, the key may be
   *     anything
   * @param value the record's value; null for a tombstone
   * @param headers the record's headers as JSON, or null if it has none
   */
  public void kafka(
      String topic,
      long partition,
      long offset,
      long timestampMillis,
      byte @Nullable [] key,
      byte @Nullable [] value,
      byte @Nullable [] headers) {
    byte[] keyText = utf8(key);
    byte[] valueText = utf8(value);
    int table =
        route(
            topic,
            valueText,
            valueText == null ? -1 : 0,
            valueText == null ? -1 : valueText.length);
    byte[] none = new byte[0];
    append(
        Math.max(table, 0),
        topic,
        partition,
        offset,
        timestampMillis < 0 ? DebeziumReader.ABSENT : timestampMillis,
        keyText == null ? none : keyText,
        keyText == null ? -1 : 0,
        keyText == null ? -1 : keyText.length,
        valueText == null ? none : valueText,
        valueText == null ? -1 : 0,
        valueText == null ? -1 : valueText.length,
        null,
        headers,
        valueText != value
            ? Reason.MALFORMED.fault(NOT_UTF8)
            : keyText != key && kind == Kind.DEBEZIUM
                ? Reason.MALFORMED.fault("its key is " + NOT_UTF8)
                : unclear(table));
  }

  /** The text itself, or another that says what it is where it is not UTF-8. */
  private static byte @Nullable [] utf8(byte @Nullable [] text) {
    return text == null || Utf8.isValid(text, 0, text.length)
        ? text
        : Utf8.escape(text, 0, text.length);
  }

  /**
   * Adds what tells that a file could not be read to its end. Such a row has no offset, and counts
   * as a record that is refused.
   *
   * @param detail what happened, in one line that names the file
   * @param rest what was read of the record that is cut off
   */
  public void loss(String file, String detail, byte[] rest) {
    byte[] text = Utf8.isValid(rest, 0, rest.length) ? rest : Utf8.escape(rest, 0, rest.length);
    append(
        0,
        file,
        0,
        DebeziumReader.ABSENT,
        DebeziumReader.ABSENT,
        text,
        -1,
        -1,
        text,
        text.length == 0 ? -1 : 0,
        text.length,
        file,
        null,
        Reason.MALFORMED.fault(detail));
  }

  private int route(@Nullable String topic, byte @Nullable [] value, int from, int to) {
    if (router == null) {
      return 0;
    }
    // A blank value says as little as none: where it belongs, only the topic tells.
    boolean none = from < 0 || isBlank(Objects.requireNonNull(value), from, to);
    return router.route(topic, none ? null : value, from, to);
  }

  private @Nullable String unclear(int table) {
    return table == DebeziumRouter.UNCLEAR
        ? Reason.MISSING_SOURCE.fault(
            "the record does not say which table it belongs to: "
                + String.join(" or ", tables.stream().map(TableDefinition::name).toList()))
        : null;
  }

  /** Whether text is nothing but blanks. */
  static boolean isBlank(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r' && bytes[i] != '\n') {
        return false;
      }
    }
    return true;
  }

  private void append(
      int table,
      String source,
      long partition,
      long offset,
      long timestampMillis,
      byte[] key,
      int keyFrom,
      int keyTo,
      byte[] value,
      int valueFrom,
      int valueTo,
      @Nullable String file,
      byte @Nullable [] header,
      @Nullable String fault) {
    int headerBytes = header == null ? 0 : header.length;
    long size = (long) (keyTo - keyFrom) + (valueTo - valueFrom) + headerBytes + 128;
    if (builders[table].rows() > 0 && sizes[table] + size > Frame.TARGET_BYTES) {
      flush(table);
    }
    FrameBuilder builder = builders[table];
    sizes[table] += size;
    int column = 0;
    name((BytesColumn.Builder) builder.column(column++), source);
    ((LongColumn.Builder) builder.column(column++)).append(partition);
    number((LongColumn.Builder) builder.column(column++), offset);
    number(
        (LongColumn.Builder) builder.column(column++),
        Math.abs(timestampMillis / 1_000) > Long.MAX_VALUE / 1_000_000
            ? DebeziumReader.ABSENT
            : timestampMillis * 1_000);
    text((BytesColumn.Builder) builder.column(column++), key, keyFrom, keyTo);
    text((BytesColumn.Builder) builder.column(column++), value, valueFrom, valueTo);
    BytesColumn.Builder files = (BytesColumn.Builder) builder.column(column++);
    if (file == null) {
      files.appendNull();
    } else {
      name(files, file);
    }
    BytesColumn.Builder headers = (BytesColumn.Builder) builder.column(column++);
    if (header == null) {
      headers.appendNull();
    } else {
      headers.append(header, 0, header.length);
    }
    BytesColumn.Builder faults = (BytesColumn.Builder) builder.column(column);
    if (fault == null) {
      faults.appendNull();
    } else {
      faults.append(fault);
    }
    if (builder.rows() >= Frame.TARGET_ROWS) {
      flush(table);
    }
  }

  private void name(BytesColumn.Builder column, String text) {
    if (!name.equals(text)) {
      name = text;
      nameBytes = text.getBytes(UTF_8);
    }
    column.append(nameBytes, 0, nameBytes.length);
  }

  private static void number(LongColumn.Builder column, long value) {
    if (value == DebeziumReader.ABSENT) {
      column.appendNull();
    } else {
      column.append(value);
    }
  }

  private static void text(BytesColumn.Builder column, byte[] bytes, int from, int to) {
    if (from < 0) {
      column.appendNull();
    } else {
      column.append(bytes, from, to);
    }
  }

  /** Hands on what has been gathered. */
  public void flush() {
    for (int table = 0; table < builders.length; table++) {
      if (builders[table].rows() > 0) {
        flush(table);
      }
    }
  }

  private void flush(int table) {
    Frame frame = builders[table].build();
    builders[table] = builders[table].again();
    sizes[table] = 0;
    sink.frame(table, frame);
  }
}
