package dev.patron.features.rfm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.Tables;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RfmScoresTest {
  private static final Schema FEATURES =
      Schema.of()
          .with("customer_id", Type.LONG)
          .with("recency_days", Type.LONG)
          .with("frequency", Type.LONG)
          .with("monetary", Type.DOUBLE);

  private static Frame customers(List<?>... rows) {
    return Frame.ofRows(FEATURES, List.of(rows));
  }

  private static RfmScores scores(Frame features) {
    return RfmScores.of(new RfmCounts().add(features), RfmSegments.STANDARD);
  }

  private static List<Object> column(Frame frame, String name) {
    List<Object> values = new ArrayList<>();
    for (int row = 0; row < frame.rows(); row++) {
      values.add(frame.value(row, name));
    }
    return values;
  }

  @Test
  void quintilesScoreOneToFiveAndRecentIsBetter() {
    Frame scored = scores(five()).score(five());

    assertThat(column(scored, "r_score")).containsExactly(5L, 4L, 3L, 2L, 1L);
    assertThat(column(scored, "f_score")).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(column(scored, "m_score")).containsExactly(5L, 4L, 3L, 2L, 1L);
    assertThat(column(scored, "rfm_segment"))
        .containsExactly(
            "Loyal", "Potential Loyalists", "Potential Loyalists", "Needing Attention", "At Risk");
  }

  private static Frame five() {
    return customers(
        List.of(1L, 0L, 1L, 50.0),
        List.of(2L, 10L, 2L, 40.0),
        List.of(3L, 20L, 3L, 30.0),
        List.of(4L, 30L, 4L, 20.0),
        List.of(5L, 40L, 5L, 10.0));
  }

  @Test
  void oneCustomerScoresInTheMiddle() {
    Frame only = customers(List.of(1L, 12L, 1L, 9.99));
    Frame scored = scores(only).score(only);

    assertThat(column(scored, "r_score")).containsExactly(3L);
    assertThat(column(scored, "f_score")).containsExactly(3L);
    assertThat(column(scored, "m_score")).containsExactly(3L);
    assertThat(column(scored, "rfm_segment")).containsExactly("Potential Loyalists");
  }

  @Test
  void equalCustomersScoreInTheMiddle() {
    Frame twins =
        customers(List.of(1L, 3L, 2L, 5.0), List.of(2L, 3L, 2L, 5.0), List.of(3L, 3L, 2L, 5.0));

    assertThat(column(scores(twins).score(twins), "m_score")).containsExactly(3L, 3L, 3L);
  }

  @Test
  void nineOfTenWhoBoughtTodayAreTheBest() {
    List<List<?>> rows = new ArrayList<>();
    for (long id = 0; id < 9; id++) {
      rows.add(List.of(id, 0L, 1L, 5.0));
    }
    rows.add(List.of(9L, 400L, 1L, 5.0));
    Frame features = Frame.ofRows(FEATURES, rows);

    assertThat(column(scores(features).score(features), "r_score"))
        .containsExactly(5L, 5L, 5L, 5L, 5L, 5L, 5L, 5L, 5L, 1L);
  }

  @Test
  void whoBoughtOnceIsTheWorstHoweverMany() {
    List<List<?>> rows = new ArrayList<>();
    for (long id = 0; id < 7; id++) {
      rows.add(List.of(id, id, 1L, 5.0));
    }
    rows.add(List.of(7L, 7L, 2L, 5.0));
    rows.add(List.of(8L, 8L, 3L, 5.0));
    Frame features = Frame.ofRows(FEATURES, rows);

    assertThat(column(scores(features).score(features), "f_score"))
        .containsExactly(1L, 1L, 1L, 1L, 1L, 1L, 1L, 4L, 5L);
  }

  @Test
  void nullsAreNeitherCountedNorScored() {
    Frame features = customers(Arrays.asList(1L, 3L, 2L, null), List.of(2L, 4L, 3L, 5.0));
    Frame scored = scores(features).score(features);

    assertThat(column(scored, "m_score")).containsExactly(null, 3L);
    assertThat(column(scored, "rfm_segment").get(0)).isNull();
  }

  @Test
  void aValueThatIsNoNumberIsRefused() {
    Frame features = customers(List.of(1L, 3L, 2L, Double.NaN));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RfmCounts().add(features))
        .withMessageContaining("'monetary' holds NaN");
  }

  @Test
  void decimalsScoreAsTheNumbersTheyAre() {
    Schema decimals =
        Schema.of()
            .with("recency_days", Type.LONG)
            .with("frequency", Type.LONG)
            .with("monetary", Type.parse("decimal(10,2)"));
    Frame features =
        Frame.ofRows(
            decimals,
            List.of(
                List.of(1L, 1L, new BigDecimal("12.50")),
                List.of(1L, 1L, new BigDecimal("-0.01")),
                List.of(1L, 1L, new BigDecimal("12.51"))));
    RfmScores scores = scores(features);

    assertThat(column(scores.score(features), "m_score")).containsExactly(2L, 1L, 5L);
    assertThat(scores.edges().toRows()).contains(List.of("monetary", 5L, 12.51, 12.51, 1L));
  }

  @Test
  void unseenValuesScoreAsTheNextBetterSeenOne() {
    RfmScores scores = scores(five());

    assertThat(scores.score(Measure.RECENCY, 11)).isEqualTo(4);
    assertThat(scores.score(Measure.RECENCY, 9)).isEqualTo(5);
    assertThat(scores.score(Measure.RECENCY, 10_000)).isEqualTo(1);
    assertThat(scores.score(Measure.MONETARY, 10.01)).isEqualTo(2);
    assertThat(scores.score(Measure.MONETARY, -3)).isEqualTo(1);
    assertThat(scores.score(Measure.MONETARY, 1e9)).isEqualTo(5);
  }

  @Test
  void scoresFollowTheRuleForAnyShop() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      Frame features = shop(random);
      Frame scored = scores(features).score(features);

      for (int row = 0; row < features.rows(); row++) {
        assertThat(scored.value(row, "r_score"))
            .as("seed %d row %d", seed, row)
            .isEqualTo(oracle(features, "recency_days", -1, row));
        assertThat(scored.value(row, "f_score"))
            .as("seed %d row %d", seed, row)
            .isEqualTo(oracle(features, "frequency", 1, row));
        assertThat(scored.value(row, "m_score"))
            .as("seed %d row %d", seed, row)
            .isEqualTo(oracle(features, "monetary", 1, row));
      }
    }
  }

  /** The rule, read out loud: how many customers are worse, and is anybody better at all. */
  private static long oracle(Frame features, String measure, int sign, int row) {
    double own = sign * ((Number) valueOf(features, measure, row)).doubleValue();
    int worse = 0;
    int better = 0;
    for (int other = 0; other < features.rows(); other++) {
      double value = sign * ((Number) valueOf(features, measure, other)).doubleValue();
      worse += value < own ? 1 : 0;
      better += value > own ? 1 : 0;
    }
    if (better == 0) {
      return worse == 0 ? 3 : 5;
    }
    return 1 + 5L * worse / features.rows();
  }

  private static Object valueOf(Frame features, String measure, int row) {
    Object value = features.value(row, measure);
    if (value == null) {
      throw new AssertionError(measure + " of row " + row + " is null");
    }
    return value;
  }

  private static Frame shop(Random random) {
    int customers = 1 + random.nextInt(random.nextBoolean() ? 8 : 60);
    int values = 1 + random.nextInt(20);
    List<List<?>> rows = new ArrayList<>();
    for (long id = 0; id < customers; id++) {
      rows.add(
          List.of(
              id,
              (long) random.nextInt(values),
              1L + (random.nextBoolean() ? 0 : random.nextInt(values)),
              (random.nextInt(2 * values) - 2) / 4.0));
    }
    return Frame.ofRows(FEATURES, rows);
  }

  @Test
  void edgesDoNotDependOnOrderFramesOrMerges() {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      Frame features = shop(random);
      Frame edges = scores(features).edges();

      List<Integer> order = new ArrayList<>();
      for (int row = 0; row < features.rows(); row++) {
        order.add(row);
      }
      Collections.shuffle(order, random);
      Frame shuffled = features.take(order.stream().mapToInt(i -> i).toArray());
      List<Frame> travelling = new ArrayList<>();
      int from = random.nextInt(features.rows() + 1);
      RfmCounts counts = new RfmCounts().add(shuffled.slice(0, from));
      while (from < shuffled.rows()) {
        int to = from + 1 + random.nextInt(shuffled.rows() - from);
        travelling.add(new RfmCounts().add(shuffled.slice(from, to)).toFrame());
        from = to;
      }
      RfmCounts travelled =
          new RfmCounts().addCounts(Frame.concat(RfmCounts.SCHEMA, travelling)).add(counts);

      assertThat(RfmScores.of(travelled, RfmSegments.STANDARD).edges())
          .as("seed %d", seed)
          .isEqualTo(edges);
    }
  }

  @Test
  void scoresCanBeRebuiltFromTheirEdges() {
    Frame features = shop(new Random(7));
    RfmScores scores = scores(features);
    RfmScores rebuilt = RfmScores.ofEdges(scores.edges(), RfmSegments.STANDARD);

    assertThat(scores.edges().schema()).isEqualTo(Tables.RFM_EDGES);
    assertThat(rebuilt.score(features)).isEqualTo(scores.score(features));
  }

  @Test
  void edgesOutOfOrderAreRefused() {
    Frame edges =
        Frame.ofRows(
            Tables.RFM_EDGES,
            List.of(
                List.of("monetary", 1L, 0.0, 10.0, 5L), List.of("monetary", 2L, 9.0, 20.0, 5L)));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> RfmScores.ofEdges(edges, RfmSegments.STANDARD))
        .withMessageContaining("'monetary' are out of order at score 2");
  }
}
