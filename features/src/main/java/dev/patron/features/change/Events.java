package dev.patron.features.change;

import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;

/**
 * The columns of a frame of change events: the table's own columns hold the image after the event,
 * and these, behind them, what is needed to order events and to apply them.
 */
public final class Events {
  private Events() {}

  /** {@code c}, {@code u}, {@code d}, {@code r} or {@code t} (SEMANTICS 1). */
  public static final String OP = "_op";

  /**
   * The position in the source's log (SEMANTICS 2), written so that the order of the text's UTF-8
   * bytes is the order of the positions. Never null.
   */
  public static final String POSITION = "_position";

  /** The position as a person writes it; what {@code _sequence} shows. */
  public static final String SEQUENCE = "_sequence";

  /** When the change was committed; null where a flat change row has no time. */
  public static final String INSTANT = "_instant";

  /** When the connector delivered the event (the outer {@code ts_us}); null for flat rows. */
  public static final String DELIVERED_AT = "_delivered_at";

  /** The topic that delivered the event; null where a file does not say. */
  public static final String TOPIC = "_topic";

  /** The partition that delivered the event; null where a file does not say. */
  public static final String PARTITION = "_partition";

  /** The offset within the partition; null where a file does not say. */
  public static final String OFFSET = "_offset";

  /** The names of the columns that hold the placeholder for "unchanged"; null for none. */
  public static final String UNAVAILABLE = "_unavailable";

  /** The event columns, without the table's own. */
  public static final Schema COLUMNS =
      Schema.of()
          .with(OP, Type.STRING)
          .with(POSITION, Type.STRING)
          .with(SEQUENCE, Type.STRING)
          .with(INSTANT, Type.TIMESTAMP)
          .with(DELIVERED_AT, Type.TIMESTAMP)
          .with(TOPIC, Type.STRING)
          .with(PARTITION, Type.LONG)
          .with(OFFSET, Type.LONG)
          .with(UNAVAILABLE, new Type.ListOf(Type.STRING));

  /**
   * Whether the event was folded by an earlier run, whose account it is in; null: it was not. Not
   * one of {@link #COLUMNS}: what is decoded is always new.
   */
  public static final String KNOWN = "_known";

  /** The schema of the events of a table with these columns. */
  public static Schema schema(Schema table) {
    return table.and(COLUMNS);
  }

  /** The truncates among these events; each is an event of every key of its table. */
  public static Frame truncates(Frame events) {
    BytesColumn ops = events.bytes(OP);
    return events.filter(row -> ops.is(row, TRUNCATE));
  }

  /** The deletes among these events. */
  public static Frame deletes(Frame events) {
    BytesColumn ops = events.bytes(OP);
    return events.filter(row -> ops.is(row, DELETE));
  }

  /** The events of single keys: all but the truncates. */
  public static Frame ofKeys(Frame events) {
    BytesColumn ops = events.bytes(OP);
    return events.filter(row -> !ops.is(row, TRUNCATE));
  }

  private static final byte[] TRUNCATE = {'t'};
  private static final byte[] DELETE = {'d'};
}
