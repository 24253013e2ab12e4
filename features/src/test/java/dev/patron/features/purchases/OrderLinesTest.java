package dev.patron.features.purchases;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OrderLinesTest {
  private static final Schema FACTS =
      Schema.of()
          .with("customer", Type.STRING)
          .with("order", Type.STRING)
          .with("at", Type.DATE)
          .with("amount", Type.DOUBLE);

  private static List<Object> row(double quantity, Object price) {
    return List.of("c", LocalDate.of(2024, 1, 1), quantity, price);
  }

  private static Object money(Type type, String amount) {
    return type == Type.DOUBLE ? (Object) Double.valueOf(amount) : new BigDecimal(amount);
  }

  @Test
  void aProductThatNobodyPaysIsNoAmount() {
    for (Type price : List.of(Type.DOUBLE, new Type.Decimal(18, 2))) {
      Schema facts =
          Schema.of()
              .with("customer", Type.STRING)
              .with("at", Type.DATE)
              .with("n", Type.DOUBLE)
              .with("price", price);
      OrderLines lines =
          new OrderLines(
              facts,
              new PurchaseColumns("customer", null, "at", null, "n", null, "price", null),
              ZoneOffset.UTC,
              null);
      Frame given =
          Frame.ofRows(
              facts,
              List.of(
                  row(2.0, money(price, "1")),
                  row(9e11, money(price, "900000000000")),
                  row(-1.5, money(price, "900000000000"))));
      Frame taken = lines.takeApart(given).select(List.of("amount"));
      assertThat(taken.toRows().get(0).get(0)).as("%s", price).isNotNull();
      assertThat(taken.toRows().subList(1, 3))
          .containsExactly(Arrays.asList((Object) null), Arrays.asList((Object) null));
      assertThat(lines.withImpossibleProduct(given).rows()).isEqualTo(2);
    }
  }

  @Test
  void anEmptyTextNamesNeitherACustomerNorAnOrder() {
    OrderLines lines = byOrder("order");

    Frame taken =
        lines.takeApart(
            Frame.ofRows(
                FACTS,
                List.of(
                    Arrays.asList("", "", LocalDate.EPOCH, 1.0),
                    Arrays.asList(" ", " ", LocalDate.EPOCH, 1.0))));

    assertThat(taken.select(List.of("customer_id", "order_id")).toRows())
        .containsExactly(Arrays.asList(null, null), Arrays.asList(" ", " "));
  }

  /** Where they are, nobody has to look for the other lines of an order that changes. */
  @Test
  void factsThatTheOrderIdentifiesAreWholeOrders() {
    assertThat(byOrder("order").areWholeOrders(List.of("order"))).isTrue();
    assertThat(byOrder("order").areWholeOrders(List.of("order", "at"))).isFalse();
    assertThat(byOrder("order").areWholeOrders(List.of("at"))).isFalse();
    assertThat(byOrder("order").areWholeOrders(List.of())).isFalse();
    assertThat(byOrder(null).areWholeOrders(List.of("order"))).isFalse();
  }

  private static OrderLines byOrder(@Nullable String order) {
    return new OrderLines(
        FACTS,
        new PurchaseColumns("customer", order, "at", null, null, "amount", null, null),
        ZoneOffset.UTC,
        null);
  }
}
