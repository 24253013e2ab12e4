package dev.patron.pipelines.training;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.patron.features.clv.BgNbd;
import dev.patron.features.clv.GammaGamma;
import dev.patron.features.clv.LifetimeCells;
import dev.patron.features.clv.LifetimeFit;
import dev.patron.features.clv.LifetimeFits;
import dev.patron.features.clv.ParetoNbd;
import dev.patron.features.clv.PurchaseModels;
import dev.patron.features.clv.RandomDraws;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.models.LifetimeDocument;
import dev.patron.features.models.ModelDocument;
import dev.patron.features.models.TrainingFacts;
import dev.patron.features.purchases.DailyPurchases;
import dev.patron.features.purchases.RollingOrigin;
import dev.patron.pipelines.training.Calibration.Errors;
import dev.patron.pipelines.training.Calibration.Group;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LifetimeTrainingTest {
  private static final Schema FEATURES =
      Schema.of()
          .with("customer_id", Type.LONG)
          .with("repeat_purchases", Type.LONG)
          .with("repeat_recency_days", Type.LONG)
          .with("tenure_days", Type.LONG)
          .with("repeat_paid_days", Type.LONG)
          .with("repeat_mean_amount", Type.DOUBLE)
          .with("paid_days", Type.LONG)
          .with("paid_mean_amount", Type.DOUBLE)
          .with("actual_purchases", Type.LONG)
          .with("actual_spend", Type.DOUBLE);

  private static final TrainingFacts FACTS =
      new TrainingFacts(
          Instant.parse("2024-06-30T00:00:00Z"), 365, 0.01, 42, 2000, Map.of("t", "v7"), "run-1");

  private static final long HOLDOUT = 200;

  /** Customers who behave as BG/NBD and Gamma-Gamma say, seen for 300 days and 200 more. */
  private static Frame shop(int customers, double a) {
    RandomDraws random = new RandomDraws(17);
    FrameBuilder rows = new FrameBuilder(FEATURES);
    for (long id = 0; id < customers; id++) {
      double perDay = random.gamma(0.6) / 20 / 7;
      double one = a == 0 ? 0 : random.gamma(a);
      double dropOut = one / (one + random.gamma(2.5));
      double nu = random.gamma(4) / 15;
      long x = 0;
      long last = 0;
      long later = 0;
      double spent = 0;
      double laterSpent = 0;
      boolean customer = true;
      double day = 0;
      while (customer) {
        day += Math.max(1, -Math.log(random.uniform()) / perDay);
        if (!(day < 300 + HOLDOUT)) {
          break;
        }
        double amount = random.gamma(6) / nu;
        if (day <= 300) {
          x++;
          last = (long) day;
          spent += amount;
        } else {
          later++;
          laterSpent += amount;
        }
        customer = random.uniform() >= dropOut;
      }
      rows.appendRow(
          Arrays.asList(
              id,
              x,
              last,
              300L,
              x,
              x == 0 ? null : (Double) (spent / x),
              x,
              x == 0 ? null : (Double) (spent / x),
              later,
              laterSpent));
    }
    return rows.build();
  }

  private static JsonNode json(Map<String, String> files, String name)
      throws JsonProcessingException {
    return new ObjectMapper().readTree(files.get(name));
  }

  /** Trains without a back-test: there is no history to look back on. */
  private static Map<String, String> train(LifetimeCells cells, @Nullable Calibration calibration) {
    BackTest backTest =
        new BackTest(
            new OriginPlan(0, 10, 365, 3), List.of(), DailyPurchases.of(List.of()), 42, 1_000);
    return LifetimeTraining.train(cells, calibration, backTest, backTest.run(null), FACTS);
  }

  @Test
  void aTrainedModelIsADocumentWithMetricsAndACard() throws JsonProcessingException {
    Frame shop = shop(2000, 0.8);
    Map<String, String> files =
        train(
            new LifetimeCells().add(shop),
            Calibration.of(List.of(shop), HOLDOUT, 42, Kinds.DEFAULT));

    assertThat(files)
        .containsOnlyKeys(
            "model.json", "MLmodel", "metrics.json", "card.md", "code/patron_model.py");
    ModelDocument document = ModelDocument.parse(requireNonNull(files.get("model.json")));
    assertThat(LifetimeDocument.read(document))
        .isEqualTo(LifetimeFit.of(new LifetimeCells().add(shop)).model());
    assertThat(document.kind()).isEqualTo("bg-nbd");
    JsonNode metrics = json(files, "metrics.json");
    assertThat(metrics.at("/log_likelihood/bg-nbd").doubleValue())
        .isGreaterThan(metrics.at("/log_likelihood/nbd").doubleValue());
    assertThat(metrics.at("/calibration/purchases/mae").isNumber()).isTrue();
    assertThat(metrics.at("/calibration/by_decile")).hasSize(10);
    assertThat(files.get("card.md"))
        .contains(
            "Purchases: **bg-nbd**",
            "- t: v7",
            "| parameter | value | standard error |",
            "| alpha |",
            "The 90 % interval of spend");
  }

  @Test
  void anInsufficientShopHasADocumentThatSaysSo() throws JsonProcessingException {
    Frame shop =
        Frame.ofRows(
            FEATURES,
            List.of(
                Arrays.asList(1L, 0L, 0L, 30L, 0L, null, 0L, null, 0L, 0.0),
                Arrays.asList(2L, 0L, 0L, 30L, 0L, null, 0L, null, 0L, 0.0)));
    Calibration calibration = Calibration.of(List.of(shop), HOLDOUT, 42, Kinds.DEFAULT);
    assertThat(calibration).isNull();
    Map<String, String> files = train(new LifetimeCells().add(shop), calibration);

    assertThat(json(files, "model.json").get("kind").asText()).isEqualTo("insufficient");
    assertThat(json(files, "metrics.json").get("calibration").isNull()).isTrue();
    assertThat(files.get("card.md"))
        .contains("No lifetime value", "insufficient history", "None: no customer has bought on")
        .doesNotContain("None: the history is too short");
    assertThat(Calibration.of(List.of(), HOLDOUT, 42, Kinds.DEFAULT)).isNull();
  }

  @Test
  void dropOutThatIsNotIdentifiedIsOnTheCard() throws JsonProcessingException {
    Frame shop = shop(1500, 0);
    Map<String, String> files = train(new LifetimeCells().add(shop), null);

    assertThat(json(files, "model.json").get("kind").asText()).isEqualTo("nbd");
    assertThat(files.get("card.md")).contains("drop-out is not identified");
  }

  /**
   * It was not: a back-test chooses NBD among identified kinds, and nothing was fallen back from.
   */
  @Test
  void soItIsWhereABackTestChose() throws JsonProcessingException {
    Frame purchases = BackTestedShop.shop(400, 360, 1, false, 6);
    BackTest backTest = BackTestedShop.backTest(BackTestedShop.plan(360, 90), purchases);
    BackTest.Result judged = backTest.run(null);
    assertThat(judged.lines()).isNotEmpty();
    Frame now =
        new RollingOrigin(ZoneOffset.UTC, List.of(new RollingOrigin.Origin(359, 0))).of(purchases);
    Map<String, String> files =
        LifetimeTraining.train(new LifetimeCells().add(now), null, backTest, judged, FACTS);

    assertThat(json(files, "model.json").get("kind").asText()).isEqualTo("nbd");
    String note = "drop-out is not identified";
    assertThat(files.get("card.md")).contains(note, "P(alive) is 1 for all");
    assertThat(json(files, "model.json").at("/parameters/notes/0").asText()).startsWith(note);
    assertThat(json(files, "metrics.json").at("/notes/0").asText()).startsWith(note);
  }

  /** P(alive) is that of the model by which customers are forecast, which a season may change. */
  @Test
  void whereTheClockOfTheSeasonSeesItOtherwiseTheCardSaysSo() {
    assertThat(LifetimeTraining.byClock("bg-nbd", "nbd"))
        .contains("not identified by the clock", "P(alive) is 1 for all");
    assertThat(LifetimeTraining.byClock("nbd", "bg-nbd"))
        .contains("is identified by the clock", "P(alive) is that of bg-nbd");
    assertThat(LifetimeTraining.byClock("nbd", "nbd")).isNull();
    assertThat(LifetimeTraining.byClock("bg-nbd", "pareto-nbd")).isNull();
  }

  @Test
  void theCardSaysHowManyCustomersAreTooNewToJudge() throws JsonProcessingException {
    FrameBuilder rows = new FrameBuilder(FEATURES);
    for (long id = 0; id < 100; id++) {
      long x = id < 60 ? 2 : 0;
      long tenure = id < 95 ? 200 : 10;
      rows.appendRow(
          Arrays.asList(
              id,
              x,
              x * 20,
              tenure,
              x,
              x == 0 ? null : 15.0 + id,
              x,
              x == 0 ? null : 15.0 + id,
              0L,
              0.0));
    }
    Map<String, String> files = train(new LifetimeCells().add(rows.build()), null);

    assertThat(files.get("card.md"))
        .contains(
            "Too new to judge: 5 of 100 customers (5.0 %) have bought on one day alone, less than"
                + " 20.0 days before as-of. Half of those who have bought again do so every 20.0 days"
                + " or sooner: before that, not to have come back says nothing.\n");
    assertThat(json(files, "metrics.json").at("/too_new/customers").asInt()).isEqualTo(5);
    assertThat(json(files, "metrics.json").at("/too_new/days").asDouble()).isEqualTo(20);

    Map<String, String> once = train(new LifetimeCells().add(rows.build().slice(60, 100)), null);
    assertThat(once.get("card.md"))
        .contains(
            "Too new to judge: all of 40 customers, for nobody has bought on a second day.\n");
  }

  @Test
  void aParameterThatIsNotKnownIsNotPrinted() {
    // Everybody buys every tenth day: how much the rates differ is not to be seen.
    FrameBuilder rows = new FrameBuilder(FEATURES);
    for (long id = 0; id < 300; id++) {
      rows.appendRow(
          Arrays.asList(id, 29 + id % 3, 290L, 300L, 29L, 20.0 + id % 5, 30L, 20.0, 0L, 0.0));
    }
    String card = requireNonNull(train(new LifetimeCells().add(rows.build()), null).get("card.md"));

    assertThat(card).contains("| r | not identified | |", "r ran to its bound");
  }

  /** One rule for the model that scores and for those beside it: a ridge is no number. */
  @Test
  void aCandidatesParameterOnARidgeIsNotPrintedEither() throws JsonProcessingException {
    int onRidges = 0;
    for (int customers : new int[] {60, 100, 200, 400}) {
      LifetimeCells cells = new LifetimeCells().add(shop(customers, 0.8));
      Map<String, String> files = train(cells, null);
      LifetimeFits fits = new LifetimeFits(cells);
      for (String kind : PurchaseModels.KINDS) {
        String line =
            requireNonNull(files.get("card.md"))
                .lines()
                .filter(row -> row.startsWith("| " + kind + " | "))
                .findFirst()
                .orElseThrow();
        JsonNode parameters = json(files, "metrics.json").at("/candidates/" + kind + "/parameters");
        for (Map.Entry<String, @Nullable Double> deviation :
            fits.purchases(kind).deviations().entrySet()) {
          String name = deviation.getKey();
          Double error = deviation.getValue();
          boolean known = error != null && error <= 1;
          onRidges += error != null && error > 1 ? 1 : 0;
          assertThat(line.contains(name + " not identified"))
              .as("%s of %s of %d customers: %s", name, kind, customers, line)
              .isNotEqualTo(known);
          assertThat(parameters.get(name).isNumber()).isEqualTo(known);
        }
      }
    }
    assertThat(onRidges).isPositive();
  }

  @Test
  void aModelThatIsTrueIsCalibrated() {
    Calibration calibration =
        requireNonNull(Calibration.of(List.of(shop(6000, 0.8)), HOLDOUT, 42, Kinds.DEFAULT));

    assertThat(calibration.kind()).isEqualTo(BgNbd.KIND);
    assertThat(calibration.customers()).isEqualTo(6000);
    assertThat(requireNonNull(calibration.purchases().bias())).isCloseTo(0, within(0.08));
    assertThat(requireNonNull(calibration.coverage())).isBetween(0.88, 0.97);
    assertThat(calibration.byDecile()).hasSize(10).allMatch(group -> group.customers() == 600);
    assertThat(calibration.byDecile()).extracting(Group::expectedPurchases).isSorted();
    assertThat(calibration.byRepeats().get(0).label()).isEqualTo("0");
    assertThat(calibration.byRepeats().stream().mapToInt(Group::customers).sum()).isEqualTo(6000);
  }

  @Test
  void calibrationIsOfTheModelThatIsTrained() {
    Kinds kinds = new Kinds(ParetoNbd.KIND, GammaGamma.KIND);
    Calibration calibration =
        requireNonNull(Calibration.of(List.of(shop(2000, 0.8)), HOLDOUT, 42, kinds));
    assertThat(calibration.kind()).isEqualTo(ParetoNbd.KIND);
  }

  /** A shop that has closed: the forecast is off by more than any share could say. */
  @Test
  void whereNothingCameTheCardSaysWhatWasForecast() {
    Frame open = shop(500, 0.8);
    Frame closed =
        Frame.of(
            FEATURES,
            FEATURES.names().stream()
                .map(
                    name ->
                        switch (name) {
                          case "actual_purchases" -> LongColumn.of(new long[500]);
                          case "actual_spend" -> DoubleColumn.of(new double[500]);
                          default -> open.column(name);
                        })
                .toArray(Column[]::new));
    Calibration calibration =
        requireNonNull(Calibration.of(List.of(closed), HOLDOUT, 42, Kinds.DEFAULT));
    String card =
        requireNonNull(train(new LifetimeCells().add(closed), calibration).get("card.md"));

    assertThat(calibration.purchases().bias()).isNull();
    assertThat(card)
        .containsPattern("\\| purchases \\| .* \\| forecast [0-9.]+ where 0 came \\|")
        .containsPattern("\\| spend \\| .* \\| forecast [0-9.]+ where 0 came \\|");
  }

  @Test
  void calibrationDoesNotDependOnOrderOrFrames() {
    Frame shop = shop(500, 0.8);
    int[] backwards = new int[500];
    Arrays.setAll(backwards, i -> 499 - i);
    Frame other = shop.take(backwards);

    assertThat(
            Calibration.of(
                List.of(other.slice(0, 100), other.slice(100, 500)), HOLDOUT, 42, Kinds.DEFAULT))
        .isEqualTo(Calibration.of(List.of(shop), HOLDOUT, 42, Kinds.DEFAULT));
  }

  @Test
  void errorsOfAWorkedExample() {
    Errors errors = Errors.of(new double[] {1, 2, 3}, new double[] {0, 4, 4});

    assertThat(errors.mae()).isCloseTo(4.0 / 3, within(1e-12));
    assertThat(errors.rmse()).isCloseTo(Math.sqrt(2), within(1e-12));
    assertThat(errors.bias()).isEqualTo(-0.25);
    assertThat(Errors.of(new double[] {1}, new double[] {0}).bias()).isNull();
  }
}
