package dev.patron.runners.portability;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * What the tables must hold, computed the slow and obvious way: loops over lists of orders, money
 * in decimals, days of UTC. Shares nothing with the code that it judges.
 */
final class ShopByHand {

  /** An order, as the orders' files have it. */
  record Order(long id, Instant at, @Nullable Long customer, List<Line> lines) {
    static Order of(Row row) {
      List<Line> lines = new ArrayList<>();
      for (Row line : row.<Row>getList(row.fieldIndex("books"))) {
        lines.add(
            new Line(
                number(line, "book_id"),
                number(line, "quantity"),
                line.getDecimal(line.fieldIndex("subtotal"))));
      }
      int customer = row.fieldIndex("customer_id");
      return new Order(
          row.getLong(row.fieldIndex("order_id")),
          row.getInstant(row.fieldIndex("order_timestamp")),
          row.isNullAt(customer) ? null : row.getLong(customer),
          lines);
    }

    /** Of any width: what files call an integer, tables may call a long. */
    private static long number(Row row, String column) {
      return row.<Number>getAs(column).longValue();
    }

    BigDecimal amount() {
      return lines.stream().map(Line::subtotal).reduce(ZERO, BigDecimal::add);
    }

    long units() {
      return lines.stream().mapToLong(Line::quantity).sum();
    }

    LocalDate day() {
      return LocalDate.ofInstant(at, ZoneOffset.UTC);
    }

    LocalDate month() {
      return day().withDayOfMonth(1);
    }
  }

  /** A line of an order. */
  record Line(long book, long quantity, BigDecimal subtotal) {}

  /** A row of {@code silver/purchases}. */
  record Purchase(
      @Nullable Long customer,
      long order,
      Instant at,
      long lines,
      double units,
      BigDecimal amount,
      BigDecimal returned) {}

  /** A row of {@code gold/customer_features}; means are rounded to nine digits. */
  record Customer(
      long id,
      Instant asOf,
      Instant first,
      Instant last,
      long recencyDays,
      long frequency,
      BigDecimal monetary,
      BigDecimal meanAmount,
      long tenureDays,
      long repeatPurchases,
      long repeatRecencyDays,
      @Nullable BigDecimal repeatMeanAmount,
      long repeatPaidDays,
      BigDecimal returned,
      double units) {}

  /** The scores and the name of a customer. */
  record Scores(long r, long f, long m, String segment) {}

  /** A row of {@code gold/revenue_by_month}. */
  record Month(long purchases, long customers, long anonymous, BigDecimal revenue) {}

  /** A row of {@code gold/cohort_retention}: who of a cohort bought so many months later. */
  record Retention(long cohort, long customers, double retention, BigDecimal revenue) {}

  /** Which cohort, how many months after its first. */
  record CohortMonth(LocalDate cohort, long monthsSince) implements Comparable<CohortMonth> {
    @Override
    public int compareTo(CohortMonth other) {
      int order = cohort.compareTo(other.cohort);
      return order != 0 ? order : Long.compare(monthsSince, other.monthsSince);
    }
  }

  static final BigDecimal ZERO = new BigDecimal("0.00");

  private static final Map<String, String> CELLS =
      Map.ofEntries(
          Map.entry("Champions", "55 54 45"),
          Map.entry("Loyal", "53 44 35 34"),
          Map.entry("Potential Loyalists", "52 42 33 43"),
          Map.entry("Recent", "51"),
          Map.entry("Promising", "41 31"),
          Map.entry("Needing Attention", "32 23 22"),
          Map.entry("About to Sleep", "21"),
          Map.entry("At Risk", "25 24 13"),
          Map.entry("Cannot Lose Them", "15 14"),
          Map.entry("Hibernating", "12"),
          Map.entry("Lost", "11"));

  private final SortedMap<Long, Order> orders = new TreeMap<>();
  private final Instant asOf;

  /** A shop with these orders; those that were delivered twice stand here twice. */
  ShopByHand(List<Order> delivered) {
    for (Order order : delivered) {
      orders.put(order.id(), order);
    }
    LocalDate newest = LocalDate.MIN;
    for (Order order : orders.values()) {
      newest = order.day().isAfter(newest) ? order.day() : newest;
    }
    asOf = newest.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant().minus(1, ChronoUnit.MICROS);
  }

  /** The end of the day of the newest order. */
  Instant asOf() {
    return asOf;
  }

  /** Each order once. */
  SortedMap<Long, Order> orders() {
    return orders;
  }

  SortedMap<Long, Purchase> purchases() {
    SortedMap<Long, Purchase> purchases = new TreeMap<>();
    for (Order order : orders.values()) {
      purchases.put(
          order.id(),
          new Purchase(
              order.customer(),
              order.id(),
              order.at(),
              order.lines().size(),
              order.units(),
              order.amount(),
              ZERO));
    }
    return purchases;
  }

  /** The orders of each customer by time. */
  private SortedMap<Long, List<Order>> baskets() {
    SortedMap<Long, List<Order>> baskets = new TreeMap<>();
    for (Order order : orders.values()) {
      Long customer = order.customer();
      if (customer != null) {
        baskets.computeIfAbsent(customer, any -> new ArrayList<>()).add(order);
      }
    }
    baskets.values().forEach(basket -> basket.sort((a, b) -> a.at().compareTo(b.at())));
    return baskets;
  }

  SortedMap<Long, Customer> customers() {
    SortedMap<Long, Customer> customers = new TreeMap<>();
    LocalDate today = LocalDate.ofInstant(asOf, ZoneOffset.UTC);
    baskets()
        .forEach(
            (id, basket) -> {
              SortedMap<LocalDate, BigDecimal> days = new TreeMap<>();
              BigDecimal spent = ZERO;
              double units = 0;
              for (Order order : basket) {
                days.merge(order.day(), order.amount(), BigDecimal::add);
                spent = spent.add(order.amount());
                units += order.units();
              }
              LocalDate firstDay = days.firstKey();
              LocalDate lastDay = days.lastKey();
              long paidDays = 0;
              BigDecimal paid = ZERO;
              for (Map.Entry<LocalDate, BigDecimal> day : days.entrySet()) {
                if (!day.getKey().equals(firstDay) && day.getValue().signum() > 0) {
                  paidDays++;
                  paid = paid.add(day.getValue());
                }
              }
              customers.put(
                  id,
                  new Customer(
                      id,
                      asOf,
                      basket.get(0).at(),
                      basket.get(basket.size() - 1).at(),
                      ChronoUnit.DAYS.between(lastDay, today),
                      basket.size(),
                      spent,
                      mean(spent, basket.size()),
                      ChronoUnit.DAYS.between(firstDay, today),
                      days.size() - 1,
                      ChronoUnit.DAYS.between(firstDay, lastDay),
                      paidDays == 0 ? null : mean(paid, paidDays),
                      paidDays,
                      ZERO,
                      units));
            });
    return customers;
  }

  private static BigDecimal mean(BigDecimal sum, long count) {
    return sum.divide(BigDecimal.valueOf(count), 9, RoundingMode.HALF_EVEN);
  }

  /** Scores by value cuts: 1 and the number of quintile edges that a value exceeds. */
  SortedMap<Long, Scores> scores() {
    SortedMap<Long, Customer> customers = customers();
    Map<Long, Long> r = score(customers, customer -> BigDecimal.valueOf(-customer.recencyDays()));
    Map<Long, Long> f = score(customers, customer -> BigDecimal.valueOf(customer.frequency()));
    Map<Long, Long> m = score(customers, Customer::monetary);
    SortedMap<Long, Scores> scores = new TreeMap<>();
    for (long id : customers.keySet()) {
      long recency = r.getOrDefault(id, 0L);
      long frequency = f.getOrDefault(id, 0L);
      long monetary = m.getOrDefault(id, 0L);
      long fm = (long) Math.floor((frequency + monetary) / 2.0 + 0.5);
      scores.put(id, new Scores(recency, frequency, monetary, name("" + recency + fm)));
    }
    return scores;
  }

  private static Map<Long, Long> score(
      SortedMap<Long, Customer> customers, Function<Customer, BigDecimal> goodness) {
    List<BigDecimal> all = customers.values().stream().map(goodness).toList();
    BigDecimal best = all.stream().reduce(BigDecimal::max).orElseThrow();
    Map<Long, Long> scores = new HashMap<>();
    customers.forEach(
        (id, customer) -> {
          BigDecimal own = goodness.apply(customer);
          long worse = all.stream().filter(other -> other.compareTo(own) < 0).count();
          scores.put(id, own.compareTo(best) == 0 ? 5 : 1 + 5 * worse / all.size());
        });
    return scores;
  }

  private static String name(String cell) {
    return CELLS.entrySet().stream()
        .filter(entry -> List.of(entry.getValue().split(" ", -1)).contains(cell))
        .findFirst()
        .orElseThrow()
        .getKey();
  }

  SortedMap<LocalDate, Month> months() {
    SortedMap<LocalDate, Month> months = new TreeMap<>();
    Set<LocalDate> all = new HashSet<>();
    orders.values().forEach(order -> all.add(order.month()));
    for (LocalDate month : all) {
      List<Order> ordered =
          orders.values().stream().filter(order -> order.month().equals(month)).toList();
      Set<Long> customers = new HashSet<>();
      long anonymous = 0;
      BigDecimal revenue = ZERO;
      for (Order order : ordered) {
        revenue = revenue.add(order.amount());
        Long customer = order.customer();
        if (customer == null) {
          anonymous++;
        } else {
          customers.add(customer);
        }
      }
      months.put(month, new Month(ordered.size(), customers.size(), anonymous, revenue));
    }
    return months;
  }

  SortedMap<CohortMonth, Retention> retention() {
    SortedMap<CohortMonth, Set<Long>> active = new TreeMap<>();
    SortedMap<CohortMonth, BigDecimal> revenue = new TreeMap<>();
    baskets()
        .forEach(
            (id, basket) -> {
              LocalDate cohort = basket.get(0).month();
              for (Order order : basket) {
                CohortMonth cell =
                    new CohortMonth(cohort, ChronoUnit.MONTHS.between(cohort, order.month()));
                active.computeIfAbsent(cell, any -> new HashSet<>()).add(id);
                revenue.merge(cell, order.amount(), BigDecimal::add);
              }
            });
    SortedMap<CohortMonth, Retention> retention = new TreeMap<>();
    active.forEach(
        (cell, customers) -> {
          long size = active.getOrDefault(new CohortMonth(cell.cohort(), 0), Set.of()).size();
          retention.put(
              cell,
              new Retention(
                  size,
                  customers.size(),
                  (double) customers.size() / size,
                  revenue.getOrDefault(cell, ZERO)));
        });
    return retention;
  }
}
