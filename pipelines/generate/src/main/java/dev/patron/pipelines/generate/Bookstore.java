package dev.patron.pipelines.generate;

import dev.patron.pipelines.generate.Calendar.Slice;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;

/**
 * A synthetic bookstore in the formats that ingest reads, with the truth beside it: its catalogue
 * and its customers as change feeds, in Debezium's form and as flat rows; its orders as Parquet; a
 * lookup table as CSV; and the dataset definitions to run it with.
 *
 * <p>Equal options give equal bytes: chance comes from the seed alone, and nothing asks the clock.
 * (What is inside the gzip files is equal everywhere; their bytes are if the machines' zlib is.)
 */
public final class Bookstore {
  private Bookstore() {}

  /**
   * What was made.
   *
   * @param orders distinct orders
   * @param orderRows rows of order files, copies counted
   * @param changeRecords records of the change feeds in Debezium's form, unreadable ones counted
   * @param changeRows the same in the flat form
   * @param amount the sum of the distinct orders, in the currency's hundredths
   */
  public record Summary(
      int customers,
      int books,
      long orders,
      long orderRows,
      long changeRecords,
      long changeRows,
      long amount) {}

  /**
   * Writes a bookstore.
   *
   * @param ordersWritten is told after each order how many there are so far
   * @throws IllegalArgumentException if the output folder has files of something else
   * @throws IOException if a file cannot be written
   */
  public static Summary generate(BookstoreOptions options, LongConsumer ordersWritten)
      throws IOException {
    Output output = Output.prepare(options.output());
    Calendar calendar = Calendar.of(options);
    Truth truth = new Truth(options, calendar, output);
    truth.writeParameters();
    Catalogue catalogue = Catalogue.of(options, calendar);
    truth.writePopularity(catalogue);
    output.text("country_lookup.csv", Countries.csv());
    writeDefinitions(options, output);

    Customers customers = new Customers(options, calendar);
    Upheavals upheavals = new Upheavals(options, calendar);
    LongFunction<List<Change>> ofBooks = key -> upheavals.of(Table.BOOKS, catalogue.changes(key));
    LongFunction<List<Change>> ofCustomers =
        key -> upheavals.of(Table.CUSTOMERS, customers.changes(key));
    try (FaultLog faults = new FaultLog(output)) {
      ChangeFeed bookFeed =
          new ChangeFeed(
              Table.BOOKS, options.books(), ofBooks, options, calendar, output, faults, upheavals);
      ChangeFeed customerFeed =
          new ChangeFeed(
              Table.CUSTOMERS,
              options.customers(),
              ofCustomers,
              options,
              calendar,
              output,
              faults,
              upheavals);
      Orders orders = new Orders(options, calendar, catalogue, output, faults, ordersWritten);
      for (Slice slice : calendar.inSlices()) {
        bookFeed.write(slice);
        customerFeed.write(slice);
        orders.write(slice);
      }

      truth.writeCustomerParameters(orders);
      long liveBooks = truth.writeCurrent(upheavals.of(Table.BOOKS), options.books(), ofBooks);
      long versions = truth.writeBooksHistory("books_history", ofBooks, upheavals::shown);
      if (options.faults().clock()) {
        // Flat rows have no other order than their time, which is the true one.
        truth.writeBooksHistory("books_history_flat", ofBooks, at -> at);
      }
      long liveCustomers = truth.writeCurrent(Table.CUSTOMERS, options.customers(), ofCustomers);
      truth.writeAccounts(bookFeed, customerFeed, orders, liveBooks, versions, liveCustomers);
      return new Summary(
          options.customers(),
          options.books(),
          orders.orders(),
          orders.rows(),
          bookFeed.debezium().records() + customerFeed.debezium().records(),
          bookFeed.flat().records() + customerFeed.flat().records(),
          orders.amount());
    }
  }

  /** Whether a bookstore was written to this folder. */
  public static boolean isAt(Path folder) {
    return Files.exists(folder.resolve(Output.MARK));
  }

  private static void writeDefinitions(BookstoreOptions options, Output output) throws IOException {
    for (String name :
        List.of(
            "dataset.yaml",
            "dataset-flat.yaml",
            "dataset-kafka.yaml",
            "dataset-priced.yaml",
            "dataset-rest.yaml")) {
      String definition = resource(name);
      output.text(
          name,
          options.faults().schema()
              ? definition.replace(
                  "price: decimal(10,2)\n", "price: decimal(10,2)\n      rating: double\n")
              : definition);
    }
    output.text(
        "README.md",
        resource("README.md")
            .replace("${customers}", Integer.toString(options.customers()))
            .replace("${books}", Integer.toString(options.books()))
            .replace("${seed}", Long.toString(options.seed()))
            .replace(
                "${faults}",
                options.faults().equals(Faults.USUAL) ? "" : " --faults=" + options.faults())
            .replace("${start}", options.start().toString())
            .replace("${end}", options.end().toString()));
  }

  private static String resource(String name) {
    try (InputStream in = Objects.requireNonNull(Bookstore.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
