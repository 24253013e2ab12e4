package dev.patron.pipelines.generate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;

/** Reads the files of a bookstore, the plain way. */
record Shop(Path root) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static JsonNode parse(String text) throws IOException {
    return JSON.readTree(text);
  }

  JsonNode document(String name) throws IOException {
    return JSON.readTree(Files.readAllBytes(root.resolve(name)));
  }

  /** The lines of a zipped file; line breaks within values are escaped in JSON. */
  List<String> lines(String name) throws IOException {
    String text = new String(content(root.resolve(name)), StandardCharsets.UTF_8);
    return text.isEmpty() ? List.of() : List.of(text.split("\n"));
  }

  List<JsonNode> objects(String name) throws IOException {
    List<JsonNode> list = new ArrayList<>();
    for (String line : lines(name)) {
      list.add(parse(line));
    }
    return list;
  }

  /** The rows of a CSV file without quotes, without its header. */
  List<String[]> csv(String name) throws IOException {
    return Files.readAllLines(root.resolve(name)).stream()
        .skip(1)
        .map(line -> line.split(",", -1))
        .toList();
  }

  List<Group> orders(String name) throws IOException {
    List<Group> list = new ArrayList<>();
    try (ParquetReader<Group> reader =
        ParquetReader.builder(
                new GroupReadSupport(), new org.apache.hadoop.fs.Path(root.resolve(name).toUri()))
            .build()) {
      for (Group row = reader.read(); row != null; row = reader.read()) {
        list.add(row);
      }
    }
    return list;
  }

  /** The names of the files in a folder, in order. */
  List<String> files(String folder) throws IOException {
    try (Stream<Path> paths = Files.walk(root.resolve(folder))) {
      return paths
          .filter(Files::isRegularFile)
          .map(path -> root.relativize(path).toString().replace('\\', '/'))
          .sorted()
          .toList();
    }
  }

  /** All files by name, those that are zipped as what they hold. */
  Map<String, byte[]> contents() throws IOException {
    Map<String, byte[]> map = new TreeMap<>();
    for (String name : files("")) {
      map.put(name, content(root.resolve(name)));
    }
    return map;
  }

  private static byte[] content(Path file) throws IOException {
    if (!file.toString().endsWith(".gz")) {
      return Files.readAllBytes(file);
    }
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      return in.readAllBytes();
    }
  }
}
