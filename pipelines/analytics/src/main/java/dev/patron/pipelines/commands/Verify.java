package dev.patron.pipelines.commands;

import dev.patron.features.frame.FrameDigest;
import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.console.JobException;
import dev.patron.pipelines.options.WarehouseOptions;
import dev.patron.pipelines.stages.Lineage;
import dev.patron.pipelines.stages.Promises;
import dev.patron.pipelines.stages.WarehouseTables;
import dev.patron.transforms.lake.LakeException;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.Ledger;
import dev.patron.transforms.lake.TableDigest;
import dev.patron.transforms.lake.TableSnapshot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
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
    String warehouse = WarehousePlace.of(options);
    Map<String, String> broken = new LinkedHashMap<>();
    Ledger ledger = Ledger.of(warehouse);
    Set<String> decided = new HashSet<>();
    List<OptionalLong> settled = new ArrayList<>();
    attempt(
        broken,
        () -> {
          settled.add(ledger.settled());
          decided.addAll(ledger.tables().keySet());
        });
    List<TableSnapshot> whole = new ArrayList<>();
    for (LakeTable table : WarehouseTables.foldersWithState(warehouse)) {
      attempt(broken, () -> whole(table, decided).ifPresent(whole::add));
    }
    if (whole.isEmpty() && broken.isEmpty()) {
      throw WarehousePlace.withoutTables(options);
    }
    for (TableSnapshot table : whole) {
      if (!WarehouseTables.isState(table.table().name())) {
        attempt(broken, () -> verify(table, console, broken));
      }
    }
    List<String> unfit = new ArrayList<>();
    whole.forEach(table -> attempt(broken, () -> unfit.addAll(Lineage.broken(table))));
    attempt(broken, () -> unfit.addAll(ledger.lost(whole)));
    attempt(broken, () -> settled.add(ledger.settled()));
    // While a run commits, or after one was killed just then, tables need not fit each other.
    if (settled.size() == 2
        && settled.get(0).isPresent()
        && settled.get(0).equals(settled.get(1))) {
      unfit.forEach(line -> tell(broken, line));
    }
    if (!broken.isEmpty()) {
      throw new JobException(String.join("\n", broken.values()));
    }
  }

  /** Who restores one table needs to know which others are damaged. */
  private static void attempt(Map<String, String> broken, Runnable work) {
    try {
      work.run();
    } catch (LakeException | JobException e) {
      tell(broken, String.valueOf(e.getMessage()));
    }
  }

  /** One line a table: what comes of a damage says no more than the damage. */
  private static void tell(Map<String, String> broken, String line) {
    broken.putIfAbsent(line.replaceFirst(": .*", ""), line);
  }

  /** A table whose log can be read, and whose files are there; nothing if it is none. */
  private static Optional<TableSnapshot> whole(LakeTable table, Set<String> decided) {
    WarehouseTables.checkHasLog(table, decided);
    Optional<TableSnapshot> snapshot = table.latest();
    snapshot.ifPresent(TableSnapshot::checkFiles);
    return snapshot;
  }

  private static void verify(TableSnapshot table, Console console, Map<String, String> broken) {
    String name = table.table().name();
    FrameDigest digest = TableDigest.of(table, LINEAGE);
    console.result(String.format(Locale.ROOT, "%-28s %12d  %s", name, digest.rows(), digest.hex()));
    Promises.firstBroken(table).ifPresent(what -> tell(broken, name + ": " + what));
  }
}
