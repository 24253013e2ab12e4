package dev.patron.pipelines.commands;

import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.options.WarehouseOptions;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Where the warehouse is, as far as that can be judged before anything is written to it. */
final class WarehousePlace {
  private WarehousePlace() {}

  /**
   * The warehouse's folder or URI.
   *
   * @throws UsageException if it cannot be one
   */
  static String of(WarehouseOptions options) {
    String place = options.getWarehouse().strip();
    if (place.isEmpty()) {
      throw new UsageException("--warehouse is empty; name a folder or URI");
    }
    try {
      if (Files.isRegularFile(Path.of(place))) {
        throw new UsageException("--warehouse=" + place + " is a file; name a folder or URI");
      }
    } catch (InvalidPathException e) {
      throw new UsageException("--warehouse=" + place + " is no path: " + e.getReason(), e);
    }
    return place;
  }
}
