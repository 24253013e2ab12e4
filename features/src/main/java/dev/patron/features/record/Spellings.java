package dev.patron.features.record;

import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Names that differ in case alone: the readers of tables do not tell them apart, so that of several
 * one is a column, and the others are unknown ones. It is that which the dataset names, else that
 * which is a column already, else the smallest. Fields of rows have their outer names before them.
 */
final class Spellings {
  private final Set<String> named;
  private final Set<String> columns;
  private final Set<String> others;
  private final TreeSet<String> found = new TreeSet<>();

  /**
   * @param named what the dataset names
   * @param columns what is a column already
   * @param others what was found to be none
   */
  Spellings(Set<String> named, Set<String> columns, Set<String> others) {
    this.named = named;
    this.columns = columns;
    this.others = others;
  }

  /** The columns, one of each spelling. */
  Schema one(Schema schema) {
    return one(schema, "");
  }

  /** What was not taken as a column. */
  Set<String> others() {
    return found;
  }

  private Schema one(Schema schema, String outer) {
    Comparator<String> best =
        Comparator.comparingInt((String name) -> rank(outer + name))
            .thenComparing(Comparator.naturalOrder());
    Map<String, String> taken = new HashMap<>();
    for (String name : schema.names()) {
      taken.merge(name.toLowerCase(Locale.ROOT), name, (a, b) -> best.compare(a, b) <= 0 ? a : b);
    }
    List<Schema.Field> fields = new ArrayList<>();
    for (Schema.Field field : schema.fields()) {
      String name = field.name();
      if (name.equals(taken.get(name.toLowerCase(Locale.ROOT)))) {
        fields.add(new Schema.Field(name, one(field.type(), outer + name + ".")));
      } else {
        found.add(outer + name);
      }
    }
    return new Schema(fields);
  }

  private Type one(Type type, String outer) {
    if (type instanceof Type.RowOf row) {
      return new Type.RowOf(one(row.schema(), outer));
    }
    return type instanceof Type.ListOf list ? new Type.ListOf(one(list.element(), outer)) : type;
  }

  private int rank(String path) {
    if (named.contains(path)) {
      return 0;
    }
    return columns.contains(path) ? 1 : others.contains(path) ? 3 : 2;
  }

  /** The names of all columns, and of the fields within them. */
  static Set<String> of(Schema schema) {
    Set<String> paths = new TreeSet<>();
    add(schema, "", paths);
    return paths;
  }

  private static void add(Schema schema, String outer, Set<String> paths) {
    for (Schema.Field field : schema.fields()) {
      paths.add(outer + field.name());
      Type type = field.type();
      while (type instanceof Type.ListOf list) {
        type = list.element();
      }
      if (type instanceof Type.RowOf row) {
        add(row.schema(), outer + field.name() + ".", paths);
      }
    }
  }
}
