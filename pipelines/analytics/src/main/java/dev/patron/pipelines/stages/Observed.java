package dev.patron.pipelines.stages;

import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Values;
import dev.patron.pipelines.console.UsageException;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.TableSnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the features say of themselves.
 *
 * @param customers how many there are
 * @param asOf their observation time, in microseconds since the epoch; 0 where there are none
 * @param firstPurchase the earliest purchase of all, in microseconds since the epoch
 */
public record Observed(long customers, long asOf, long firstPurchase) {

  static Observed of(TableSnapshot features) {
    long[] found = {0, 0, Long.MAX_VALUE};
    TableScan.of(features, List.of("as_of", "first_purchase_at"))
        .forEach(
            frame -> {
              LongColumn asOf = frame.longs("as_of");
              LongColumn first = frame.longs("first_purchase_at");
              found[0] += frame.rows();
              for (int row = 0; row < frame.rows(); row++) {
                found[1] = asOf.get(row);
                found[2] = Math.min(found[2], first.get(row));
              }
            });
    return new Observed(found[0], found[1], found[2]);
  }

  /** The observation time of features or scores; 0 where there are none. */
  public static long asOf(TableSnapshot table) {
    long[] found = {0};
    TableScan.of(table, List.of("as_of"))
        .forEach(frame -> found[0] = frame.rows() == 0 ? found[0] : frame.longs("as_of").get(0));
    return found[0];
  }

  /**
   * Checks that a table is as of the time that a later stage was asked for.
   *
   * @param table features or scores
   * @param stage the command that writes them
   * @param asOf as the user wrote it; null: whatever they are as of
   * @throws UsageException if they are as of another
   */
  static void check(Job job, String table, String stage, @Nullable String asOf) {
    TableSnapshot rows = asOf == null ? null : job.latest(table);
    if (asOf == null || rows == null) {
      return;
    }
    long written = asOf(rows);
    if (written != 0 && written != ObservationTime.parse("asOf", asOf, job.dataset().zone())) {
      throw new UsageException(
          "--asOf=%s: %s is as of %s; run %s --asOf=%s first"
              .formatted(asOf, table, Values.instant(written), stage, asOf));
    }
  }
}
