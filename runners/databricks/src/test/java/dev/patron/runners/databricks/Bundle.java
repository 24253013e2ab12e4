package dev.patron.runners.databricks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** {@code databricks.yml} as the Databricks CLI reads it: anchors and merges resolved. */
final class Bundle {
  /** The folder of the bundle; Maven tells where the module is. */
  static final Path ROOT = Path.of(System.getProperty("basedir", ".")).toAbsolutePath().normalize();

  private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^}]+)}");

  private final Map<String, ?> root;

  private Bundle(Map<String, ?> root) {
    this.root = root;
  }

  static Bundle read() throws IOException {
    return of(Files.readString(ROOT.resolve("databricks.yml")));
  }

  static Bundle of(String yaml) {
    return new Bundle(new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml));
  }

  /** What stands at a path of keys. */
  Object at(String... keys) {
    return in(root, keys);
  }

  /** What stands in a part of the bundle at a path of keys. */
  static Object in(Object part, String... keys) {
    Object here = part;
    for (String key : keys) {
      Object next = map(here).get(key);
      if (next == null) {
        throw new AssertionError("databricks.yml has no " + String.join(".", keys));
      }
      here = next;
    }
    return here;
  }

  @SuppressWarnings("unchecked") // YAML has text for keys; others would be found as missing
  static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  /** The tasks of a job, in the order written. */
  List<Map<String, Object>> tasks(String job) {
    List<Map<String, Object>> tasks = new ArrayList<>();
    for (Object task : (List<?>) at("resources", "jobs", job, "tasks")) {
      tasks.add(map(task));
    }
    return tasks;
  }

  /** The arguments of a JAR task. */
  static List<String> parameters(Map<String, Object> task) {
    return ((List<?>) in(task, "spark_jar_task", "parameters"))
        .stream().map(String.class::cast).toList();
  }

  /** The class that a JAR task runs. */
  static String mainClass(Map<String, Object> task) {
    return (String) in(task, "spark_jar_task", "main_class_name");
  }

  /** Every text of the bundle, keys left out. */
  List<String> texts() {
    List<String> texts = new ArrayList<>();
    gather(root, texts);
    return texts;
  }

  private static void gather(Object value, List<String> texts) {
    if (value instanceof Map<?, ?> map) {
      map.values().forEach(inner -> gather(inner, texts));
    } else if (value instanceof List<?> list) {
      list.forEach(inner -> gather(inner, texts));
    } else if (value instanceof String text) {
      texts.add(text);
    }
  }

  /** What a text refers to, as {@code var.catalog}. */
  static List<String> references(String text) {
    return REFERENCE.matcher(text).results().map(found -> found.group(1)).toList();
  }

  /** The text with its references replaced by these values. */
  static String with(Map<String, String> values, String text) {
    return REFERENCE
        .matcher(text)
        .replaceAll(
            found -> {
              String value = values.get(found.group(1));
              if (value == null) {
                throw new AssertionError("no value for " + found.group());
              }
              return Matcher.quoteReplacement(value);
            });
  }
}
