package dev.patron.pipelines.query;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;

/**
 * CSV of RFC 4180 with a header, lines ending in a line feed. Null is an empty field, an empty text
 * a quoted one.
 */
final class CsvAnswer implements ResultWriter {
  @Override
  public void write(ResultSet rows, Appendable out) throws SQLException, IOException {
    ResultSetMetaData head = rows.getMetaData();
    int columns = head.getColumnCount();
    for (int i = 1; i <= columns; i++) {
      out.append(i == 1 ? "" : ",").append(field(head.getColumnLabel(i)));
    }
    out.append('\n');
    while (rows.next()) {
      for (int i = 1; i <= columns; i++) {
        Object value = Cell.get(rows, i);
        out.append(i == 1 ? "" : ",").append(value == null ? "" : field(Cell.text(value)));
      }
      out.append('\n');
    }
  }

  private static String field(String text) {
    boolean plain =
        !text.isEmpty()
            && text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? text : "\"" + text.replace("\"", "\"\"") + "\"";
  }
}
