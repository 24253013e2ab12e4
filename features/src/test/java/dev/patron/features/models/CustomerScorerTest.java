package dev.patron.features.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.patron.features.clv.LifetimeCells;
import dev.patron.features.clv.LifetimeFit;
import dev.patron.features.clv.LifetimeForecast;
import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.ColumnBuilder;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import dev.patron.features.tables.Tables;
import dev.patron.features.trees.RefinedForecast;
import dev.patron.features.trees.Refinement;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CustomerScorerTest {
  private static CustomerScorer scorer() {
    return new CustomerScorer(
        Examples.segmentVersion(3),
        Examples.lifetimeVersion(5),
        Examples.FACTS.asOf(),
        180,
        0.02,
        7);
  }

  @Test
  void scoresHaveTheColumnsOfTheTable() {
    for (Type id : List.of(Type.LONG, Type.STRING)) {
      Frame features = Examples.features(id);
      Frame scores = scorer().score(features);

      assertThat(scores.schema()).isEqualTo(Tables.customerScores(id));
      assertThat(scores.rows()).isEqualTo(100);
      assertThat(scores.column("customer_id")).isSameAs(features.column("customer_id"));
      assertThat(scores.value(0, "as_of")).isEqualTo(Examples.FACTS.asOf());
      assertThat(scores.value(0, "horizon_days")).isEqualTo(180L);
      assertThat(scores.value(0, "segment_model")).isEqualTo("segments/3");
      assertThat(scores.value(0, "cltv_model")).isEqualTo("lifetime/5");
      for (List<?> row : scores.toRows()) {
        assertThat(row).doesNotContainNull();
      }
    }
  }

  @Test
  void scoresAreThoseOfTheModels() {
    Frame features = Examples.features(Type.LONG);
    Frame scores = scorer().score(features);

    assertThat(scores.select(List.of("segment_id", "segment")))
        .isEqualTo(Examples.segments().assign(features));
    assertThat(scores.select(LifetimeForecast.SCHEMA.names()))
        .isEqualTo(new LifetimeForecast(Examples.LIFETIME, 180, 0.02, 7).of(features));
  }

  @Test
  void treesChangeTheValueAndSayWhatCounts() {
    ModelVersion refined =
        new ModelVersion(
            "lifetime",
            6,
            LifetimeDocument.of(Examples.LIFETIME, Examples.REFINEMENT, Examples.FACTS));
    Frame features = Examples.features(Type.LONG);
    CustomerScorer scorer =
        new CustomerScorer(
            Examples.segmentVersion(3),
            refined,
            Examples.FACTS.asOf(),
            Examples.FACTS.horizonDays(),
            0.02,
            7);
    Frame scores = scorer.score(features);

    assertThat(scores.select(LifetimeForecast.SCHEMA.names()))
        .isEqualTo(
            new RefinedForecast(
                    Examples.LIFETIME, Examples.REFINEMENT, Examples.FACTS.horizonDays(), 0.02, 7)
                .of(features));
    for (int row = 0; row < features.rows(); row++) {
      assertThat(scores.bytes("reason_3").text(row)).startsWith("Value ");
      assertThat(scorer.score(features.slice(row, row + 1))).isEqualTo(scores.slice(row, row + 1));
    }
  }

  @Test
  void aSeasonHoldsForTheWindowThatItIsOf() {
    Refinement.Part part = new Refinement.Part(0, 1, 2.6);
    Refinement season = new Refinement(null, part, part, new Refinement.Interval(2.6, 1.5));
    Refinement none =
        new Refinement(
            null, Refinement.Part.NONE, Refinement.Part.NONE, new Refinement.Interval(1, 1.5));
    ModelVersion version =
        new ModelVersion(
            "lifetime", 6, LifetimeDocument.of(Examples.LIFETIME, season, Examples.FACTS));
    Frame features = Examples.features(Type.LONG);
    Instant trained = Examples.FACTS.asOf();
    long horizon = Examples.FACTS.horizonDays();
    for (long days : new long[] {-365, -29, -28, 0, 28, 29, 91}) {
      for (long ahead : new long[] {horizon - 1, horizon, horizon + 1}) {
        Refinement wanted = Math.abs(days) <= 28 && ahead == horizon ? season : none;
        CustomerScorer scorer =
            new CustomerScorer(
                Examples.segmentVersion(3),
                version,
                trained.plus(Duration.ofDays(days)),
                ahead,
                0.02,
                7);
        assertThat(scorer.score(features).select(LifetimeForecast.SCHEMA.names()))
            .isEqualTo(new RefinedForecast(Examples.LIFETIME, wanted, ahead, 0.02, 7).of(features));
      }
    }
  }

  /** Who was silent over the holidays was silent for long, whenever the forecast is made. */
  @Test
  void aClockGoesOnWithTheDays() {
    ModelVersion version =
        new ModelVersion(
            "lifetime",
            6,
            LifetimeDocument.of(Examples.LIFETIME, Examples.BY_CLOCK, Examples.FACTS));
    Frame features = Examples.features(Type.LONG);
    Instant trained = Examples.FACTS.asOf();
    long horizon = Examples.FACTS.horizonDays();
    for (long days : new long[] {-365, -29, -28, 0, 9, 28, 29}) {
      for (long ahead : new long[] {horizon, horizon + 1}) {
        Refinement wanted =
            ahead == horizon ? Examples.BY_CLOCK.later(days) : Examples.BY_CLOCK.withoutSeason();
        assertThat(wanted.hasSeason()).isEqualTo(Math.abs(days) <= 28 && ahead == horizon);
        CustomerScorer scorer =
            new CustomerScorer(
                Examples.segmentVersion(3),
                version,
                trained.plus(Duration.ofDays(days)),
                ahead,
                0.02,
                7);
        assertThat(scorer.score(features).select(LifetimeForecast.SCHEMA.names()))
            .isEqualTo(new RefinedForecast(Examples.LIFETIME, wanted, ahead, 0.02, 7).of(features));
      }
    }
  }

  /** Whoever sends customers of several times at once gets what each time's scorer gives. */
  @Test
  void customersOfSeveralTimesAreScoredEachAsOfItsOwn() {
    Frame features = Examples.features(Type.LONG);
    Instant trained = Examples.FACTS.asOf();
    for (Refinement refinement : List.of(Examples.REFINEMENT, Examples.BY_CLOCK, Refinement.NONE)) {
      ModelVersion version =
          new ModelVersion(
              "lifetime", 6, LifetimeDocument.of(Examples.LIFETIME, refinement, Examples.FACTS));
      Frame together = asOf(features, row -> time(row, trained));
      Frame scores = at(trained, version).scoreEachAsOfItsTime(together);
      assertThat(scores.rows()).isEqualTo(features.rows());
      for (int row = 0; row < features.rows(); row++) {
        Instant time = time(row, trained);
        assertThat(scores.slice(row, row + 1))
            .as("row %d as of %s", row, time)
            .isEqualTo(
                at(time == null ? trained : time, version).score(together.slice(row, row + 1)));
      }
    }
  }

  private static CustomerScorer at(Instant asOf, ModelVersion lifetime) {
    return new CustomerScorer(Examples.segmentVersion(3), lifetime, asOf, 365, 0.02, 7);
  }

  private static @Nullable Instant time(int row, Instant trained) {
    long[] days = {0, 9, -28, 28, 29, 200, -365};
    return row % 8 == 7 ? null : trained.plus(Duration.ofDays(days[row % 8]));
  }

  private static Frame asOf(Frame features, IntFunction<@Nullable Instant> times) {
    ColumnBuilder asOf = ColumnBuilder.of(Type.TIMESTAMP);
    for (int row = 0; row < features.rows(); row++) {
      Instant time = times.apply(row);
      if (time == null) {
        asOf.appendNull();
      } else {
        ((LongColumn.Builder) asOf).append(Values.micros(time));
      }
    }
    Column built = asOf.build();
    Schema schema = features.schema();
    return Frame.of(
        schema,
        schema.names().stream()
            .map(name -> name.equals("as_of") ? built : features.column(name))
            .toArray(Column[]::new));
  }

  /** The percents of a sentence are factors: those behind the colon multiply to the first. */
  @Test
  void whatTheTreesSayIsWhatTheyDoToTheForecast() {
    Refinement.Part half = new Refinement.Part(0.5, 1.25, 1);
    Refinement refinement = new Refinement(Examples.REFINEMENT.trees(), half, half);
    Frame features = Examples.features(Type.LONG);
    Frame scores =
        new CustomerScorer(
                Examples.segmentVersion(3),
                new ModelVersion(
                    "lifetime",
                    6,
                    LifetimeDocument.of(Examples.LIFETIME, refinement, Examples.FACTS)),
                Examples.FACTS.asOf(),
                91,
                0,
                7)
            .score(features);
    Frame plain = scorer().score(features);
    Frame without = new LifetimeForecast(Examples.LIFETIME, 91, 0, 7).of(features);
    int said = 0;
    for (int row = 0; row < features.rows(); row++) {
      String reason = scores.bytes("reason_2").text(row);
      double moved = scores.doubles("cltv").get(row) / without.doubles("cltv").get(row) - 1;
      assertThat(reason.startsWith("Trees say ")).as(reason).isEqualTo(Math.abs(moved) >= 0.05);
      if (!reason.startsWith("Trees say ")) {
        assertThat(reason).isEqualTo(plain.bytes("reason_2").text(row));
        continue;
      }
      said++;
      assertThat(reason).contains(" % spend (their weight is 0.50): in general ");
      double[] factors =
          Pattern.compile("([+-]\\d+) %")
              .matcher(reason)
              .results()
              .mapToDouble(percent -> 1 + Integer.parseInt(percent.group(1)) / 100.0)
              .toArray();
      assertThat(factors).hasSize(5);
      assertThat(factors[0]).isCloseTo(1 + moved / 0.5, within(0.0051));
      assertThat(factors[1] * factors[2] * factors[3] * factors[4])
          .as(reason)
          .isCloseTo(factors[0], within(0.04));
    }
    assertThat(said).isBetween(20, 99);
  }

  @Test
  void oneByOneAndAllAtOnceGiveEqualBits() {
    Frame features = Examples.features(Type.STRING);
    Frame together = scorer().score(features);
    List<Frame> alone = new ArrayList<>();
    for (int row = 0; row < features.rows(); row++) {
      alone.add(scorer().score(features.slice(row, row + 1)));
    }

    assertThat(Frame.concat(together.schema(), alone)).isEqualTo(together);
  }

  @Test
  void aScorerTravels() throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(scorer());
    }
    CustomerScorer arrived;
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      arrived = (CustomerScorer) in.readObject();
    }
    Frame features = Examples.features(Type.LONG);

    assertThat(arrived.score(features)).isEqualTo(scorer().score(features));
  }

  @Test
  void featuresThatLackAnInputAreRefused() {
    Frame features = Examples.features(Type.LONG).select(List.of("customer_id", "recency_days"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> scorer().score(features))
        .withMessageContaining("model 'segments' cannot score these features: 'frequency'");
  }

  @Test
  void whatIsNotKnownIsNull() {
    Frame scores = scores(new LifetimeModel(null, null, List.of()));

    assertThat(scores.value(0, "segment")).isNotNull();
    assertThat(scores.value(0, "cltv_model")).isEqualTo("lifetime/1");
    for (String column : LifetimeForecast.SCHEMA.names()) {
      assertThat(scores.value(0, column)).as(column).isNull();
    }
  }

  @Test
  void whyTheValueIsNotKnownIsWhatTheTrainingFound() {
    Frame oneTimeBuyers =
        Frame.ofRows(
            LifetimeCells.SCHEMA, List.of(Arrays.asList(0L, 0L, 700L, null, null, null, 1_500L)));
    LifetimeModel model = LifetimeFit.of(new LifetimeCells().addCells(oneTimeBuyers)).model();

    assertThat(scores(model).value(0, "reason_3"))
        .isEqualTo(
            "Value is not known: no customer has bought on a second day, so nothing is known about"
                + " when customers come back");
  }

  private static Frame scores(LifetimeModel model) {
    ModelVersion version =
        new ModelVersion("lifetime", 1, LifetimeDocument.of(model, Examples.FACTS));
    return new CustomerScorer(
            Examples.segmentVersion(1), version, Examples.FACTS.asOf(), 365, 0.01, 42)
        .score(Examples.features(Type.LONG));
  }
}
