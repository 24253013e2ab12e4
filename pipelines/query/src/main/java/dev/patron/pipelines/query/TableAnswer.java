package dev.patron.pipelines.query;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jline.utils.WCWidth;

/**
 * A table for people: names to the left, numbers to the right, a rule below the head. The widths
 * are those of the first {@value #LOOKED_AT} rows; what comes later and is wider sticks out.
 */
final class TableAnswer implements ResultWriter {
  private static final int LOOKED_AT = 1000;
  private static final String GAP = "  ";
  private static final String NULL = "-";
  private static final String PLAN = "explain_key";

  @Override
  public void write(ResultSet rows, Appendable out) throws SQLException, IOException {
    ResultSetMetaData head = rows.getMetaData();
    int columns = head.getColumnCount();
    if (columns == 2 && head.getColumnLabel(1).equals(PLAN)) {
      while (rows.next()) {
        out.append(rows.getString(2)).append('\n'); // a picture over many lines
      }
      return;
    }
    boolean[] right = new boolean[columns];
    List<String[]> lines = new ArrayList<>();
    String[] names = new String[columns];
    for (int i = 0; i < columns; i++) {
      names[i] = printable(head.getColumnLabel(i + 1));
      right[i] = isNumber(head.getColumnTypeName(i + 1));
    }
    lines.add(names);
    boolean more = true;
    while (lines.size() <= LOOKED_AT && (more = rows.next())) {
      lines.add(line(rows, columns));
    }
    int[] widths = new int[columns];
    for (String[] line : lines) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], width(line[i]));
      }
    }
    int rule = -GAP.length();
    for (int width : widths) {
      rule += width + GAP.length();
    }
    for (int at = 0; at < lines.size(); at++) {
      layOut(lines.get(at), widths, right, out);
      if (at == 0) {
        out.append("-".repeat(Math.max(0, rule))).append('\n');
      }
    }
    while (more && rows.next()) {
      layOut(line(rows, columns), widths, right, out);
    }
  }

  private static boolean isNumber(String type) {
    return type.endsWith("INT")
        || type.endsWith("INTEGER")
        || type.startsWith("DECIMAL")
        || type.equals("DOUBLE")
        || type.equals("FLOAT");
  }

  private static String[] line(ResultSet rows, int columns) throws SQLException {
    String[] line = new String[columns];
    for (int i = 0; i < columns; i++) {
      Object value = Cell.get(rows, i + 1);
      line[i] = value == null ? NULL : printable(Cell.text(value));
    }
    return line;
  }

  private static void layOut(String[] line, int[] widths, boolean[] right, Appendable out)
      throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < line.length; i++) {
      String padding = " ".repeat(Math.max(0, widths[i] - width(line[i])));
      text.append(i == 0 ? "" : GAP).append(right[i] ? padding + line[i] : line[i] + padding);
    }
    out.append(text.toString().stripTrailing()).append('\n');
  }

  private static int width(String text) {
    return text.codePoints().map(c -> Math.max(0, WCWidth.wcwidth(c))).sum();
  }

  /** What could steer a terminal, or turn the direction of writing, is shown and not done. */
  private static String printable(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '\n' -> shown.append("\\n");
                case '\r' -> shown.append("\\r");
                case '\t' -> shown.append("\\t");
                default -> shown.appendCodePoint(steers(c) ? '\uFFFD' : c);
              }
            });
    return shown.toString();
  }

  private static boolean steers(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    };
  }
}
