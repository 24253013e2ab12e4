package dev.patron.features.purchases;

import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How many customers came on each day of a shop's history, and how many came again: what its
 * seasons are read from. All orders of a customer on one day count once, as in {@link
 * CustomerFeatures}. Immutable.
 */
public final class DailyPurchases {
  /** Counts as they travel: a row a day on which anything was bought, ascending. */
  public static final Schema SCHEMA =
      Schema.of()
          .with("day", Type.LONG)
          .with("first_purchases", Type.LONG)
          .with("repeat_purchases", Type.LONG);

  private final long firstDay;
  private final long[] firsts;
  private final long[] repeats;

  private DailyPurchases(SortedMap<Long, long[]> counts) {
    firstDay = counts.isEmpty() ? 0 : counts.firstKey();
    int days = counts.isEmpty() ? 0 : Math.toIntExact(counts.lastKey() - firstDay + 1);
    firsts = new long[days];
    repeats = new long[days];
    counts.forEach(
        (day, count) -> {
          firsts[(int) (day - firstDay)] = count[0];
          repeats[(int) (day - firstDay)] = count[1];
        });
  }

  /** The counts of these frames of {@link #SCHEMA} together, in whatever order they come. */
  public static DailyPurchases of(Iterable<Frame> counted) {
    SortedMap<Long, long[]> counts = new TreeMap<>();
    for (Frame frame : counted) {
      for (int row = 0; row < frame.rows(); row++) {
        long[] count = counts.computeIfAbsent(frame.longs("day").get(row), d -> new long[2]);
        count[0] += frame.longs("first_purchases").get(row);
        count[1] += frame.longs("repeat_purchases").get(row);
      }
    }
    return new DailyPurchases(counts);
  }

  /**
   * Counts the purchases of some customers.
   *
   * @param zone the zone whose calendar days count
   * @param purchases all purchases of these customers, in any order; those without a customer are
   *     passed over
   * @return of {@link #SCHEMA}
   */
  public static Frame count(ZoneId zone, Frame purchases) {
    Days days = new Days(zone);
    LongColumn lines = purchases.longs("lines");
    Column anyone = purchases.column("customer_id");
    Frame sorted =
        purchases
            .select(List.of("customer_id", "purchased_at", "lines"))
            .filter(row -> lines.get(row) > 0 && !anyone.isNull(row))
            .sort(List.of("customer_id", "purchased_at"));
    Column customer = sorted.column("customer_id");
    LongColumn at = sorted.longs("purchased_at");
    Map<Long, long[]> counts = new TreeMap<>();
    for (int row = 0; row < sorted.rows(); row++) {
      boolean known = row > 0 && customer.same(row - 1, customer, row);
      long day = days.day(at.get(row));
      if (!known || days.day(at.get(row - 1)) != day) {
        counts.computeIfAbsent(day, d -> new long[2])[known ? 1 : 0]++;
      }
    }
    FrameBuilder rows = new FrameBuilder(SCHEMA);
    counts.forEach(
        (day, count) -> {
          rows.longs("day").append(day);
          rows.longs("first_purchases").append(count[0]);
          rows.longs("repeat_purchases").append(count[1]);
        });
    return rows.build();
  }

  /** The first day on which anything was bought; 0 if nothing ever was. */
  public long firstDay() {
    return firstDay;
  }

  /** Whether nothing was ever bought. */
  public boolean isEmpty() {
    return firsts.length == 0;
  }

  /** How many customers bought for the first time on a day. */
  public long firsts(long day) {
    return at(firsts, day);
  }

  /** How many customers bought on a day who had bought on an earlier one. */
  public long repeats(long day) {
    return at(repeats, day);
  }

  private long at(long[] counts, long day) {
    long place = day - firstDay;
    return place >= 0 && place < counts.length ? counts[(int) place] : 0;
  }
}
