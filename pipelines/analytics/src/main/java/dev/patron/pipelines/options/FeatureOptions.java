package dev.patron.pipelines.options;

import org.apache.beam.sdk.options.Description;
import org.jspecify.annotations.Nullable;

/** As of when customers are described. */
public interface FeatureOptions extends DatasetOptions {

  /** The observation time. */
  @Description(
      "The observation time: a date (its end, in the dataset's zone) or an instant. Default: the end"
          + " of the day of the newest purchase, lines that came to one later included.")
  @Nullable String getAsOf();

  void setAsOf(@Nullable String asOf);

  /** Whether scores are by NTILE. */
  @Description(
      "Score recency, frequency and monetary by NTILE(5): fifths of equal size, equal values told"
          + " apart by the customer's key. Default: equal values score equally.")
  boolean getNtile();

  void setNtile(boolean ntile);
}
