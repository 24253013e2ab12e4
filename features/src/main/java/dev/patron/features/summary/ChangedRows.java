package dev.patron.features.summary;

import dev.patron.features.frame.Frame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which rows of a table are new, not what they were, or gone. */
public final class ChangedRows {
  private ChangedRows() {}

  /**
   * The rows of {@code now}, in their order, that {@code before} does not have.
   *
   * @param before the rows as they were, one a key
   * @param now the rows as they are, one a key
   * @param key what identifies a row
   * @param ignored columns that may differ in rows that count as equal
   */
  public static Frame between(Frame before, Frame now, String key, List<String> ignored) {
    List<String> compared =
        now.schema().names().stream()
            .filter(name -> !ignored.contains(name) && before.schema().has(name))
            .toList();
    Map<@Nullable Object, List<@Nullable Object>> known = new HashMap<>();
    for (int row = 0; row < before.rows(); row++) {
      known.put(before.value(row, key), values(before, row, compared));
    }
    return now.filter(row -> !values(now, row, compared).equals(known.get(now.value(row, key))));
  }

  /** The rows of {@code before}, in their order, whose keys {@code now} does not have. */
  public static Frame gone(Frame before, Frame now, String key) {
    Set<@Nullable Object> there = new HashSet<>();
    for (int row = 0; row < now.rows(); row++) {
      there.add(now.value(row, key));
    }
    return before.filter(row -> !there.contains(before.value(row, key)));
  }

  private static List<@Nullable Object> values(Frame frame, int row, List<String> columns) {
    List<@Nullable Object> values = new ArrayList<>(columns.size());
    for (String column : columns) {
      values.add(frame.value(row, column));
    }
    return values;
  }
}
