package dev.patron.pipelines.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;

/** What is read. */
public interface IngestOptions extends DatasetOptions {

  /** Whether to read refused records again. */
  @Description(
      "Read the records in quarantine again, after what refused them was mended: tables that have"
          + " any are made anew by the next refine. A changed dataset definition does that by"
          + " itself.")
  @Default.Boolean(false)
  boolean getReplay();

  void setReplay(boolean replay);
}
