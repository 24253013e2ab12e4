package dev.patron.pipelines.query;

import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.dataset.NearMiss;
import dev.patron.pipelines.query.Question.TableName;
import dev.patron.pipelines.stages.WarehouseTables;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.TableSnapshot;
import dev.patron.transforms.parquet.HadoopFiles;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The tables of a warehouse as views, made when a question first names them and made anew when the
 * table has a newer version by the time of the next question. {@code "silver.books@3"} and {@code
 * silver."books@3"} are version 3 of {@code silver/books}.
 */
final class WarehouseViews {
  private static final Pattern VERSIONED = Pattern.compile("(.+)@(\\d{1,18})");

  private final String warehouse;
  private final ReadOnlyDatabase database;
  private final Map<String, Long> versions = new HashMap<>();

  WarehouseViews(String warehouse, ReadOnlyDatabase database) {
    this.warehouse = warehouse;
    this.database = database;
  }

  /** The tables that there are now, by the names that questions use, with their snapshots. */
  List<TableSnapshot> snapshots() {
    return WarehouseTables.folders(warehouse).stream()
        .map(LakeTable::latest)
        .flatMap(Optional::stream)
        .toList();
  }

  /** A table's name in questions: {@code silver.books}. */
  static String name(LakeTable table) {
    return table.name().replace('/', '.');
  }

  /**
   * Makes the views that a question needs.
   *
   * @throws UsageException if it names a table or version that there is not
   */
  void prepare(Question question) {
    if (question.looksAtCatalogue()) {
      snapshots().forEach(snapshot -> view(tier(snapshot), table(snapshot), snapshot));
    }
    question.tables().forEach(this::prepare);
  }

  private static String tier(TableSnapshot snapshot) {
    return snapshot.table().name().split("/", 2)[0];
  }

  private static String table(TableSnapshot snapshot) {
    return snapshot.table().name().split("/", 2)[1];
  }

  private void prepare(TableName name) {
    Matcher versioned = VERSIONED.matcher(name.table());
    if (!versioned.matches()) {
      TableSnapshot latest = latest(name);
      view(name.schema(), name.table(), latest);
      return;
    }
    String table = versioned.group(1);
    int dot = table.indexOf('.');
    TableName current =
        name.schema().isEmpty() && dot > 0
            ? new TableName(
                table.substring(0, dot).toLowerCase(Locale.ROOT), table.substring(dot + 1))
            : new TableName(name.schema(), table);
    long version = Long.parseLong(versioned.group(2));
    TableSnapshot latest = latest(current);
    if (version > latest.version()) {
      throw new UsageException(
          "%s has no version %d; its newest is %d".formatted(current, version, latest.version()));
    }
    TableSnapshot then = latest.table().snapshot(version);
    if (version < latest.version() && !then.hasItsFiles()) {
      throw new UsageException(
          "%s has version %d no more: vacuum has deleted its files; its newest is %d"
              .formatted(current, version, latest.version()));
    }
    view(name.schema().isEmpty() ? "main" : name.schema(), name.table(), then);
  }

  private TableSnapshot latest(TableName name) {
    return WarehouseTables.folders(warehouse).stream()
        .filter(table -> name(table).equalsIgnoreCase(name.toString()))
        .findFirst()
        .orElseThrow(() -> unknown(name))
        .latest()
        .orElseThrow(
            () -> new UsageException(name + " has no version yet: no run has committed it"));
  }

  private UsageException unknown(TableName name) {
    List<String> known = snapshots().stream().map(snapshot -> name(snapshot.table())).toList();
    Optional<String> near =
        known.stream()
            .filter(table -> table.endsWith("." + name.toString().toLowerCase(Locale.ROOT)))
            .findFirst()
            .or(() -> NearMiss.of(name.toString(), known));
    return new UsageException(
        "there is no table "
            + name
            + near.map(table -> "; did you mean " + table + "?")
                .orElse("; there are " + String.join(", ", known)));
  }

  private void view(String schema, String name, TableSnapshot snapshot) {
    String key = (schema + "." + name).toLowerCase(Locale.ROOT);
    @Nullable Long known = versions.get(key);
    if (known != null && known == snapshot.version()) {
      return;
    }
    List<FilesAsSql.Located> files =
        snapshot.files().stream()
            .map(
                file ->
                    new FilesAsSql.Located(
                        HadoopFiles.display(snapshot.table().path(file)), file.partition()))
            .toList();
    database.execute(
        "CREATE OR REPLACE VIEW %s.%s AS %s"
            .formatted(
                FilesAsSql.name(schema),
                FilesAsSql.name(name),
                FilesAsSql.select(snapshot.schema(), files)));
    versions.put(key, snapshot.version());
  }
}
