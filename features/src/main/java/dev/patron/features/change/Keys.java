package dev.patron.features.change;

import dev.patron.features.frame.Frame;
import java.util.List;

/** The order of rows by their key: ascending, column by column. */
final class Keys {
  private final ColumnOrder[] columns;

  Keys(Frame frame, List<String> names) {
    columns = names.stream().map(frame::column).map(ColumnOrder::new).toArray(ColumnOrder[]::new);
  }

  int compare(int a, int b) {
    for (ColumnOrder column : columns) {
      int order = column.compare(a, b);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  boolean same(int a, int b) {
    return compare(a, b) == 0;
  }
}
