package dev.patron.pipelines.query;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.patron.pipelines.console.UsageException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * One statement that only asks, by the judgement of DuckDB's own parser: it serialises the syntax
 * tree of questions and of nothing else, and in that tree stand all tables and table functions.
 *
 * @param text what will be asked
 * @param tables what it reads, as it names it
 * @param looksAtCatalogue whether it asks about tables rather than of them
 */
record Question(String text, List<TableName> tables, boolean looksAtCatalogue) {

  /**
   * A table as a question names it.
   *
   * @param schema empty where only the table is named
   */
  record TableName(String schema, String table) {
    @Override
    public String toString() {
      return schema.isEmpty() ? table : schema + "." + table;
    }
  }

  /** Table functions that make rows of their arguments, or tell of the database itself. */
  private static final Set<String> FUNCTIONS =
      Set.of(
          "generate_series",
          "json_each",
          "json_tree",
          "pg_timezone_names",
          "pragma_version",
          "range",
          "repeat",
          "repeat_row",
          "unnest");

  private static final String ABOUT_ITSELF = "duckdb_";
  private static final Set<String> CATALOGUES = Set.of("information_schema", "pg_catalog");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The parser: a statement in, its tree out, see DuckDB's {@code json_serialize_sql}. */
  @FunctionalInterface
  interface Parser {
    String parse(String statement);
  }

  /**
   * Understands one statement.
   *
   * @throws UsageException if it is no SQL, or does anything but ask
   */
  static Question of(String statement, Parser parser) {
    JsonNode tree = tree(parser.parse(new SqlText(statement).explained()));
    if (tree.path("error").asBoolean(true)) {
      throw refused(tree);
    }
    if (tree.path("statements").size() != 1) {
      throw new UsageException("one question at a time is expected, not " + statement);
    }
    Reading reading = new Reading();
    reading.findNames(tree);
    reading.visit(tree);
    return new Question(statement, reading.tables, reading.catalogue);
  }

  private static JsonNode tree(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("DuckDB serialises syntax trees as JSON", e);
    }
  }

  private static UsageException refused(JsonNode tree) {
    String message = tree.path("error_message").asText();
    if (tree.path("error_type").asText().equals("not implemented")) {
      return new UsageException(
          "sql only reads: select, from, with, values, describe, summarize, show and explain are"
              + " understood"
              + (message.startsWith("Only SELECT") ? "" : " (" + message + ")"));
    }
    String position = tree.path("position").asText("");
    return new UsageException(
        message.replace('\n', ' ')
            + (position.isEmpty() ? "" : " (at character " + (Long.parseLong(position) + 1) + ")"));
  }

  /** A walk through the tree. */
  private static final class Reading {
    private final List<TableName> tables = new ArrayList<>();
    private final Set<String> named = new HashSet<>();
    private boolean catalogue;

    /** Collects the names that the question itself gives by {@code with}. */
    private void findNames(JsonNode node) {
      node.path("cte_map").path("map").forEach(entry -> name(entry.path("key")));
      name(node.path("cte_name"));
      name(node.path("ctename"));
      node.forEach(this::findNames);
    }

    private void name(JsonNode node) {
      if (node.isTextual()) {
        named.add(node.textValue().toLowerCase(Locale.ROOT));
      }
    }

    private void visit(JsonNode node) {
      switch (node.path("type").asText("")) {
        case "BASE_TABLE" -> table(node);
        case "TABLE_FUNCTION" -> function(node.path("function").path("function_name").asText());
        case "SHOW_REF" -> catalogue |= node.path("query").isNull();
        default -> {}
      }
      node.forEach(this::visit);
    }

    private void table(JsonNode node) {
      String schema = node.path("schema_name").asText().toLowerCase(Locale.ROOT);
      String table = node.path("table_name").asText();
      String lower = table.toLowerCase(Locale.ROOT);
      if (CATALOGUES.contains(schema) || (schema.isEmpty() && lower.startsWith(ABOUT_ITSELF))) {
        catalogue = true;
      } else if (!schema.isEmpty() || !named.contains(lower)) {
        tables.add(new TableName(schema, table));
      }
    }

    private void function(String name) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (lower.startsWith(ABOUT_ITSELF)) {
        catalogue = true;
      } else if (!FUNCTIONS.contains(lower)) {
        throw new UsageException(
            "sql reads the tables of the warehouse and nothing else; "
                + name
                + "() is not offered");
      }
    }
  }
}
