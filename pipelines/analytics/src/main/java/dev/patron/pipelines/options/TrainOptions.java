package dev.patron.pipelines.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;

/** How models are fitted. */
public interface TrainOptions extends HorizonOptions, AsOfOptions {

  /** The number of segments. */
  @Description(
      "The number of K-Means segments. Default 0: the largest of 3 to 6 whose segments are stable"
          + " and not tiny.")
  @Default.Integer(0)
  int getK();

  void setK(int k);

  /** How many days of the past are tested. */
  @Description("At how many days of the past models are tested, a quarter of a window apart.")
  @Default.Integer(3)
  int getCutoffs();

  void setCutoffs(int cutoffs);

  /** How many customers the back-test looks at. */
  @Description(
      "How many customers back-test and trees look at at most; of more customers a seeded sample of"
          + " about so many is taken.")
  @Default.Integer(30000)
  int getSampleCustomers();

  void setSampleCustomers(int customers);
}
