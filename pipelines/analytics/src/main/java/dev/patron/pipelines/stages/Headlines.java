package dev.patron.pipelines.stages;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.tables.Tables;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.TableSnapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code gold/headlines}: the numbers at the top of the report, each time they changed. */
final class Headlines {
  /** The table's name. */
  static final String TABLE = "gold/headlines";

  private Headlines() {}

  /**
   * Adds a row, unless it would say what the newest one says already.
   *
   * @param asOf the observation time; null if there are no customers: then nothing is added
   * @param summary {@link Tables#SEGMENT_SUMMARY}
   * @param revenue {@link Tables#REVENUE_BY_MONTH}
   * @return all rows
   */
  static Frame update(
      Job job, @Nullable Instant asOf, Frame summary, Frame revenue, int horizonDays) {
    TableSnapshot table = job.latest(TABLE);
    Frame rows =
        table == null
            ? Frame.empty(Tables.HEADLINES)
            : TableScan.of(table, Tables.HEADLINES.names()).all().sort(List.of("sequence"));
    if (asOf == null) {
      return rows;
    }
    List<@Nullable Object> now = numbers(asOf, summary, revenue, horizonDays);
    List<List<@Nullable Object>> before = rows.toRows();
    int last = before.size() - 1;
    if (last >= 0 && before.get(last).subList(1, now.size() + 1).equals(now)) {
      return rows;
    }
    List<@Nullable Object> row = new ArrayList<>(now);
    row.add(0, before.size() + 1L);
    FrameBuilder all = new FrameBuilder(Tables.HEADLINES);
    all.appendAll(rows);
    all.appendRow(row);
    Frame updated = all.build();
    new Changes(job).overwrite(TABLE, updated).decide("publish");
    return updated;
  }

  private static List<@Nullable Object> numbers(
      Instant asOf, Frame summary, Frame revenue, int horizonDays) {
    long customers = 0;
    double bought = 0;
    double value = 0;
    double alive = 0;
    boolean valued = false;
    boolean known = false;
    for (int row = 0; row < summary.rows(); row++) {
      long members = summary.longs("customers").get(row);
      customers += members;
      bought += summary.doubles("revenue").get(row);
      if (!summary.column("total_cltv").isNull(row)) {
        value += summary.doubles("total_cltv").get(row);
        valued = true;
      }
      if (!summary.column("mean_p_alive").isNull(row)) {
        alive += summary.doubles("mean_p_alive").get(row) * members;
        known = true;
      }
    }
    long purchases = 0;
    for (int row = 0; row < revenue.rows(); row++) {
      purchases += revenue.longs("purchases").get(row);
    }
    return Arrays.asList(
        asOf,
        customers,
        purchases,
        bought,
        known && customers > 0 ? alive / customers : null,
        valued ? value : null,
        (long) horizonDays);
  }
}
