package dev.patron.pipelines.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;

/** How raw records become tables. */
public interface RefineOptions extends SilverOptions {

  /** The share of refused records that a run bears. */
  @Description(
      "The greatest share of records, from 0 to 1, that may be quarantined; above it the run fails"
          + " before anything is committed.")
  @Default.Double(0.05)
  double getMaxQuarantined();

  void setMaxQuarantined(double ratio);

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
}
