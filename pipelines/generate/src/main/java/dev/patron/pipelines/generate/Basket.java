package dev.patron.pipelines.generate;

/**
 * What is bought in one purchase. The customer has an amount in mind, puts books into the basket by
 * popularity, and as many of each as come nearest to the amount.
 */
final class Basket {
  static final int MOST_LINES = 6;
  private static final int MOST_TRIES = 6;

  private final Catalogue catalogue;
  private final double anotherBook;

  /** The lines: a book, how many of it, and what they cost together in cents. */
  final int[] books = new int[MOST_LINES];

  final int[] quantities = new int[MOST_LINES];
  final long[] subtotals = new long[MOST_LINES];
  int lines;

  Basket(BuyingModel model, Catalogue catalogue) {
    this.anotherBook = model.anotherBook();
    this.catalogue = catalogue;
  }

  /**
   * Fills the basket anew, with at least one book.
   *
   * @param inMind what the customer would like to spend, in cents
   */
  void fill(Chance chance, long at, double inMind) {
    lines = 0;
    int wanted = 1;
    while (wanted < MOST_LINES && chance.happens(anotherBook)) {
      wanted++;
    }
    double left = inMind;
    for (int i = 0; i < wanted; i++) {
      double share = left / (wanted - i);
      int book = lines == 0 ? affordable(chance, at, share) : catalogue.draw(chance, at);
      if (holds(book)) {
        continue;
      }
      int price = catalogue.price(book, at);
      // Rounded up or down by chance, so that the mean is what was in mind.
      int quantity = (int) Math.floor(share / price + chance.uniform());
      if (lines == 0 && i == wanted - 1) {
        quantity = Math.max(1, quantity);
      }
      if (quantity > 0) {
        books[lines] = book;
        quantities[lines] = quantity;
        subtotals[lines] = (long) quantity * price;
        left -= subtotals[lines];
        lines++;
      }
    }
  }

  /** The first of a few books that the amount pays for, else the cheapest of them. */
  private int affordable(Chance chance, long at, double cents) {
    int best = catalogue.draw(chance, at);
    for (int i = 1; i < MOST_TRIES && catalogue.price(best, at) > cents; i++) {
      int other = catalogue.draw(chance, at);
      if (catalogue.price(other, at) < catalogue.price(best, at)) {
        best = other;
      }
    }
    return best;
  }

  private boolean holds(int book) {
    for (int i = 0; i < lines; i++) {
      if (books[i] == book) {
        return true;
      }
    }
    return false;
  }
}
