package dev.patron.features.slices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValueBinsTest {
  @Test
  void everyAmountLiesBetweenTheEdgesOfItsBin() {
    long seed = 11;
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      double amount = Math.pow(10, random.nextDouble() * 14 - 2) * (1 + 1e-9);
      long bin = ValueBins.of(amount);
      assertThat(amount)
          .as("seed %d, amount %s", seed, amount)
          .isGreaterThanOrEqualTo(ValueBins.from(bin))
          .isLessThan(ValueBins.from(bin + 1));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.15, 0.99, 1, 1.1, 7, 9.9, 10, 25, 990, 1000, 1.2e9})
  void roundNumbersBeginTheirBin(double amount) {
    assertThat(ValueBins.from(ValueBins.of(amount))).isEqualTo(amount);
    assertThat(ValueBins.of(Math.nextDown(amount))).isEqualTo(ValueBins.of(amount) - 1);
  }

  @Test
  void nothingAndLessThanACentAreOneBin() {
    assertThat(ValueBins.of(0)).isEqualTo(ValueBins.ZERO);
    assertThat(ValueBins.of(0.0099)).isEqualTo(ValueBins.ZERO);
    assertThat(ValueBins.of(-3)).isEqualTo(ValueBins.ZERO);
    assertThat(ValueBins.of(ValueBins.LEAST)).isEqualTo(ValueBins.ZERO + 1);
    assertThat(ValueBins.from(ValueBins.ZERO)).isZero();
  }

  @Test
  void aBinIsAtMostATenthAsWideAsWhatLiesInIt() {
    for (long bin = ValueBins.ZERO + 1; bin < 900; bin++) {
      double width = ValueBins.from(bin + 1) - ValueBins.from(bin);
      assertThat(width).isPositive().isLessThanOrEqualTo(0.1001 * ValueBins.from(bin));
    }
  }

  @Test
  void whatIsNoAmountIsRefused() {
    assertThatThrownBy(() -> ValueBins.of(Double.NaN)).hasMessage("NaN is no amount");
    assertThatThrownBy(() -> ValueBins.of(Double.POSITIVE_INFINITY))
        .hasMessage("Infinity is no amount");
  }
}
