package dev.patron.pipelines.commands;

import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.options.WarehouseOptions;
import dev.patron.transforms.parquet.HadoopFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileSystem;
import org.jspecify.annotations.Nullable;

/** Where the warehouse is, as far as that can be judged before anything is read or written. */
public final class WarehousePlace {
  private static final Pattern URI = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:/.*");

  private WarehousePlace() {}

  /**
   * The folder or URI of a warehouse to read.
   *
   * @throws UsageException if it cannot be one
   */
  public static String of(WarehouseOptions options) {
    String place = options.getWarehouse().strip();
    if (place.isEmpty()) {
      throw new UsageException("--warehouse is empty; name a folder or URI");
    }
    checkScheme(place);
    Path existing = existing(place);
    if (existing != null && !Files.isDirectory(existing)) {
      throw new UsageException(
          "--warehouse=%s: %s is a file; name a folder or URI".formatted(place, existing));
    }
    // To a worker a relative path is another folder than to the driver.
    return existing == null ? place : Path.of(place).toAbsolutePath().normalize().toString();
  }

  /**
   * The folder or URI of a warehouse to write to.
   *
   * @throws UsageException if it cannot be one, or is a local folder that cannot be written to
   */
  static String writable(WarehouseOptions options) {
    String place = of(options);
    Path existing = existing(place);
    if (existing != null && !Files.isWritable(existing)) {
      throw new UsageException(
          "--warehouse=%s: %s cannot be written to; name another folder, or allow it"
              .formatted(place, existing));
    }
    return place;
  }

  /** What to say where nothing is that could be read. */
  static UsageException withoutTables(WarehouseOptions options) {
    return new UsageException(
        "there are no tables in " + options.getWarehouse() + "; name a --warehouse=PATH");
  }

  private static void checkScheme(String place) {
    if (!URI.matcher(place).matches()) {
      return;
    }
    String scheme = place.substring(0, place.indexOf(':'));
    try {
      FileSystem.getFileSystemClass(scheme, HadoopFiles.configuration());
    } catch (IOException e) {
      throw new UsageException(
          "--warehouse=%s: Hadoop knows no file system %s:; name a folder or URI"
              .formatted(place, scheme),
          e);
    } catch (RuntimeException e) {
      // It knows one that is not on this class path; who reads or writes there says so.
    }
  }

  /** The innermost part of a local path that exists; null for a URI. */
  private static @Nullable Path existing(String place) {
    if (URI.matcher(place).matches()) {
      return null;
    }
    try {
      Path path = Path.of(place).toAbsolutePath();
      while (path != null && !Files.exists(path)) {
        path = path.getParent();
      }
      return path;
    } catch (InvalidPathException e) {
      throw new UsageException("--warehouse=" + place + " is no path: " + e.getReason(), e);
    }
  }
}
