package dev.patron.features.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.accounts.Account.Count;
import dev.patron.features.change.Streams.Bookshop;
import dev.patron.features.change.Streams.Profile;
import dev.patron.features.frame.BooleanColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Type;
import dev.patron.features.history.History;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The one promise: current table and history are functions of the set of records. Every stream is
 * folded in random order and compared with the {@link Oracle}; a failure names the seed.
 */
class ChangeFoldLawsTest {
  private static final List<String> HISTORY_COLUMNS =
      List.of(
          "id",
          "title",
          "price",
          "note",
          "valid_from",
          "valid_to",
          "is_current",
          "version",
          "_sequence");

  @ParameterizedTest
  @EnumSource(Profile.class)
  void whatADatabaseDidIsWhatIsLeft(Profile profile) {
    for (long seed = 0; seed < 400; seed++) {
      Bookshop shop = new Bookshop(new Random(seed), profile, 1 + (int) (seed % 40));
      List<Event> events = disturbed(shop.deliveries(), new Random(seed));
      Folded folded = Event.fold(Event.BOOKS, events);
      String where = profile + ", seed " + seed;
      assertThat(folded.current().select(Event.ROW.names()).toRows())
          .as(where)
          .isEqualTo(shop.rows());
      check(where, Event.BOOKS, events, folded);
    }
  }

  @Test
  void whateverTheEventsSayTheOracleAgrees() {
    for (long seed = 0; seed < 12_000; seed++) {
      List<Event> events = disturbed(Streams.nonsense(new Random(seed), false), new Random(seed));
      check("nonsense, seed " + seed, Event.BOOKS, events, Event.fold(Event.BOOKS, events));
    }
  }

  @Test
  void whateverFlatRowsSayTheOracleAgrees() {
    for (long seed = 0; seed < 10_000; seed++) {
      List<Event> events = disturbed(Streams.nonsense(new Random(seed), true), new Random(seed));
      check(
          "flat nonsense, seed " + seed,
          Event.FLAT_BOOKS,
          events,
          Event.fold(Event.FLAT_BOOKS, events));
    }
  }

  @Test
  void whateverUpdatesLeaveOutTheOracleAgrees() {
    for (long seed = 0; seed < 10_000; seed++) {
      boolean flat = seed % 2 == 0;
      ChangeSpec spec = flat ? Event.FLAT_IGNORING_NULLS : Event.IGNORING_NULLS;
      List<Event> events = disturbed(Streams.nonsense(new Random(seed), flat), new Random(seed));
      check("ignored nulls, seed " + seed, spec, events, Event.fold(spec, events));
    }
  }

  @Test
  void keysFoldTheSameAloneOrTogether() {
    for (long seed = 0; seed < 300; seed++) {
      List<Event> events = new Bookshop(new Random(seed), Profile.TRUNCATES, 30).deliveries();
      List<List<@Nullable Object>> alone = new ArrayList<>();
      for (String key : List.of("k0", "k1", "k2", "k3")) {
        List<Event> ofKey =
            events.stream().filter(event -> event.isTruncate() || key.equals(event.id())).toList();
        alone.addAll(History.of(Event.fold(Event.BOOKS, ofKey)).toRows());
      }
      assertThat(History.of(Event.fold(Event.BOOKS, events)).toRows())
          .as("seed " + seed)
          .isEqualTo(alone);
    }
  }

  @Test
  void carriedOnByWhatComesInAnyBatchesTheTablesAreThoseOfOneFold() {
    for (long seed = 0; seed < 10_000; seed++) {
      boolean flat = seed % 4 == 0;
      ChangeSpec spec = flat ? Event.FLAT_BOOKS : Event.BOOKS;
      List<Event> events = disturbed(Streams.nonsense(new Random(seed), flat), new Random(seed));
      CarriedOn carriedOn = new CarriedOn(spec);
      Random random = new Random(seed);
      for (int from = 0, to; from < events.size(); from = to) {
        to = Math.min(events.size(), from + 1 + random.nextInt(6));
        carriedOn.by(events.subList(from, to));
      }
      Folded whole = Event.fold(spec, events);
      String where = "seed " + seed + ", of\n" + new Oracle(spec, events);
      assertThat(carriedOn.current()).as(where).isEqualTo(whole.current().toRows());
      assertThat(carriedOn.history()).as(where).isEqualTo(History.of(whole).toRows());
    }
  }

  /**
   * Tables that are carried on: what was folded is kept, and rows are replaced for no keys but
   * those that a fold says it changed.
   */
  private static final class CarriedOn {
    private final ChangeSpec spec;
    private final ChangeFold fold;
    private Frame kept;
    private final Map<Object, List<List<@Nullable Object>>> current = new TreeMap<>();
    private final Map<Object, List<List<@Nullable Object>>> history = new TreeMap<>();

    CarriedOn(ChangeSpec spec) {
      this.spec = spec;
      this.fold = new ChangeFold(spec);
      this.kept = Frame.empty(Events.schema(spec.row()));
    }

    void by(List<Event> batch) {
      Frame fresh = Event.frame(batch);
      boolean[] known = new boolean[kept.rows() + fresh.rows()];
      Arrays.fill(known, 0, kept.rows(), true);
      Frame all =
          Frame.concat(kept.schema(), List.of(kept, fresh))
              .with(Events.KNOWN, Type.BOOLEAN, BooleanColumn.of(known));
      Folded folded = fold.fold(Events.ofKeys(all), Events.truncates(all));
      assertThat(folded.changedKeys().toRows()).doesNotHaveDuplicates();
      assertThat(folded.news().toRows()).doesNotHaveDuplicates();
      Set<Object> changed = keys(folded.changedKeys());
      Set<Object> linked =
          spec.flat()
              ? Set.of()
              : keys(KeyChanges.linkedKeys(all, spec.key(), KeyChanges.positions(all)));
      if (!Collections.disjoint(changed, linked)) {
        changed.addAll(linked);
      }
      replace(current, folded.current(), changed);
      replace(history, History.of(folded), changed);
      kept = Frame.concat(kept.schema(), List.of(kept, folded.news(), Events.truncates(fresh)));
    }

    private static Set<Object> keys(Frame keys) {
      Set<Object> set = new HashSet<>();
      keys.toRows().forEach(row -> set.add(Objects.requireNonNull(row.get(0))));
      return set;
    }

    private static void replace(
        Map<Object, List<List<@Nullable Object>>> table, Frame rows, Set<Object> changed) {
      table.keySet().removeAll(changed);
      for (List<@Nullable Object> row : rows.toRows()) {
        Object key = Objects.requireNonNull(row.get(0));
        if (changed.contains(key)) {
          table.computeIfAbsent(key, any -> new ArrayList<>()).add(row);
        }
      }
    }

    List<List<@Nullable Object>> current() {
      return current.values().stream().flatMap(List::stream).toList();
    }

    List<List<@Nullable Object>> history() {
      return history.values().stream().flatMap(List::stream).toList();
    }
  }

  /** In another order, some events delivered several times over. */
  private static List<Event> disturbed(List<Event> events, Random random) {
    List<Event> disturbed = new ArrayList<>(events);
    for (Event event : events) {
      if (random.nextInt(6) == 0) {
        disturbed.add(event);
      }
    }
    Collections.shuffle(disturbed, random);
    return disturbed;
  }

  private static void check(String where, ChangeSpec spec, List<Event> events, Folded folded) {
    Oracle oracle = new Oracle(spec, events);
    Frame current = folded.current();
    Frame history = History.of(folded);
    assertThat(current.toRows())
        .as("%s: current, of%n%s", where, oracle)
        .isEqualTo(oracle.current());
    assertThat(history.select(HISTORY_COLUMNS).toRows())
        .as("%s: history, of%n%s", where, oracle)
        .isEqualTo(oracle.history());
    assertThat(folded.account())
        .as("%s: account, of%n%s", where, oracle)
        .isEqualTo(oracle.account());
    long fates =
        Arrays.stream(Count.values()).filter(Count::isFate).mapToLong(folded.account()::get).sum();
    assertThat(fates)
        .as("%s: one fate an event", where)
        .isEqualTo(events.stream().filter(event -> !event.isTruncate()).count());
    checkIntervals(where, current, history);
  }

  private static void checkIntervals(String where, Frame current, Frame history) {
    assertThat(history.filter(history.booleans("is_current")::get).select(columns()).toRows())
        .as("%s: the open versions are the current table", where)
        .isEqualTo(current.select(columns()).toRows());
    Set<String> surrogateKeys = new HashSet<>();
    Map<String, Long> endOf = new HashMap<>();
    for (int row = 0; row < history.rows(); row++) {
      String id = history.bytes("id").text(row);
      long from = history.longs("valid_from").get(row);
      boolean open = history.longs("valid_to").isNull(row);
      long to = open ? Long.MAX_VALUE : history.longs("valid_to").get(row);
      assertThat(from).as("%s: not empty", where).isLessThan(to);
      assertThat(Objects.requireNonNullElse(endOf.put(id, to), Long.MIN_VALUE))
          .as("%s: no overlap, one open version", where)
          .isLessThanOrEqualTo(from);
      assertThat(history.booleans("is_current").get(row)).as(where).isEqualTo(open);
      assertThat(surrogateKeys.add(history.bytes("sk").text(row)))
          .as("%s: surrogate keys are unique", where)
          .isTrue();
    }
  }

  private static List<String> columns() {
    List<String> columns = new ArrayList<>(Event.ROW.names());
    columns.add("_sequence");
    return columns;
  }
}
