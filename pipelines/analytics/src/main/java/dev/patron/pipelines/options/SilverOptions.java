package dev.patron.pipelines.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.jspecify.annotations.Nullable;

/** Which records count in the silver tables, and how orders are joined to prices. */
public interface SilverOptions extends DatasetOptions {

  /** Up to how many versions a catalogue is broadcast. */
  @Description(
      "Rows of versions up to which a history is sent whole to every worker for the as-of join;"
          + " larger ones are shuffled by their key.")
  @Default.Long(1_000_000)
  long getBroadcastLimit();

  void setBroadcastLimit(long rows);

  /** The time by which a record must have been delivered to count. */
  @Description(
      "Only records delivered by this time count: a date (its end, in the dataset's zone) or an"
          + " instant. With --asOf, a shop as it was known then. Records that do not say when they"
          + " were delivered always count. Default: all records.")
  @Nullable String getKnownAt();

  void setKnownAt(@Nullable String knownAt);
}
