package dev.patron.pipelines.options;

import org.apache.beam.sdk.options.Description;

/** How customers are described. */
public interface FeatureOptions extends AsOfOptions {

  /** Whether scores are by NTILE. */
  @Description(
      "Score recency, frequency and monetary by NTILE(5): fifths of equal size, equal values told"
          + " apart by the customer's key. Default: equal values score equally.")
  boolean getNtile();

  void setNtile(boolean ntile);
}
