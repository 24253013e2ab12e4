package dev.patron.pipelines.stages;

import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.Warehouse;
import java.util.ArrayList;
import java.util.List;

/** The tables of a warehouse. */
public final class WarehouseTables {
  private static final List<String> TIERS =
      List.of("bronze", "silver", "gold", "quarantine", "ops");

  private WarehouseTables() {}

  /** All tables of all tiers, by tier and name. */
  public static List<LakeTable> all(String warehouse) {
    List<LakeTable> tables = new ArrayList<>();
    for (String tier : TIERS) {
      for (String name : Warehouse.at(warehouse).list(tier)) {
        LakeTable table = LakeTable.at(warehouse, tier + "/" + name);
        if (table.exists()) {
          tables.add(table);
        }
      }
    }
    return tables;
  }
}
