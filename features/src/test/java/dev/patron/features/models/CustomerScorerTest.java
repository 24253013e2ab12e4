package dev.patron.features.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.patron.features.clv.LifetimeForecast;
import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.Tables;
import dev.patron.features.trees.RefinedForecast;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CustomerScorerTest {
  private static CustomerScorer scorer() {
    return new CustomerScorer(
        Examples.segmentVersion(3), Examples.lifetimeVersion(5), 180, 0.02, 7);
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
    CustomerScorer scorer = new CustomerScorer(Examples.segmentVersion(3), refined, 180, 0.02, 7);
    Frame scores = scorer.score(features);

    assertThat(scores.select(LifetimeForecast.SCHEMA.names()))
        .isEqualTo(
            new RefinedForecast(Examples.LIFETIME, Examples.REFINEMENT, 180, 0.02, 7).of(features));
    for (int row = 0; row < features.rows(); row++) {
      assertThat(scores.bytes("reason_3").text(row)).contains("; trees on spend: ");
      assertThat(scorer.score(features.slice(row, row + 1))).isEqualTo(scores.slice(row, row + 1));
    }
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
    ModelVersion insufficient =
        new ModelVersion(
            "lifetime",
            1,
            LifetimeDocument.of(new LifetimeModel(null, null, List.of()), Examples.FACTS));
    Frame scores =
        new CustomerScorer(Examples.segmentVersion(1), insufficient, 365, 0.01, 42)
            .score(Examples.features(Type.LONG));

    assertThat(scores.value(0, "segment")).isNotNull();
    assertThat(scores.value(0, "cltv_model")).isEqualTo("lifetime/1");
    for (String column : LifetimeForecast.SCHEMA.names()) {
      assertThat(scores.value(0, column)).as(column).isNull();
    }
  }
}
