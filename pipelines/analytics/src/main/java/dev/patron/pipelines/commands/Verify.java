package dev.patron.pipelines.commands;

import dev.patron.features.frame.FrameDigest;
import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.console.JobException;
import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.options.WarehouseOptions;
import dev.patron.pipelines.stages.Promises;
import dev.patron.pipelines.stages.WarehouseTables;
import dev.patron.transforms.lake.LakeException;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.TableDigest;
import dev.patron.transforms.lake.TableSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** {@code verify}: every table re-read, with its rows and digest, and its promises checked. */
public final class Verify {
  /** Columns that name a file, a place in it, or a run; the content does not depend on them. */
  private static final Set<String> LINEAGE =
      Set.of("_source", "_partition", "_offset", "_file", "_ingested_on", "run_id");

  private Verify() {}

  /**
   * Prints {@code TABLE ROWS DIGEST}, a line a table.
   *
   * @throws JobException if tables break a promise or cannot be read; all others are printed all
   *     the same
   */
  public static void run(WarehouseOptions options, Console console) {
    List<LakeTable> tables = WarehouseTables.all(WarehousePlace.of(options));
    if (tables.isEmpty()) {
      throw new UsageException(
          "there are no tables in " + options.getWarehouse() + "; name a --warehouse=PATH");
    }
    List<String> broken = new ArrayList<>();
    for (LakeTable table : tables) {
      try {
        TableSnapshot snapshot = table.snapshot();
        FrameDigest digest = TableDigest.of(snapshot, LINEAGE);
        Promises.firstBroken(snapshot).ifPresent(what -> broken.add(table.name() + ": " + what));
        console.result(
            String.format(
                Locale.ROOT, "%-28s %12d  %s", table.name(), digest.rows(), digest.hex()));
      } catch (LakeException e) {
        // Who restores it needs to know which others are damaged.
        broken.add(String.valueOf(e.getMessage()));
      }
    }
    if (!broken.isEmpty()) {
      throw new JobException(String.join("\n", broken));
    }
  }
}
