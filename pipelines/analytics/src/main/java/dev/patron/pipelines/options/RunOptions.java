package dev.patron.pipelines.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;

/** The main job: every stage's options and one of its own. */
public interface RunOptions extends IngestOptions, RefineOptions, FeatureOptions, TrainOptions {
  /** Whether to train although there is a champion. */
  @Description("Train again although there is a champion model.")
  @Default.Boolean(false)
  boolean getRetrain();

  void setRetrain(boolean retrain);
}
