package dev.patron.pipelines.dataset;

import dev.patron.features.frame.Schema;
import dev.patron.features.tables.TableDefinition;
import java.io.Serializable;
import java.time.ZoneId;
import java.util.Collections;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A shop in Patron's terms: which tables there are, where they come from, and what counts as a
 * purchase. Read by {@link DatasetFile}.
 *
 * @param name what reports call it; default: the file's name without its extension
 * @param zone where its days and months begin and end, and the zone of times written without one;
 *     default UTC
 * @param tables in the file's order, at least one
 * @param purchases what counts as a purchase; null: tables are ingested and refined, and there are
 *     no measures of customers
 * @param currency what amounts are counted in (ISO 4217); default {@code XXX}, which means none:
 *     reports then show numbers alone rather than claim a currency
 * @param locale how reports write numbers and dates; default English
 * @param segments the names of the RFM segments, each with its cells as {@code 10 R + FM}, all 25
 *     cells once; empty: the names of MODELS 3
 * @param country which column says where a customer is; null: the usual names are looked for
 * @param personal which column of a table says whose a row is, where it is not called as in the
 *     purchases
 * @param places where the words stand, for errors that show later
 */
public record Dataset(
    String name,
    ZoneId zone,
    List<Table> tables,
    @Nullable Purchases purchases,
    Currency currency,
    Locale locale,
    Map<String, List<Integer>> segments,
    @Nullable Country country,
    Map<String, String> personal,
    Places places)
    implements Serializable {

  /** The currency of a dataset that does not say one. */
  public static final Currency NO_CURRENCY = Currency.getInstance("XXX");

  public Dataset {
    tables = List.copyOf(tables);
    personal = Collections.unmodifiableMap(new LinkedHashMap<>(personal));
    segments = Collections.unmodifiableMap(new LinkedHashMap<>(segments));
  }

  /**
   * A table and where its records come from.
   *
   * @param definition what the table is
   * @param source where its records come from
   */
  public record Table(TableDefinition definition, Source source) implements Serializable {
    /** The table's name. */
    public String name() {
      return definition.name();
    }
  }

  /**
   * The table of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Table table(String name) {
    return tables.stream()
        .filter(table -> table.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no table '" + name + "' among " + tables.stream().map(Table::name).toList()));
  }

  /**
   * The column of a table that says whose a row is, if the table has it: the one that the dataset
   * calls personal, else the one that is called as the purchases call the customer; null where the
   * dataset says nothing of purchases.
   */
  public @Nullable String customerColumn(String table) {
    String named = personal.get(table);
    return named != null || purchases == null ? named : purchases.customer();
  }

  /**
   * What {@link #customerColumn} is in the tables that share this one's sources; only Debezium's
   * records say which table they belong to, so that no others do.
   */
  public Set<String> customerColumnsBeside(String table) {
    Table own = table(table);
    Set<String> columns = new TreeSet<>();
    for (Table other : tables) {
      String column = customerColumn(other.name());
      if (column != null
          && other.definition().format().kind() == TableDefinition.Format.Kind.DEBEZIUM
          && other.source().equals(own.source())) {
        columns.add(column);
      }
    }
    return columns;
  }

  /** Whether the dataset says a currency. */
  public boolean hasCurrency() {
    return !currency.equals(NO_CURRENCY);
  }

  /**
   * Checks what can be checked only once the columns of the tables are known: that every column
   * that the dataset names exists and has a usable type, and that no column has a name that Patron
   * needs for itself.
   *
   * @param resolved the source's own columns of each table whose columns are known; tables that are
   *     not in it are not looked at
   * @throws DatasetException with one line for each problem
   */
  public void validateAgainst(Map<String, Schema> resolved) {
    List<String> problems = new ColumnCheck(this, resolved).problems();
    if (!problems.isEmpty()) {
      throw new DatasetException(problems);
    }
  }
}
