package dev.patron.pipelines.commands;

import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.generate.Bookstore;
import dev.patron.pipelines.generate.BookstoreOptions;
import dev.patron.pipelines.generate.Faults;
import dev.patron.pipelines.generate.live.PageServer;
import dev.patron.pipelines.generate.live.PlayToKafka;
import dev.patron.pipelines.options.GenerateOptions;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/** {@code generate}: a synthetic bookstore with its ground truth. */
public final class Generate {
  private Generate() {}

  /** Writes the bookstore, and plays or serves it if that is asked for. */
  public static void run(GenerateOptions options, Console console) throws IOException {
    check(options);
    Path output = Path.of(options.getOutput());
    boolean live = options.getKafka() != null || options.getServe() != null;
    if (!(live && Bookstore.isAt(output))) {
      write(options, console);
    }
    String kafka = options.getKafka();
    if (kafka != null) {
      play(output, kafka, options.getRate(), console);
    }
    Integer port = options.getServe();
    if (port != null) {
      serve(output, port, options, console);
    }
  }

  private static void check(GenerateOptions options) {
    if (!(options.getRate() >= 0 && options.getRate() <= 1e7)) {
      throw new UsageException("--rate=" + options.getRate() + " must be between 0 and 10000000");
    }
    if (!(options.getFailures() >= 0 && options.getFailures() < 1)) {
      throw new UsageException(
          "--failures=" + options.getFailures() + " must be at least 0 and below 1");
    }
    Integer port = options.getServe();
    if (port != null && (port < 0 || port > 65_535)) {
      throw new UsageException("--serve=" + port + " is no port");
    }
    if (options.getKafka() != null && port != null) {
      throw new UsageException("--kafka and --serve are two ways to play; choose one");
    }
    if (options.getKafka() == null && port == null && options.getRate() > 0) {
      throw new UsageException("--rate belongs to --kafka or --serve");
    }
    if (port == null && options.getFailures() > 0) {
      throw new UsageException("--failures belongs to --serve");
    }
  }

  private static void play(Path output, String kafka, double rate, Console console)
      throws IOException {
    long start = System.nanoTime();
    long records =
        PlayToKafka.play(
            output,
            kafka,
            rate,
            sent -> {
              if (sent % 256 == 0) {
                console.progress("play", sent, (System.nanoTime() - start) / 1e9);
              }
            });
    console.done("play", records, (System.nanoTime() - start) / 1e9);
    console.result(
        "KAFKA_BOOTSTRAP=" + kafka + " is what " + output.resolve("dataset-kafka.yaml") + " reads");
  }

  private static void serve(Path output, int port, GenerateOptions options, Console console)
      throws IOException {
    try (PageServer server =
        PageServer.start(
            output, port, options.getRate(), options.getFailures(), options.getSeed())) {
      console.result(
          "BOOKSTORE_URL="
              + server.url()
              + " is what "
              + output.resolve("dataset-rest.yaml")
              + " reads; end with Ctrl-C");
      new CountDownLatch(1).await();
    } catch (BindException e) {
      throw new UsageException("--serve=" + port + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void write(GenerateOptions options, Console console) throws IOException {
    Path output = Path.of(options.getOutput());
    if (Files.isRegularFile(output)) {
      throw new UsageException("--output=" + output + " is a file; name a folder");
    }
    if (Files.isDirectory(output)) {
      try (Stream<Path> inside = Files.list(output)) {
        if (inside.findAny().isPresent()) {
          throw new UsageException("--output=" + output + " is not empty; name a new folder");
        }
      }
    }
    BookstoreOptions bookstore;
    try {
      bookstore = BookstoreOptions.of(options.getCustomers(), options.getSeed(), output);
      if (!options.getFaults().isBlank()) {
        bookstore = bookstore.withFaults(Faults.parse(options.getFaults()));
      }
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          (String.valueOf(e.getMessage()).contains("fault") ? "--faults: " : "--") + e.getMessage(),
          e);
    }
    makeFolder(output);
    long start = System.nanoTime();
    long[] orders = new long[1];
    Bookstore.generate(
        bookstore,
        written -> {
          orders[0] = written;
          console.progress("generate", written, (System.nanoTime() - start) / 1e9);
        });
    console.done("generate", orders[0], (System.nanoTime() - start) / 1e9);
    console.result(output.resolve("dataset.yaml").toString());
  }

  private static void makeFolder(Path output) throws IOException {
    try {
      Files.createDirectories(output);
    } catch (FileSystemException e) {
      throw new UsageException(
          "--output=" + output + ": no folder can be made there; name another", e);
    }
  }
}
