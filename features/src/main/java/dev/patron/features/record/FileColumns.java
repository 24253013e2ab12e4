package dev.patron.features.record;

import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.TableDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The columns of files that state their own, as Parquet files do, when they are put into one table:
 * all that any of them has. Names that differ in case alone are one column, and so are those of
 * fields within rows: that which the table has, else that which the dataset names, else the
 * smallest.
 *
 * <p>A column that the table has keeps its type, with the fields within rows that only a file has
 * behind its own. Another has the type that the dataset declares, if every file's values are values
 * of that; else that of most records, and of others that can be held with them, and so has each
 * field within rows. So types do not depend on the order of the files. What a column does not hold,
 * {@link FittedRows} keep.
 */
public final class FileColumns {
  /** From a name with those around it, all in lower case, to how it alone is spelled. */
  private final Map<String, String> spellings = new HashMap<>();

  private FileColumns() {}

  /**
   * What a file states.
   *
   * @param columns those that have a type
   * @param untyped the names of those that have none, as all their values are null
   * @param rows how many records there are of it
   */
  public record Stated(Schema columns, List<String> untyped, long rows) {
    public Stated {
      untyped = List.copyOf(untyped);
    }
  }

  /**
   * The columns that the files together give a type.
   *
   * @param present what the table has
   * @param known the names of columns that were seen before
   */
  public static Schema of(
      List<Stated> files, Schema present, List<String> known, TableDefinition table) {
    FileColumns columns = spelling(files, present, known, table);
    Map<String, Map<String, Long>> types = new LinkedHashMap<>();
    for (Stated file : files) {
      for (Schema.Field field : columns.spelled(file.columns(), "").fields()) {
        types
            .computeIfAbsent(field.name(), name -> new TreeMap<>())
            .merge(field.type().toString(), file.rows(), Long::sum);
      }
    }
    Schema declared = table.declared() == null ? Schema.of() : table.declared();
    List<Schema.Field> fields = new ArrayList<>();
    types.forEach(
        (name, stated) ->
            fields.add(new Schema.Field(name, type(name, stated, present, declared))));
    return new Schema(fields);
  }

  private static Type type(String name, Map<String, Long> stated, Schema present, Schema declared) {
    Type most = WiderTypes.ofMost(stated, null);
    if (present.has(name)) {
      return WiderTypes.grown(present.type(name), most);
    }
    return declared.has(name)
            && stated.keySet().stream()
                .allMatch(type -> WiderTypes.isWithin(Type.parse(type), declared.type(name)))
        ? WiderTypes.grown(declared.type(name), most)
        : most;
  }

  /** The columns that no file gives a type, and the table has not; the parameters are the same. */
  public static List<String> untyped(
      List<Stated> files, Schema present, List<String> known, TableDefinition table) {
    FileColumns columns = spelling(files, present, known, table);
    Set<String> untyped = new TreeSet<>();
    for (Stated file : files) {
      file.untyped().forEach(name -> untyped.add(columns.spelled(name, "")));
    }
    untyped.removeAll(of(files, present, known, table).names());
    untyped.removeAll(present.names());
    return List.copyOf(untyped);
  }

  private static FileColumns spelling(
      List<Stated> files, Schema present, List<String> known, TableDefinition table) {
    FileColumns columns = new FileColumns();
    columns.prefer(Spellings.of(present));
    columns.prefer(Set.copyOf(known));
    columns.prefer(SchemaEvidence.named(table));
    columns.prefer(table.declared() == null ? Set.of() : Spellings.of(table.declared()));
    Set<String> others = new HashSet<>();
    for (Stated file : files) {
      others.addAll(Spellings.of(file.columns()));
      others.addAll(file.untyped());
    }
    columns.prefer(others);
    return columns;
  }

  /** Takes the smallest of these spellings where there is none yet. */
  private void prefer(Set<String> paths) {
    Map<String, String> smallest = new HashMap<>();
    for (String path : paths) {
      smallest.merge(
          path.toLowerCase(Locale.ROOT), last(path), (a, b) -> a.compareTo(b) <= 0 ? a : b);
    }
    smallest.forEach(spellings::putIfAbsent);
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  private Schema spelled(Schema schema, String outer) {
    List<Schema.Field> fields = new ArrayList<>();
    for (Schema.Field field : schema.fields()) {
      String path = outer + field.name().toLowerCase(Locale.ROOT);
      fields.add(new Schema.Field(spelled(field.name(), outer), spelled(field.type(), path + ".")));
    }
    return new Schema(fields);
  }

  private String spelled(String name, String outer) {
    return spellings.getOrDefault(outer + name.toLowerCase(Locale.ROOT), name);
  }

  private Type spelled(Type type, String outer) {
    if (type instanceof Type.RowOf row) {
      return new Type.RowOf(spelled(row.schema(), outer));
    }
    return type instanceof Type.ListOf list
        ? new Type.ListOf(spelled(list.element(), outer))
        : type;
  }
}
