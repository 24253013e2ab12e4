package dev.patron.pipelines.stages;

import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Type;
import dev.patron.features.slices.Slices;
import dev.patron.features.tables.TableDefinition.Keep;
import dev.patron.pipelines.dataset.Country;
import dev.patron.pipelines.dataset.Purchases;
import dev.patron.transforms.MapFrames;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.TableSnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where it stands in which country a customer is.
 *
 * @param table a silver table
 * @param customer its column with the customer
 * @param country its column with the country
 * @param time the column that says when; null if each customer has one row
 * @param ofVersions whether the table has versions, of which the open ones count
 */
record Homes(
    TableSnapshot table,
    String customer,
    String country,
    @Nullable String time,
    boolean ofVersions) {
  private static final String CURRENT = "is_current";

  /** Null if no column says it, or if the column cannot be joined to the customers. */
  static @Nullable Homes of(Job job, @Nullable Country country, Type customerId) {
    Purchases purchases = job.dataset().purchases();
    TableSnapshot table = country == null ? null : job.latest("silver/" + country.table());
    if (country == null || table == null || purchases == null) {
      return null;
    }
    boolean ofPurchases = country.table().equals(purchases.table());
    String customer =
        ofPurchases
            ? purchases.customer()
            : job.dataset().table(country.table()).definition().key().get(0);
    return table.schema().has(country.column()) && table.schema().type(customer).equals(customerId)
        ? new Homes(
            table,
            customer,
            country.column(),
            ofPurchases ? purchases.time() : null,
            job.dataset().table(country.table()).definition().keep() == Keep.HISTORY)
        : null;
  }

  /** The columns that say it. */
  List<String> columns() {
    List<String> columns = new ArrayList<>(List.of(customer, country));
    if (time != null) {
      columns.add(time);
    }
    if (ofVersions) {
      columns.add(CURRENT);
    }
    return columns;
  }

  /** Makes {@link Slices#residence} of these columns. */
  MapFrames residences() {
    String who = customer;
    String where = country;
    @Nullable String when = time;
    boolean some = ofVersions;
    return MapFrames.through(
        frame -> Slices.residence(some ? open(frame) : frame, who, where, when));
  }

  private static Frame open(Frame versions) {
    return versions.filter(versions.booleans(CURRENT)::get);
  }

  /** The countries with the most rows, by name; of equals the first in the order of names. */
  List<String> largest(int most) {
    Map<String, Long> counts = new HashMap<>();
    for (Frame rows :
        TableScan.of(table, ofVersions ? List.of(country, CURRENT) : List.of(country))) {
      Frame frame = ofVersions ? open(rows) : rows;
      BytesColumn names = frame.bytes(country);
      for (int row = 0; row < frame.rows(); row++) {
        if (!names.isNull(row) && names.length(row) > 0) {
          counts.merge(names.text(row), 1L, Long::sum);
        }
      }
    }
    List<Map.Entry<String, Long>> ordered = new ArrayList<>(counts.entrySet());
    ordered.sort(
        Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
            .thenComparing(Map.Entry.comparingByKey()));
    return ordered.stream().limit(most).map(Map.Entry::getKey).sorted().toList();
  }
}
