package dev.patron.pipelines.dataset;

import dev.patron.features.tables.ColumnNames;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads {@code personal}: the columns that say whose a row is, as {@code customers.id}. */
final class PersonalSection {
  private static final String EXPECTED =
      "a table and a column of it, such as customers.id, or a list of them";

  private PersonalSection() {}

  /** The column of each table that is named. */
  static Map<String, String> read(YamlValue value) {
    Map<String, String> columns = new LinkedHashMap<>();
    for (YamlValue item : value.items(EXPECTED)) {
      String text = item.text(EXPECTED);
      int dot = text.indexOf('.');
      if (dot < 1 || dot == text.length() - 1) {
        throw item.refuse(item.path() + " is " + item.found(), "expected " + EXPECTED);
      }
      String table = text.substring(0, dot);
      if (columns.put(table, ColumnNames.normalise(text.substring(dot + 1))) != null) {
        throw item.refuse(
            item.path() + " names table '" + table + "' again",
            "a row is of one customer: name one column of each table");
      }
    }
    return columns;
  }
}
