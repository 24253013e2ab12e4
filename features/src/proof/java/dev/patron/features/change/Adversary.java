package dev.patron.features.change;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.history.History;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A stream of changes that is as hard to apply as its profile says, what the sequential {@link
 * Oracle} makes of it, and deliveries of it in other orders, other batches and several times over.
 */
public final class Adversary {
  /** Everything that is peculiar about a stream: what the kernels are held against. */
  public static final List<String> PROFILES =
      Arrays.stream(Streams.Profile.values()).map(Enum::name).toList();

  /** What whole pipelines are held against: what runners could get wrong, and all of it at once. */
  public static final List<String> PROFILES_OF_PIPELINES =
      List.of("PLAIN", "HUGE_POSITIONS", "ROLLOVER", "CLOCK_BACK", "TRUNCATES", "EVERYTHING");

  /** The table that is changed, in its own columns. */
  public static final Schema ROW = Event.ROW;

  /** The columns whose changes open a new version. */
  public static final List<String> TRACK = Event.BOOKS.track();

  private static final List<String> HISTORY =
      List.of(
          "id", "title", "price", "note", "valid_from", "valid_to", "is_current", "version",
          "_sequence");

  private final String name;
  private final List<Event> events;
  private final Oracle oracle;

  private Adversary(String name, List<Event> events) {
    this.name = name;
    this.events = events;
    this.oracle = new Oracle(Event.BOOKS, events);
  }

  /** The stream of this profile and seed; the seed also says how long it is. */
  public static Adversary of(String profile, long seed) {
    Random random = new Random(seed);
    int transactions = 1 + random.nextInt(60);
    Streams.Bookshop shop =
        new Streams.Bookshop(random, Streams.Profile.valueOf(profile), transactions);
    return new Adversary(profile + ", seed " + seed, shop.deliveries());
  }

  /** The current table, in the columns of {@link #currentOf}. */
  public List<List<@Nullable Object>> current() {
    return oracle.current();
  }

  /** The history, in the columns of {@link #historyOf}. */
  public List<List<@Nullable Object>> history() {
    return oracle.history();
  }

  /** The columns of a current table that the oracle speaks of. */
  public static List<List<@Nullable Object>> currentOf(Frame current) {
    return current.select(List.of("id", "title", "price", "note", "_sequence", "_changed_at")).toRows();
  }

  /** The columns of a history that the oracle speaks of. */
  public static List<List<@Nullable Object>> historyOf(Frame history) {
    return history.select(HISTORY).toRows();
  }

  /**
   * The events in another order, some of them again and again, cut into batches that follow one
   * another in any order.
   */
  private List<List<Event>> batches(Random random) {
    List<Event> delivered = new ArrayList<>(events);
    for (Event event : events) {
      for (int again = random.nextInt(8) - 5; again > 0; again--) {
        delivered.add(event);
      }
    }
    Collections.shuffle(delivered, random);
    List<List<Event>> batches = new ArrayList<>();
    for (int from = 0; from < delivered.size(); ) {
      int to = Math.min(delivered.size(), from + 1 + random.nextInt(30));
      batches.add(delivered.subList(from, to));
      from = to;
    }
    return batches;
  }

  /** Folds the stream as delivered by chance, on the kernels; null if all is well. */
  public @Nullable String problemWhenFolded(long delivery) {
    Random random = new Random(delivery);
    List<Frame> keys = new ArrayList<>();
    List<Frame> truncates = new ArrayList<>();
    for (List<Event> batch : batches(random)) {
      Frame frame = Event.frame(batch);
      keys.add(Events.ofKeys(frame));
      truncates.add(Events.truncates(frame));
    }
    ChangeFold fold = new ChangeFold(Event.BOOKS);
    Folded folded =
        fold.fold(
            Frame.concat(Events.schema(Event.BOOKS.row()), keys),
            Frame.concat(Events.schema(Event.BOOKS.row()), truncates));
    return problem(folded.current(), History.of(folded), ", delivery " + delivery);
  }

  /** What differs from the oracle, naming the seed; null if nothing does. */
  public @Nullable String problem(
      @Nullable Frame current, @Nullable Frame history, String where) {
    if (current != null && !currentOf(current).equals(current())) {
      return text(where, "current", currentOf(current), current());
    }
    if (history != null && !historyOf(history).equals(history())) {
      return text(where, "history", historyOf(history), history());
    }
    return null;
  }

  private String text(
      String where,
      String what,
      List<List<@Nullable Object>> found,
      List<List<@Nullable Object>> expected) {
    return "%s%s: %s is%n%s%nand must be%n%s%nof%n%s"
        .formatted(name, where, what, found, expected, oracle);
  }

  /**
   * The stream as Debezium would send it, delivered by chance: files of lines that each hold a
   * Kafka record.
   */
  public List<String> files(String table, long delivery) {
    List<String> files = new ArrayList<>();
    for (List<Event> batch : batches(new Random(delivery))) {
      StringBuilder lines = new StringBuilder();
      batch.forEach(event -> lines.append(line(table, event)).append('\n'));
      files.add(lines.toString());
    }
    return files;
  }

  private static String line(String table, Event event) {
    String key = event.isTruncate() ? "null" : "{\"id\":" + text(event.id()) + "}";
    String after =
        event.isTruncate() || event.op() == 'd'
            ? "null"
            : "{\"id\":%s,\"title\":%s,\"price\":%s,\"note\":%s}"
                .formatted(
                    text(event.id()),
                    column(event, "title", text(event.title())),
                    column(event, "price", String.valueOf(event.price())),
                    column(event, "note", text(event.note())));
    return "{\"topic\":\"shop.%s\",\"partition\":%d,\"offset\":%d,\"key\":%s,\"value\":{\"before\":%s,\"after\":%s,\"source\":{\"table\":\"%s\",\"lsn\":%d,\"ts_us\":%d},\"op\":\"%s\",\"ts_us\":%d}}"
        .formatted(
            table,
            Objects.requireNonNull(event.partition()),
            Objects.requireNonNull(event.offset()),
            key,
            event.op() == 'd' ? key : "null",
            after,
            table,
            event.position(),
            Objects.requireNonNull(event.instant()),
            event.op(),
            Objects.requireNonNull(event.deliveredAt()));
  }

  private static String column(Event event, String name, String value) {
    return event.unavailable().contains(name) ? "\"__debezium_unavailable_value\"" : value;
  }

  private static String text(@Nullable String value) {
    return value == null ? "null" : "\"" + value + "\"";
  }

  @Override
  public String toString() {
    return name;
  }
}
