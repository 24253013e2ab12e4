package dev.patron.pipelines.dataset;

import dev.patron.features.tables.TableDefinition.Format;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code from}: where the records of a table come from and how they are written. */
final class FromSection {
  private static final List<String> KINDS = List.of("files", "kafka", "rest");
  private static final List<String> KEYS =
      List.of(
          "files",
          "kafka",
          "bootstrap",
          "properties",
          "rest",
          "page",
          "headers",
          "format",
          "table",
          "delimiter",
          "timeFormat");

  /** Which kind of source a key belongs to, where it does not belong to all. */
  private static final Map<String, String> KIND_OF_KEY =
      Map.of("bootstrap", "kafka", "properties", "kafka", "page", "rest", "headers", "rest");

  private static final List<String> NUMBER_FORMATS = List.of("seconds", "millis", "micros");
  private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._-]{1,249}");
  private static final Pattern PARAMETER = Pattern.compile("[A-Za-z0-9._~-]+");

  private final String table;
  private final String zone;
  private final Path folder;

  FromSection(String table, String zone, Path folder) {
    this.table = table;
    this.zone = zone;
    this.folder = folder;
  }

  /** What {@code from} says. */
  record From(Source source, Format format) {}

  /** The word of a definition for this. */
  static String word(Format.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  From read(YamlValue value) {
    YamlMapping mapping = value.withReferences().mapping(KEYS);
    Source source = source(mapping);
    return new From(source, format(mapping, source));
  }

  private Source source(YamlMapping mapping) {
    List<String> given = KINDS.stream().filter(mapping::has).toList();
    if (given.isEmpty()) {
      throw mapping.missing("files", "say one of files, kafka and rest");
    }
    if (given.size() > 1) {
      throw mapping.misplaced(
          given.get(1),
          "is given beside " + given.get(0),
          "a table comes from one of files, kafka and rest");
    }
    String kind = given.get(0);
    for (String key : KEYS) {
      String owner = KIND_OF_KEY.getOrDefault(key, kind);
      if (mapping.has(key) && !owner.equals(kind) && !KINDS.contains(key)) {
        throw mapping.misplaced(
            key, "is given, but the records come from " + kind, "it belongs to " + owner);
      }
    }
    return switch (kind) {
      case "files" -> files(mapping);
      case "kafka" -> kafka(mapping);
      default -> rest(mapping);
    };
  }

  private Source files(YamlMapping mapping) {
    String expected = "a pattern of file names or a list of them";
    return new Source.Files(
        folder.toString(),
        mapping.require("files", "").items(expected).stream()
            .map(item -> item.shownSetting(expected))
            .toList());
  }

  private static Source kafka(YamlMapping mapping) {
    YamlValue value = mapping.require("kafka", "");
    Setting topic = value.shownSetting("a topic's name");
    if (!TOPIC.matcher(topic.reveal()).matches()) {
      throw value.refuse(
          value.path() + " is " + value.found() + ", which is no topic's name",
          "expected letters, digits, '.', '_' and '-'");
    }
    Setting bootstrap =
        mapping
            .require("bootstrap", "say the brokers, as in bootstrap: \"${KAFKA_BOOTSTRAP}\"")
            .setting("brokers as HOST:PORT");
    return new Source.Kafka(topic, bootstrap, settings(mapping, "properties"));
  }

  private static Source rest(YamlMapping mapping) {
    YamlValue value = mapping.require("rest", "");
    Setting url = value.setting("a URL");
    if (!isHttp(url.reveal())) {
      // The URL itself may hold a password, so it is not repeated.
      throw value.refuse(
          value.path() + " is no URL", "expected one that begins with http:// or https://");
    }
    String page = "page";
    Optional<YamlValue> parameter = mapping.get("page");
    if (parameter.isPresent()) {
      page = parameter.get().text("the name of a query parameter");
      if (!PARAMETER.matcher(page).matches()) {
        throw parameter
            .get()
            .refuse(
                parameter.get().path() + " is " + parameter.get().found(),
                "expected the name of a query parameter");
      }
    }
    return new Source.Rest(url, page, settings(mapping, "headers"));
  }

  private static boolean isHttp(String url) {
    try {
      URI uri = new URI(url);
      String scheme = uri.getScheme();
      return scheme != null
          && uri.getHost() != null
          && (scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https"));
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static Map<String, Setting> settings(YamlMapping mapping, String key) {
    Map<String, Setting> settings = new LinkedHashMap<>();
    mapping
        .get(key)
        .ifPresent(
            value ->
                value
                    .openMapping("a mapping from names to values")
                    .all()
                    .forEach((name, item) -> settings.put(name, item.setting("a value").hidden())));
    return settings;
  }

  private Format format(YamlMapping mapping, Source source) {
    Format.Kind kind =
        mapping
            .get("format")
            .map(value -> value.choice(List.of(Format.Kind.values()), FromSection::word))
            .orElseGet(() -> inferred(mapping, source));
    checkFits(mapping, kind, source);
    char delimiter = ',';
    if (mapping.has("delimiter")) {
      if (kind != Format.Kind.CSV) {
        throw mapping.misplaced(
            "delimiter", "is given, but the format is " + word(kind), "it belongs to csv");
      }
      delimiter = delimiter(mapping.require("delimiter", ""));
    }
    if (mapping.has("table") && kind != Format.Kind.DEBEZIUM) {
      throw mapping.misplaced(
          "table",
          "is given, but the format is " + word(kind),
          "only debezium records say which table they belong to");
    }
    String sourceTable =
        mapping.get("table").map(value -> value.text("a table's name")).orElse(table);
    String timeFormat = mapping.get("timeFormat").map(FromSection::timeFormat).orElse(null);
    return new Format(kind, delimiter, timeFormat, sourceTable, zone);
  }

  private static void checkFits(YamlMapping mapping, Format.Kind kind, Source source) {
    boolean fits =
        switch (source.kind()) {
          case FILES -> true;
          case KAFKA -> kind == Format.Kind.DEBEZIUM || kind == Format.Kind.JSONL;
          case REST -> kind != Format.Kind.PARQUET;
        };
    if (!fits) {
      throw mapping.misplaced(
          "format",
          "is " + word(kind) + ", but the records come from " + source.kind(),
          source.kind() == Source.Kind.KAFKA
              ? "expected debezium or jsonl"
              : "expected debezium, jsonl or csv");
    }
  }

  private static Format.Kind inferred(YamlMapping mapping, Source source) {
    String advice = "expected debezium, jsonl, csv or parquet";
    if (source instanceof Source.Rest) {
      return Format.Kind.JSONL;
    }
    if (!(source instanceof Source.Files files)) {
      throw mapping.missing("format", advice);
    }
    TreeSet<Format.Kind> kinds = new TreeSet<>();
    for (Setting glob : files.globs()) {
      Format.Kind kind = ofExtension(glob.reveal());
      if (kind == null) {
        throw mapping.missing(
            "format", "the name " + Words.quote(glob.toString()) + " does not tell: " + advice);
      }
      kinds.add(kind);
    }
    if (kinds.size() > 1) {
      throw mapping.missing(
          "format", "the files' names tell several, and a table has one: " + advice);
    }
    return kinds.first();
  }

  private static Format.@Nullable Kind ofExtension(String glob) {
    String name = glob.toLowerCase(Locale.ROOT);
    if (name.endsWith(".parquet")) {
      return Format.Kind.PARQUET;
    }
    String inner = name.endsWith(".gz") ? name.substring(0, name.length() - ".gz".length()) : name;
    if (inner.endsWith(".csv")) {
      return Format.Kind.CSV;
    }
    return inner.endsWith(".jsonl") || inner.endsWith(".json") ? Format.Kind.JSONL : null;
  }

  private static char delimiter(YamlValue value) {
    String text =
        value.reading().references().resolve(value.literal("one character"), value).reveal();
    if (text.length() != 1 || "\"\r\n".contains(text) || Character.isSurrogate(text.charAt(0))) {
      throw value.refuse(
          value.path() + " is " + value.found(),
          "expected one character, such as ';' or, for a tab, \"\\t\" between double quotes");
    }
    return text.charAt(0);
  }

  private static String timeFormat(YamlValue value) {
    String text = value.text("a pattern such as yyyy-MM-dd HH:mm:ss, or seconds, millis or micros");
    if (NUMBER_FORMATS.contains(text)) {
      return text;
    }
    try {
      DateTimeFormatter unused = DateTimeFormatter.ofPattern(text, Locale.ROOT);
      return text;
    } catch (IllegalArgumentException e) {
      throw value.refuse(
          value.path() + " is " + value.found() + ", which is no pattern",
          Words.didYouMean(
              text,
              NUMBER_FORMATS,
              "expected one such as yyyy-MM-dd HH:mm:ss, or seconds, millis or micros"));
    }
  }
}
