package dev.patron.pipelines.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** How large a synthetic bookstore is to be, and where it goes. */
public interface GenerateOptions extends PipelineOptions {
  /** The number of customers. */
  @Description("The number of customers of the synthetic bookstore.")
  @Default.Integer(2_000)
  int getCustomers();

  void setCustomers(int customers);

  /** The seed. */
  @Description("The seed: the same seed writes the same files.")
  @Default.Long(42)
  long getSeed();

  void setSeed(long seed);

  /** The output folder. */
  @Description("The folder to write to. It must be empty or not exist.")
  @Default.String("./bookstore")
  String getOutput();

  void setOutput(String output);
}
