package dev.patron.transforms;

import dev.patron.features.frame.Frame;
import dev.patron.features.purchases.Purchases;
import dev.patron.transforms.shuffle.ByKey;
import java.time.ZoneId;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;

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
    return lines
        .apply(
            "Bring the lines of a customer together",
            ByKey.of("customer_id", "order_id").into(buckets))
        .apply("Gather purchases", FoldBuckets.through(frame -> Purchases.of(frame, days)));
  }
}
