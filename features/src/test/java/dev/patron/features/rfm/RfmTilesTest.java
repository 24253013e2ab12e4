package dev.patron.features.rfm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RfmTilesTest {
  private static final Schema FEATURES =
      Schema.of()
          .with("customer_id", Type.LONG)
          .with("recency_days", Type.LONG)
          .with("frequency", Type.LONG)
          .with("monetary", Type.DOUBLE);

  private static Frame score(Frame features) {
    return RfmTiles.score(
        features, RfmTiles.cuts(features.select(RfmTiles.columns())), RfmSegments.STANDARD);
  }

  @Test
  void scoresAreThoseOfNtileOverTheSortedCustomers() {
    for (int seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      int customers = 1 + random.nextInt(40);
      List<List<?>> rows = new ArrayList<>();
      for (long id = 0; id < customers; id++) {
        rows.add(
            List.of(
                (id * 7919) % 101,
                (long) random.nextInt(4),
                1L + random.nextInt(2),
                (double) random.nextInt(6)));
      }
      Frame scored = score(Frame.ofRows(FEATURES, rows));
      for (int measure = 1; measure <= 3; measure++) {
        int by = measure;
        Comparator<List<?>> worst = Comparator.comparingDouble(row -> value(row, by));
        List<List<?>> sorted = new ArrayList<>(rows);
        sorted.sort(
            (by == 1 ? worst.reversed() : worst).thenComparingLong(row -> (Long) row.get(0)));
        String column = List.of("r_score", "f_score", "m_score").get(measure - 1);
        for (int rank = 0; rank < customers; rank++) {
          int row = rows.indexOf(sorted.get(rank));
          assertThat(scored.longs(column).get(row))
              .as("seed %d, %s, rank %d of %d", seed, column, rank, customers)
              .isEqualTo(ntile(rank, customers));
        }
      }
    }
  }

  private static double value(List<?> row, int measure) {
    return ((Number) row.get(measure)).doubleValue();
  }

  /** SQL's NTILE(5) of a row, counted from 0: the first groups are the greater ones. */
  private static long ntile(int rank, int rows) {
    int tile = 1;
    int left = rank;
    for (int t = 0; t < 5; t++) {
      int size = rows / 5 + (t < rows % 5 ? 1 : 0);
      if (left < size) {
        break;
      }
      left -= size;
      tile++;
    }
    return tile;
  }

  @Test
  void scoresDoNotDependOnTheOrderOfTheRows() {
    List<List<?>> rows = new ArrayList<>();
    for (long id = 0; id < 23; id++) {
      rows.add(List.of(id, 10L, 1L, 5.0));
    }
    Frame features = Frame.ofRows(FEATURES, rows);
    int[] backwards = new int[23];
    Arrays.setAll(backwards, i -> 22 - i);

    assertThat(score(features.take(backwards))).isEqualTo(score(features).take(backwards));
    assertThat(score(features).longs("f_score").get(0)).isEqualTo(1);
    assertThat(score(features).longs("f_score").get(22)).isEqualTo(5);
  }

  @Test
  void nobodyIsNoTrouble() {
    assertThat(score(Frame.empty(FEATURES)).rows()).isZero();
  }
}
