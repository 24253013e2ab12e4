package dev.patron.features.clv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.patron.features.frame.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** What all models of purchases have in common. */
class PurchaseModelsTest {
  private static final Percentage EIGHT_DIGITS = Percentage.withPercentage(1e-6);

  /** Published fits, limits and extremes. */
  private static final List<PurchaseModel> MODELS =
      List.of(
          new BgNbd(0.243, 4.414, 0.793, 2.426),
          new BgNbd(1, 2, 1, 3), // a = 1
          new BgNbd(0.5, 10, 0.25, 0.75), // a + b = 1
          new BgNbd(0.7, 8, 1.5, 900),
          new BgNbd(20, 300, 0.27, 6.25),
          new MbgNbd(0.525, 6.183, 0.891, 1.614),
          new MbgNbd(0.8, 5, 1, 2), // a = 1
          new MbgNbd(0.1, 50, 0.05, 0.2),
          new ParetoNbd(0.553, 10.578, 0.606, 11.669),
          new ParetoNbd(0.553, 11.669, 0.606, 10.578),
          new ParetoNbd(0.8, 10, 1, 25), // s = 1
          new ParetoNbd(0.8, 10, 0.6, 10), // alpha = beta
          new ParetoNbd(1.2, 9, 1, 9), // both
          new ParetoNbd(0.05, 60, 0.02, 1.5),
          new ParetoNbd(4, 2, 3, 900),
          new Nbd(0.385, 12.072));

  /** x, t_x, T. */
  private static final double[][] CUSTOMERS = {
    {0, 0, 0},
    {0, 0, 1},
    {0, 0, 38.86},
    {0, 0, 520},
    {1, 0.5, 1},
    {1, 1, 520},
    {1, 39, 39},
    {2, 30.43, 38.86},
    {5, 0.75, 260},
    {10, 100, 104},
    {10, 2, 520},
    {100, 300, 310},
    {100, 510, 520},
    {1000, 500, 501},
    {1000, 500, 520},
  };

  private static final double[] HORIZONS = {1.0 / 7, 52, 520};

  @Test
  void everyProbabilityOfBeingAliveHasEightDigits() {
    for (PurchaseModel model : MODELS) {
      for (double[] c : CUSTOMERS) {
        int x = (int) c[0];
        assertThat(model.pAlive(x, c[1], c[2]))
            .as("%s, x %d, t_x %s, T %s", model, x, c[1], c[2])
            .isCloseTo(PublishedFormulas.pAlive(model, x, c[1], c[2]), EIGHT_DIGITS);
      }
    }
  }

  @Test
  void everyExpectationHasEightDigits() {
    for (PurchaseModel model : MODELS) {
      for (double[] c : CUSTOMERS) {
        for (double horizon : HORIZONS) {
          int x = (int) c[0];
          assertThat(model.expectedWhileAlive(x, c[2], horizon))
              .as("%s, x %d, T %s, t %s", model, x, c[2], horizon)
              .isCloseTo(PublishedFormulas.whileAlive(model, x, c[2], horizon), EIGHT_DIGITS);
        }
      }
    }
  }

  /** Also where random parameters put it: the formula itself is the only one to ask. */
  @Test
  void anyParetoHasEightDigits() {
    RandomDraws random = new RandomDraws(21);
    for (int i = 0; i < 60; i++) {
      ParetoNbd model =
          new ParetoNbd(
              Math.exp(random.normal()),
              10 * Math.exp(1.5 * random.normal()),
              Math.exp(random.normal()),
              10 * Math.exp(1.5 * random.normal()));
      int x = random.integer(3) == 0 ? 0 : 1 + random.integer(1 << random.integer(10));
      double tenure = 1 + 519 * random.uniform();
      double tx = x == 0 ? 0 : tenure * Math.sqrt(random.uniform());
      assertThat(model.pAlive(x, tx, tenure))
          .as("%s, x %d, t_x %s, T %s", model, x, tx, tenure)
          .isCloseTo(PublishedFormulas.pAlive(model, x, tx, tenure), EIGHT_DIGITS);
    }
  }

  @Test
  void whereAFormulaHasAPoleThereIsAClosedForm() {
    double horizon = 52;
    double tenure = 30;
    // s = 1: the expected time as a customer is a logarithm.
    assertThat(new ParetoNbd(0.8, 10, 1, 25).expectedWhileAlive(3, tenure, horizon))
        .isCloseTo(3.8 / 40 * 55 * Math.log(107.0 / 55), Percentage.withPercentage(1e-10));
    // alpha = beta: the integral is a power.
    double odds = 0.6 / (0.6 + 3.8) * (Math.pow(40.0 / 32, 0.6 + 3.8) - 1);
    assertThat(new ParetoNbd(0.8, 10, 0.6, 10).pAlive(3, 22, tenure))
        .isCloseTo(1 / (1 + odds), Percentage.withPercentage(1e-10));
    // A customer of this very moment.
    for (PurchaseModel model : MODELS) {
      if (!(model instanceof MbgNbd)) {
        assertThat(model.pAlive(0, 0, 0)).as("%s", model).isEqualTo(1);
      }
    }
    // MBG/NBD: they may have gone after the first purchase.
    assertThat(new MbgNbd(0.5, 6, 0.9, 1.6).pAlive(0, 0, 0))
        .isCloseTo(1.6 / 2.5, Percentage.withPercentage(1e-10));
    // Just bought: nobody has had the time to go but, with these two, right after the purchase.
    assertThat(new ParetoNbd(0.553, 10.578, 0.606, 11.669).pAlive(4, 30, 30)).isEqualTo(1);
    assertThat(new BgNbd(0.2, 4, 0.8, 2.4).pAlive(4, 30, 30))
        .isCloseTo(5.4 / 6.2, Percentage.withPercentage(1e-10));
  }

  /** Fader, Hardie, Lee (2005), equation (9); Fader, Hardie (2005), equation (19). */
  @Test
  void whatAnybodyIsExpectedToBuyIsAsPublished() {
    for (double weeks : new double[] {1, 39, 78, 520}) {
      assertThat(new ParetoNbd(0.553, 10.578, 0.606, 11.669).expectedOfAnybody(weeks))
          .isCloseTo(
              0.553 * 11.669 / 10.578 / -0.394 * (1 - Math.pow(11.669 / (11.669 + weeks), -0.394)),
              Percentage.withPercentage(1e-9));
      assertThat(new Nbd(0.385, 12.072).expectedOfAnybody(weeks))
          .isCloseTo(0.385 * weeks / 12.072, Percentage.withPercentage(1e-9));
      BgNbd bg = new BgNbd(0.243, 4.414, 0.793, 2.426);
      assertThat(bg.expectedOfAnybody(weeks))
          .isCloseTo(PublishedFormulas.whileAlive(bg, 0, 0, weeks), EIGHT_DIGITS);
      // Batislam et al. (2007): b / (a - 1) of the bracket with b + 1.
      MbgNbd mbg = new MbgNbd(0.525, 6.183, 0.891, 1.614);
      Precise z = Precise.of(weeks).over(Precise.of(6.183).plus(weeks));
      double bracket =
          Precise.of(1)
              .minus(
                  Precise.of(1)
                      .minus(z)
                      .pow(Precise.of(0.525))
                      .times(
                          Precise.hypergeometric(
                              Precise.of(0.525),
                              Precise.of(1.614).plus(1),
                              Precise.of(0.891).plus(1.614),
                              z)))
              .toDouble();
      assertThat(mbg.expectedOfAnybody(weeks))
          .isCloseTo(1.614 / (0.891 - 1) * bracket, EIGHT_DIGITS);
    }
  }

  @Test
  void discountedPurchasesHaveEightDigits() {
    for (PurchaseModel model :
        List.of(
            new BgNbd(0.243, 4.414, 0.793, 2.426),
            new MbgNbd(0.525, 6.183, 1, 1.614),
            new ParetoNbd(0.553, 10.578, 0.606, 11.669),
            new ParetoNbd(0.8, 10, 1, 25),
            new Nbd(0.385, 12.072))) {
      Frame customers = frame();
      Frame forecasts =
          new LifetimeForecast(
                  new LifetimeModel(model, new EqualAmounts(1), List.of()), 365, 0.01, 42)
              .of(customers);
      for (int row = 0; row < customers.rows(); row++) {
        int x = (int) customers.longs("repeat_purchases").get(row);
        double tx = customers.longs("repeat_recency_days").get(row) / 7.0;
        double tenure = customers.longs("tenure_days").get(row) / 7.0;
        double value = 0;
        double before = 0;
        for (int month = 1; month <= 12; month++) {
          double after = PublishedFormulas.whileAlive(model, x, tenure, month * 365.0 / 12 / 7);
          value += Math.pow(1.01, -month) * (after - before);
          before = after;
        }
        assertThat(forecasts.doubles("cltv").get(row))
            .as("%s, x %d, t_x %s, T %s", model, x, tx, tenure)
            .isCloseTo(PublishedFormulas.pAlive(model, x, tx, tenure) * value, EIGHT_DIGITS);
      }
    }
  }

  private static Frame frame() {
    List<List<?>> rows = new ArrayList<>();
    long[][] days = {{0, 0, 0}, {0, 0, 273}, {3, 100, 273}, {40, 1400, 1500}, {1000, 3500, 3640}};
    for (long[] d : days) {
      List<Object> row = new ArrayList<>(List.of((long) rows.size(), d[0], d[1], d[2], 0L));
      row.add(null);
      row.add(0L);
      row.add(null);
      row.add(0L);
      row.add(0.0);
      rows.add(row);
    }
    return Frame.ofRows(SimulatedShop.SCHEMA, rows);
  }

  @Test
  void everyGradientIsTheSlopeOfItsLikelihood() {
    PurchaseCells cells =
        new LifetimeCells()
            .add(SimulatedShop.customers(300, 0.5, 8, 0.8, 2.5, new GammaGamma(6, 4, 15), 1, 12))
            .purchases();
    RandomDraws random = new RandomDraws(13);
    for (int i = 0; i < 12; i++) {
      double[] at = {
        Math.exp(random.normal()),
        5 * Math.exp(random.normal()),
        Math.exp(random.normal()),
        5 * Math.exp(random.normal())
      };
      isSlope(MbgNbd::logLikelihood, at, cells);
      isSlope(ParetoNbd::logLikelihood, at, cells);
      isSlope(BgNbd::logLikelihood, at, cells);
      isSlope(Nbd::logLikelihood, new double[] {at[0], at[1]}, cells);
    }
    // On both sides of alpha = beta and upon it.
    for (double beta : new double[] {7.999, 8, 8.001}) {
      isSlope(ParetoNbd::logLikelihood, new double[] {0.5, 8, 0.7, beta}, cells);
    }
  }

  private interface Likelihood {
    double at(double[] parameters, PurchaseCells cells, double[] gradient);
  }

  @SuppressWarnings("NullAway") // the gradient may be null
  private static void isSlope(Likelihood likelihood, double[] at, PurchaseCells cells) {
    double[] gradient = new double[at.length];
    likelihood.at(at, cells, gradient);
    for (int j = 0; j < at.length; j++) {
      double step = 1e-5 * at[j];
      double[] ahead = at.clone();
      ahead[j] += step;
      double[] behind = at.clone();
      behind[j] -= step;
      double slope =
          (likelihood.at(ahead, cells, null) - likelihood.at(behind, cells, null)) / (2 * step);
      assertThat(gradient[j])
          .as("parameter %d at %s", j, at)
          .isCloseTo(slope, within(1e-5 * Math.max(1, Math.abs(slope))));
    }
  }

  @Test
  void theDistributionOfPurchasesHasTheExpectedMean() {
    for (PurchaseModel model : MODELS) {
      for (double[] c : new double[][] {{0, 39}, {3, 20}, {12, 104}, {300, 260}}) {
        double[] atMost = model.purchasesWhileAlive((int) c[0], c[1], 39);
        double mean = 0;
        for (double p : atMost) {
          mean += 1 - p;
        }
        assertThat(mean)
            .as("%s, x %s, T %s", model, c[0], c[1])
            .isCloseTo(
                model.expectedWhileAlive((int) c[0], c[1], 39), Percentage.withPercentage(0.3));
        assertThat(atMost).isSorted();
        assertThat(atMost[atMost.length - 1]).isBetween(1 - 1e-6, 1.0);
      }
    }
  }

  @Test
  void theDistributionOfParetosPurchasesIsThatOfCustomers() {
    ParetoNbd model = new ParetoNbd(0.8, 6, 0.9, 9);
    int x = 3;
    double tenure = 20;
    double horizon = 30;
    double[] atMost = model.purchasesWhileAlive(x, tenure, horizon);
    RandomDraws random = new RandomDraws(15);
    int customers = 40_000;
    int[] counts = new int[atMost.length];
    for (int i = 0; i < customers; i++) {
      double rate = random.gamma(model.r() + x) / (model.alpha() + tenure);
      double leaving = random.gamma(model.s()) / (model.beta() + tenure);
      double end = Math.min(horizon, -Math.log(random.uniform()) / leaving);
      int purchases = 0;
      double time = -Math.log(random.uniform()) / rate;
      while (time < end) {
        purchases++;
        time -= Math.log(random.uniform()) / rate;
      }
      counts[Math.min(purchases, counts.length - 1)]++;
    }
    double cumulative = 0;
    for (int n = 0; n < counts.length; n++) {
      cumulative += counts[n] / (double) customers;
      assertThat(cumulative).as("at most %d", n).isCloseTo(atMost[n], within(0.012));
    }
  }

  @Test
  void nothingIsEverInfiniteOrNoNumber() {
    double[] extremes = {7e-3, 1, 5e3};
    for (double r : extremes) {
      for (double alpha : extremes) {
        for (double third : extremes) {
          for (double fourth : extremes) {
            for (PurchaseModel model :
                List.of(
                    new ParetoNbd(r, alpha, third, fourth), new MbgNbd(r, alpha, third, fourth))) {
              for (int x : new int[] {0, 1, 5000}) {
                assertThat(model.pAlive(x, x == 0 ? 0 : 1.0 / 7, 1000))
                    .as("%s, x %d", model, x)
                    .isBetween(0.0, 1.0);
                assertThat(model.expectedWhileAlive(x, 0, 52))
                    .as("%s, x %d", model, x)
                    .isFinite()
                    .isPositive();
              }
            }
          }
        }
      }
    }
  }

  @Test
  void aModelIsMadeAgainFromItsNameAndParameters() {
    for (PurchaseModel model : MODELS) {
      assertThat(PurchaseModels.of(model.kind(), model.parameters())).isEqualTo(model);
      assertThat(PurchaseModels.KINDS).contains(model.kind());
    }
    for (MoneyModel model :
        List.of(
            new GammaGamma(6, 4, 15),
            new GammaGamma(6, 4, 15, PaidDays.ALL),
            new EqualAmounts(9.5))) {
      assertThat(MoneyModels.of(model.kind(), model.parameters())).isEqualTo(model);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PurchaseModels.of("weibull", Map.of()))
        .withMessageContaining("'weibull' is no model of purchases; known are [bg-nbd, mbg-nbd");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PurchaseModels.of("nbd", Map.of("r", 1.0)))
        .withMessage("model 'nbd' lacks the parameter 'alpha'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MoneyModels.of("lognormal", Map.of()))
        .withMessageContaining("'lognormal' is no model of money");
  }
}
