package dev.patron.pipelines.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import org.apache.commons.math3.stat.regression.SimpleRegression;
import org.junit.jupiter.api.Test;

class BuyerTest {
  private static final int CUSTOMERS = 40_000;
  private static final int WEEKS = 78;

  private final BookstoreOptions options = BookstoreOptions.of(CUSTOMERS, 42, Path.of("unused"));
  private final BuyingModel model = options.model();
  private final Calendar calendar = Calendar.of(options);
  private final Buyer buyer = new Buyer(options, calendar);

  @Test
  void repeatPurchasesFollowBgNbd() {
    int known = 0;
    long repeats = 0;
    int none = 0;
    for (int id = 1; id <= CUSTOMERS; id++) {
      buyer.meet(id);
      long until = buyer.joinedAt + WEEKS * Calendar.WEEK;
      if (!buyer.buys || until > calendar.end()) {
        continue;
      }
      int count = 0;
      while (count + 1 < buyer.purchases && buyer.time(count + 1) < until) {
        count++;
      }
      known++;
      repeats += count;
      none += count == 0 ? 1 : 0;
    }
    assertThat(known).isGreaterThan(15_000);
    double stays = Math.pow(model.alpha() / (model.alpha() + WEEKS), model.r());
    assertThat((double) none / known).isCloseTo(stays, within(0.01));
    assertThat((double) repeats / known).isCloseTo(expectedRepeats(WEEKS), within(0.15));
  }

  /** E[X(t)], equation 9 of Fader, Hardie and Lee 2005. */
  private double expectedRepeats(double t) {
    double r = model.r();
    double a = model.a();
    double b = model.b();
    double z = t / (model.alpha() + t);
    double term = 1;
    double hypergeometric = 1;
    for (int j = 0; j < 2_000; j++) {
      term *= (r + j) * (b + j) / ((a + b - 1 + j) * (j + 1)) * z;
      hypergeometric += term;
    }
    return (a + b - 1) / (a - 1) * (1 - Math.pow(1 - z, r) * hypergeometric);
  }

  @Test
  void ratesDropOutAndSpendHaveTheirMeans() {
    double rates = 0;
    double dropouts = 0;
    double spend = 0;
    int buyers = 0;
    for (int id = 1; id <= CUSTOMERS; id++) {
      buyer.meet(id);
      rates += buyer.rate;
      dropouts += buyer.dropout;
      spend += buyer.spendLevel(id);
      buyers += buyer.buys ? 1 : 0;
    }
    assertThat(rates / CUSTOMERS).isCloseTo(model.r() / model.alpha(), within(0.003));
    assertThat(dropouts / CUSTOMERS).isCloseTo(model.a() / (model.a() + model.b()), within(0.005));
    assertThat(spend / CUSTOMERS)
        .isCloseTo(model.p() * model.gamma() / (model.q() - 1), within(0.7));
    assertThat((double) buyers / CUSTOMERS).isCloseTo(0.96, within(0.005));
  }

  @Test
  void purchasesAreInOrderWithinTheShopsTimeAndEndWithTheBuying() {
    for (int id = 1; id <= 5_000; id++) {
      buyer.meet(id);
      for (int i = 0; i < buyer.purchases; i++) {
        assertThat(buyer.time(i)).isBetween(calendar.start(), calendar.end() - 1);
        assertThat(i == 0 || buyer.time(i) >= buyer.time(i - 1)).isTrue();
      }
      if (!buyer.alive) {
        assertThat(buyer.leftAt).isEqualTo(buyer.time(buyer.purchases - 1));
        assertThat(buyer.futurePurchases).isZero();
      }
    }
  }

  @Test
  void booksSellByZipfsLaw() {
    Catalogue catalogue = Catalogue.of(options.withBooks(1_000), calendar);
    long at = calendar.start() + 200 * Calendar.DAY;
    int[] sold = new int[1_001];
    Chance chance = new Chance().restart(42, Chance.Purpose.BASKET, 0, 0);
    for (int i = 0; i < 400_000; i++) {
      sold[catalogue.draw(chance, at)]++;
    }
    SimpleRegression line = new SimpleRegression();
    for (int rank = 1; rank <= 200; rank++) {
      int book = catalogue.bookAtRank(rank);
      if (catalogue.price(book, at) == Catalogue.NOT_ON_SALE) {
        assertThat(sold[book]).isZero();
      } else {
        line.addData(Math.log(rank), Math.log(sold[book]));
      }
    }
    assertThat(line.getN()).isGreaterThan(120);
    assertThat(line.getSlope()).isCloseTo(-model.zipf(), within(0.03));
  }

  @Test
  void basketsHoldMoreBooksWhereAnotherOneIsLikelier() {
    Catalogue catalogue = Catalogue.of(options.withBooks(1_000), calendar);
    long at = calendar.start() + 200 * Calendar.DAY;
    double before = 0;
    for (double anotherBook : new double[] {0, 0.45, 0.65, 0.9}) {
      Basket basket = new Basket(lookingOn(anotherBook), catalogue);
      Chance chance = new Chance().restart(42, Chance.Purpose.BASKET, 0, 0);
      double lines = 0;
      for (int i = 0; i < 5_000; i++) {
        basket.fill(chance, at, 50_000);
        lines += basket.lines;
      }
      // Books that are in the basket already are passed over.
      double looked = (1 - Math.pow(anotherBook, Basket.MOST_LINES)) / (1 - anotherBook);
      assertThat(lines / 5_000).isBetween(0.9 * looked, looked + 0.05).isGreaterThan(before);
      before = lines / 5_000;
    }
  }

  private BuyingModel lookingOn(double anotherBook) {
    return new BuyingModel(
        model.r(),
        model.alpha(),
        model.a(),
        model.b(),
        model.p(),
        model.q(),
        model.gamma(),
        model.zipf(),
        anotherBook);
  }

  @Test
  void basketsCostWhatWasInMind() {
    Catalogue catalogue = Catalogue.of(options.withBooks(1_000), calendar);
    Basket basket = new Basket(model, catalogue);
    Chance chance = new Chance().restart(42, Chance.Purpose.BASKET, 0, 0);
    long at = calendar.start() + 200 * Calendar.DAY;
    for (int inMind : new int[] {800, 1_500, 3_000, 6_000, 20_000}) {
      double paid = 0;
      for (int i = 0; i < 20_000; i++) {
        basket.fill(chance, at, inMind);
        assertThat(basket.lines).isBetween(1, 6);
        for (int line = 0; line < basket.lines; line++) {
          paid += basket.subtotals[line];
          assertThat(basket.subtotals[line])
              .isEqualTo((long) basket.quantities[line] * catalogue.price(basket.books[line], at));
        }
      }
      assertThat(paid / 20_000 / inMind).as("%d cents in mind", inMind).isBetween(0.9, 1.1);
    }
  }
}
