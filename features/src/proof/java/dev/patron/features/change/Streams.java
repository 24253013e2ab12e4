package dev.patron.features.change;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Streams of change events, by seed. */
final class Streams {
  private Streams() {}

  /** What is peculiar about a stream. */
  enum Profile {
    /** Inserts, updates, deletes, inserts again, transactions of several changes. */
    PLAIN,
    /** Positions above 2^53, where doubles have gaps. */
    HUGE_POSITIONS,
    /** Positions that gain a digit on the way, where text sorts 100 before 99. */
    ROLLOVER,
    /** The database's clock steps back between transactions. */
    CLOCK_BACK,
    /** The table is truncated now and then. */
    TRUNCATES,
    /** Snapshots, with transactions in flight that commit after them at lower positions. */
    SNAPSHOTS,
    /** Deliveries again, with another payload. */
    DUPLICATES,
    /** Keys change; large values that did not change are placeholders. */
    KEY_CHANGES,
    /** All of it. */
    EVERYTHING;

    boolean is(Profile one) {
      return this == one || this == EVERYTHING;
    }
  }

  /** A small random choice for every field: most of it could never happen in a database. */
  static List<Event> nonsense(Random random, boolean flat) {
    List<Event> events = new ArrayList<>();
    int size = 1 + random.nextInt(14);
    int keys = 1 + random.nextInt(3);
    int positions = 1 + random.nextInt(8);
    String ops = flat ? "cud" : random.nextBoolean() ? "cud" : "ccuddrrt";
    for (int i = 0; i < size; i++) {
      char op = ops.charAt(random.nextInt(ops.length()));
      boolean hasPlace = !flat && random.nextInt(8) > 0;
      Event event =
          new Event(
              op == 't' ? null : "k" + random.nextInt(keys),
              op,
              random.nextInt(positions),
              (long) random.nextInt(6),
              flat || random.nextInt(10) == 0 ? null : (long) random.nextInt(6),
              hasPlace ? (long) random.nextInt(2) : null,
              hasPlace && random.nextInt(12) > 0 ? (long) random.nextInt(8) : null,
              random.nextInt(5) == 0 ? null : "title " + random.nextInt(2),
              random.nextInt(5) == 0 ? null : (long) random.nextInt(2) - 1,
              random.nextInt(5) == 0 ? null : "note " + random.nextInt(2),
              List.of());
      if (!flat && op != 't' && op != 'd' && random.nextInt(4) == 0) {
        event = random.nextBoolean() ? event.without("note") : event.without("title", "note");
      }
      if (flat) {
        // When a flat row took effect is one of its columns: equal rows have equal times.
        event =
            event.at(
                (long) Math.floorMod(Arrays.asList(event.title(), event.note()).hashCode(), 6));
      }
      // Deliveries of one event from one place at one time are one delivery.
      List<?> delivery = delivery(event);
      boolean known = events.stream().anyMatch(other -> delivery(other).equals(delivery));
      if (flat || !known) {
        events.add(event);
      }
    }
    return events;
  }

  private static List<@Nullable Long> delivery(Event event) {
    return Arrays.asList(event.deliveredAt(), event.partition(), event.offset());
  }

  /** What a database did, what its connector delivered, and what is left. */
  static final class Bookshop {
    private final Random random;
    private final Profile profile;
    private final Map<String, Event> rows = new TreeMap<>();
    private final List<Event> deliveries = new ArrayList<>();
    private long position;
    private long clock = 1_000;
    private long connectorClock = 5_000;
    private long offset;

    /** Lives through some transactions. */
    Bookshop(Random random, Profile profile, int transactions) {
      this.random = random;
      this.profile = profile;
      this.position =
          profile.is(Profile.HUGE_POSITIONS)
              ? (1L << 53) + random.nextInt(10)
              : profile == Profile.ROLLOVER ? 95 : 1;
      for (int i = 0; i < transactions; i++) {
        tick();
        if (profile.is(Profile.TRUNCATES) && random.nextInt(8) == 0) {
          rows.clear();
          deliver(Event.truncate(nextPosition()).at(clock));
        } else if (profile.is(Profile.SNAPSHOTS) && random.nextInt(6) == 0) {
          snapshot();
        } else {
          transaction(nextPosition());
        }
      }
    }

    /** The deliveries, in the order of the connector. */
    List<Event> deliveries() {
      return deliveries;
    }

    /** The rows that the database holds at the end: id, title, price, note. */
    List<List<@Nullable Object>> rows() {
      List<List<@Nullable Object>> list = new ArrayList<>();
      rows.forEach(
          (id, row) -> {
            List<@Nullable Object> values = new ArrayList<>();
            Collections.addAll(values, id, row.title(), row.price(), row.note());
            list.add(values);
          });
      return list;
    }

    private void tick() {
      clock += random.nextInt(4);
      if (profile.is(Profile.CLOCK_BACK) && random.nextInt(5) == 0) {
        clock -= 20;
      }
    }

    private long nextPosition() {
      position += 1 + random.nextInt(3);
      return position;
    }

    private void snapshot() {
      long inFlight = nextPosition();
      long at = nextPosition();
      long taken = clock;
      for (Event row : rows.values()) {
        deliver(
            new Event(
                row.id(),
                'r',
                at,
                taken,
                null,
                null,
                null,
                row.title(),
                row.price(),
                row.note(),
                List.of()));
      }
      if (random.nextBoolean()) {
        tick();
        long later = position;
        transaction(inFlight);
        position = Math.max(position, later);
      }
    }

    /** Up to three changes that take effect together; those in flight may share one position. */
    private void transaction(long first) {
      long at = first;
      int changes = 1 + random.nextInt(3);
      for (int i = 0; i < changes; i++) {
        change("k" + random.nextInt(4), at);
        if (first < position) {
          return;
        }
        at = nextPosition();
      }
    }

    private void change(String id, long at) {
      Event row = rows.get(id);
      if (row == null) {
        put(event(id, 'c', at).noted("note " + random.nextInt(100)));
        return;
      }
      int choice = random.nextInt(6);
      if (choice == 0) {
        rows.remove(id);
        deliver(Event.delete(id, at).at(clock));
      } else if (choice <= 2 && profile.is(Profile.KEY_CHANGES)) {
        String other = "k" + random.nextInt(6);
        if (!rows.containsKey(other)) {
          rows.remove(id);
          deliver(Event.delete(id, at).at(clock));
          Event moved = event(other, 'c', at).noted(row.note());
          rows.put(other, moved);
          deliver(moved.without("note"));
        }
      } else if (choice <= 4 && profile.is(Profile.KEY_CHANGES)) {
        Event updated = event(id, 'u', at).noted(row.note());
        rows.put(id, updated);
        deliver(updated.without("note"));
      } else {
        put(event(id, 'u', at).noted("note " + random.nextInt(100)));
      }
    }

    private Event event(String id, char op, long at) {
      return Event.any(op, id, at, "title " + random.nextInt(3))
          .at(clock)
          .priced(random.nextInt(4) == 0 ? null : (long) random.nextInt(3));
    }

    private void put(Event event) {
      rows.put(Objects.requireNonNull(event.id()), event);
      deliver(event);
    }

    private void deliver(Event event) {
      connectorClock += 1 + random.nextInt(3);
      deliveries.add(event.delivered(connectorClock, 0L, offset++));
      if (profile.is(Profile.DUPLICATES) && random.nextInt(3) == 0) {
        connectorClock++;
        deliveries.add(event.titled("decoded anew").delivered(connectorClock, 0L, offset++));
      }
    }
  }
}
