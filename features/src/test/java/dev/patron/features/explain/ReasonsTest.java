package dev.patron.features.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.clv.LifetimeForecast;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.rfm.RfmCounts;
import dev.patron.features.rfm.RfmScores;
import dev.patron.features.rfm.RfmSegments;
import dev.patron.features.segments.SegmentModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReasonsTest {
  private static final Schema FEATURES =
      Schema.of()
          .with("recency_days", Type.LONG)
          .with("frequency", Type.LONG)
          .with("monetary", Type.DOUBLE)
          .with("repeat_purchases", Type.LONG)
          .with("repeat_recency_days", Type.LONG)
          .with("tenure_days", Type.LONG);

  private static final RfmScores NO_EDGES = RfmScores.of(new RfmCounts(), RfmSegments.STANDARD);

  /** Two segments: 10 days, 10 purchases, 400; and 300 days, 1.5 purchases, 30. */
  private static SegmentModel segments() {
    double[][] centroids = {
      {Math.log(11), Math.log(11), Math.log(401)}, {Math.log(301), Math.log(2.5), Math.log(31)}
    };
    return SegmentModel.of(
        new double[3], new double[] {1, 1, 1}, centroids, List.of("Loyal", "Lost"), NO_EDGES);
  }

  private static List<?> reasons(
      SegmentModel segments, List<@Nullable Object> customer, List<@Nullable Object> forecast) {
    return new Reasons(segments, null, 365)
        .of(
            Frame.ofRows(FEATURES, List.of(customer)),
            Frame.ofRows(LifetimeForecast.SCHEMA, List.of(forecast)))
        .toRows()
        .get(0);
  }

  private static List<@Nullable Object> row(@Nullable Object... values) {
    return new ArrayList<>(Arrays.asList(values));
  }

  private static final List<@Nullable Object> FORECAST = row(0.854, 2.4, 50.1, 118.25, 0.0, 300.0);

  @Test
  void theDecidingMeasureComesFirstAndTheOneThatPullsAwaySecond() {
    // Bought often and lately, but spent next to nothing.
    assertThat(reasons(segments(), row(12L, 9L, 40.0, 8L, 240L, 252L), FORECAST))
        .isEqualTo(
            List.of(
                "Loyal rather than Lost: last purchase 12 days ago (typical of Loyal: 10 days, of"
                    + " Lost: 300 days)",
                "Pulls towards Lost: spent 40.00 (typical of Lost: 30.00, of Loyal: 400.00)",
                "Value 118.25: 2.40 purchases expected in 365 days, of 50.10 each; still a customer"
                    + " with 85 %; held up by 12 days since the last purchase, after one every 30"
                    + " days"));
  }

  @Test
  void whereNothingPullsAwayTheNextBestReasonIsGiven() {
    List<?> reasons = reasons(segments(), row(301L, 1L, 29.0, 0L, 0L, 301L), FORECAST);

    assertThat(reasons.get(0))
        .isEqualTo(
            "Lost rather than Loyal: last purchase 301 days ago (typical of Lost: 300 days, of"
                + " Loyal: 10 days)");
    assertThat(reasons.get(1))
        .isEqualTo("Also Lost in this: spent 29.00 (typical of Lost: 30.00, of Loyal: 400.00)");
    assertThat((String) reasons.get(2)).endsWith("; bought on one day alone, 301 days ago");
  }

  @Test
  void aSilenceOfManyUsualGapsPullsDown() {
    assertThat((String) reasons(segments(), row(200L, 5L, 90.0, 4L, 80L, 280L), FORECAST).get(2))
        .endsWith("; pulled down by 200 days since the last purchase, after one every 20 days");
  }

  @Test
  void oneOfAThingIsNotSeveral() {
    List<?> reasons = reasons(segments(), row(1L, 1L, 500.0, 1L, 1L, 2L), FORECAST);

    assertThat((String) reasons.get(0)).contains("last purchase 1 day ago");
    assertThat((String) reasons.get(1)).contains("Pulls towards Lost: 1 purchase (typical");
    assertThat((String) reasons.get(2))
        .endsWith("1 day since the last purchase, after one every 1 day");
  }

  @Test
  void whatIsNotKnownIsSaidSo() {
    List<@Nullable Object> customer = row(12L, 9L, 40.0, 8L, 240L, 252L);
    assertThat(reasons(segments(), customer, row(null, null, null, null, null, null)).get(2))
        .isEqualTo("Value is not known: the customer's purchases are not known");
    assertThat((String) reasons(segments(), customer, row(0.5, 1.2, null, null, null, null)).get(2))
        .startsWith("Value is not known, for no amounts are: 1.20 purchases expected in 365 days;");

    List<?> unknown = reasons(segments(), row(12L, 9L, null, 8L, 240L, 252L), FORECAST);
    assertThat(unknown.get(0)).isNull();
    assertThat(unknown.get(1)).isNull();

    SegmentModel one =
        SegmentModel.of(
            new double[3], new double[3], new double[1][3], List.of("All Customers"), NO_EDGES);
    assertThat(reasons(one, customer, FORECAST).subList(0, 2))
        .isEqualTo(row("All customers are in one segment", null));
  }
}
