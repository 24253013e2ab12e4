package dev.patron.pipelines.dataset;

import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.ColumnNames;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.TableDefinition.Change;
import dev.patron.features.tables.TableDefinition.Format;
import dev.patron.features.tables.TableDefinition.Keep;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads one table. */
final class TableSection {
  private static final List<String> KEYS =
      List.of("keep", "key", "track", "from", "change", "columns", "ignoreNullUpdates", "rules");
  private static final List<String> CHANGE_KEYS =
      List.of("sequence", "operation", "delete", "truncate", "time");
  private static final String EXCEPT = "except";
  private static final int MAX_TYPE = 20_000;

  private final String name;
  private final String zone;
  private final Folder folder;

  TableSection(String name, String zone, Folder folder) {
    this.name = name;
    this.zone = zone;
    this.folder = folder;
  }

  /** The word of a definition for this. */
  static String word(Keep keep) {
    return keep.name().toLowerCase(Locale.ROOT);
  }

  Dataset.Table read(YamlValue value) {
    Reading reading = value.reading();
    YamlMapping mapping = value.mapping(KEYS);
    Optional<Keep> keep = reading.attempt(() -> Optional.of(keep(mapping)), Optional.empty());
    Optional<FromSection.From> from =
        reading.attempt(() -> Optional.of(from(mapping)), Optional.empty());
    List<String> key = reading.attempt(() -> columns(mapping, "key"), List.of());
    Chosen track =
        reading.attempt(
            () -> mapping.get("track").map(Chosen::columns).orElse(Chosen.ALL), Chosen.ALL);
    Optional<Change> change =
        reading.attempt(() -> mapping.get("change").map(TableSection::change), Optional.empty());
    Optional<YamlMapping> columns =
        reading.attempt(
            () -> mapping.get("columns").map(TableSection::typeMapping), Optional.empty());
    Optional<YamlValue> leftOut = columns.flatMap(TableSection::leftOut);
    List<String> without =
        reading.attempt(() -> leftOut.map(TableSection::columns).orElse(List.of()), List.of());
    Optional<Schema> declared =
        reading.attempt(() -> columns.flatMap(TableSection::schema), Optional.empty());
    boolean ignoreNullUpdates =
        reading.attempt(
            () -> mapping.get("ignoreNullUpdates").map(YamlValue::trueOrFalse).orElse(false),
            false);
    List<TableDefinition.Rule> rules =
        reading.attempt(
            () -> mapping.get("rules").map(RulesSection::read).orElse(List.of()), List.of());
    if (keep.isEmpty() || from.isEmpty()) {
      throw Refusal.consequence(value.place());
    }
    reading.attempt(() -> checkKey(mapping, keep.get()));
    reading.attempt(() -> checkTrack(mapping, keep.get()));
    reading.attempt(() -> checkIgnoreNullUpdates(mapping, keep.get()));
    leftOut.ifPresent(except -> reading.attempt(() -> checkWithout(except, key, track)));
    reading.attempt(() -> checkChange(mapping, keep.get(), from.get().format().kind()));
    return new Dataset.Table(
        new TableDefinition(
            name,
            keep.get(),
            key,
            track.only(),
            from.get().format(),
            change.orElse(null),
            declared.orElse(null),
            Map.of(),
            rules,
            new TableDefinition.Applying(track.except(), without, ignoreNullUpdates)),
        from.get().source());
  }

  private static Keep keep(YamlMapping mapping) {
    return mapping
        .require("keep", "say what it remembers: keep: current, history or facts")
        .choice(List.of(Keep.values()), TableSection::word);
  }

  private FromSection.From from(YamlMapping mapping) {
    YamlValue from =
        mapping.require(
            "from",
            "say where its records come from, as in from: { files: \"" + name + "/*.csv\" }");
    return new FromSection(name, zone, folder).read(from);
  }

  private static void checkKey(YamlMapping mapping, Keep keep) {
    if (keep != Keep.FACTS && !mapping.has("key")) {
      throw mapping.missing(
          "key", "keep: " + word(keep) + " needs the columns that identify a row, as in key: [id]");
    }
  }

  private static void checkTrack(YamlMapping mapping, Keep keep) {
    if (keep != Keep.HISTORY && mapping.has("track")) {
      throw mapping.misplaced(
          "track",
          "is given, but the table keeps " + word(keep),
          "only keep: history opens versions: remove it");
    }
  }

  private static void checkIgnoreNullUpdates(YamlMapping mapping, Keep keep) {
    if (keep == Keep.FACTS && mapping.has("ignoreNullUpdates")) {
      throw mapping.misplaced(
          "ignoreNullUpdates",
          "is given, but the table keeps facts",
          "facts are not updated: remove it");
    }
  }

  /** A column that identifies a row, or whose changes open versions, cannot be left out. */
  private static void checkWithout(YamlValue except, List<String> key, Chosen track) {
    for (YamlValue item : except.items("a column or a list of columns")) {
      String column = item.column();
      if (key.contains(column)) {
        throw item.refuse(
            item.path() + " leaves out " + Words.quote(column),
            "it is part of the key, which a table cannot be without");
      }
      if (track.only().contains(column)) {
        throw item.refuse(
            item.path() + " leaves out " + Words.quote(column),
            "track names it: only a column of the table can open versions");
      }
    }
  }

  private static void checkChange(YamlMapping mapping, Keep keep, Format.Kind format) {
    boolean given = mapping.has("change");
    if (given && keep == Keep.FACTS) {
      throw mapping.misplaced(
          "change", "is given, but the table keeps facts", "facts do not change: remove it");
    }
    if (given && format == Format.Kind.DEBEZIUM) {
      throw mapping.misplaced(
          "change",
          "is given, but the format is debezium",
          "its records say themselves what changed: remove it");
    }
    if (!given && keep != Keep.FACTS && format != Format.Kind.DEBEZIUM) {
      throw mapping.missing(
          "change",
          "keep: %s of %s rows needs change: { sequence: COLUMN }, unless they are format: debezium"
              .formatted(word(keep), FromSection.word(format)));
    }
  }

  private static Change change(YamlValue value) {
    YamlMapping mapping = value.mapping(CHANGE_KEYS);
    if (!mapping.has("sequence")) {
      throw mapping.missing(
          "sequence", "say which columns order the changes of a row, as in sequence: updated_at");
    }
    List<String> delete = values(mapping, "delete");
    List<String> truncate = values(mapping, "truncate");
    if (mapping.has("operation") && delete.isEmpty() && truncate.isEmpty()) {
      throw mapping.missing(
          "delete", "say which values of the operation column mean a delete, as in delete: [D]");
    }
    if (!mapping.has("operation") && !(delete.isEmpty() && truncate.isEmpty())) {
      throw mapping.missing(
          "operation",
          "say which column holds the values of " + (delete.isEmpty() ? "truncate" : "delete"));
    }
    for (String word : truncate) {
      if (delete.contains(word)) {
        throw mapping.misplaced(
            "truncate",
            "and delete both name " + Words.quote(word),
            "a row deletes its key or truncates the table, not both");
      }
    }
    return new Change(
        columns(mapping, "sequence"),
        column(mapping, "operation"),
        delete,
        truncate,
        column(mapping, "time"));
  }

  private static List<String> values(YamlMapping mapping, String key) {
    String expected = "a value or a list of values";
    return mapping
        .get(key)
        .map(value -> value.items(expected).stream().map(item -> item.literal(expected)).toList())
        .orElse(List.of());
  }

  /**
   * Columns that are chosen by name: these only, or all but these.
   *
   * @param only these; empty: all
   * @param except all but these; empty: none is left out
   */
  private record Chosen(List<String> only, List<String> except) {
    static final Chosen ALL = new Chosen(List.of(), List.of());

    /** {@code [a, b]} or {@code {except: [a, b]}}. */
    static Chosen columns(YamlValue value) {
      return value.isMapping()
          ? new Chosen(List.of(), TableSection.except(value.mapping(List.of(EXCEPT))))
          : new Chosen(TableSection.columns(value), List.of());
    }
  }

  private static List<String> except(YamlMapping mapping) {
    return columns(
        mapping.require(EXCEPT, "name the columns to leave out, as in except: [updated_at]"));
  }

  private static YamlMapping typeMapping(YamlValue columns) {
    return columns.typeMapping("a mapping from column names to types");
  }

  /** What {@code except} leaves out; a column that is called except has a type, not a list. */
  private static Optional<YamlValue> leftOut(YamlMapping columns) {
    return columns.get(EXCEPT).filter(YamlValue::isList);
  }

  private static @Nullable String column(YamlMapping mapping, String key) {
    return mapping.get(key).map(YamlValue::column).orElse(null);
  }

  private static List<String> columns(YamlMapping mapping, String key) {
    return mapping.get(key).map(TableSection::columns).orElse(List.of());
  }

  private static List<String> columns(YamlValue value) {
    List<String> columns = new ArrayList<>();
    for (YamlValue item : value.items("a column or a list of columns")) {
      String column = item.column();
      if (columns.contains(column)) {
        throw item.refuse(
            item.path() + " names column " + Words.quote(column) + " again", "name it once");
      }
      columns.add(column);
    }
    return columns;
  }

  /** The columns that have types; empty where there are only those to leave out. */
  private static Optional<Schema> schema(YamlMapping columns) {
    YamlValue value = columns.value();
    Map<String, YamlValue> types = new LinkedHashMap<>(columns.all());
    if (types.isEmpty()) {
      throw value.refuse(value.path() + " is empty", "name the columns, or leave columns away");
    }
    if (leftOut(columns).isPresent()) {
      types.remove(EXCEPT);
    }
    if (types.isEmpty()) {
      return Optional.empty();
    }
    List<Schema.Field> fields = new ArrayList<>();
    types.forEach(
        (column, type) ->
            value.reading().attempt(() -> fields.add(new Schema.Field(column, type(type)))));
    try {
      return Optional.of(ColumnNames.normalise(new Schema(fields)));
    } catch (IllegalArgumentException e) {
      throw value.refuse(
          value.path() + " names columns that a table cannot tell apart",
          String.valueOf(e.getMessage()));
    }
  }

  private static Type type(YamlValue value) {
    String text = value.text("a type, such as array<string>");
    if (text.length() > MAX_TYPE) {
      throw value.refuse(
          value.path() + " is a type of " + text.length() + " characters",
          "expected at most " + MAX_TYPE);
    }
    try {
      return Type.parse(text);
    } catch (IllegalArgumentException e) {
      throw value.refuse(
          value.path() + " is " + Words.quote(text) + ", which is no type",
          String.valueOf(e.getMessage()));
    }
  }
}
