package dev.patron.features.models;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.patron.features.clv.LifetimeForecast;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Type;
import dev.patron.features.trees.BoostedTrees;
import dev.patron.features.trees.InSeason;
import dev.patron.features.trees.RefinedForecast;
import dev.patron.features.trees.Refinement;
import dev.patron.features.trees.Refinement.Interval;
import dev.patron.features.trees.Refinement.Part;
import dev.patron.features.trees.TreeInputs;
import dev.patron.features.trees.TwoStageTrees;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a refinement makes of the interval; of the means {@link CustomerScorerTest} tells. */
class RefinedForecastTest {
  private static final Frame CUSTOMERS = Examples.features(Type.LONG);

  private static Frame refined(Part purchases, Part spend, Interval interval) {
    return new RefinedForecast(
            Examples.LIFETIME, new Refinement(null, purchases, spend, interval), 90, 0, 7)
        .of(CUSTOMERS);
  }

  private static double at(Frame forecast, String column, int row) {
    return forecast.doubles(column).get(row);
  }

  @Test
  void widthMovesBothEndsAndNoMean() {
    Frame drawn = refined(Part.NONE, Part.NONE, Interval.NONE);
    Frame wide = refined(Part.NONE, Part.NONE, new Interval(1, 1.6));

    for (int row = 0; row < CUSTOMERS.rows(); row++) {
      assertThat(at(wide, "cltv_low", row)).isEqualTo(1 / 1.6 * at(drawn, "cltv_low", row));
      assertThat(at(wide, "cltv_high", row)).isEqualTo(1.6 * at(drawn, "cltv_high", row));
      assertThat(at(wide, "cltv", row)).isEqualTo(at(drawn, "cltv", row));
    }
  }

  /** Who buys weekly has ends so near to each other that moving both by a factor crosses them. */
  @Test
  void aNarrowIntervalKeepsItsMeanAndItsOrder() {
    Frame drawn = refined(Part.NONE, Part.NONE, Interval.NONE);
    for (double width : new double[] {0.01, 0.3, 0.5, 0.9, 0.999}) {
      Frame narrow = refined(Part.NONE, Part.NONE, new Interval(1, width));
      for (int row = 0; row < CUSTOMERS.rows(); row++) {
        double low = at(narrow, "cltv_low", row);
        double high = at(narrow, "cltv_high", row);
        double wide = at(drawn, "cltv_high", row);
        assertThat(low).isEqualTo(at(drawn, "cltv_low", row));
        assertThat(high).isBetween(Math.max(low, width * wide), wide);
        assertThat(high).isGreaterThanOrEqualTo(Math.min(at(narrow, "cltv", row), wide));
      }
    }
  }

  /** The card says of the ends what is done to them. */
  @Test
  void theWordsOnTheEndsAreTrue() {
    double low = 10;
    double mean = 40;
    double high = 120;
    Interval wide = new Interval(1, 1.625);
    assertThat(wide.inWords())
        .isEqualTo("its upper end is multiplied by 1.625 and its lower one divided by it");
    assertThat(wide.high(low, mean, high)).isEqualTo(1.625 * high);
    assertThat(wide.low(low)).isEqualTo(low / 1.625);

    Interval narrow = new Interval(1, 0.75);
    assertThat(narrow.inWords())
        .isEqualTo(
            "its upper end comes nearer to the mean, to 0.750 of the distance between the two, and"
                + " stays where the mean lies above it; its lower end stays");
    assertThat(narrow.high(low, mean, high) - mean).isEqualTo(0.75 * (high - mean));
    assertThat(narrow.high(low, 2 * high, high)).isEqualTo(high);
    assertThat(narrow.low(low)).isEqualTo(low);

    Interval crossing = new Interval(1, 0.75, true);
    assertThat(crossing.inWords())
        .isEqualTo("its upper end is multiplied by 0.750 and its lower one divided by it");
    assertThat(crossing.high(low, mean, high)).isEqualTo(0.75 * high);
    assertThat(crossing.low(low)).isEqualTo(low / 0.75);

    assertThat(Interval.NONE.inWords()).isEqualTo("it stays as it is");
  }

  /** A shop with seasons is forecast by the model and the times of its clock, and by no other. */
  @Test
  void byAClockCustomersAreForecastByItsTimes() {
    InSeason inSeason = requireNonNull(Examples.BY_CLOCK.inSeason());
    Refinement refinement = new Refinement(null, Part.NONE, Part.NONE, Interval.NONE, inSeason);

    Frame forecast = new RefinedForecast(Examples.LIFETIME, refinement, 365, 0.01, 7).of(CUSTOMERS);

    Frame wanted =
        new LifetimeForecast(inSeason.model(Examples.LIFETIME), 365, 0.01, 7)
            .of(inSeason.clock().by(CUSTOMERS));
    for (String name : LifetimeForecast.SCHEMA.names()) {
      for (int row = 0; row < CUSTOMERS.rows(); row++) {
        double value = at(wanted, name, row);
        assertThat(at(forecast, name, row)).as(name).isCloseTo(value, within(1e-12 * value));
      }
    }
    assertThat(
            new RefinedForecast(Examples.LIFETIME, refinement.withoutSeason(), 365, 0, 7)
                .of(CUSTOMERS))
        .isEqualTo(new LifetimeForecast(Examples.LIFETIME, 365, 0, 7).of(CUSTOMERS));
  }

  /** Trees that say nothing leave it so, at whatever weight: they start from the clock as well. */
  @Test
  void treesStartFromTheForecastByTheClock() {
    BoostedTrees silent = new BoostedTrees(TreeInputs.NAMES.size(), 0, 1, List.of());
    Refinement refinement =
        new Refinement(
            new TwoStageTrees(365, silent, silent, silent),
            new Part(0.5, 1, 1),
            new Part(1, 1, 1),
            Interval.NONE,
            Examples.BY_CLOCK.inSeason());
    Refinement plain =
        new Refinement(null, Part.NONE, Part.NONE, Interval.NONE, Examples.BY_CLOCK.inSeason());

    Frame forecast = new RefinedForecast(Examples.LIFETIME, refinement, 365, 0, 7).of(CUSTOMERS);
    Frame wanted = new RefinedForecast(Examples.LIFETIME, plain, 365, 0, 7).of(CUSTOMERS);

    for (String name : List.of("expected_purchases", "cltv", "cltv_high")) {
      for (int row = 0; row < CUSTOMERS.rows(); row++) {
        double value = at(wanted, name, row);
        assertThat(at(forecast, name, row)).as(name).isCloseTo(value, within(1e-5 * value + 1e-5));
      }
    }
  }

  @Test
  void aSeasonIsDrawnAsALongerWindow() {
    Part season = new Part(0, 1, 3);
    Frame longer = new LifetimeForecast(Examples.LIFETIME, 270, 0, 7).of(CUSTOMERS);
    Frame busy = refined(season, season, new Interval(3, 1));
    Frame stretched = refined(season, season, Interval.NONE);

    int narrower = 0;
    for (int row = 0; row < CUSTOMERS.rows(); row++) {
      double high = at(longer, "cltv_high", row);
      assertThat(at(busy, "cltv_high", row)).isCloseTo(high, within(1e-9 * high));
      assertThat(at(busy, "cltv", row)).isEqualTo(at(stretched, "cltv", row));
      narrower += at(busy, "cltv_high", row) < at(stretched, "cltv_high", row) ? 1 : 0;
    }
    assertThat(narrower).as("a busy window is no window of greater purchases").isGreaterThan(50);
  }

  /** Trees that see many purchases where the models see few, and have no say in the spend. */
  @Test
  void theAmountStaysNearThatOfTheModelOfMoney() {
    Refinement free =
        new Refinement(
            Examples.REFINEMENT.trees(),
            new Part(0.5, 8, 1),
            Part.NONE,
            Interval.NONE,
            null,
            Double.POSITIVE_INFINITY);
    Refinement near = new Refinement(free.trees(), free.purchases(), free.spend());
    Frame any = new RefinedForecast(Examples.LIFETIME, free, 365, 0, 7).of(CUSTOMERS);
    Frame held = new RefinedForecast(Examples.LIFETIME, near, 365, 0, 7).of(CUSTOMERS);
    Frame plain = new RefinedForecast(Examples.LIFETIME, Refinement.NONE, 365, 0, 7).of(CUSTOMERS);

    int moved = 0;
    for (int row = 0; row < CUSTOMERS.rows(); row++) {
      double amount = plain.doubles("expected_amount").get(row);
      double ratio = any.doubles("expected_amount").get(row);
      assertThat(held.doubles("expected_amount").get(row))
          .isEqualTo(Math.max(amount / 2, Math.min(ratio, amount * 2)));
      moved += ratio < amount / 2 ? 1 : 0;
    }
    assertThat(moved).as("customers whose ratio says nothing").isPositive();
    for (String kept : List.of("p_alive", "expected_purchases", "cltv", "cltv_low", "cltv_high")) {
      assertThat(held.select(List.of(kept))).isEqualTo(any.select(List.of(kept)));
    }
  }
}
