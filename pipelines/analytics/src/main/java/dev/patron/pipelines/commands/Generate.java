package dev.patron.pipelines.commands;

import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.generate.Bookstore;
import dev.patron.pipelines.generate.BookstoreOptions;
import dev.patron.pipelines.generate.Faults;
import dev.patron.pipelines.options.GenerateOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** {@code generate}: a synthetic bookstore with its ground truth. */
public final class Generate {
  private Generate() {}

  /** Writes the bookstore. */
  public static void run(GenerateOptions options, Console console) throws IOException {
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
}
