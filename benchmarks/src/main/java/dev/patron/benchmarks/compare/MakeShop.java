package dev.patron.benchmarks.compare;

import dev.patron.pipelines.generate.Bookstore;
import dev.patron.pipelines.generate.BookstoreOptions;
import dev.patron.pipelines.generate.BuyingModel;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Makes the bookstore of a scale factor: 100,000 customers, a million orders and 2.5 million lines
 * at factor 1. The usual bookstore's customers buy less often and in smaller baskets.
 */
public final class MakeShop {
  private static final int CUSTOMERS = 100_000;
  private static final BuyingModel BUSY = new BuyingModel(0.9, 3.1, 0.7, 4.2, 6, 4, 52, 0.9, 0.65);

  private MakeShop() {}

  /** {@code MakeShop FACTOR FOLDER}. */
  public static void main(String[] arguments) throws IOException {
    int customers = (int) Math.round(CUSTOMERS * Double.parseDouble(arguments[0]));
    Bookstore.Summary made =
        Bookstore.generate(
            BookstoreOptions.of(customers, 42, Path.of(arguments[1])).withModel(BUSY),
            orders -> {});
    System.err.println(made);
  }
}
