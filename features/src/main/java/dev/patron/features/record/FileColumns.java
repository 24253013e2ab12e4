package dev.patron.features.record;

import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.TableDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The columns of files that state their own, as Parquet files do, when they are put into one table:
 * all that any of them has. Names that differ in case alone are one column, and so are those of
 * fields within rows: that which the table has, else that which the dataset names, else the
 * smallest.
 */
public final class FileColumns {
  /** From a name with those around it, all in lower case, to how it alone is spelled. */
  private final Map<String, String> spellings = new HashMap<>();

  private FileColumns() {}

  /**
   * The columns of these files together, each with the type that the first of them gives it.
   *
   * @param present what the table has
   */
  public static Schema of(List<Schema> files, Schema present, TableDefinition table) {
    FileColumns columns = new FileColumns();
    columns.prefer(Spellings.of(present));
    columns.prefer(SchemaEvidence.named(table));
    columns.prefer(table.declared() == null ? Set.of() : Spellings.of(table.declared()));
    Set<String> others = new HashSet<>();
    files.forEach(file -> others.addAll(Spellings.of(file)));
    columns.prefer(others);
    List<Schema.Field> fields = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (Schema file : files) {
      for (Schema.Field field : columns.spelled(file, "").fields()) {
        if (taken.add(field.name())) {
          fields.add(field);
        }
      }
    }
    return new Schema(fields);
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
      String name = spellings.getOrDefault(path, field.name());
      fields.add(new Schema.Field(name, spelled(field.type(), path + ".")));
    }
    return new Schema(fields);
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
