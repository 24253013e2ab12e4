package dev.patron.runners.serving;

import java.util.ArrayList;
import java.util.List;

/** CSV of RFC 4180: the fields of each line. Lines without anything do not count. */
final class CsvLines {
  private final String text;
  private int at;
  private int number = 1;

  private CsvLines(String text) {
    this.text = text;
  }

  /**
   * All lines.
   *
   * @throws BadRequest if a quote is astray
   */
  static List<List<String>> of(String text) {
    CsvLines reading = new CsvLines(text);
    List<List<String>> lines = new ArrayList<>();
    while (reading.at < text.length()) {
      List<String> line = reading.line();
      if (line.size() > 1 || !line.get(0).isEmpty()) {
        lines.add(line);
      }
    }
    return lines;
  }

  private List<String> line() {
    List<String> fields = new ArrayList<>();
    while (true) {
      fields.add(field());
      if (at == text.length()) {
        return fields;
      }
      char end = text.charAt(at++);
      if (end == ',') {
        continue;
      }
      if (end == '\r' && at < text.length() && text.charAt(at) == '\n') {
        at++;
      }
      number++;
      return fields;
    }
  }

  private String field() {
    if (at < text.length() && text.charAt(at) == '"') {
      return quoted();
    }
    int from = at;
    while (at < text.length() && ",\r\n".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    return text.substring(from, at);
  }

  private String quoted() {
    StringBuilder field = new StringBuilder();
    at++;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c != '"') {
        field.append(c);
      } else if (at < text.length() && text.charAt(at) == '"') {
        field.append('"');
        at++;
      } else if (at == text.length() || ",\r\n".indexOf(text.charAt(at)) >= 0) {
        return field.toString();
      } else {
        break;
      }
    }
    throw new BadRequest("line " + number + " of the CSV has a quote that does not end its field");
  }
}
