package dev.patron.pipelines.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.jspecify.annotations.Nullable;

/** How raw records become tables. */
public interface RefineOptions extends DatasetOptions {

  /** The share of refused records that a run bears. */
  @Description(
      "The greatest share of records, from 0 to 1, that may be quarantined; above it the run fails"
          + " before anything is committed.")
  @Default.Double(0.05)
  double getMaxQuarantined();

  void setMaxQuarantined(double ratio);

  /** Up to how many versions a catalogue is broadcast. */
  @Description(
      "Rows of versions up to which a history is sent whole to every worker for the as-of join;"
          + " larger ones are shuffled by their key.")
  @Default.Long(1_000_000)
  long getBroadcastLimit();

  void setBroadcastLimit(long rows);

  /** Whether to make the silver tables anew. */
  @Description(
      "Make the silver tables anew from all of bronze, rather than carry them on by what is new.")
  @Default.Boolean(false)
  boolean getRebuild();

  void setRebuild(boolean rebuild);

  /** When small files are joined. */
  @Description(
      "How many small files of a table and bucket may be left by increments before they are joined"
          + " into one.")
  @Default.Integer(64)
  int getMostSmallFiles();

  void setMostSmallFiles(int files);

  /** The time by which a record must have been delivered to count. */
  @Description(
      "Only records delivered by this time count: a date (its end, in the dataset's zone) or an"
          + " instant. With --asOf, a shop as it was known then. Records that do not say when they"
          + " were delivered always count. Default: all records.")
  @Nullable String getKnownAt();

  void setKnownAt(@Nullable String knownAt);
}
