package dev.patron.pipelines.query;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * SQL as DuckDB's lexer sees it: code, and what only looks like code because it stands in quotes or
 * comments. Nothing here decides what is allowed; DuckDB's own parser does that ({@link Question}).
 */
final class SqlText {
  /** One lexical piece that is no code: a comment, a text, or a quoted name. */
  private static final Pattern NO_CODE =
      Pattern.compile(
          "--[^\\n]*" // to the end of the line
              + "|[eE]'(?:[^'\\\\]|\\\\.|'')*+'?" // with backslashes
              + "|'(?:[^']|'')*+'?"
              + "|\"(?:[^\"]|\"\")*+\"?"
              + "|\\$((?:[A-Za-z_][A-Za-z0-9_]*)?)\\$.*?(?:\\$\\1\\$|\\z)",
          Pattern.DOTALL);

  private static final Pattern VERSIONED =
      Pattern.compile("\\b([A-Za-z_]\\w*)\\s*\\.\\s*([A-Za-z_]\\w*)@(\\d+)\\b");

  private static final Pattern EXPLAIN =
      Pattern.compile("\\s*explain\\b(\\s+analyze\\b)?", Pattern.CASE_INSENSITIVE);

  private final String text;
  private final boolean[] code;

  SqlText(String text) {
    this.text = text;
    this.code = code(text);
  }

  /** For each character whether it is code; what is not closed goes on to the end. */
  private static boolean[] code(String text) {
    boolean[] code = new boolean[text.length()];
    var noCode = NO_CODE.matcher(text);
    int at = 0;
    while (at < text.length()) {
      if (text.startsWith("/*", at)) {
        at = endOfComment(text, at);
      } else if ("-eE'\"$".indexOf(text.charAt(at)) >= 0
          && !continuesWord(text, at)
          && noCode.region(at, text.length()).lookingAt()) {
        at = noCode.end();
      } else {
        code[at++] = true;
      }
    }
    return code;
  }

  /** An {@code e} or {@code $} inside a word opens nothing; quotes always do. */
  private static boolean continuesWord(String text, int at) {
    char c = text.charAt(at);
    return (c == 'e' || c == 'E' || c == '$')
        && at > 0
        && (Character.isLetterOrDigit(text.charAt(at - 1)) || text.charAt(at - 1) == '_');
  }

  /** Comments nest. */
  private static int endOfComment(String text, int from) {
    int depth = 0;
    int at = from;
    while (at < text.length()) {
      if (text.startsWith("/*", at)) {
        depth++;
        at += 2;
      } else if (text.startsWith("*/", at)) {
        at += 2;
        if (--depth == 0) {
          return at;
        }
      } else {
        at++;
      }
    }
    return at;
  }

  /** The statements between the semicolons, those left out that are blank or comments alone. */
  List<String> statements() {
    List<String> statements = new ArrayList<>();
    int from = 0;
    for (int at = 0; at <= text.length(); at++) {
      if (at == text.length() || (code[at] && text.charAt(at) == ';')) {
        if (!isBlank(from, at)) {
          statements.add(text.substring(from, at).strip());
        }
        from = at + 1;
      }
    }
    return statements;
  }

  /** Whether a semicolon ends it, or there is nothing to end. */
  boolean isComplete() {
    for (int at = text.length() - 1; at >= 0; at--) {
      if (code[at] && !Character.isWhitespace(text.charAt(at))) {
        return text.charAt(at) == ';';
      }
      if (!code[at] && !isComment(at)) {
        return false;
      }
    }
    return true;
  }

  private boolean isBlank(int from, int to) {
    for (int at = from; at < to; at++) {
      if (code[at] ? !Character.isWhitespace(text.charAt(at)) : !isComment(at)) {
        return false;
      }
    }
    return true;
  }

  /** Whether what is no code at this place is a comment rather than a text or a name. */
  private boolean isComment(int at) {
    int from = at;
    while (from > 0 && !code[from - 1]) {
      from--;
    }
    return text.startsWith("--", from) || text.startsWith("/*", from);
  }

  /**
   * With {@code "tier.table@3"} where {@code tier.table@3} stood: a name that DuckDB can parse.
   *
   * @param tiers the words that may stand before the dot
   */
  String withVersionsQuoted(List<String> tiers) {
    return VERSIONED
        .matcher(text)
        .replaceAll(
            found ->
                code[found.start()] && tiers.contains(found.group(1).toLowerCase(Locale.ROOT))
                    ? quoted(found)
                    : Matcher.quoteReplacement(found.group()));
  }

  private static String quoted(MatchResult found) {
    return "\"%s.%s@%s\"".formatted(found.group(1), found.group(2), found.group(3));
  }

  /** What {@code explain} is to explain; the text itself where it does not begin so. */
  String explained() {
    int from = 0;
    while (from < text.length() && !code[from]) {
      from++;
    }
    var explain = EXPLAIN.matcher(text).region(from, text.length());
    return explain.lookingAt() ? text.substring(explain.end()) : text;
  }
}
