package dev.patron.runners.databricks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of SQL statements with {@code ${name}} where a place is to be filled in. A statement ends
 * with a semicolon at the end of a line; lines that begin with {@code --} are comments.
 */
final class SqlScript {
  private static final Pattern PLACE = Pattern.compile("\\$\\{([^}]*)}");

  private SqlScript() {}

  /**
   * The statements of a script, in order, without their semicolons.
   *
   * @param values what the places stand for
   * @throws IllegalArgumentException if a place has no value, or a value could end the name or text
   *     that it stands in
   */
  static List<String> statements(String script, Map<String, String> values) {
    values.forEach(SqlScript::check);
    List<String> statements = new ArrayList<>();
    StringBuilder statement = new StringBuilder();
    for (String line : script.lines().toList()) {
      if (line.stripLeading().startsWith("--")) {
        continue;
      }
      String filled = PLACE.matcher(line).replaceAll(place -> value(place, values));
      statement.append(filled).append('\n');
      if (filled.stripTrailing().endsWith(";")) {
        String whole = statement.toString().strip();
        statements.add(whole.substring(0, whole.length() - 1));
        statement.setLength(0);
      }
    }
    if (!statement.toString().isBlank()) {
      throw new IllegalArgumentException(
          "the last statement does not end with a semicolon: " + statement.toString().strip());
    }
    return statements;
  }

  private static void check(String name, String value) {
    if (value.isEmpty()
        || value.chars().anyMatch(c -> c == '\'' || c == '`' || c == ';' || c < ' ')) {
      throw new IllegalArgumentException("--" + name + "=" + value + " cannot stand in SQL");
    }
  }

  private static String value(MatchResult place, Map<String, String> values) {
    String value = values.get(place.group(1));
    if (value == null) {
      throw new IllegalArgumentException(
          "nothing is said for %s; add --%s=...".formatted(place.group(), place.group(1)));
    }
    return Matcher.quoteReplacement(value);
  }
}
