package dev.patron.pipelines.stages;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import dev.patron.features.purchases.OrderLines;
import dev.patron.features.purchases.PurchaseColumns;
import dev.patron.features.rfm.Measure;
import dev.patron.features.tables.TableDefinition.Keep;
import dev.patron.pipelines.dataset.Dataset;
import dev.patron.pipelines.dataset.Purchases;
import dev.patron.pipelines.report.ReportData.Product;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.TableSnapshot;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which history is the catalogue of what is sold: the one that prices come from, else the first
 * whose key the order lines name and that has a price. The price is the column that the dataset
 * says, else {@code price}, else the first decimal or double; the name is {@code title} or {@code
 * name}.
 *
 * @param table the history
 * @param key its key column
 * @param product the column of the order lines that holds the key
 * @param price the column with the price of a unit
 * @param name the column with the product's name; null if there is none
 */
record Catalogue(String table, String key, String product, String price, @Nullable String name) {
  private static final List<String> NAMES = List.of("title", "name");

  /** How many products are shown. */
  static final int BEST = 10;

  /**
   * The catalogue of a dataset.
   *
   * @param schemas of the silver tables that exist
   * @return null if there is none
   */
  static @Nullable Catalogue of(Dataset dataset, Map<String, Schema> schemas) {
    Purchases purchases = dataset.purchases();
    if (purchases == null || !schemas.containsKey(purchases.table())) {
      return null;
    }
    if (purchases.money() instanceof Purchases.PriceFrom from) {
      Schema schema = schemas.get(from.table());
      return schema == null
          ? null
          : new Catalogue(
              from.table(),
              dataset.table(from.table()).definition().key().get(0),
              from.key(),
              from.column(),
              name(schema));
    }
    Schema lines = lines(purchases, schemas.getOrDefault(purchases.table(), Schema.of()));
    for (Dataset.Table table : dataset.tables()) {
      Schema schema = schemas.get(table.name());
      List<String> key = table.definition().key();
      if (schema != null
          && table.definition().keep() == Keep.HISTORY
          && !table.name().equals(purchases.table())
          && key.size() == 1
          && lines.has(key.get(0))
          && lines.type(key.get(0)).equals(schema.type(key.get(0)))) {
        String price = price(schema);
        if (price != null) {
          return new Catalogue(table.name(), key.get(0), key.get(0), price, name(schema));
        }
      }
    }
    return null;
  }

  private static Schema lines(Purchases purchases, Schema facts) {
    String lines = purchases.lines();
    return lines == null
        ? facts
        : ((Type.RowOf) ((Type.ListOf) facts.type(lines)).element()).schema();
  }

  private static @Nullable String price(Schema schema) {
    if (schema.has("price") && isNumber(schema.type("price"))) {
      return "price";
    }
    for (Schema.Field field : schema.fields()) {
      if (isNumber(field.type())) {
        return field.name();
      }
    }
    return null;
  }

  private static boolean isNumber(Type type) {
    return type.equals(Type.DOUBLE) || (type instanceof Type.Decimal d && d.fitsLong());
  }

  private static @Nullable String name(Schema schema) {
    for (String name : NAMES) {
      if (schema.has(name) && schema.type(name).equals(Type.STRING)) {
        return name;
      }
    }
    return null;
  }

  /** Order lines that name their product, as if its price were to be looked up: nobody asks it. */
  OrderLines orderLines(Purchases purchases, Keep keep, Schema facts, ZoneId zone) {
    PurchaseColumns columns =
        new PurchaseColumns(
            purchases.customer(),
            purchases.order(),
            purchases.time(),
            purchases.lines(),
            purchases.quantity(),
            null,
            null,
            product);
    return keep == Keep.HISTORY
        ? OrderLines.ofVersions(facts, columns, zone, Type.DOUBLE)
        : new OrderLines(facts, columns, zone, Type.DOUBLE);
  }

  /**
   * The best sellers with the prices that they had.
   *
   * @param best products and units, most sold first
   * @param history the table
   * @param asOf versions that begin later do not count, in microseconds since the epoch
   */
  List<Product> products(Frame best, TableSnapshot history, long asOf) {
    Map<String, List<Version>> versions = new HashMap<>();
    for (int row = 0; row < best.rows(); row++) {
      versions.put(text(best, row, OrderLines.PRODUCT), new ArrayList<>());
    }
    List<String> columns = new ArrayList<>(List.of(key, price, "valid_from", "valid_to"));
    if (name != null) {
      columns.add(name);
    }
    for (Frame frame : TableScan.of(history, columns)) {
      double[] prices = Measure.values(frame, price);
      LongColumn from = frame.longs("valid_from");
      LongColumn to = frame.longs("valid_to");
      for (int row = 0; row < frame.rows(); row++) {
        List<Version> own = versions.get(text(frame, row, key));
        if (own != null && from.get(row) <= asOf) {
          boolean open = to.isNull(row) || to.get(row) > asOf;
          own.add(
              new Version(
                  new Product.Price(
                      Values.instant(from.get(row)),
                      open ? null : Values.instant(to.get(row)),
                      prices[row]),
                  name == null ? "" : text(frame, row, name)));
        }
      }
    }
    List<Product> products = new ArrayList<>();
    for (int row = 0; row < best.rows(); row++) {
      String id = text(best, row, OrderLines.PRODUCT);
      List<Version> own = versions.getOrDefault(id, List.of());
      List<Version> ordered =
          own.stream().sorted(Comparator.comparing(version -> version.price().from())).toList();
      String called = ordered.isEmpty() ? "" : ordered.get(ordered.size() - 1).name();
      products.add(
          new Product(
              id,
              called.isEmpty() ? id : called,
              best.doubles("units").get(row),
              ordered.stream().map(Version::price).toList()));
    }
    return products;
  }

  private record Version(Product.Price price, String name) {}

  private static String text(Frame frame, int row, String column) {
    Object value = frame.value(row, column);
    return value == null ? "" : value.toString();
  }
}
