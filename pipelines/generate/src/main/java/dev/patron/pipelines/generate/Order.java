package dev.patron.pipelines.generate;

import java.util.Arrays;

/** One order as it is written; the fields of one object serve order after order. */
final class Order {
  long id;
  long at;

  /** 0 for an order of nobody known. */
  long customer;

  /** Whether this is the second delivery of it. */
  boolean again;

  int quantity;

  /** In cents. */
  long total;

  int lines;
  int[] books = new int[0];
  int[] quantities = new int[0];

  /** In cents. */
  long[] subtotals = new long[0];

  void set(long newId, long newAt, long newCustomer, Basket basket) {
    id = newId;
    at = newAt;
    customer = newCustomer;
    lines = basket.lines;
    books = basket.books;
    quantities = basket.quantities;
    subtotals = basket.subtotals;
    quantity = 0;
    total = 0;
    for (int i = 0; i < lines; i++) {
      quantity += quantities[i];
      total += subtotals[i];
    }
  }

  /** A copy to keep. */
  Order copy() {
    Order copy = new Order();
    copy.id = id;
    copy.at = at;
    copy.customer = customer;
    copy.quantity = quantity;
    copy.total = total;
    copy.lines = lines;
    copy.books = Arrays.copyOf(books, lines);
    copy.quantities = Arrays.copyOf(quantities, lines);
    copy.subtotals = Arrays.copyOf(subtotals, lines);
    return copy;
  }
}
