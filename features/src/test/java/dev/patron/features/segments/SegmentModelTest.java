package dev.patron.features.segments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.rfm.RfmCounts;
import dev.patron.features.rfm.RfmScores;
import dev.patron.features.rfm.RfmSegments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SegmentModelTest {
  private static final Schema FEATURES =
      Schema.of()
          .with("recency_days", Type.LONG)
          .with("frequency", Type.LONG)
          .with("monetary", Type.DOUBLE);

  private static final double[] MEANS = {3, 1, 4};
  private static final double[] DEVIATIONS = {1, 0.5, 1};

  private static RfmScores rfm() {
    List<List<?>> rows = new ArrayList<>();
    for (long i = 0; i < 100; i++) {
      rows.add(List.of(3 * i, 1 + i / 10, 5.0 * i));
    }
    return RfmScores.of(new RfmCounts().add(Frame.ofRows(FEATURES, rows)), RfmSegments.STANDARD);
  }

  @Test
  void segmentsAreNumberedByValueAndNamedByTheirCell() {
    SegmentModel model =
        SegmentModel.named(
            MEANS,
            DEVIATIONS,
            new double[][] {{2.5, -0.6, -1}, {-3, 2.5, 2}, {0, 0, 1.9}, {2.6, -0.5, -1.1}},
            rfm());

    assertThat(model.k()).isEqualTo(4);
    assertThat(model.centroids()[0]).containsExactly(-3, 2.5, 2);
    assertThat(model.centroids()[3]).containsExactly(2.6, -0.5, -1.1);
    assertThat(model.names()).containsExactly("Champions", "Loyal", "Lost", "Lost (2)");
    assertThat(model.centroid(1)[2]).isCloseTo(Math.expm1(6), within(1e-9));
  }

  @Test
  void aTieGoesToTheLowerId() {
    SegmentModel model =
        SegmentModel.of(
            new double[] {0, 0, 0},
            new double[] {1, 1, 1},
            new double[][] {{1, 0, 0}, {-1, 0, 0}},
            List.of("A", "B"),
            rfm());
    // ln(1 + 0) = 0 lies between the two.
    Frame assigned = model.assign(Frame.ofRows(FEATURES, List.of(List.of(0L, 0L, 0.0))));

    assertThat(assigned.toRows()).containsExactly(List.of(1L, "A"));
  }

  @Test
  void noMoneyAndReturnedMoneyCountAsZero() {
    SegmentModel model = two();
    Frame assigned =
        model.assign(
            Frame.ofRows(
                FEATURES,
                List.of(
                    List.of(10L, 2L, 0.0), List.of(10L, 2L, -500.0), List.of(10L, 2L, 5000.0))));

    assertThat(assigned.toRows())
        .containsExactly(List.of(2L, "B"), List.of(2L, "B"), List.of(1L, "A"));
  }

  private static SegmentModel two() {
    return SegmentModel.of(
        MEANS, DEVIATIONS, new double[][] {{0, 0, 2}, {0, 0, -2}}, List.of("A", "B"), rfm());
  }

  @Test
  void anUnknownMeasureGivesNoSegment() {
    Frame assigned = two().assign(Frame.ofRows(FEATURES, List.of(Arrays.asList(10L, 2L, null))));

    assertThat(assigned.toRows()).containsExactly(Arrays.asList(null, null));
  }

  @Test
  void everybodyBelongsToTheNearestCentroid() {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      double[][] centroids = new double[1 + random.nextInt(6)][3];
      for (double[] centroid : centroids) {
        Arrays.setAll(centroid, i -> random.nextGaussian());
      }
      SegmentModel model = SegmentModel.named(MEANS, DEVIATIONS, centroids, rfm());
      List<List<?>> rows = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        rows.add(
            List.of(
                (long) random.nextInt(400), 1L + random.nextInt(20), random.nextInt(9000) / 10.0));
      }
      Frame features = Frame.ofRows(FEATURES, rows);
      Frame assigned = model.assign(features);
      for (int row = 0; row < rows.size(); row++) {
        int nearest = 1;
        double least = Double.MAX_VALUE;
        for (int id = 1; id <= model.k(); id++) {
          double distance = 0;
          for (int j = 0; j < 3; j++) {
            double value = ((Number) rows.get(row).get(j)).doubleValue();
            double z = (Math.log1p(value) - MEANS[j]) / DEVIATIONS[j];
            distance += Math.pow(z - model.centroids()[id - 1][j], 2);
          }
          if (distance < least) {
            least = distance;
            nearest = id;
          }
        }
        assertThat(assigned.longs("segment_id").get(row))
            .as("seed %d row %d", seed, row)
            .isEqualTo(nearest);
      }
    }
  }

  @Test
  void wrongParametersAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                SegmentModel.of(
                    MEANS, DEVIATIONS, new double[][] {{0, 0, 0}}, List.of("A", "B"), rfm()))
        .withMessageContaining("1 segments need as many different names");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                SegmentModel.of(
                    MEANS, DEVIATIONS, new double[][] {{0, 0, Double.NaN}}, List.of("A"), rfm()))
        .withMessageContaining("cannot hold NaN");
  }
}
