package dev.patron.pipelines.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.jspecify.annotations.Nullable;

/** Which shop it is. */
public interface DatasetOptions extends WarehouseOptions {

  /** The dataset definition. */
  @Description(
      "The dataset definition: a YAML FILE, or the URI of one on a file system that Hadoop knows"
          + " (hdfs://..., abfss://...). What it names relatively is beside it. Default: the bundled"
          + " bookstore, testdata/bookstore/dataset.yaml.")
  @Nullable String getDataset();

  void setDataset(@Nullable String dataset);

  /** The number of buckets. */
  @Description(
      "Into how many buckets records are shuffled. Default 0: as many as keep a bucket small. The"
          + " results do not depend on it.")
  @Default.Integer(0)
  int getBuckets();

  void setBuckets(int buckets);
}
