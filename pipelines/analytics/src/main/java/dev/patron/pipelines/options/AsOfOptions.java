package dev.patron.pipelines.options;

import org.apache.beam.sdk.options.Description;
import org.jspecify.annotations.Nullable;

/** As of when customers are described. */
public interface AsOfOptions extends DatasetOptions {

  /** The observation time. */
  @Description(
      "The observation time: a date (its end, in the dataset's zone) or an instant. Default: the end"
          + " of the day of the newest purchase, lines that came to one later included. The stages"
          + " after features take that of the features, and refuse another.")
  @Nullable String getAsOf();

  void setAsOf(@Nullable String asOf);
}
