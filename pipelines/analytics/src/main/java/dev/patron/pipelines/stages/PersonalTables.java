package dev.patron.pipelines.stages;

import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.pipelines.console.JobException;
import dev.patron.pipelines.dataset.Dataset;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.TableSnapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Where a warehouse may have rows of single customers. */
final class PersonalTables {
  /** The column of every table that Patron itself makes of customers. */
  private static final String CUSTOMER = "customer_id";

  /** Tiers whose tables are the dataset's. */
  private static final Set<String> OF_DATASET = Set.of("bronze", "silver", "quarantine");

  private final Job job;

  /**
   * Finds them.
   *
   * @throws JobException if there is a table that the dataset does not name: whose its records are,
   *     nobody can tell
   */
  PersonalTables(Job job) {
    this.job = job;
    Set<String> known = new TreeSet<>(Set.of("purchases"));
    job.dataset().tables().forEach(table -> known.add(table.name()));
    for (LakeTable table : WarehouseTables.folders(job.warehouse())) {
      String name = name(table.name());
      if (OF_DATASET.contains(tier(table.name())) && !known.contains(name)) {
        throw new JobException(
            ("%s is of no table that the dataset names, so that nothing says whose its records are;"
                    + " name it there, or delete the folders %s of bronze, silver, state and"
                    + " quarantine")
                .formatted(table.name(), name));
      }
    }
  }

  private static String tier(String table) {
    return table.substring(0, table.indexOf('/'));
  }

  private static String name(String table) {
    return table.substring(table.indexOf('/') + 1);
  }

  /** The tables of typed rows, each with its column that says whose a row is. */
  Map<TableSnapshot, String> withRows() {
    Map<TableSnapshot, String> found = new LinkedHashMap<>();
    for (LakeTable table : all()) {
      TableSnapshot snapshot = table.latest().orElse(null);
      String column = snapshot == null ? null : column(table.name(), snapshot.schema());
      if (snapshot != null && column != null) {
        found.put(snapshot, column);
      }
    }
    return found;
  }

  private @Nullable String column(String table, Schema schema) {
    String tier = tier(table);
    if (tier.equals("bronze") || tier.equals("quarantine")) {
      return null;
    }
    String own =
        job.dataset().tables().stream().map(Dataset.Table::name).anyMatch(name(table)::equals)
                && !tier.equals("gold")
            ? job.dataset().customerColumn(name(table))
            : CUSTOMER;
    return own != null
            && schema.has(own)
            && (schema.type(own).equals(Type.LONG) || schema.type(own).equals(Type.STRING))
        ? own
        : null;
  }

  /** All tables that are made of records, which is all but those of operations. */
  List<LakeTable> all() {
    return WarehouseTables.foldersWithState(job.warehouse()).stream()
        .filter(table -> !tier(table.name()).equals("ops"))
        .toList();
  }
}
