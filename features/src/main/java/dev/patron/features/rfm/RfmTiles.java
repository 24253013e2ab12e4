package dev.patron.features.rfm;

import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Scores by SQL's {@code NTILE(5)}: five groups of equal size a measure, the first ones greater by
 * one where that cannot be. Customers with equal values are told apart by their keys, the lesser
 * key scoring less, so that scores do not depend on the order of rows; yet they say more than is
 * known, which is why {@link RfmScores} are the default.
 */
public final class RfmTiles {
  private static final int TILES = 5;

  private RfmTiles() {}

  /** What {@link #cuts} looks at. */
  public static List<String> columns() {
    List<String> columns = new ArrayList<>(List.of("customer_id"));
    for (Measure measure : Measure.values()) {
      columns.add(measure.column());
    }
    return columns;
  }

  /** The schema of cuts between the scores. */
  public static Schema schema(Type customerId) {
    return Schema.of()
        .with("measure", Type.STRING)
        .with("score", Type.LONG)
        .with("value", Type.DOUBLE)
        .with("customer_id", customerId);
  }

  /**
   * Where each score begins: its worst customer.
   *
   * @param customers the {@link #columns} of all customers, in any order
   * @return rows of {@link #schema} by measure and ascending score
   */
  public static Frame cuts(Frame customers) {
    Column keys = customers.column("customer_id");
    FrameBuilder cuts = new FrameBuilder(schema(customers.schema().type("customer_id")));
    for (Measure measure : Measure.values()) {
      double[] values = Measure.values(customers, measure.column());
      int[] ranked =
          IntStream.of(
                  customers.order(
                      (a, b) -> {
                        int byValue = fromWorst(measure, values[a], values[b]);
                        return byValue != 0 ? byValue : keys.compare(a, keys, b);
                      }))
              .filter(row -> !Double.isNaN(values[row]))
              .toArray();
      int size = ranked.length / TILES;
      int greater = ranked.length % TILES;
      for (int tile = 0; tile < TILES; tile++) {
        int first = tile * size + Math.min(tile, greater);
        if (first < ranked.length && (size > 0 || tile < greater)) {
          cuts.bytes("measure").append(measure.column());
          cuts.longs("score").append(tile + 1);
          cuts.doubles("value").append(values[ranked[first]]);
          cuts.column("customer_id").appendFrom(keys, ranked[first]);
        }
      }
    }
    return cuts.build();
  }

  /** The order from the worst to the best. */
  private static int fromWorst(Measure measure, double one, double other) {
    return measure.lessIsBetter() ? Double.compare(other, one) : Double.compare(one, other);
  }

  /**
   * The frame with {@code r_score}, {@code f_score}, {@code m_score} and {@code rfm_segment} filled
   * in; null where a measure is null.
   *
   * @param cuts what {@link #cuts} gave
   */
  public static Frame score(Frame features, Frame cuts, RfmSegments segments) {
    Column keys = features.column("customer_id");
    Column cutKeys = cuts.column("customer_id");
    int[][] scores = new int[Measure.values().length][features.rows()];
    for (Measure measure : Measure.values()) {
      double[] values = Measure.values(features, measure.column());
      int[] ofMeasure = scores[measure.position()];
      for (int cut = 0; cut < cuts.rows(); cut++) {
        if (!cuts.bytes("measure").text(cut).equals(measure.column())) {
          continue;
        }
        double from = cuts.doubles("value").get(cut);
        int score = Math.toIntExact(cuts.longs("score").get(cut));
        for (int row = 0; row < ofMeasure.length; row++) {
          int byValue = fromWorst(measure, values[row], from);
          if (!Double.isNaN(values[row])
              && (byValue > 0 || (byValue == 0 && keys.compare(row, cutKeys, cut) >= 0))) {
            ofMeasure[row] = score;
          }
        }
      }
    }
    return RfmScores.with(features, scores, segments);
  }
}
