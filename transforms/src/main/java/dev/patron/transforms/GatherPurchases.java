package dev.patron.transforms;

import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import dev.patron.features.purchases.Purchases;
import dev.patron.transforms.shuffle.ByKey;
import java.time.ZoneId;
import java.util.List;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;

/**
 * Gathers order lines into purchases ({@link Purchases}). Lines of one customer and order meet in
 * one bucket. Lines without a customer go by their order instead: a shop may have very many of
 * them, and nothing but the order holds them together.
 */
public final class GatherPurchases extends PTransform<PCollection<Frame>, PCollection<Frame>> {
  private final ZoneId zone;
  private final int buckets;

  /**
   * Into this many buckets.
   *
   * @param zone the shop's, whose days hold lines without an order number together
   */
  public GatherPurchases(ZoneId zone, int buckets) {
    this.zone = zone;
    this.buckets = buckets;
  }

  @Override
  public PCollection<Frame> expand(PCollection<Frame> lines) {
    ZoneId days = zone;
    PCollection<Frame> known =
        lines
            .apply("Lines with a customer", MapFrames.through(frame -> ofCustomers(frame, true)))
            .apply("Bring each customer together", ByKey.of(List.of("customer_id")).into(buckets))
            .apply("Gather purchases", FoldBuckets.through(frame -> Purchases.of(frame, days)));
    PCollection<Frame> anonymous =
        lines
            .apply(
                "Lines without a customer", MapFrames.through(frame -> ofCustomers(frame, false)))
            .apply("Bring each order together", ByKey.of(List.of("order_id")).into(buckets))
            .apply(
                "Gather anonymous purchases",
                FoldBuckets.through(frame -> Purchases.of(frame, days)));
    return PCollectionList.of(known).and(anonymous).apply("All purchases", Flatten.pCollections());
  }

  private static Frame ofCustomers(Frame lines, boolean known) {
    Column customers = lines.column("customer_id");
    return lines.filter(row -> customers.isNull(row) != known);
  }
}
