package dev.patron.pipelines.dataset;

import dev.patron.features.change.Events;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.TableDefinition.Keep;
import dev.patron.features.tables.Tables;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Holds the columns that a dataset names against the columns that its tables have. */
final class ColumnCheck {
  private static final Set<Type> TIMES = Set.of(Type.TIMESTAMP, Type.DATE);
  private static final Set<Type> IDENTITIES = Set.of(Type.STRING, Type.LONG);

  private final Dataset dataset;
  private final Map<String, Schema> schemas;
  private final List<String> problems = new ArrayList<>();

  ColumnCheck(Dataset dataset, Map<String, Schema> schemas) {
    this.dataset = dataset;
    this.schemas = schemas;
  }

  /** One line for each problem, tables first, in the dataset's order. */
  List<String> problems() {
    for (Dataset.Table table : dataset.tables()) {
      Schema schema = schemas.get(table.name());
      if (schema != null) {
        checkTable(table.definition(), schema);
      }
    }
    Purchases purchases = dataset.purchases();
    if (purchases != null) {
      checkPurchases(purchases);
    }
    Country country = dataset.country();
    if (country != null && schemas.get(country.table()) != null) {
      check(
          "country",
          country.column(),
          kept(country.table(), schemas.get(country.table())),
          Type.STRING::equals,
          "string");
    }
    dataset.personal().forEach(this::checkPersonal);
    return problems;
  }

  private void checkPersonal(String table, String column) {
    Schema schema = schemas.get(table);
    if (schema != null) {
      check(
          "personal",
          column,
          Columns.of(table, schema),
          type -> type.equals(Type.STRING) || type.equals(Type.LONG),
          "string or long");
    }
  }

  private void checkTable(TableDefinition table, Schema schema) {
    Columns read = Columns.of(table.name(), schema);
    Columns columns = Columns.of(table.name(), table.row(schema));
    String path = "tables." + table.name();
    checkNames(table, columns.schema, path);
    checkEach(path + ".key", table.key(), columns, ColumnCheck::isKey, "a type that can be a key");
    checkEach(path + ".track", table.track(), columns, type -> true, "any type");
    checkEach(
        path + ".track.except", table.applying().trackExcept(), columns, type -> true, "any type");
    checkEach(path + ".columns.except", table.applying().without(), read, type -> true, "any type");
    if (!table.applying().trackExcept().isEmpty()
        && table.applying().trackExcept().containsAll(columns.schema.names())) {
      problems.add(
          "%s.track.except leaves no column to open a version%s; leave one, or keep: current"
              .formatted(path, dataset.places().at(path + ".track.except")));
    }
    TableDefinition.Change change = table.change();
    if (change != null) {
      checkChange(table, change, path + ".change", read);
    }
    for (TableDefinition.Rule rule : table.rules()) {
      checkRule(rule, path + ".rules." + rule.name(), read);
    }
  }

  private void checkNames(TableDefinition table, Schema schema, String path) {
    Set<String> ours = new TreeSet<>(Tables.BRONZE.names());
    if (table.keep() != Keep.FACTS) {
      ours.addAll(Events.COLUMNS.names());
      ours.addAll((table.keep() == Keep.CURRENT ? Tables.CURRENT : Tables.HISTORY).names());
    }
    Map<String, String> seen = new HashMap<>();
    for (String name : schema.names()) {
      String lower = name.toLowerCase(Locale.ROOT);
      String at = dataset.places().at(path + ".columns." + name);
      if (ours.contains(lower)) {
        problems.add(
            "table '%s' has a column %s%s; Patron writes a column of that name to this table:"
                    .formatted(table.name(), Words.quote(name), at)
                + " rename it at its source");
      }
      String other = seen.putIfAbsent(lower, name);
      if (other != null) {
        problems.add(
            "table '%s' has columns %s and %s%s; the tables' readers do not tell case apart:"
                    .formatted(table.name(), Words.quote(other), Words.quote(name), at)
                + " rename one at its source");
      }
    }
  }

  private void checkChange(
      TableDefinition table, TableDefinition.Change change, String path, Columns columns) {
    checkEach(
        path + ".sequence",
        change.sequence(),
        columns,
        ColumnCheck::isSequence,
        "long, decimal, string, timestamp or date");
    check(
        path + ".operation", change.operation(), columns, ColumnCheck::isScalar, "a single value");
    check(path + ".time", change.time(), columns, TIMES::contains, "timestamp or date");
    if (table.keep() == Keep.HISTORY
        && change.time() == null
        && change.sequence().stream().allMatch(columns.schema::has)
        && change.sequence().stream()
            .noneMatch(name -> TIMES.contains(columns.schema.type(name)))) {
      problems.add(
          "%s has no timestamp or date%s; a history needs to know when a change took effect:"
                  .formatted(path + ".sequence", dataset.places().at(path + ".sequence"))
              + " add time: COLUMN to change");
    }
  }

  private void checkRule(TableDefinition.Rule rule, String path, Columns columns) {
    String place = path + ".column";
    if (rule.min() != null || rule.max() != null) {
      check(place, rule.column(), columns, ColumnCheck::isNumber, "a number, for min and max");
    } else if (rule.matches() != null) {
      check(place, rule.column(), columns, Type.STRING::equals, "string, for matches");
    } else if (!rule.in().isEmpty()) {
      check(place, rule.column(), columns, ColumnCheck::isScalar, "a single value, for in");
    } else {
      check(place, rule.column(), columns, type -> true, "any type");
    }
  }

  private Columns kept(String table, Schema schema) {
    return Columns.of(table, dataset.table(table).definition().row(schema));
  }

  private void checkPurchases(Purchases purchases) {
    Schema schema = schemas.get(purchases.table());
    if (schema != null) {
      Columns columns = kept(purchases.table(), schema);
      check(
          "purchases.customer",
          purchases.customer(),
          columns,
          IDENTITIES::contains,
          "string or long");
      check("purchases.order", purchases.order(), columns, IDENTITIES::contains, "string or long");
      check("purchases.time", purchases.time(), columns, TIMES::contains, "timestamp or date");
      check("purchases.lines", purchases.lines(), columns, ColumnCheck::isRows, "an array of rows");
      Columns lines = lines(purchases, columns);
      if (lines != null) {
        checkLines(purchases, lines);
      }
    }
    if (purchases.money() instanceof Purchases.PriceFrom from
        && schemas.get(from.table()) != null) {
      check(
          "purchases.priceFrom.column",
          from.column(),
          kept(from.table(), schemas.get(from.table())),
          ColumnCheck::isNumber,
          "decimal, long or double");
    }
    if (purchases.money() instanceof Purchases.PriceFrom from) {
      checkTracked(
          "purchases.priceFrom.column",
          from.column(),
          from.table(),
          "a price as of a time needs a version for each of its changes");
    }
    if (dataset.table(purchases.table()).definition().keep() == Keep.HISTORY) {
      checkVersions(purchases);
    }
  }

  /** What was bought as of a time needs a version for each change of what makes a purchase. */
  private void checkVersions(Purchases purchases) {
    checkVersions("customer", purchases.customer(), purchases);
    checkVersions("order", purchases.order(), purchases);
    checkVersions("time", purchases.time(), purchases);
    if (purchases.lines() != null) {
      checkVersions("lines", purchases.lines(), purchases);
      return;
    }
    checkVersions("quantity", purchases.quantity(), purchases);
    if (purchases.money() instanceof Purchases.Amount amount) {
      checkVersions("amount", amount.column(), purchases);
    } else if (purchases.money() instanceof Purchases.Price price) {
      checkVersions("price", price.column(), purchases);
    } else if (purchases.money() instanceof Purchases.PriceFrom from) {
      checkVersions("priceFrom.key", from.key(), purchases);
    }
  }

  private void checkVersions(String name, @Nullable String column, Purchases purchases) {
    if (column != null && !dataset.table(purchases.table()).definition().key().contains(column)) {
      checkTracked(
          "purchases." + name,
          column,
          purchases.table(),
          "what was bought by a time needs a version for each of its changes");
    }
  }

  /** What is not tracked has the last value within a version, which may be of later days. */
  private void checkTracked(String place, String column, String table, String why) {
    Schema history = schemas.get(table);
    boolean isKnownToBeMissing = history != null && !history.has(column);
    if (!isKnownToBeMissing && !dataset.table(table).definition().tracks(column)) {
      problems.add(
          "%s names column %s, which table '%s' does not track%s; %s"
              .formatted(place, Words.quote(column), table, dataset.places().at(place), why));
    }
  }

  private void checkLines(Purchases purchases, Columns lines) {
    String number = "decimal, long or double";
    check("purchases.quantity", purchases.quantity(), lines, ColumnCheck::isNumber, number);
    Purchases.Money money = purchases.money();
    if (money instanceof Purchases.Amount amount) {
      check("purchases.amount", amount.column(), lines, ColumnCheck::isNumber, number);
    } else if (money instanceof Purchases.Price price) {
      check("purchases.price", price.column(), lines, ColumnCheck::isNumber, number);
    } else if (money instanceof Purchases.PriceFrom from) {
      checkPriceKey(from, lines);
    }
  }

  private void checkPriceKey(Purchases.PriceFrom from, Columns lines) {
    Schema history = schemas.get(from.table());
    String key = dataset.table(from.table()).definition().key().get(0);
    if (history != null && history.has(key)) {
      Type wanted = history.type(key);
      check(
          "purchases.priceFrom.key",
          from.key(),
          lines,
          wanted::equals,
          "%s, as %s of table '%s'".formatted(wanted, key, from.table()));
    } else {
      check("purchases.priceFrom.key", from.key(), lines, ColumnCheck::isKey, "a single value");
    }
  }

  /** The columns of an order line; null where the lines are not what they should be. */
  private static @Nullable Columns lines(Purchases purchases, Columns columns) {
    String lines = purchases.lines();
    if (lines == null) {
      return columns;
    }
    if (columns.schema.has(lines)
        && columns.schema.type(lines) instanceof Type.ListOf list
        && list.element() instanceof Type.RowOf row) {
      return new Columns(
          "a row of %s in table '%s'".formatted(Words.quote(lines), purchases.table()),
          row.schema());
    }
    return null;
  }

  private void checkEach(
      String path, List<String> names, Columns columns, Predicate<Type> usable, String expected) {
    for (int i = 0; i < names.size(); i++) {
      check(path + "[" + i + "]", names.get(i), columns, usable, expected);
    }
  }

  private void check(
      String path,
      @Nullable String name,
      Columns columns,
      Predicate<Type> usable,
      String expected) {
    if (name == null) {
      return;
    }
    String subject = path.replaceFirst("\\[\\d+]$", "");
    String at = dataset.places().at(path);
    if (!columns.schema.has(name)) {
      List<String> names = columns.schema.names();
      problems.add(
          "%s names column %s, which %s does not have%s; %s"
              .formatted(
                  subject,
                  Words.quote(name),
                  columns.owner,
                  at,
                  Words.didYouMean(name, names, "").isEmpty()
                      ? "it has " + Words.list(names)
                      : Words.didYouMean(name, names, "") + " It has " + Words.list(names)));
    } else if (!usable.test(columns.schema.type(name))) {
      problems.add(
          "%s names column %s of %s, which is %s%s; expected %s"
              .formatted(
                  subject,
                  Words.quote(name),
                  columns.owner,
                  columns.schema.type(name),
                  at,
                  expected));
    }
  }

  /**
   * Columns and whose they are.
   *
   * @param owner how a sentence calls what has the columns
   * @param schema the columns
   */
  private record Columns(String owner, Schema schema) {
    static Columns of(String table, Schema schema) {
      return new Columns("table '" + table + "'", schema);
    }
  }

  private static boolean isScalar(Type type) {
    return !(type instanceof Type.ListOf) && !(type instanceof Type.RowOf);
  }

  /** Doubles are no keys: equal numbers may have several, and some are not equal to themselves. */
  private static boolean isKey(Type type) {
    return isScalar(type) && !type.equals(Type.DOUBLE);
  }

  /** Positions are compared exactly, never as doubles (SEMANTICS 2). */
  private static boolean isSequence(Type type) {
    return isKey(type) && !type.equals(Type.BOOLEAN);
  }

  private static boolean isNumber(Type type) {
    return type instanceof Type.Decimal || type.equals(Type.LONG) || type.equals(Type.DOUBLE);
  }

  private static boolean isRows(Type type) {
    return type instanceof Type.ListOf list && list.element() instanceof Type.RowOf;
  }
}
