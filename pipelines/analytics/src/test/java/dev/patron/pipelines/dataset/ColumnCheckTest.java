package dev.patron.pipelines.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is said about a dataset once the columns of its tables are known. */
final class ColumnCheckTest {
  private static final String DEFINITION =
      """
      tables:
        books:
          keep: history
          key: [book_id]
          track: [price]
          from: { files: "books/*.csv" }
          change: { sequence: [at, number], operation: op, delete: [D] }
        orders:
          keep: facts
          key: [order_id]
          from: { files: "orders/*.parquet" }
          rules: { named: { column: customer, matches: "[A-Z]+" } }
      purchases:
        table: orders
        customer: customer
        order: order_id
        time: at
        lines: lines
        quantity: n
        priceFrom: { table: books, key: book, column: price }
      """;

  private static final Map<String, String> RIGHT =
      Map.of(
          "books",
          "row<book_id: string, price: decimal(10,2), at: timestamp, number: long, op: string>",
          "orders",
          "row<order_id: long, customer: string, at: date,"
              + " lines: array<row<book: string, n: double>>>");

  private final Path folder;

  ColumnCheckTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private Dataset dataset() throws IOException {
    return DatasetFile.parse(
        Files.writeString(folder.resolve("dataset.yaml"), DEFINITION).toString(), Map.of());
  }

  private static Map<String, Schema> schemas(String word, String other) {
    Map<String, Schema> schemas = new TreeMap<>();
    RIGHT.forEach(
        (table, columns) ->
            schemas.put(table, ((Type.RowOf) Type.parse(columns.replace(word, other))).schema()));
    return schemas;
  }

  @Test
  void columnsThatAreAllThereAreAccepted() throws IOException {
    dataset().validateAgainst(schemas("", ""));
  }

  @Test
  void tablesWhoseColumnsAreNotKnownYetAreNotLookedAt() throws IOException {
    dataset().validateAgainst(Map.of());
    Map<String, Schema> orders = schemas("", "");
    orders.remove("books");
    dataset().validateAgainst(orders);
  }

  /** No table that the country could be read from would have it. */
  @Test
  void aCountryCannotBeAColumnThatIsLeftOut() throws IOException {
    Dataset dataset =
        DatasetFile.parse(
            Files.writeString(
                    folder.resolve("dataset.yaml"),
                    """
                    tables:
                      orders:
                        keep: facts
                        columns: { except: [land] }
                        from: { files: "orders/*.parquet" }
                    purchases: { table: orders, customer: customer, time: at, amount: n }
                    country: orders.land
                    """)
                .toString(),
            Map.of());

    Schema schema =
        ((Type.RowOf) Type.parse("row<customer: string, at: date, n: long, land: string>"))
            .schema();

    DatasetException refusal =
        catchThrowableOfType(
            DatasetException.class, () -> dataset.validateAgainst(Map.of("orders", schema)));

    assertThat(refusal)
        .hasMessageEndingWith("; it has customer, at, n")
        .hasMessageStartingWith("country names column 'land', which table 'orders' does not have");
  }

  private static Stream<Arguments> mistakes() {
    return Stream.of(
        Arguments.of(
            "customer: string",
            "customer_id: string",
            "tables.orders.rules.named.column names column 'customer', which table 'orders' does"
                + " not have at dataset.yaml:12:31; did you mean 'customer_id'? It has order_id,"
                + " customer_id, at, lines\n"
                + "purchases.customer names column 'customer', which table 'orders' does not have"
                + " at dataset.yaml:15:13; did you mean 'customer_id'? It has order_id, customer_id,"
                + " at, lines"),
        Arguments.of(
            "at: date",
            "at: string",
            "purchases.time names column 'at' of table 'orders', which is string at"
                + " dataset.yaml:17:9; expected timestamp or date"),
        Arguments.of(
            "order_id: long",
            "order_id: double",
            "tables.orders.key names column 'order_id' of table 'orders', which is double at"
                + " dataset.yaml:10:11; expected a type that can be a key\n"
                + "purchases.order names column 'order_id' of table 'orders', which is double at"
                + " dataset.yaml:16:10; expected string or long"),
        Arguments.of(
            "array<row<book: string, n: double>>",
            "array<string>",
            "purchases.lines names column 'lines' of table 'orders', which is array<string> at"
                + " dataset.yaml:18:10; expected an array of rows"),
        Arguments.of(
            "n: double",
            "n: string",
            "purchases.quantity names column 'n' of a row of 'lines' in table 'orders', which"
                + " is string at dataset.yaml:19:13; expected decimal, long or double"),
        Arguments.of(
            "book: string",
            "bok: string",
            "purchases.priceFrom.key names column 'book', which a row of 'lines' in table"
                + " 'orders' does not have at dataset.yaml:20:35; did you mean 'bok'? It has bok,"
                + " n"),
        Arguments.of(
            "book: string",
            "book: long",
            "purchases.priceFrom.key names column 'book' of a row of 'lines' in table 'orders',"
                + " which is long at dataset.yaml:20:35; expected string, as book_id of table"
                + " 'books'"),
        Arguments.of(
            "price: decimal(10,2)",
            "price: boolean",
            "purchases.priceFrom.column names column 'price' of table 'books', which is boolean at"
                + " dataset.yaml:20:49; expected decimal, long or double"),
        Arguments.of(
            "at: timestamp",
            "at: long",
            "tables.books.change.sequence has no timestamp or date at dataset.yaml:7:15; a history"
                + " needs to know when a change took effect: add time: COLUMN to change"),
        Arguments.of(
            "number: long",
            "number: double",
            "tables.books.change.sequence names column 'number' of table 'books', which is double"
                + " at dataset.yaml:7:30; expected long, decimal, string, timestamp or date"),
        Arguments.of(
            "op: string",
            "op: string, Valid_From: date",
            "table 'books' has a column 'Valid_From' at dataset.yaml:2:3; Patron writes a column of"
                + " that name to this table: rename it at its source"),
        Arguments.of(
            "order_id: long",
            "order_id: long, _VALUE: string",
            "table 'orders' has a column '_VALUE' at dataset.yaml:8:3; Patron writes a column of"
                + " that name to this table: rename it at its source"));
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @MethodSource("mistakes")
  void eachMistakeHasItsLine(String word, String wrong, String expected) throws IOException {
    Dataset dataset = dataset();
    DatasetException refusal =
        catchThrowableOfType(
            DatasetException.class, () -> dataset.validateAgainst(schemas(word, wrong)));
    assertThat(refusal).isNotNull();
    assertThat(refusal.getMessage().replace(folder + "/", "")).isEqualTo(expected);
  }

  @Test
  void wideTablesAreNotListedInFull() throws IOException {
    Schema wide = Schema.of();
    for (int i = 0; i < 100; i++) {
      wide = wide.with("c" + i, Type.LONG);
    }
    Map<String, Schema> schemas = Map.of("orders", wide);
    Dataset dataset = dataset();

    assertThat(catchThrowableOfType(DatasetException.class, () -> dataset.validateAgainst(schemas)))
        .message()
        .contains("c29 and 70 more")
        .doesNotContain("c30");
  }

  /** Its last value would count at all earlier times, too. */
  @Test
  void whatMakesAPurchaseOfAHistoryIsTracked() throws IOException {
    String definition =
        """
        tables:
          orders:
            keep: history
            key: [order_id]
            track: [customer, status]
            from: { files: "orders/*.jsonl", format: debezium }
        purchases: { table: orders, customer: customer, order: order_id, time: at, amount: total }
        """;
    Path file = folder.resolve("history.yaml");
    Map<String, Schema> schemas =
        Map.of(
            "orders",
            ((Type.RowOf)
                    Type.parse(
                        "row<order_id: long, customer: string, status: string, at: timestamp,"
                            + " total: double>"))
                .schema());
    assertThatThrownBy(
            () ->
                DatasetFile.parse(Files.writeString(file, definition).toString(), Map.of())
                    .validateAgainst(schemas))
        .hasMessageContainingAll(
            "purchases.time names column 'at', which table 'orders' does not track at ",
            "purchases.amount names column 'total', which table 'orders' does not track at ",
            "; what was bought by a time needs a version for each of its changes");
    for (String track : List.of("[customer, at, total]", "{ except: [status] }")) {
      DatasetFile.parse(
              Files.writeString(file, definition.replace("[customer, status]", track)).toString(),
              Map.of())
          .validateAgainst(schemas);
    }
  }
}
