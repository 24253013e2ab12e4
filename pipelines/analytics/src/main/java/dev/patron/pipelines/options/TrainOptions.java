package dev.patron.pipelines.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;

/** How models are fitted. */
public interface TrainOptions extends HorizonOptions, DatasetOptions {

  /** The number of segments. */
  @Description(
      "The number of K-Means segments. Default 0: the largest of 3 to 6 whose segments are stable"
          + " and not tiny.")
  @Default.Integer(0)
  int getK();

  void setK(int k);
}
