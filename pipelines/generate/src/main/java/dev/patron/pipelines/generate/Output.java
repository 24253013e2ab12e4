package dev.patron.pipelines.generate;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** The folder of a bookstore. Files are named by their path within it. */
final class Output {
  /** What tells a bookstore from a folder that happens to have files. */
  static final String MARK = "truth/parameters.json";

  private static final int BUFFER = 1 << 16;

  private static final List<String> FOLDERS =
      List.of(
          "debezium/books",
          "debezium/customers",
          "flat/books",
          "flat/customers",
          "orders",
          "truth");

  private final Path root;

  private Output(Path root) {
    this.root = root;
  }

  /**
   * Makes the folder ready. The data files of an earlier bookstore in it are removed.
   *
   * @throws IllegalArgumentException if the folder has files but is no bookstore
   */
  static Output prepare(Path root) throws IOException {
    if (Files.exists(root) && !Files.isDirectory(root)) {
      throw new IllegalArgumentException(root + " is a file; name a folder to write to");
    }
    if (Files.exists(root) && !isEmpty(root) && !Files.exists(root.resolve(MARK))) {
      throw new IllegalArgumentException(
          root + " holds other files; name a new or empty folder, or that of an older bookstore");
    }
    for (String name : FOLDERS) {
      Path folder = Files.createDirectories(root.resolve(name));
      try (DirectoryStream<Path> old = Files.newDirectoryStream(folder, "*.{gz,parquet,csv}")) {
        for (Path file : old) {
          Files.delete(file);
        }
      }
    }
    return new Output(root);
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      return !files.iterator().hasNext();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  Path path(String name) {
    return root.resolve(name);
  }

  OutputStream plain(String name) throws IOException {
    return new BufferedOutputStream(Files.newOutputStream(path(name)), BUFFER);
  }

  /** The header of a gzip file from Java names neither a file nor a time. */
  OutputStream zipped(String name) throws IOException {
    return new BufferedOutputStream(new Zipped(Files.newOutputStream(path(name))), BUFFER);
  }

  /** Packing hard would take longer than everything else together. */
  private static final class Zipped extends GZIPOutputStream {
    Zipped(OutputStream out) throws IOException {
      super(out, BUFFER);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }

  void text(String name, String text) throws IOException {
    Files.write(path(name), text.getBytes(StandardCharsets.UTF_8));
  }
}
