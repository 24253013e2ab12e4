package dev.patron.pipelines.dataset;

import dev.patron.features.tables.TableDefinition.Format;
import dev.patron.transforms.read.KafkaCluster;
import dev.patron.transforms.read.Topics;
import dev.patron.transforms.read.Topics.Expired;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
          "expired",
          "rest",
          "page",
          "headers",
          "format",
          "table",
          "delimiter",
          "timeFormat");

  /** Which kind of source a key belongs to, where it does not belong to all. */
  private static final Map<String, String> KIND_OF_KEY =
      Map.of(
          "bootstrap",
          "kafka",
          "properties",
          "kafka",
          "expired",
          "kafka",
          "page",
          "rest",
          "headers",
          "rest");

  private static final List<String> PAGE_KEYS = List.of("cursor", "parameter", "records");

  private static final List<String> NUMBER_FORMATS = List.of("seconds", "millis", "micros");
  private static final Pattern FIELD = Pattern.compile("[^.\\s]+(\\.[^.\\s]+)*");
  private static final Pattern PARAMETER = Pattern.compile("[A-Za-z0-9._~-]+");

  private final String table;
  private final String zone;
  private final Folder folder;

  FromSection(String table, String zone, Folder folder) {
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
        folder.location(),
        mapping.require("files", "").items(expected).stream()
            .map(item -> item.shownSetting(expected))
            .toList());
  }

  private static Source kafka(YamlMapping mapping) {
    String expected = "a topic's name or a list of them";
    List<Setting> topics = new ArrayList<>();
    for (YamlValue value : mapping.require("kafka", "").items(expected)) {
      Setting topic = value.shownSetting(expected);
      if (!Topics.isName(topic.reveal())) {
        throw value.refuse(
            value.path() + " is " + value.found() + ", which is no topic's name",
            "expected letters, digits, '.', '_' and '-'");
      }
      topics.add(topic);
    }
    Setting bootstrap =
        mapping
            .require("bootstrap", "say the brokers, as in bootstrap: \"${KAFKA_BOOTSTRAP}\"")
            .setting("brokers as HOST:PORT");
    boolean skipExpired =
        mapping
            .get("expired")
            .map(value -> value.choice(List.of(Expired.values()), FromSection::word))
            .orElse(Expired.FAIL)
            .equals(Expired.SKIP);
    Map<String, Setting> properties = settings(mapping, "properties");
    mapping.get("properties").ifPresent(value -> checkProperties(value, properties));
    return new Source.Kafka(topics, bootstrap, properties, skipExpired);
  }

  private static String word(Expired expired) {
    return expired.name().toLowerCase(Locale.ROOT);
  }

  private static void checkProperties(YamlValue value, Map<String, Setting> properties) {
    YamlMapping mapping = value.openMapping("a mapping from names to values");
    for (String name : properties.keySet()) {
      if (KafkaCluster.isOurs(name)) {
        throw mapping.misplaced(
            name, "is given", "Patron sets it itself, so as to read every record once: remove it");
      }
      if (!KafkaCluster.propertyNames().contains(name)) {
        throw mapping.misplaced(
            name,
            "is no property of Kafka's clients",
            Words.didYouMean(
                name,
                List.copyOf(KafkaCluster.propertyNames()),
                "expected one such as security.protocol or sasl.jaas.config"));
      }
    }
  }

  private static Source rest(YamlMapping mapping) {
    YamlValue value = mapping.require("rest", "");
    Setting url = value.setting("a URL");
    if (!isHttp(url.reveal())) {
      // The URL itself may hold a password, so it is not repeated.
      throw value.refuse(
          value.path() + " is no URL", "expected one that begins with http:// or https://");
    }
    return new Source.Rest(
        url,
        mapping.get("page").map(FromSection::page).orElse(Source.Rest.Page.LINK),
        settings(mapping, "headers"));
  }

  private static Source.Rest.Page page(YamlValue value) {
    String expected = "link, or { cursor: FIELD, parameter: NAME, records: FIELD }";
    if (!value.isMapping()) {
      if (!value.text(expected).equals("link")) {
        throw value.refuse(value.path() + " is " + value.found(), "expected " + expected);
      }
      return Source.Rest.Page.LINK;
    }
    YamlMapping mapping = value.mapping(PAGE_KEYS);
    @Nullable String cursor = field(mapping, "cursor", FIELD, "the name of a field of the pages");
    @Nullable String records = field(mapping, "records", FIELD, "the name of a field of the pages");
    @Nullable String parameter =
        field(mapping, "parameter", PARAMETER, "the name of a query parameter");
    if (cursor == null && parameter != null) {
      throw mapping.missing("cursor", "say which field of a page holds the value of the parameter");
    }
    return new Source.Rest.Page(cursor, parameter == null ? "cursor" : parameter, records);
  }

  private static @Nullable String field(
      YamlMapping mapping, String key, Pattern pattern, String expected) {
    return mapping
        .get(key)
        .map(
            value -> {
              String text = value.text(expected);
              if (!pattern.matcher(text).matches()) {
                throw value.refuse(value.path() + " is " + value.found(), "expected " + expected);
              }
              return text;
            })
        .orElse(null);
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
          case REST -> kind == Format.Kind.DEBEZIUM || kind == Format.Kind.JSONL;
        };
    if (!fits) {
      throw mapping.misplaced(
          "format",
          "is " + word(kind) + ", but the records come from " + source.kind(),
          "expected debezium or jsonl");
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
