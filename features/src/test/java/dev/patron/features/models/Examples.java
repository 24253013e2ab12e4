package dev.patron.features.models;

import dev.patron.features.clv.BgNbd;
import dev.patron.features.clv.GammaGamma;
import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.clv.ParetoNbd;
import dev.patron.features.clv.YearClock;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.rfm.RfmCounts;
import dev.patron.features.rfm.RfmScores;
import dev.patron.features.rfm.RfmSegments;
import dev.patron.features.segments.SegmentModel;
import dev.patron.features.tables.Tables;
import dev.patron.features.trees.BoostedTrees;
import dev.patron.features.trees.InSeason;
import dev.patron.features.trees.Refinement;
import dev.patron.features.trees.TreeInputs;
import dev.patron.features.trees.TwoStageTrees;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Models and customers that tests share. */
final class Examples {
  static final TrainingFacts FACTS =
      new TrainingFacts(
          Instant.parse("2024-06-30T23:59:59.999999Z"),
          365,
          0.01,
          42,
          100,
          Map.of("gold/customer_features", "version 3"),
          "run-1");

  static final LifetimeModel LIFETIME =
      new LifetimeModel(
          new BgNbd(0.25, 4.5, 0.8, 2.5), new GammaGamma(6.25, 3.75, 15.5), List.of("a note"));

  /** Trees that look at a count, an amount and an expectation, in a season. */
  static final Refinement REFINEMENT =
      new Refinement(
          new TwoStageTrees(
              91,
              trees("recency_days", 60, 0.5, -0.75),
              trees("spend_91", 9.5, -0.25, 0.5),
              trees("expected_amount", 12.25, 0.125, -0.375)),
          new Refinement.Part(0.5, 1.25, 1.25),
          new Refinement.Part(0.25, 0.8, 1.5, 1.0625),
          new Refinement.Interval(1.25, 0.875));

  /** The same trees for customers of a shop that is busy after November, by a clock. */
  static final Refinement BY_CLOCK =
      new Refinement(
          REFINEMENT.trees(),
          new Refinement.Part(0.5, 1.25, 1),
          new Refinement.Part(0.25, 0.8, 1, 1.0625),
          new Refinement.Interval(1, 0.875),
          new InSeason(
              new YearClock(
                  LocalDate.of(2024, 6, 30).toEpochDay(),
                  365,
                  new double[] {.5, .5, .75, .75, 1, 2.5, 4, 1.25, .5, .5, .25, .25, .25}),
              new ParetoNbd(0.8, 6.5, 0.55, 31)));

  private static BoostedTrees trees(String input, double threshold, double low, double high) {
    int at = TreeInputs.NAMES.indexOf(input);
    return new BoostedTrees(
        TreeInputs.NAMES.size(),
        0.1,
        0.5,
        List.of(
            new BoostedTrees.Split(
                at, threshold, new BoostedTrees.Leaf(low, 30), new BoostedTrees.Leaf(high, 70)),
            new BoostedTrees.Leaf(0.0625, 100)));
  }

  private Examples() {}

  static SegmentModel segments() {
    return SegmentModel.named(
        new double[] {4, 1, 4},
        new double[] {1.1, 0.5, 1.2},
        new double[][] {{-1, 1.5, 1.5}, {0, 0, 0.1}, {1, -0.7, -1.1}},
        rfm());
  }

  static RfmScores rfm() {
    return RfmScores.of(new RfmCounts().add(features(Type.LONG)), RfmSegments.STANDARD);
  }

  /** A hundred customers with ids of this type. */
  static Frame features(Type id) {
    Schema schema = Tables.customerFeatures(id, Type.parse("decimal(12,2)"));
    List<List<?>> rows = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      long x = i % 7 == 0 ? i / 7 : i % 3;
      long tenure = 30 + 3L * i;
      long recency = x == 0 ? 0 : Math.max(x, tenure - 1 - (i * 37L % (tenure - x)));
      long paid = i % 10 == 0 ? 0 : x;
      rows.add(
          Arrays.asList(
              id.equals(Type.LONG) ? (Object) (long) i : "customer " + i,
              FACTS.asOf(),
              FACTS.asOf(),
              FACTS.asOf(),
              tenure - recency,
              x + 1,
              new BigDecimal(1050L * (x + 1) + 13L * i).movePointLeft(2),
              10.5,
              tenure,
              x,
              recency,
              paid == 0 ? null : 10.0 + i / 8.0,
              paid,
              12.5 + i / 8.0,
              paid + 1,
              new BigDecimal("0.00"),
              1.0,
              x % 2,
              x % 3,
              x % 5,
              x % 4,
              10.0 * (x % 3),
              10.0 * (x % 5),
              11.5,
              9.25,
              x < 2 ? null : (Double) (2.5 * x),
              null,
              null,
              null,
              null));
    }
    return Frame.ofRows(schema, rows);
  }

  static ModelVersion segmentVersion(int version) {
    return new ModelVersion("segments", version, SegmentDocument.of(segments(), FACTS));
  }

  static ModelVersion lifetimeVersion(int version) {
    return new ModelVersion("lifetime", version, LifetimeDocument.of(LIFETIME, FACTS));
  }
}
