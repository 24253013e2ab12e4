package dev.patron.pipelines.generate;

import java.nio.file.Path;
import java.time.LocalDate;

/**
 * What bookstore to make. Equal options give equal files.
 *
 * @param customers how many customers, at least 1
 * @param seed where chance starts
 * @param output the folder to write to; made where missing
 * @param books how many books the catalogue has in all, at least 10
 * @param start the first day on which is sold (UTC)
 * @param end the day after the last on which is sold (UTC)
 * @param files into how many files the orders and each form of a change feed are cut, by time; more
 *     are made where these would grow beyond about a million orders
 * @param model how customers buy
 * @param faults what goes wrong on the way
 */
public record BookstoreOptions(
    int customers,
    long seed,
    Path output,
    int books,
    LocalDate start,
    LocalDate end,
    int files,
    BuyingModel model,
    Faults faults) {

  public BookstoreOptions {
    if (customers < 1) {
      throw new IllegalArgumentException("customers is " + customers + "; it must be at least 1");
    }
    if (books < 10 || books > 1_000_000) {
      throw new IllegalArgumentException(
          "books is " + books + "; it must be between 10 and 1000000");
    }
    if (!start.plusDays(30).isBefore(end)) {
      throw new IllegalArgumentException(
          "the shop sells from %s to %s; it must be more than 30 days".formatted(start, end));
    }
    if (files < 1 || files > 10_000) {
      throw new IllegalArgumentException("files is " + files + "; it must be between 1 and 10000");
    }
  }

  /** Three years of a bookstore whose catalogue grows with its customers, from 100 to 20,000. */
  public static BookstoreOptions of(int customers, long seed, Path output) {
    return new BookstoreOptions(
        customers,
        seed,
        output,
        Math.max(100, Math.min(20_000, customers / 5)),
        LocalDate.of(2022, 1, 1),
        LocalDate.of(2025, 1, 1),
        4,
        BuyingModel.USUAL,
        Faults.USUAL);
  }

  /** The same with this many books. */
  public BookstoreOptions withBooks(int newBooks) {
    return new BookstoreOptions(
        customers, seed, output, newBooks, start, end, files, model, faults);
  }

  /** The same, selling from the first day to the day before {@code newEnd}. */
  public BookstoreOptions withDates(LocalDate newStart, LocalDate newEnd) {
    return new BookstoreOptions(
        customers, seed, output, books, newStart, newEnd, files, model, faults);
  }

  /** The same in this many files a table. */
  public BookstoreOptions withFiles(int newFiles) {
    return new BookstoreOptions(
        customers, seed, output, books, start, end, newFiles, model, faults);
  }

  /** The same with customers who buy like this. */
  public BookstoreOptions withModel(BuyingModel newModel) {
    return new BookstoreOptions(
        customers, seed, output, books, start, end, files, newModel, faults);
  }

  /** The same with these faults. */
  public BookstoreOptions withFaults(Faults newFaults) {
    return new BookstoreOptions(
        customers, seed, output, books, start, end, files, model, newFaults);
  }
}
