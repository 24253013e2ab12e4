package dev.patron.pipelines.dataset;

import dev.patron.features.frame.Schema;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.TableDefinition.Keep;
import dev.patron.transforms.parquet.HadoopFiles;
import java.io.StringReader;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashMap;
import java.util.IllformedLocaleException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.reader.ReaderException;

/**
 * Reads the YAML file that defines a dataset.
 *
 * <p>The file is read as a graph of nodes, never as objects, so that nothing in it can name a class
 * and every problem has its line and column. All problems that do not follow from one another are
 * reported together. Beside what the contract says, the reader decides:
 *
 * <ul>
 *   <li>{@code name}, {@code zone}, {@code currency}, {@code locale} and {@code segments} are
 *       optional; their defaults are those of {@link Dataset}.
 *   <li>{@code purchases.table} keeps facts, or the history of orders that are corrected or
 *       deleted. A table of current rows is refused: what was bought by some time is to be known.
 *   <li>A table may not be named {@code purchases} where the dataset has purchases, because Patron
 *       writes {@code silver/purchases}.
 *   <li>A single word stands for a list of one, for {@code key}, {@code track}, {@code files},
 *       {@code sequence}, {@code delete} and {@code in}.
 *   <li>{@code format} is inferred from the extension of files: {@code .csv}, {@code .jsonl},
 *       {@code .json} (each also with {@code .gz}) and {@code .parquet}; pages over HTTP are {@code
 *       jsonl} unless they say otherwise; a topic must say.
 *   <li>A topic holds {@code debezium} or {@code jsonl}, and pages over HTTP hold text.
 *   <li>A topic takes further {@code properties} of the consumer, pages take {@code headers} and
 *       the name of the query parameter for the {@code page} number (default {@code page}).
 *   <li><code>${NAME}</code> is read inside {@code from} and in {@code name}, {@code zone}, {@code
 *       currency} and {@code locale}; <code>${file:PATH}</code> only where the value is never
 *       shown: {@code bootstrap}, {@code properties}, {@code rest} and {@code headers}.
 *   <li>{@code segments} maps a name to its RFM cells, R first: {@code Champions: [55, 54, 45]};
 *       all 25 cells once.
 *   <li>{@code country} names the column that says where a customer is: {@code
 *       customers.country_code}; see {@link Country} for what holds without it.
 *   <li>{@code personal} lists the columns that say whose a row is where they are not called as in
 *       the purchases: {@code [customers.id, reviews.author_id]}. Who is forgotten is found by
 *       them.
 * </ul>
 */
public final class DatasetFile {
  private static final List<String> KEYS =
      List.of(
          "name",
          "zone",
          "tables",
          "purchases",
          "currency",
          "locale",
          "segments",
          "country",
          "personal");
  private static final int MAX_BYTES = 1024 * 1024;
  private static final int MAX_DEPTH = 20;
  private static final int MAX_NAME = 100;
  private static final Pattern TABLE_NAME = Pattern.compile("[A-Za-z0-9_-]+");
  private static final Pattern EXTENSION = Pattern.compile("(?<=.)\\.[^.]*$");

  /** Stands in for what was refused; never leaves the reader, which ends with the refusal. */
  private static final Dataset EMPTY =
      new Dataset(
          "",
          ZoneId.of("UTC"),
          List.of(),
          null,
          Dataset.NO_CURRENCY,
          Locale.ENGLISH,
          Map.of(),
          null,
          Map.of(),
          Places.NONE);

  private final String file;
  private final Path path;
  private final Folder folder;
  private final Reading reading;

  private DatasetFile(String file, Map<String, String> environment) {
    this.file = file;
    this.path = HadoopFiles.path(file);
    this.folder = Folder.of(path);
    this.reading = new Reading(file, folder, environment);
  }

  /**
   * Reads a definition and checks all that can be checked without looking at data.
   *
   * @param file its path, or its URI on a file system that Hadoop knows, see {@link
   *     HadoopFiles#path}; problems name it as it is written here, and relative paths inside it are
   *     relative to its folder
   * @param environment where <code>${NAME}</code> is looked up
   * @throws DatasetException if the file cannot be read or says something that cannot be used
   */
  public static Dataset parse(String file, Map<String, String> environment) {
    String text = textOf(file);
    return new DatasetFile(file, environment).dataset(text);
  }

  private static String textOf(String file) {
    try {
      String text = TextFile.read(file, MAX_BYTES);
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (TextFile.Unreadable e) {
      throw problem(file + " " + e.why() + "; expected the YAML file of a dataset definition");
    }
  }

  private static DatasetException problem(String line) {
    return new DatasetException(List.of(line));
  }

  private Dataset dataset(String text) {
    Node root = compose(text);
    if (root == null) {
      throw problem(file + " is empty; expected a mapping with " + Words.list(KEYS));
    }
    Dataset dataset =
        reading.attempt(
            () ->
                dataset(
                    new YamlValue(reading, root, reading.place(root.getStartMark()), "", false)),
            EMPTY);
    reading.finish();
    return checked(dataset);
  }

  private @Nullable Node compose(String text) {
    LoaderOptions limits = new LoaderOptions();
    limits.setCodePointLimit(MAX_BYTES);
    limits.setNestingDepthLimit(MAX_DEPTH);
    limits.setMaxAliasesForCollections(50);
    try {
      return new Yaml(limits).compose(new StringReader(text));
    } catch (MarkedYAMLException e) {
      Mark mark = e.getProblemMark();
      String where = mark == null ? " in " + file : " at " + reading.place(mark);
      String what = String.valueOf(e.getProblem());
      boolean unquoted =
          what.startsWith("mapping values") || what.startsWith("expected ',' or '}'");
      throw problem(
          "the definition cannot be read as YAML%s; %s%s"
              .formatted(
                  where,
                  what,
                  unquoted ? " (text that holds ': ' or ',' needs quotes around it)" : ""));
    } catch (ReaderException e) {
      throw problem(
          "the definition cannot be read as YAML in %s; character U+%04X is not allowed"
              .formatted(file, e.getCodePoint()));
    } catch (YAMLException e) {
      throw problem(
          "the definition cannot be read as YAML in %s; %s"
              .formatted(file, String.valueOf(e.getMessage()).lines().findFirst().orElse("")));
    }
  }

  private Dataset dataset(YamlValue root) {
    YamlMapping mapping = root.mapping(KEYS);
    String name = reading.attempt(() -> name(mapping), EMPTY.name());
    ZoneId zone = reading.attempt(() -> zone(mapping), EMPTY.zone());
    Currency currency = reading.attempt(() -> currency(mapping), EMPTY.currency());
    Locale locale = reading.attempt(() -> locale(mapping), EMPTY.locale());
    Map<String, List<Integer>> segments =
        reading.attempt(
            () -> mapping.get("segments").map(SegmentsSection::read).orElse(Map.of()), Map.of());
    List<Dataset.Table> tables = reading.attempt(() -> tables(mapping, zone), List.of());
    Optional<Purchases> purchases =
        reading.attempt(
            () -> mapping.get("purchases").map(PurchasesSection::read), Optional.empty());
    Optional<Country> country =
        reading.attempt(() -> mapping.get("country").map(Country::read), Optional.empty());
    return new Dataset(
        name,
        zone,
        tables,
        purchases.orElse(null),
        currency,
        locale,
        segments,
        country.orElse(null),
        reading.attempt(
            () -> mapping.get("personal").map(PersonalSection::read).orElse(Map.of()), Map.of()),
        reading.places());
  }

  private String name(YamlMapping mapping) {
    Optional<YamlValue> value = mapping.get("name");
    if (value.isEmpty()) {
      return EXTENSION.matcher(path.getName()).replaceFirst("");
    }
    Setting name = value.get().shownSetting("the dataset's name");
    String text = name.reveal().strip();
    if (text.length() > MAX_NAME || text.chars().anyMatch(Character::isISOControl)) {
      throw value
          .get()
          .refuse(
              "name is " + value.get().found(),
              "expected one line of at most " + MAX_NAME + " characters");
    }
    return text;
  }

  private static ZoneId zone(YamlMapping mapping) {
    Optional<YamlValue> value = mapping.get("zone");
    if (value.isEmpty()) {
      return EMPTY.zone();
    }
    Setting zone = value.get().shownSetting("a time zone such as UTC or Europe/Berlin");
    try {
      return ZoneId.of(zone.reveal().strip());
    } catch (DateTimeException e) {
      throw value
          .get()
          .refuse(
              "zone is " + value.get().found() + ", which is no time zone",
              Words.didYouMean(
                  zone.toString(),
                  new TreeSet<>(ZoneId.getAvailableZoneIds()),
                  "expected one such as UTC or Europe/Berlin"));
    }
  }

  private static Currency currency(YamlMapping mapping) {
    Optional<YamlValue> value = mapping.get("currency");
    if (value.isEmpty()) {
      return EMPTY.currency();
    }
    Setting currency = value.get().shownSetting("a currency such as EUR");
    try {
      return Currency.getInstance(currency.reveal().strip());
    } catch (IllegalArgumentException e) {
      throw value
          .get()
          .refuse(
              "currency is " + value.get().found() + ", which is no currency",
              "expected a code of ISO 4217 such as EUR, USD or JPY");
    }
  }

  private static Locale locale(YamlMapping mapping) {
    Optional<YamlValue> value = mapping.get("locale");
    if (value.isEmpty()) {
      return EMPTY.locale();
    }
    Setting locale = value.get().shownSetting("a language such as en or de-DE");
    try {
      return new Locale.Builder().setLanguageTag(locale.reveal().strip()).build();
    } catch (IllformedLocaleException e) {
      throw value
          .get()
          .refuse(
              "locale is " + value.get().found() + ", which is no language",
              "expected a language tag such as en or de-DE");
    }
  }

  private List<Dataset.Table> tables(YamlMapping mapping, ZoneId zone) {
    String expected = "a mapping from table names to tables";
    YamlMapping tables =
        mapping
            .require("tables", "a dataset has at least one table: tables: { NAME: { ... } }")
            .openMapping(expected);
    if (tables.all().isEmpty()) {
      throw tables.value().refuse("tables is empty", "expected " + expected);
    }
    List<Dataset.Table> read = new ArrayList<>();
    Map<String, String> folders = new HashMap<>();
    tables
        .all()
        .forEach(
            (name, value) ->
                reading.attempt(
                    () -> {
                      checkName(name, value, folders);
                      read.add(new TableSection(name, zone.getId(), folder).read(value));
                    }));
    return read;
  }

  private static void checkName(String name, YamlValue value, Map<String, String> folders) {
    if (name.length() > MAX_NAME || !TABLE_NAME.matcher(name).matches()) {
      throw value.refuse(
          "table name " + Words.quote(name) + " cannot name a folder",
          "expected at most " + MAX_NAME + " letters, digits, '_' and '-'");
    }
    String other = folders.putIfAbsent(name.toLowerCase(Locale.ROOT), name);
    if (other != null) {
      throw value.refuse(
          "table '" + name + "' and table '" + other + "' differ only in case",
          "some file systems do not tell them apart: rename one");
    }
  }

  private Dataset checked(Dataset read) {
    Purchases purchases = read.purchases();
    if (purchases != null) {
      reading.attempt(() -> checkPurchasesTable(read, purchases));
      reading.attempt(() -> checkPriceTable(read, purchases));
      reading.attempt(() -> checkCountry(read, purchases));
    }
    reading.attempt(() -> checkPersonal(read));
    reading.finish();
    Dataset dataset = Roles.assign(read);
    Map<String, Schema> declared = new TreeMap<>();
    for (Dataset.Table table : dataset.tables()) {
      Schema columns = table.definition().declared();
      if (columns != null) {
        declared.put(table.name(), columns);
      }
    }
    dataset.validateAgainst(declared);
    return dataset;
  }

  private void checkPurchasesTable(Dataset dataset, Purchases purchases) {
    for (Dataset.Table table : dataset.tables()) {
      if (table.name().equalsIgnoreCase("purchases")) {
        throw Refusal.of(
            reading.placeOf("tables." + table.name()),
            "table '" + table.name() + "' has the name of a table that Patron writes",
            "rename it and say its name in purchases.table");
      }
    }
    TableDefinition table = find(dataset, purchases.table(), "purchases.table");
    if (table.keep() == Keep.CURRENT) {
      throw Refusal.of(
          reading.placeOf("purchases.table"),
          "purchases.table names table '%s', which keeps %s"
              .formatted(table.name(), TableSection.word(table.keep())),
          "what a customer had bought by some time has to be known: expected keep: facts, or keep:"
              + " history where orders are corrected or deleted");
    }
  }

  private void checkPriceTable(Dataset dataset, Purchases purchases) {
    if (!(purchases.money() instanceof Purchases.PriceFrom from)) {
      return;
    }
    TableDefinition table = find(dataset, from.table(), "purchases.priceFrom.table");
    if (table.keep() != Keep.HISTORY) {
      throw Refusal.of(
          reading.placeOf("purchases.priceFrom.table"),
          "purchases.priceFrom.table names table '%s', which keeps %s"
              .formatted(table.name(), TableSection.word(table.keep())),
          "prices as of a time need a table with keep: history");
    }
    if (table.name().equals(purchases.table())) {
      throw Refusal.of(
          reading.placeOf("purchases.priceFrom.table"),
          "purchases.priceFrom.table names table '%s', which holds the purchases"
              .formatted(table.name()),
          "expected the table of the prices");
    }
    if (table.key().size() != 1) {
      throw Refusal.of(
          reading.placeOf("purchases.priceFrom.table"),
          "purchases.priceFrom.table names table '%s', whose key has %d columns"
              .formatted(table.name(), table.key().size()),
          "expected a table with a key of one column");
    }
  }

  private void checkCountry(Dataset dataset, Purchases purchases) {
    Country country = dataset.country();
    if (country == null) {
      return;
    }
    TableDefinition table = find(dataset, country.table(), "country");
    if (!Country.canHaveIt(table, purchases)) {
      throw Refusal.of(
          reading.placeOf("country"),
          "country names table '%s', which has more than one row a customer"
              .formatted(table.name()),
          "expected a table with keep: current and one key column, or the table of the purchases");
    }
  }

  private void checkPersonal(Dataset dataset) {
    Purchases purchases = dataset.purchases();
    for (Map.Entry<String, String> column : dataset.personal().entrySet()) {
      find(dataset, column.getKey(), "personal");
      if (purchases == null) {
        throw Refusal.of(
            reading.placeOf("personal"),
            "personal says whose rows are, and there are no purchases",
            "expected purchases, which say who is a customer");
      }
      if (column.getKey().equals(purchases.table())
          && !column.getValue().equals(purchases.customer())) {
        throw Refusal.of(
            reading.placeOf("personal"),
            "personal calls the customer of table '%s' %s, and the purchases call them %s"
                .formatted(
                    purchases.table(),
                    Words.quote(column.getValue()),
                    Words.quote(purchases.customer())),
            "expected one of them");
      }
    }
  }

  private TableDefinition find(Dataset dataset, String name, String path) {
    List<String> names = dataset.tables().stream().map(Dataset.Table::name).toList();
    if (!names.contains(name)) {
      throw Refusal.of(
          reading.placeOf(path),
          path + " names table " + Words.quote(name) + ", which does not exist",
          Words.didYouMean(name, names, "the tables are " + Words.list(names)));
    }
    return dataset.table(name).definition();
  }
}
