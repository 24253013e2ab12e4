package dev.patron.pipelines.stages;

import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.Ledger;
import dev.patron.transforms.lake.Warehouse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The tables of a warehouse. */
public final class WarehouseTables {
  /** The folders that tables are in. */
  public static final List<String> TIERS = List.of("bronze", "silver", "gold", "quarantine", "ops");

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
    tiers.add("state");
    return folders(warehouse, tiers);
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
