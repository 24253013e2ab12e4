package dev.patron.features.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;

/** The header line of a CSV file. */
final class CsvHeader {
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
}
