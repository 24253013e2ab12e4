package dev.patron.features.purchases;

import dev.patron.features.frame.Frame;
import java.io.Serializable;
import java.time.ZoneId;

/**
 * What customers did after a cut-off, beside what was known of them at it: the material of every
 * judgement of a model. Customers are chosen by what they did up to the cut-off, never by what came
 * after it, so nobody who stayed away is forgotten.
 */
public final class Holdout implements Serializable {
  private final CustomerFeatures features;
  private final Outcomes outcomes;

  /**
   * A holdout window {@code (cutoff, end]}, in microseconds since the epoch.
   *
   * @param zone the zone whose calendar days count
   */
  public Holdout(ZoneId zone, long cutoff, long end) {
    if (end <= cutoff) {
      throw new IllegalArgumentException("a holdout window ends after its cut-off");
    }
    this.features = new CustomerFeatures(zone, cutoff);
    this.outcomes = new Outcomes(zone, cutoff, end, "actual");
  }

  /**
   * The features at the cut-off and, behind them, {@code actual_purchases} (distinct purchase days)
   * and {@code actual_spend} (what was bought, returns not taken away) within the window.
   *
   * @param purchases all purchases of some set of customers, as {@link CustomerFeatures#of}
   */
  public Frame of(Frame purchases) {
    return outcomes.append(features.of(purchases), purchases);
  }
}
