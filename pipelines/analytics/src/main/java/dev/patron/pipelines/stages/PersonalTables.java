package dev.patron.pipelines.stages;

import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.pipelines.console.JobException;
import dev.patron.pipelines.dataset.Dataset;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.TableSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Where a warehouse has rows of single customers. */
final class PersonalTables {
  /** The column of every table that Patron itself makes of customers. */
  private static final String CUSTOMER = "customer_id";

  private final Job job;

  /** By table of the dataset: its column that says whose a row is. */
  private final Map<String, String> columns = new LinkedHashMap<>();

  /**
   * Finds them.
   *
   * @param schemas what the records of each table of the dataset are read with
   * @throws JobException if bronze has a table that the dataset does not name: whose its records
   *     are, nobody can tell
   */
  PersonalTables(Job job, Map<String, Schema> schemas) {
    this.job = job;
    Set<String> known = new TreeSet<>();
    for (Dataset.Table table : job.dataset().tables()) {
      known.add(Ingest.bronze(table.name()));
      String column = job.dataset().customerColumn(table.name());
      Schema schema = schemas.get(table.name());
      if (column != null && schema != null && schema.has(column)) {
        columns.put(table.name(), column);
      }
    }
    for (LakeTable table : WarehouseTables.all(job.warehouse())) {
      if (table.name().startsWith("bronze/") && !known.contains(table.name())) {
        throw new JobException(
            table.name()
                + " is of no table that the dataset names, so that nothing says whose its records"
                + " are; name it there, or delete its folder");
      }
    }
  }

  /** The tables of the dataset, each with its column that says whose a row is. */
  Map<String, String> ofDataset() {
    return columns;
  }

  /** The tables with rows to be counted, each with its column; in the order of tiers and names. */
  Map<TableSnapshot, String> withRows() {
    Map<TableSnapshot, String> found = new LinkedHashMap<>();
    for (LakeTable table : WarehouseTables.foldersWithState(job.warehouse())) {
      TableSnapshot snapshot = table.latest().orElse(null);
      String column = snapshot == null ? null : column(table.name(), snapshot.schema());
      if (snapshot != null && column != null) {
        found.put(snapshot, column);
      }
    }
    return found;
  }

  private @Nullable String column(String table, Schema schema) {
    int slash = table.indexOf('/');
    String tier = table.substring(0, slash);
    String own = columns.get(table.substring(slash + 1));
    if (tier.equals("bronze") || tier.equals("quarantine")) {
      return null;
    }
    if (own != null && schema.has(own) && !tier.equals("gold")) {
      return own;
    }
    boolean ofCustomers =
        schema.has(CUSTOMER)
            && (schema.type(CUSTOMER).equals(Type.LONG)
                || schema.type(CUSTOMER).equals(Type.STRING));
    return ofCustomers ? CUSTOMER : null;
  }

  /** All tables of which no earlier version must be left. */
  List<LakeTable> all() {
    Set<String> names = new TreeSet<>();
    for (String table : columns.keySet()) {
      String silver = "silver/" + table;
      names.addAll(
          List.of(
              Ingest.bronze(table), silver, SilverTable.stateOf(silver), "quarantine/" + table));
    }
    withRows().keySet().forEach(snapshot -> names.add(snapshot.table().name()));
    List<LakeTable> tables = new ArrayList<>();
    names.forEach(name -> tables.add(job.table(name)));
    return tables;
  }
}
