package dev.patron.pipelines.training;

import static dev.patron.pipelines.training.BackTestedShop.DAY;
import static dev.patron.pipelines.training.BackTestedShop.NO_DAYS;
import static dev.patron.pipelines.training.BackTestedShop.backTest;
import static dev.patron.pipelines.training.BackTestedShop.plan;
import static dev.patron.pipelines.training.BackTestedShop.pooled;
import static dev.patron.pipelines.training.BackTestedShop.shop;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.clv.LifetimeCells;
import dev.patron.features.clv.LifetimeFits;
import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Type;
import dev.patron.features.models.LifetimeDocument;
import dev.patron.features.models.TrainingFacts;
import dev.patron.features.purchases.RollingOrigin;
import dev.patron.features.purchases.RollingOrigin.Origin;
import dev.patron.features.trees.Refinement;
import dev.patron.pipelines.training.BackTest.Line;
import dev.patron.pipelines.training.BackTest.Result;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What must not matter to a back-test: the order of rows, and what came after a cut-off. */
class BackTestLeaksTest {
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
    BackTest.Choice choice =
        new BackTest.Choice(Kinds.DEFAULT, 0.6, 0.3, false, false, 1, List.of());
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
}
