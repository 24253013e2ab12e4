package dev.patron.pipelines.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.jspecify.annotations.Nullable;

/** How a stream goes on and when it ends. */
public interface StreamOptions extends RefineOptions, FeatureOptions, HorizonOptions {
  /** How often to look for news. */
  @Description("How often to look for new records, an ISO 8601 duration of a year at most.")
  @Default.String("PT5S")
  String getEvery();

  void setEvery(String every);

  /** Whether to stop. */
  @Description("Stop when everything is read that the sources had when it started.")
  @Default.Boolean(false)
  boolean getUntilCaughtUp();

  void setUntilCaughtUp(boolean untilCaughtUp);

  /** The most records an increment; null: as many as are wise. */
  @Description(
      "So many records of each source an increment reads at most. Default: 1000000, or half of that"
          + " where Java's heap has less than a gigabyte.")
  @Nullable Long getMaxRecordsPerIncrement();

  void setMaxRecordsPerIncrement(Long records);

  /** Where scores go. */
  @Description(
      "A topic of the dataset's Kafka cluster to write each changed score to, keyed by customer;"
          + " pipelines/analytics/STREAM.md describes the messages.")
  @Nullable String getScoresTopic();

  void setScoresTopic(@Nullable String topic);
}
