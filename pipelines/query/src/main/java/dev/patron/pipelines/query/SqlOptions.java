package dev.patron.pipelines.query;

import dev.patron.pipelines.options.WarehouseOptions;
import org.apache.beam.sdk.options.Description;
import org.jspecify.annotations.Nullable;

/** What is asked, and how the answer is written. */
public interface SqlOptions extends WarehouseOptions {

  /** The question. */
  @Description(
      "The question; a word without -- is one too. Without it and --file: stdin, or a prompt on a"
          + " terminal. Tables are bronze.orders, silver.books, gold.customer_scores, ..., and"
          + " silver.books@3 is version 3 of one.")
  @Nullable String getQuery();

  void setQuery(@Nullable String query);

  /** A file of questions. */
  @Description("A file of questions, each ending in a semicolon.")
  @Nullable String getFile();

  void setFile(@Nullable String file);

  /** The format of the answer. */
  @Description(
      "table, csv, json or parquet. Default: what the name of --output ends in; table without an"
          + " ending or without --output.")
  @Nullable String getFormat();

  void setFormat(@Nullable String format);

  /** Where the answer goes. */
  @Description("The file that the answer is written to, whole or not at all. Default: stdout.")
  @Nullable String getOutput();

  void setOutput(@Nullable String output);
}
