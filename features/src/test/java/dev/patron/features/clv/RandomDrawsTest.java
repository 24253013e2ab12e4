package dev.patron.features.clv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.distribution.BetaDistribution;
import org.apache.commons.math3.distribution.GammaDistribution;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.distribution.RealDistribution;
import org.apache.commons.math3.distribution.UniformRealDistribution;
import org.junit.jupiter.api.Test;

class RandomDrawsTest {
  private static final int DRAWS = 40_000;

  @Test
  void drawsHaveTheirDistributions() {
    follows(new UniformRealDistribution(0, 1), RandomDraws::uniform);
    follows(new NormalDistribution(0, 1), RandomDraws::normal);
    for (double shape : new double[] {0.05, 0.7, 1, 3.7, 250}) {
      follows(new GammaDistribution(shape, 1), random -> random.gamma(shape));
    }
    follows(new BetaDistribution(0.79, 2.4), random -> SimulatedShop.beta(random, 0.79, 2.4));
  }

  /** Kolmogorov and Smirnov's distance, at its 99.9 % quantile. */
  private static void follows(RealDistribution wanted, ToDoubleFunction<RandomDraws> draw) {
    RandomDraws random = new RandomDraws(99);
    double[] draws = new double[DRAWS];
    Arrays.setAll(draws, i -> draw.applyAsDouble(random));
    Arrays.sort(draws);
    double distance = 0;
    for (int i = 0; i < DRAWS; i++) {
      double p = wanted.cumulativeProbability(draws[i]);
      distance = Math.max(distance, Math.max(p - i / (double) DRAWS, (i + 1.0) / DRAWS - p));
    }
    assertThat(distance).as("%s", wanted).isLessThan(1.95 / Math.sqrt(DRAWS));
  }

  @Test
  void integersAreEquallyLikely() {
    RandomDraws random = new RandomDraws(1);
    int[] counts = new int[7];
    for (int i = 0; i < 70_000; i++) {
      counts[random.integer(7)]++;
    }
    for (int count : counts) {
      assertThat((double) count).isCloseTo(10_000, within(400.0));
    }
  }

  @Test
  void equalSeedsGiveEqualDrawsForEver() {
    RandomDraws random = new RandomDraws(42);

    // SplitMix64 with seed 42, as java.util.SplittableRandom and the reference code give it.
    assertThat(random.uniform()).isEqualTo(((0xbdd732262feb6e95L >>> 11) + 0.5) * 0x1p-53);
  }
}
