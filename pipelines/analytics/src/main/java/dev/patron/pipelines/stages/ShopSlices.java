package dev.patron.pipelines.stages;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.purchases.PurchaseTotals;
import dev.patron.features.slices.Slices;
import dev.patron.pipelines.dataset.Country;
import dev.patron.pipelines.dataset.Dataset;
import dev.patron.transforms.lake.TableSnapshot;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the report asks of all customers and purchases: counts by segment and country, the best
 * sellers, and the customers themselves where they are few. One pipeline; what comes to the driver
 * does not grow with the shop.
 *
 * @param customers {@link Slices#customersSchema}
 * @param purchases {@link Slices#purchasesSchema}
 * @param described the customers, as {@link Slices#describe} gives them; null if they are many
 * @param best the best sellers; null if there is no catalogue
 */
record ShopSlices(
    Frame customers, Frame purchases, @Nullable Frame described, @Nullable Frame best) {
  /** So many slices are legible, and few enough for a page. */
  private static final int MOST_SLICES = 48;

  private static final int MOST_COUNTRIES = 12;

  /** The tables that are sliced. */
  record Sources(TableSnapshot features, TableSnapshot scores, TableSnapshot purchases) {}

  /**
   * Counts them.
   *
   * @param asOf the observation time, in microseconds since the epoch
   * @param segments how many segments there are
   */
  static ShopSlices of(
      Job job, Sources sources, long asOf, int segments, @Nullable Catalogue catalogue)
      throws IOException {
    Country country = Country.of(job.dataset(), silver(job));
    Homes homes = Homes.of(job, country, sources.features().schema().type("customer_id"));
    int most = Math.max(1, Math.min(MOST_COUNTRIES, MOST_SLICES / Math.max(1, segments) - 1));
    Slices slices =
        new Slices(
            new PurchaseTotals(job.dataset().zone(), asOf),
            homes == null ? List.of() : homes.largest(most));
    return new SliceCounts(
            job, sources, homes, slices, catalogue == null ? null : Sold.of(job, catalogue, asOf))
        .count(
            Fingerprint.of(
                asOf,
                job.dataset().zone(),
                slices.countries(),
                homes == null ? "" : homes.columns(),
                catalogue == null ? "" : catalogue));
  }

  /** The schemas of the silver tables that exist. */
  static Map<String, Schema> silver(Job job) {
    Map<String, Schema> schemas = new HashMap<>();
    for (Dataset.Table table : job.dataset().tables()) {
      TableSnapshot snapshot = job.latest("silver/" + table.name());
      if (snapshot != null) {
        schemas.put(table.name(), snapshot.schema());
      }
    }
    return schemas;
  }
}
