package dev.patron.pipelines.generate;

import dev.patron.pipelines.generate.Calendar.Slice;
import dev.patron.pipelines.generate.Chance.Purpose;
import it.unimi.dsi.fastutil.ints.IntArrays;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Writes the orders, a file for each slice of time. Orders are numbered and written by time, but
 * those that are late stand at the head of the next file. In memory are the orders of one slice and
 * some twenty bytes for each customer.
 */
final class Orders {
  /** Orders of nobody known, beside each hundred of the others. */
  private static final double ANONYMOUS = 0.01;

  private final BookstoreOptions options;
  private final Calendar calendar;
  private final Output output;
  private final FaultLog faults;
  private final LongConsumer progress;
  private final Buyer buyer;
  private final Basket basket;
  private final Chance chance = new Chance();
  private final Order order = new Order();

  /** When each customer buys next, so that who does not buy costs nothing. */
  private final long[] nextPurchase;

  private final long[] spent;
  private List<Order> heldBack = new ArrayList<>();

  /** The orders of the slice. */
  private long[] times = new long[1 << 12];

  private int[] customers = new int[1 << 12];
  private int[] parts = new int[1 << 12];
  private int size;

  private long orders;
  private long rows;
  private long lines;
  private long units;
  private long amount;
  private long anonymous;
  private long anonymousAmount;
  private long late;
  private long duplicates;

  Orders(
      BookstoreOptions options,
      Calendar calendar,
      Catalogue catalogue,
      Output output,
      FaultLog faults,
      LongConsumer progress) {
    this.options = options;
    this.calendar = calendar;
    this.output = output;
    this.faults = faults;
    this.progress = progress;
    this.buyer = new Buyer(options, calendar);
    this.basket = new Basket(options.model(), catalogue);
    this.nextPurchase = new long[options.customers()];
    this.spent = new long[options.customers()];
    Arrays.fill(nextPurchase, Long.MIN_VALUE);
  }

  /** Distinct orders, without the copies of them. */
  long orders() {
    return orders;
  }

  /** Rows of all files, copies counted. */
  long rows() {
    return rows;
  }

  long lines() {
    return lines;
  }

  long units() {
    return units;
  }

  /** Of distinct orders, in cents. */
  long amount() {
    return amount;
  }

  long anonymous() {
    return anonymous;
  }

  long anonymousAmount() {
    return anonymousAmount;
  }

  long late() {
    return late;
  }

  long duplicates() {
    return duplicates;
  }

  /** What this customer has spent in all, in cents. */
  long spent(long customer) {
    return spent[(int) customer - 1];
  }

  /** Writes the orders of this slice of time. Slices come in order. */
  void write(Slice slice) throws IOException {
    gather(slice);
    int[] byTime = new int[size];
    Arrays.setAll(byTime, i -> i);
    IntArrays.quickSort(
        byTime,
        (left, right) ->
            times[left] != times[right]
                ? Long.compare(times[left], times[right])
                : Integer.compare(left, right));
    String name = "orders/orders-%04d.parquet".formatted(slice.number());
    boolean last = slice.to() == Long.MAX_VALUE;
    long row = 0;
    try (OrdersFile file = new OrdersFile(output.path(name))) {
      List<Order> before = heldBack;
      heldBack = new ArrayList<>();
      for (Order waiting : before) {
        writeHeldBack(waiting, file, name, ++row);
      }
      for (int i : byTime) {
        orders++;
        fill(i);
        row += deliver(file, name, row);
        progress.accept(orders);
      }
      if (last) {
        for (Order waiting : heldBack) {
          writeHeldBack(waiting, file, name, ++row);
        }
      }
    }
    rows += row;
  }

  /** What was held back is either an order, then late, or the copy of one that was on time. */
  private void writeHeldBack(Order waiting, OrdersFile file, String name, long row)
      throws IOException {
    file.write(waiting);
    faults.moved(place(name, row), waiting.again ? "duplicate" : "late", waiting.id);
  }

  private static FaultLog.Place place(String file, long row) {
    return new FaultLog.Place("orders", "parquet", file, row);
  }

  private void gather(Slice slice) {
    size = 0;
    for (int i = 0; i < nextPurchase.length; i++) {
      if (nextPurchase[i] >= slice.to()) {
        continue;
      }
      buyer.meet(i + 1L);
      long next = Long.MAX_VALUE;
      for (int part = 0; part < buyer.purchases; part++) {
        long at = buyer.time(part);
        if (slice.contains(at)) {
          add(at, i + 1, part);
          chance.restart(options.seed(), Purpose.VISITOR, i + 1L, part);
          if (chance.happens(ANONYMOUS)) {
            long from = Math.max(slice.from(), calendar.start());
            add(chance.between(from, Math.min(slice.to(), calendar.end())), 0, size);
          }
        } else if (at >= slice.to()) {
          next = at;
          break;
        }
      }
      nextPurchase[i] = next;
    }
  }

  private void add(long at, int customer, int part) {
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      customers = Arrays.copyOf(customers, size * 2);
      parts = Arrays.copyOf(parts, size * 2);
    }
    times[size] = at;
    customers[size] = customer;
    parts[size++] = part;
  }

  private void fill(int i) {
    BuyingModel model = options.model();
    int customer = customers[i];
    chance.restart(options.seed(), Purpose.BASKET, customer, customer == 0 ? orders : parts[i]);
    // Each unknown visitor is somebody else, with a level that no customer has.
    double level = buyer.spendLevel(customer == 0 ? -orders : customer);
    double inMind = level * chance.gamma(model.p()) / model.p();
    basket.fill(chance, times[i], 100 * inMind);
    order.set(orders, times[i], customer, basket);
    lines += order.lines;
    units += order.quantity;
    amount += order.total;
    if (customer == 0) {
      anonymous++;
      anonymousAmount += order.total;
    } else {
      spent[customer - 1] += order.total;
    }
  }

  /** Writes the order now or holds it back, and may do so twice; how many rows were written. */
  private int deliver(OrdersFile file, String name, long rowsBefore) throws IOException {
    Faults rates = options.faults();
    chance.restart(options.seed(), Purpose.ORDER_DELIVERY, order.id, 0);
    if (chance.happens(rates.late())) {
      heldBack.add(order.copy());
      late++;
      return 0;
    }
    file.write(order);
    if (!chance.happens(rates.duplicate())) {
      return 1;
    }
    duplicates++;
    if (chance.happens(0.5)) {
      file.write(order);
      faults.moved(place(name, rowsBefore + 2), "duplicate", order.id);
      return 2;
    }
    Order copy = order.copy();
    copy.again = true;
    heldBack.add(copy);
    return 1;
  }
}
