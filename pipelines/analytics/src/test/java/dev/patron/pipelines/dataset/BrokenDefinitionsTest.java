package dev.patron.pipelines.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a user reads when a definition is wrong: what, where, and what to do. Each case breaks one
 * word of a definition that is right; {@code ~} stands for a line break.
 */
final class BrokenDefinitionsTest {
  private static final String RIGHT =
      """
      name: shop
      zone: UTC
      tables:
        books:
          keep: history
          key: [book_id]
          track: [price]
          from: { files: "books/*.jsonl", format: jsonl }
          change: { sequence: row_time, operation: op, delete: [delete] }
          columns: { book_id: long, price: "decimal(10,2)", row_time: timestamp, op: string }
        orders:
          keep: facts
          key: [order_id]
          from: { files: "orders/*.csv", delimiter: ";" }
          columns: { order_id: long, customer: string, at: timestamp, n: long, sum: double, book: long }
          rules:
            paid: { column: sum, min: 0.01, else: quarantine }
      purchases:
        table: orders
        customer: customer
        order: order_id
        time: at
        quantity: n
        amount: sum
      currency: EUR
      locale: de-DE
      """;

  private final Path folder;

  BrokenDefinitionsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private DatasetException refusalOf(String yaml) throws IOException {
    Path file = Files.writeString(folder.resolve("dataset.yaml"), yaml);
    return catchThrowableOfType(
        DatasetException.class, () -> DatasetFile.parse(file.toString(), Map.of("EMPTY", " ")));
  }

  @Test
  void theDefinitionThatTheCasesBreakIsRight() throws IOException {
    assertThat(refusalOf(RIGHT)).isNull();
  }

  private static Stream<Arguments> mistakes() {
    return Stream.of(
        Arguments.of(
            "files: \"books/*.jsonl\", format: jsonl",
            "kafka: books, bootstrap: \"b:1\", format: csv",
            "tables.books.from.format is csv, but the records come from Kafka at"
                + " dataset.yaml:8:45; expected debezium or jsonl"),
        Arguments.of(
            "files: \"books/*.jsonl\", format: jsonl",
            "rest: \"http://shop.example\", format: parquet",
            "tables.books.from.format is parquet, but the records come from pages over HTTP at"
                + " dataset.yaml:8:42; expected debezium or jsonl"),
        Arguments.of(
            "name: shop",
            "nme: shop",
            "unknown key 'nme' at dataset.yaml:1:1; did you mean 'name'?"),
        Arguments.of(
            "name: shop",
            "name: [shop]",
            "name is a list at dataset.yaml:1:1; expected the dataset's name"),
        Arguments.of(
            "zone: UTC",
            "zone: Mars",
            "zone is 'Mars', which is no time zone at dataset.yaml:2:7; expected one such "
                + "as UTC or Europe/Berlin"),
        Arguments.of(
            "currency: EUR",
            "currency: EURO",
            "currency is 'EURO', which is no currency at dataset.yaml:25:11; expected a "
                + "code of ISO 4217 such as EUR, USD or JPY"),
        Arguments.of(
            "locale: de-DE",
            "locale: de_DE",
            "locale is 'de_DE', which is no language at dataset.yaml:26:9; expected a "
                + "language tag such as en or de-DE"),
        Arguments.of(
            "name: shop",
            "name: shop~name: store",
            "key 'name' occurs twice in the definition at dataset.yaml:2:1; it is already "
                + "on line 1"),
        Arguments.of(
            "tables:~",
            "tabels:~",
            "unknown key 'tabels' at dataset.yaml:3:1; did you mean 'tables'?"),
        Arguments.of(
            "  books:~    keep",
            "  \"../books\":~    keep",
            "table name '../books' cannot name a folder at dataset.yaml:4:3; expected at "
                + "most 100 letters, digits, '_' and '-'"),
        Arguments.of(
            "  orders:~    keep",
            "  Books:~    keep",
            "table 'Books' and table 'books' differ only in case at dataset.yaml:11:3; "
                + "some file systems do not tell them apart: rename one"),
        Arguments.of(
            "keep: history",
            "keep: historic",
            "tables.books.keep is 'historic' at dataset.yaml:5:11; did you mean 'history'?"),
        Arguments.of(
            "keep: history",
            "keep:",
            "tables.books.keep is empty at dataset.yaml:5:10; expected current, history or "
                + "facts"),
        Arguments.of(
            "    keep: history~",
            "",
            "tables.books has no 'keep' at dataset.yaml:4:3; say what it remembers: keep: "
                + "current, history or facts"),
        Arguments.of(
            "    key: [book_id]~",
            "",
            "tables.books has no 'key' at dataset.yaml:4:3; keep: history needs the "
                + "columns that identify a row, as in key: [id]"),
        Arguments.of(
            "key: [book_id]",
            "key: [book_id, book_id]",
            "tables.books.key[1] names column 'book_id' again at dataset.yaml:6:20; name "
                + "it once"),
        Arguments.of(
            "key: [book_id]",
            "key: []",
            "tables.books.key is an empty list at dataset.yaml:6:5; expected a column or a "
                + "list of columns"),
        Arguments.of(
            "key: [book_id]",
            "key: { column: book_id }",
            "tables.books.key is a mapping at dataset.yaml:6:5; expected a column or a "
                + "list of columns"),
        Arguments.of(
            "key: [book_id]",
            "key: [bookid]",
            "tables.books.key names column 'bookid', which table 'books' does not have at "
                + "dataset.yaml:6:11; did you mean 'book_id'? It has book_id, price, row_time, op"),
        Arguments.of(
            "track: [price]",
            "track: [cost]",
            "tables.books.track names column 'cost', which table 'books' does not have at "
                + "dataset.yaml:7:13; it has book_id, price, row_time, op"),
        Arguments.of(
            "keep: history",
            "keep: current",
            "tables.books.track is given, but the table keeps current at dataset.yaml:7:5; "
                + "only keep: history opens versions: remove it"),
        Arguments.of(
            "format: jsonl",
            "formt: jsonl",
            "unknown key 'formt' at dataset.yaml:8:37; did you mean 'format'?"),
        Arguments.of(
            "format: jsonl",
            "format: json",
            "tables.books.from.format is 'json' at dataset.yaml:8:45; did you mean 'jsonl'?"),
        Arguments.of(
            "format: jsonl",
            "format: debezium",
            "tables.books.change is given, but the format is debezium at dataset.yaml:9:5; "
                + "its records say themselves what changed: remove it"),
        Arguments.of(
            "format: jsonl",
            "table: livres, format: jsonl",
            "tables.books.from.table is given, but the format is jsonl at "
                + "dataset.yaml:8:37; only debezium records say which table they belong to"),
        Arguments.of(
            "    change: { sequence: row_time, operation: op, delete: [delete] }~",
            "",
            "tables.books has no 'change' at dataset.yaml:4:3; keep: history of jsonl rows "
                + "needs change: { sequence: COLUMN }, unless they are format: debezium"),
        Arguments.of(
            "sequence: row_time",
            "sequence: op",
            "tables.books.change.sequence has no timestamp or date at dataset.yaml:9:25; a "
                + "history needs to know when a change took effect: add time: COLUMN to change"),
        Arguments.of(
            "sequence: row_time, ",
            "",
            "tables.books.change has no 'sequence' at dataset.yaml:9:5; say which columns "
                + "order the changes of a row, as in sequence: updated_at"),
        Arguments.of(
            ", delete: [delete]",
            "",
            "tables.books.change has no 'delete' at dataset.yaml:9:5; say which values of "
                + "the operation column mean a delete, as in delete: [D]"),
        Arguments.of(
            "operation: op, ",
            "",
            "tables.books.change has no 'operation' at dataset.yaml:9:5; say which column "
                + "holds the values of delete"),
        Arguments.of(
            "operation: op",
            "operation: price, time: price",
            "tables.books.change.time names column 'price' of table 'books', which is "
                + "decimal(10,2) at dataset.yaml:9:59; expected timestamp or date"),
        Arguments.of(
            "row_time: timestamp",
            "row_time: datetime",
            "tables.books.columns.row_time is 'datetime', which is no type at "
                + "dataset.yaml:10:65; unknown type 'datetime'; known are string, long, double, "
                + "decimal(p,s), boolean, date, timestamp, array<TYPE> and row<NAME: TYPE, ...>"),
        Arguments.of(
            "delete: [delete] }",
            "delete: [delete], truncate: [wipe, delete] }",
            "tables.books.change.truncate and delete both name 'delete' at dataset.yaml:9:68; a"
                + " row deletes its key or truncates the table, not both"),
        Arguments.of(
            "operation: op, delete: [delete] }",
            "truncate: [wipe] }",
            "tables.books.change has no 'operation' at dataset.yaml:9:5; say which column holds"
                + " the values of truncate"),
        Arguments.of(
            "track: [price]",
            "track: { exept: [price] }",
            "unknown key 'exept' at dataset.yaml:7:14; did you mean 'except'?"),
        Arguments.of(
            "track: [price]",
            "track: { except: [cost] }",
            "tables.books.track.except names column 'cost', which table 'books' does not have at"
                + " dataset.yaml:7:23; it has book_id, price, row_time, op"),
        Arguments.of(
            "track: [price]",
            "ignoreNullUpdates: perhaps",
            "tables.books.ignoreNullUpdates is 'perhaps' at dataset.yaml:7:24; expected true or"
                + " false"),
        Arguments.of(
            "keep: facts",
            "keep: facts~    ignoreNullUpdates: true",
            "tables.orders.ignoreNullUpdates is given, but the table keeps facts at"
                + " dataset.yaml:13:5; facts are not updated: remove it"),
        Arguments.of(
            "{ book_id: long, price: \"decimal(10,2)\", row_time: timestamp, op: string }",
            "{ except: [op, book_id] }",
            "tables.books.columns.except[1] leaves out 'book_id' at dataset.yaml:10:29; it is part"
                + " of the key, which a table cannot be without"),
        Arguments.of(
            "{ book_id: long, price: \"decimal(10,2)\", row_time: timestamp, op: string }",
            "{ except: price }",
            "tables.books.columns.except is 'price', which is no type at dataset.yaml:10:24;"
                + " unknown type 'price'; known are string, long, double, decimal(p,s), boolean,"
                + " date, timestamp, array<TYPE> and row<NAME: TYPE, ...>"),
        Arguments.of(
            "{ book_id: long, price: \"decimal(10,2)\", row_time: timestamp, op: string }",
            "{ except: [price] }",
            "tables.books.columns.except[0] leaves out 'price' at dataset.yaml:10:25; track names"
                + " it: only a column of the table can open versions"),
        Arguments.of(
            "op: string }",
            "op: string, except: [opp, op] }",
            "tables.books.columns.except names column 'opp', which table 'books' does not have at"
                + " dataset.yaml:10:97; did you mean 'op'? It has book_id, price, row_time, op"),
        Arguments.of(
            "op: string }",
            "op: string, except: [price] }",
            "tables.books.columns.except[0] leaves out 'price' at dataset.yaml:10:97; track names"
                + " it: only a column of the table can open versions"),
        Arguments.of(
            "\"decimal(10,2)\"",
            "[string]",
            "tables.books.columns.price is a list at dataset.yaml:10:31; expected a type, such as"
                + " array<string>"),
        Arguments.of(
            "\"decimal(10,2)\"",
            "decimal(50,2)",
            "tables.books.columns.price is 'decimal(50,2)', which is no type at "
                + "dataset.yaml:10:38; decimal(50,2): precision must be 1 to 38 and scale 0 to "
                + "precision"),
        Arguments.of(
            "\"decimal(10,2)\"",
            "array<row<a: long>>",
            "the definition cannot be read as YAML at dataset.yaml:10:49; expected ',' or "
                + "'}', but got : (text that holds ': ' or ',' needs quotes around it)"),
        Arguments.of(
            "op: string }",
            "op: string, valid_from: date }",
            "table 'books' has a column 'valid_from' at dataset.yaml:10:100; Patron writes "
                + "a column of that name to this table: rename it at its source"),
        Arguments.of(
            "op: string }",
            "op: string, PRICE: double }",
            "table 'books' has columns 'price' and 'PRICE' at dataset.yaml:10:95; the "
                + "tables' readers do not tell case apart: rename one at its source"),
        Arguments.of(
            "files: \"books/*.jsonl\", format: jsonl",
            "format: jsonl",
            "tables.books.from has no 'files' at dataset.yaml:8:5; say one of files, kafka "
                + "and rest"),
        Arguments.of(
            "files: \"books/*.jsonl\"",
            "files: a.jsonl, kafka: books",
            "tables.books.from.kafka is given beside files at dataset.yaml:8:29; a table "
                + "comes from one of files, kafka and rest"),
        Arguments.of(
            "files: \"books/*.jsonl\"",
            "kafka: books",
            "tables.books.from has no 'bootstrap' at dataset.yaml:8:5; say the brokers, as "
                + "in bootstrap: \"${KAFKA_BOOTSTRAP}\""),
        Arguments.of(
            "files: \"books/*.jsonl\"",
            "kafka: \"my books\", bootstrap: \"b:1\"",
            "tables.books.from.kafka is 'my books', which is no topic's name at "
                + "dataset.yaml:8:20; expected letters, digits, '.', '_' and '-'"),
        Arguments.of(
            "files: \"books/*.jsonl\"",
            "kafka: [books, \"my books\"], bootstrap: \"b:1\"",
            "tables.books.from.kafka[1] is 'my books', which is no topic's name at "
                + "dataset.yaml:8:28; expected letters, digits, '.', '_' and '-'"),
        Arguments.of(
            "files: \"books/*.jsonl\"",
            "kafka: \"..\", bootstrap: \"b:1\"",
            "tables.books.from.kafka is '..', which is no topic's name at "
                + "dataset.yaml:8:20; expected letters, digits, '.', '_' and '-'"),
        Arguments.of(
            "files: \"books/*.jsonl\"",
            "kafka: books, bootstrap: \"b:1\", expired: ignore",
            "tables.books.from.expired is 'ignore' at dataset.yaml:8:54; expected fail or skip"),
        Arguments.of(
            "files: \"books/*.jsonl\"",
            "kafka: books, bootstrap: \"b:1\", properties: { security.protcol: SSL }",
            "tables.books.from.properties.security.protcol is no property of Kafka's clients at"
                + " dataset.yaml:8:59; did you mean 'security.protocol'?"),
        Arguments.of(
            "files: \"books/*.jsonl\"",
            "kafka: books, bootstrap: \"b:1\", properties: { group.id: me }",
            "tables.books.from.properties.group.id is given at dataset.yaml:8:59; Patron sets it"
                + " itself, so as to read every record once: remove it"),
        Arguments.of(
            "files: \"books/*.jsonl\"",
            "rest: \"http://shop.example/books\", page: number",
            "tables.books.from.page is 'number' at dataset.yaml:8:54; expected link, or { cursor:"
                + " FIELD, parameter: NAME, records: FIELD }"),
        Arguments.of(
            "files: \"books/*.jsonl\"",
            "rest: \"http://shop.example/books\", page: { parameter: after }",
            "tables.books.from.page has no 'cursor' at dataset.yaml:8:48; say which field of a page"
                + " holds the value of the parameter"),
        Arguments.of(
            "files: \"books/*.jsonl\"",
            "rest: \"http://shop.example/books\", page: { cursor: a b }",
            "tables.books.from.page.cursor is 'a b' at dataset.yaml:8:64; expected the name of a"
                + " field of the pages"),
        Arguments.of(
            "files: \"books/*.jsonl\"",
            "rest: \"shop.example/books\"",
            "tables.books.from.rest is no URL at dataset.yaml:8:19; expected one that "
                + "begins with http:// or https://"),
        Arguments.of(
            "files: \"books/*.jsonl\"",
            "files: b.jsonl, bootstrap: \"b:1\"",
            "tables.books.from.bootstrap is given, but the records come from files at "
                + "dataset.yaml:8:29; it belongs to kafka"),
        Arguments.of(
            "files: \"books/*.jsonl\"",
            "files: \"${DIR}/*.jsonl\"",
            "tables.books.from.files needs the environment variable DIR, which is not set "
                + "at dataset.yaml:8:20; set it, or write the value instead of ${DIR}"),
        Arguments.of(
            "files: \"books/*.jsonl\"",
            "files: \"${EMPTY}\"",
            "tables.books.from.files is '${EMPTY}', which is empty at dataset.yaml:8:20; "
                + "expected a pattern of file names or a list of them"),
        Arguments.of(
            "files: \"books/*.jsonl\"",
            "files: \"${DIR\"",
            "tables.books.from.files has '${' without '}' at dataset.yaml:8:20; close it, "
                + "as in ${NAME}"),
        Arguments.of(
            "files: \"books/*.jsonl\"",
            "files: \"${a-b}\"",
            "tables.books.from.files has '${a-b}' at dataset.yaml:8:20; expected ${NAME} "
                + "for a variable of the environment or ${file:PATH} for a file"),
        Arguments.of(
            "files: \"books/*.jsonl\"",
            "files: \"${file:secret}\"",
            "tables.books.from.files is '${file:secret}' at dataset.yaml:8:20; what it "
                + "says is shown in tables and reports, so it cannot come from a secret"),
        Arguments.of(
            "files: \"books/*.jsonl\"",
            "kafka: t, bootstrap: \"${file:secret}\"",
            "tables.books.from.bootstrap needs the file 'secret', which does not exist at "
                + "dataset.yaml:8:34; ${file:PATH} is relative to the definition"),
        Arguments.of(
            "orders/*.csv",
            "orders/*",
            "tables.orders.from has no 'format' at dataset.yaml:14:5; the name 'orders/*' "
                + "does not tell: expected debezium, jsonl, csv or parquet"),
        Arguments.of(
            "files: \"orders/*.csv\"",
            "files: [a.csv, b.jsonl]",
            "tables.orders.from has no 'format' at dataset.yaml:14:5; the files' names "
                + "tell several, and a table has one: expected debezium, jsonl, csv or parquet"),
        Arguments.of(
            "delimiter: \";\"",
            "delimiter: '\\t'",
            "tables.orders.from.delimiter is '\\t' at dataset.yaml:14:47; expected one "
                + "character, such as ';' or, for a tab, \"\\t\" between double quotes"),
        Arguments.of(
            "delimiter: \";\"",
            "timeFormat: \"yyyy-bb\"",
            "tables.orders.from.timeFormat is 'yyyy-bb', which is no pattern at "
                + "dataset.yaml:14:48; expected one such as yyyy-MM-dd HH:mm:ss, or seconds, "
                + "millis or micros"),
        Arguments.of(
            "delimiter: \";\"",
            "timeFormat: milis",
            "tables.orders.from.timeFormat is 'milis', which is no pattern at "
                + "dataset.yaml:14:48; did you mean 'millis'?"),
        Arguments.of(
            "format: jsonl",
            "format: jsonl, delimiter: \";\"",
            "tables.books.from.delimiter is given, but the format is jsonl at "
                + "dataset.yaml:8:52; it belongs to csv"),
        Arguments.of(
            "keep: facts",
            "keep: facts~    change: { sequence: at }",
            "tables.orders.change is given, but the table keeps facts at "
                + "dataset.yaml:13:5; facts do not change: remove it"),
        Arguments.of(
            "table: orders",
            "table: order",
            "purchases.table names table 'order', which does not exist at "
                + "dataset.yaml:19:10; did you mean 'orders'?"),
        Arguments.of(
            "keep: facts",
            "keep: current~    change: { sequence: at }",
            "purchases.table names table 'orders', which keeps current at "
                + "dataset.yaml:20:10; what a customer had bought by some time has to be known: "
                + "expected keep: facts, or keep: history where orders are corrected or deleted"),
        Arguments.of(
            "table: orders~  customer: customer~  order: order_id~  time: at~  quantity: n~"
                + "  amount: sum",
            "table: books~  customer: book_id~  time: row_time~"
                + "  priceFrom: { table: books, key: book_id, column: price }",
            "purchases.priceFrom.table names table 'books', which holds the purchases at "
                + "dataset.yaml:22:23; expected the table of the prices"),
        Arguments.of(
            "  customer: customer",
            "  customer: custmer",
            "purchases.customer names column 'custmer', which table 'orders' does not have "
                + "at dataset.yaml:20:13; did you mean 'customer'? It has order_id, customer, "
                + "at, n, sum, book"),
        Arguments.of(
            "  customer: customer",
            "  customer: sum",
            "purchases.customer and purchases.amount are both column 'sum' at "
                + "dataset.yaml:24:11; expected a column for each"),
        Arguments.of(
            "  customer: customer~",
            "",
            "purchases has no 'customer' at dataset.yaml:18:1; say which column says who "
                + "bought"),
        Arguments.of(
            "  time: at",
            "  time: n",
            "purchases.time and purchases.quantity are both column 'n' at "
                + "dataset.yaml:23:13; expected a column for each"),
        Arguments.of(
            "  quantity: n",
            "  quantity: sum",
            "purchases.quantity and purchases.amount are both column 'sum' at "
                + "dataset.yaml:24:11; expected a column for each"),
        Arguments.of(
            "  quantity: n",
            "  lines: n~  quantity: n",
            "purchases.lines names column 'n' of table 'orders', which is long at "
                + "dataset.yaml:23:10; expected an array of rows"),
        Arguments.of(
            "  amount: sum~",
            "",
            "purchases has no 'amount' at dataset.yaml:18:1; say where money comes from: "
                + "amount, or price with quantity, or priceFrom"),
        Arguments.of(
            "  amount: sum",
            "  amount: sum~  price: sum",
            "purchases.price is given beside amount at dataset.yaml:25:3; expected exactly "
                + "one of amount, price and priceFrom"),
        Arguments.of(
            "  amount: sum",
            "  priceFrom: { table: book, key: book, column: price }",
            "purchases.priceFrom.table names table 'book', which does not exist at "
                + "dataset.yaml:24:23; did you mean 'books'?"),
        Arguments.of(
            "  amount: sum",
            "  priceFrom: { table: orders, key: book, column: price }",
            "purchases.priceFrom.table names table 'orders', which keeps facts at "
                + "dataset.yaml:24:23; prices as of a time need a table with keep: history"),
        Arguments.of(
            "  amount: sum",
            "  priceFrom: { table: books, key: customer, column: prise }",
            "purchases.priceFrom.key names column 'customer' of table 'orders', which is "
                + "string at dataset.yaml:24:35; expected long, as book_id of table 'books'\n"
                + "purchases.priceFrom.column names column 'prise', which table 'books' does not "
                + "have at dataset.yaml:24:53; did you mean 'price'? It has book_id, price, "
                + "row_time, op"),
        Arguments.of(
            "  amount: sum",
            "  priceFrom: { table: books, key: book, column: book_id }",
            "purchases.priceFrom.column names column 'book_id', which table 'books' does not track at "
                + "dataset.yaml:24:49; a price as of a time needs a version for each of its "
                + "changes"),
        Arguments.of(
            "  amount: sum",
            "  priceFrom: { table: books, key: book, column: price, before: last }",
            "purchases.priceFrom.before is 'last' at dataset.yaml:24:64; expected first"),
        Arguments.of(
            "  customer: customer",
            "  customer: \"${WHO}\"",
            "purchases.customer is '${WHO}' at dataset.yaml:20:13; ${...} is read in "
                + "from:, name, zone, currency and locale, not here"),
        Arguments.of(
            "min: 0.01",
            "min: little",
            "tables.orders.rules.paid.min is 'little' at dataset.yaml:17:33; expected a "
                + "number"),
        Arguments.of(
            "min: 0.01",
            "min: 2, max: 1",
            "tables.orders.rules.paid has min 2.0 above max 1.0 at dataset.yaml:17:7; "
                + "nothing could satisfy it"),
        Arguments.of(
            "min: 0.01",
            "matches: \"[a\"",
            "tables.orders.rules.paid.matches is '[a', which is no regular expression at "
                + "dataset.yaml:17:37; Unclosed character class near its character 2"),
        Arguments.of(
            "min: 0.01",
            "matches: \"a\"",
            "tables.orders.rules.paid.column names column 'sum' of table 'orders', which "
                + "is double at dataset.yaml:17:23; expected string, for matches"),
        Arguments.of(
            "min: 0.01, ",
            "",
            "tables.orders.rules.paid asks for nothing at dataset.yaml:17:7; expected "
                + "notNull: true, min, max, in or matches"),
        Arguments.of(
            "else: quarantine",
            "else: delete",
            "tables.orders.rules.paid.else is 'delete' at dataset.yaml:17:45; expected "
                + "quarantine or drop"),
        Arguments.of(
            "column: sum, ",
            "",
            "tables.orders.rules.paid has no 'column' at dataset.yaml:17:7; say which "
                + "column it looks at"),
        Arguments.of(
            "column: sum, ",
            "column: total, ",
            "tables.orders.rules.paid.column names column 'total', which table 'orders' "
                + "does not have at dataset.yaml:17:23; it has order_id, customer, at, n, sum, "
                + "book"),
        Arguments.of(
            "min: 0.01",
            "notNull: yes",
            "tables.orders.rules.paid.notNull is 'yes' at dataset.yaml:17:37; expected "
                + "true or false"),
        Arguments.of(
            "locale: de-DE",
            "segments: { Gold: [55, 66] }",
            "segments.Gold[1] is '66' at dataset.yaml:26:24; expected the scores of "
                + "recency and of frequency and money, each 1 to 5, such as 55"),
        Arguments.of(
            "locale: de-DE",
            "segments: { Gold: [55, 55] }",
            "segments.Gold[1] names the cell 55 again at dataset.yaml:26:24; every cell "
                + "has one name"),
        Arguments.of(
            "locale: de-DE",
            "segments: { Gold: [55] }",
            "segments has no name for the cells 11, 12, 13, 14, 15, 21, 22, 23, 24, 25, "
                + "31, 32, 33, 34, 35, 41, 42, 43, 44, 45, 51, 52, 53, 54 at dataset.yaml:26:1; "
                + "every one of the 25 cells 11 to 55 has one name"),
        Arguments.of(
            "locale: de-DE",
            "segments: Gold",
            "segments is 'Gold' at dataset.yaml:26:11; expected a mapping from names to "
                + "cells, such as Champions: [55, 54, 45]"),
        Arguments.of(
            "locale: de-DE",
            "country: germany",
            "country is 'germany' at dataset.yaml:26:10; expected a table and a column of it, "
                + "such as customers.country_code"),
        Arguments.of(
            "locale: de-DE",
            "country: books.country",
            "country names table 'books', which has more than one row a customer at "
                + "dataset.yaml:26:10; expected a table with keep: current and one key column, "
                + "or the table of the purchases"),
        Arguments.of(
            "locale: de-DE",
            "country: orders.sum",
            "country names column 'sum' of table 'orders', which is double at "
                + "dataset.yaml:26:10; expected string"),
        Arguments.of(
            "zone: UTC",
            "zone: !!java.net.URL UTC",
            "the definition cannot be read as YAML at dataset.yaml:2:7; Global tag is not "
                + "allowed: tag:yaml.org,2002:java.net.URL"),
        Arguments.of(
            "zone: UTC",
            "zone: \"UTC",
            "the definition cannot be read as YAML at dataset.yaml:8:21; expected <block "
                + "end>, but found '<scalar>'"),
        Arguments.of(
            "zone: UTC",
            "zone: a: b",
            "the definition cannot be read as YAML at dataset.yaml:2:8; mapping values are "
                + "not allowed here (text that holds ': ' or ',' needs quotes around it)"),
        Arguments.of(
            "  orders:~    keep",
            "  purchases:~    keep",
            "table 'purchases' has the name of a table that Patron writes at "
                + "dataset.yaml:11:3; rename it and say its name in purchases.table"));
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @MethodSource("mistakes")
  void eachMistakeHasItsLine(String word, String wrong, String expected) throws IOException {
    String yaml = RIGHT.replace(word.replace('~', '\n'), wrong.replace('~', '\n'));
    assertThat(yaml).as("the case must change the definition").isNotEqualTo(RIGHT);
    DatasetException refusal = refusalOf(yaml);
    assertThat(refusal).isNotNull();
    assertThat(refusal.getMessage().replace(folder + "/", "")).isEqualTo(expected);
  }

  @Test
  void independentProblemsAreReportedTogetherInTheFilesOrder() throws IOException {
    DatasetException refusal =
        refusalOf(
            RIGHT
                .replace("zone: UTC", "zone: Europe/Berln")
                .replace("keep: facts", "keep: fact")
                .replace("locale: de-DE", "local: de-DE"));

    assertThat(refusal.problems())
        .extracting(line -> line.replace(folder + "/", ""))
        .containsExactly(
            "zone is 'Europe/Berln', which is no time zone at dataset.yaml:2:7; did you mean"
                + " 'Europe/Berlin'?",
            "tables.orders.keep is 'fact' at dataset.yaml:12:11; did you mean 'facts'?",
            "unknown key 'local' at dataset.yaml:26:1; did you mean 'locale'?");
    assertThat(refusal).hasMessage(String.join("\n", refusal.problems()));
  }

  @Test
  void aFileThatIsNotThereNotTextOrTooLargeIsOneLine() throws IOException {
    Path missing = folder.resolve("missing.yaml");
    Path binary = folder.resolve("binary.yaml");
    Path large = folder.resolve("large.yaml");
    Files.write(binary, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    Files.writeString(large, "#".repeat(1024 * 1024 + 1));

    assertThat(message(missing))
        .isEqualTo(missing + " does not exist; expected the YAML file of a dataset definition");
    assertThat(message(binary))
        .isEqualTo(binary + " is not UTF-8 text; expected the YAML file of a dataset definition");
    assertThat(message(large))
        .isEqualTo(large + " is larger than 1 MiB; expected the YAML file of a dataset definition");
    assertThat(message(folder))
        .isEqualTo(folder + " is a folder; expected the YAML file of a dataset definition");
  }

  private static String message(Path file) {
    return catchThrowableOfType(
            DatasetException.class, () -> DatasetFile.parse(file.toString(), Map.of()))
        .getMessage();
  }

  @Test
  void hostileYamlIsRefusedInOneLine() throws IOException {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x]\n");
    for (int i = 1; i < 60; i++) {
      bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }
    String[] hostile = {
      bomb.toString(),
      "name: !!javax.script.ScriptEngineManager [!!java.net.URL [\"http://localhost\"]]\n" + RIGHT,
      "tables: &t { t: *t }",
      "[".repeat(10_000),
      "name: \u0000",
      "? [a, b]\n: c",
      "name: a\n---\nname: b",
      "tables: { \"../etc\": {} }",
      "tables: { \"a\\nb\": { keep: [1, 2] } }"
    };
    for (String yaml : hostile) {
      DatasetException refusal = refusalOf(yaml);
      assertThat(refusal).as(yaml.substring(0, Math.min(40, yaml.length()))).isNotNull();
      assertThat(refusal.problems())
          .allSatisfy(line -> assertThat(line).doesNotContain("\n").isNotBlank());
      assertThat(refusal.getMessage().getBytes(StandardCharsets.UTF_8).length).isLessThan(8_000);
    }
  }
}
