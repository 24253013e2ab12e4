package dev.patron.runners.serving;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rows of a request, whichever of MLflow's forms they came in: values as JSON has them, {@link
 * MissingNode} where a row lacks a column. Texts of CSV are text nodes; its empty fields are null.
 *
 * @param columns the names, in the order in which they came
 * @param rows the values, by row and column
 * @param asText whether numbers came as text, as CSV has them
 */
record SentRows(List<String> columns, List<JsonNode[]> rows, boolean asText) {
  private static final Set<String> FORMS =
      Set.of("dataframe_split", "dataframe_records", "instances", "inputs");

  /** Python writes NaN as it is; what it stands for is judged where the column is known. */
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();

  /**
   * Reads a JSON body.
   *
   * @throws BadRequest if it is no JSON, or none of the four forms
   */
  static SentRows ofJson(byte[] body) {
    JsonNode root;
    try {
      root = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation(); // limits of the parser are passed nowhere in particular
      throw new BadRequest(
          "the body is not JSON: "
              + e.getOriginalMessage()
              + (at == null
                  ? ""
                  : " (line %d, column %d)".formatted(at.getLineNr(), at.getColumnNr())));
    } catch (IOException e) {
      throw new BadRequest("the body is not JSON in UTF-8");
    }
    if (!root.isObject()) {
      throw wrongForm("it is " + kind(root));
    }
    List<String> forms = new ArrayList<>();
    for (Iterator<String> names = root.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (FORMS.contains(name)) {
        forms.add(name);
      } else if (!name.equals("params")) {
        throw wrongForm("it has '" + name + "'");
      }
    }
    if (forms.size() != 1) {
      throw wrongForm(forms.isEmpty() ? "it has none" : "it has " + String.join(" and ", forms));
    }
    checkParams(root.path("params"));
    String form = forms.get(0);
    JsonNode data = root.get(form);
    return switch (form) {
      case "dataframe_split" -> split(data);
      case "inputs" -> data.isObject() ? columnar(data) : records(form, data);
      default -> records(form, data);
    };
  }

  private static BadRequest wrongForm(String found) {
    return new BadRequest(
        "the body must be a JSON object with exactly one of dataframe_split, dataframe_records,"
            + " instances and inputs; "
            + found);
  }

  private static void checkParams(JsonNode params) {
    if (!params.isMissingNode() && !(params.isObject() && params.isEmpty())) {
      throw new BadRequest("the models take no params; leave them out");
    }
  }

  /** {@code {"columns": [...], "data": [[...], ...]}}, with or without an {@code index}. */
  private static SentRows split(JsonNode data) {
    if (!data.isObject() || !data.path("columns").isArray() || !data.path("data").isArray()) {
      throw new BadRequest(
          "dataframe_split must be an object with the arrays 'columns' and 'data'");
    }
    List<String> columns = new ArrayList<>();
    for (JsonNode name : data.get("columns")) {
      if (!name.isTextual()) {
        throw new BadRequest("dataframe_split: a column's name is " + kind(name) + ", not a text");
      }
      columns.add(name.textValue());
    }
    checkDistinct(columns);
    List<JsonNode[]> rows = new ArrayList<>();
    for (JsonNode row : data.get("data")) {
      if (!row.isArray()) {
        throw new BadRequest("row %d is %s, not an array".formatted(rows.size() + 1, kind(row)));
      }
      if (row.size() != columns.size()) {
        throw new BadRequest(
            "row %d has %d values for %d columns"
                .formatted(rows.size() + 1, row.size(), columns.size()));
      }
      JsonNode[] values = new JsonNode[columns.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = row.get(i);
      }
      rows.add(values);
    }
    return new SentRows(columns, rows, false);
  }

  private static void checkDistinct(List<String> columns) {
    Set<String> seen = new HashSet<>();
    for (String column : columns) {
      if (!seen.add(column)) {
        throw new BadRequest("column '" + column + "' occurs twice");
      }
    }
  }

  /** {@code [{column: value, ...}, ...]}; rows may differ in what they lack. */
  private static SentRows records(String form, JsonNode data) {
    if (!data.isArray()) {
      throw new BadRequest(form + " must be an array of objects, not " + kind(data));
    }
    Set<String> names = new LinkedHashSet<>();
    int number = 0;
    for (JsonNode row : data) {
      number++;
      if (!row.isObject()) {
        throw new BadRequest(
            "row %d is %s; an object with a value for each column is wanted, for columns have names"
                .formatted(number, kind(row)));
      }
      row.fieldNames().forEachRemaining(names::add);
    }
    List<String> columns = List.copyOf(names);
    List<JsonNode[]> rows = new ArrayList<>(data.size());
    for (JsonNode row : data) {
      JsonNode[] values = new JsonNode[columns.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = row.path(columns.get(i));
      }
      rows.add(values);
    }
    return new SentRows(columns, rows, false);
  }

  /** {@code {column: [value, ...], ...}}; a value by itself is a column of one. */
  private static SentRows columnar(JsonNode data) {
    List<String> columns = new ArrayList<>();
    List<JsonNode> values = new ArrayList<>();
    int rows = -1;
    for (Iterator<Map.Entry<String, JsonNode>> fields = data.fields(); fields.hasNext(); ) {
      Map.Entry<String, JsonNode> field = fields.next();
      JsonNode column = field.getValue();
      int size = column.isArray() ? column.size() : 1;
      if (rows >= 0 && size != rows) {
        throw new BadRequest(
            "inputs: column '%s' has %d values, the first has %d"
                .formatted(field.getKey(), size, rows));
      }
      rows = size;
      columns.add(field.getKey());
      values.add(column);
    }
    List<JsonNode[]> all = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      JsonNode[] line = new JsonNode[columns.size()];
      for (int i = 0; i < line.length; i++) {
        line[i] = values.get(i).isArray() ? values.get(i).get(row) : values.get(i);
      }
      all.add(line);
    }
    return new SentRows(columns, all, false);
  }

  /**
   * Reads CSV of RFC 4180 with a header.
   *
   * @throws BadRequest if a quote is astray, or a row has another number of fields
   */
  static SentRows ofCsv(String text) {
    List<List<String>> lines = CsvLines.of(text.startsWith("\uFEFF") ? text.substring(1) : text);
    if (lines.isEmpty()) {
      throw new BadRequest("the body is empty; CSV begins with a header");
    }
    List<String> columns = lines.get(0);
    checkDistinct(columns);
    List<JsonNode[]> rows = new ArrayList<>();
    for (List<String> line : lines.subList(1, lines.size())) {
      if (line.size() != columns.size()) {
        throw new BadRequest(
            "row %d has %d values for %d columns"
                .formatted(rows.size() + 1, line.size(), columns.size()));
      }
      JsonNode[] values = new JsonNode[columns.size()];
      for (int i = 0; i < values.length; i++) {
        String field = line.get(i);
        values[i] =
            field.isEmpty() ? NullNode.getInstance() : JsonNodeFactory.instance.textNode(field);
      }
      rows.add(values);
    }
    return new SentRows(columns, rows, true);
  }

  /** What a node is, in words. */
  static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case ARRAY -> "an array";
      case OBJECT -> "an object";
      case STRING -> "a text";
      case NUMBER -> "a number";
      case BOOLEAN -> "true or false";
      case NULL -> "null";
      default -> "missing";
    };
  }
}
