package dev.patron.features.summary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExactSumTest {
  @Test
  void sumsOfSumsMayBeLarge() {
    Random random = new Random(2);
    for (int round = 0; round < 1_000; round++) {
      double large = (random.nextDouble() - 0.5) * Math.pow(10, 12 + random.nextInt(12));
      ExactSum sum = new ExactSum();
      sum.add(large);
      assertThat(sum.value()).isCloseTo(large, withinPercentage(1e-13));
      ExactSum twice = new ExactSum();
      twice.add(large);
      twice.add(-large);
      assertThat(twice.value()).isZero();
    }
    for (double edge : new double[] {0x1p43, -0x1p43, 0x1p44, -0x1p44, 0x1.fffffp43, -0x1.fp44}) {
      ExactSum sum = new ExactSum();
      sum.add(edge);
      assertThat(sum.value()).isEqualTo(edge);
    }
    for (double absurd : new double[] {1e28, -1e300, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new ExactSum().add(absurd)).isInstanceOf(ArithmeticException.class);
    }
  }

  @Test
  void amountsOfMoneyAddUpAsPeopleAdd() {
    for (int decimals = 0; decimals <= 9; decimals++) {
      Random random = new Random(decimals);
      ExactSum sum = new ExactSum();
      BigDecimal expected = BigDecimal.ZERO;
      for (int i = 0; i < 10_000; i++) {
        BigDecimal amount = BigDecimal.valueOf(random.nextInt(2_000_000) - 1_000_000, decimals);
        sum.add(amount.doubleValue());
        expected = expected.add(amount);
        assertThat(sum.value()).isEqualTo(expected.doubleValue());
      }
    }
    Random random = new Random(10);
    BigDecimal expected = BigDecimal.ZERO;
    ExactSum cents = new ExactSum();
    for (int i = 0; i < 10_000; i++) {
      BigDecimal amount = BigDecimal.valueOf(random.nextLong(900_000_000), 2);
      cents.add(amount.doubleValue());
      expected = expected.add(amount);
    }
    assertThat(cents.value()).isEqualTo(expected.doubleValue());
  }

  @Test
  void whatWasAddedCanBeTakenAwayInAnyOrder() {
    Random random = new Random(1);
    for (int round = 0; round < 200; round++) {
      ExactSum kept = new ExactSum();
      ExactSum gone = new ExactSum();
      ExactSum all = new ExactSum();
      for (int i = 0; i < 20; i++) {
        double value = (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(12));
        all.add(value);
        (random.nextBoolean() ? kept : gone).add(value);
      }
      all.subtractBits(gone.high(), gone.low());
      assertThat(all.high()).isEqualTo(kept.high());
      assertThat(all.low()).isEqualTo(kept.low());
    }
  }
}
