package dev.patron.pipelines.generate;

import dev.patron.pipelines.generate.Chance.Purpose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All books over time: what they cost at any instant, and how well they sell. Held in memory; some
 * ten versions a book.
 */
final class Catalogue {
  /** What {@link #price} says of a book that is not on sale. */
  static final int NOT_ON_SALE = -1;

  private static final double CHANGES_A_YEAR = 1.1;
  private static final double COME_BACK = 0.6;
  private static final double JOINS_A_SALE = 0.15;
  private static final long SALE_EVERY = 120 * Calendar.DAY;
  private static final long SALE_LASTS = 10 * Calendar.DAY;

  private final List<List<Change>> changes = new ArrayList<>();
  private final long[][] from;
  private final int[][] cents;
  private final int[] bookAtRank;
  private final double[] cumulative;

  private Catalogue(int books) {
    from = new long[books][];
    cents = new int[books][];
    bookAtRank = new int[books];
    cumulative = new double[books];
  }

  static Catalogue of(BookstoreOptions options, Calendar calendar) {
    Catalogue catalogue = new Catalogue(options.books());
    catalogue.rank(options);
    Chance chance = new Chance();
    for (int book = 1; book <= options.books(); book++) {
      chance.restart(options.seed(), Purpose.BOOK, book, 0);
      boolean bestseller = book == catalogue.bookAtRank[0];
      List<Change> seen = new Life(book, bestseller, chance, calendar).changes();
      catalogue.changes.add(seen);
      catalogue.from[book - 1] = seen.stream().mapToLong(Change::at).toArray();
      catalogue.cents[book - 1] = seen.stream().mapToInt(change -> cents(change.row())).toArray();
    }
    return catalogue;
  }

  private void rank(BookstoreOptions options) {
    Chance chance = new Chance().restart(options.seed(), Purpose.POPULARITY, 0, 0);
    double total = 0;
    for (int rank = 0; rank < bookAtRank.length; rank++) {
      int other = chance.below(rank + 1);
      bookAtRank[rank] = bookAtRank[other];
      bookAtRank[other] = rank + 1;
      total += StrictMath.pow(rank + 1, -options.model().zipf());
      cumulative[rank] = total;
    }
  }

  /** How many books there ever are; their ids are 1 to this. */
  int size() {
    return from.length;
  }

  /** What a connector sees of this book, in the order of commits. */
  List<Change> changes(long book) {
    return changes.get((int) book - 1);
  }

  /** The book that sells n-th best, counted from 1. */
  int bookAtRank(int rank) {
    return bookAtRank[rank - 1];
  }

  /** The price in cents at this instant, or {@link #NOT_ON_SALE}. */
  int price(int book, long instant) {
    long[] starts = from[book - 1];
    for (int i = starts.length - 1; i >= 0; i--) {
      if (starts[i] <= instant) {
        return cents[book - 1][i];
      }
    }
    return NOT_ON_SALE;
  }

  /** A book that is on sale at this instant, by popularity. */
  int draw(Chance chance, long instant) {
    double total = cumulative[cumulative.length - 1];
    for (int tries = 0; tries < 64; tries++) {
      int found = Arrays.binarySearch(cumulative, chance.uniform() * total);
      int book = bookAtRank[Math.min(found >= 0 ? found + 1 : -found - 1, cumulative.length - 1)];
      if (price(book, instant) != NOT_ON_SALE) {
        return book;
      }
    }
    return bookAtRank[0];
  }

  private static int cents(@Nullable List<@Nullable Object> row) {
    return row == null
        ? NOT_ON_SALE
        : Integer.parseInt(String.valueOf(row.get(3)).replace(".", ""));
  }

  /** One book from its first day on; the bestseller is always on sale. */
  private static final class Life {
    final int book;
    final boolean bestseller;
    final Chance chance;
    final Calendar calendar;
    final List<Change> all = new ArrayList<>();
    String title;
    @Nullable String author;
    int regular;
    boolean reduced;
    boolean present;

    Life(int book, boolean bestseller, Chance chance, Calendar calendar) {
      this.book = book;
      this.bestseller = bestseller;
      this.chance = chance;
      this.calendar = calendar;
      title = Words.title(chance, book);
      author = Words.author(chance);
      regular = pricedLikeABook(750 * StrictMath.exp(0.45 * chance.normal()));
    }

    List<Change> changes() {
      boolean old = chance.happens(0.8) || bestseller;
      long introduced =
          old
              ? calendar.opening() - (long) (chance.uniform() * 4 * Calendar.YEAR)
              : chance.between(calendar.start(), calendar.end() - Calendar.DAY);
      present = true;
      write(introduced, 'c');
      long at = Math.max(introduced, calendar.opening());
      long comesBackAt = Long.MAX_VALUE;
      long sale = calendar.start() + SALE_EVERY;
      long next = later(at);
      while (true) {
        at = Math.min(sale, Math.min(next, comesBackAt));
        if (at >= calendar.end()) {
          return Change.seenSince(calendar.opening(), all);
        }
        if (at == sale) {
          // All books of a sale change at one instant, in one transaction.
          boolean begins = (sale - calendar.start()) % SALE_EVERY == 0;
          sale += begins ? SALE_LASTS : SALE_EVERY - SALE_LASTS;
          boolean joins = chance.happens(JOINS_A_SALE);
          if (begins ? joins : reduced) {
            reduced = begins;
            if (present && at > introduced) {
              write(at, 'u');
            }
          }
        } else if (at == comesBackAt) {
          comesBackAt = Long.MAX_VALUE;
          present = true;
          write(at, 'c');
        } else {
          next = later(at);
          if (present && change(at)) {
            comesBackAt =
                chance.happens(COME_BACK)
                    ? (at + Calendar.DAY + (long) chance.exponential(45 * Calendar.DAY)) & ~1
                    : Long.MAX_VALUE;
          }
        }
      }
    }

    /** Some time after an instant; odd, so that it never falls on a sale's, which is even. */
    private long later(long at) {
      return (at + Calendar.HOUR + (long) chance.exponential(Calendar.YEAR / CHANGES_A_YEAR)) | 1;
    }

    /** An ordinary change; whether it took the book away. */
    private boolean change(long at) {
      int what = chance.below(20);
      if (what == 0 && !bestseller) {
        requireLater(at);
        all.add(new Change(book, at, 'd', null));
        present = false;
        return true;
      }
      if (what < 3) {
        author = Words.author(chance);
      } else if (what == 3) {
        title = title + ", edition " + (2 + chance.below(8));
      } else if (what > 6) {
        regular = pricedLikeABook(regular * (0.85 + 0.35 * chance.uniform()));
      }
      write(at, 'u');
      return false;
    }

    private void write(long at, char op) {
      requireLater(at);
      int cents = reduced ? regular * 4 / 5 : regular;
      List<@Nullable Object> row =
          Arrays.asList((long) book, title, author, money(cents), Calendar.text(at));
      all.add(new Change(book, at, op, row));
    }

    private void requireLater(long at) {
      if (!all.isEmpty() && all.get(all.size() - 1).at() >= at) {
        throw new IllegalStateException(
            "book %d changes twice at %s".formatted(book, Calendar.text(at)));
      }
    }

    private static int pricedLikeABook(double cents) {
      int tens = (int) Math.max(200, Math.min(6_000, cents)) / 50 * 50;
      return tens - 1;
    }
  }

  /** Cents as text with two digits after the point. */
  static String money(long cents) {
    return cents / 100 + (cents % 100 < 10 ? ".0" : ".") + cents % 100;
  }
}
