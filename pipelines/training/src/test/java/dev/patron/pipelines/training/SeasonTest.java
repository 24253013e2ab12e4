package dev.patron.pipelines.training;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.clv.RandomDraws;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Type;
import dev.patron.features.purchases.DailyPurchases;
import dev.patron.features.purchases.RollingOrigin;
import dev.patron.features.purchases.RollingOrigin.Origin;
import dev.patron.features.tables.Tables;
import dev.patron.features.trees.Expectation;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Shops whose customers leave by the calendar, at a year's end, with all of Christmas behind. */
class SeasonTest {
  private static final long DAY = 86_400_000_000L;
  private static final long FIRST = LocalDate.of(2021, 1, 1).toEpochDay();
  private static final long AS_OF = LocalDate.of(2023, 12, 31).toEpochDay();
  private static final int YEAR = 365;
  private static final double[] BUSY = {.6, .6, .7, .7, .7, .7, .6, .6, .8, 1, 2, 3.5};

  /** A shop as it is known at as-of, and what its customers may be expected to do in a year. */
  private static final class Shop {
    final OriginRows rows;
    final DailyPurchases daily;
    final double[] expectedOf;
    double expected;

    /** Pareto/NBD: r .8, alpha 9 weeks, s .5, beta 30 weeks, were it not for the months. */
    Shop(int customers, long seed) {
      RandomDraws draws = new RandomDraws(seed);
      FrameBuilder built = new FrameBuilder(Tables.purchases(Type.LONG, Type.LONG, Type.DOUBLE));
      long order = 0;
      expectedOf = new double[customers];
      for (long id = 0; id < customers; id++) {
        double rate = draws.gamma(0.8) / 9 / 7;
        double leaving = draws.gamma(0.5) / 30 / 7;
        long start = FIRST + draws.integer((int) (AS_OF - FIRST));
        double end = start - Math.log(draws.uniform()) / leaving;
        for (long day = start; day <= AS_OF && day <= end; day++) {
          if (day == start || draws.uniform() < chance(rate, day)) {
            built.longs("customer_id").append(id);
            built.longs("order_id").append(order++);
            built.longs("purchased_at").append(day * DAY + DAY / 2);
            built.longs("lines").append(1);
            built.doubles("units").append(1);
            built.doubles("amount").append(20);
            built.doubles("returned").append(0);
            built.column("changed_at").appendNull();
            built.column("versions").appendNull();
          }
        }
        for (long day = AS_OF + 1; day <= AS_OF + YEAR && end > AS_OF; day++) {
          expectedOf[(int) id] += chance(rate, day) * Math.exp(-leaving * (day - AS_OF));
        }
        expected += expectedOf[(int) id];
      }
      Frame purchases = built.build();
      Origin origin = new Origin(AS_OF, 0);
      rows =
          new OriginRows(origin, new RollingOrigin(ZoneOffset.UTC, List.of(origin)).of(purchases));
      daily = BackTestedShop.daily(purchases);
    }

    private static double chance(double rate, long day) {
      return -Math.expm1(-rate * BUSY[LocalDate.ofEpochDay(day).getMonthValue() - 1]);
    }

    /** What a model of this kind expects in all, levelled by the season. */
    double levelled(String kind) {
      LifetimeModel model = rows.model(new Kinds(kind, "gamma-gamma"));
      Amounts plain = Amounts.of(Expectation.of(model, rows.rows(), YEAR));
      return Season.after(model, rows, YEAR, daily).purchases()
          * Arrays.stream(plain.purchases()).sum();
    }
  }

  private static double rmse(double[] forecast, double[] expected) {
    double sum = 0;
    for (int i = 0; i < expected.length; i++) {
      sum += (forecast[i] - expected[i]) * (forecast[i] - expected[i]);
    }
    return Math.sqrt(sum / expected.length);
  }

  /** Of two who bought three times, one may have come before two Christmases and one after them. */
  @Test
  void customersAreToldApartByTheClock() {
    for (int seed = 5; seed < 8; seed++) {
      Shop shop = new Shop(3_000, seed);
      LifetimeModel model = shop.rows.model(new Kinds("mbg-nbd", "gamma-gamma"));
      Season season = Season.after(model, shop.rows, YEAR, shop.daily);
      double[] plain = Amounts.of(Expectation.of(model, shop.rows.rows(), YEAR)).purchases();
      double[] levelled = Arrays.stream(plain).map(e -> e * season.purchases()).toArray();
      Expectation byClock =
          requireNonNull(season.inSeason()).expected(model, shop.rows.rows(), YEAR);

      assertThat(Arrays.stream(Amounts.of(byClock).purchases()).sum())
          .as("in all the same")
          .isCloseTo(Arrays.stream(levelled).sum(), within(1e-6 * shop.expected));
      assertThat(rmse(Amounts.of(byClock).purchases(), shop.expectedOf))
          .as("seed %d", seed)
          .isLessThan(0.9 * rmse(levelled, shop.expectedOf));
    }
  }

  @Test
  void anyKindIsLevelledByTheOneThatExplainsThePurchases() {
    int shops = 4;
    double bias = 0;
    for (int seed = 1; seed <= shops; seed++) {
      Shop shop = new Shop(3_000, seed);

      double levelled = shop.levelled("mbg-nbd");
      assertThat(shop.levelled("pareto-nbd")).isCloseTo(levelled, within(1e-3 * levelled));
      bias += (levelled / shop.expected - 1) / shops;
    }

    assertThat(bias).isBetween(-0.04, 0.04);
  }
}
