package dev.patron.pipelines.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.patron.features.clv.RandomDraws;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.trees.Refinement.Interval;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class IntervalWidthTest {
  private static final Schema ENDS =
      Schema.of()
          .with("cltv_low", Type.DOUBLE)
          .with("cltv", Type.DOUBLE)
          .with("cltv_high", Type.DOUBLE);

  private static double[] needed(double[] lows, double[] means, double[] highs, double[] spend) {
    return IntervalWidth.needed(
        Frame.of(ENDS, DoubleColumn.of(lows), DoubleColumn.of(means), DoubleColumn.of(highs)),
        DoubleColumn.of(spend));
  }

  /** A thousand customers who spend e^z, and whose interval is [e^-reach, e^reach]. */
  private static double[] needed(double reach, int quiet) {
    RandomDraws draws = new RandomDraws(5);
    double[] lows = new double[1_000];
    double[] means = new double[1_000];
    double[] highs = new double[1_000];
    double[] spend = new double[1_000];
    for (int i = 0; i < lows.length; i++) {
      boolean buys = i >= quiet;
      lows[i] = buys ? Math.exp(-reach) : 0;
      means[i] = buys ? Math.exp(0.5) : 0;
      highs[i] = Math.exp(reach);
      spend[i] = buys ? Math.exp(draws.normal()) : 0;
    }
    return needed(lows, means, highs, spend);
  }

  @Test
  void aCustomerNeedsWhatReachesTheFartherEnd() {
    assertThat(
            needed(
                new double[] {0, 0, 10, 10, 10, 0, 10, 0},
                new double[] {0, 9, 12, 12, 12, 0, 12, 60},
                new double[] {0, 50, 20, 20, 20, 0, 20, 50},
                new double[] {0, 0, 18, 40, 2, 3, 11, 49}))
        .containsExactly(0, 0, 0.75, 2, 5, Double.POSITIVE_INFINITY, 0, 0);
  }

  /** What is said to be needed is what an interval of that width holds. */
  @Test
  void whatIsNeededIsWhatIntervalsHold() {
    RandomDraws draws = new RandomDraws(3);
    for (int i = 0; i < 500; i++) {
      double low = i % 3 == 0 ? 0 : draws.gamma(2);
      double high = low + draws.gamma(1) + 0.01;
      double mean = low + draws.gamma(1);
      double spend = i % 4 == 0 ? 0 : draws.gamma(2);
      double needed =
          needed(
              new double[] {low}, new double[] {mean}, new double[] {high}, new double[] {spend})[
              0];
      for (double width : new double[] {0.3, 0.7, 0.99, 1, 1.01, 1.6}) {
        Interval interval = new Interval(1, width);
        boolean holds = interval.low(low) <= spend && spend <= interval.high(low, mean, high);
        if (Math.abs(needed - width) > 1e-9) {
          assertThat(needed <= width).as("customer %d, width %s", i, width).isEqualTo(holds);
        }
      }
    }
  }

  @Test
  void anIntervalThatHoldsWhatItShouldStaysAsItIs() {
    double[] needed = needed(1.75, 0); // 92 % of a normal distribution

    assertThat(IntervalWidth.covered(needed, 1)).isBetween(0.90, 0.94);
    assertThat(IntervalWidth.of(List.of(needed))).isEqualTo(1);
    assertThat(IntervalWidth.of(List.of())).isEqualTo(1);
  }

  @Test
  void tooNarrowAndTooWideOnesAreBentUntilTheyDo() {
    double[] narrow = needed(1.2, 0);
    double wider = IntervalWidth.of(List.of(narrow));
    assertThat(IntervalWidth.covered(narrow, 1)).isLessThan(0.85);
    assertThat(IntervalWidth.covered(narrow, wider)).isCloseTo(0.90, within(0.002));

    double[] wide = needed(2.2, 0);
    double narrower = IntervalWidth.of(List.of(wide));
    assertThat(IntervalWidth.covered(wide, 1)).isGreaterThan(0.96);
    assertThat(IntervalWidth.covered(wide, narrower)).isCloseTo(0.94, within(0.002));
  }

  @Test
  void allDaysCountTogether() {
    double[] narrow = needed(1.2, 0);
    double[] wide = needed(2.2, 0);

    assertThat(IntervalWidth.of(List.of(narrow, wide)))
        .isBetween(IntervalWidth.of(List.of(wide)), IntervalWidth.of(List.of(narrow)));
  }

  @Test
  void whereAlmostNobodyBuysNoWidthIsSoughtThatCannotBe() {
    double[] quiet = needed(1.75, 990);

    assertThat(IntervalWidth.covered(quiet, 1e-9)).isGreaterThan(0.94);
    assertThat(IntervalWidth.of(List.of(quiet))).isEqualTo(1);
  }

  @Test
  void noIntervalGrowsBeyondTwice() {
    double[] never = new double[100];
    Arrays.fill(never, Double.POSITIVE_INFINITY);

    assertThat(IntervalWidth.of(List.of(never))).isEqualTo(2);
  }
}
