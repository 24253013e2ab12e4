package dev.patron.pipelines.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** Where the tables are. */
public interface WarehouseOptions extends PipelineOptions {

  /** The warehouse. */
  @Description("Folder or URI of the warehouse: every table, the models and the report.")
  @Default.String("./warehouse")
  String getWarehouse();

  void setWarehouse(String warehouse);
}
