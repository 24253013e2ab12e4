package dev.patron.pipelines.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;

/** How far ahead value is looked for. */
public interface HorizonOptions extends WarehouseOptions {
  /** Ten years: no shop's history says what comes later, and longer ones cost minutes. */
  int MOST_HORIZON_DAYS = 3_650;

  /** The horizon. */
  @Description("How many days ahead lifetime value looks, at most 3650.")
  @Default.Integer(365)
  int getHorizonDays();

  void setHorizonDays(int days);

  /** The seed of everything random. */
  @Description("The seed of everything random. The same seed gives the same models and scores.")
  @Default.Long(42)
  long getSeed();

  void setSeed(long seed);

  /** The discount rate. */
  @Description("The monthly discount rate of lifetime value, as a fraction; 0 gives the plain sum.")
  @Default.Double(0.01)
  double getDiscountRate();

  void setDiscountRate(double rate);
}
