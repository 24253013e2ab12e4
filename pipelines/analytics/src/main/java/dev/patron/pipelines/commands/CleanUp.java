package dev.patron.pipelines.commands;

import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.options.VacuumOptions;
import dev.patron.pipelines.stages.WarehouseTables;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.Ledger;
import dev.patron.transforms.lake.Vacuum;
import dev.patron.transforms.lake.Warehouse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** {@code vacuum}: deletes data files that nobody needs any more. */
public final class CleanUp {
  /** No run writes files for longer before it commits them. */
  private static final Duration LONGEST_RUN = Duration.ofDays(1);

  private CleanUp() {}

  /** Prints {@code TABLE FILES BYTES}, a line a table that had any. */
  public static void run(VacuumOptions options, Console console) {
    Duration retain;
    Instant cutOff;
    try {
      retain = Duration.parse(options.getRetain());
      if (retain.isNegative()) {
        throw new UsageException("--retain=" + options.getRetain() + " must not be negative");
      }
      cutOff = Instant.now().minus(retain);
    } catch (DateTimeException | ArithmeticException e) {
      throw new UsageException(
          "--retain=" + options.getRetain() + " is no duration like P7D or PT12H", e);
    }
    String warehouse = WarehousePlace.writable(options);
    // A decision that is not carried out yet needs files that no version has.
    Ledger ledger = Ledger.of(warehouse);
    boolean begun = ledger.open() >= 0;
    Set<String> decided = ledger.tables().keySet();
    if (decided.isEmpty() && WarehouseTables.foldersWithState(warehouse).isEmpty()) {
      throw WarehousePlace.withoutTables(options);
    }
    List<String> gone =
        decided.stream().filter(name -> Warehouse.at(warehouse).list(name).isEmpty()).toList();
    gone.forEach(name -> console.note("patron: " + name + " is gone; verify misses it no longer"));
    ledger.acceptLoss(gone);
    if (retain.compareTo(LONGEST_RUN) < 0) {
      // What a run under way has written is not to become part of a table without its files.
      Instant safe = begun ? ledger.fence("vacuum") : Instant.now().minus(LONGEST_RUN);
      cutOff = safe.isBefore(cutOff) ? safe : cutOff;
    }
    WarehouseTables.deleteLeftovers(warehouse, cutOff);
    Vacuum.Freed all = new Vacuum.Freed(0, 0);
    for (LakeTable table : WarehouseTables.foldersWithState(warehouse)) {
      // Without its log, every file of it would look like what a crash has left.
      WarehouseTables.checkHasLog(table, decided);
      Vacuum.Freed freed = Vacuum.of(table, cutOff);
      all = all.and(freed);
      if (freed.files() > 0) {
        console.result(line(table.name(), freed));
      }
    }
    console.result(line("all", all));
  }

  private static String line(String name, Vacuum.Freed freed) {
    return String.format(
        Locale.ROOT, "%-28s %8d files %14d bytes", name, freed.files(), freed.bytes());
  }
}
