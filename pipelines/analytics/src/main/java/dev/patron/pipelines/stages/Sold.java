package dev.patron.pipelines.stages;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.purchases.OrderLines;
import dev.patron.features.slices.ProductTotals;
import dev.patron.pipelines.dataset.Purchases;
import dev.patron.transforms.MapFrames;
import dev.patron.transforms.MergePartials;
import dev.patron.transforms.lake.ReadTable;
import dev.patron.transforms.lake.TableFiles;
import dev.patron.transforms.lake.TableSnapshot;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.values.PCollection;

/**
 * What was sold of the products of a catalogue, up to some time.
 *
 * @param facts the silver table whose rows are orders or their lines, or versions of these
 */
record Sold(TableSnapshot facts, OrderLines lines, long asOf) {

  static Sold of(Job job, Catalogue catalogue, long asOf) {
    Purchases purchases = job.dataset().purchases();
    TableSnapshot facts = purchases == null ? null : job.latest("silver/" + purchases.table());
    if (purchases == null || facts == null) {
      throw new IllegalStateException("a catalogue without facts that were sold of it");
    }
    return new Sold(
        facts,
        catalogue.orderLines(
            purchases,
            job.dataset().table(purchases.table()).definition().keep(),
            facts.schema(),
            job.dataset().zone()),
        asOf);
  }

  /** The columns of the sums. */
  Schema schema() {
    return ProductTotals.schema(lines.schema().type(OrderLines.PRODUCT));
  }

  /** Sums the units of these rows of the facts. */
  PCollection<Frame> sum(Pipeline pipeline, String when, TableFiles rows) {
    OrderLines apart = lines;
    long last = asOf;
    return pipeline
        .apply("Read what was sold" + when, ReadTable.of(rows))
        .apply("Take orders apart into lines" + when, MapFrames.through(apart::takeApart))
        .apply(
            "Count units of each product" + when,
            MapFrames.through(frame -> ProductTotals.partial(OrderLines.asOf(frame, last))))
        .apply("Add the units up" + when, MergePartials.of(schema(), ProductTotals::merge));
  }
}
