package dev.patron.features.change;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.patron.features.accounts.Account;
import dev.patron.features.accounts.Account.Count;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What current table and history must be, by lists and loops that follow SEMANTICS sentence by
 * sentence: slow, and easy to check by eye. Shares nothing with the fold.
 */
final class Oracle {
  private final boolean flat;
  private final boolean ignoreNullUpdates;
  private final List<Event> distinct;
  private final Account account = new Account();
  private final Map<String, List<Event>> orders = new HashMap<>();

  Oracle(ChangeSpec spec, List<Event> deliveries) {
    this.flat = spec.flat();
    this.ignoreNullUpdates = spec.ignoreNullUpdates();
    this.distinct = distinct(deliveries);
    for (String key : keys()) {
      orders.put(key, order(key));
    }
    for (String key : keys()) {
      count(key);
    }
  }

  Account account() {
    return account;
  }

  private Set<String> keys() {
    Set<String> keys = new TreeSet<>();
    for (Event event : distinct) {
      if (event.id() != null) {
        keys.add(event.id());
      }
    }
    return keys;
  }

  // 3: one event is the same key, position and op, for r also the instant. 8: flat rows.
  private List<Event> distinct(List<Event> deliveries) {
    Map<List<@Nullable Object>, List<Event>> byIdentity = new HashMap<>();
    for (Event event : deliveries) {
      char op = flat && event.op() == 'c' ? 'u' : event.op();
      byIdentity
          .computeIfAbsent(
              Arrays.asList(event.id(), event.position(), op, op == 'r' ? event.instant() : null),
              identity -> new ArrayList<>())
          .add(event);
    }
    List<Event> distinct = new ArrayList<>();
    for (List<Event> same : byIdentity.values()) {
      Event winner = same.get(0);
      for (Event event : same) {
        boolean wins =
            flat ? CONTENT.compare(event, winner) > 0 : DELIVERY.compare(event, winner) < 0;
        winner = wins ? event : winner;
      }
      distinct.add(winner);
      if (winner.isTruncate()) {
        continue;
      }
      long contents = same.stream().map(Oracle::image).distinct().count();
      long conflicts = flat ? contents - 1 : 0;
      account.count(Count.CONFLICT, conflicts);
      account.count(Count.STALE, conflicts);
      account.count(Count.DUPLICATE, same.size() - 1 - conflicts);
    }
    return distinct;
  }

  private static final Comparator<Event> DELIVERY =
      Comparator.comparing(Event::deliveredAt, nullsFirst())
          .thenComparing(Event::partition, nullsFirst())
          .thenComparing(Event::offset, nullsFirst());

  /** Canonical bytes: null first; text by length, then bytes; numbers by value. */
  private static final Comparator<Event> CONTENT =
      Comparator.comparing(Event::id, text())
          .thenComparing(Event::title, text())
          .thenComparing(Event::price, nullsFirst())
          .thenComparing(Event::note, text());

  private static Comparator<@Nullable Long> nullsFirst() {
    return Comparator.nullsFirst(Comparator.<Long>naturalOrder());
  }

  private static Comparator<@Nullable String> text() {
    return Comparator.nullsFirst(
        Comparator.<String>comparingInt(value -> value.getBytes(UTF_8).length)
            .thenComparing((a, b) -> Arrays.compareUnsigned(a.getBytes(UTF_8), b.getBytes(UTF_8))));
  }

  private static List<@Nullable Object> image(Event event) {
    return Arrays.asList(event.id(), event.title(), event.price(), event.note());
  }

  // 4: log events by position; a snapshot row immediately before the first one newer than it.
  private List<Event> order(String key) {
    List<Event> log =
        distinct.stream()
            .filter(event -> event.op() != 'r')
            .filter(event -> event.isTruncate() || key.equals(event.id()))
            .sorted(
                Comparator.comparingLong(Event::position)
                    .thenComparingInt(event -> "tdcu".indexOf(event.op())))
            .toList();
    List<Event> snapshots =
        distinct.stream()
            .filter(event -> event.op() == 'r' && key.equals(event.id()))
            .sorted(
                Comparator.comparingLong(Event::position)
                    .thenComparing(Event::instant, nullsFirst()))
            .toList();
    List<Event> order = new ArrayList<>();
    List<Event> placed = new ArrayList<>();
    for (Event event : log) {
      for (Event snapshot : snapshots) {
        if (!placed.contains(snapshot) && isNewer(event, snapshot)) {
          order.add(snapshot);
          placed.add(snapshot);
        }
      }
      order.add(event);
    }
    for (Event snapshot : snapshots) {
      if (!placed.contains(snapshot)) {
        order.add(snapshot);
      }
    }
    return order;
  }

  private static boolean isNewer(Event event, Event snapshot) {
    if (event.position() >= snapshot.position()) {
      return true;
    }
    boolean samePlace =
        event.partition() != null
            && event.partition().equals(snapshot.partition())
            && event.offset() != null
            && snapshot.offset() != null;
    Long ofEvent = samePlace ? event.offset() : event.deliveredAt();
    Long ofSnapshot = samePlace ? snapshot.offset() : snapshot.deliveredAt();
    return Oracle.nullsFirst().compare(ofEvent, ofSnapshot) > 0;
  }

  // 6: the state after an event, placeholders replaced.
  private @Nullable Map<String, @Nullable Object> stateAfter(Event event) {
    if (event.op() == 'd' || event.op() == 't') {
      return null;
    }
    Map<String, @Nullable Object> row = new TreeMap<>();
    row.put("id", event.id());
    row.put("title", event.title());
    row.put("price", event.price());
    row.put("note", event.note());
    for (String column : event.unavailable()) {
      Map<String, @Nullable Object> source = sourceOfPlaceholders(event);
      row.put(column, source == null ? null : source.get(column));
    }
    Map<String, @Nullable Object> before =
        ignoreNullUpdates && (flat || event.op() == 'u') ? stateBefore(event) : null;
    for (String column : List.of("title", "price", "note")) {
      if (before != null && row.get(column) == null && !event.unavailable().contains(column)) {
        row.put(column, before.get(column));
      }
    }
    return row;
  }

  private @Nullable Map<String, @Nullable Object> sourceOfPlaceholders(Event event) {
    if (event.op() == 'c' && !flat) {
      List<Event> deletes =
          distinct.stream()
              .filter(other -> other.op() == 'd' && other.position() == event.position())
              .filter(other -> !Objects.equals(other.id(), event.id()))
              .toList();
      if (!deletes.isEmpty()) {
        return deletes.size() > 1 ? null : stateBefore(deletes.get(0));
      }
    }
    return stateBefore(event);
  }

  private @Nullable Map<String, @Nullable Object> stateBefore(Event event) {
    List<Event> order = Objects.requireNonNull(orders.get(event.id()));
    int at = order.indexOf(event);
    return at == 0 ? null : stateAfter(order.get(at - 1));
  }

  // 18: what became of each event.
  private void count(String key) {
    Map<String, @Nullable Object> state = null;
    for (Event event : Objects.requireNonNull(orders.get(key))) {
      Map<String, @Nullable Object> next = stateAfter(event);
      if (event.op() == 'd') {
        account.count(state == null ? Count.STALE : Count.DELETED);
      } else if (event.op() != 't') {
        account.count(
            state == null ? Count.INSERTED : state.equals(next) ? Count.UNCHANGED : Count.UPDATED);
        if (sourceOfPlaceholders(event) == null) {
          account.count(Count.UNKNOWN_VALUE, event.unavailable().size());
        }
      }
      state = next;
    }
  }

  /** Columns: id, title, price, note, _sequence, _changed_at. */
  List<List<@Nullable Object>> current() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (String key : keys()) {
      List<Event> order = Objects.requireNonNull(orders.get(key));
      Event last = order.get(order.size() - 1);
      Map<String, @Nullable Object> state = stateAfter(last);
      if (state != null) {
        rows.add(
            Arrays.asList(
                key,
                state.get("title"),
                state.get("price"),
                state.get("note"),
                Long.toString(last.position()),
                Event.time(effective(order).get(order.size() - 1))));
      }
    }
    return rows;
  }

  // 5: the running maximum of the instants.
  private static List<@Nullable Long> effective(List<Event> order) {
    List<@Nullable Long> effective = new ArrayList<>();
    Long latest = null;
    for (Event event : order) {
      if (event.instant() != null && (latest == null || event.instant() > latest)) {
        latest = event.instant();
      }
      effective.add(latest);
    }
    return effective;
  }

  private static final class Version {
    final long from;
    @Nullable Long to;
    Map<String, @Nullable Object> row;
    Event by;

    Version(long from, Map<String, @Nullable Object> row, Event by) {
      this.from = from;
      this.row = row;
      this.by = by;
    }
  }

  /** 10. Columns: id, title, price, note, valid_from, valid_to, is_current, version, _sequence. */
  List<List<@Nullable Object>> history() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (String key : keys()) {
      int number = 0;
      for (Version version : versions(key)) {
        rows.add(
            Arrays.asList(
                key,
                version.row.get("title"),
                version.row.get("price"),
                version.row.get("note"),
                Event.time(version.from),
                Event.time(version.to),
                version.to == null,
                (long) ++number,
                Long.toString(version.by.position())));
      }
    }
    return rows;
  }

  private List<Version> versions(String key) {
    List<Event> order = Objects.requireNonNull(orders.get(key));
    List<@Nullable Long> instants = effective(order);
    TreeMap<Long, Event> lastAt = new TreeMap<>();
    for (int i = 0; i < order.size(); i++) {
      lastAt.put(Objects.requireNonNull(instants.get(i)), order.get(i));
    }
    List<Version> versions = new ArrayList<>();
    lastAt.forEach(
        (instant, event) -> {
          Map<String, @Nullable Object> row = stateAfter(event);
          Version open =
              versions.isEmpty() || versions.get(versions.size() - 1).to != null
                  ? null
                  : versions.get(versions.size() - 1);
          if (open != null && row != null && tracked(open.row).equals(tracked(row))) {
            open.row = row;
            open.by = event;
            return;
          }
          if (open != null) {
            open.to = instant;
          }
          if (row != null) {
            versions.add(new Version(instant, row, event));
          }
        });
    return versions;
  }

  private static List<@Nullable Object> tracked(Map<String, @Nullable Object> row) {
    return Arrays.asList(row.get("title"), row.get("price"));
  }

  @Override
  public String toString() {
    return orders.entrySet().stream()
        .map(entry -> entry.getKey() + ": " + entry.getValue())
        .collect(Collectors.joining("\n"));
  }
}
