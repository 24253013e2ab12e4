package dev.patron.pipelines.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

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

  /** The faults. */
  @Description(
      "What goes wrong on the way, as in late:0.02,duplicate:0.05,reorder:0.1,malformed:0.001,"
          + "truncate,schema,clock; or none. A share is of the records, from 0 to 1. truncate: both"
          + " tables of changes are truncated once and loaded again. schema: the books get a column"
          + " midway that widens later. clock: the database's clock is three hours slow for two"
          + " days. What the tables must hold all the same, and every fault with its file and line,"
          + " is in truth/.")
  @Default.String("late:0.02,duplicate:0.02,malformed:0.005")
  String getFaults();

  void setFaults(String faults);

  /** The output folder. */
  @Description("The folder to write to. It must be empty or not exist.")
  @Default.String("./bookstore")
  String getOutput();

  void setOutput(String output);

  /** The brokers to play to. */
  @Description(
      "HOST:PORT of a Kafka broker to play the bookstore to, each table a topic. A bookstore that"
          + " is in --output already is played as it is.")
  @Nullable String getKafka();

  void setKafka(@Nullable String kafka);

  /** The records a second. */
  @Description("With --kafka and --serve: records a second; 0: as fast as possible.")
  @Default.Double(0)
  double getRate();

  void setRate(double rate);

  /** The port to serve at. */
  @Description(
      "The port at which to offer the bookstore over HTTP, page by page, until stopped; 0: any free"
          + " one. A bookstore that is in --output already is offered as it is.")
  @Nullable Integer getServe();

  void setServe(@Nullable Integer serve);

  /** The share of requests that fail. */
  @Description(
      "With --serve: the share of requests that fail on purpose (errors, rate limits, bodies that"
          + " break off), from 0 to below 1.")
  @Default.Double(0)
  double getFailures();

  void setFailures(double failures);
}
