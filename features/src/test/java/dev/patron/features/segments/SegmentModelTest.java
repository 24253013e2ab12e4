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
    assertThat(model.ids()).containsExactly(1, 2, 3, 4);
    assertThat(model.names().subList(0, 2)).containsExactly("Champions", "Loyal");
    assertThat(model.centroid(0)[2]).isCloseTo(Math.expm1(6), within(1e-9));
  }

  @Test
  void severalSegmentsOfOneCellSayInWhatTheyDiffer() {
    double[][] two = {{2.5, -0.6, -1}, {2.6, -0.5, -1.9}};
    assertThat(SegmentModel.named(MEANS, DEVIATIONS, two, rfm()).names())
        .containsExactly("Lost, big spenders", "Lost, small spenders");

    double[][] three = {{2.5, -0.6, -1}, {2.6, -0.5, -1.9}, {2.6, -0.6, -1.4}};
    assertThat(SegmentModel.named(MEANS, DEVIATIONS, three, rfm()).names())
        .containsExactly(
            "Lost, biggest spenders", "Lost, middling spenders", "Lost, smallest spenders");

    double[][] byRecency = {{2.5, -0.6, -1.1}, {5, -0.5, -1.2}};
    assertThat(SegmentModel.named(MEANS, DEVIATIONS, byRecency, rfm()).names())
        .containsExactly("Lost, recent", "Lost, long away");

    // Two of them are as long away as one another, which would be no way to tell them apart.
    double[][] alike = {{2.5, -0.6, -1}, {2.6, -0.5, -1.9}, {5, -0.6, -1.4}};
    assertThat(SegmentModel.named(MEANS, DEVIATIONS, alike, rfm()).names())
        .containsExactly(
            "Lost, biggest spenders", "Lost, middling spenders", "Lost, smallest spenders");

    double[][] four = {{2.5, -0.6, -1}, {2.6, -0.5, -1.9}, {2.6, -0.6, -1.4}, {2.6, -0.6, -1.5}};
    assertThat(SegmentModel.named(MEANS, DEVIATIONS, four, rfm()).names())
        .containsExactly(
            "Lost, 1 of 4 by spend",
            "Lost, 2 of 4 by spend",
            "Lost, 3 of 4 by spend",
            "Lost, 4 of 4 by spend");
  }

  @Test
  void segmentsThatMovedALittleKeepTheirIdsAndNames() {
    SegmentModel champion =
        SegmentModel.named(
            MEANS, DEVIATIONS, new double[][] {{-3, 2.5, 2}, {0, 0, 1.9}, {2.5, -0.6, -1}}, rfm());
    // The second has overtaken the first in value, all have moved, and the scale is another one.
    double[] means = {3.2, 1.1, 4.5};
    double[] deviations = {1.1, 0.5, 1.25};
    double[][] moved = {
      onScale(new double[] {2.3, -0.7, -1.2}, means, deviations),
      onScale(new double[] {0.1, 0.1, 2.1}, means, deviations),
      onScale(new double[] {-2.8, 2.4, 1.9}, means, deviations)
    };
    SegmentModel next = champion.continuedBy(means, deviations, moved, rfm(), 0);

    assertThat(next.ids()).containsExactly(1, 2, 3);
    assertThat(next.names()).isEqualTo(champion.names());
    assertThat(next.centroids()[0]).isEqualTo(moved[2]);
    assertThat(next.centroids()[1]).isEqualTo(moved[1]);
    assertThat(SegmentModel.named(means, deviations, moved, rfm()).names())
        .as("without a champion")
        .isNotEqualTo(champion.names());
  }

  /** The place that MEANS and DEVIATIONS call so, on another scale. */
  private static double[] onScale(double[] place, double[] means, double[] deviations) {
    double[] other = new double[place.length];
    Arrays.setAll(other, i -> (place[i] * DEVIATIONS[i] + MEANS[i] - means[i]) / deviations[i]);
    return other;
  }

  @Test
  void whatIsNewIsNumberedAfterWhatWas() {
    SegmentModel champion =
        SegmentModel.named(
            MEANS, DEVIATIONS, new double[][] {{-3, 2.5, 2}, {0, 0, 1.9}, {2.5, -0.6, -1}}, rfm());
    SegmentModel split =
        champion.continuedBy(
            MEANS,
            DEVIATIONS,
            new double[][] {{-3, 2.5, 2}, {0, 0, 1.9}, {2.5, -0.6, -1}, {2.5, -0.6, -3}},
            rfm(),
            0);
    assertThat(split.ids()).containsExactly(1, 2, 3, 4);
    assertThat(split.names()).containsExactly("Champions", "Loyal", "Lost", "Lost, small spenders");

    SegmentModel merged =
        split.continuedBy(
            MEANS, DEVIATIONS, new double[][] {{2.5, -0.6, -3.1}, {-3, 2.5, 2}}, rfm(), 0);
    assertThat(merged.ids()).containsExactly(1, 4);
    assertThat(merged.names()).containsExactly("Champions", "Lost, small spenders");
    assertThat(merged.assign(Frame.ofRows(FEATURES, List.of(List.of(300L, 1L, 1.0)))).toRows())
        .containsExactly(List.of(4L, "Lost, small spenders"));
  }

  @Test
  void aSegmentFarFromAllThatWereIsANewOne() {
    SegmentModel champion =
        SegmentModel.named(MEANS, DEVIATIONS, new double[][] {{-3, 2.5, 2}, {0, 0, 0}}, rfm());
    SegmentModel next =
        champion.continuedBy(
            MEANS, DEVIATIONS, new double[][] {{-3, 2.5, 2}, {3, -1, -2}}, rfm(), 0);

    assertThat(next.ids()).containsExactly(1, 3);
    assertThat(next.names()).containsExactly("Champions", "Lost");
    assertThat(
            champion
                .continuedBy(
                    MEANS, DEVIATIONS, new double[][] {{-3, 2.5, 2}, {3, -1, -2}}, rfm(), 7)
                .ids())
        .as("after one that another version gave")
        .containsExactly(1, 8);
  }

  /** Who went from the one to the other would seem to have stayed. */
  @Test
  void aNewSegmentIsNotNamedAsOneThatIsGone() {
    SegmentModel champion =
        SegmentModel.named(MEANS, DEVIATIONS, new double[][] {{-3, 2.5, 2}, {3, -1, -2}}, rfm());
    assertThat(champion.names()).containsExactly("Champions", "Lost");
    SegmentModel next =
        champion.continuedBy(
            MEANS, DEVIATIONS, new double[][] {{-3, 2.5, 2}, {4.5, -1, -2}}, rfm(), 0);

    assertThat(next.ids()).containsExactly(1, 3);
    assertThat(next.names()).containsExactly("Champions", "Lost (2)");
  }

  @Test
  void theModelOfTheSameCustomersIsTheSame() {
    SegmentModel model =
        SegmentModel.named(
            MEANS, DEVIATIONS, new double[][] {{2.5, -0.6, -1}, {2.6, -0.5, -1.9}}, rfm());
    SegmentModel again =
        model.continuedBy(model.means(), model.deviations(), model.centroids(), model.rfm(), 0);

    assertThat(again.ids()).isEqualTo(model.ids());
    assertThat(again.names()).isEqualTo(model.names());
    assertThat(again.centroids()).isDeepEqualTo(model.centroids());
  }

  @Test
  void theMatchingIsTheCheapestOfAllPermutations() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      int rows = 1 + random.nextInt(6);
      int columns = rows + random.nextInt(3);
      double[][] cost = new double[rows][columns];
      for (double[] row : cost) {
        Arrays.setAll(row, i -> random.nextInt(20));
      }
      int[] matched = SegmentMatching.leastCost(cost);
      double sum = 0;
      for (int i = 0; i < rows; i++) {
        sum += cost[i][matched[i]];
      }
      assertThat(Arrays.stream(matched).distinct().count()).as("seed %d", seed).isEqualTo(rows);
      assertThat(sum).as("seed %d", seed).isEqualTo(cheapest(cost, 0, new boolean[columns]));
    }
  }

  private static double cheapest(double[][] cost, int row, boolean[] taken) {
    if (row == cost.length) {
      return 0;
    }
    double least = Double.POSITIVE_INFINITY;
    for (int column = 0; column < taken.length; column++) {
      if (!taken[column]) {
        taken[column] = true;
        least = Math.min(least, cost[row][column] + cheapest(cost, row + 1, taken));
        taken[column] = false;
      }
    }
    return least;
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
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                SegmentModel.of(
                    MEANS,
                    DEVIATIONS,
                    new double[][] {{0, 0, 1}, {0, 0, 0}},
                    new int[] {2, 2},
                    List.of("A", "B"),
                    rfm()))
        .withMessageContaining("ascending ids");
  }
}
