package dev.patron.features.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyHashesTest {
  private static final Schema ORDERS =
      Schema.of()
          .with("customer", Type.STRING)
          .with("shop", Type.LONG)
          .with("order", Type.LONG)
          .with("amount", Type.DOUBLE);
  private static final List<String> KEY = List.of("customer", "shop", "order");

  private static Frame orders(Long... ids) {
    return Frame.ofRows(
        ORDERS, Arrays.stream(ids).map(id -> Arrays.asList("c" + id, 1L, id, 0.5)).toList());
  }

  private static KeyHashes set(Frame... frames) {
    return KeyHashes.union(List.of(frames));
  }

  @Test
  void rowsAreWithinTheSetOfTheirKeys() {
    KeyHashes some = set(KeyHashes.of(orders(3L, 5L), KEY), KeyHashes.of(orders(5L, 8L), KEY));
    assertThat(some.within(orders(1L, 5L, 8L, 9L), KEY)).isEqualTo(orders(5L, 8L));
    assertThat(some.rowsWithin(orders(1L, 5L, 8L, 9L), KEY)).containsExactly(1, 2);
    assertThat(some.without(orders(1L, 5L, 8L, 9L), KEY)).isEqualTo(orders(1L, 9L));
  }

  @Test
  void everyRowIsWithinEveryKeyAndNoneWithinNone() {
    assertThat(set(KeyHashes.every()).rowsWithin(orders(1L, 5L), KEY)).containsExactly(0, 1);
    assertThat(set(KeyHashes.every()).within(orders(1L, 5L), KEY)).isEqualTo(orders(1L, 5L));
    assertThat(set(KeyHashes.every()).without(orders(1L, 5L), KEY)).isEqualTo(orders());
    assertThat(set().rowsWithin(orders(1L, 5L), KEY)).isEmpty();
    assertThat(set().within(orders(1L, 5L), KEY)).isEqualTo(orders());
    assertThat(set().without(orders(1L, 5L), KEY)).isEqualTo(orders(1L, 5L));
  }

  @Test
  void theLastWholeNumberOfTheKeySaysWhereNoneOfItsRowsAre() {
    KeyHashes some = set(KeyHashes.of(orders(3L, 5L), KEY), KeyHashes.of(orders(8L), KEY));
    assertThat(some.touchesNumbers(1, 2)).isFalse();
    assertThat(some.touchesNumbers(9, 100)).isFalse();
    assertThat(some.touchesNumbers(1, 3)).isTrue();
    assertThat(some.touchesNumbers(8, 8)).isTrue();
  }

  @Test
  void aKeyWhoseNumberIsNotKnownMayBeAnywhere() {
    assertThat(set(KeyHashes.of(orders(3L), KEY), KeyHashes.every()).touchesNumbers(7, 8)).isTrue();
    assertThat(set(KeyHashes.ofHashes(new long[] {1})).touchesNumbers(7, 8)).isTrue();
    Frame nobody = Frame.ofRows(ORDERS, List.of(Arrays.asList("c", 1L, null, 0.5)));
    assertThat(set(KeyHashes.of(nobody, KEY)).touchesNumbers(7, 8)).isTrue();
    assertThat(KeyHashes.number(ORDERS, List.of("customer"))).isNull();
  }

  @Test
  void numbersAreFoundInAnyOrderAsTheirHashesAre() {
    List<String> key = List.of("order");
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      int range = 1 + random.nextInt(60);
      KeyHashes byNumber = set(KeyHashes.of(some(random, range), key));
      KeyHashes byHash = set(byNumber.toFrame(), KeyHashes.ofHashes(new long[] {0}));
      Frame rows = some(random, range);
      if (random.nextBoolean()) {
        rows = rows.sort(key);
      }

      assertThat(byNumber.rowsWithin(rows, key))
          .as("seed %d", seed)
          .containsExactly(byHash.rowsWithin(rows, key));
      assertThat(byNumber.without(rows, key)).isEqualTo(byHash.without(rows, key));
      assertThat(set(byNumber.toFrame()).within(rows, key)).isEqualTo(byHash.within(rows, key));
    }
  }

  private static Frame some(Random random, int range) {
    long[] numbers = random.longs(random.nextInt(50), -range, range).toArray();
    if (numbers.length > 1 && random.nextBoolean()) {
      numbers[0] = Long.MIN_VALUE;
      numbers[1] = Long.MAX_VALUE;
    }
    return orders(Arrays.stream(numbers).boxed().toArray(Long[]::new));
  }

  @Test
  void twoNumbersOfOneHashAreBothFound() {
    List<String> key = List.of("order");
    long hash = orders(3L).hash(key)[0];
    Frame alike = Frame.ofRows(KeyHashes.SCHEMA, List.of(List.of(hash, 3L), List.of(hash, 4L)));

    assertThat(set(alike).within(orders(3L, 4L, 5L), key)).isEqualTo(orders(3L, 4L));
    assertThat(set(alike).touchesNumbers(7, 8)).isFalse();
    assertThat(set(set(alike, alike).toFrame()).within(orders(4L, 3L), key))
        .isEqualTo(orders(4L, 3L));
  }

  @Test
  void aKeyThatIsNullIsFoundByItsHash() {
    Frame nobody = Frame.ofRows(ORDERS, List.of(Arrays.asList("c", 1L, null, 0.5)));
    Frame both = Frame.concat(ORDERS, List.of(orders(3L, 5L), nobody));
    List<String> key = List.of("order");

    assertThat(set(KeyHashes.of(nobody, key)).rowsWithin(both, key)).containsExactly(2);
    assertThat(set(KeyHashes.of(orders(5L), key)).rowsWithin(both, key)).containsExactly(1);
  }
}
