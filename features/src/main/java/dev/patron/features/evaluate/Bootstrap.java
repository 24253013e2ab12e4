package dev.patron.features.evaluate;

import dev.patron.features.clv.RandomDraws;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How sure the measures of a forecast are: they are measured again on customers drawn with
 * replacement, many times. The draws are seeded, and the same for every forecast of the same
 * customers, so that forecasts compare.
 */
public final class Bootstrap {
  private static final double LOW = 0.05;
  private static final double HIGH = 0.95;

  private final int resamples;
  private final long seed;

  /**
   * A bootstrap.
   *
   * @param resamples how often customers are drawn, at least 20
   */
  public Bootstrap(int resamples, long seed) {
    if (resamples < 20) {
      throw new IllegalArgumentException("resamples is " + resamples + "; at least 20 is wanted");
    }
    this.resamples = resamples;
    this.seed = seed;
  }

  /** A 90 % interval. */
  public record Interval(double low, double high) {}

  /**
   * The intervals of a forecast's measures; null where a measure is not defined.
   *
   * @param bias of {@link Accuracy#bias}
   */
  public record Intervals(
      @Nullable Interval mae,
      @Nullable Interval rmse,
      @Nullable Interval bias,
      @Nullable Interval gini) {}

  /** The intervals of a forecast, a customer each. */
  public Intervals of(double[] expected, double[] actual) {
    int[] byExpected = Accuracy.ascending(expected);
    int[] byActual = Accuracy.ascending(actual);
    RandomDraws draws = new RandomDraws(seed);
    int[] counts = new int[expected.length];
    Accuracy[] found = new Accuracy[resamples];
    for (int i = 0; i < resamples; i++) {
      Arrays.fill(counts, 0);
      for (int drawn = 0; drawn < counts.length; drawn++) {
        counts[draws.integer(counts.length)]++;
      }
      found[i] = Accuracy.of(expected, actual, byExpected, byActual, counts);
    }
    List<Accuracy> all = List.of(found);
    return new Intervals(
        interval(all, Accuracy::mae),
        interval(all, Accuracy::rmse),
        interval(all, Accuracy::bias),
        interval(all, Accuracy::gini));
  }

  private static @Nullable Interval interval(
      List<Accuracy> found, Function<Accuracy, @Nullable Double> measure) {
    double[] values = new double[found.size()];
    for (int i = 0; i < values.length; i++) {
      Double value = measure.apply(found.get(i));
      if (value == null) {
        return null;
      }
      values[i] = value;
    }
    Arrays.sort(values);
    return new Interval(
        values[(int) (LOW * values.length)],
        values[Math.min(values.length - 1, (int) Math.ceil(HIGH * values.length) - 1)]);
  }
}
