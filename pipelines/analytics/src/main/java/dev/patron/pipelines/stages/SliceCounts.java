package dev.patron.pipelines.stages;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.KeyHashes;
import dev.patron.features.frame.Schema;
import dev.patron.features.slices.ProductTotals;
import dev.patron.features.slices.Slices;
import dev.patron.pipelines.report.ReportData.Customers;
import dev.patron.transforms.ChangedKeys;
import dev.patron.transforms.SliceCustomers;
import dev.patron.transforms.lake.ReadKeys;
import dev.patron.transforms.lake.ReadTable;
import dev.patron.transforms.lake.TableFiles;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.TableSnapshot;
import dev.patron.transforms.manifest.Manifest;
import dev.patron.transforms.shuffle.FrameCoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.jspecify.annotations.Nullable;

/**
 * Counts the slices of a shop: of all its customers, or, where they are many and were counted
 * before, of those who changed, as they are and as they were.
 */
final class SliceCounts {
  private static final String CUSTOMERS = "state/customer_slices";
  private static final String PURCHASES = "state/purchase_slices";
  private static final String PRODUCTS = "state/products_sold";
  private static final String HOMES = "patron.homes";
  private static final String FACTS = "patron.facts";
  private static final String MEANING = "2";
  private static final List<String> KEY = List.of("customer_id");

  private final Job job;
  private final ShopSlices.Sources sources;
  private final @Nullable Homes homes;
  private final Slices slices;
  private final @Nullable Sold sold;

  SliceCounts(
      Job job,
      ShopSlices.Sources sources,
      @Nullable Homes homes,
      Slices slices,
      @Nullable Sold sold) {
    this.job = job;
    this.sources = sources;
    this.homes = homes;
    this.slices = slices;
    this.sold = sold;
  }

  /** What the counts are made of: the tables, and how they were when they were counted before. */
  private record Versions(
      ShopSlices.Sources sources, @Nullable TableSnapshot homes, @Nullable TableSnapshot facts) {}

  /**
   * Counts.
   *
   * @param definition identifies how
   */
  ShopSlices count(String definition) throws IOException {
    if (sources.features().rows() < Customers.MOST) {
      Manifest manifest = job.run("publish", (pipeline, findings) -> all(pipeline, findings, true));
      List<Frame> described = manifest.get("frame", "described", FrameCoder.of());
      return slices(
          one(manifest, "customers", Slices.customersSchema()),
          one(manifest, "purchases", Slices.purchasesSchema()),
          described.isEmpty() ? null : Frame.concat(described.get(0).schema(), described),
          sold == null ? null : one(manifest, "sold", sold.schema()));
    }
    Making making = new Making(Fingerprint.of(MEANING, definition), sources.scores().version());
    Versions before = before(making);
    Frame customers;
    Frame purchases;
    @Nullable Frame units = null;
    if (before == null) {
      Manifest manifest =
          job.run("publish", (pipeline, findings) -> all(pipeline, findings, false));
      customers = one(manifest, "customers", Slices.customersSchema());
      purchases = one(manifest, "purchases", Slices.purchasesSchema());
      units = sold == null ? null : one(manifest, "sold", sold.schema());
    } else {
      Manifest manifest =
          job.run("publish", (pipeline, findings) -> changed(pipeline, findings, before));
      customers =
          Slices.differenceOfCustomers(
              both(known(CUSTOMERS), one(manifest, "customers", Slices.customersSchema())),
              one(manifest, "customers before", Slices.customersSchema()));
      purchases =
          Slices.differenceOfPurchases(
              both(known(PURCHASES), one(manifest, "purchases", Slices.purchasesSchema())),
              one(manifest, "purchases before", Slices.purchasesSchema()));
      if (sold != null) {
        // What was taken away leaves no row; what is there has one, even of no units.
        units =
            ProductTotals.merge(
                both(
                    ProductTotals.difference(
                        known(PRODUCTS), one(manifest, "sold before", sold.schema())),
                    one(manifest, "sold", sold.schema())));
      }
    }
    Map<String, String> properties = new HashMap<>(making.properties(-1));
    properties.put(HOMES, homes == null ? "" : String.valueOf(homes.table().version()));
    properties.put(FACTS, sold == null ? "" : String.valueOf(sold.facts().version()));
    Changes changes =
        new Changes(job)
            .overwrite(CUSTOMERS, customers, properties)
            .overwrite(PURCHASES, purchases);
    if (units != null) {
      changes.overwrite(PRODUCTS, units);
    }
    changes.decide("publish");
    return slices(customers, purchases, null, units);
  }

  private ShopSlices slices(
      Frame customers, Frame purchases, @Nullable Frame described, @Nullable Frame units) {
    return new ShopSlices(
        customers,
        purchases,
        described,
        units == null ? null : ProductTotals.best(units, Catalogue.BEST));
  }

  private static Frame one(Manifest manifest, String name, Schema schema) {
    return Frame.concat(schema, manifest.get("frame", name, FrameCoder.of()));
  }

  private static Frame both(Frame known, Frame more) {
    return Frame.concat(known.schema(), List.of(known, more));
  }

  private Frame known(String name) {
    TableSnapshot table = job.table(name).snapshot();
    return TableScan.of(table, table.schema().names()).all();
  }

  // ------------------------------------------------------------------ all customers

  private void all(Pipeline pipeline, Job.Findings findings, boolean described) {
    PCollectionTuple counted =
        count(
            "",
            new Parts(
                pipeline.apply("Read features", ReadTable.of(sources.features(), Slices.FEATURES)),
                pipeline.apply("Read scores", ReadTable.of(sources.scores(), scored(described))),
                pipeline.apply(
                    "Read purchases", ReadTable.of(sources.purchases(), Slices.PURCHASES)),
                homes == null
                    ? nobody(pipeline, "Nobody's country is known")
                    : pipeline
                        .apply(
                            "Read where customers are",
                            ReadTable.of(homes.table(), homes.columns()))
                        .apply("Take their countries", homes.residences())),
            buckets(),
            described);
    tell(findings, "", counted);
    if (described) {
      findings.tell("frame", "described", FrameCoder.of(), counted.get(SliceCustomers.DESCRIBED));
    }
    if (sold != null) {
      findings.tell(
          "frame", "sold", FrameCoder.of(), sold.sum(pipeline, "", sold.facts().contents()));
    }
  }

  /** Features, scores and purchases of a customer meet, and count together. */
  private int buckets() {
    return job.buckets(
        Stream.of(sources.features(), sources.scores(), sources.purchases())
            .flatMap(table -> table.files().stream())
            .toList());
  }

  private static PCollection<Frame> nobody(Pipeline pipeline, String label) {
    return pipeline.apply(label, Create.empty(FrameCoder.of()));
  }

  /** Reasons are the larger part of a score by far, and wanted in descriptions alone. */
  private List<String> scored(boolean described) {
    List<String> scored = new ArrayList<>(Slices.SCORES);
    if (described) {
      Slices.REASONS.stream().filter(sources.scores().schema()::has).forEach(scored::add);
    }
    return scored;
  }

  /** What is known of some customers. */
  private record Parts(
      PCollection<Frame> features,
      PCollection<Frame> scores,
      PCollection<Frame> purchases,
      PCollection<Frame> residences) {}

  private PCollectionTuple count(String when, Parts parts, int buckets, boolean described) {
    return PCollectionTuple.of(SliceCustomers.FEATURES, parts.features())
        .and(SliceCustomers.SCORES, parts.scores())
        .and(SliceCustomers.PURCHASES, parts.purchases())
        .and(SliceCustomers.RESIDENCES, parts.residences())
        .apply(
            "Count by segment and country" + when,
            new SliceCustomers(
                slices,
                sources.features().schema().select(Slices.FEATURES),
                sources.scores().schema().select(scored(described)),
                sources.purchases().schema().select(Slices.PURCHASES),
                buckets,
                described));
  }

  private static void tell(Job.Findings findings, String when, PCollectionTuple counted) {
    findings.tell(
        "frame", "customers" + when, FrameCoder.of(), counted.get(SliceCustomers.CUSTOMER_SLICES));
    findings.tell(
        "frame", "purchases" + when, FrameCoder.of(), counted.get(SliceCustomers.PURCHASE_SLICES));
  }

  // ------------------------------------------------------------------ those who changed

  /** The tables as they were counted before; null if all are to be counted. */
  private @Nullable Versions before(Making making) {
    TableSnapshot state = job.latest(CUSTOMERS);
    TableSnapshot scores = making.before(state, sources.scores().table());
    if (state == null
        || scores == null
        || !job.table(PURCHASES).exists()
        || (sold != null && !job.table(PRODUCTS).exists())
        || !follows(sources.scores(), scores)
        || Making.input(sources.scores()) != sources.features().version()
        || Making.input(sources.features()) != sources.purchases().version()) {
      return null;
    }
    TableSnapshot features = Making.at(sources.features().table(), Making.input(scores));
    if (features == null || !follows(sources.features(), features)) {
      return null;
    }
    TableSnapshot purchases = Making.at(sources.purchases().table(), Making.input(features));
    TableSnapshot then = homes == null ? null : at(state, HOMES, homes.table());
    TableSnapshot facts = sold == null ? null : at(state, FACTS, sold.facts());
    if (purchases == null || (homes != null && then == null) || (sold != null && facts == null)) {
      return null;
    }
    return new Versions(new ShopSlices.Sources(features, scores, purchases), then, facts);
  }

  /** Whether a table tells the difference to this version of it, or is at it. */
  private static boolean follows(TableSnapshot now, TableSnapshot then) {
    return now.version() == then.version() || Making.since(now) == then.version();
  }

  private static @Nullable TableSnapshot at(
      TableSnapshot state, String property, TableSnapshot now) {
    String version = state.properties().getOrDefault(property, "");
    return version.isEmpty() ? null : Making.at(now.table(), Long.parseLong(version));
  }

  private void changed(Pipeline pipeline, Job.Findings findings, Versions before) {
    int buckets = buckets(before);
    PCollection<Frame> keys = keys(pipeline, before, buckets);
    Moved purchases = Moved.between(before.sources().purchases(), sources.purchases());
    PCollection<Frame> others =
        keys.apply("Read their other purchases", read(purchases.common(), Slices.PURCHASES));
    tell(
        findings,
        "",
        count(
            "",
            parts(
                keys, "", sources, homes == null ? null : homes.table(), others, purchases.added()),
            buckets,
            false));
    tell(
        findings,
        " before",
        count(
            " before",
            parts(keys, " before", before.sources(), before.homes(), others, purchases.gone()),
            buckets,
            false));
    TableSnapshot facts = before.facts();
    if (sold != null && facts != null) {
      Moved moved = Moved.between(facts, sold.facts());
      findings.tell("frame", "sold", FrameCoder.of(), sold.sum(pipeline, "", moved.added()));
      findings.tell(
          "frame", "sold before", FrameCoder.of(), sold.sum(pipeline, " before", moved.gone()));
    }
  }

  /** As many as all customers need, by the share of those who may have changed. */
  private int buckets(Versions before) {
    if (before.sources().scores().version() == sources.scores().version()) {
      return 1;
    }
    TableSnapshot changed = job.table(Features.CHANGED).snapshot();
    if (KeyHashes.union(TableScan.of(changed, KeyHashes.SCHEMA.names())).isEvery()) {
      return buckets();
    }
    double share = (double) changed.rows() / sources.features().rows();
    return Math.max(1, (int) Math.ceil(share * buckets()));
  }

  /** The customers who are not in the slices that they were in. */
  private PCollection<Frame> keys(Pipeline pipeline, Versions before, int buckets) {
    PCollectionList<Frame> keys =
        PCollectionList.of(
            before.sources().scores().version() == sources.scores().version()
                ? nobody(pipeline, "No scores are new")
                : pipeline.apply(
                    "Read whose features may differ",
                    ReadTable.of(job.table(Features.CHANGED).snapshot())));
    TableSnapshot then = before.homes();
    if (homes != null && then != null) {
      Moved moved = Moved.between(then, homes.table());
      keys =
          keys.and(
              residences(pipeline, homes, " now", moved.added())
                  .apply(
                      "Find customers who moved",
                      ChangedKeys.since(
                          residences(pipeline, homes, " then", moved.gone()), KEY, buckets)));
    }
    return keys.apply("Customers who changed", Flatten.pCollections());
  }

  private static PCollection<Frame> residences(
      Pipeline pipeline, Homes homes, String when, TableFiles files) {
    return pipeline
        .apply("Read where customers are" + when, ReadTable.of(files, homes.columns()))
        .apply("Take their countries" + when, homes.residences());
  }

  private Parts parts(
      PCollection<Frame> keys,
      String when,
      ShopSlices.Sources tables,
      @Nullable TableSnapshot residences,
      PCollection<Frame> otherPurchases,
      TableFiles purchases) {
    return new Parts(
        keys.apply("Read features" + when, read(tables.features().contents(), Slices.FEATURES)),
        keys.apply("Read scores" + when, read(tables.scores().contents(), scored(false))),
        PCollectionList.of(otherPurchases)
            .and(keys.apply("Read purchases" + when, read(purchases, Slices.PURCHASES)))
            .apply("Their purchases" + when, Flatten.pCollections()),
        homes == null || residences == null
            ? nobody(keys.getPipeline(), "Nobody's country is known" + when)
            : keys.apply(
                    "Read where they are" + when,
                    ReadKeys.of(residences.contents(), homes.columns(), List.of(homes.customer())))
                .apply("Take the countries of those who changed" + when, homes.residences()));
  }

  private static ReadKeys read(TableFiles files, List<String> columns) {
    return ReadKeys.of(files, columns, KEY);
  }
}
