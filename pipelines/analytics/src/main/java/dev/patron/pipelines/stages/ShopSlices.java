package dev.patron.pipelines.stages;

import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.purchases.OrderLines;
import dev.patron.features.purchases.PurchaseTotals;
import dev.patron.features.slices.ProductTotals;
import dev.patron.features.slices.Slices;
import dev.patron.pipelines.dataset.Country;
import dev.patron.pipelines.dataset.Dataset;
import dev.patron.pipelines.dataset.Purchases;
import dev.patron.pipelines.report.ReportData.Customers;
import dev.patron.transforms.MapFrames;
import dev.patron.transforms.MergePartials;
import dev.patron.transforms.SliceCustomers;
import dev.patron.transforms.lake.ReadTable;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.TableSnapshot;
import dev.patron.transforms.manifest.Manifest;
import dev.patron.transforms.shuffle.FrameCoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
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
    Map<String, Schema> schemas = silver(job);
    Country country = Country.of(job.dataset(), schemas);
    Home home = home(job, country, sources.features().schema().type("customer_id"));
    int most = Math.max(1, Math.min(MOST_COUNTRIES, MOST_SLICES / Math.max(1, segments) - 1));
    Slices slices =
        new Slices(
            new PurchaseTotals(job.dataset().zone(), asOf),
            home == null ? List.of() : largest(home, most));
    boolean listed = sources.features().rows() < Customers.MOST;
    Manifest manifest =
        job.run(
            "publish",
            (pipeline, findings) -> {
              PCollectionTuple counted = slice(pipeline, job, sources, home, slices);
              findings.tell(
                  "frame",
                  "customers",
                  FrameCoder.of(),
                  counted.get(SliceCustomers.CUSTOMER_SLICES));
              findings.tell(
                  "frame",
                  "purchases",
                  FrameCoder.of(),
                  counted.get(SliceCustomers.PURCHASE_SLICES));
              if (listed) {
                findings.tell(
                    "frame", "described", FrameCoder.of(), counted.get(SliceCustomers.DESCRIBED));
              }
              if (catalogue != null) {
                findings.tell(
                    "frame", "best", FrameCoder.of(), sold(pipeline, job, catalogue, asOf));
              }
            });
    List<Frame> described = manifest.get("frame", "described", FrameCoder.of());
    List<Frame> sold = manifest.get("frame", "best", FrameCoder.of());
    return new ShopSlices(
        manifest.get("frame", "customers", FrameCoder.of()).get(0),
        manifest.get("frame", "purchases", FrameCoder.of()).get(0),
        described.isEmpty() ? null : Frame.concat(described.get(0).schema(), described),
        sold.isEmpty() ? null : ProductTotals.best(sold.get(0), Catalogue.BEST));
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

  /** Where it stands in which country a customer is. */
  private record Home(
      TableSnapshot table, String customer, String country, @Nullable String time) {}

  /** Null if no column says it, or if the column cannot be joined to the customers. */
  private static @Nullable Home home(Job job, @Nullable Country country, Type customerId) {
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
        ? new Home(table, customer, country.column(), ofPurchases ? purchases.time() : null)
        : null;
  }

  /** The countries with the most rows, by name; of equals the first in the order of names. */
  private static List<String> largest(Home home, int most) {
    Map<String, Long> rows = new TreeMap<>();
    for (Frame frame : TableScan.of(home.table(), List.of(home.country()))) {
      BytesColumn names = frame.bytes(home.country());
      for (int row = 0; row < frame.rows(); row++) {
        if (!names.isNull(row) && names.length(row) > 0) {
          rows.merge(names.text(row), 1L, Long::sum);
        }
      }
    }
    List<Map.Entry<String, Long>> ordered = new ArrayList<>(rows.entrySet());
    ordered.sort(
        Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
            .thenComparing(Map.Entry.comparingByKey()));
    return ordered.stream().limit(most).map(Map.Entry::getKey).sorted().toList();
  }

  private static PCollectionTuple slice(
      Pipeline pipeline, Job job, Sources sources, @Nullable Home home, Slices slices) {
    Schema customer = sources.features().schema();
    PCollection<Frame> residences =
        home == null
            ? pipeline.apply("Nobody's country is known", Create.empty(FrameCoder.of()))
            : pipeline
                .apply("Read where customers are", ReadTable.of(home.table(), columns(home)))
                .apply(
                    "Take their countries",
                    MapFrames.through(residence(home.customer(), home.country(), home.time())));
    List<String> scored = new ArrayList<>(Slices.SCORES);
    Slices.REASONS.stream().filter(sources.scores().schema()::has).forEach(scored::add);
    return PCollectionTuple.of(
            SliceCustomers.FEATURES,
            pipeline.apply("Read features", ReadTable.of(sources.features(), Slices.FEATURES)))
        .and(
            SliceCustomers.SCORES,
            pipeline.apply("Read scores", ReadTable.of(sources.scores(), scored)))
        .and(
            SliceCustomers.PURCHASES,
            pipeline.apply("Read purchases", ReadTable.of(sources.purchases(), Slices.PURCHASES)))
        .and(SliceCustomers.RESIDENCES, residences)
        .apply(
            "Count by segment and country",
            new SliceCustomers(
                slices,
                customer.select(Slices.FEATURES),
                sources.scores().schema().select(scored),
                sources.purchases().schema().select(Slices.PURCHASES),
                job.buckets(sources.purchases().files())));
  }

  private static SerializableFunction<Frame, Frame> residence(
      String customer, String country, @Nullable String time) {
    return frame -> Slices.residence(frame, customer, country, time);
  }

  private static List<String> columns(Home home) {
    List<String> columns = new ArrayList<>(List.of(home.customer(), home.country()));
    if (home.time() != null) {
      columns.add(home.time());
    }
    return columns;
  }

  private static PCollection<Frame> sold(
      Pipeline pipeline, Job job, Catalogue catalogue, long asOf) {
    Purchases purchases = job.dataset().purchases();
    TableSnapshot facts = purchases == null ? null : job.latest("silver/" + purchases.table());
    if (purchases == null || facts == null) {
      throw new IllegalStateException("a catalogue without facts that were sold of it");
    }
    OrderLines lines = catalogue.orderLines(purchases, facts.schema(), job.dataset().zone());
    return pipeline
        .apply("Read what was sold", ReadTable.of(facts))
        .apply("Take orders apart into lines", MapFrames.through(lines::takeApart))
        .apply(
            "Count units of each product",
            MapFrames.through(frame -> ProductTotals.partial(before(frame, asOf))))
        .apply(
            "Add the units up",
            MergePartials.of(
                ProductTotals.schema(lines.schema().type(OrderLines.PRODUCT)),
                ProductTotals::merge));
  }

  private static Frame before(Frame lines, long asOf) {
    LongColumn at = lines.longs("purchased_at");
    return lines.filter(row -> at.get(row) <= asOf);
  }
}
