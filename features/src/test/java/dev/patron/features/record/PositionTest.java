package dev.patron.features.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The order of a position's bytes is the order of the positions (SEMANTICS 2 and 8). */
class PositionTest {

  private static byte[] bytes(Position position) {
    return Arrays.copyOf(position.array(), position.length());
  }

  /** Compares every pair of a thousand random parts, and whole positions of two parts. */
  private static <T> void ordersLike(
      long seed, Function<Random, T> generator, Comparator<T> order, Adder<T> adder) {
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      T a = generator.apply(random);
      T b = random.nextInt(10) == 0 ? a : generator.apply(random);
      long c = random.nextInt(3);
      long d = random.nextInt(3);
      byte[] first = bytes(adder.add(new Position(), a).add(c));
      byte[] second = bytes(adder.add(new Position(), b).add(d));
      int expected = order.compare(a, b) != 0 ? order.compare(a, b) : Long.compare(c, d);
      assertThat(Integer.signum(Arrays.compareUnsigned(first, second)))
          .as("seed %d: (%s, %d) and (%s, %d)", seed, a, c, b, d)
          .isEqualTo(Integer.signum(expected));
    }
  }

  private interface Adder<T> {
    Position add(Position position, T value);
  }

  @Test
  void signedNumbersOrderAsNumbersNotAsText() {
    PositionTest.<Long>ordersLike(
        1,
        PositionTest::anyLong,
        Comparator.naturalOrder(),
        (position, value) -> position.add(value.longValue()));
    assertThat(new Position().add(9L).toString()).isLessThan(new Position().add(10L).toString());
    assertThat(new Position().add((1L << 53) + 1).toString())
        .isGreaterThan(new Position().add(1L << 53).toString());
  }

  private static long anyLong(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(20) - 10;
      case 1 -> Long.MAX_VALUE - random.nextInt(3);
      case 2 -> Long.MIN_VALUE + random.nextInt(3);
      default -> random.nextLong() >> random.nextInt(64);
    };
  }

  @Test
  void decimalsOrderByValueWhateverTheirScale() {
    PositionTest.<BigDecimal>ordersLike(
        2,
        random ->
            new BigDecimal(
                BigInteger.valueOf(anyLong(random) >> random.nextInt(64)), random.nextInt(12) - 4),
        Comparator.naturalOrder(),
        (position, value) -> position.add(value));
    assertThat(new Position().add(new BigDecimal("1.50")).toString())
        .isEqualTo(new Position().add(new BigDecimal("1.5")).toString());
  }

  @Test
  void doublesOrderByValue() {
    PositionTest.<Double>ordersLike(
        3,
        random -> Double.longBitsToDouble(random.nextLong()),
        Comparator.naturalOrder(),
        (position, value) -> position.add(value.doubleValue()));
  }

  @Test
  void textOrdersByCodePointsAndItsEndComesFirst() {
    PositionTest.<String>ordersLike(
        4,
        PositionTest::anyText,
        Comparator.comparing(text -> text.codePoints().toArray(), Arrays::compare),
        (position, value) -> position.add(value));
  }

  private static String anyText(Random random) {
    StringBuilder text = new StringBuilder();
    int[] alphabet = {0, 1, 2, ' ', 'a', 'b', '~', 0x7F, 0xE9, 0xFFFF, 0x1F600};
    for (int length = random.nextInt(4); length > 0; length--) {
      text.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);
    }
    return text.toString();
  }
}
