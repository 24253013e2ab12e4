package dev.patron.pipelines.dataset;

import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.ColumnNames;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.TableDefinition.Keep;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which column says in which country a customer is. A dataset may say it, {@code country:
 * customers.country_code}; else it is the first column called {@code country} or {@code
 * country_code}, in any case, of the table that keeps the customers as they are, or of the table of
 * the purchases, whose latest row then counts.
 *
 * @param table the table
 * @param column a text column of it
 */
public record Country(String table, String column) implements Serializable {
  private static final List<String> USUAL = List.of("country", "country_code");

  /** Reads {@code country}. */
  static Country read(YamlValue value) {
    String text = value.text("TABLE.COLUMN, such as customers.country_code");
    int dot = text.indexOf('.');
    if (dot < 1 || dot == text.length() - 1) {
      throw value.refuse(
          "country is " + value.found(),
          "expected a table and a column of it, such as customers.country_code");
    }
    return new Country(text.substring(0, dot), ColumnNames.normalise(text.substring(dot + 1)));
  }

  /** Whether a table has one row a customer, or is the one with the purchases. */
  static boolean canHaveIt(TableDefinition table, Purchases purchases) {
    return table.name().equals(purchases.table())
        || (table.keep() == Keep.CURRENT && table.key().size() == 1);
  }

  /**
   * Which column of which table it is.
   *
   * @param schemas of the tables that have one
   * @return null if no column says it
   */
  public static @Nullable Country of(Dataset dataset, Map<String, Schema> schemas) {
    Purchases purchases = dataset.purchases();
    if (purchases == null || dataset.country() != null) {
      return dataset.country();
    }
    List<String> tables = new ArrayList<>();
    for (Dataset.Table table : dataset.tables()) {
      if (table.definition().keep() == Keep.CURRENT
          && table.definition().key().equals(List.of(purchases.customer()))) {
        tables.add(table.name());
      }
    }
    tables.add(purchases.table());
    for (String table : tables) {
      Schema schema = schemas.get(table);
      for (String usual : USUAL) {
        for (Schema.Field field : schema == null ? List.<Schema.Field>of() : schema.fields()) {
          if (field.name().toLowerCase(Locale.ROOT).equals(usual)
              && field.type().equals(Type.STRING)) {
            return new Country(table, field.name());
          }
        }
      }
    }
    return null;
  }
}
