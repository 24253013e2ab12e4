package dev.patron.pipelines.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.frame.Frame;
import dev.patron.features.tables.Tables;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The segments as they stand on the terminal after a run. */
final class SummaryTableTest {

  @Test
  void showsALineForEachSegmentAndOneForAll() {
    Frame segments = SampleReports.bookstore(Locale.US, "EUR").segmentSummary();
    assertThat(SummaryTable.render(segments, "EUR", Locale.US, 365))
        .isEqualTo(
            """
            Segment    Customers  Revenue  Recency, days  Purchases    Spent  Value, 365 days
            ---------------------------------------------------------------------------------
            Champions      1,980    41.2%           18.2       11.4  €613.28          €412.80
            Loyal          3,771    25.2%           61.0        5.2  €196.87          €128.40
            Promising      4,714    13.2%           74.5        1.9   €82.52           €51.30
            At Risk        5,185    14.8%          348.1        3.6   €84.11           €22.90
            Lost           7,920     5.6%          611.7        1.1   €20.83            €2.40
            ---------------------------------------------------------------------------------
            All           23,570   100.0%          308.3        3.3  €125.02           €71.32
            """);
  }

  @Test
  void writesNumbersAsTheLocaleDoes() {
    Frame segments = SampleReports.bookstore(Locale.US, "EUR").segmentSummary();
    assertThat(SummaryTable.render(segments, "EUR", Locale.GERMANY, 90))
        .contains("1.980", "41,2\u00a0%", "613,28\u00a0€", "Value, 90 days");
  }

  @Test
  void knowsNoCurrencyOrAStrangeOne() {
    Frame segments = SampleReports.tiny().segmentSummary();
    assertThat(SummaryTable.render(segments, "", Locale.US, 365)).contains(" 14.17 ");
    assertThat(SummaryTable.render(segments, "QQQ", Locale.US, 365)).contains(" 14.17 QQQ ");
    assertThat(SummaryTable.render(segments, "JPY", Locale.US, 365)).contains(" ¥14 ");
  }

  @Test
  void leavesADashWhereNothingIsKnown() {
    assertThat(SummaryTable.render(SampleReports.tiny().segmentSummary(), "USD", Locale.US, 365))
        .isEqualTo(
            """
            Segment  Customers  Revenue  Recency, days  Purchases   Spent  Value, 365 days
            ------------------------------------------------------------------------------
            Recent           3   100.0%            4.0        1.3  $14.17                -
            ------------------------------------------------------------------------------
            All              3   100.0%            4.0        1.3  $14.17                -
            """);
  }

  @Test
  void saysSoWhenThereAreNoCustomers() {
    assertThat(SummaryTable.render(Frame.empty(Tables.SEGMENT_SUMMARY), "USD", Locale.US, 365))
        .isEqualTo("No customers yet: there is no purchase at or before the observation time.\n");
  }

  @Test
  void alignsByTheWidthOnTheTerminal() {
    Frame segments =
        Frame.ofRows(
            Tables.SEGMENT_SUMMARY,
            List.of(
                named(0, "お得意様"),
                named(1, "Fide\u0301les"),
                named(2, "📚 readers"),
                named(3, "plain")));
    List<Integer> widths =
        SummaryTable.render(segments, "EUR", Locale.US, 365)
            .lines()
            .map(SummaryTable::width)
            .distinct()
            .toList();
    assertThat(widths).hasSize(1);
    assertThat(SummaryTable.width("お得意様")).isEqualTo(8);
    assertThat(SummaryTable.width("Fide\u0301les")).isEqualTo(7);
    assertThat(SummaryTable.width("📚")).isEqualTo(2);
  }

  @Test
  void letsNoNameSteerTheTerminal() {
    Frame segments =
        Frame.ofRows(
            Tables.SEGMENT_SUMMARY,
            List.of(named(0, "\u001b[31mred\nline\u202eturned"), named(1, "x".repeat(500))));
    String table = SummaryTable.render(segments, "EUR", Locale.US, 365);
    assertThat(table)
        .doesNotContain("\u001b", "\u202e")
        .contains("\uFFFD[31mred\uFFFDline\uFFFDturned")
        .contains("x".repeat(39) + "…");
    assertThat(table.lines()).hasSize(6);
  }

  private static List<Object> named(long id, String name) {
    return Arrays.asList(id, name, 10L, 0.25, 100.0, 0.25, 5.0, 2.0, 10.0, 0.5, 4.0, 40.0);
  }
}
