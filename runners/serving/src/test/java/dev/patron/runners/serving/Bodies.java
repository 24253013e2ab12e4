package dev.patron.runners.serving;

import dev.patron.features.clv.RandomDraws;
import dev.patron.features.frame.Frame;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Bodies of requests: good ones in every form, and two hundred and more that are not. */
final class Bodies {
  static final List<String> COLUMNS =
      List.of(
          "customer_id",
          "as_of",
          "recency_days",
          "frequency",
          "monetary",
          "tenure_days",
          "repeat_purchases",
          "repeat_recency_days",
          "repeat_mean_amount",
          "repeat_paid_days");

  /** What may be any number; the others count something. */
  private static final List<String> NUMBERS =
      List.of("recency_days", "frequency", "monetary", "repeat_mean_amount");

  static final String GOOD =
      """
      {"customer_id": 1, "recency_days": 10, "frequency": 3, "monetary": 45.5, "tenure_days": 100,\
       "repeat_purchases": 2, "repeat_recency_days": 90, "repeat_mean_amount": 15.25,\
       "repeat_paid_days": 2}""";

  /** The same customer with every feature that a champion can read. */
  static final String WHOLE =
      GOOD.replace("}", "")
          + """
          , "paid_days": 3, "paid_mean_amount": 15.5, "purchase_days_28": 1, "purchase_days_91": 2,\
           "purchase_days_364": 3, "purchase_days_year_ago": 0, "mean_amount": 15.25,\
           "spend_91": 30.5, "spend_364": 45.5, "first_day_amount": 15, "last_day_amount": 15,\
           "gap_deviation_days": 4.5}""";

  private Bodies() {}

  private static String value(Frame features, int row, String column) {
    Object value = features.value(row, column);
    return value == null
        ? "null"
        : value instanceof Number ? value.toString() : "\"" + value + "\"";
  }

  private static String row(Frame features, int row, List<String> columns) {
    return columns.stream()
        .map(column -> "\"" + column + "\": " + value(features, row, column))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  /** With the columns that the champions of {@link ServedShop} read. */
  static String records(String form, Frame features) {
    return records(form, features, COLUMNS);
  }

  static String records(String form, Frame features, List<String> columns) {
    return IntStream.range(0, features.rows())
        .mapToObj(row -> row(features, row, columns))
        .collect(Collectors.joining(",\n", "{\"" + form + "\": [", "]}"));
  }

  static String split(Frame features) {
    String data =
        IntStream.range(0, features.rows())
            .mapToObj(
                row ->
                    COLUMNS.stream()
                        .map(column -> value(features, row, column))
                        .collect(Collectors.joining(",", "[", "]")))
            .collect(Collectors.joining(","));
    String names = COLUMNS.stream().collect(Collectors.joining("\",\"", "\"", "\""));
    return "{\"dataframe_split\": {\"data\": [" + data + "], \"columns\": [" + names + "]}}";
  }

  static String inputs(Frame features) {
    return COLUMNS.stream()
        .map(
            column ->
                "\""
                    + column
                    + "\": "
                    + IntStream.range(0, features.rows())
                        .mapToObj(row -> value(features, row, column))
                        .collect(Collectors.joining(",", "[", "]")))
        .collect(Collectors.joining(", ", "{\"inputs\": {", "}}"));
  }

  static String csv(Frame features) {
    StringBuilder text = new StringBuilder(String.join(",", COLUMNS)).append("\r\n");
    for (int row = 0; row < features.rows(); row++) {
      int at = row;
      text.append(
              COLUMNS.stream()
                  .map(column -> value(features, at, column))
                  .map(value -> value.equals("null") ? "" : value)
                  .collect(Collectors.joining(",")))
          .append("\r\n");
    }
    return text.toString();
  }

  static String ids(long... ids) {
    return Arrays.stream(ids)
        .mapToObj(id -> "[" + id + "]")
        .collect(
            Collectors.joining(
                ",", "{\"dataframe_split\": {\"columns\": [\"customer_id\"], \"data\": [", "]}}"));
  }

  private static String with(String column, String value) {
    return GOOD.replaceFirst("\"" + column + "\": [^,}]+", "\"" + column + "\": " + value);
  }

  private static String record(String row) {
    return "{\"dataframe_records\": [" + row + "]}";
  }

  /** Bodies of JSON that must be refused, by what is wrong with each. */
  static Map<String, byte[]> malformed() {
    Map<String, String> named = new LinkedHashMap<>();
    named.put("empty", "");
    named.put("blank", "   \n");
    named.put("null", "null");
    named.put("number", "1");
    named.put("array", "[]");
    named.put("text", "\"dataframe_split\"");
    named.put("no form", "{}");
    named.put("unknown form", "{\"dataframe\": []}");
    named.put("two forms", "{\"instances\": [], \"inputs\": []}");
    named.put("a form twice", "{\"instances\": [], \"instances\": []}");
    named.put("a form and more", "{\"instances\": [], \"x\": 1}");
    named.put("params of text", "{\"instances\": [], \"params\": \"x\"}");
    named.put("params that are unknown", "{\"instances\": [], \"params\": {\"x\": 1}}");
    named.put("trailing", record(GOOD) + " x");
    named.put("two documents", record(GOOD) + record(GOOD));
    named.put("comment", "// " + record(GOOD));
    named.put("single quotes", record(GOOD).replace('"', '\''));
    named.put("unquoted names", record(GOOD).replace("\"", ""));
    named.put("deep array", "[".repeat(100_000));
    named.put("deep object", "{\"a\":".repeat(100_000));
    named.put("deep inside", "{\"instances\": " + "[".repeat(5_000) + "]".repeat(5_000) + "}");
    named.put("control character", "{\"instances\": [{\"customer_id\": \"\u0001\"}]}");
    named.put("lone escape", "{\"instances\": [{\"customer_id\": \"\\x\"}]}");
    named.put("byte order mark alone", "\uFEFF");
    for (String form : List.of("instances", "dataframe_records", "inputs", "dataframe_split")) {
      named.put(form + " null", "{\"" + form + "\": null}");
      named.put(form + " number", "{\"" + form + "\": 5}");
      named.put(form + " text", "{\"" + form + "\": \"x\"}");
      named.put(form + " true", "{\"" + form + "\": true}");
      named.put(form + " of numbers", "{\"" + form + "\": [1, 2]}");
      named.put(form + " of arrays", "{\"" + form + "\": [[1, 2], [3, 4]]}");
      named.put(form + " of nulls", "{\"" + form + "\": [null]}");
      named.put(form + " of texts", "{\"" + form + "\": [\"a\"]}");
    }
    named.put("split without data", "{\"dataframe_split\": {\"columns\": [\"customer_id\"]}}");
    named.put("split without columns", "{\"dataframe_split\": {\"data\": [[1]]}}");
    named.put("split data object", "{\"dataframe_split\": {\"columns\": [], \"data\": {}}}");
    named.put(
        "split ragged",
        "{\"dataframe_split\": {\"columns\": [\"customer_id\"], \"data\": [[1, 2]]}}");
    named.put(
        "split short", "{\"dataframe_split\": {\"columns\": [\"customer_id\"], \"data\": [[]]}}");
    named.put(
        "split row null",
        "{\"dataframe_split\": {\"columns\": [\"customer_id\"], \"data\": [null]}}");
    named.put("split column number", "{\"dataframe_split\": {\"columns\": [1], \"data\": [[1]]}}");
    named.put(
        "split column twice",
        "{\"dataframe_split\": {\"columns\": [\"customer_id\", \"customer_id\"], \"data\": [[1, 1]]}}");
    named.put("inputs ragged", "{\"inputs\": {\"customer_id\": [1, 2], \"frequency\": [1]}}");
    named.put("row empty", record("{}"));
    named.put("id null", record("{\"customer_id\": null}"));
    named.put("id text", record("{\"customer_id\": \"1\"}"));
    named.put("id fraction", record("{\"customer_id\": 1.5}"));
    named.put("id huge", record("{\"customer_id\": 9223372036854775808}"));
    named.put("id array", record("{\"customer_id\": [1]}"));
    named.put("no id", record("{\"frequency\": 1}"));
    named.put("second row lacks", "{\"instances\": [" + GOOD + ", {\"customer_id\": 2}]}");
    for (String column : COLUMNS) {
      if (!column.equals("as_of")) {
        named.put(column + " missing", record(GOOD.replace("\"" + column + "\"", "\"other\"")));
        named.put(column + " twice", record(GOOD.replace("}", ", \"" + column + "\": 1}")));
        for (String value :
            List.of(
                "\"x\"", "true", "[1]", "{}", "NaN", "Infinity", "-Infinity", "1e999", "\"\"")) {
          named.put(column + " " + value, record(with(column, value)));
        }
        if (!column.equals("repeat_mean_amount")) {
          named.put(column + " null", record(with(column, "null")));
        }
        if (!NUMBERS.contains(column)) {
          named.put(column + " fraction", record(with(column, "1.5")));
          named.put(column + " beyond 64 bits", record(with(column, "1e30")));
          named.put(column + " astronomical", record(with(column, "1e999999999")));
        }
      }
    }
    named.put("as_of number", record(with("customer_id", "1, \"as_of\": 5")));
    named.put("as_of no time", record(with("customer_id", "1, \"as_of\": \"yesterday\"")));
    named.put(
        "as_of too far",
        record(with("customer_id", "1, \"as_of\": \"+999999999-01-01T00:00:00Z\"")));
    named.put("mean null of some", record(with("repeat_mean_amount", "null")));
    named.put("mean negative", record(with("repeat_mean_amount", "-1")));
    named.put("recency beyond tenure", record(with("repeat_recency_days", "101")));
    named.put("tenure negative", record(with("tenure_days", "-1")));
    named.put("repeats negative", record(with("repeat_purchases", "-1")));
    named.put("repeats beyond belief", record(with("repeat_purchases", "9223372036854775807")));
    named.put("paid beyond belief", record(with("repeat_paid_days", "9223372036854775807")));
    named.put("fewer orders than days", record(with("frequency", "2")));
    named.put("recency of another day", record(with("recency_days", "12")));
    named.put("recency of the future", record(with("recency_days", "-1")));
    named.put("more days than there were", record(with("repeat_purchases", "91")));
    named.put("more paid than bought", record(with("repeat_paid_days", "3")));
    named.put("money beyond belief", record(with("monetary", "1e18")));
    named.put("paid negative", record(with("repeat_paid_days", "-5")));
    Map<String, byte[]> bodies = new LinkedHashMap<>();
    named.forEach((name, body) -> bodies.put(name, body.getBytes(StandardCharsets.UTF_8)));
    bodies.put("no UTF-8", new byte[] {'{', '"', (byte) 0xFF, (byte) 0xFE, '"', '}'});
    bodies.put(
        "UTF-16", record(GOOD).replace("customer", "\u00e9").getBytes(StandardCharsets.ISO_8859_1));
    bodies.put("zeros", new byte[64]);
    return bodies;
  }

  /** Good bodies with some bytes changed, cut out or repeated; most are not good any more. */
  static List<byte[]> mutated(long seed, int count) {
    RandomDraws random = new RandomDraws(seed);
    List<byte[]> bodies = new ArrayList<>();
    String[] good = {record(GOOD), ids(1, 2), "{\"inputs\": " + GOOD + "}"};
    byte[] telling =
        "{}[],:\"\\0123456789eE.-+ntfa\u0000\u007f".getBytes(StandardCharsets.ISO_8859_1);
    for (int i = 0; i < count; i++) {
      byte[] body = good[random.integer(good.length)].getBytes(StandardCharsets.UTF_8);
      for (int change = 1 + random.integer(4); change > 0; change--) {
        int at = random.integer(body.length);
        switch (random.integer(4)) {
          case 0 -> body[at] = telling[random.integer(telling.length)];
          case 1 -> body[at] = (byte) random.integer(256);
          case 2 -> body = Arrays.copyOf(body, Math.max(1, at));
          default -> {
            byte[] longer = Arrays.copyOf(body, body.length + body.length - at);
            System.arraycopy(body, at, longer, body.length, body.length - at);
            body = longer;
          }
        }
      }
      bodies.add(body);
    }
    return bodies;
  }
}
