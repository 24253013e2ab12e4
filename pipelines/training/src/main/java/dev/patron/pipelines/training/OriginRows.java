package dev.patron.pipelines.training;

import dev.patron.features.clv.LifetimeCells;
import dev.patron.features.clv.LifetimeFits;
import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.clv.Nbd;
import dev.patron.features.clv.PurchaseFit;
import dev.patron.features.clv.PurchaseModel;
import dev.patron.features.clv.PurchaseModels;
import dev.patron.features.frame.Frame;
import dev.patron.features.purchases.RollingOrigin.Origin;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The customers of one origin: what was known of them at its cut-off, what they did in its window,
 * and the probabilistic models of what was known. In the order of the customers' ids, so that
 * nothing depends on how the rows came.
 */
final class OriginRows {
  /** Models at cut-offs are fitted to this many customers at most, for there are many cut-offs. */
  static final int MOST_FITTED = 10_000;

  private final Origin origin;
  private final Frame rows;
  private final LifetimeFits fits;

  /**
   * The customers of an origin.
   *
   * @param rows of {@link dev.patron.features.purchases.RollingOrigin}, of this origin alone
   */
  OriginRows(Origin origin, Frame rows) {
    this.origin = origin;
    this.rows = rows.sort(List.of("customer_id"));
    this.fits = new LifetimeFits(new LifetimeCells().add(some(this.rows)));
  }

  /** Customers evenly spaced: enough for parameters that are known to a few percent at best. */
  static Frame some(Frame rows) {
    if (rows.rows() <= MOST_FITTED) {
      return rows;
    }
    int[] chosen = new int[MOST_FITTED];
    for (int i = 0; i < chosen.length; i++) {
      chosen[i] = (int) ((long) i * rows.rows() / MOST_FITTED);
    }
    return rows.take(chosen);
  }

  Origin origin() {
    return origin;
  }

  Frame rows() {
    return rows;
  }

  int size() {
    return rows.rows();
  }

  /** Whether there is too little history at the cut-off for any model. */
  boolean isInsufficient() {
    return fits.insufficient() != null;
  }

  /** The probabilistic model of these kinds, or what it falls back to. */
  LifetimeModel model(Kinds kinds) {
    return fits.model(kinds.purchases(), kinds.amounts());
  }

  /**
   * The model of purchases of this kind, or what it falls back to, of these customers with times by
   * some clock; null if there is too little history.
   *
   * @param near the model by another clock
   */
  static @Nullable PurchaseModel purchases(String kind, Frame customers, PurchaseModel near) {
    LifetimeFits fits = new LifetimeFits(new LifetimeCells().add(some(customers)), near);
    return fits.insufficient() != null
        ? null
        : fits.purchases(fits.identified(kind) ? kind : Nbd.KIND).model();
  }

  /**
   * The model of purchases of these customers with the greatest likelihood, of those whose drop-out
   * is identified; null if there is too little history.
   *
   * @param near the model of one kind by another clock
   */
  static @Nullable PurchaseModel likeliest(Frame customers, PurchaseModel near) {
    LifetimeFits fits = new LifetimeFits(new LifetimeCells().add(some(customers)), near);
    if (fits.insufficient() != null) {
      return null;
    }
    PurchaseFit best = fits.purchases(Nbd.KIND);
    for (String kind : PurchaseModels.KINDS) {
      if (fits.identified(kind) && fits.purchases(kind).logLikelihood() > best.logLikelihood()) {
        best = fits.purchases(kind);
      }
    }
    return best.model();
  }

  /** What was bought in the window after the cut-off. */
  Amounts actual() {
    return amounts("actual");
  }

  /** What was bought in the window as long before it. */
  Amounts past() {
    return amounts("past");
  }

  private Amounts amounts(String prefix) {
    double[] purchases = new double[size()];
    double[] spend = new double[size()];
    for (int row = 0; row < purchases.length; row++) {
      purchases[row] = rows.longs(prefix + "_purchases").get(row);
      spend[row] = rows.doubles(prefix + "_spend").get(row);
    }
    return new Amounts(purchases, spend);
  }
}
