package dev.patron.pipelines.generate;

import dev.patron.pipelines.generate.Chance.Purpose;
import java.util.Arrays;

/**
 * The buying of one customer after another: a pure function of the seed and the customer's id, so
 * that nobody needs to remember it. One object serves all, and its fields hold the customer met
 * last.
 */
final class Buyer {
  /** The share of registered customers who never buy. */
  private static final double NEVER = 0.04;

  /** The share who first buy in the shop's first twentieth of time. */
  private static final double FOUNDERS = 0.15;

  private final BookstoreOptions options;
  private final Calendar calendar;
  private final Chance chance = new Chance();

  /** Whether the customer ever buys; without it nothing else but {@link #joinedAt} has meaning. */
  boolean buys;

  /** The instant around which the customer registers, and of the first purchase. */
  long joinedAt;

  /** Purchases a week while alive. */
  double rate;

  /** Probability to stay away for ever after each repeat purchase. */
  double dropout;

  /** Whether the customer has not dropped out by the end. */
  boolean alive;

  /** The instant of the last purchase of all, or {@code Long.MAX_VALUE} while alive. */
  long leftAt;

  /** How many purchases there are before the end. */
  int purchases;

  /** The purchases to come within 365 days after the end; they are in no file. */
  int futurePurchases;

  private long[] times = new long[64];

  Buyer(BookstoreOptions options, Calendar calendar) {
    this.options = options;
    this.calendar = calendar;
  }

  /** The instant of the n-th purchase, counted from 0. */
  long time(int n) {
    return times[n];
  }

  /** What this customer spends on a purchase in the mean, in the currency's unit. */
  double spendLevel(long id) {
    BuyingModel model = options.model();
    chance.restart(options.seed(), Purpose.SPENDING, id, 0);
    return model.p() * model.gamma() / chance.gamma(model.q());
  }

  /** Turns to this customer. */
  Buyer meet(long id) {
    BuyingModel model = options.model();
    chance.restart(options.seed(), Purpose.BUYING, id, 0);
    long window = calendar.end() - calendar.start();
    buys = !chance.happens(NEVER);
    boolean founder = chance.happens(FOUNDERS);
    joinedAt = calendar.start() + (long) (chance.uniform() * window * (founder ? 0.05 : 0.99));
    rate = chance.gamma(model.r()) / model.alpha();
    dropout = chance.beta(model.a(), model.b());
    alive = true;
    leftAt = Long.MAX_VALUE;
    purchases = 0;
    futurePurchases = 0;
    if (buys) {
      buy();
    }
    return this;
  }

  private void buy() {
    add(joinedAt);
    long future = calendar.end() + Calendar.YEAR;
    double at = 0;
    boolean gone = false;
    while (!gone) {
      at += chance.exponential(1 / rate);
      if (!(at * Calendar.WEEK < future - joinedAt)) {
        return;
      }
      long instant = joinedAt + (long) (at * Calendar.WEEK);
      gone = chance.happens(dropout);
      if (instant < calendar.end()) {
        add(instant);
        if (gone) {
          alive = false;
          leftAt = times[purchases - 1];
        }
      } else {
        futurePurchases++;
      }
    }
  }

  private void add(long instant) {
    if (purchases == times.length) {
      times = Arrays.copyOf(times, purchases * 2);
    }
    times[purchases++] = Calendar.atABusyHour(instant);
  }
}
