package dev.patron.pipelines.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.TableDefinition.Format;
import dev.patron.features.tables.TableDefinition.Keep;
import dev.patron.features.tables.TableDefinition.Role;
import dev.patron.features.tables.TableDefinition.Rule;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a definition says when nothing is wrong with it. */
final class DatasetFileTest {
  private static final Map<String, String> ENVIRONMENT = Map.of("KAFKA_BOOTSTRAP", "broker:9092");

  /** The definition that the contract shows. */
  private static final String BOOKSTORE =
      """
      name: bookstore
      zone: UTC
      tables:
        customers:                      # a change feed kept as its current state (SCD type 1)
          keep: current
          key: [customer_id]
          from: { files: "customers/*.jsonl", format: debezium }
        books:                          # a change feed kept with its history (SCD type 2)
          keep: history
          key: [book_id]
          track: [title, author, price] # optional: only these open a new version
          from: { kafka: bookstore.books, bootstrap: "${KAFKA_BOOTSTRAP}", format: debezium }
        orders:                         # facts: append-only, one row per key
          keep: facts
          key: [order_id]
          from: { files: "orders/*.parquet", format: parquet }
      purchases:                        # what counts as a purchase, for every customer measure
        table: orders
        customer: customer_id
        order: order_id
        time: order_timestamp
        lines: books                    # optional: an array column, one element an order line
        quantity: quantity
        amount: subtotal
      currency: EUR
      """;

  private static final String TRANSACTIONS =
      """
      name: corner-shop
      tables:
        transactions:
          keep: facts
          from: { files: transactions.csv }
      purchases:
        table: transactions
        customer: customer
        time: date
        amount: amount
      """;

  private final Path folder;

  DatasetFileTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private Dataset parse(String yaml) throws IOException {
    return parse(yaml, ENVIRONMENT);
  }

  private Dataset parse(String yaml, Map<String, String> environment) throws IOException {
    return DatasetFile.parse(
        Files.writeString(folder.resolve("dataset.yaml"), yaml).toString(), environment);
  }

  private static TableDefinition definition(Dataset dataset, String table) {
    return dataset.table(table).definition();
  }

  @Test
  void theContractsOwnDefinitionIsRead() throws IOException {
    Dataset dataset = parse(BOOKSTORE);

    assertThat(dataset.name()).isEqualTo("bookstore");
    assertThat(dataset.zone()).isEqualTo(ZoneId.of("UTC"));
    assertThat(dataset.currency().getCurrencyCode()).isEqualTo("EUR");
    assertThat(dataset.tables())
        .extracting(Dataset.Table::name)
        .containsExactly("customers", "books", "orders");
    assertThat(definition(dataset, "customers"))
        .isEqualTo(
            new TableDefinition(
                "customers",
                Keep.CURRENT,
                List.of("customer_id"),
                List.of(),
                new Format(Format.Kind.DEBEZIUM, ',', null, "customers", "UTC"),
                null,
                null,
                Map.of("customer_id", Role.IDENTITY),
                List.of()));
    assertThat(definition(dataset, "books").track()).containsExactly("title", "author", "price");
    assertThat(dataset.table("books").source())
        .isEqualTo(
            new Source.Kafka(
                List.of(Setting.of("bookstore.books")),
                new Setting("${KAFKA_BOOTSTRAP}", "broker:9092"),
                Map.of(),
                false));
    assertThat(definition(dataset, "orders").format().kind()).isEqualTo(Format.Kind.PARQUET);
    assertThat(definition(dataset, "orders").roles())
        .isEqualTo(
            Map.of(
                "customer_id", Role.IDENTITY,
                "order_id", Role.IDENTITY,
                "order_timestamp", Role.TIME,
                "books.quantity", Role.QUANTITY,
                "books.subtotal", Role.MONEY));
    assertThat(dataset.purchases())
        .isEqualTo(
            new Purchases(
                "orders",
                "customer_id",
                "order_id",
                "order_timestamp",
                "books",
                "quantity",
                new Purchases.Amount("subtotal")));
  }

  @Test
  void oneFileOfTransactionsIsADataset() throws IOException {
    Dataset dataset = parse(TRANSACTIONS);

    assertThat(TRANSACTIONS.lines()).hasSize(10);
    assertThat(dataset.zone()).isEqualTo(ZoneId.of("UTC"));
    assertThat(dataset.hasCurrency()).isFalse();
    assertThat(dataset.locale()).isEqualTo(Locale.ENGLISH);
    assertThat(dataset.segments()).isEmpty();
    assertThat(definition(dataset, "transactions").key()).isEmpty();
    assertThat(definition(dataset, "transactions").format().kind()).isEqualTo(Format.Kind.CSV);
    assertThat(definition(dataset, "transactions").roles())
        .isEqualTo(Map.of("customer", Role.IDENTITY, "date", Role.TIME, "amount", Role.MONEY));
    assertThat(dataset.table("transactions").source())
        .isInstanceOfSatisfying(
            Source.Files.class,
            files -> {
              assertThat(files.globs()).containsExactly(Setting.of("transactions.csv"));
              assertThat(files.locations()).containsExactly(folder + "/transactions.csv");
            });
  }

  @Test
  void quantityAndPriceStandForAnAmount() throws IOException {
    Dataset dataset =
        parse(TRANSACTIONS.replace("amount: amount", "quantity: pieces\n  price: each"));

    assertThat(dataset.purchases())
        .isEqualTo(
            new Purchases(
                "transactions",
                "customer",
                null,
                "date",
                null,
                "pieces",
                new Purchases.Price("each")));
    assertThat(definition(dataset, "transactions").roles())
        .containsEntry("pieces", Role.QUANTITY)
        .containsEntry("each", Role.MONEY);
  }

  @Test
  void aPriceMayComeFromAHistoryAsOfTheOrder() throws IOException {
    Dataset dataset =
        parse(
            BOOKSTORE.replace(
                "amount: subtotal",
                "priceFrom: { table: books, key: book, column: price, before: first }"));

    assertThat(dataset.purchases())
        .extracting(Purchases::money)
        .isEqualTo(new Purchases.PriceFrom("books", "book", "price", true));
    assertThat(definition(dataset, "books").roles())
        .isEqualTo(Map.of("book_id", Role.IDENTITY, "price", Role.MONEY));
    assertThat(definition(dataset, "orders").roles()).containsEntry("books.book", Role.IDENTITY);
  }

  @Test
  void changesAreAppliedAsTheDefinitionSays() throws IOException {
    Dataset dataset =
        parse(
            """
            tables:
              books:
                keep: history
                key: id
                track: { except: [seen, note] }
                columns: { except: [status] }
                ignoreNullUpdates: true
                from: { files: a.jsonl }
                change: { sequence: at, operation: status, truncate: [T] }
              prices:
                keep: current
                key: id
                columns: { except: [status, at] }
                from: { files: b.jsonl }
                change: { sequence: at, operation: status, delete: [D], truncate: T }
              shelves:
                keep: facts
                columns: { except: long, id: long }
                from: { files: c.jsonl }
              loans:
                keep: current
                key: id
                columns: { id: long, paid: decimal(10,2), at: timestamp, op: string, except: [op, at] }
                from: { files: d.jsonl }
                change: { sequence: at, operation: op, delete: [D] }
            """);

    TableDefinition books = definition(dataset, "books");
    assertThat(books.applying())
        .isEqualTo(new TableDefinition.Applying(List.of("seen", "note"), List.of("status"), true));
    assertThat(books.change())
        .isEqualTo(
            new TableDefinition.Change(List.of("at"), "status", List.of(), List.of("T"), null));
    assertThat(books.declared()).isNull();
    Schema read = ((Type.RowOf) Type.parse("row<id: long, status: string, note: string>")).schema();
    assertThat(books.row(read).names()).containsExactly("id", "note");
    assertThat(definition(dataset, "prices").applying().ignoreNullUpdates()).isFalse();
    assertThat(Objects.requireNonNull(definition(dataset, "prices").change()).truncate())
        .containsExactly("T");
    assertThat(Objects.requireNonNull(definition(dataset, "shelves").declared()).names())
        .containsExactly("except", "id");
    TableDefinition loans = definition(dataset, "loans");
    Schema typed = Objects.requireNonNull(loans.declared());
    assertThat(typed.toString())
        .isEqualTo("id: long, paid: decimal(10,2), at: timestamp, op: string");
    assertThat(loans.applying().without()).containsExactly("op", "at");
    assertThat(loans.row(typed).names()).containsExactly("id", "paid");
  }

  @Test
  void flatChangeRowsSayWhatTheirColumnsMean() throws IOException {
    Dataset dataset =
        parse(
            """
            tables:
              books:
                keep: history
                key: id
                from: { files: [a/*.csv.gz, b/*.csv], delimiter: "\\t", timeFormat: millis }
                change: { sequence: [day, number], operation: status, delete: [D, 9], time: at }
                columns: { id: long, day: date, number: long, status: string, at: timestamp,
                           title: string, price: decimal(10,2), paid: decimal(12, 2),
                           tags: "array<row<name: string, weight: double>>" }
                track: title
                rules:
                  priced: { column: price, notNull: true, min: 0.01, max: 1e3, else: drop }
                  known: { column: status, in: [I, U, D, 9] }
                  titled: { column: title, matches: '[A-Z$].*' }
            """);

    TableDefinition books = definition(dataset, "books");
    assertThat(dataset.purchases()).isNull();
    assertThat(dataset.name()).isEqualTo("dataset");
    assertThat(books.format())
        .isEqualTo(new Format(Format.Kind.CSV, '\t', "millis", "books", "UTC"));
    assertThat(books.change())
        .isEqualTo(
            new TableDefinition.Change(
                List.of("day", "number"), "status", List.of("D", "9"), "at"));
    assertThat(books.roles()).isEqualTo(Map.of("id", Role.IDENTITY, "at", Role.TIME));
    Schema columns = Objects.requireNonNull(books.declared());
    assertThat(columns.names())
        .containsExactly("id", "day", "number", "status", "at", "title", "price", "paid", "tags");
    assertThat(columns.type("price")).isEqualTo(new Type.Decimal(10, 2));
    assertThat(columns.type("paid")).isEqualTo(new Type.Decimal(12, 2));
    assertThat(books.rules())
        .containsExactly(
            new Rule("priced", "price", true, 0.01, 1000.0, List.of(), null, true),
            new Rule(
                "known", "status", false, null, null, List.of("I", "U", "D", "9"), null, false),
            new Rule("titled", "title", false, null, null, List.of(), "[A-Z$].*", false));
  }

  @Test
  void theSourcesNameOfATableMayDiffer() throws IOException {
    Dataset dataset = parse(BOOKSTORE.replace("*.jsonl\",", "*.jsonl\", table: public.clients,"));

    assertThat(definition(dataset, "customers").format().sourceTable()).isEqualTo("public.clients");
  }

  @Test
  void absolutePathsAndUrisStayAsTheyAre() throws IOException {
    Dataset dataset =
        parse(
            TRANSACTIONS.replace(
                "files: transactions.csv",
                "files: [/data/*.csv, \"abfss://lake@shop/t.csv\", \"${DIR}/t.csv\"]"),
            Map.of("DIR", "2026"));

    assertThat(dataset.table("transactions").source())
        .isInstanceOfSatisfying(
            Source.Files.class,
            files ->
                assertThat(files.locations())
                    .containsExactly(
                        "/data/*.csv", "abfss://lake@shop/t.csv", folder + "/2026/t.csv"));
  }

  @Test
  void formatsFollowFromExtensions() throws IOException {
    Map<String, Format.Kind> kinds =
        Map.of(
            "t.csv", Format.Kind.CSV,
            "t.CSV.gz", Format.Kind.CSV,
            "t.jsonl", Format.Kind.JSONL,
            "t.json", Format.Kind.JSONL,
            "t.json.gz", Format.Kind.JSONL,
            "t.parquet", Format.Kind.PARQUET);
    for (Map.Entry<String, Format.Kind> kind : kinds.entrySet()) {
      Dataset dataset = parse(TRANSACTIONS.replace("transactions.csv", kind.getKey()));
      assertThat(definition(dataset, "transactions").format().kind())
          .as(kind.getKey())
          .isEqualTo(kind.getValue());
    }
  }

  @Test
  void namesZoneCurrencyAndLocaleMayComeFromTheEnvironment() throws IOException {
    Dataset dataset =
        parse(
            TRANSACTIONS.replace("name: corner-shop", "name: Shop ${N}")
                + "zone: ${Z}\ncurrency: ${C}\nlocale: ${L}\n",
            Map.of("N", "7", "Z", "Asia/Tokyo", "C", "JPY", "L", "ja-JP"));

    assertThat(dataset.name()).isEqualTo("Shop 7");
    assertThat(dataset.zone()).isEqualTo(ZoneId.of("Asia/Tokyo"));
    assertThat(dataset.currency().getCurrencyCode()).isEqualTo("JPY");
    assertThat(dataset.locale()).isEqualTo(Locale.JAPAN);
    assertThat(definition(dataset, "transactions").format().zone()).isEqualTo("Asia/Tokyo");
  }

  @Test
  void segmentsMayHaveOtherNames() throws IOException {
    Dataset dataset =
        parse(
            TRANSACTIONS
                + """
                segments:
                  Gold: [55, 54, 53, 52, 51, 45, 44, 43, 42, 41]
                  Silver: [35, 34, 33, 32, 31]
                  Bronze: [25, 24, 23, 22, 21, 15, 14, 13, 12, 11]
                """);

    assertThat(dataset.segments().keySet()).containsExactly("Gold", "Silver", "Bronze");
    assertThat(dataset.segments().get("Silver")).containsExactly(35, 34, 33, 32, 31);
  }

  @Test
  void keyColumnsThatMeanMoreHaveThatRole() throws IOException {
    Dataset dataset =
        parse(TRANSACTIONS.replace("keep: facts", "keep: facts\n    key: [customer, date, till]"));

    assertThat(definition(dataset, "transactions").roles())
        .containsEntry("customer", Role.IDENTITY)
        .containsEntry("till", Role.IDENTITY)
        .containsEntry("date", Role.TIME);
  }

  @Test
  void readingTwiceGivesEqualDatasetsWhichSurviveSerialization() throws Exception {
    Dataset first = parse(BOOKSTORE);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(first);
    }
    Object copy;
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      copy = in.readObject();
    }

    assertThat(parse(BOOKSTORE)).isEqualTo(first).hasToString(first.toString());
    assertThat(copy).isEqualTo(first);
  }
}
