package dev.patron.pipelines.training;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.patron.features.clv.EqualAmounts;
import dev.patron.features.clv.LifetimeCells;
import dev.patron.features.clv.LifetimeFits;
import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.clv.Nbd;
import dev.patron.features.clv.RandomDraws;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Type;
import dev.patron.features.models.LifetimeDocument;
import dev.patron.features.models.TrainingFacts;
import dev.patron.features.purchases.DailyPurchases;
import dev.patron.features.purchases.RollingOrigin;
import dev.patron.features.purchases.RollingOrigin.Origin;
import dev.patron.features.tables.Tables;
import dev.patron.features.trees.RefinedForecast;
import dev.patron.features.trees.Refinement;
import dev.patron.pipelines.training.BackTest.Line;
import dev.patron.pipelines.training.BackTest.Result;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BackTestTest {
  private static final long DAY = 86_400_000_000L;

  /** Where seasons are not what is looked at. */
  private static final DailyPurchases NO_DAYS = DailyPurchases.of(List.of());

  /**
   * A shop whose customers join over the first half, and leave after one purchase in 17 or never.
   */
  private static Frame shop(
      int customers, long days, double christmas, boolean dropOut, long seed) {
    return shop(customers, days, christmas, dropOut ? 0.06 : 0, 0.5, seed);
  }

  /**
   * A shop of these days. Customers join over a share of them and buy at rates of their own; from
   * November to Christmas everybody buys {@code christmas} times as often. A few are wholesalers
   * who buy often and much, and send a tenth back.
   *
   * @param dropOut the probability of leaving after each purchase
   */
  private static Frame shop(
      int customers, long days, double christmas, double dropOut, double joining, long seed) {
    RandomDraws draws = new RandomDraws(seed);
    FrameBuilder rows = new FrameBuilder(Tables.purchases(Type.LONG, Type.LONG, Type.DOUBLE));
    long order = 0;
    long lastId = -1;
    for (long id = 0; id < customers; id++) {
      boolean wholesaler = draws.uniform() < 0.02;
      double rate = wholesaler ? 0.15 : draws.gamma(0.9) / 60;
      double mean = (wholesaler ? 400 : 20) * (0.5 + draws.gamma(2) / 2);
      boolean isCustomer = true;
      for (long day = draws.integer((int) (days * joining)); day < days && isCustomer; day++) {
        boolean first = lastId != id;
        double today = rate * (day % 365 >= 305 && day % 365 < 358 ? christmas : 1);
        if (!first && draws.uniform() > today) {
          continue;
        }
        boolean back = !first && wholesaler && draws.uniform() < 0.1;
        double amount = mean * draws.gamma(4) / 4;
        rows.longs("customer_id").append(id);
        rows.longs("order_id").append(order++);
        rows.longs("purchased_at").append(day * DAY + DAY / 2);
        rows.longs("lines").append(back ? 0 : 1);
        rows.doubles("units").append(1);
        rows.doubles("amount").append(back ? 0 : amount);
        rows.doubles("returned").append(back ? amount : 0);
        lastId = id;
        isCustomer = dropOut == 0 || draws.uniform() > dropOut;
      }
    }
    return rows.build();
  }

  private static OriginPlan plan(long days, long horizon) {
    return new OriginPlan(0, days - 1, horizon, 2);
  }

  private static BackTest backTest(OriginPlan plan, Frame purchases) {
    return new BackTest(
        plan,
        List.of(new RollingOrigin(ZoneOffset.UTC, plan.origins()).of(purchases)),
        daily(purchases),
        42,
        20_000);
  }

  private static DailyPurchases daily(Frame purchases) {
    return DailyPurchases.of(List.of(DailyPurchases.count(ZoneOffset.UTC, purchases)));
  }

  private static Line pooled(Result result, String candidate, String target) {
    return result.lines().stream()
        .filter(line -> line.cutoffDay() == null)
        .filter(line -> line.candidate().equals(candidate) && line.target().equals(target))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theSameRowsInAnyOrderGiveTheSameLinesToTheBit() {
    Frame shop = shop(300, 360, 1, true, 1);
    OriginPlan plan = plan(360, 90);
    Frame rows = new RollingOrigin(ZoneOffset.UTC, plan.origins()).of(shop);
    int[] backwards = new int[rows.rows()];
    for (int i = 0; i < backwards.length; i++) {
      backwards[i] = backwards.length - 1 - i;
    }
    Frame reversed = rows.take(backwards);
    List<Frame> pieces = List.of(reversed.slice(0, 100), reversed.slice(100, rows.rows()));

    assertThat(new BackTest(plan, pieces, NO_DAYS, 42, 500).run(null))
        .isEqualTo(new BackTest(plan, List.of(rows), NO_DAYS, 42, 500).run(null));
  }

  @Test
  void theSameRowsInAnyOrderAndThreadGiveTheSameDocumentToTheBit() {
    OriginPlan plan = plan(360, 90);
    Frame rows = new RollingOrigin(ZoneOffset.UTC, plan.origins()).of(shop(500, 360, 1, true, 10));
    Frame now = rows.filter(row -> rows.longs("origin").get(row) == plan.now());
    LifetimeModel model =
        new LifetimeFits(new LifetimeCells().add(now))
            .of(Kinds.DEFAULT.purchases(), Kinds.DEFAULT.amounts())
            .model();
    BackTest.Choice choice = new BackTest.Choice(Kinds.DEFAULT, 0.6, 0.3, false, 1, List.of());
    int[] backwards = new int[rows.rows()];
    Arrays.setAll(backwards, i -> backwards.length - 1 - i);

    List<String> documents =
        Stream.of(List.of(rows), List.of(rows), List.of(rows.take(backwards)))
            .map(
                frames ->
                    CompletableFuture.supplyAsync(
                        () ->
                            document(
                                model,
                                new BackTest(plan, frames, NO_DAYS, 42, 900)
                                    .refine(model, choice, 90)),
                        task -> new Thread(task).start()))
            .map(CompletableFuture::join)
            .toList();

    assertThat(documents.get(0)).contains("\"buys\"").isEqualTo(documents.get(1));
    assertThat(documents.get(2)).isEqualTo(documents.get(0));
    assertThat(
            document(
                model,
                new BackTest(plan, List.of(rows), NO_DAYS, 43, 900).refine(model, choice, 90)))
        .as("another seed")
        .isNotEqualTo(documents.get(0));
  }

  private static String document(LifetimeModel model, Refinement refinement) {
    return LifetimeDocument.of(
            model, refinement, new TrainingFacts(Instant.EPOCH, 90, 0, 42, 500, Map.of(), "run"))
        .toJson();
  }

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
  void aForecastThatSawTheFutureIsCaught() {
    Frame shop = shop(700, 360, 1, true, 3);
    OriginPlan plan = plan(360, 90);
    Frame honest = new RollingOrigin(ZoneOffset.UTC, plan.origins()).of(shop);
    // The leak: what is known at a cut-off is made to hold what came after it.
    Frame leaky =
        honest
            .with("spend_91", Type.DOUBLE, honest.column("actual_spend"))
            .with("purchase_days_91", Type.LONG, honest.column("actual_purchases"));

    Result without = new BackTest(plan, List.of(honest), NO_DAYS, 42, 20_000).run(null);
    Result with = new BackTest(plan, List.of(leaky), NO_DAYS, 42, 20_000).run(null);

    double honestGini = requireNonNull(pooled(without, BackTest.TREES, "spend").accuracy().gini());
    double leakyGini = requireNonNull(pooled(with, BackTest.TREES, "spend").accuracy().gini());
    assertThat(leakyGini - honestGini).as("a leak pays, so there is none").isGreaterThan(0.05);
    // The probabilistic models cannot see the leaky columns.
    assertThat(pooled(with, BackTest.MEAN, "spend"))
        .isEqualTo(pooled(without, BackTest.MEAN, "spend"));
  }

  @Test
  void nothingIsLearntFromAWindowThatHasNotEnded() {
    for (long history : new long[] {60, 272, 546, 730, 1_500}) {
      for (long horizon : new long[] {30, 182, 365}) {
        OriginPlan plan = new OriginPlan(1_000, 1_000 + history, horizon, 3);
        for (OriginPlan.Test test : plan.tests()) {
          Origin tested = plan.origins().get(test.origin());
          assertThat(tested.end()).isLessThanOrEqualTo(1_000 + history);
          assertThat(test.learnt()).isNotEmpty();
          for (int learnt : test.learnt()) {
            assertThat(plan.origins().get(learnt).end()).isLessThanOrEqualTo(tested.day());
            assertThat(plan.origins().get(learnt).day()).isGreaterThan(1_000);
          }
        }
        for (int learnt : plan.learnt()) {
          assertThat(plan.origins().get(learnt).end()).isLessThanOrEqualTo(1_000 + history);
        }
        for (int season : plan.seasons()) {
          Origin judged = plan.origins().get(season);
          assertThat(judged.end()).isLessThanOrEqualTo(1_000 + history);
          assertThat(judged.day() - 365).isGreaterThan(1_000);
        }
        assertThat(plan.isSeasonKnown()).isEqualTo(!plan.seasons().isEmpty());
      }
    }
  }

  @Test
  void outcomesAfterACutOffDoNotChangeWhatIsLearntForIt() {
    Frame shop = shop(400, 360, 1, true, 4);
    OriginPlan plan = plan(360, 90);
    Origin tested = plan.origins().get(plan.tests().get(0).origin());
    Frame until =
        shop.filter(row -> shop.longs("purchased_at").get(row) < (tested.day() + 1) * DAY);

    Result whole = backTest(plan, shop).run(null);
    Result cut = backTest(plan, until).run(null);

    assertThat(pooled(whole, BackTest.MEAN, "spend").actualTotal()).isPositive();
    for (String candidate : List.of("bg-nbd x gamma-gamma", BackTest.LAST_PERIOD)) {
      assertThat(atNewest(cut, candidate, tested))
          .as(candidate)
          .isEqualTo(atNewest(whole, candidate, tested));
    }
  }

  private static double atNewest(Result result, String candidate, Origin tested) {
    return result.lines().stream()
        .filter(line -> line.cutoffDay() != null && line.cutoffDay() == tested.day())
        .filter(line -> line.candidate().equals(candidate) && line.target().equals("purchases"))
        .findFirst()
        .map(Line::expectedTotal)
        .orElse(-1.0);
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
