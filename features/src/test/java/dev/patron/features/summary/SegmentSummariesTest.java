package dev.patron.features.summary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.Tables;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SegmentSummariesTest {
  private static final Schema FEATURES =
      Schema.of()
          .with("customer_id", Type.LONG)
          .with("recency_days", Type.LONG)
          .with("frequency", Type.LONG)
          .with("monetary", new Type.Decimal(18, 2));
  private static final Schema SCORES =
      Schema.of()
          .with("customer_id", Type.LONG)
          .with("segment_id", Type.LONG)
          .with("segment", Type.STRING)
          .with("p_alive", Type.DOUBLE)
          .with("cltv", Type.DOUBLE);

  private static List<@Nullable Object> row(@Nullable Object... values) {
    return Arrays.asList(values);
  }

  private static final Frame CUSTOMERS =
      Frame.ofRows(
          FEATURES,
          List.of(
              row(1L, 10L, 1L, new BigDecimal("30.00")),
              row(2L, 20L, 3L, new BigDecimal("50.00")),
              row(3L, 5L, 2L, new BigDecimal("20.00"))));

  @Test
  void aSummaryHoldsCountsSharesAndMeansOfEachSegment() {
    Frame scores =
        Frame.ofRows(
            SCORES,
            List.of(
                row(1L, 0L, "Loyal", 0.5, 100.0),
                row(2L, 0L, "Loyal", 0.75, 300.0),
                row(3L, 1L, "Lost", null, null)));
    Frame summary = SegmentTotals.summary(SegmentTotals.partial(CUSTOMERS, scores));
    assertThat(summary.schema()).isEqualTo(Tables.SEGMENT_SUMMARY);
    assertThat(summary.toRows())
        .containsExactly(
            row(0L, "Loyal", 2L, 2.0 / 3, 80.0, 0.8, 15.0, 2.0, 40.0, 0.625, 200.0, 400.0),
            row(1L, "Lost", 1L, 1.0 / 3, 20.0, 0.2, 5.0, 2.0, 20.0, null, null, null));
  }

  @Test
  void aSummaryDoesNotDependOnTheCutOfTheCustomers() {
    Frame scores =
        Frame.ofRows(
            SCORES,
            List.of(
                row(1L, 0L, "Loyal", 0.1, 0.3),
                row(2L, 0L, "Loyal", 0.2, 0.1),
                row(3L, 0L, "Loyal", 0.7, 0.2)));
    Frame whole = SegmentTotals.partial(CUSTOMERS, scores);
    Frame parts =
        SegmentTotals.merge(
            Frame.concat(
                SegmentTotals.schema(),
                List.of(
                    SegmentTotals.partial(CUSTOMERS.slice(2, 3), scores.slice(2, 3)),
                    SegmentTotals.partial(CUSTOMERS.slice(0, 2), scores.slice(0, 2)))));
    assertThat(SegmentTotals.summary(parts)).isEqualTo(SegmentTotals.summary(whole));
  }

  @Test
  void theTotalsOfSomeCustomersTakenFromThoseOfAllAreThoseOfTheOthers() {
    Frame scores =
        Frame.ofRows(
            SCORES,
            List.of(
                row(1L, 0L, "Loyal", 0.1, 0.3),
                row(2L, 1L, "Lost", null, null),
                row(3L, 0L, "Loyal", 0.7, 0.2)));
    for (int cut = 0; cut <= 3; cut++) {
      assertThat(
              SegmentTotals.difference(
                  SegmentTotals.partial(CUSTOMERS, scores),
                  SegmentTotals.partial(CUSTOMERS.slice(0, cut), scores.slice(0, cut))))
          .isEqualTo(SegmentTotals.partial(CUSTOMERS.slice(cut, 3), scores.slice(cut, 3)));
    }
  }

  @Test
  void anEmptyShopHasAnEmptySummary() {
    assertThat(SegmentTotals.summary(Frame.empty(SegmentTotals.schema())).rows()).isZero();
  }

  @Test
  void movesCountWhoStayedWhoMovedAndWhoIsNew() {
    Schema segments = Schema.of().with("customer_id", Type.LONG).with("segment", Type.STRING);
    Frame before =
        Frame.ofRows(segments, List.of(row(3L, "Lost"), row(1L, "Loyal"), row(9L, "Loyal")));
    Frame now =
        Frame.ofRows(
            segments,
            List.of(row(1L, "Lost"), row(2L, "Loyal"), row(3L, "Lost"), row(4L, "Loyal")));
    Instant from = Instant.parse("2024-01-31T00:00:00Z");
    Instant to = Instant.parse("2024-02-29T00:00:00Z");
    Frame migration =
        SegmentMoves.migration(
            SegmentMoves.partial(before, now),
            from.getEpochSecond() * 1_000_000,
            to.getEpochSecond() * 1_000_000);
    assertThat(migration.schema()).isEqualTo(Tables.SEGMENT_MIGRATION);
    assertThat(migration.toRows())
        .containsExactly(
            row(from, to, null, "Loyal", 2L),
            row(from, to, "Lost", "Lost", 1L),
            row(from, to, "Loyal", "Lost", 1L));
  }
}
