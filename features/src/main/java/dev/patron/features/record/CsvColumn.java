package dev.patron.features.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.patron.features.tables.ColumnNames;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One column of a CSV file with a header, for small files that a person writes. */
public final class CsvColumn {
  private final CsvRecord csv = new CsvRecord(',');
  private final List<String> wanted;
  private final List<String> values = new ArrayList<>();
  private int field = -1;
  private int fields;

  private CsvColumn(List<String> wanted) {
    this.wanted = wanted;
  }

  /**
   * The values of a column, without those that are empty.
   *
   * @param file the file, UTF-8
   * @param names what the column may be called, the best first; as the header has it, or as a table
   *     would, see {@link ColumnNames}
   * @throws IllegalArgumentException if there is no such column, or a line is no record of the
   *     header's length, in words that follow the file's name
   */
  public static List<String> read(byte[] file, List<String> names) {
    CsvColumn column = new CsvColumn(names);
    RecordSplitter splitter = RecordSplitter.csv(',', column::take);
    splitter.accept(file, 0, file.length);
    splitter.finish();
    if (column.field < 0) {
      throw new IllegalArgumentException(" is empty; it needs a header");
    }
    return column.values;
  }

  private void take(long line, byte[] bytes, int from, int to, @Nullable String fault) {
    if (field < 0) {
      header(CsvHeader.names(csv, bytes, from, to));
      return;
    }
    if (BronzeFrames.isBlank(bytes, from, to)) {
      return;
    }
    if (fault != null || !csv.read(bytes, from, to) || csv.size() != fields) {
      throw new IllegalArgumentException(
          ":%d: no CSV record of %d fields as its header is".formatted(line, fields));
    }
    int start = csv.from(field);
    String value = new String(csv.array(field), start, csv.to(field) - start, UTF_8);
    if (!value.isBlank()) {
      values.add(value);
    }
  }

  private void header(List<String> names) {
    fields = names.size();
    for (String name : wanted) {
      for (int i = 0; i < fields && field < 0; i++) {
        String given = names.get(i).replace("\uFEFF", "");
        field = given.equals(name) || ColumnNames.normalise(given).equals(name) ? i : -1;
      }
    }
    if (field < 0) {
      throw new IllegalArgumentException(
          " has no column "
              + String.join(" or ", wanted.stream().map(name -> "'" + name + "'").toList())
              + " among "
              + names);
    }
  }
}
