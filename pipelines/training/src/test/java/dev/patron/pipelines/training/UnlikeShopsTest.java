package dev.patron.pipelines.training;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.clv.LifetimeCells;
import dev.patron.features.clv.LifetimeFits;
import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.evaluate.Accuracy;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.purchases.DailyPurchases;
import dev.patron.features.purchases.RollingOrigin;
import dev.patron.features.purchases.RollingOrigin.Origin;
import dev.patron.features.trees.RefinedForecast;
import dev.patron.features.trees.Refinement;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is chosen, on shops whose customers are not as any of the models says. */
class UnlikeShopsTest {
  private static final long DAY = 86_400_000_000L;
  private static final long HORIZON = 90;

  /** A shop at an as-of, with what came after it. */
  private static final class Known {
    final OriginRows future;
    final BackTest backTest;
    final BackTest.Choice choice;

    /** With what the back-test chooses. */
    Known(SyntheticShop shop, long days, long seed) {
      this(shop, days, seed, null);
    }

    Known(SyntheticShop shop, long days, long seed, BackTest.@Nullable Choice choice) {
      Frame all = shop.purchases(days + HORIZON, seed);
      Frame known = all.filter(row -> all.longs("purchased_at").get(row) < days * DAY);
      OriginPlan plan = new OriginPlan(0, days - 1, HORIZON, 3);
      backTest =
          new BackTest(
              plan,
              List.of(new RollingOrigin(ZoneOffset.UTC, plan.origins()).of(known)),
              DailyPurchases.of(List.of(DailyPurchases.count(ZoneOffset.UTC, known))),
              42,
              20_000);
      this.choice = choice == null ? backTest.run(null).choice() : choice;
      Origin origin = new Origin(days - 1, HORIZON);
      future = new OriginRows(origin, new RollingOrigin(ZoneOffset.UTC, List.of(origin)).of(all));
    }

    Frame champion() {
      LifetimeModel model = future.model(choice.kinds());
      return forecast(model, backTest.refine(model, choice, HORIZON));
    }

    private Frame forecast(LifetimeModel model, Refinement refinement) {
      return new RefinedForecast(model, refinement, HORIZON, 0, 42).of(future.rows());
    }

    Accuracy purchases(Frame forecast) {
      return Accuracy.of(values(forecast, "expected_purchases"), future.actual().purchases());
    }

    Accuracy spend(Frame forecast) {
      return Accuracy.of(values(forecast, "cltv"), future.actual().spend());
    }

    double coverage(Frame forecast) {
      return IntervalWidth.covered(
          IntervalWidth.needed(forecast, future.rows().doubles("actual_spend")), 1);
    }
  }

  private static double[] values(Frame forecast, String column) {
    DoubleColumn values = forecast.doubles(column);
    double[] array = new double[forecast.rows()];
    for (int row = 0; row < array.length; row++) {
      array[row] = values.get(row);
    }
    return array;
  }

  /** Before Christmas and after it; what is chosen is given, for to choose takes long. */
  @Test
  void whereTheSeasonWasSeenBeforeTotalsAndIntervalsAreRight() {
    BackTest.Choice choice =
        new BackTest.Choice(
            new Kinds("mbg-nbd", "gamma-gamma-all-days"), 0, 0, true, true, 1, List.of());
    int shops = 8;
    double purchases = 0;
    double spend = 0;
    double worth = 0;
    double worthIfIndependent = 0;
    for (int i = 0; i < shops; i++) {
      long days = i % 2 == 0 ? 640 : 760;
      Known shop = new Known(SyntheticShop.gifts(1_500), days, 1 + i / 2, choice);
      Refinement refinement =
          shop.backTest.refine(shop.future.model(choice.kinds()), choice, HORIZON);
      Frame forecast = shop.champion();
      double ofPurchases = requireNonNull(shop.purchases(forecast).bias());
      double ofSpend = requireNonNull(shop.spend(forecast).bias());
      double ofWorth = Math.log((1 + ofSpend) / (1 + ofPurchases));
      purchases += ofPurchases / shops;
      spend += ofSpend / shops;
      worth += ofWorth / shops;
      worthIfIndependent +=
          (ofWorth
                  - Math.log(
                      refinement.spend().mix()
                          * refinement.spend().season()
                          / refinement.purchases().season()))
              / shops;

      assertThat(shop.coverage(forecast)).as("shop %d", i).isBetween(0.88, 0.97);
      assertThat(ofPurchases).as("shop %d, of some 1,000 purchases", i).isBetween(-0.2, 0.2);
    }

    assertThat(purchases).isBetween(-0.05, 0.05);
    assertThat(spend).isBetween(-0.05, 0.05);
    assertThat(worth).as("what a purchase is worth").isBetween(-0.04, 0.04);
    assertThat(worthIfIndependent)
        .as("where often and dear are taken to be independent")
        .isLessThan(-0.03);
  }

  @Test
  void whereWhoHasComeStaysNobodyIsSaidToLeave() {
    Known shop = new Known(SyntheticShop.food(250), 400, 1);

    assertThat(shop.choice.kinds().purchases()).isEqualTo("nbd");
    assertThat(
            new LifetimeFits(new LifetimeCells().add(shop.future.rows()))
                .of("bg-nbd", "gamma-gamma")
                .model()
                .notes())
        .anyMatch(note -> note.startsWith("drop-out is not identified"));
    Frame champion = shop.champion();
    assertThat(requireNonNull(shop.spend(champion).bias())).isBetween(-0.05, 0.05);
    assertThat(shop.coverage(champion)).isBetween(0.86, 0.96);
  }
}
