package dev.patron.transforms.lake;

import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.util.ArrayList;
import java.util.List;

/** How a table's columns may grow without its files being written anew: by new columns alone. */
final class SchemaEvolution {
  private SchemaEvolution() {}

  /**
   * The table's columns followed by those that only the rows have, also within rows.
   *
   * @throws LakeException if a column has another type in the rows
   */
  static Schema merge(String table, Schema old, Schema rows) {
    return merge(table, "", old, rows);
  }

  private static Schema merge(String table, String prefix, Schema old, Schema rows) {
    List<Schema.Field> merged = new ArrayList<>();
    for (Schema.Field field : old.fields()) {
      merged.add(
          rows.has(field.name())
              ? new Schema.Field(
                  field.name(),
                  merge(table, prefix + field.name(), field.type(), rows.type(field.name())))
              : field);
    }
    for (Schema.Field field : rows.fields()) {
      if (!old.has(field.name())) {
        merged.add(field);
      }
    }
    return new Schema(merged);
  }

  private static Type merge(String table, String column, Type old, Type rows) {
    if (old.equals(rows)) {
      return old;
    }
    if (old instanceof Type.ListOf list && rows instanceof Type.ListOf other) {
      return new Type.ListOf(merge(table, column + "[]", list.element(), other.element()));
    }
    if (old instanceof Type.RowOf row && rows instanceof Type.RowOf other) {
      return new Type.RowOf(merge(table, column + ".", row.schema(), other.schema()));
    }
    throw new LakeException(
        "%s: column '%s' is %s in the table and %s in the new rows; only overwriting the table can change it"
            .formatted(table, column, old, rows));
  }

  /**
   * Whether every value of a file's column is one of the table's column: equal, or fewer fields.
   */
  static boolean isWithin(Type file, Type table) {
    if (file instanceof Type.ListOf list && table instanceof Type.ListOf other) {
      return isWithin(list.element(), other.element());
    }
    if (file instanceof Type.RowOf row && table instanceof Type.RowOf other) {
      return row.schema().fields().stream()
          .allMatch(
              field ->
                  other.schema().has(field.name())
                      && isWithin(field.type(), other.schema().type(field.name())));
    }
    return file.equals(table);
  }
}
