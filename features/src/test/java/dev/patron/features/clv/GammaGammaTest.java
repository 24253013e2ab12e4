package dev.patron.features.clv;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.patron.features.frame.Frame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.analysis.integration.IterativeLegendreGaussIntegrator;
import org.apache.commons.math3.special.Gamma;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class GammaGammaTest {
  /** Fader, Hardie (2013), The Gamma-Gamma Model of Monetary Value: the CDNOW sample. */
  private static final GammaGamma PUBLISHED = new GammaGamma(6.25, 3.74, 15.44);

  @Test
  void withoutAPaidDayTheMeanOfAllCustomersIsExpected() {
    assertThat(PUBLISHED.expectedAmount(0, 0)).isCloseTo(15.44 * 6.25 / 2.74, within(1e-12));
  }

  @Test
  void theExpectationMovesFromTheMeanOfAllToTheCustomersOwn() {
    assertThat(PUBLISHED.expectedAmount(1, 100)).isBetween(36.0, 99.0);
    assertThat(PUBLISHED.expectedAmount(1000, 100)).isCloseTo(100, within(0.1));
    assertThat(PUBLISHED.expectedAmount(2, 10)).isLessThan(PUBLISHED.expectedAmount(0, 0));
  }

  @Test
  void theExpectationIsTheMeanOfItsPosterior() {
    // The mean amount is p / nu, and nu is gamma (p x + q, gamma + x mean).
    double shape = 6.25 * 3 + 3.74;
    double scale = 15.44 + 3 * 42.0;
    double mean =
        new IterativeLegendreGaussIntegrator(32, 1e-12, 1e-12)
            .integrate(
                1_000_000,
                nu ->
                    6.25
                        / nu
                        * Math.exp(
                            shape * Math.log(scale)
                                - Gamma.logGamma(shape)
                                + (shape - 1) * Math.log(nu)
                                - scale * nu),
                1e-6,
                3);

    assertThat(PUBLISHED.expectedAmount(3, 42)).isCloseTo(mean, Percentage.withPercentage(1e-6));
  }

  @Test
  void theLikelihoodIsADensityOfTheMeanAmount() {
    for (int days : new int[] {1, 4}) {
      double integral =
          new IterativeLegendreGaussIntegrator(32, 1e-10, 1e-10)
              .integrate(
                  1_000_000,
                  amount -> Math.exp(PUBLISHED.logLikelihood(cells(days, amount))),
                  1e-9,
                  3000);

      assertThat(integral).as("%d days", days).isCloseTo(1, within(1e-3));
    }
  }

  private static MoneyCells cells(int days, double amount) {
    return new LifetimeCells()
        .addCells(
            Frame.ofRows(
                LifetimeCells.SCHEMA,
                List.of(Arrays.asList(null, null, null, false, (long) days, amount, 1L))))
        .money(PaidDays.REPEAT);
  }

  @Test
  void theGradientIsTheSlopeOfTheLikelihood() {
    MoneyCells cells =
        new LifetimeCells()
            .add(SimulatedShop.customers(200, 1, 8, 0.8, 2.5, PUBLISHED, 1, 3))
            .money(PaidDays.REPEAT);
    double[][] points = {{6.25, 3.74, 15.44}, {0.7, 1.4, 90}, {30, 12, 2}};
    for (double[] at : points) {
      double[] gradient = new double[3];
      GammaGamma.logLikelihood(at, cells, gradient);
      for (int j = 0; j < 3; j++) {
        double step = 1e-5 * at[j];
        double[] ahead = at.clone();
        ahead[j] += step;
        double[] behind = at.clone();
        behind[j] -= step;
        double slope =
            (GammaGamma.logLikelihood(ahead, cells, null)
                    - GammaGamma.logLikelihood(behind, cells, null))
                / (2 * step);
        assertThat(gradient[j])
            .as("parameter %d at %s", j, at)
            .isCloseTo(slope, within(1e-5 * Math.max(1, Math.abs(slope))));
      }
    }
  }

  @Test
  void oneExtremeCustomerDoesNotMoveTheBoundsOfTheOthers() {
    for (String kind : MoneyModels.KINDS) {
      MoneyModel others = requireNonNull(MoneyFit.of(kind, shop(kind, List.of())).model());
      MoneyCells cells = shop(kind, List.of(7e8));
      MoneyFit fit = MoneyFit.of(kind, cells);

      assertThat(fit.limits()).as(kind).isEmpty();
      assertThat(fit.deviations().values()).doesNotContainNull();
      assertThat(fit.logLikelihood()).isGreaterThan(((GammaGamma) others).logLikelihood(cells));
      // What a customer of the middle is worth stays what that customer has paid, about.
      assertThat(requireNonNull(fit.model()).expectedAmount(4, 15)).isBetween(13.0, 20.0);
    }
  }

  /** Seven hundred customers at about 15 a purchase, and one more at each of these amounts. */
  private static MoneyCells shop(String kind, List<Double> extremes) {
    PaidDays form = MoneyModels.days(kind);
    boolean all = form == PaidDays.ALL;
    RandomDraws random = new RandomDraws(7);
    List<List<?>> rows = new ArrayList<>();
    for (int i = 0; i < 700; i++) {
      int days = 1 + i % 9;
      double mean = 10 * random.gamma(6.0 * days) / random.gamma(4.5) / days;
      rows.add(Arrays.asList(null, null, null, all, (long) days, mean, 1L));
    }
    for (double extreme : extremes) {
      rows.add(Arrays.asList(null, null, null, all, 40L, extreme, 1L));
    }
    return new LifetimeCells().addCells(Frame.ofRows(LifetimeCells.SCHEMA, rows)).money(form);
  }

  @Test
  void spendingHasTheExpectedMean() {
    RandomDraws random = new RandomDraws(4);
    MoneyModel.Spending spending = PUBLISHED.spending(5, 30);
    double sum = 0;
    int draws = 60_000;
    for (int i = 0; i < draws; i++) {
      sum += spending.draw(3, random);
    }

    assertThat(sum / draws)
        .isCloseTo(3 * PUBLISHED.expectedAmount(5, 30), Percentage.withPercentage(1));
  }

  @Test
  void anInfiniteMeanIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GammaGamma(6, 1, 15))
        .withMessageContaining("above 1 is wanted");
  }
}
