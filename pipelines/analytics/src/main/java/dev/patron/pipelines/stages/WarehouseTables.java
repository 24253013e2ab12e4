package dev.patron.pipelines.stages;

import dev.patron.pipelines.console.JobException;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.Ledger;
import dev.patron.transforms.lake.Warehouse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The tables of a warehouse. */
public final class WarehouseTables {
  /** The folders that tables are in. */
  public static final List<String> TIERS = List.of("bronze", "silver", "gold", "quarantine", "ops");

  private static final String STATE = "state";

  private WarehouseTables() {}

  /** All tables of all tiers, by tier and name. */
  public static List<LakeTable> all(String warehouse) {
    return folders(warehouse).stream().filter(LakeTable::exists).toList();
  }

  /** What may be tables, by tier and name; whether they are, nobody has looked yet. */
  public static List<LakeTable> folders(String warehouse) {
    return folders(warehouse, TIERS);
  }

  /** The same, and where Patron keeps the events that it has folded. */
  public static List<LakeTable> foldersWithState(String warehouse) {
    List<String> tiers = new ArrayList<>(TIERS);
    tiers.add(STATE);
    return folders(warehouse, tiers);
  }

  /** Whether a table of this name is one that only Patron reads. */
  public static boolean isState(String name) {
    return name.startsWith(STATE + "/");
  }

  /**
   * Refuses files of a table whose log is gone. Data files that were never committed are what a run
   * has left that was killed.
   *
   * @param decided the tables that there were once, see {@link Ledger#tables}
   * @throws JobException if the table was one of them
   */
  public static void checkHasLog(LakeTable table, Set<String> decided) {
    if (decided.contains(table.name())
        && !table.exists()
        && !Warehouse.at(table.warehouse()).list(table.name()).isEmpty()) {
      throw new JobException(
          table.name() + ": it has files and no _delta_log; restore that, or delete both");
    }
  }

  /**
   * Deletes what crashed runs have left beside the tables.
   *
   * @param time what was written later may be of a run that is under way
   */
  public static void deleteLeftovers(String warehouse, Instant time) {
    for (String folder : List.of(Job.STAGING, Ledger.INTENTS)) {
      Warehouse.at(warehouse).deleteBefore(folder, time);
    }
  }

  private static List<LakeTable> folders(String warehouse, List<String> tiers) {
    List<LakeTable> folders = new ArrayList<>();
    for (String tier : tiers) {
      for (String name : Warehouse.at(warehouse).list(tier)) {
        folders.add(LakeTable.at(warehouse, tier + "/" + name));
      }
    }
    return folders;
  }
}
