package dev.patron.features.record;

import dev.patron.features.change.Events;
import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.TableDefinition.Change;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Change rows without an envelope: what their own columns say about the change (SEMANTICS 8). */
final class FlatChanges {
  private final Change change;
  private final Set<String> delete;
  private final Set<String> truncate;
  private final @Nullable String time;
  private final TimeText times;

  /**
   * The change rows of a table.
   *
   * @param columns the columns that are read of each row
   * @throws IllegalArgumentException if they lack one that orders the changes, or it cannot
   */
  FlatChanges(TableDefinition table, Change change, Schema columns, TimeText times) {
    this.change = change;
    this.times = times;
    this.delete = Set.copyOf(change.delete());
    this.truncate = Set.copyOf(change.truncate());
    if (change.sequence().isEmpty()) {
      throw new IllegalArgumentException(
          "table '" + table.name() + "': change.sequence names no column");
    }
    String first = null;
    for (String name : change.sequence()) {
      if (!columns.has(name)) {
        throw new IllegalArgumentException(
            "table '%s': change.sequence names column '%s', which is not among %s"
                .formatted(table.name(), name, columns.names()));
      }
      Type type = columns.type(name);
      if (type == Type.BOOLEAN || type instanceof Type.ListOf || type instanceof Type.RowOf) {
        throw new IllegalArgumentException(
            "table '%s': change.sequence column '%s' is %s, which has no order in time"
                .formatted(table.name(), name, type));
      }
      if (first == null && isTime(type)) {
        first = name;
      }
    }
    String own = change.time();
    if (own != null && !isTime(columns.type(own))) {
      throw new IllegalArgumentException(
          "table '%s': change.time column '%s' is %s, no timestamp or date"
              .formatted(table.name(), own, columns.type(own)));
    }
    this.time = own == null ? first : own;
  }

  private static boolean isTime(Type type) {
    return type == Type.TIMESTAMP || type == Type.DATE;
  }

  /** The columns that a row must be read with, beside its table's own, with their types. */
  static Schema hidden(Change change, Schema table) {
    Schema hidden = Schema.of();
    String operation = change.operation();
    if (operation != null && !table.has(operation)) {
      hidden = hidden.with(operation, Type.STRING);
    }
    String time = change.time();
    if (time != null && !table.has(time) && !time.equals(operation)) {
      hidden = hidden.with(time, Type.TIMESTAMP);
    }
    return hidden;
  }

  /** Whether a row deletes its key. */
  boolean isDelete(Frame rows, int row) {
    return says(delete, rows, row);
  }

  /** Whether a row removes every row there is; its key, if any, means nothing. */
  boolean isTruncate(Frame rows, int row) {
    return says(truncate, rows, row);
  }

  private boolean says(Set<String> words, Frame rows, int row) {
    String operation = change.operation();
    Object value = operation == null || words.isEmpty() ? null : rows.value(row, operation);
    return value != null && words.contains(value.toString());
  }

  /** The name of the first sequence column that is null, or null. */
  @Nullable String missingPosition(Frame rows, int row) {
    for (String name : change.sequence()) {
      if (rows.column(name).isNull(row)) {
        return name;
      }
    }
    return null;
  }

  /** The name of the time column if it is null, or null. */
  @Nullable String missingTime(Frame rows, int row) {
    return time != null && rows.column(time).isNull(row) ? time : null;
  }

  /** Appends {@link Events#COLUMNS} up to the instant for a row that lacks nothing. */
  void append(Frame rows, int row, FrameBuilder events, Position position) {
    position.clear();
    List<String> parts = new ArrayList<>(change.sequence().size());
    for (String name : change.sequence()) {
      add(rows.schema().type(name), rows.column(name), row, position);
      Object value = Objects.requireNonNull(rows.value(row, name));
      parts.add(value instanceof BigDecimal decimal ? decimal.toPlainString() : value.toString());
    }
    events.bytes(Events.OP).append(isTruncate(rows, row) ? "t" : isDelete(rows, row) ? "d" : "u");
    events.bytes(Events.POSITION).append(position.array(), 0, position.length());
    events.bytes(Events.SEQUENCE).append(String.join(", ", parts));
    if (time == null) {
      events.longs(Events.INSTANT).appendNull();
    } else {
      long value = rows.longs(time).get(row);
      events
          .longs(Events.INSTANT)
          .append(rows.schema().type(time) == Type.DATE ? times.startOf(value) : value);
    }
  }

  private static void add(Type type, Column column, int row, Position position) {
    if (type instanceof Type.Decimal) {
      position.add((BigDecimal) Objects.requireNonNull(Values.get(type, column, row)));
    } else if (column instanceof LongColumn longs) {
      position.add(longs.get(row));
    } else if (column instanceof DoubleColumn doubles) {
      position.add(doubles.get(row));
    } else {
      BytesColumn text = (BytesColumn) column;
      position.add(text.array(), text.from(row), text.to(row));
    }
  }
}
