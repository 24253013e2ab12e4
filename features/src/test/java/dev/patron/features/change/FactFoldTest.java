package dev.patron.features.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.features.accounts.Account.Count;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Facts, one row a key; SEMANTICS 12. */
class FactFoldTest {
  private static final Schema ORDERS =
      Schema.of().with("order_id", Type.LONG).with("at", Type.TIMESTAMP).with("amount", Type.LONG);
  private static final FactFold BY_TIME = new FactFold("orders", List.of("order_id"), "at");
  private static final FactFold BY_BYTES = new FactFold("orders", List.of("order_id"), null);

  @Test
  void theSameFactTwiceIsADuplicate() {
    FactFold.Facts facts = BY_TIME.fold(orders(order(1, 10, 5), order(1, 10, 5)));
    assertThat(facts.rows()).isEqualTo(orders(order(1, 10, 5)));
    assertThat(facts.account().toString()).isEqualTo("inserted=1, duplicate=1");
  }

  @Test
  void ofDifferentFactsOfOneKeyTheLaterWinsAndItIsAConflict() {
    FactFold.Facts facts = BY_TIME.fold(orders(order(1, 20, 5), order(1, 10, 9)));
    assertThat(facts.rows()).isEqualTo(orders(order(1, 20, 5)));
    assertThat(facts.account().toString()).isEqualTo("inserted=1, stale=1, conflict=1");
  }

  @Test
  void atOneTimeTheGreaterBytesWin() {
    assertThat(BY_TIME.fold(orders(order(1, 10, 5), order(1, 10, 9))).rows())
        .isEqualTo(orders(order(1, 10, 9)));
    assertThat(BY_BYTES.fold(orders(order(1, 20, 5), order(1, 10, 9))).rows())
        .isEqualTo(orders(order(1, 20, 5)));
  }

  @Test
  void factWithoutATimeIsTheOldest() {
    assertThat(BY_TIME.fold(orders(order(1, null, 9), order(1, 0, 5))).rows())
        .isEqualTo(orders(order(1, 0, 5)));
  }

  @Test
  void withoutAKeyEveryRecordIsARowOfItsOwn() {
    Frame records = orders(order(2, 10, 5), order(1, 10, 5), order(2, 10, 5));
    FactFold.Facts facts = new FactFold("orders", List.of(), "at").fold(records);
    assertThat(facts.rows()).isEqualTo(records);
    assertThat(facts.account().get(Count.INSERTED)).isEqualTo(3);
  }

  @Test
  void timeMustBeATime() {
    assertThatThrownBy(() -> new FactFold("orders", List.of("order_id"), "amount").fold(orders()))
        .hasMessageContaining("table 'orders'")
        .hasMessageContaining("'amount' is long");
  }

  @Test
  void whateverTheOrderALoopOverAListAgrees() {
    for (long seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      List<List<@Nullable Object>> records = new ArrayList<>();
      for (int i = random.nextInt(12); i > 0; i--) {
        records.add(
            order(
                random.nextInt(4),
                random.nextInt(4) == 0 ? null : random.nextInt(3),
                random.nextInt(3)));
      }
      TreeMap<Long, List<@Nullable Object>> winners = new TreeMap<>();
      for (List<@Nullable Object> record : records) {
        Long key = (Long) record.get(0);
        List<@Nullable Object> known = winners.get(key);
        if (known == null || rank(record) > rank(known)) {
          winners.put(key, record);
        }
      }
      int distinct = new HashSet<>(records).size();
      Collections.shuffle(records, random);
      FactFold.Facts facts = BY_TIME.fold(Frame.ofRows(ORDERS, records));
      assertThat(facts.rows().toRows()).as("seed " + seed).isEqualTo(List.copyOf(winners.values()));
      assertThat(facts.account().get(Count.INSERTED)).as("seed " + seed).isEqualTo(winners.size());
      assertThat(facts.account().get(Count.CONFLICT))
          .as("seed " + seed)
          .isEqualTo(facts.account().get(Count.STALE))
          .isEqualTo(distinct - winners.size());
      assertThat(facts.account().get(Count.DUPLICATE))
          .as("seed " + seed)
          .isEqualTo(records.size() - distinct);
    }
  }

  @Test
  void laterFactReplacesTheKnownOne() {
    FactFold.Facts facts =
        BY_TIME.fold(with(orders(order(1, 10, 5)), orders(order(1, 20, 9), order(2, 10, 5))));
    assertThat(facts.rows()).isEqualTo(orders(order(1, 20, 9), order(2, 10, 5)));
    assertThat(facts.superseded()).isEqualTo(orders(order(1, 10, 5)));
    assertThat(facts.account().toString()).isEqualTo("inserted=1, updated=1, conflict=1");
  }

  @Test
  void earlierFactThanTheKnownOneIsStale() {
    FactFold.Facts facts =
        BY_TIME.fold(with(orders(order(1, 20, 5)), orders(order(1, 10, 9), order(1, 20, 5))));
    assertThat(facts.rows()).isEqualTo(orders());
    assertThat(facts.superseded()).isEqualTo(orders());
    assertThat(facts.account().toString()).isEqualTo("stale=1, duplicate=1, conflict=1");
  }

  @Test
  void howeverFactsAreSplitIntoRunsTheyAreThoseOfOneRun() {
    for (long seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      List<List<@Nullable Object>> records = new ArrayList<>();
      for (int i = random.nextInt(12); i > 0; i--) {
        records.add(order(random.nextInt(4), random.nextInt(3), random.nextInt(3)));
      }
      TreeMap<Object, List<@Nullable Object>> kept = new TreeMap<>();
      for (int from = 0, to; from < records.size(); from = to) {
        to = from + 1 + random.nextInt(records.size() - from);
        List<List<@Nullable Object>> fresh = records.subList(from, to);
        FactFold.Facts facts =
            BY_TIME.fold(
                with(
                    Frame.ofRows(ORDERS, List.copyOf(kept.values())), Frame.ofRows(ORDERS, fresh)));
        facts.superseded().toRows().forEach(row -> kept.remove(row.get(0), row));
        facts.rows().toRows().forEach(row -> assertThat(kept.put(row.get(0), row)).isNull());
        assertThat(
                facts.account().get(Count.INSERTED)
                    + facts.account().get(Count.UPDATED)
                    + facts.account().get(Count.STALE)
                    + facts.account().get(Count.DUPLICATE))
            .as("seed " + seed)
            .isEqualTo(fresh.size());
      }
      assertThat(List.copyOf(kept.values()))
          .as("seed " + seed)
          .isEqualTo(BY_TIME.fold(Frame.ofRows(ORDERS, records)).rows().toRows());
    }
  }

  /** What is known, and new records. */
  private static Frame with(Frame known, Frame fresh) {
    Frame all = Frame.concat(ORDERS, List.of(known, fresh));
    Frame marks =
        Frame.ofRows(
            Schema.of().with(Events.KNOWN, Type.BOOLEAN),
            IntStream.range(0, all.rows()).mapToObj(row -> List.of(row < known.rows())).toList());
    return all.with(Events.KNOWN, Type.BOOLEAN, marks.column(0));
  }

  private static long rank(List<@Nullable Object> record) {
    java.time.Instant at = (java.time.Instant) record.get(1);
    Long amount = (Long) record.get(2);
    return (at == null ? 0 : 1 + Values.micros(at)) * 10 + (amount == null ? 0 : amount);
  }

  private static List<@Nullable Object> order(long id, @Nullable Integer at, long amount) {
    return Arrays.asList(id, at == null ? null : Values.instant(at), amount);
  }

  private static Frame orders(List<?>... orders) {
    return Frame.ofRows(ORDERS, List.of(orders));
  }
}
