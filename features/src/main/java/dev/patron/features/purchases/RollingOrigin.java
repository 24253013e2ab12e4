package dev.patron.features.purchases;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.io.Serializable;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * What was known of customers at many cut-offs, and what each did after it: the material of
 * back-tests and of models that learn from outcomes. One call over a customer's purchases gives the
 * rows of all origins.
 */
public final class RollingOrigin implements Serializable {
  private static final Set<String> NOT_NEEDED =
      Set.of(
          "as_of",
          "first_purchase_at",
          "last_purchase_at",
          "returned",
          "units",
          "r_score",
          "f_score",
          "m_score",
          "rfm_segment");

  private final ZoneId zone;
  private final List<Origin> origins;
  private final long asOf;

  /**
   * A cut-off and the window after it.
   *
   * @param day the last day that is known, from 1970-01-01
   * @param windowDays the days after it whose outcome is the target; 0: there is no target
   */
  public record Origin(long day, long windowDays) implements Serializable {
    public Origin {
      if (windowDays < 0) {
        throw new IllegalArgumentException(
            "windowDays is " + windowDays + "; at least 0 is wanted");
      }
    }

    /** The last day of the window. */
    public long end() {
      return day + windowDays;
    }
  }

  /**
   * The rows of these origins.
   *
   * @param zone the zone whose calendar days count
   */
  public RollingOrigin(ZoneId zone, List<Origin> origins) {
    this(zone, origins, Long.MAX_VALUE);
  }

  /**
   * The rows of these origins, from what is known at a time.
   *
   * @param asOf in microseconds since the epoch; the day that it is in ends with it, as a cut-off
   *     and as the last day of a window
   */
  public RollingOrigin(ZoneId zone, List<Origin> origins, long asOf) {
    this.zone = zone;
    this.origins = List.copyOf(origins);
    this.asOf = asOf;
  }

  /** The columns for purchases of this schema. */
  public static Schema schema(Schema purchases) {
    return CustomerFeatures.schema(purchases)
        .select(needed(CustomerFeatures.schema(purchases)))
        .with("past_purchases", Type.LONG)
        .with("past_spend", Type.DOUBLE)
        .with("actual_purchases", Type.LONG)
        .with("actual_spend", Type.DOUBLE)
        .with("origin", Type.LONG);
  }

  private static List<String> needed(Schema schema) {
    return schema.names().stream().filter(name -> !NOT_NEEDED.contains(name)).toList();
  }

  /**
   * The features at each cut-off; what was bought in the window as long before it ({@code
   * past_purchases}, {@code past_spend}) and in the window after it ({@code actual_purchases},
   * {@code actual_spend}), days and money as {@link Holdout} has them; and the place of the origin
   * in the list as {@code origin}. A customer has a row for each origin by which there was a
   * purchase, whatever came after.
   *
   * @param purchases all purchases of some set of customers, as {@link CustomerFeatures#of}
   */
  public Frame of(Frame purchases) {
    List<String> columns = needed(CustomerFeatures.schema(purchases.schema()));
    Days days = new Days(zone);
    List<Frame> rows = new ArrayList<>();
    for (int i = 0; i < origins.size(); i++) {
      Origin origin = origins.get(i);
      long cutoff = endOf(days, origin.day());
      Frame known = new CustomerFeatures(zone, cutoff).of(purchases).select(columns);
      Frame past =
          new Outcomes(zone, endOf(days, origin.day() - origin.windowDays()), cutoff, "past")
              .append(known, purchases);
      Frame actual =
          new Outcomes(zone, cutoff, endOf(days, origin.end()), "actual").append(past, purchases);
      long[] place = new long[actual.rows()];
      Arrays.fill(place, i);
      rows.add(actual.with("origin", Type.LONG, LongColumn.of(place)));
    }
    return Frame.concat(schema(purchases.schema()), rows);
  }

  private long endOf(Days days, long day) {
    return Math.min(days.endOf(day), asOf);
  }
}
