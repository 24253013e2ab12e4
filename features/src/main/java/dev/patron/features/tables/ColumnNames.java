package dev.patron.features.tables;

import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Names of columns as tables can have them. Avro, and with it every reader of the tables, allows
 * letters of ASCII, digits and underscores, and no digit first; the headers of real files have
 * {@code Customer ID} and {@code Order-Date}. Every other character becomes an underscore, and a
 * leading digit gets one before it. Applied wherever names enter: in records, files and the dataset
 * definition, so that all mean the same column.
 */
public final class ColumnNames {
  private ColumnNames() {}

  /** The name that a table gives to a column that its source calls so; the same if it may be. */
  public static String normalise(String name) {
    if (isNormal(name)) {
      return name;
    }
    StringBuilder normal = new StringBuilder(name.length() + 1);
    if (!name.isEmpty() && isDigit(name.charAt(0))) {
      normal.append('_');
    }
    name.codePoints().forEach(c -> normal.appendCodePoint(isAllowed(c) ? c : '_'));
    return normal.toString();
  }

  /**
   * The names that a table gives to columns that a source tells apart, in their order.
   *
   * @param names different from one another
   * @throws IllegalArgumentException if two would become one, naming both
   */
  public static List<String> normalise(Collection<String> names) {
    Map<String, String> sources = new LinkedHashMap<>();
    for (String name : names) {
      String normal = normalise(name);
      String other = sources.putIfAbsent(normal, name);
      if (other != null) {
        throw new IllegalArgumentException(
            "columns '%s' and '%s' would both be named '%s'; rename one at its source"
                .formatted(other, name, normal));
      }
    }
    return List.copyOf(sources.keySet());
  }

  /**
   * The schema with the names of its columns, and of those within rows, as tables can have them.
   *
   * @throws IllegalArgumentException if two would become one, naming both
   */
  public static Schema normalise(Schema schema) {
    List<String> names = normalise(schema.names());
    List<Schema.Field> fields = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      fields.add(new Schema.Field(names.get(i), normalise(schema.field(i).type())));
    }
    return new Schema(fields);
  }

  /**
   * The type with the names within its rows as tables can have them.
   *
   * @throws IllegalArgumentException if two would become one, naming both
   */
  public static Type normalise(Type type) {
    if (type instanceof Type.RowOf row) {
      return new Type.RowOf(normalise(row.schema()));
    }
    return type instanceof Type.ListOf list ? new Type.ListOf(normalise(list.element())) : type;
  }

  private static boolean isNormal(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (!isAllowed(name.charAt(i))) {
        return false;
      }
    }
    return name.isEmpty() || !isDigit(name.charAt(0));
  }

  private static boolean isAllowed(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || isDigit(c);
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }
}
