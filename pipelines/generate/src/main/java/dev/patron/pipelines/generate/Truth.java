package dev.patron.pipelines.generate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Writes what a pipeline cannot know, and what it must arrive at. */
final class Truth {
  private static final List<String> VALIDITY =
      List.of("valid_from", "valid_to", "is_current", "version");

  /** Where the columns stand whose changes open a new version: title, author and price. */
  private static final int FIRST_TRACKED = 1;

  private static final int AFTER_TRACKED = 4;

  private final BookstoreOptions options;
  private final Calendar calendar;
  private final Output output;
  private final Table books;

  Truth(BookstoreOptions options, Calendar calendar, Output output) {
    this.options = options;
    this.calendar = calendar;
    this.output = output;
    this.books = new Upheavals(options, calendar).of(Table.BOOKS);
  }

  /** The parameters and options that made the shop. */
  void writeParameters() throws IOException {
    BuyingModel model = options.model();
    try (JsonGenerator json = document(Output.MARK)) {
      json.writeStartObject();
      json.writeNumberField("customers", options.customers());
      json.writeNumberField("books", options.books());
      json.writeNumberField("seed", options.seed());
      json.writeStringField("start", options.start().toString());
      json.writeStringField("end", options.end().toString());
      json.writeStringField("opening", Calendar.text(calendar.opening()));
      json.writeNumberField("files", calendar.slices());
      json.writeObjectFieldStart("bg_nbd");
      json.writeStringField("unit", "week");
      json.writeNumberField("r", model.r());
      json.writeNumberField("alpha", model.alpha());
      json.writeNumberField("a", model.a());
      json.writeNumberField("b", model.b());
      json.writeEndObject();
      json.writeObjectFieldStart("gamma_gamma");
      json.writeStringField("unit", "EUR");
      json.writeNumberField("p", model.p());
      json.writeNumberField("q", model.q());
      json.writeNumberField("gamma", model.gamma());
      json.writeEndObject();
      json.writeNumberField("zipf", model.zipf());
      json.writeNumberField("another_book", model.anotherBook());
      json.writeObjectFieldStart("faults");
      json.writeNumberField("late", options.faults().late());
      json.writeNumberField("duplicate", options.faults().duplicate());
      json.writeNumberField("malformed", options.faults().malformed());
      if (options.faults().reorder() > 0) {
        json.writeNumberField("reorder", options.faults().reorder());
      }
      for (String event : options.faults().events()) {
        json.writeBooleanField(event, true);
      }
      json.writeEndObject();
      json.writeEndObject();
    }
  }

  private JsonGenerator document(String name) throws IOException {
    return new JsonFactory().createGenerator(output.plain(name)).useDefaultPrettyPrinter();
  }

  /** How well each book is liked, best first. */
  void writePopularity(Catalogue catalogue) throws IOException {
    try (OutputStream out = output.plain("truth/popularity.csv")) {
      line(out, "rank,book_id,weight");
      for (int rank = 1; rank <= catalogue.size(); rank++) {
        double weight = StrictMath.pow(rank, -options.model().zipf());
        line(out, rank + "," + catalogue.bookAtRank(rank) + "," + weight);
      }
    }
  }

  /** What each customer is like, and has done. */
  void writeCustomerParameters(Orders orders) throws IOException {
    Buyer buyer = new Buyer(options, calendar);
    try (OutputStream out = output.plain("truth/customer_parameters.csv")) {
      line(
          out,
          "customer_id,buys,rate_per_week,dropout,spend_level,alive_at_end,left_at,orders,"
              + "purchase_days,first_order_at,last_order_at,spent,future_orders");
      for (int id = 1; id <= options.customers(); id++) {
        buyer.meet(id);
        line(out, buyer.buys ? parameters(buyer, id, orders) : id + ",false,,,,,,0,0,,,0.00,0");
      }
    }
  }

  private static String parameters(Buyer buyer, int id, Orders orders) {
    int days = 1;
    for (int i = 1; i < buyer.purchases; i++) {
      if (buyer.time(i) / Calendar.DAY != buyer.time(i - 1) / Calendar.DAY) {
        days++;
      }
    }
    return String.join(
        ",",
        Integer.toString(id),
        "true",
        Double.toString(buyer.rate),
        Double.toString(buyer.dropout),
        Double.toString(buyer.spendLevel(id)),
        Boolean.toString(buyer.alive),
        buyer.alive ? "" : Calendar.text(buyer.leftAt),
        Integer.toString(buyer.purchases),
        Integer.toString(days),
        Calendar.text(buyer.time(0)),
        Calendar.text(buyer.time(buyer.purchases - 1)),
        Catalogue.money(orders.spent(id)),
        Integer.toString(buyer.futurePurchases));
  }

  private static void line(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.write('\n');
  }

  /**
   * The rows of a table at the end, by key.
   *
   * @return how many there are
   */
  long writeCurrent(Table table, int keys, LongFunction<List<Change>> changes) throws IOException {
    try (JsonLines lines =
        new JsonLines(output.zipped("truth/%s.jsonl.gz".formatted(table.name())))) {
      for (long key = 1; key <= keys; key++) {
        List<Change> all = changes.apply(key);
        List<@Nullable Object> row = all.isEmpty() ? null : all.get(all.size() - 1).row();
        if (row != null) {
          lines.json().writeStartObject();
          JsonLines.members(lines.json(), table.columns(), padded(table, row));
          lines.json().writeEndObject();
          lines.end();
        }
      }
      return lines.lines();
    }
  }

  /**
   * The versions of the books, by key and time, where title, author and price are tracked.
   *
   * @param shown when the database says that it committed what was committed at an instant
   * @return how many there are
   */
  long writeBooksHistory(String name, LongFunction<List<Change>> changes, LongUnaryOperator shown)
      throws IOException {
    try (JsonLines lines = new JsonLines(output.zipped("truth/" + name + ".jsonl.gz"))) {
      for (int book = 1; book <= options.books(); book++) {
        int version = 0;
        for (Version found : versions(changes.apply(book), shown)) {
          version++;
          JsonGenerator json = lines.json();
          json.writeStartObject();
          JsonLines.members(json, books.columns(), padded(books, found.row));
          List<@Nullable Object> validity =
              Arrays.asList(
                  Calendar.text(found.from),
                  found.to == Long.MAX_VALUE ? null : Calendar.text(found.to),
                  found.to == Long.MAX_VALUE,
                  (long) version);
          JsonLines.members(json, VALIDITY, validity);
          json.writeEndObject();
          lines.end();
        }
      }
      return lines.lines();
    }
  }

  /** A row that may be older than the table's last column. */
  private static List<@Nullable Object> padded(Table table, List<@Nullable Object> row) {
    List<@Nullable Object> whole = new ArrayList<>(row);
    while (whole.size() < table.columns().size()) {
      whole.add(null);
    }
    return whole;
  }

  private record Version(long from, long to, List<@Nullable Object> row) {}

  private static List<Version> versions(List<Change> changes, LongUnaryOperator shown) {
    // What is left at each instant; instants never decrease, whatever the clock says.
    TreeMap<Long, Change> lastAt = new TreeMap<>();
    long latest = Long.MIN_VALUE;
    for (Change change : changes) {
      latest = Math.max(latest, shown.applyAsLong(change.at()));
      lastAt.put(latest, change);
    }
    List<Version> list = new ArrayList<>();
    for (Map.Entry<Long, Change> entry : lastAt.entrySet()) {
      List<@Nullable Object> row = entry.getValue().row();
      if (row == null) {
        continue;
      }
      long from = entry.getKey();
      Long next = lastAt.higherKey(from);
      long to = next == null ? Long.MAX_VALUE : next;
      Version last = list.isEmpty() ? null : list.get(list.size() - 1);
      if (last != null && last.to == from && sameTracked(last.row, row)) {
        list.set(list.size() - 1, new Version(last.from, to, row));
      } else {
        list.add(new Version(from, to, row));
      }
    }
    return list;
  }

  private static boolean sameTracked(List<@Nullable Object> left, List<@Nullable Object> right) {
    return Objects.equals(
        left.subList(FIRST_TRACKED, AFTER_TRACKED), right.subList(FIRST_TRACKED, AFTER_TRACKED));
  }

  /** How many of everything there are. */
  void writeAccounts(
      ChangeFeed books,
      ChangeFeed customers,
      Orders orders,
      long liveBooks,
      long bookVersions,
      long liveCustomers)
      throws IOException {
    try (JsonGenerator json = document("truth/accounts.json")) {
      json.writeStartObject();
      json.writeObjectFieldStart("books");
      writeForms(json, books);
      json.writeNumberField("current", liveBooks);
      json.writeNumberField("versions", bookVersions);
      json.writeEndObject();
      json.writeObjectFieldStart("customers");
      writeForms(json, customers);
      json.writeNumberField("current", liveCustomers);
      json.writeEndObject();
      json.writeObjectFieldStart("orders");
      json.writeNumberField("records", orders.rows());
      json.writeNumberField("orders", orders.orders());
      json.writeNumberField("late", orders.late());
      json.writeNumberField("duplicates", orders.duplicates());
      json.writeNumberField("lines", orders.lines());
      json.writeNumberField("units", orders.units());
      json.writeStringField("amount", Catalogue.money(orders.amount()));
      json.writeNumberField("anonymous_orders", orders.anonymous());
      json.writeStringField("anonymous_amount", Catalogue.money(orders.anonymousAmount()));
      json.writeEndObject();
      json.writeObjectFieldStart("country_lookup");
      json.writeNumberField("records", Countries.ALL.size());
      json.writeEndObject();
      json.writeEndObject();
    }
  }

  private static void writeForms(JsonGenerator json, ChangeFeed feed) throws IOException {
    json.writeFieldName(ChangeFeed.DEBEZIUM);
    feed.debezium().write(json);
    json.writeFieldName(ChangeFeed.FLAT);
    feed.flat().write(json);
  }
}
