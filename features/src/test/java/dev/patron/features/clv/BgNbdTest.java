package dev.patron.features.clv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.patron.features.frame.Frame;
import java.util.List;
import org.apache.commons.math3.special.Gamma;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class BgNbdTest {
  /** Fader, Hardie, Lee (2005), table 2: the CDNOW sample, weeks. */
  private static final BgNbd PUBLISHED = new BgNbd(0.243, 4.414, 0.793, 2.426);

  /**
   * r, alpha, a, b, x, t_x, T, t, P(alive), E[Y(t) | alive], evaluated from equation (10) of Fader,
   * Hardie, Lee (2005) with mpmath at 60 digits; where it has a pole, 1e-30 beside it.
   */
  private static final double[][] REFERENCE = {
    {0.243, 4.414, 0.793, 2.426, 0, 0, 1, 52, 1, 1.265434370154},
    {0.243, 4.414, 0.793, 2.426, 0, 0, 0, 39, 1, 1.196723193321},
    {0.243, 4.414, 0.793, 2.426, 1, 0.5, 1, 4, 0.7306118920244, 0.8046744783397},
    {0.243, 4.414, 0.793, 2.426, 2, 30.43, 38.86, 39, 0.7265785700807, 1.687399305805},
    {0.243, 4.414, 0.793, 2.426, 10, 100, 104, 52, 0.907438595738, 4.270970515453},
    {0.243, 4.414, 0.793, 2.426, 100, 300, 310, 52, 0.8335793263278, 15.6054966405},
    {0.243, 4.414, 0.793, 2.426, 1000, 500, 520, 52, 1.622171255208e-14, 95.50598229847},
    {0.243, 4.414, 0.793, 2.426, 1000, 500, 500, 520, 0.9992087557709, 763.5962792301},
    {0.243, 4.414, 0.793, 2.426, 0, 0, 520, 1, 1, 0.0004632391533623},
    {1.0, 2.0, 1.0, 3.0, 0, 0, 1, 52, 1, 5.0889948729},
    {1.0, 2.0, 1.0, 3.0, 0, 0, 0, 39, 1, 5.360619790155},
    {1.0, 2.0, 1.0, 3.0, 1, 0.5, 1, 4, 0.6756756756757, 1.976967271795},
    {1.0, 2.0, 1.0, 3.0, 2, 30.43, 38.86, 39, 0.6666542606288, 2.225530648417},
    {1.0, 2.0, 1.0, 3.0, 10, 100, 104, 52, 0.8871322771082, 4.506115093811},
    {1.0, 2.0, 1.0, 3.0, 100, 300, 310, 52, 0.7916301375752, 15.59121489275},
    {1.0, 2.0, 1.0, 3.0, 1000, 500, 520, 52, 1.040195758181e-14, 95.06548466453},
    {1.0, 2.0, 1.0, 3.0, 1000, 500, 500, 520, 0.9990029910269, 712.0310138971},
    {1.0, 2.0, 1.0, 3.0, 0, 0, 520, 1, 1, 0.001914792029578},
    {0.5, 10.0, 0.25, 0.75, 0, 0, 1, 52, 1, 1.643557894473},
    {0.5, 10.0, 0.25, 0.75, 0, 0, 0, 39, 1, 1.404179334758},
    {0.5, 10.0, 0.25, 0.75, 1, 0.5, 1, 4, 0.7366894434651, 0.5189373701842},
    {0.5, 10.0, 0.25, 0.75, 2, 30.43, 38.86, 39, 0.8134283795417, 1.822341655987},
    {0.5, 10.0, 0.25, 0.75, 10, 100, 104, 52, 0.9640329342527, 4.548918659345},
    {0.5, 10.0, 0.25, 0.75, 100, 300, 310, 52, 0.9425794108479, 16.01867681207},
    {0.5, 10.0, 0.25, 0.75, 1000, 500, 520, 52, 7.725116801103e-14, 97.00449236899},
    {0.5, 10.0, 0.25, 0.75, 1000, 500, 500, 520, 0.99975, 925.952809802},
    {0.5, 10.0, 0.25, 0.75, 0, 0, 520, 1, 1, 0.0009430628053208},
    {2.0, 0.5, 3.0, 50.0, 0, 0, 1, 52, 1, 19.01747561174},
    {2.0, 0.5, 3.0, 50.0, 0, 0, 0, 39, 1, 22.66899877277},
    {2.0, 0.5, 3.0, 50.0, 1, 0.5, 1, 4, 0.8316008316008, 6.197972318889},
    {2.0, 0.5, 3.0, 50.0, 2, 30.43, 38.86, 39, 0.8663563520695, 3.493775694409},
    {2.0, 0.5, 3.0, 50.0, 10, 100, 104, 52, 0.9248797126359, 5.168325430845},
    {2.0, 0.5, 3.0, 50.0, 100, 300, 310, 52, 0.6378967357745, 14.57459630564},
    {2.0, 0.5, 3.0, 50.0, 1000, 500, 520, 52, 3.111493500905e-15, 87.43445191443},
    {2.0, 0.5, 3.0, 50.0, 1000, 500, 500, 520, 0.9971482889734, 393.1144091729},
    {2.0, 0.5, 3.0, 50.0, 0, 0, 520, 1, 1, 0.003841832498287},
    {0.1, 50.0, 0.05, 0.2, 0, 0, 1, 52, 1, 0.09458331180315},
    {0.1, 50.0, 0.05, 0.2, 0, 0, 0, 39, 1, 0.07331190057082},
    {0.1, 50.0, 0.05, 0.2, 1, 0.5, 1, 4, 0.7982603568246, 0.08600054461127},
    {0.1, 50.0, 0.05, 0.2, 2, 30.43, 38.86, 39, 0.9511416001308, 0.9098827192899},
    {0.1, 50.0, 0.05, 0.2, 10, 100, 104, 52, 0.9929603406534, 3.382572528616},
    {0.1, 50.0, 0.05, 0.2, 100, 300, 310, 52, 0.9916156233431, 14.40873374865},
    {0.1, 50.0, 0.05, 0.2, 1000, 500, 520, 52, 6.123010809875e-12, 91.03529164109},
    {0.1, 50.0, 0.05, 0.2, 1000, 500, 500, 520, 0.9999499624719, 928.276070856},
    {0.1, 50.0, 0.05, 0.2, 0, 0, 520, 1, 1, 0.0001754047748025},
    {0.7, 8.0, 1.5, 900.0, 0, 0, 1, 52, 1, 4.011861460307},
    {0.7, 8.0, 1.5, 900.0, 0, 0, 0, 39, 1, 3.389252708953},
    {0.7, 8.0, 1.5, 900.0, 1, 0.5, 1, 4, 0.9981666225496, 0.7548032334515},
    {0.7, 8.0, 1.5, 900.0, 2, 30.43, 38.86, 39, 0.9971641109423, 2.241395568329},
    {0.7, 8.0, 1.5, 900.0, 10, 100, 104, 52, 0.997570763783, 4.945771290504},
    {0.7, 8.0, 1.5, 900.0, 100, 300, 310, 52, 0.9638675860338, 16.26441258054},
    {0.7, 8.0, 1.5, 900.0, 1000, 500, 520, 52, 2.091627333667e-14, 94.87763848573},
    {0.7, 8.0, 1.5, 900.0, 1000, 500, 500, 520, 0.9992107340174, 736.9891251656},
    {0.7, 8.0, 1.5, 900.0, 0, 0, 520, 1, 1, 0.001325754024578},
    {800.0, 300.0, 0.27, 6.25, 0, 0, 1, 52, 1.0, 75.42435307157},
    {800.0, 300.0, 0.27, 6.25, 0, 0, 0, 39, 1.0, 60.46155099827},
    {800.0, 300.0, 0.27, 6.25, 1, 0.5, 1, 4, 0.859391319485, 9.274322070883},
    {800.0, 300.0, 0.27, 6.25, 2, 30.43, 38.86, 39, 4.512566843059e-08, 58.47727398543},
    {800.0, 300.0, 0.27, 6.25, 10, 100, 104, 52, 0.01753518378552, 73.68333794363},
    {800.0, 300.0, 0.27, 6.25, 100, 300, 310, 52, 0.0001349191440677, 70.88539058278},
    {800.0, 300.0, 0.27, 6.25, 1000, 500, 520, 52, 1.853329388337e-16, 112.4767221288},
    {800.0, 300.0, 0.27, 6.25, 1000, 500, 500, 520, 0.9997314822182, 1042.206188964},
  };

  @Test
  void thePublishedExample() {
    // Fader, Hardie, Lee (2005), "Implementing the BG/NBD Model ... in Excel": 1.226 purchases.
    double expected =
        PUBLISHED.pAlive(2, 30.43, 38.86) * PUBLISHED.expectedWhileAlive(2, 38.86, 39);

    assertThat(expected).isCloseTo(1.226, within(5e-4));
  }

  @Test
  void agreesWithTheFormulasAtSixtyDigits() {
    for (double[] row : REFERENCE) {
      BgNbd model = new BgNbd(row[0], row[1], row[2], row[3]);
      int x = (int) row[4];

      assertThat(model.pAlive(x, row[5], row[6]))
          .as("P(alive) of %s at %s", model, row)
          .isCloseTo(row[8], Percentage.withPercentage(1e-8));
      assertThat(model.expectedWhileAlive(x, row[6], row[7]))
          .as("purchases of %s at %s", model, row)
          .isCloseTo(row[9], Percentage.withPercentage(1e-8));
    }
  }

  @Test
  void seriesAndIntegralAgree() {
    RandomDraws random = new RandomDraws(5);
    for (int i = 0; i < 700; i++) {
      BgNbd model =
          new BgNbd(
              Math.exp(3 * random.normal()),
              Math.exp(2 * random.normal()),
              Math.exp(1.5 * random.normal()),
              Math.exp(2 * random.normal()));
      int x = random.integer(3) == 0 ? 0 : random.integer(1000);
      double weeks = model.alpha() + 500 * random.uniform();
      double horizon = 8 * weeks * random.uniform();

      assertThat(model.expectedWhileAlive(x, weeks - model.alpha(), horizon))
          .as("%s, x %d, alpha + T %s, t %s", model, x, weeks, horizon)
          .isCloseTo(model.byIntegral(x, weeks, horizon), Percentage.withPercentage(1e-6));
    }
  }

  @Test
  void nothingIsEverInfiniteOrNoNumber() {
    double[] extremes = {7e-3, 1, 5e3};
    for (double r : extremes) {
      for (double alpha : extremes) {
        for (double a : extremes) {
          for (double b : new double[] {7e-3, 1, 2e4}) {
            BgNbd model = new BgNbd(r, alpha, a, b);
            for (int x : new int[] {0, 1, 5000}) {
              double tx = x == 0 ? 0 : 1.0 / 7;
              assertThat(model.pAlive(x, tx, 1000)).isBetween(0.0, 1.0);
              for (double horizon : new double[] {1.0 / 7, 52, 520}) {
                assertThat(model.expectedWhileAlive(x, 0, horizon))
                    .as("%s, x %d, t %s", model, x, horizon)
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
  void withinNoTimeNothingIsExpected() {
    // Nearly equal drop-out for all is not summed up by the series.
    for (BgNbd model : List.of(new BgNbd(0.9, 8, 0.5, 2), new BgNbd(0.9, 8, 300, 4_700))) {
      assertThat(model.expectedWhileAlive(3, 10, 0)).isZero();
      assertThat(model.expectedOfAnybody(0)).isZero();
    }
  }

  @Test
  void closedForms() {
    // a = 1, x = 0: the mean over p of (1 - (1 + ps)^-r) / p with b (1-p)^(b-1) dp; b = 1, r = 1
    // leaves the integral of s / (1 + ps) from 0 to 1.
    assertThat(new BgNbd(1, 10, 1, 1).expectedWhileAlive(0, 30, 52))
        .isCloseTo(Math.log1p(52.0 / 40), Percentage.withPercentage(1e-12));
    // r = 1, b = 1 and any a: the integral of a s p^(a-1) / (1 + ps); a = 2 gives 2 (1 -
    // ln(1+s)/s).
    assertThat(new BgNbd(1, 10, 2, 1).expectedWhileAlive(0, 30, 52))
        .isCloseTo(2 * (1 - Math.log1p(1.3) / 1.3), Percentage.withPercentage(1e-12));
    // Nobody who drops out soon: NBD.
    assertThat(new BgNbd(0.5, 10, 1, 1e9).byIntegral(3, 40, 26))
        .isCloseTo(new Nbd(0.5, 10).expectedWhileAlive(3, 30, 26), Percentage.withPercentage(1e-4));
    assertThat(PUBLISHED.pAlive(0, 0, 0)).isEqualTo(1);
    assertThat(PUBLISHED.pAlive(0, 0, 100)).isEqualTo(1);
  }

  @Test
  void theLikelihoodIsTheFormulaOfThePaper() {
    PurchaseCells cells = cells(300, 11);

    assertThat(PUBLISHED.logLikelihood(cells))
        .isCloseTo(formula(PUBLISHED, cells), Percentage.withPercentage(1e-10));
  }

  /** Equations (7) of the Excel note, as they stand there. */
  private static double formula(BgNbd m, PurchaseCells cells) {
    double sum = 0;
    for (int i = 0; i < cells.size(); i++) {
      int x = cells.x[i];
      double a1 = Gamma.logGamma(m.r() + x) - Gamma.logGamma(m.r()) + m.r() * Math.log(m.alpha());
      double a2 =
          Gamma.logGamma(m.a() + m.b())
              + Gamma.logGamma(m.b() + x)
              - Gamma.logGamma(m.b())
              - Gamma.logGamma(m.a() + m.b() + x);
      double a3 = -(m.r() + x) * Math.log(m.alpha() + cells.tenure[i]);
      double a4 =
          x == 0
              ? 0
              : Math.exp(
                  Math.log(m.a())
                      - Math.log(m.b() + x - 1)
                      - (m.r() + x) * Math.log(m.alpha() + cells.tx[i]));
      sum += cells.customers[i] * (a1 + a2 + Math.log(Math.exp(a3) + a4));
    }
    return sum;
  }

  @Test
  void theGradientIsTheSlopeOfTheLikelihood() {
    PurchaseCells cells = cells(300, 12);
    RandomDraws random = new RandomDraws(13);
    for (int i = 0; i < 20; i++) {
      double[] at = {
        Math.exp(random.normal()),
        5 * Math.exp(random.normal()),
        Math.exp(random.normal()),
        Math.exp(random.normal())
      };
      double[] gradient = new double[4];
      BgNbd.logLikelihood(at, cells, gradient);
      for (int j = 0; j < 4; j++) {
        double step = 1e-5 * at[j];
        double[] ahead = at.clone();
        ahead[j] += step;
        double[] behind = at.clone();
        behind[j] -= step;
        double slope =
            (BgNbd.logLikelihood(ahead, cells, null) - BgNbd.logLikelihood(behind, cells, null))
                / (2 * step);
        assertThat(gradient[j])
            .as("parameter %d at %s", j, at)
            .isCloseTo(slope, Offset.offset(1e-5 * Math.max(1, Math.abs(slope))));
      }
    }
  }

  private static PurchaseCells cells(int customers, long seed) {
    Frame shop =
        SimulatedShop.customers(customers, 0.5, 8, 0.8, 2.5, new GammaGamma(6, 4, 15), 1, seed);
    return new LifetimeCells().add(shop).purchases();
  }

  @Test
  void theDistributionOfPurchasesHasTheExpectedMean() {
    RandomDraws random = new RandomDraws(14);
    for (int i = 0; i < 300; i++) {
      PurchaseModel model =
          i % 3 == 0
              ? new Nbd(0.5, 10)
              : new BgNbd(
                  Math.exp(random.normal()),
                  10 * Math.exp(random.normal()),
                  Math.exp(random.normal()),
                  Math.exp(1 + random.normal()));
      int x = random.integer(30);
      double tenure = 100 * random.uniform();
      double[] atMost = model.purchasesWhileAlive(x, tenure, 39);
      double mean = 0;
      for (double p : atMost) {
        mean += 1 - p;
      }

      assertThat(mean)
          .as("%s, x %d, T %s", model, x, tenure)
          .isCloseTo(model.expectedWhileAlive(x, tenure, 39), Percentage.withPercentage(0.1));
      assertThat(atMost).isSorted();
    }
  }

  @Test
  void theDistributionOfPurchasesIsThatOfCustomers() {
    BgNbd model = new BgNbd(0.8, 6, 0.9, 2.5);
    int x = 3;
    double tenure = 20;
    double horizon = 30;
    double[] atMost = model.purchasesWhileAlive(x, tenure, horizon);
    RandomDraws random = new RandomDraws(15);
    int customers = 40_000;
    int[] counts = new int[atMost.length];
    for (int i = 0; i < customers; i++) {
      double rate = random.gamma(model.r() + x) / (model.alpha() + tenure);
      double dropOut = SimulatedShop.beta(random, model.a(), model.b() + x);
      int purchases = 0;
      double time = -Math.log(random.uniform()) / rate;
      while (time < horizon) {
        purchases++;
        if (random.uniform() < dropOut) {
          break;
        }
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
  void aThousandPurchasesHaveADistributionToo() {
    double[] atMost = new Nbd(0.5, 1).purchasesWhileAlive(20_000, 0.5, 3);

    assertThat(atMost[atMost.length - 1]).isGreaterThan(1 - 1e-6);
    assertThat(atMost[30_000]).isLessThan(1e-3);
  }

  @Test
  void parametersMustBePositive() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BgNbd(0.2, 4, 0, 2))
        .withMessageContaining("parameter a is 0.0");
    assertThatIllegalArgumentException().isThrownBy(() -> new BgNbd(0.2, Double.NaN, 1, 2));
  }
}
