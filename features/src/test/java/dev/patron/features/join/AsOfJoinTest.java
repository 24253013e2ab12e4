package dev.patron.features.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.features.accounts.Account.Count;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import dev.patron.features.join.AsOfJoin.Taken;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Facts beside what was true at their time; SEMANTICS 13. */
class AsOfJoinTest {
  private static final Schema LINES =
      Schema.of().with("book_id", Type.STRING).with("at", Type.TIMESTAMP);
  private static final Schema BOOKS =
      Schema.of()
          .with("id", Type.STRING)
          .with("price", Type.LONG)
          .with("valid_from", Type.TIMESTAMP)
          .with("valid_to", Type.TIMESTAMP);

  private static final Frame VERSIONS =
      versions(
          version("a", 30, 30, null),
          version("a", 10, 10, 20),
          version("b", 99, 5, 15),
          version("a", 20, 20, 25));

  @Test
  void factTakesTheVersionOfItsTime() {
    assertThat(prices(false, line("a", 12), line("b", 5), line("a", 1_000)))
        .containsExactly(10L, 99L, 30L);
  }

  @Test
  void versionBeginsAtItsFirstInstantAndEndsBeforeItsLast() {
    assertThat(prices(false, line("a", 10), line("a", 19), line("a", 20), line("a", 24)))
        .containsExactly(10L, 10L, 20L, 20L);
  }

  @Test
  void factInAGapKeepsItsPlaceWithNulls() {
    assertThat(prices(false, line("a", 25), line("a", 29), line("b", 15)))
        .containsExactly(null, null, null);
  }

  @Test
  void factBeforeTheFirstVersionTakesNullsUnlessTheFirstIsAskedFor() {
    assertThat(prices(false, line("a", 9), line("b", 0))).containsExactly(null, null);
    assertThat(prices(true, line("a", 9), line("b", 0), line("a", 26)))
        .as("only before the first, not in a gap")
        .containsExactly(10L, 99L, null);
  }

  @Test
  void factsThatMatchNothingAreCounted() {
    AsOfJoin.Joined joined =
        join(false)
            .join(lines(line("a", 12), line("zzz", 12), line(null, 12), line("a", null)), VERSIONS);
    assertThat(joined.rows().rows()).isEqualTo(4);
    assertThat(joined.account().get(Count.UNMATCHED)).isEqualTo(3);
  }

  @Test
  void factsKeepTheirColumnsAndOrder() {
    Frame facts = lines(line("b", 7), line("a", 12), line("b", 6));
    Frame joined = join(false).join(facts, VERSIONS).rows();
    assertThat(joined.select(LINES.names())).isEqualTo(facts);
    assertThat(joined.schema()).isEqualTo(join(false).schema(LINES, BOOKS));
    assertThat(joined.schema().names()).containsExactly("book_id", "at", "unit_price");
  }

  @Test
  void nullKeysNameNothing() {
    assertThat(join(false).join(lines(line(null, 12)), versions(version(null, 1, 0, null))).rows())
        .isEqualTo(join(false).join(lines(line(null, 12)), versions()).rows());
  }

  @Test
  void withoutVersionsEverythingIsNull() {
    assertThat(join(true).join(lines(line("a", 12)), versions()).rows().value(0, "unit_price"))
        .isNull();
  }

  @Test
  void contradictionsAreRefusedInWords() {
    assertThatThrownBy(() -> new AsOfJoin(List.of("a"), "at", List.of(), List.of(), false))
        .hasMessageContaining("as many columns");
    assertThatThrownBy(
            () ->
                new AsOfJoin(List.of("book_id"), "book_id", List.of("id"), List.of(), false)
                    .join(lines(), VERSIONS))
        .hasMessageContaining("'book_id' is string")
        .hasMessageContaining("must be a timestamp");
    assertThatThrownBy(
            () ->
                new AsOfJoin(List.of("book_id"), "at", List.of("price"), List.of(), false)
                    .join(lines(), VERSIONS))
        .hasMessageContaining("they never match");
    assertThatThrownBy(
            () ->
                new AsOfJoin(
                        List.of("book_id"),
                        "at",
                        List.of("id"),
                        List.of(new Taken("price", "at")),
                        false)
                    .join(lines(), VERSIONS))
        .hasMessageContaining("by another name");
  }

  @Test
  void whateverTheDataALoopOverAListAgrees() {
    for (long seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      List<List<@Nullable Object>> books = new ArrayList<>();
      for (int key = 0; key < 4; key++) {
        int at = random.nextInt(5);
        for (int i = random.nextInt(4); i > 0; i--) {
          int to = at + 1 + random.nextInt(3);
          books.add(version("k" + key, random.nextInt(100), at, i == 1 ? null : to));
          at = to + random.nextInt(2);
        }
      }
      List<List<@Nullable Object>> facts = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        facts.add(line("k" + random.nextInt(5), random.nextInt(20)));
      }
      boolean beforeFirst = random.nextBoolean();
      List<@Nullable Object> expected = new ArrayList<>();
      for (List<@Nullable Object> fact : facts) {
        expected.add(priceByLoop(fact, books, beforeFirst));
      }
      Collections.shuffle(books, random);
      assertThat(prices(beforeFirst, Frame.ofRows(LINES, facts), Frame.ofRows(BOOKS, books)))
          .as("seed " + seed)
          .isEqualTo(expected);
    }
  }

  /** The versions of a key come in the order of time. */
  private static @Nullable Object priceByLoop(
      List<@Nullable Object> fact, List<List<@Nullable Object>> books, boolean beforeFirst) {
    long at = micros(fact.get(1));
    boolean first = true;
    for (List<@Nullable Object> book : books) {
      if (Objects.equals(book.get(0), fact.get(0))) {
        if (first && beforeFirst && at < micros(book.get(2))) {
          return book.get(1);
        }
        first = false;
        if (micros(book.get(2)) <= at && (book.get(3) == null || at < micros(book.get(3)))) {
          return book.get(1);
        }
      }
    }
    return null;
  }

  private static long micros(@Nullable Object instant) {
    return Values.micros((java.time.Instant) Objects.requireNonNull(instant));
  }

  private static AsOfJoin join(boolean beforeFirst) {
    return new AsOfJoin(
        List.of("book_id"),
        "at",
        List.of("id"),
        List.of(new Taken("price", "unit_price")),
        beforeFirst);
  }

  private static List<@Nullable Object> prices(boolean beforeFirst, List<?>... lines) {
    return prices(beforeFirst, lines(lines), VERSIONS);
  }

  private static List<@Nullable Object> prices(boolean beforeFirst, Frame facts, Frame versions) {
    List<@Nullable Object> prices = new ArrayList<>();
    join(beforeFirst).join(facts, versions).rows().toRows().forEach(row -> prices.add(row.get(2)));
    return prices;
  }

  private static List<@Nullable Object> line(@Nullable String book, @Nullable Integer at) {
    return Arrays.asList(book, at == null ? null : Values.instant(at));
  }

  private static List<@Nullable Object> version(
      @Nullable String book, long price, int from, @Nullable Integer to) {
    return Arrays.asList(book, price, Values.instant(from), to == null ? null : Values.instant(to));
  }

  private static Frame lines(List<?>... lines) {
    return Frame.ofRows(LINES, List.of(lines));
  }

  private static Frame versions(List<?>... versions) {
    return Frame.ofRows(BOOKS, List.of(versions));
  }
}
