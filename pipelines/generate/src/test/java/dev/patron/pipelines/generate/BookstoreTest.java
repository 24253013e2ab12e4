package dev.patron.pipelines.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.commons.math3.stat.correlation.PearsonsCorrelation;
import org.apache.parquet.example.data.Group;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BookstoreTest {
  private static final Set<String> TRACKED = Set.of("title", "author", "price");

  /** Many faults, so that each kind meets each other. */
  private static final Faults FAULTS = new Faults(0.1, 0.1, 0.03);

  private Path folder;
  private Shop shop;
  private Bookstore.Summary summary;

  @BeforeAll
  void generate(@TempDir Path made) throws IOException {
    folder = made;
    summary = Bookstore.generate(options(folder), orders -> {});
    shop = new Shop(folder);
  }

  private static BookstoreOptions options(Path folder) {
    return BookstoreOptions.of(800, 7, folder).withBooks(150).withFaults(FAULTS);
  }

  @Test
  void equalOptionsGiveEqualBytes(@TempDir Path other) throws IOException {
    Bookstore.generate(options(other), orders -> {});
    assertThat(shop.files("")).isEqualTo(new Shop(other).files(""));
    for (String name : shop.files("")) {
      assertThat(Files.mismatch(folder.resolve(name), other.resolve(name))).as(name).isEqualTo(-1);
    }
  }

  @Test
  void theReadmeSaysHowToMakeTheSameShop() throws IOException {
    assertThat(Files.readString(folder.resolve("README.md")))
        .contains(
            "./patron generate --customers=800 --seed=7"
                + " --faults=late:0.1,duplicate:0.1,malformed:0.03 --output=FOLDER");
  }

  @Test
  void anotherSeedGivesAnotherShop(@TempDir Path other) throws IOException {
    BookstoreOptions same = options(other);
    BookstoreOptions reseeded =
        BookstoreOptions.of(same.customers(), same.seed() + 1, other)
            .withBooks(same.books())
            .withFaults(same.faults());
    Bookstore.generate(reseeded, orders -> {});
    for (String name : shop.files("orders")) {
      assertThat(Files.mismatch(folder.resolve(name), other.resolve(name))).isNotEqualTo(-1);
    }
  }

  @Test
  void makingItAgainLeavesNothingOfTheOldShop(@TempDir Path other) throws IOException {
    Bookstore.generate(options(other).withFiles(7), orders -> {});
    Bookstore.generate(options(other), orders -> {});
    assertThat(new Shop(other).files("")).isEqualTo(shop.files(""));
  }

  @Test
  void aFolderOfOtherThingsIsLeftAlone(@TempDir Path other) throws IOException {
    Files.writeString(other.resolve("thesis.txt"), "years of work");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Bookstore.generate(options(other), orders -> {}))
        .withMessageContaining("holds other files");
  }

  @Test
  void replayingTheEnvelopesGivesTheTablesOfTheTruth() throws IOException {
    for (String table : List.of("customers", "books")) {
      assertReplayed(table, replayEnvelopes(table));
    }
  }

  @Test
  void replayingTheFlatRowsGivesTheTablesOfTheTruth() throws IOException {
    for (String table : List.of("customers", "books")) {
      assertReplayed(table, replayRows(table));
    }
  }

  private void assertReplayed(String table, Map<Long, List<Event>> events) throws IOException {
    List<JsonNode> current = new ArrayList<>();
    List<JsonNode> history = new ArrayList<>();
    for (List<Event> ofKey : events.values()) {
      ofKey.sort(Comparator.comparingLong(Event::position));
      Event last = ofKey.get(ofKey.size() - 1);
      if (last.row != null) {
        current.add(last.row);
      }
      if (table.equals("books")) {
        history.addAll(versions(ofKey));
      }
    }
    assertThat(current).isEqualTo(shop.objects("truth/" + table + ".jsonl.gz"));
    if (table.equals("books")) {
      assertThat(history).isEqualTo(shop.objects("truth/books_history.jsonl.gz"));
    }
  }

  private record Event(long position, Instant at, @Nullable ObjectNode row) {}

  private static List<JsonNode> versions(List<Event> events) {
    List<JsonNode> list = new ArrayList<>();
    ObjectNode open = null;
    for (Event event : events) {
      ObjectNode row = event.row;
      if (open != null && row != null && sameTracked(open, row)) {
        open.setAll(row);
        continue;
      }
      if (open != null) {
        open.put("valid_to", micros(event.at)).put("is_current", false);
      }
      open = row == null ? null : row.deepCopy();
      if (open != null) {
        open.put("valid_from", micros(event.at)).putNull("valid_to").put("is_current", true);
        open.put("version", list.size() + 1);
        list.add(open);
      }
    }
    return list;
  }

  private static boolean sameTracked(ObjectNode left, ObjectNode right) {
    return TRACKED.stream().allMatch(name -> left.get(name).equals(right.get(name)));
  }

  private static String micros(Instant instant) {
    return Calendar.text(ChronoUnit.MICROS.between(Instant.EPOCH, instant));
  }

  private Map<Long, List<Event>> replayEnvelopes(String table) throws IOException {
    Map<Long, List<Event>> events = new TreeMap<>();
    Set<List<Object>> seen = new HashSet<>();
    Map<Integer, Long> offsets = new HashMap<>();
    for (String line : readable("debezium", table)) {
      JsonNode record = Shop.parse(line);
      JsonNode value = record.get("value");
      if (!record.get("topic").asText().equals("bookstore.public." + table)) {
        continue;
      }
      Long before = offsets.put(record.get("partition").asInt(), record.get("offset").asLong());
      assertThat(before == null || before < record.get("offset").asLong()).isTrue();
      if (value.isNull()) {
        continue;
      }
      long key = record.get("key").elements().next().asLong();
      JsonNode source = value.get("source");
      long position = source.get("lsn").asLong();
      if (seen.add(List.of(key, position, value.get("op").asText()))) {
        JsonNode after = value.get("after");
        Instant at = Instant.EPOCH.plus(source.get("ts_us").asLong(), ChronoUnit.MICROS);
        assertThat(value.get("op").asText()).isIn("r", "c", "u", "d");
        assertThat(value.get("op").asText().equals("d")).isEqualTo(after.isNull());
        events
            .computeIfAbsent(key, any -> new ArrayList<>())
            .add(new Event(position, at, after.isNull() ? null : (ObjectNode) after));
      }
    }
    return events;
  }

  private Map<Long, List<Event>> replayRows(String table) throws IOException {
    Map<Long, List<Event>> events = new TreeMap<>();
    Set<String> seen = new HashSet<>();
    for (String line : readable("flat", table)) {
      if (!seen.add(line)) {
        continue;
      }
      ObjectNode row = (ObjectNode) Shop.parse(line);
      Instant at = Instant.parse(row.get("row_time").asText());
      boolean deleted = row.get("row_status").asText().equals("delete");
      if (table.equals("books")) {
        row.remove(List.of("row_status", "row_time"));
      }
      events
          .computeIfAbsent(row.elements().next().asLong(), any -> new ArrayList<>())
          .add(new Event(ChronoUnit.MICROS.between(Instant.EPOCH, at), at, deleted ? null : row));
    }
    return events;
  }

  /** All lines but those that the truth says cannot be read. */
  private List<String> readable(String form, String table) throws IOException {
    Map<String, String> unreadable = new HashMap<>();
    for (JsonNode fault : shop.objects("truth/faults.jsonl.gz")) {
      if (fault.get("fault").asText().equals("malformed")) {
        unreadable.put(
            fault.get("file").asText() + ":" + fault.get("line").asLong(),
            fault.get("text").asText());
      }
    }
    List<String> list = new ArrayList<>();
    for (String file : shop.files(form + "/" + table)) {
      List<String> lines = shop.lines(file);
      for (int i = 0; i < lines.size(); i++) {
        String text = unreadable.get(file + ":" + (i + 1));
        if (text == null) {
          list.add(lines.get(i));
        } else {
          assertThat(lines.get(i)).isEqualTo(text);
        }
      }
    }
    return list;
  }

  @Test
  void theAccountsAddUpToTheLinesOfTheFiles() throws IOException {
    JsonNode accounts = shop.document("truth/accounts.json");
    for (String table : List.of("customers", "books")) {
      for (String form : List.of("debezium", "flat")) {
        JsonNode account = accounts.get(table).get(form);
        long lines = 0;
        for (String file : shop.files(form + "/" + table)) {
          lines += shop.lines(file).size();
        }
        long refused = 0;
        for (JsonNode count : account.get("quarantined")) {
          refused += count.asLong();
        }
        long read =
            account.get("snapshot").asLong()
                + account.get("creates").asLong()
                + account.get("updates").asLong()
                + account.get("deletes").asLong()
                + account.get("duplicates").asLong()
                + account.get("ignored").asLong()
                + refused;
        assertThat(account.get("records").asLong()).isEqualTo(lines).isEqualTo(read);
        assertThat(account.get("late").asLong()).isPositive();
        assertThat(account.get("duplicates").asLong()).isPositive();
      }
    }
    assertThat(accounts.get("books").get("versions").asLong())
        .isEqualTo(shop.lines("truth/books_history.jsonl.gz").size());
  }

  @Test
  void everyKindOfUnreadableRecordOccurs() throws IOException {
    JsonNode accounts = shop.document("truth/accounts.json");
    Set<String> kinds = new TreeSet<>();
    accounts
        .get("customers")
        .get("debezium")
        .get("quarantined")
        .fieldNames()
        .forEachRemaining(kinds::add);
    assertThat(kinds)
        .containsExactlyInAnyOrderElementsOf(
            Damage.OF_ENVELOPES.stream().map(Damage::name).toList());
  }

  @Test
  void faultsStandWhereTheTruthSays() throws IOException {
    Map<String, Set<Long>> rows = new HashMap<>();
    Map<String, Integer> copies = new HashMap<>();
    Map<String, List<Group>> orders = new HashMap<>();
    for (JsonNode fault : shop.objects("truth/faults.jsonl.gz")) {
      String file = fault.get("file").asText();
      int line = fault.get("line").asInt() - 1;
      copies.merge(fault.get("table").asText() + fault.get("fault").asText(), 1, Integer::sum);
      assertThat(rows.computeIfAbsent(file, any -> new HashSet<>()).add((long) line)).isTrue();
      if (fault.get("table").asText().equals("orders")) {
        if (!orders.containsKey(file)) {
          orders.put(file, shop.orders(file));
        }
        assertThat(orders.getOrDefault(file, List.of()).get(line).getLong("order_id", 0))
            .isEqualTo(fault.get("key").asLong());
      }
    }
    JsonNode account = shop.document("truth/accounts.json").get("orders");
    assertThat(copies.get("ordersduplicate")).isEqualTo(account.get("duplicates").asInt());
    assertThat(copies.get("orderslate")).isEqualTo(account.get("late").asInt());
  }

  @Test
  void withoutFaultsEveryRecordComesOnceAndInOrder(@TempDir Path other) throws IOException {
    Bookstore.generate(options(other).withFaults(Faults.NONE), orders -> {});
    Shop calm = new Shop(other);
    assertThat(calm.lines("truth/faults.jsonl.gz")).isEmpty();
    long id = 0;
    long at = Long.MIN_VALUE;
    for (String file : calm.files("orders")) {
      for (Group order : calm.orders(file)) {
        assertThat(order.getLong("order_id", 0)).isEqualTo(++id);
        assertThat(order.getLong("order_timestamp", 0)).isGreaterThanOrEqualTo(at);
        at = order.getLong("order_timestamp", 0);
      }
    }
    for (String table : List.of("customers", "books")) {
      assertThat(calm.contents().get("truth/" + table + ".jsonl.gz"))
          .as("faults change no table")
          .isEqualTo(shop.contents().get("truth/" + table + ".jsonl.gz"));
    }
  }

  @Test
  void linesCostWhatTheBookDidAtTheTimeOfTheOrder() throws IOException {
    Map<Long, List<JsonNode>> history = new HashMap<>();
    for (JsonNode version : shop.objects("truth/books_history.jsonl.gz")) {
      history
          .computeIfAbsent(version.get("book_id").asLong(), any -> new ArrayList<>())
          .add(version);
    }
    for (Group order : distinctOrders().values()) {
      String at = Calendar.text(order.getLong("order_timestamp", 0));
      BigDecimal total = BigDecimal.ZERO;
      int units = 0;
      Group list = order.getGroup("books", 0);
      for (int i = 0; i < list.getFieldRepetitionCount("list"); i++) {
        Group line = list.getGroup("list", i).getGroup("element", 0);
        List<JsonNode> valid =
            history.getOrDefault(line.getLong("book_id", 0), List.of()).stream()
                .filter(version -> version.get("valid_from").asText().compareTo(at) <= 0)
                .filter(
                    version ->
                        version.get("valid_to").isNull()
                            || version.get("valid_to").asText().compareTo(at) > 0)
                .toList();
        assertThat(valid).hasSize(1);
        BigDecimal price = new BigDecimal(valid.get(0).get("price").asText());
        BigDecimal subtotal = money(line, "subtotal");
        assertThat(subtotal)
            .isEqualTo(price.multiply(BigDecimal.valueOf(line.getInteger("quantity", 0))));
        total = total.add(subtotal);
        units += line.getInteger("quantity", 0);
      }
      assertThat(money(order, "total")).isEqualByComparingTo(total).isPositive();
      assertThat(order.getInteger("quantity", 0)).isEqualTo(units);
    }
  }

  @Test
  void theTruthOfACustomerIsWhatTheOrdersSay() throws IOException {
    Map<Long, BigDecimal> spent = new HashMap<>();
    Map<Long, Integer> orders = new HashMap<>();
    Map<Long, Set<LocalDate>> days = new HashMap<>();
    BigDecimal amount = BigDecimal.ZERO;
    int anonymous = 0;
    for (Group order : distinctOrders().values()) {
      amount = amount.add(money(order, "total"));
      if (order.getFieldRepetitionCount("customer_id") == 0) {
        anonymous++;
        continue;
      }
      long customer = order.getLong("customer_id", 0);
      spent.merge(customer, money(order, "total"), BigDecimal::add);
      orders.merge(customer, 1, Integer::sum);
      days.computeIfAbsent(customer, any -> new HashSet<>())
          .add(LocalDate.ofEpochDay(order.getLong("order_timestamp", 0) / Calendar.DAY));
    }
    for (String[] row : shop.csv("truth/customer_parameters.csv")) {
      long customer = Long.parseLong(row[0]);
      assertThat(Integer.parseInt(row[7])).isEqualTo(orders.getOrDefault(customer, 0));
      assertThat(Integer.parseInt(row[8])).isEqualTo(days.getOrDefault(customer, Set.of()).size());
      assertThat(new BigDecimal(row[11]))
          .isEqualByComparingTo(spent.getOrDefault(customer, BigDecimal.ZERO));
    }
    JsonNode account = shop.document("truth/accounts.json").get("orders");
    assertThat(new BigDecimal(account.get("amount").asText())).isEqualByComparingTo(amount);
    assertThat(account.get("anonymous_orders").asInt()).isEqualTo(anonymous).isPositive();
    assertThat(summary.orders()).isEqualTo(distinctOrders().size());
    assertThat(summary.amount()).isEqualTo(amount.movePointRight(2).longValueExact());
  }

  @Test
  void spendFollowsTheLevelOfTheCustomer() throws IOException {
    List<double[]> pairs = new ArrayList<>();
    for (String[] row : shop.csv("truth/customer_parameters.csv")) {
      int orders = Integer.parseInt(row[7]);
      if (orders >= 5) {
        pairs.add(
            new double[] {
              Math.log(Double.parseDouble(row[4])), Math.log(Double.parseDouble(row[11]) / orders)
            });
      }
    }
    assertThat(pairs.size()).isGreaterThan(100);
    assertThat(
            new PearsonsCorrelation(pairs.toArray(new double[0][]))
                .getCorrelationMatrix()
                .getEntry(0, 1))
        .isGreaterThan(0.9);
    double ratio = pairs.stream().mapToDouble(pair -> pair[1] - pair[0]).average().orElseThrow();
    assertThat(ratio).isCloseTo(0, within(0.1));
  }

  @Test
  void valuesHoldWhatRealOnesDo() throws IOException {
    StringBuilder all = new StringBuilder();
    shop.objects("truth/customers.jsonl.gz").forEach(row -> row.forEach(all::append));
    shop.objects("truth/books.jsonl.gz").forEach(row -> row.forEach(all::append));
    assertThat(all.toString()).contains("\\n", "\\\"", ",", "null", "\"Null\"", "\"\"", "ł", "#");
    assertThat(Files.readString(folder.resolve("country_lookup.csv")))
        .contains("NA,Namibia,Africa\n")
        .contains("KR,\"Korea, Republic of\",Asia\n")
        .contains("\"Falkland Islands \"\"Malvinas\"\"\"")
        .contains("ZZ,Unknown,\n");
  }

  @Test
  void optionsThatMakeNoSenseAreRefused() {
    BookstoreOptions options = options(folder);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BookstoreOptions.of(0, 42, folder))
        .withMessage("customers is 0; it must be at least 1");
    assertThatIllegalArgumentException().isThrownBy(() -> options.withBooks(1));
    assertThatIllegalArgumentException().isThrownBy(() -> options.withFiles(0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options.withDates(options.start(), options.start().plusDays(3)));
    assertThatIllegalArgumentException().isThrownBy(() -> new Faults(0, Double.NaN, 0));
  }

  private Map<Long, Group> distinctOrders() throws IOException {
    Map<Long, Group> map = new TreeMap<>();
    for (String file : shop.files("orders")) {
      for (Group order : shop.orders(file)) {
        Group other = map.put(order.getLong("order_id", 0), order);
        assertThat(other == null || other.toString().equals(order.toString())).isTrue();
      }
    }
    return map;
  }

  private static BigDecimal money(Group row, String column) {
    return new BigDecimal(new BigInteger(row.getBinary(column, 0).getBytes()), 2);
  }
}
