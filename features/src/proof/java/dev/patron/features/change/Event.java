package dev.patron.features.change;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One change event of a small table of books, as a plain object. Times are in microseconds. */
record Event(
    @Nullable String id,
    char op,
    long position,
    @Nullable Long instant,
    @Nullable Long deliveredAt,
    @Nullable Long partition,
    @Nullable Long offset,
    @Nullable String title,
    @Nullable Long price,
    @Nullable String note,
    List<String> unavailable) {

  static final Schema ROW =
      Schema.of()
          .with("id", Type.STRING)
          .with("title", Type.STRING)
          .with("price", Type.LONG)
          .with("note", Type.STRING);

  static final ChangeSpec BOOKS =
      new ChangeSpec("books", ROW, List.of("id"), List.of("title", "price"), false);

  static final ChangeSpec FLAT_BOOKS =
      new ChangeSpec("books", ROW, List.of("id"), List.of("title", "price"), true);

  static final ChangeSpec IGNORING_NULLS =
      new ChangeSpec("books", ROW, List.of("id"), List.of("title", "price"), false, true);

  static final ChangeSpec FLAT_IGNORING_NULLS =
      new ChangeSpec("books", ROW, List.of("id"), List.of("title", "price"), true, true);

  /** An event delivered at its position, in time with it: nothing strange about it. */
  static Event any(char op, @Nullable String id, long position, @Nullable String title) {
    return new Event(
        id, op, position, position, position, 0L, position, title, null, null, List.of());
  }

  static Event insert(String id, long position, @Nullable String title) {
    return any('c', id, position, title);
  }

  static Event update(String id, long position, @Nullable String title) {
    return any('u', id, position, title);
  }

  static Event delete(String id, long position) {
    return any('d', id, position, null);
  }

  static Event truncate(long position) {
    return any('t', null, position, null);
  }

  static Event snapshot(String id, long position, @Nullable String title) {
    return any('r', id, position, title);
  }

  /** Delivered at this time, which is also the offset. */
  Event delivered(long time) {
    return delivered(time, 0L, time);
  }

  Event delivered(@Nullable Long time, @Nullable Long partition, @Nullable Long offset) {
    return new Event(
        id, op, position, instant, time, partition, offset, title, price, note, unavailable);
  }

  Event at(@Nullable Long instant) {
    return new Event(
        id, op, position, instant, deliveredAt, partition, offset, title, price, note, unavailable);
  }

  Event priced(@Nullable Long price) {
    return new Event(
        id, op, position, instant, deliveredAt, partition, offset, title, price, note, unavailable);
  }

  Event noted(@Nullable String note) {
    return new Event(
        id, op, position, instant, deliveredAt, partition, offset, title, price, note, unavailable);
  }

  Event titled(@Nullable String title) {
    return new Event(
        id, op, position, instant, deliveredAt, partition, offset, title, price, note, unavailable);
  }

  /** With placeholders for these columns. */
  Event without(String... columns) {
    return new Event(
        id,
        op,
        position,
        instant,
        deliveredAt,
        partition,
        offset,
        Arrays.asList(columns).contains("title") ? null : title,
        Arrays.asList(columns).contains("price") ? null : price,
        Arrays.asList(columns).contains("note") ? null : note,
        List.of(columns));
  }

  boolean isTruncate() {
    return op == 't';
  }

  static Frame frame(List<Event> events) {
    FrameBuilder builder = new FrameBuilder(Events.schema(ROW));
    for (Event event : events) {
      List<@Nullable Object> row = new ArrayList<>();
      row.add(event.id);
      row.add(event.title);
      row.add(event.price);
      row.add(event.note);
      row.add(String.valueOf(event.op));
      row.add("%019d".formatted(event.position));
      row.add(Long.toString(event.position));
      row.add(time(event.instant));
      row.add(time(event.deliveredAt));
      row.add(event.partition == null ? null : "books");
      row.add(event.partition);
      row.add(event.offset);
      row.add(event.unavailable.isEmpty() ? null : event.unavailable);
      builder.appendRow(row);
    }
    return builder.build();
  }

  /** Folds these events, truncates included. */
  static Folded fold(ChangeSpec spec, List<Event> events) {
    return new ChangeFold(spec)
        .fold(
            frame(events.stream().filter(event -> !event.isTruncate()).toList()),
            frame(events.stream().filter(Event::isTruncate).toList()));
  }

  static java.time.@Nullable Instant time(@Nullable Long micros) {
    return micros == null ? null : Values.instant(micros);
  }
}
