package dev.patron.pipelines.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Customers of two kinds: those who came thirty days ago, and old ones. */
class SeasonLevelTest {
  private static final Schema TENURE = Schema.of().with("tenure_days", Type.LONG);

  private static Frame customers(int newOnes, int oldOnes) {
    long[] tenures =
        LongStream.concat(
                LongStream.range(0, newOnes).map(i -> 30),
                LongStream.range(0, oldOnes).map(i -> 700))
            .toArray();
    return Frame.of(TENURE, LongColumn.of(tenures));
  }

  private static double[] each(Frame customers, double ofNew, double ofOld) {
    double[] values = new double[customers.rows()];
    Arrays.setAll(values, i -> customers.longs("tenure_days").get(i) == 30 ? ofNew : ofOld);
    return values;
  }

  @Test
  void theSameCustomersAreLevelledByWhatTheyDid() {
    Frame then = customers(100, 100);
    SeasonLevel level = new SeasonLevel(then, each(then, 1, 1), each(then, 3, 2));

    assertThat(level.of(then, each(then, 1, 1))).isCloseTo(2.5, within(1e-12));
  }

  @Test
  void customersWhoHaveGrownOldAreLevelledAsTheOldWere() {
    Frame then = customers(100, 100);
    SeasonLevel level = new SeasonLevel(then, each(then, 1, 1), each(then, 3, 2));
    Frame old = customers(0, 200);
    Frame young = customers(200, 0);

    // One total for all would say 2.5; the prior leaves next to nothing of it.
    assertThat(level.of(old, each(old, 1, 1))).isCloseTo(2, within(0.005));
    assertThat(level.of(young, each(young, 1, 1))).isCloseTo(3, within(0.005));
  }

  @Test
  void whereNothingWasExpectedNothingIsChanged() {
    Frame then = customers(10, 10);
    SeasonLevel level = new SeasonLevel(then, each(then, 0, 0), each(then, 1, 1));

    assertThat(level.of(then, each(then, 1, 1))).isEqualTo(1);
    assertThat(level.of(then, each(then, 0, 0))).isEqualTo(1);
  }
}
