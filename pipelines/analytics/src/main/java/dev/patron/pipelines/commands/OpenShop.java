package dev.patron.pipelines.commands;

import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.dataset.Dataset;
import dev.patron.pipelines.dataset.DatasetFile;
import dev.patron.pipelines.engine.Engine;
import dev.patron.pipelines.engine.Engines;
import dev.patron.pipelines.options.DatasetOptions;
import dev.patron.pipelines.stages.Job;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** A shop whose dataset is read and whose engine is ready, for the length of one command. */
final class OpenShop implements AutoCloseable {
  private static final String BOOKSTORE = "testdata/bookstore/dataset.yaml";

  private final Engine.Opened engine;
  private final DatasetOptions options;
  private final String warehouse;
  private final Job job;

  /**
   * Opens the shop.
   *
   * @throws UsageException if there is no such dataset, or the warehouse is another's
   */
  OpenShop(DatasetOptions options, Console console) {
    this.options = options;
    this.warehouse = WarehousePlace.writable(options);
    if (options.getBuckets() < 0) {
      throw new UsageException("--buckets=" + options.getBuckets() + " must not be negative");
    }
    Dataset dataset = DatasetFile.parse(definition(options), System.getenv());
    engine = Engines.open(options);
    try {
      job =
          new Job(
              dataset, warehouse, options, engine, options.getBuckets(), console, Instant.now());
    } catch (RuntimeException e) {
      engine.close();
      throw e;
    }
  }

  Job job() {
    return job;
  }

  /** The shop at another moment: one increment of a stream. */
  Job increment(Console console) {
    return new Job(
        job.dataset(), warehouse, options, engine, options.getBuckets(), console, Instant.now());
  }

  private static String definition(DatasetOptions options) {
    String named = options.getDataset();
    if (named != null) {
      if (named.isBlank()) {
        throw new UsageException("--dataset is empty; name a FILE or URI");
      }
      return named;
    }
    Path bundled = Path.of(System.getProperty("patron.home", "."), BOOKSTORE);
    if (!Files.isRegularFile(bundled)) {
      throw new UsageException(
          "the bundled bookstore is not here (" + bundled + "); name a --dataset=FILE or URI");
    }
    return bundled.toString();
  }

  @Override
  public void close() {
    engine.close();
  }
}
