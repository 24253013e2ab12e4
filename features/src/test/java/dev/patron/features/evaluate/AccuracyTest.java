package dev.patron.features.evaluate;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.patron.features.clv.RandomDraws;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccuracyTest {
  private static final double[] ACTUAL = {0, 0, 0, 2, 5, 1};

  @Test
  void aPerfectForecastIsPerfect() {
    Accuracy accuracy = Accuracy.of(ACTUAL, ACTUAL);

    assertThat(accuracy.mae()).isZero();
    assertThat(accuracy.rmse()).isZero();
    assertThat(accuracy.bias()).isEqualTo(0.0);
    assertThat(accuracy.gini()).isEqualTo(1.0);
    assertThat(accuracy.spearman()).isCloseTo(1, within(1e-12));
  }

  @Test
  void measuresByHand() {
    // Errors 1, 0, -1, 1, -1, 0; 9 forecast, 8 came.
    Accuracy accuracy = Accuracy.of(new double[] {1, 0, -1, 3, 4, 1}, ACTUAL);

    assertThat(accuracy.mae()).isCloseTo(4 / 6.0, within(1e-12));
    assertThat(accuracy.rmse()).isCloseTo(Math.sqrt(4 / 6.0), within(1e-12));
    assertThat(accuracy.bias()).isCloseTo(0.0, within(1e-12));
    // Curve in ascending order of the forecast: 0, 0, then 0 and 1 tied, 2, 5 of 8.
    // Areas: 0, 0, 2 * 0.5, 1 + 1, 3 + 2.5 = 8.5; 1 - 17 / 48. Perfect: 0.5 + 2 + 5.5 = 8.
    assertThat(accuracy.gini()).isCloseTo((1 - 17 / 48.0) / (1 - 16 / 48.0), within(1e-12));
  }

  @Test
  void oneForecastForAllOrdersNobody() {
    double[] same = new double[ACTUAL.length];
    Arrays.fill(same, 1.5);
    Accuracy accuracy = Accuracy.of(same, ACTUAL);

    assertThat(accuracy.gini()).isCloseTo(0, within(1e-12));
    assertThat(accuracy.spearman()).isNull();
  }

  @Test
  void whereNobodyBoughtNothingIsSaidOfOrderAndBias() {
    Accuracy accuracy = Accuracy.of(ACTUAL, new double[ACTUAL.length]);

    assertThat(accuracy.bias()).isNull();
    assertThat(accuracy.gini()).isNull();
    assertThat(accuracy.spearman()).isNull();
  }

  @Test
  void equalForecastsShareTheirPlacesHoweverTheyCome() {
    RandomDraws draws = new RandomDraws(3);
    double[] expected = new double[200];
    double[] actual = new double[200];
    for (int i = 0; i < 200; i++) {
      expected[i] = draws.integer(4);
      actual[i] = draws.integer(3);
    }
    double[] reversed = new double[200];
    double[] reversedActual = new double[200];
    for (int i = 0; i < 200; i++) {
      reversed[i] = expected[199 - i];
      reversedActual[i] = actual[199 - i];
    }

    assertThat(Accuracy.of(reversed, reversedActual)).isEqualTo(Accuracy.of(expected, actual));
  }

  @Test
  void aBootstrapIntervalHoldsItsMeasureAndComesAgain() {
    RandomDraws draws = new RandomDraws(4);
    double[] expected = new double[500];
    double[] actual = new double[500];
    for (int i = 0; i < 500; i++) {
      expected[i] = draws.gamma(0.5);
      actual[i] = expected[i] * draws.gamma(1);
    }
    Bootstrap.Intervals intervals = new Bootstrap(100, 7).of(expected, actual);
    Accuracy accuracy = Accuracy.of(expected, actual);

    assertThat(intervals).isEqualTo(new Bootstrap(100, 7).of(expected, actual));
    assertThat(requireNonNull(intervals.mae()).low()).isLessThan(accuracy.mae());
    assertThat(requireNonNull(intervals.mae()).high()).isGreaterThan(accuracy.mae());
    assertThat(requireNonNull(intervals.gini()).low()).isLessThan(accuracy.gini());
    assertThat(requireNonNull(intervals.gini()).high()).isGreaterThan(accuracy.gini());
  }

  @Test
  void decilesHoldEverybodyOnce() {
    double[] values = new double[25];
    Arrays.setAll(values, i -> (i * 7) % 25);
    List<Decile> deciles = Decile.of(values, values);

    assertThat(deciles).hasSize(10);
    assertThat(deciles.stream().mapToInt(Decile::customers).sum()).isEqualTo(25);
    assertThat(deciles).allSatisfy(d -> assertThat(d.expected()).isEqualTo(d.actual()));
    assertThat(deciles.get(0).expected()).isEqualTo(0.5);
  }
}
