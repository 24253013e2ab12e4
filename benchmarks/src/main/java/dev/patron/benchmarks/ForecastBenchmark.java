package dev.patron.benchmarks;

import dev.patron.features.clv.BgNbd;
import dev.patron.features.clv.GammaGamma;
import dev.patron.features.clv.LifetimeForecast;
import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.clv.ParetoNbd;
import dev.patron.features.clv.RandomDraws;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Forecasts with and without intervals, in nanoseconds a customer. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ForecastBenchmark {
  private static final int CUSTOMERS = 100_000;
  private static final Schema FEATURES =
      Schema.of()
          .with("customer_id", Type.LONG)
          .with("repeat_purchases", Type.LONG)
          .with("repeat_recency_days", Type.LONG)
          .with("tenure_days", Type.LONG)
          .with("repeat_paid_days", Type.LONG)
          .with("repeat_mean_amount", Type.DOUBLE);

  /** The model of purchases. */
  @Param({"bg-nbd", "pareto-nbd"})
  public String kind = "bg-nbd";

  private Frame customers = Frame.empty(FEATURES);
  private LifetimeForecast forecast = forecast("bg-nbd");

  private static LifetimeForecast forecast(String kind) {
    return new LifetimeForecast(
        new LifetimeModel(
            kind.equals("bg-nbd")
                ? new BgNbd(0.243, 4.414, 0.793, 2.426)
                : new ParetoNbd(0.553, 10.578, 0.606, 11.669),
            new GammaGamma(6.25, 3.74, 15.44),
            List.of()),
        365,
        0.01,
        42);
  }

  /** Two years of newcomers of a shop like CDNOW. */
  @Setup
  public void shop() {
    forecast = forecast(kind);
    RandomDraws random = new RandomDraws(1);
    FrameBuilder rows = new FrameBuilder(FEATURES);
    for (long id = 0; id < CUSTOMERS; id++) {
      long tenure = random.integer(730);
      double perDay = random.gamma(0.243) / 4.414 / 7;
      double left = random.gamma(0.793);
      double dropOut = left / (left + random.gamma(2.426));
      long x = 0;
      long last = 0;
      double day = -Math.log(random.uniform()) / perDay;
      while (day < tenure) {
        x += (long) day == last ? 0 : 1;
        last = (long) day;
        day = random.uniform() < dropOut ? tenure : day - Math.log(random.uniform()) / perDay;
      }
      rows.appendRow(
          Arrays.asList(
              id, x, last, tenure, x, x == 0 ? null : (Double) (20 + 10 * random.uniform())));
    }
    customers = rows.build();
  }

  @Benchmark
  @OperationsPerInvocation(CUSTOMERS)
  public Frame expectations() {
    return forecast.expectations(customers);
  }

  @Benchmark
  @OperationsPerInvocation(CUSTOMERS)
  public Frame withIntervals() {
    return forecast.of(customers);
  }
}
