package dev.patron.pipelines.stages;

import dev.patron.features.frame.LongColumn;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.TableSnapshot;
import java.util.List;

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
}
