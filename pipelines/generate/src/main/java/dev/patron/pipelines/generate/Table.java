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
          default -> "insert";
        };
    List<@Nullable Object> values =
        row != null
            ? new ArrayList<>(row)
            : new ArrayList<>(keyAlone(change.key()).subList(0, flat.size() - 2));
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
