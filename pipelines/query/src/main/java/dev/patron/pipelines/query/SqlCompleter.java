package dev.patron.pipelines.query;

import dev.patron.features.frame.Schema;
import dev.patron.transforms.lake.LakeException;
import dev.patron.transforms.lake.TableSnapshot;
import java.util.List;
import java.util.Locale;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.jspecify.annotations.Nullable;

/** Completes tables, the columns of the tables that the line names (else of all), and SQL. */
final class SqlCompleter implements Completer {
  private static final List<String> WORDS =
      List.of(
          "and",
          "as",
          "asc",
          "avg(",
          "between",
          "by",
          "case",
          "cast(",
          "coalesce(",
          "count(*)",
          "date_trunc(",
          "desc",
          "describe",
          "distinct",
          "else",
          "end",
          "except",
          "exists",
          "explain",
          "false",
          "filter",
          "from",
          "full",
          "group",
          "having",
          "in",
          "inner",
          "interval",
          "is",
          "join",
          "left",
          "like",
          "limit",
          "max(",
          "median(",
          "min(",
          "not",
          "null",
          "offset",
          "on",
          "or",
          "order",
          "over",
          "partition",
          "quantile_cont(",
          "right",
          "round(",
          "select",
          "sum(",
          "summarize",
          "then",
          "true",
          "union",
          "using",
          "values",
          "when",
          "where",
          "window",
          "with");

  private final WarehouseViews views;
  private @Nullable List<TableSnapshot> known;

  SqlCompleter(WarehouseViews views) {
    this.views = views;
  }

  static boolean separates(char c) {
    return Character.isWhitespace(c) || "(),;=<>+-*/".indexOf(c) >= 0;
  }

  @Override
  public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    complete(line.line(), candidates);
  }

  void complete(String line, List<Candidate> candidates) {
    String lower = line.toLowerCase(Locale.ROOT);
    List<TableSnapshot> tables = tables();
    List<TableSnapshot> named =
        tables.stream()
            .filter(table -> lower.contains(WarehouseViews.name(table.table())))
            .toList();
    for (TableSnapshot table : tables) {
      candidates.add(candidate(WarehouseViews.name(table.table()), "table"));
    }
    for (TableSnapshot table : named.isEmpty() ? tables : named) {
      for (Schema.Field field : table.schema().fields()) {
        candidates.add(candidate(field.name(), "column"));
      }
    }
    WORDS.forEach(word -> candidates.add(candidate(word, "word")));
  }

  private static Candidate candidate(String value, String group) {
    return new Candidate(value, value, group, null, null, null, !value.endsWith("("));
  }

  /** Looked up once: the tables seldom change while somebody types, and a Tab must be quick. */
  private List<TableSnapshot> tables() {
    if (known == null) {
      try {
        known = views.snapshots();
      } catch (LakeException e) {
        return List.of(); // the question itself will say so
      }
    }
    return known;
  }
}
