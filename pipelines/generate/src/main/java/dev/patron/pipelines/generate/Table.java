package dev.patron.pipelines.generate;

import dev.patron.pipelines.generate.Chance.Purpose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table of the shop's database.
 *
 * @param columns its columns, the key first
 * @param typed a column that cannot hold any text
 * @param flatTyped such a column of the flat row that is not its sequence
 * @param flat what a flat change row has: these columns, {@code row_status} and {@code row_time}
 */
record Table(
    String name,
    List<String> columns,
    List<String> flat,
    String typed,
    String flatTyped,
    Purpose delivery) {

  static final Table BOOKS =
      new Table(
          "books",
          List.of("book_id", "title", "author", "price", "updated"),
          List.of("book_id", "title", "author", "price", "updated", "row_status", "row_time"),
          "price",
          "price",
          Purpose.BOOK_DELIVERY);

  static final Table CUSTOMERS;

  static {
    List<String> columns =
        List.of(
            "customer_id",
            "email",
            "first_name",
            "last_name",
            "gender",
            "street",
            "city",
            "country_code",
            "row_status",
            "row_time");
    CUSTOMERS =
        new Table(
            "customers", columns, columns, "row_time", "customer_id", Purpose.CUSTOMER_DELIVERY);
  }

  /** The same with another column, the last of its own. */
  Table with(String column) {
    List<String> more = new ArrayList<>(columns);
    more.add(column);
    List<String> flatMore = new ArrayList<>(flat);
    flatMore.add(columns.size(), column);
    return new Table(name, List.copyOf(more), List.copyOf(flatMore), typed, flatTyped, delivery);
  }

  /** The row, inserted at this instant: where the table itself says when, it says so. */
  List<@Nullable Object> written(List<@Nullable Object> row, long at) {
    List<@Nullable Object> written = new ArrayList<>(row);
    if (columns.equals(flat)) {
      written.set(row.size() - 2, "insert");
      written.set(row.size() - 1, Calendar.text(at));
    }
    return written;
  }

  boolean has(String column) {
    return columns.contains(column);
  }

  String key() {
    return columns.get(0);
  }

  /** The change as a flat row: nothing but the key, what happened and when for a delete. */
  List<@Nullable Object> flatRow(Change change) {
    List<@Nullable Object> row = change.row();
    if (row != null && row.size() == flat.size()) {
      return row;
    }
    String status =
        switch (change.op()) {
          case 'd' -> "delete";
          case 'u' -> "update";
          case 't' -> "truncate";
          default -> "insert";
        };
    List<@Nullable Object> values =
        row != null
            ? new ArrayList<>(row)
            : new ArrayList<>(keyAlone(change.key()).subList(0, flat.size() - 2));
    while (values.size() < flat.size() - 2) {
      values.add(null); // a column that was not there yet
    }
    if (change.op() == 't') {
      values.set(0, null);
    }
    values.add(status);
    values.add(Calendar.text(change.at()));
    return values;
  }

  /** A row of this key and nulls, at least as wide as the flat form. */
  List<@Nullable Object> keyAlone(long key) {
    @Nullable Object[] values = new @Nullable Object[flat.size()];
    values[0] = key;
    return Arrays.asList(values);
  }
}
