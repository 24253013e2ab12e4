package dev.patron.pipelines.dataset;

import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.TableDefinition.Role;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says what single columns mean, which decides how text in them is read: keys, customers and orders
 * are identities, and so on. Fields of order lines go by {@link Purchases#lineColumn}. Where a
 * column is part of a key and something else too, the other meaning wins, because it says more.
 */
final class Roles {
  private final Map<String, Map<String, Role>> byTable = new HashMap<>();

  private Roles() {}

  /** The dataset with the roles of its columns. */
  static Dataset assign(Dataset dataset) {
    Roles roles = new Roles();
    for (Dataset.Table table : dataset.tables()) {
      TableDefinition definition = table.definition();
      definition.key().forEach(column -> roles.put(table.name(), column, Role.IDENTITY));
      if (definition.change() != null) {
        roles.put(table.name(), definition.change().time(), Role.TIME);
      }
    }
    dataset.personal().forEach((table, column) -> roles.put(table, column, Role.IDENTITY));
    Country country = dataset.country();
    if (country != null && roles.of(country.table(), country.column()) == null) {
      roles.put(country.table(), country.column(), Role.PLACE);
    }
    Purchases purchases = dataset.purchases();
    if (purchases != null) {
      roles.putPurchases(purchases);
    }
    return new Dataset(
        dataset.name(),
        dataset.zone(),
        dataset.tables().stream().map(roles::of).toList(),
        purchases,
        dataset.currency(),
        dataset.locale(),
        dataset.segments(),
        dataset.country(),
        dataset.personal(),
        dataset.places());
  }

  private void putPurchases(Purchases purchases) {
    String table = purchases.table();
    put(table, purchases.customer(), Role.IDENTITY);
    put(table, purchases.order(), Role.IDENTITY);
    put(table, purchases.time(), Role.TIME);
    if (purchases.quantity() != null) {
      put(table, purchases.lineColumn(purchases.quantity()), Role.QUANTITY);
    }
    Purchases.Money money = purchases.money();
    if (money instanceof Purchases.Amount amount) {
      put(table, purchases.lineColumn(amount.column()), Role.MONEY);
    } else if (money instanceof Purchases.Price price) {
      put(table, purchases.lineColumn(price.column()), Role.MONEY);
    } else if (money instanceof Purchases.PriceFrom from) {
      put(table, purchases.lineColumn(from.key()), Role.IDENTITY);
      put(from.table(), from.column(), Role.MONEY);
    }
  }

  private @Nullable Role of(String table, String column) {
    return byTable.getOrDefault(table, Map.of()).get(column);
  }

  private void put(String table, @Nullable String column, Role role) {
    if (column != null) {
      byTable.computeIfAbsent(table, name -> new LinkedHashMap<>()).put(column, role);
    }
  }

  private Dataset.Table of(Dataset.Table table) {
    TableDefinition d = table.definition();
    return new Dataset.Table(
        new TableDefinition(
            d.name(),
            d.keep(),
            d.key(),
            d.track(),
            d.format(),
            d.change(),
            d.declared(),
            byTable.getOrDefault(table.name(), Map.of()),
            d.rules(),
            d.applying()),
        table.source());
  }
}
