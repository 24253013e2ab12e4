package dev.patron.features.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
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
}
