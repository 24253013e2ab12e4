package dev.patron.pipelines;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A small shop whose warehouse others write to: facts without a key, and a history. */
final class ShopByHand {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** As Spark names itself in the log. */
  static final String SPARK = "Apache-Spark/3.5.6 Delta-Lake/3.3.2";

  private ShopByHand() {}

  /** Writes the definition and the sources. */
  static void write(Path folder) throws IOException {
    Files.createDirectories(folder.resolve("sales"));
    Files.writeString(
        folder.resolve("shop.yaml"),
        """
        name: shop
        tables:
          sales:
            keep: facts
            from: { files: "sales/*.csv", format: csv }
          goods:
            keep: history
            key: [sku]
            columns: { sku: string, price: long, seen: timestamp, op: string }
            change: { sequence: seen, time: seen, operation: op, delete: [d] }
            from: { files: "goods.jsonl", format: jsonl }
        purchases: { table: sales, customer: customer_id, time: date, amount: amount }
        """);
    StringBuilder sales = new StringBuilder("customer_id,date,amount\n");
    StringBuilder goods = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      sales.append("c%d,2023-%02d-11,%d.50\n".formatted(i % 7, 1 + i % 12, 1 + i));
      goods.append(
          "{\"sku\":\"s%d\",\"price\":%d,\"seen\":\"2023-01-01T00:%02d:00Z\",\"op\":\"c\"}\n"
              .formatted(i % 5, i, i));
    }
    Files.writeString(folder.resolve("sales/0.csv"), sales.append("c1,2023-05-05,oops\n"));
    Files.writeString(folder.resolve("goods.jsonl"), goods);
  }

  static List<String> command(String command, Path shop, Path warehouse, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(command, "--dataset=" + shop.resolve("shop.yaml"), "--warehouse=" + warehouse));
    words.addAll(List.of(more));
    return words;
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  /** The files of a table, by what its log says of them. */
  private static Map<String, JsonNode> files(Path table) throws IOException {
    Map<String, JsonNode> files = new TreeMap<>();
    for (long version = 0; Files.exists(commit(table, version)); version++) {
      for (String line : Files.readAllLines(commit(table, version))) {
        JsonNode action = JSON.readTree(line);
        if (action.has("add")) {
          files.put(action.at("/add/path").asText(), action.get("add"));
        } else if (action.has("remove")) {
          files.remove(action.at("/remove/path").asText());
        }
      }
    }
    return files;
  }

  private static Path commit(Path table, long version) {
    return table.resolve("_delta_log/%020d.json".formatted(version));
  }

  private static void commit(Path table, String operation, List<String> actions)
      throws IOException {
    long version = 0;
    while (Files.exists(commit(table, version))) {
      version++;
    }
    List<String> lines = new ArrayList<>();
    lines.add(
        "{\"commitInfo\":{\"timestamp\":1700000000000,\"operation\":\"%s\",\"engineInfo\":\"%s\",\"operationParameters\":{\"predicate\":\"[]\",\"auto\":false}}}"
            .formatted(operation, SPARK));
    lines.addAll(actions);
    Files.write(commit(table, version), lines);
  }

  private static String remove(JsonNode file, boolean dataChange) {
    return "{\"remove\":{\"path\":\"%s\",\"deletionTimestamp\":1700000000000,\"dataChange\":%s,\"extendedFileMetadata\":true,\"partitionValues\":%s,\"size\":%s}}"
        .formatted(
            file.get("path").asText(), dataChange, file.get("partitionValues"), file.get("size"));
  }

  /** What {@code OPTIMIZE} does: the same rows in other files. */
  static void optimizeByHand(Path table) throws IOException {
    List<String> actions = new ArrayList<>();
    for (JsonNode file : files(table).values()) {
      String path = file.get("path").asText();
      String other =
          path.replaceFirst("part-[^/]*$", "part-00000-" + actions.size() + ".c000.zstd.parquet");
      Files.copy(table.resolve(path), table.resolve(other));
      actions.add(remove(file, false));
      actions.add(
          "{\"add\":%s}"
              .formatted(
                  file.toString()
                      .replace(path, other)
                      .replace("\"dataChange\":true", "\"dataChange\":false")));
    }
    commit(table, "OPTIMIZE", actions);
  }

  /** What {@code INSERT} of all rows that there are already does. */
  static void appendByHand(Path table) throws IOException {
    List<String> actions = new ArrayList<>();
    for (JsonNode file : files(table).values()) {
      String path = file.get("path").asText();
      String other = path.replaceFirst("part-[^/]*$", "part-00000-again.c000.zstd.parquet");
      Files.copy(table.resolve(path), table.resolve(other));
      actions.add("{\"add\":%s}".formatted(file.toString().replace(path, other)));
    }
    commit(table, "WRITE", actions);
  }

  /** What {@code DELETE} without a condition does. */
  static void emptyByHand(Path table) throws IOException {
    List<String> actions = new ArrayList<>();
    for (JsonNode file : files(table).values()) {
      actions.add(remove(file, true));
    }
    commit(table, "DELETE", actions);
  }
}
