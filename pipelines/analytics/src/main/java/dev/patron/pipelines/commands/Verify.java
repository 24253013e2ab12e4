package dev.patron.pipelines.commands;

import dev.patron.features.frame.FrameDigest;
import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.options.WarehouseOptions;
import dev.patron.pipelines.stages.WarehouseTables;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.TableDigest;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** {@code verify}: every table re-read, with its rows and digest. */
public final class Verify {
  /** Columns that name a file, a place in it, or a run; the content does not depend on them. */
  private static final Set<String> LINEAGE =
      Set.of("_source", "_partition", "_offset", "_file", "_ingested_on", "run_id");

  private Verify() {}

  /** Prints {@code TABLE ROWS DIGEST}, a line a table. */
  public static void run(WarehouseOptions options, Console console) {
    List<LakeTable> tables = WarehouseTables.all(WarehousePlace.of(options));
    if (tables.isEmpty()) {
      throw new UsageException(
          "there are no tables in " + options.getWarehouse() + "; name a --warehouse=PATH");
    }
    for (LakeTable table : tables) {
      FrameDigest digest = TableDigest.of(table.snapshot(), LINEAGE);
      console.result(
          String.format(Locale.ROOT, "%-28s %12d  %s", table.name(), digest.rows(), digest.hex()));
    }
  }
}
