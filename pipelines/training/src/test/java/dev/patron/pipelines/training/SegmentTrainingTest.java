package dev.patron.pipelines.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.patron.features.clv.RandomDraws;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.models.ModelDocument;
import dev.patron.features.models.SegmentDocument;
import dev.patron.features.models.TrainingFacts;
import dev.patron.features.rfm.RfmCounts;
import dev.patron.features.rfm.RfmScores;
import dev.patron.features.rfm.RfmSegments;
import dev.patron.features.segments.SegmentModel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SegmentTrainingTest {
  private static final Schema FEATURES =
      Schema.of()
          .with("customer_id", Type.LONG)
          .with("recency_days", Type.LONG)
          .with("frequency", Type.LONG)
          .with("monetary", Type.DOUBLE);

  private static final TrainingFacts FACTS =
      new TrainingFacts(
          Instant.parse("2024-06-30T00:00:00Z"), 365, 0.01, 42, 1200, Map.of(), "run-1");

  private static SegmentTraining training(Frame features, @Nullable Integer k, int mostRows) {
    RfmScores rfm = RfmScores.of(new RfmCounts().add(features), RfmSegments.STANDARD);
    return new SegmentTraining(rfm, k, 42, mostRows);
  }

  private static SegmentTraining.Fit fit(Frame features, @Nullable Integer k) {
    return training(features, k, 100_000).fit(List.of(features));
  }

  @Test
  void segmentsThatContinueNobodyAreNumberedAfterAllThatWere() {
    Frame features = fourKinds(400);
    RfmScores rfm = RfmScores.of(new RfmCounts().add(features), RfmSegments.STANDARD);
    SegmentTraining.Fit fit =
        new SegmentTraining(rfm, 4, 42, 100_000, null, 6).fit(List.of(features));
    assertThat(fit.model().ids()).containsExactly(7, 8, 9, 10);
    assertThat(fit.model().names()).isEqualTo(fit(features, 4).model().names());
  }

  /** Four kinds of customers, far apart: recent and dear, recent and cheap, and so on. */
  private static Frame fourKinds(int customers) {
    RandomDraws random = new RandomDraws(7);
    List<List<?>> rows = new ArrayList<>();
    for (long id = 0; id < customers; id++) {
      boolean recent = id % 2 == 0;
      boolean dear = id % 4 < 2;
      rows.add(
          List.of(
              id,
              Math.round((recent ? 5 : 500) * Math.exp(0.1 * random.normal())),
              dear ? 10L + random.integer(3) : 1L,
              (dear ? 1000 : 20) * Math.exp(0.1 * random.normal())));
    }
    return Frame.ofRows(FEATURES, rows);
  }

  @Test
  void fourKindsOfCustomersAreFourSegments() {
    SegmentTraining.Fit fit = fit(fourKinds(1200), null);

    assertThat(fit.model().k()).isEqualTo(4);
    assertThat(fit.customers()).isEqualTo(1200);
    assertThat(fit.candidates()).extracting(SegmentTraining.Candidate::k).contains(3, 4, 5, 6);
    assertThat(fit.candidates().get(1).sizes()).containsExactly(300, 300, 300, 300);
    assertThat(fit.candidates().get(1).stability()).isEqualTo(1);
    Frame assigned = fit.model().assign(fourKinds(1200));
    for (int row = 4; row < 1200; row++) {
      assertThat(assigned.longs("segment_id").get(row))
          .isEqualTo(assigned.longs("segment_id").get(row % 4));
    }
  }

  @Test
  void theNumberOfSegmentsCanBeGiven() {
    assertThat(fit(fourKinds(400), 2).model().k()).isEqualTo(2);
    assertThat(fit(fourKinds(400), 1).model().k()).isEqualTo(1);
    assertThat(fit(fourKinds(400), 8).model().k()).isEqualTo(8);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fit(fourKinds(400), 0))
        .withMessageContaining("k is 0");
  }

  @Test
  void theModelDoesNotDependOnOrderOrFrames() {
    Frame features = fourKinds(300);
    Map<String, String> wanted = training(features, null, 100_000).train(List.of(features), FACTS);
    for (int seed = 0; seed < 2; seed++) {
      Frame shuffled = shuffle(features, seed);

      assertThat(
              training(features, null, 100_000)
                  .train(List.of(shuffled.slice(0, 77), shuffled.slice(77, 300)), FACTS))
          .as("seed %d", seed)
          .isEqualTo(wanted);
    }
    assertThat(wanted)
        .containsOnlyKeys(
            "model.json", "MLmodel", "metrics.json", "card.md", "code/patron_model.py");
    SegmentDocument.read(ModelDocument.parse(String.valueOf(wanted.get("model.json"))));
    assertThat(wanted.get("card.md"))
        .contains(
            " segments**: the largest number",
            "| k | inertia | silhouette",
            "k-means++ with 100 seeded starts");
  }

  private static Frame shuffle(Frame frame, int seed) {
    List<Integer> order = new ArrayList<>();
    for (int row = 0; row < frame.rows(); row++) {
      order.add(row);
    }
    Collections.shuffle(order, new Random(seed));
    return frame.take(order.stream().mapToInt(i -> i).toArray());
  }

  @Test
  void aSampleIsTheSameWhateverTheOrder() {
    Frame features = fourKinds(5000);
    SegmentTraining.Fit fit = training(features, 4, 500).fit(List.of(features));
    Frame shuffled = shuffle(features, 3);
    SegmentTraining.Fit again =
        training(features, 4, 500)
            .fit(List.of(shuffled.slice(0, 1234), shuffled.slice(1234, 5000)));

    assertThat(fit.rows()).isEqualTo(500);
    assertThat(fit.customers()).isEqualTo(5000);
    assertThat(again.model().centroids()).isDeepEqualTo(fit.model().centroids());
    assertThat(training(features, 4, 500).train(List.of(features), FACTS).get("card.md"))
        .contains("a seeded sample of 500 of the 5000 customers");
    assertThat(training(features, 4, 100_000).train(List.of(features), FACTS).get("card.md"))
        .contains("k-means++ with 20 seeded starts");
  }

  @Test
  void onlyPositiveMoneyIsFitted() {
    Frame features = fourKinds(400);
    List<List<?>> rows = new ArrayList<>(features.toRows());
    rows.add(List.of(1000L, 50L, 3L, 0.0));
    rows.add(List.of(1001L, 50L, 3L, -20.0));
    rows.add(Arrays.asList(1002L, 50L, 3L, null));
    Frame more = Frame.ofRows(FEATURES, rows);

    SegmentTraining.Fit fit = training(features, 4, 100_000).fit(List.of(more));
    assertThat(fit.customers()).isEqualTo(400);
    assertThat(fit.model().centroids()).isDeepEqualTo(fit(features, 4).model().centroids());
  }

  @Test
  void tinyShopsHaveFewSegments() {
    Frame one = Frame.ofRows(FEATURES, List.of(List.of(1L, 10L, 1L, 25.0)));
    assertThat(fit(one, null).model().k()).isEqualTo(1);
    assertThat(fit(one, 5).model().k()).isEqualTo(1);
    assertThat(fit(one, 5).reason()).contains("there is only 1 distinct customer");
    assertThat(fit(one, null).model().assign(one).toRows())
        .containsExactly(List.of(1L, "Potential Loyalists"));

    Frame two =
        Frame.ofRows(
            FEATURES,
            List.of(
                List.of(1L, 10L, 1L, 25.0),
                List.of(2L, 10L, 1L, 25.0),
                List.of(3L, 99L, 4L, 125.0)));
    assertThat(fit(two, null).model().k()).isEqualTo(2);
    assertThat(fit(two, null).model().names()).doesNotHaveDuplicates();
  }

  @Test
  void shopsWithoutMoneyOrCustomersHaveAModel() {
    Frame free =
        Frame.ofRows(FEATURES, List.of(List.of(1L, 10L, 1L, 0.0), List.of(2L, 90L, 2L, -5.0)));
    assertThat(fit(free, null).model().assign(free).toRows()).doesNotContainNull().hasSize(2);

    SegmentTraining.Fit empty = fit(Frame.empty(FEATURES), null);
    assertThat(empty.model().names()).containsExactly("All Customers");
    Map<String, String> files = training(Frame.empty(FEATURES), null, 10).train(List.of(), FACTS);
    SegmentModel read =
        SegmentDocument.read(ModelDocument.parse(String.valueOf(files.get("model.json"))));
    assertThat(read.k()).isEqualTo(1);
  }
}
