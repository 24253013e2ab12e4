package dev.patron.pipelines.dataset;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads {@code purchases}. */
final class PurchasesSection {
  private static final List<String> MONEY = List.of("amount", "price", "priceFrom");
  private static final List<String> KEYS =
      List.of(
          "table",
          "customer",
          "order",
          "time",
          "lines",
          "quantity",
          "amount",
          "price",
          "priceFrom");
  private static final List<String> PRICE_KEYS = List.of("table", "key", "column", "before");

  private PurchasesSection() {}

  static Purchases read(YamlValue value) {
    YamlMapping mapping = value.mapping(KEYS);
    String table =
        mapping.require("table", "say which table holds the purchases").text("a table's name");
    String customer = column(mapping.require("customer", "say which column says who bought"));
    String time = column(mapping.require("time", "say which column says when"));
    Purchases purchases =
        new Purchases(
            table,
            customer,
            optional(mapping, "order"),
            time,
            optional(mapping, "lines"),
            optional(mapping, "quantity"),
            money(mapping));
    checkDistinct(purchases, mapping);
    return purchases;
  }

  private static Purchases.Money money(YamlMapping mapping) {
    List<String> given = MONEY.stream().filter(mapping::has).toList();
    if (given.isEmpty()) {
      throw mapping.missing(
          "amount", "say where money comes from: amount, or price with quantity, or priceFrom");
    }
    if (given.size() > 1) {
      throw mapping.misplaced(
          given.get(1),
          "is given beside " + given.get(0),
          "expected exactly one of amount, price and priceFrom");
    }
    YamlValue value = mapping.require(given.get(0), "");
    return switch (given.get(0)) {
      case "amount" -> new Purchases.Amount(column(value));
      case "price" -> new Purchases.Price(column(value));
      default -> priceFrom(value);
    };
  }

  private static Purchases.PriceFrom priceFrom(YamlValue value) {
    YamlMapping mapping = value.mapping(PRICE_KEYS);
    Optional<YamlValue> before = mapping.get("before");
    if (before.isPresent()) {
      before.get().choice(List.of("first"), word -> word);
    }
    return new Purchases.PriceFrom(
        mapping.require("table", "say which history holds the prices").text("a table's name"),
        column(mapping.require("key", "say which column of a line holds the history's key")),
        column(mapping.require("column", "say which column of the history is the price")),
        before.isPresent());
  }

  /** One column cannot be read as two things. */
  private static void checkDistinct(Purchases purchases, YamlMapping mapping) {
    Map<String, String> measures = new LinkedHashMap<>();
    refuseAgain(measures, mapping, "customer", purchases.customer());
    refuseAgain(measures, mapping, "order", purchases.order());
    refuseAgain(measures, mapping, "time", purchases.time());
    refuseAgain(measures, mapping, "lines", purchases.lines());
    if (purchases.lines() != null) {
      measures.clear();
    }
    refuseAgain(measures, mapping, "quantity", purchases.quantity());
    if (purchases.money() instanceof Purchases.Amount amount) {
      refuseAgain(measures, mapping, "amount", amount.column());
    } else if (purchases.money() instanceof Purchases.Price price) {
      refuseAgain(measures, mapping, "price", price.column());
    }
  }

  private static void refuseAgain(
      Map<String, String> measures, YamlMapping mapping, String measure, @Nullable String column) {
    if (column == null) {
      return;
    }
    String other = measures.putIfAbsent(column, measure);
    if (other != null) {
      throw mapping
          .require(measure, "")
          .refuse(
              "purchases.%s and purchases.%s are both column %s"
                  .formatted(other, measure, Words.quote(column)),
              "expected a column for each");
    }
  }

  private static @Nullable String optional(YamlMapping mapping, String key) {
    return mapping.get(key).map(PurchasesSection::column).orElse(null);
  }

  private static String column(YamlValue value) {
    return value.column();
  }
}
