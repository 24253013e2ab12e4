package dev.patron.features.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.patron.features.tables.ColumnNames;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.TableDefinition.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The header line of a CSV file. */
final class CsvHeader {
  private static final int MOST_SHOWN = 120;

  private CsvHeader() {}

  /** The names of the columns, without blanks around them; empty if it is no CSV record. */
  static List<String> names(CsvRecord csv, byte[] bytes, int from, int to) {
    List<String> names = new ArrayList<>();
    if (csv.read(bytes, from, to)) {
      for (int field = 0; field < csv.size(); field++) {
        int start = csv.from(field);
        names.add(new String(csv.array(field), start, csv.to(field) - start, UTF_8).strip());
      }
    }
    return names;
  }

  /**
   * What is wrong with the header of a file: that it lacks a column that the dataset names, as that
   * of another table does, or the first row of a file without a header; or has it twice. Any other
   * column may be missing, and is null then. Null if nothing is wrong.
   */
  static @Nullable String problem(List<String> header, TableDefinition table) {
    List<String> names = header.stream().map(ColumnNames::normalise).toList();
    for (Map.Entry<String, Role> role : table.roles().entrySet()) {
      String column = role.getKey();
      int count = Collections.frequency(names, column);
      boolean mayBeMissing = role.getValue() == Role.PLACE && count == 0;
      // Fields of order lines have their place in one column, which CSV cannot hold.
      if (count != 1 && !mayBeMissing && !column.contains(".")) {
        return "the header of its file has %s column '%s': %s"
            .formatted(count == 0 ? "no" : count + " times", column, shown(header));
      }
    }
    return null;
  }

  private static String shown(List<String> header) {
    String text = String.join(", ", header);
    return text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "...";
  }
}
