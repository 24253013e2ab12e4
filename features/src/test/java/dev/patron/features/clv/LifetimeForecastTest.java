package dev.patron.features.clv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.patron.features.frame.Frame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class LifetimeForecastTest {
  private static final GammaGamma MONEY = new GammaGamma(6, 4, 15);
  private static final BgNbd PURCHASES = new BgNbd(0.6, 20, 0.8, 2.5);
  private static final LifetimeModel MODEL = new LifetimeModel(PURCHASES, MONEY, List.of());

  private static LifetimeForecast forecast(double discountRate) {
    return new LifetimeForecast(MODEL, 365, discountRate, 42);
  }

  private static Frame customers(int customers, long seed) {
    return SimulatedShop.customers(customers, 0.6, 20, 0.8, 2.5, MONEY, 365, seed);
  }

  @Test
  void withoutDiscountItIsPurchasesTimesAmount() {
    Frame forecasts = forecast(0).of(customers(200, 1));
    for (int row = 0; row < forecasts.rows(); row++) {
      assertThat(forecasts.doubles("cltv").get(row))
          .isEqualTo(
              forecasts.doubles("expected_purchases").get(row)
                  * forecasts.doubles("expected_amount").get(row));
    }
  }

  @Test
  void everyMonthIsDiscountedFromItsEnd() {
    Frame customers = customers(100, 2);
    for (long horizon : new long[] {20, 365, 400}) {
      Frame forecasts = new LifetimeForecast(MODEL, horizon, 0.01, 42).of(customers);
      for (int row = 0; row < customers.rows(); row++) {
        int x = (int) customers.longs("repeat_purchases").get(row);
        double tx = customers.longs("repeat_recency_days").get(row) / 7.0;
        double tenure = customers.longs("tenure_days").get(row) / 7.0;
        double value = 0;
        double before = 0;
        for (double end = 1; before < horizon * 12 / 365.0; end++) {
          double to = Math.min(end, horizon * 12 / 365.0);
          value += Math.pow(1.01, -to) * (expected(x, tenure, to) - expected(x, tenure, before));
          before = to;
        }
        assertThat(forecasts.doubles("cltv").get(row))
            .as("row %d over %d days", row, horizon)
            .isCloseTo(
                PURCHASES.pAlive(x, tx, tenure)
                    * value
                    * forecasts.doubles("expected_amount").get(row),
                Percentage.withPercentage(1e-9));
      }
    }
  }

  private static double expected(int x, double tenure, double months) {
    return months == 0 ? 0 : PURCHASES.expectedWhileAlive(x, tenure, months * 365 / 12 / 7);
  }

  @Test
  void aCustomersForecastDependsOnThatCustomerAlone() {
    Frame customers = customers(300, 3);
    Frame together = forecast(0.01).of(customers);
    int[] backwards = new int[customers.rows()];
    Arrays.setAll(backwards, i -> customers.rows() - 1 - i);

    assertThat(forecast(0.01).of(customers.take(backwards))).isEqualTo(together.take(backwards));
    List<Frame> alone = new ArrayList<>();
    for (int row = 0; row < customers.rows(); row++) {
      alone.add(forecast(0.01).of(customers.slice(row, row + 1)));
    }
    assertThat(Frame.concat(LifetimeForecast.SCHEMA, alone)).isEqualTo(together);
  }

  @Test
  void expectationsAreThoseOfTheForecast() {
    Frame customers = customers(300, 8);

    assertThat(forecast(0.01).expectations(customers))
        .isEqualTo(forecast(0.01).of(customers).select(LifetimeForecast.EXPECTATIONS.names()));
  }

  /** The one is a mean and the other a quantile, which is 0 of who most likely buys nothing. */
  @Test
  void aMeanCanLieAboveTheUpperEnd() {
    Frame forecasts = new LifetimeForecast(MODEL, 14, 0, 42).of(customers(300, 5));
    int above = 0;
    for (int row = 0; row < forecasts.rows(); row++) {
      double value = forecasts.doubles("cltv").get(row);
      assertThat(forecasts.doubles("cltv_low").get(row)).isLessThanOrEqualTo(value);
      if (value > forecasts.doubles("cltv_high").get(row)) {
        above++;
        assertThat(forecasts.doubles("expected_purchases").get(row)).isLessThan(0.06);
      }
    }
    assertThat(above).isGreaterThan(100);
  }

  @Test
  void anotherSeedMovesTheIntervalAlone() {
    Frame customers = customers(300, 4);
    Frame one = forecast(0.01).of(customers);
    Frame other = new LifetimeForecast(MODEL, 365, 0.01, 43).of(customers);

    List<String> certain = List.of("p_alive", "expected_purchases", "expected_amount", "cltv");
    assertThat(other.select(certain)).isEqualTo(one.select(certain));
    assertThat(other).isNotEqualTo(one);
  }

  @Test
  void aBusyWindowIsALongerOneToTheInterval() {
    Frame customers = customers(300, 9);
    Frame busy = new LifetimeForecast(MODEL, 90, 0, 42, 2).of(customers);
    Frame asLong = new LifetimeForecast(MODEL, 180, 0, 42).of(customers);
    Frame plain = new LifetimeForecast(MODEL, 90, 0, 42).of(customers);

    List<String> ends = List.of("cltv_low", "cltv_high");
    assertThat(busy.select(ends)).isEqualTo(asLong.select(ends)).isNotEqualTo(plain.select(ends));
    assertThat(busy.select(LifetimeForecast.EXPECTATIONS.names()))
        .isEqualTo(plain.select(LifetimeForecast.EXPECTATIONS.names()));
  }

  @Test
  void theIntervalCoversWhatCustomersSpend() {
    Frame customers = customers(8_000, 5);
    Frame forecasts = forecast(0).of(customers);
    int covered = 0;
    double spent = 0;
    double expected = 0;
    for (int row = 0; row < customers.rows(); row++) {
      double actual = customers.doubles("actual_spend").get(row);
      spent += actual;
      expected += forecasts.doubles("cltv").get(row);
      if (actual >= forecasts.doubles("cltv_low").get(row)
          && actual <= forecasts.doubles("cltv_high").get(row)) {
        covered++;
      }
    }

    assertThat(covered / (double) customers.rows()).isBetween(0.90, 0.96);
    assertThat(expected).isCloseTo(spent, Percentage.withPercentage(5));
  }

  @Test
  void whatIsNotKnownIsNull() {
    Frame customers = customers(10, 6);
    Frame unknown =
        new LifetimeForecast(new LifetimeModel(null, null, List.of("too little")), 365, 0.01, 42)
            .of(customers);
    for (List<?> row : unknown.toRows()) {
      assertThat(row).containsOnlyNulls().hasSize(6);
    }

    Frame withoutMoney =
        new LifetimeForecast(new LifetimeModel(PURCHASES, null, List.of()), 365, 0.01, 42)
            .of(customers);
    for (List<?> row : withoutMoney.toRows()) {
      assertThat(row.subList(0, 2)).doesNotContainNull();
      assertThat(row.subList(2, 6)).containsOnlyNulls();
    }
  }

  @Test
  void withoutDropOutEverybodyIsAlive() {
    Frame forecasts =
        new LifetimeForecast(
                new LifetimeModel(new Nbd(0.6, 20), new EqualAmounts(10), List.of()), 365, 0, 42)
            .of(customers(50, 7));
    for (int row = 0; row < forecasts.rows(); row++) {
      assertThat(forecasts.doubles("p_alive").get(row)).isEqualTo(1);
      assertThat(forecasts.doubles("expected_amount").get(row)).isEqualTo(10);
      assertThat(forecasts.doubles("cltv_high").get(row) % 10).isZero();
    }
  }

  @Test
  void extremeCustomersHaveFiniteForecasts() {
    Frame extremes =
        Frame.ofRows(
            SimulatedShop.SCHEMA,
            List.of(
                Arrays.asList(1L, 0L, 0L, 0L, 0L, null, 0L, null, 0L, 0.0),
                Arrays.asList(2L, 5000L, 7000L, 7000L, 5000L, 1e9, 5000L, 1e9, 0L, 0.0),
                Arrays.asList(3L, 5000L, 7000L, 36_500L, 5000L, 1e-9, 5000L, 1e-9, 0L, 0.0),
                Arrays.asList(4L, 1L, 1L, 36_500L, 1L, 0.01, 1L, 0.01, 0L, 0.0)));
    for (long horizon : new long[] {1, 365, 36_500}) {
      Frame forecasts = new LifetimeForecast(MODEL, horizon, 0.5, 42).of(extremes);
      for (List<?> row : forecasts.toRows()) {
        assertThat(row).allSatisfy(value -> assertThat((Double) value).isFinite().isNotNegative());
      }
    }
  }

  @Test
  void horizonAndRateAreChecked() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LifetimeForecast(MODEL, 0, 0.01, 42))
        .withMessageContaining("horizonDays is 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LifetimeForecast(MODEL, 365, -0.01, 42))
        .withMessageContaining("discountRate is -0.01");
  }

  @Test
  void quantilesAreThoseOfTheOrderedDraws() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      int zeros = random.nextInt(LifetimeForecast.DRAWS);
      double[] draws = new double[LifetimeForecast.DRAWS];
      for (int i = zeros; i < draws.length; i++) {
        draws[i] = random.nextBoolean() ? 1 + random.nextInt(9) : 10 * random.nextDouble();
      }
      double[] ordered = draws.clone();
      Arrays.sort(ordered);

      assertThat(LifetimeForecast.quantile(draws, zeros, 0.05)).isEqualTo(ordered[12]);
      assertThat(LifetimeForecast.quantile(draws, zeros, 0.95)).isEqualTo(ordered[243]);
    }
  }
}
