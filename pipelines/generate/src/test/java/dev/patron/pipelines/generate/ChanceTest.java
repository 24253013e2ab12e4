package dev.patron.pipelines.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.patron.pipelines.generate.Chance.Purpose;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class ChanceTest {
  private static final int DRAWS = 100_000;

  @Test
  void distributionsHaveTheirMeansAndVariances() {
    assertMoments(Chance::uniform, 0.5, 1.0 / 12);
    assertMoments(chance -> chance.below(10), 4.5, 8.25);
    assertMoments(chance -> chance.exponential(3), 3, 9);
    assertMoments(Chance::normal, 0, 1);
    assertMoments(chance -> chance.gamma(4), 4, 4);
    assertMoments(chance -> chance.gamma(0.3), 0.3, 0.3);
    assertMoments(chance -> chance.beta(0.7, 4.2), 0.7 / 4.9, 0.7 * 4.2 / (4.9 * 4.9 * 5.9));
  }

  @Test
  void theSameStartGivesTheSameDraws() {
    Chance one = new Chance().restart(42, Purpose.BUYING, 7, 1);
    Chance other = new Chance().restart(1, Purpose.BASKET, 3, 0);
    other.bits();
    other.restart(42, Purpose.BUYING, 7, 1);
    assertThat(one.bits()).isEqualTo(other.bits());
    assertThat(one.bits()).isEqualTo(other.bits());
  }

  @Test
  void seedPurposeKeyAndPartEachMakeADifference() {
    Chance chance = new Chance();
    long[] draws = {
      chance.restart(42, Purpose.BUYING, 7, 1).bits(),
      chance.restart(43, Purpose.BUYING, 7, 1).bits(),
      chance.restart(42, Purpose.BASKET, 7, 1).bits(),
      chance.restart(42, Purpose.BUYING, 8, 1).bits(),
      chance.restart(42, Purpose.BUYING, 7, 2).bits()
    };
    assertThat(draws).doesNotHaveDuplicates();
  }

  /** Each draw from a start of its own, as customers are drawn. */
  private static void assertMoments(
      ToDoubleFunction<Chance> distribution, double mean, double variance) {
    Chance chance = new Chance();
    double sum = 0;
    double squares = 0;
    for (int key = 0; key < DRAWS; key++) {
      double draw = distribution.applyAsDouble(chance.restart(42, Purpose.BUYING, key, 0));
      sum += draw;
      squares += (draw - mean) * (draw - mean);
    }
    assertThat(sum / DRAWS).isCloseTo(mean, within(5 * Math.sqrt(variance / DRAWS)));
    assertThat(squares / DRAWS).isCloseTo(variance, within(0.06 * variance));
  }
}
