package dev.patron.features.clv;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.patron.features.frame.Frame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LifetimeFitTest {
  private static final GammaGamma MONEY = new GammaGamma(6, 4, 15);

  private static LifetimeFit fit(Frame... frames) {
    LifetimeCells cells = new LifetimeCells();
    for (Frame frame : frames) {
      cells.add(frame);
    }
    return LifetimeFit.of(cells);
  }

  /** Rows of x, t_x, T, paid repeat days, their mean amount, which is that of the first day too. */
  private static Frame shop(List<?>... rows) {
    List<List<?>> all = new ArrayList<>();
    for (List<?> row : rows) {
      List<Object> values = new ArrayList<>(row);
      values.add(0, (long) all.size());
      Object mean = row.get(4);
      values.add(mean == null ? 0L : (Long) row.get(3) + 1);
      values.add(mean);
      values.add(0L);
      values.add(0.0);
      all.add(values);
    }
    return Frame.ofRows(SimulatedShop.SCHEMA, all);
  }

  @Test
  void theTruthIsFoundAgain() {
    LifetimeFit fit = fit(SimulatedShop.customers(12_000, 0.6, 20, 0.8, 2.5, MONEY, 1, 1));

    assertThat(fit.model().notes()).isEmpty();
    assertThat(fit.model().purchases()).isInstanceOf(BgNbd.class);
    BgNbd purchases = (BgNbd) requireNonNull(fit.model().purchases());
    GammaGamma money = (GammaGamma) requireNonNull(fit.model().money());
    near("r", purchases.r(), 0.6, fit);
    near("alpha", purchases.alpha(), 20, fit);
    near("a", purchases.a(), 0.8, fit);
    near("b", purchases.b(), 2.5, fit);
    near("p", money.p(), 6, fit);
    near("q", money.q(), 4, fit);
    near("gamma", money.gamma(), 15, fit);
    assertThat(fit.deviations().values()).doesNotContainNull().allMatch(d -> d > 0 && d < 0.5);
  }

  @Test
  void everyModelFindsItsOwnCustomersAgain() {
    for (PurchaseModel truth :
        List.of(
            new BgNbd(0.6, 20, 0.8, 2.5),
            new MbgNbd(0.6, 12, 0.9, 2),
            new ParetoNbd(0.7, 12, 0.8, 15),
            new Nbd(0.6, 20))) {
      PurchaseCells cells =
          new LifetimeCells().add(SimulatedShop.customers(8_000, truth, MONEY, 1, 9)).purchases();
      PurchaseFit fit = PurchaseFit.of(truth.kind(), cells);

      assertThat(fit.model().kind()).isEqualTo(truth.kind());
      assertThat(fit.limits()).isEmpty();
      assertThat(fit.logLikelihood()).isGreaterThan(truth.logLikelihood(cells));
      truth
          .parameters()
          .forEach(
              (name, value) ->
                  assertThat(
                          Math.log(fit.model().parameters().getOrDefault(name, 0.0) / value)
                              / requireNonNull(fit.deviations().get(name)))
                      .as("%s of %s, in standard errors", name, truth)
                      .isBetween(-4.0, 4.0));
    }
  }

  private static final List<PurchaseModel> SLOWER =
      List.of(
          new BgNbd(0.9, 30, 0.5, 4),
          new MbgNbd(0.9, 18, 0.6, 3),
          new ParetoNbd(1, 18, 0.6, 20),
          new Nbd(0.9, 30));

  @ParameterizedTest
  @ValueSource(doubles = {0.8, 0})
  void aFitThatBeginsAtThatOfSlowerCustomersIsAsLikelyAsOneFromAfar(double dropOut) {
    // Where nobody drops out the likelihood is flat along the parameters of drop-out.
    PurchaseCells cells =
        new LifetimeCells()
            .add(SimulatedShop.customers(3_000, 0.6, 20, dropOut, 2.5, MONEY, 1, 5))
            .purchases();
    for (PurchaseModel slower : SLOWER) {
      PurchaseFit near = PurchaseFit.near(slower, cells);

      assertThat(near.model().kind()).isEqualTo(slower.kind());
      assertThat(near.logLikelihood())
          .as(slower.kind())
          .isCloseTo(
              PurchaseFit.of(slower.kind(), cells).logLikelihood(),
              within(dropOut > 0 ? 1e-3 : LifetimeFits.DROP_OUT_EVIDENCE / 3));
    }
  }

  @Test
  void noModelInventsDropOutWhereNobodyDropsOut() {
    LifetimeFits fits =
        new LifetimeFits(
            new LifetimeCells().add(SimulatedShop.customers(3_000, 0.8, 15, 0, 0, MONEY, 1, 3)));
    for (String kind : List.of(BgNbd.KIND, MbgNbd.KIND, ParetoNbd.KIND)) {
      LifetimeFit fit = fits.of(kind, GammaGamma.KIND_ALL_DAYS);

      assertThat(fits.identified(kind)).as(kind).isFalse();
      assertThat(fit.model().purchases()).as(kind).isInstanceOf(Nbd.class);
      assertThat(fit.model().notes())
          .as(kind)
          .anyMatch(note -> note.startsWith("drop-out is not identified: " + kind));
      assertThat(fit.deviations()).as(kind).containsOnlyKeys("r", "alpha", "p", "q", "gamma");
    }
  }

  /** Who has not had the time to come back is too new to be judged by not having come. */
  @Test
  void howLongCustomersTakeToComeBackSaysWhoIsNew() {
    PurchaseCells cells =
        new LifetimeCells()
            .add(
                shop(
                    Arrays.asList(1L, 10L, 300L, 1L, 9.0), // every 10 days
                    Arrays.asList(2L, 60L, 300L, 2L, 9.0), // every 30
                    Arrays.asList(1L, 30L, 31L, 1L, 9.0), // every 30
                    Arrays.asList(1L, 90L, 300L, 1L, 9.0), // every 90
                    Arrays.asList(1L, 5L, 6L, 1L, 9.0), // every 5: new, but has come back
                    Arrays.asList(0L, 0L, 29L, 0L, null),
                    Arrays.asList(0L, 0L, 0L, 0L, null),
                    Arrays.asList(0L, 0L, 30L, 0L, null)))
            .purchases();

    assertThat(cells.medianGapDays()).hasValue(30);
    assertThat(cells.newerThan(30)).isEqualTo(2);
    assertThat(
            new LifetimeCells()
                .add(shop(Arrays.asList(0L, 0L, 29L, 0L, null)))
                .purchases()
                .medianGapDays())
        .isEmpty();
  }

  /** A back-test offers identified models alone, so that NBD comes as a choice like any other. */
  @Test
  void thatDropOutIsNotIdentifiedIsSaidAlsoWhereNbdWasAskedFor() {
    LifetimeFits fits =
        new LifetimeFits(
            new LifetimeCells().add(SimulatedShop.customers(3_000, 0.8, 15, 0, 0, MONEY, 1, 3)));
    LifetimeFit fit = fits.of(Nbd.KIND, GammaGamma.KIND);

    assertThat(fit.model().notes())
        .singleElement()
        .asString()
        .startsWith("drop-out is not identified: ")
        .endsWith("P(alive) is 1 for all");
    assertThat(fit.logLikelihoods()).containsOnlyKeys(Nbd.KIND, GammaGamma.KIND);
  }

  @Test
  void whereDropOutIsIdentifiedNbdSaysWhatItDoesNotKnow() {
    LifetimeFits fits =
        new LifetimeFits(
            new LifetimeCells()
                .add(SimulatedShop.customers(3_000, 0.6, 20, 0.8, 2.5, MONEY, 1, 2)));

    assertThat(fits.of(Nbd.KIND, GammaGamma.KIND).model().notes())
        .singleElement()
        .asString()
        .startsWith("NBD knows no drop-out, although ")
        .endsWith("P(alive) is 1 for all");
  }

  /** At cut-offs, of which there are many, nobody reads notes, and other kinds are not fitted. */
  @Test
  void theModelAloneIsThatOfTheFit() {
    for (double dropOut : new double[] {0, 0.8}) {
      LifetimeFits fits =
          new LifetimeFits(
              new LifetimeCells()
                  .add(SimulatedShop.customers(1_000, 0.6, 20, dropOut, 2.5, MONEY, 1, 2)));
      for (String kind : PurchaseModels.KINDS) {
        LifetimeModel alone = fits.model(kind, GammaGamma.KIND);
        LifetimeModel fitted = fits.of(kind, GammaGamma.KIND).model();
        assertThat(alone.purchases()).as(kind).isEqualTo(fitted.purchases());
        assertThat(alone.money()).as(kind).isEqualTo(fitted.money());
      }
    }
    LifetimeFits nothing = new LifetimeFits(new LifetimeCells());
    assertThat(nothing.model(BgNbd.KIND, GammaGamma.KIND))
        .isEqualTo(nothing.of(BgNbd.KIND, GammaGamma.KIND).model());
  }

  @Test
  void aParameterOfWhichOnlyThatItIsExtremeIsKnownIsSaidSo() {
    // All customers buy at the same rate: the shape of the rates is as great as may be.
    List<List<?>> rows = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      long x = 18L + i % 5;
      rows.add(Arrays.asList(x, 349L + i % 10, 360L, x, 10.0 + i % 3));
    }
    LifetimeFit fit = fit(shop(rows.toArray(new List<?>[0])));

    assertThat(fit.model().notes()).anyMatch(note -> note.contains("r ran to its bound"));
    assertThat(fit.model().notes()).anyMatch(note -> note.contains("is not identified"));
  }

  /** Within four standard errors. */
  private static void near(String name, double found, double truth, LifetimeFit fit) {
    double deviation = requireNonNull(fit.deviations().get(name));
    assertThat(Math.abs(Math.log(found / truth)) / deviation)
        .as("%s found as %s, in standard errors of %s", name, found, deviation)
        .isLessThan(4);
  }

  @Test
  void theFitIsASummit() {
    PurchaseCells cells =
        new LifetimeCells()
            .add(SimulatedShop.customers(2_000, 0.6, 20, 0.8, 2.5, MONEY, 1, 2))
            .purchases();
    double[] summit = summit(cells);
    double[] gradient = new double[4];
    double best = BgNbd.logLikelihood(summit, cells, gradient);

    for (int i = 0; i < 4; i++) {
      assertThat(gradient[i] * summit[i]).isCloseTo(0, within(1e-6));
      for (double factor : new double[] {0.99, 1.01}) {
        double[] beside = summit.clone();
        beside[i] *= factor;
        assertThat(BgNbd.logLikelihood(beside, cells, null)).isLessThan(best);
      }
    }
  }

  private static double[] summit(PurchaseCells cells) {
    return PurchaseFit.of(BgNbd.KIND, cells).model().parameters().values().stream()
        .mapToDouble(parameter -> parameter)
        .toArray();
  }

  @Test
  void customersWhoNeverDropOutAreNotSaidTo() {
    LifetimeFit fit = fit(SimulatedShop.customers(3_000, 0.8, 15, 0, 0, MONEY, 1, 3));

    assertThat(fit.model().kind()).isEqualTo("nbd");
    assertThat(fit.model().notes()).anyMatch(note -> note.contains("drop-out is not identified"));
    assertThat(fit.model().purchases()).isInstanceOf(Nbd.class);
    assertThat(((Nbd) requireNonNull(fit.model().purchases())).r())
        .isCloseTo(0.8, Percentage.withPercentage(10));
    assertThat(fit.logLikelihoods()).containsKeys("bg-nbd", "nbd");
  }

  @Test
  void withoutARepeatBuyerNothingCanBeSaid() {
    LifetimeFit fit =
        fit(shop(Arrays.asList(0L, 0L, 30L, 0L, null), Arrays.asList(0L, 0L, 300L, 0L, null)));

    assertThat(fit.model().kind()).isEqualTo("insufficient");
    assertThat(fit.model().money()).isNull();
    assertThat(fit.model().notes()).anyMatch(note -> note.contains("second day"));
  }

  @Test
  void oneDayOfOrdersIsNotEnough() {
    LifetimeFit fit =
        fit(shop(Arrays.asList(0L, 0L, 0L, 0L, null), Arrays.asList(0L, 0L, 0L, 0L, null)));

    assertThat(fit.model().kind()).isEqualTo("insufficient");
  }

  @Test
  void oneOrNoCustomerIsNotEnough() {
    assertThat(fit(shop(Arrays.asList(3L, 20L, 30L, 3L, 9.0))).model().kind())
        .isEqualTo("insufficient");
    assertThat(fit(shop()).model().kind()).isEqualTo("insufficient");
    assertThat(fit().model().notes()).anyMatch(note -> note.contains("0 customer(s)"));
  }

  @Test
  void twoCustomersHaveSomeModelWithoutDropOut() {
    LifetimeFit fit =
        fit(shop(Arrays.asList(3L, 20L, 30L, 3L, 9.0), Arrays.asList(0L, 0L, 30L, 0L, null)));

    assertThat(fit.model().kind()).isEqualTo("nbd");
    assertThat(fit.model().money()).isEqualTo(new EqualAmounts(9));
  }

  @Test
  void equalAmountsAndNoAmountsAreSaidSo() {
    List<Object> row = Arrays.asList(2L, 20L, 30L, 2L, 5.0);
    LifetimeFit equal = fit(shop(row, row, row, Arrays.asList(0L, 0L, 30L, 0L, null)));
    assertThat(equal.model().money()).isEqualTo(new EqualAmounts(5));
    assertThat(equal.model().notes()).anyMatch(note -> note.contains("pay the same"));

    List<Object> free = Arrays.asList(2L, 20L, 30L, 0L, null);
    LifetimeFit none = fit(shop(free, free, Arrays.asList(0L, 0L, 30L, 0L, null)));
    assertThat(none.model().purchases()).isNotNull();
    assertThat(none.model().money()).isNull();
    assertThat(none.model().notes()).anyMatch(note -> note.contains("amounts are not known"));
  }

  @Test
  void theFitDoesNotDependOnOrderFramesOrMerges() {
    Frame shop = SimulatedShop.customers(500, 0.6, 20, 0.8, 2.5, MONEY, 1, 5);
    LifetimeFit wanted = fit(shop);
    Frame cells = new LifetimeCells().add(shop).toFrame();
    for (int seed = 0; seed < 5; seed++) {
      Random random = new Random(seed);
      List<Integer> order = new ArrayList<>();
      for (int row = 0; row < shop.rows(); row++) {
        order.add(row);
      }
      Collections.shuffle(order, random);
      Frame shuffled = shop.take(order.stream().mapToInt(i -> i).toArray());
      int cut = random.nextInt(shop.rows());
      LifetimeCells merged =
          new LifetimeCells()
              .addCells(new LifetimeCells().add(shuffled.slice(cut, shop.rows())).toFrame())
              .add(new LifetimeCells().add(shuffled.slice(0, cut)));

      assertThat(merged.toFrame()).as("seed %d", seed).isEqualTo(cells);
      assertThat(LifetimeFit.of(merged)).as("seed %d", seed).isEqualTo(wanted);
    }
  }

  @Test
  void anyTinyShopIsFittedAndForecastWithoutInventedNumbers() {
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      List<List<?>> rows = new ArrayList<>();
      int customers = 1 + random.nextInt(12);
      boolean samePrice = random.nextInt(4) == 0;
      long longest = 1L + random.nextInt(random.nextBoolean() ? 5 : 1000);
      for (int i = 0; i < customers; i++) {
        long tenure = random.nextInt((int) longest + 1);
        long x = tenure == 0 ? 0 : random.nextInt((int) Math.min(tenure, 6) + 1);
        long recency = x == 0 ? 0 : x + random.nextInt((int) (tenure - x) + 1);
        long paid = x == 0 ? 0 : random.nextInt((int) x + 1);
        Object mean = paid == 0 ? null : (Object) (samePrice ? 7.0 : 1.0 + random.nextInt(500));
        rows.add(Arrays.asList(x, recency, tenure, paid, mean));
      }
      Frame shop = shop(rows.toArray(new List<?>[0]));
      LifetimeFit fit = fit(shop);
      Frame forecasts = new LifetimeForecast(fit.model(), 365, 0.01, 42).of(shop);

      for (List<?> row : forecasts.toRows()) {
        assertThat(row)
            .as("seed %d, %s", seed, fit)
            .allMatch(
                value -> value == null || (Double.isFinite((Double) value) && (Double) value >= 0));
      }
      assertThat(fit.logLikelihoods().values()).as("seed %d", seed).allMatch(Double::isFinite);
      if (fit.model().purchases() == null) {
        assertThat(fit.model().notes()).as("seed %d", seed).isNotEmpty();
      }
    }
  }

  @Test
  void contradictionsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fit(shop(Arrays.asList(1L, 40L, 30L, 0L, null))))
        .withMessageContaining("repeat_recency_days 40");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fit(shop(Arrays.asList(0L, 4L, 30L, 0L, null))));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fit(shop(Arrays.asList(1L, 4L, 30L, 1L, null))))
        .withMessageContaining("repeat_mean_amount is null");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fit(shop(Arrays.asList(1L, 4L, 30L, 1L, -2.0))));
  }

  @Test
  void wholeWeeksHoldTheSameCustomers() {
    PurchaseCells cells =
        new LifetimeCells()
            .add(SimulatedShop.customers(2_000, 0.6, 20, 0.8, 2.5, MONEY, 1, 6))
            .purchases();
    PurchaseCells weeks = cells.atWholeWeeks(1);

    assertThat(weeks.customers()).isEqualTo(cells.customers());
    assertThat(weeks.repeatCustomers()).isEqualTo(cells.repeatCustomers());
    assertThat(weeks.size()).isLessThan(cells.size());
    assertThat(weeks.meanTenure()).isCloseTo(cells.meanTenure(), within(0.1));
  }
}
