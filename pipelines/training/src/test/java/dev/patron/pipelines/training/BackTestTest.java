package dev.patron.pipelines.training;

import static dev.patron.pipelines.training.BackTestedShop.NO_DAYS;
import static dev.patron.pipelines.training.BackTestedShop.backTest;
import static dev.patron.pipelines.training.BackTestedShop.plan;
import static dev.patron.pipelines.training.BackTestedShop.pooled;
import static dev.patron.pipelines.training.BackTestedShop.shop;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.patron.features.clv.EqualAmounts;
import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.clv.Nbd;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.purchases.RollingOrigin;
import dev.patron.features.purchases.RollingOrigin.Origin;
import dev.patron.features.trees.RefinedForecast;
import dev.patron.features.trees.Refinement;
import dev.patron.pipelines.training.BackTest.Line;
import dev.patron.pipelines.training.BackTest.Result;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BackTestTest {
  @Test
  void whatIsChosenBeatsTheNaive() {
    Result result = backTest(plan(360, 90), shop(700, 360, 1, true, 2)).run(null);

    String chosen =
        result.lines().stream().filter(Line::chosen).findFirst().orElseThrow().candidate();
    for (String naive : List.of(BackTest.MEAN, BackTest.LAST_PERIOD, BackTest.PAST_RATE)) {
      assertThat(requireNonNull(result.losses().get(chosen)))
          .as(naive)
          .isLessThan(requireNonNull(result.losses().get(naive)));
    }
    assertThat(pooled(result, BackTest.MEAN, "purchases").accuracy().gini()).isLessThan(0.1);
    assertThat(result.isAsGoodAsChampion()).isTrue();
  }

  @Test
  void aStrongSeasonIsLevelledByTheYearBefore() {
    // As-of lies before the season of the third year; the horizon holds it.
    long days = 2 * 365 + 300;
    long horizon = 90;
    Frame seasonal = shop(500, days + horizon, 6, false, 5);
    OriginPlan plan = plan(days, horizon);
    BackTest backTest = backTest(plan, seasonal);
    Result result = backTest.run(null);
    assertThat(result.choice().season()).as(result.choice().reasons().toString()).isTrue();

    assertThat(requireNonNull(result.losses().get(BackTest.IN_SEASON)))
        .isLessThan(requireNonNull(result.losses().get(result.choice().kinds().candidate())));
    Line blended = pooled(result, BackTest.BLEND, "purchases");
    assertThat(blended.chosen()).as("what is tested is what scores").isTrue();
    assertThat(requireNonNull(blended.accuracy().bias())).isBetween(-0.05, 0.05);

    Origin future = new Origin(days - 1, horizon);
    OriginRows rows =
        new OriginRows(future, new RollingOrigin(ZoneOffset.UTC, List.of(future)).of(seasonal));
    LifetimeModel model = rows.model(result.choice().kinds());
    double actual = Arrays.stream(rows.actual().purchases()).sum();
    double levelled = total(model, backTest.refine(model, result.choice(), horizon), rows, horizon);
    double plain = total(model, Refinement.NONE, rows, horizon);
    assertThat(backTest.refine(model, result.choice(), horizon).inSeason()).isNotNull();

    assertThat(plain / actual).as("a model without seasons").isLessThan(0.6);
    assertThat(levelled / actual).as("in its season").isBetween(0.95, 1.05);
  }

  /** As-of, horizon, how much busier Christmas is, how many leave, over what share they join. */
  static Stream<Arguments> shopsWhoseSeasonWasSeenBefore() {
    return Stream.of(
        arguments(3 * 365, 365, 6, 0, 0.5, 1_500),
        arguments(2 * 365 + 300, 182, 6, 0, 0.5, 1_500),
        arguments(2 * 365 + 300, 90, 4, 0, 0.9, 1_500),
        arguments(700, 90, 6, 0, 0.5, 1_500),
        arguments(3 * 365, 365, 4, 0.06, 0.9, 4_000),
        arguments(2 * 365 + 300, 90, 4, 0.06, 0.9, 4_000),
        arguments(700, 90, 1, 0.15, 0.9, 4_000));
  }

  /**
   * By an even clock nothing but rounding is left of a season, and it must not be taken for one.
   */
  @Test
  void roundingIsNoSeason() {
    BackTest.Choice choice =
        new BackTest.Choice(
            new Kinds("nbd", "gamma-gamma-all-days"), 0, 0, true, false, 1, List.of());
    Origin now = new Origin(699, 90);
    for (int seed = 10; seed < 16; seed++) {
      Frame even = shop(400, 790, 1, false, seed);
      OriginRows rows =
          new OriginRows(now, new RollingOrigin(ZoneOffset.UTC, List.of(now)).of(even));
      Refinement refinement =
          backTest(plan(700, 90), even).refine(rows.model(choice.kinds()), choice, 90);
      double factor = refinement.purchases().season();
      assertThat(refinement.hasSeason())
          .as("seed %d: %s", seed, factor)
          .isEqualTo(Math.abs(factor - 1) > 1e-6);
    }
  }

  @ParameterizedTest
  @MethodSource("shopsWhoseSeasonWasSeenBefore")
  void whereTheSeasonWasSeenBeforeTheTotalIsRight(
      long days, long horizon, double christmas, double dropOut, double joining, int customers) {
    Frame seasonal = shop(customers, days + horizon, christmas, dropOut, joining, 8);
    OriginPlan plan = plan(days, horizon);
    BackTest backTest = backTest(plan, seasonal);
    BackTest.Choice choice =
        new BackTest.Choice(
            new Kinds(dropOut > 0 ? "bg-nbd" : "nbd", "gamma-gamma-all-days"),
            0,
            0,
            true,
            true,
            1,
            List.of());

    Origin future = new Origin(days - 1, horizon);
    OriginRows rows =
        new OriginRows(future, new RollingOrigin(ZoneOffset.UTC, List.of(future)).of(seasonal));
    LifetimeModel model = rows.model(choice.kinds());
    double actual = Arrays.stream(rows.actual().purchases()).sum();
    double levelled = total(model, backTest.refine(model, choice, horizon), rows, horizon);

    assertThat(plan.isSeasonKnown()).isTrue();
    assertThat(levelled / actual).isBetween(0.95, 1.05);
  }

  @Test
  void theChampionDefendsItsPlaceOnDaysThatItHasNotSeen() {
    Frame shop = shop(500, 360, 1, true, 9);
    OriginPlan plan = plan(360, 90);
    long tested = plan.origins().get(plan.tests().get(1).origin()).day();
    BackTest backTest = backTest(plan, shop);
    LifetimeModel poor = new LifetimeModel(new Nbd(50, 2), new EqualAmounts(5), List.of());

    Result againstPoor = backTest.run(champion(poor, tested));
    BackTest.Duel duel = requireNonNull(againstPoor.champion());
    assertThat(duel.days()).as("both days are at or after its as-of").isEqualTo(2);
    assertThat(duel.championLoss()).isGreaterThan(duel.challengerLoss());
    assertThat(againstPoor.isAsGoodAsChampion()).isTrue();
    assertThat(againstPoor.lines().stream().filter(line -> line.role().equals("champion")))
        .hasSize(4)
        .allMatch(line -> line.candidate().equals("lifetime/1") && !line.chosen());

    Result one = backTest.run(champion(poor, tested + 1));
    assertThat(requireNonNull(one.champion()).days()).isEqualTo(1);
    Result none = backTest.run(champion(poor, 360));
    assertThat(none.champion()).as("it has seen every tested day").isNull();
    assertThat(none.isAsGoodAsChampion()).isTrue();
    assertThat(none.choice()).as("a champion has no say in the choice").isEqualTo(one.choice());

    Result better =
        new Result(one.lines(), one.choice(), one.losses(), new BackTest.Duel("c", 1, 2, 2.1));
    assertThat(better.isAsGoodAsChampion()).isFalse();
  }

  private static BackTest.Champion champion(LifetimeModel model, long asOfDay) {
    return new BackTest.Champion("lifetime/1", model, Refinement.NONE, asOfDay);
  }

  private static double total(
      LifetimeModel model, Refinement refinement, OriginRows rows, long horizon) {
    Frame forecast = new RefinedForecast(model, refinement, horizon, 0, 42).of(rows.rows());
    double sum = 0;
    for (int row = 0; row < forecast.rows(); row++) {
      sum += forecast.doubles("expected_purchases").get(row);
    }
    return sum;
  }

  @Test
  void whereNobodyDropsOutNoModelWithDropOutIsChosen() {
    Result result = backTest(plan(360, 90), shop(400, 360, 1, false, 6)).run(null);

    assertThat(result.choice().kinds().purchases()).isEqualTo("nbd");
  }

  /** Years without a repeat are no short history. */
  @Test
  void withoutRepeatsTheDefaultsAreTakenForThatReason() {
    Frame once = firstOfEach(shop(400, 900, 1, false, 11));
    Result result = backTest(plan(900, 90), once).run(null);

    assertThat(result.lines()).isEmpty();
    assertThat(result.choice().reasons().get(0))
        .isEqualTo(
            "before no tested day two customers and a repeat purchase were known, so nothing could"
                + " be back-tested: the defaults are taken");
  }

  /** The first purchase of each customer, who are together and in time. */
  private static Frame firstOfEach(Frame purchases) {
    return purchases.filter(
        row ->
            row == 0
                || purchases.longs("customer_id").get(row)
                    != purchases.longs("customer_id").get(row - 1));
  }

  /** Purchases at no price are purchases; it is money that trees could learn nothing of. */
  @Test
  void whyTreesHaveNoWeightIsWhatIsMissing() {
    Frame shop = shop(700, 360, 1, true, 2);
    Schema schema = shop.schema();
    Frame gratis =
        Frame.of(
            schema,
            schema.names().stream()
                .map(
                    name ->
                        name.equals("amount")
                            ? DoubleColumn.of(new double[shop.rows()])
                            : shop.column(name))
                .toArray(Column[]::new));

    assertThat(backTest(plan(360, 90), gratis).run(null).choice().reasons())
        .anyMatch(
            reason ->
                reason.equals(
                    "trees have no weight: before a tested day no purchase with a positive amount"
                        + " is known in a window that had ended"));
    assertThat(backTest(plan(360, 90), shop(60, 360, 1, true, 2)).run(null).choice().reasons())
        .anyMatch(
            reason ->
                reason.equals(
                    "trees have no weight: before a tested day fewer than 100 customers are known"
                        + " to have bought in a window that had ended"));
  }

  /** A weight of 0 is a finding too. */
  @Test
  void theRuleOfTheWeightsNamesAllItsCases() {
    assertThat(backTest(plan(360, 90), shop(700, 360, 1, true, 2)).run(null).choice().reasons())
        .anyMatch(
            reason ->
                reason.startsWith("trees have a weight of ")
                    && reason.endsWith(
                        ": the best where it is better than none by more than one standard error, 0"
                            + " where a quarter is worse than none by more than one, a quarter"
                            + " where the days cannot tell"));
  }

  @Test
  void aShortHistoryGivesTheDefaultsAndSaysSo() {
    OriginPlan plan = new OriginPlan(0, 30, 365, 3);
    Result result =
        new BackTest(
                plan,
                List.of(
                    new RollingOrigin(ZoneOffset.UTC, plan.origins()).of(shop(50, 30, 1, true, 7))),
                NO_DAYS,
                42,
                1_000)
            .run(null);

    assertThat(result.lines()).isEmpty();
    assertThat(result.choice().kinds()).isEqualTo(Kinds.DEFAULT);
    assertThat(result.choice().reasons().get(0)).contains("too short");
    assertThat(new ArrayList<>(result.losses().keySet())).isEmpty();
  }
}
