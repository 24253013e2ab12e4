package dev.patron.features.clv;

import dev.patron.features.clv.MoneyModel.Spending;
import dev.patron.features.frame.CanonicalBytes;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import it.unimi.dsi.fastutil.longs.Long2DoubleOpenHashMap;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.io.Serializable;
import java.util.List;
import org.apache.commons.math3.util.FastMath;
import org.jspecify.annotations.Nullable;

/**
 * Forecasts each customer's purchases and spending over a horizon. A customer's forecast depends on
 * nothing but that customer, the model, horizon, discount rate and seed: not on the frame, its
 * order, or the machine.
 *
 * <p>{@code cltv} is the expected spend of each month of the horizon (a twelfth of 365 days; the
 * last may be shorter), discounted from the month's end: divided by {@code (1 + discountRate)^m} at
 * the end of month m. Rate 0 gives expected purchases times expected amount.
 *
 * <p>{@code cltv_low} and {@code cltv_high} are the 5 % and 95 % quantiles of the posterior
 * predictive distribution of the same quantity: drop-out and purchase rate are integrated out
 * exactly (the probability of every number of purchases has a closed form), numbers of purchases
 * are drawn systematically from it, and their amounts from gamma variates, in {@value #DRAWS} draws
 * seeded by the seed and the customer's identity. They are discounted by the customer's own ratio
 * of {@code cltv} to the plain sum. In a season they are drawn from as many days as the horizon
 * counts for, for a busy window is a longer one rather than one of greater purchases: what is
 * bought in it varies less around its mean.
 *
 * <p>{@code cltv} is a mean and these are quantiles, so that it can lie above {@code cltv_high}: of
 * who buys nothing in 95 of 100 futures both ends are 0, and the mean is not. It is left so, for an
 * end that were moved to the mean would be no quantile, what it holds would not be what was
 * measured, and every document that was written before would miss its test vectors.
 */
public final class LifetimeForecast implements Serializable {
  /** The columns of a forecast. Null: not known. */
  public static final Schema SCHEMA =
      Schema.of()
          .with("p_alive", Type.DOUBLE)
          .with("expected_purchases", Type.DOUBLE)
          .with("expected_amount", Type.DOUBLE)
          .with("cltv", Type.DOUBLE)
          .with("cltv_low", Type.DOUBLE)
          .with("cltv_high", Type.DOUBLE);

  /** Draws a customer; the rank of a 5 % quantile is then known to within 1.4 %. */
  static final int DRAWS = 256;

  private static final double LOW = 0.05;
  private static final double HIGH = 0.95;
  private static final double DAYS_PER_YEAR = 365;
  private static final int MONTHS_PER_YEAR = 12;

  private final LifetimeModel model;
  private final long horizonDays;
  private final double discountRate;
  private final long seed;
  private final double pace;
  private final double[] monthEnds;
  private final double[] discounts;

  /**
   * A forecast of this model.
   *
   * @param horizonDays at least 1
   * @param discountRate a month, at least 0
   * @param seed of the draws
   */
  public LifetimeForecast(LifetimeModel model, long horizonDays, double discountRate, long seed) {
    this(model, horizonDays, discountRate, seed, 1);
  }

  /**
   * A forecast of this model whose interval is drawn at another pace; means stay as they are.
   *
   * @param horizonDays at least 1
   * @param discountRate a month, at least 0
   * @param seed of the draws
   * @param pace how many days each day of the horizon counts for in the interval, above 0
   */
  public LifetimeForecast(
      LifetimeModel model, long horizonDays, double discountRate, long seed, double pace) {
    if (horizonDays < 1) {
      throw new IllegalArgumentException(
          "horizonDays is " + horizonDays + "; at least 1 is wanted");
    }
    if (!(discountRate >= 0) || Double.isInfinite(discountRate)) {
      throw new IllegalArgumentException(
          "discountRate is "
              + discountRate
              + "; a number of at least 0 is wanted (0.01: 1 % a month)");
    }
    this.model = model;
    this.horizonDays = horizonDays;
    this.discountRate = discountRate;
    this.seed = seed;
    this.pace = pace;
    int whole = (int) (horizonDays * MONTHS_PER_YEAR / DAYS_PER_YEAR);
    double months = horizonDays * MONTHS_PER_YEAR / DAYS_PER_YEAR;
    int periods = months > whole ? whole + 1 : whole;
    monthEnds = new double[periods];
    discounts = new double[periods];
    for (int i = 0; i < periods; i++) {
      double end = i + 1 == periods ? months : i + 1;
      monthEnds[i] =
          i + 1 == periods
              ? horizonDays / PurchaseCells.DAYS_PER_WEEK
              : end * DAYS_PER_YEAR / MONTHS_PER_YEAR / PurchaseCells.DAYS_PER_WEEK;
      discounts[i] = FastMath.exp(-end * FastMath.log1p(discountRate));
    }
  }

  /** What is forecast with. */
  public LifetimeModel model() {
    return model;
  }

  /** The horizon in days. */
  public long horizonDays() {
    return horizonDays;
  }

  /** The discount rate a month. */
  public double discountRate() {
    return discountRate;
  }

  /** What customers of equal (x, T) share, given that they are alive. */
  private static final class WhileAlive {
    final double purchases;
    final double discounted;
    double @Nullable [] distribution;

    WhileAlive(double purchases, double discounted) {
      this.purchases = purchases;
      this.discounted = discounted;
    }
  }

  /** The columns of a forecast without its interval. */
  public static final Schema EXPECTATIONS =
      SCHEMA.select(List.of("p_alive", "expected_purchases", "expected_amount", "cltv"));

  /**
   * The forecasts of the customers of a features frame, row by row, in the columns of {@link
   * #SCHEMA}; all null where the model is insufficient or the customer's purchases are null.
   *
   * @param features with {@code customer_id}, {@code repeat_purchases}, {@code
   *     repeat_recency_days}, {@code tenure_days} and the columns of the model's {@link PaidDays}
   * @throws IllegalArgumentException if a customer's numbers contradict one another
   */
  public Frame of(Frame features) {
    return forecast(features, SCHEMA);
  }

  /** The same without the interval, in the columns {@link #EXPECTATIONS}; twenty times as fast. */
  public Frame expectations(Frame features) {
    return forecast(features, EXPECTATIONS);
  }

  private Frame forecast(Frame features, Schema schema) {
    boolean interval = schema.size() > EXPECTATIONS.size();
    Column id = features.column("customer_id");
    LongColumn xs = features.longs("repeat_purchases");
    LongColumn txs = features.longs("repeat_recency_days");
    LongColumn tenures = features.longs("tenure_days");
    PaidDays days = model.paidDays();
    LongColumn paid = features.longs(days.days());
    DoubleColumn means = features.doubles(days.mean());
    FrameBuilder builder = new FrameBuilder(schema);
    DoubleColumn.Builder[] out = new DoubleColumn.Builder[schema.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = (DoubleColumn.Builder) builder.column(i);
    }
    Long2ObjectOpenHashMap<WhileAlive> shared = new Long2ObjectOpenHashMap<>();
    Long2DoubleOpenHashMap alreadyKnown = new Long2DoubleOpenHashMap();
    alreadyKnown.defaultReturnValue(Double.NaN);
    double[] draws = new double[DRAWS];
    CanonicalBytes bytes = new CanonicalBytes();
    PurchaseModel purchases = model.purchases();
    for (int row = 0; row < features.rows(); row++) {
      if (purchases == null || xs.isNull(row) || txs.isNull(row) || tenures.isNull(row)) {
        appendNulls(out, 0);
        continue;
      }
      long key = PurchaseCells.key(xs.get(row), txs.get(row), tenures.get(row));
      int x = PurchaseCells.x(key);
      double tx = PurchaseCells.txDays(key) / PurchaseCells.DAYS_PER_WEEK;
      double tenure = PurchaseCells.tenureDays(key) / PurchaseCells.DAYS_PER_WEEK;
      long sharedKey = (long) x << 32 | tenures.get(row);
      WhileAlive alive = shared.get(sharedKey);
      if (alive == null) {
        alive = whileAlive(purchases, x, tenure);
        shared.put(sharedKey, alive);
      }
      double pAlive = alreadyKnown.get(key);
      if (Double.isNaN(pAlive)) {
        pAlive = purchases.pAlive(x, tx, tenure);
        alreadyKnown.put(key, pAlive);
      }
      out[0].append(pAlive);
      out[1].append(pAlive * alive.purchases);
      MoneyModel money = model.money();
      if (money == null) {
        appendNulls(out, 2);
        continue;
      }
      int paidDays = paid.isNull(row) ? 0 : Math.toIntExact(paid.get(row));
      double mean = paidDays == 0 || means.isNull(row) ? 0 : means.get(row);
      if (paidDays < 0 || (paidDays > 0 && !(mean > 0 && mean < Double.POSITIVE_INFINITY))) {
        throw new IllegalArgumentException(
            "%s is %s where %s is %d; a positive amount is wanted"
                .formatted(days.mean(), means.isNull(row) ? "null" : mean, days.days(), paidDays));
      }
      double amount = money.expectedAmount(paidDays, mean);
      out[2].append(amount);
      out[3].append(pAlive * alive.discounted * amount);
      if (!interval) {
        continue;
      }
      double[] distribution = alive.distribution;
      if (distribution == null) {
        distribution =
            purchases.purchasesWhileAlive(x, tenure, pace * monthEnds[monthEnds.length - 1]);
        alive.distribution = distribution;
      }
      double discount = alive.purchases > 0 ? alive.discounted / alive.purchases : 1;
      bytes.clear().putLong(seed);
      id.canonical(row, bytes);
      RandomDraws random = new RandomDraws(bytes.hash64());
      int zeros = draw(pAlive, distribution, money.spending(paidDays, mean), random, draws);
      out[4].append(discount * quantile(draws, zeros, LOW));
      out[5].append(discount * quantile(draws, zeros, HIGH));
    }
    return builder.build();
  }

  private static void appendNulls(DoubleColumn.Builder[] out, int from) {
    for (int i = from; i < out.length; i++) {
      out[i].appendNull();
    }
  }

  /**
   * Discounts by parts: the last discount times all purchases, plus what earlier months gain; at
   * rate 0 that is all purchases exactly.
   */
  private WhileAlive whileAlive(PurchaseModel purchases, int x, double tenure) {
    int last = monthEnds.length - 1;
    double all = purchases.expectedWhileAlive(x, tenure, monthEnds[last]);
    double discounted = discounts[last] * all;
    for (int i = 0; i < last && discountRate > 0; i++) {
      discounted +=
          (discounts[i] - discounts[i + 1]) * purchases.expectedWhileAlive(x, tenure, monthEnds[i]);
    }
    return new WhileAlive(all, discounted);
  }

  /**
   * Fills {@code draws} with what the customer spends, zeros first.
   *
   * @return the number of zeros
   */
  private static int draw(
      double pAlive, double[] distribution, Spending spending, RandomDraws random, double[] draws) {
    double gone = 1 - pAlive;
    double offset = random.uniform();
    int zeros = 0;
    int purchases = 0;
    for (int i = 0; i < DRAWS; i++) {
      double u = (i + offset) / DRAWS;
      while (purchases < distribution.length - 1 && u >= gone + pAlive * distribution[purchases]) {
        purchases++;
      }
      if (purchases == 0) {
        zeros++;
        draws[i] = 0;
      } else if (zeros >= HIGH * DRAWS) {
        break; // both quantiles are zero whatever is spent
      } else {
        draws[i] = spending.draw(purchases, random);
      }
    }
    return zeros;
  }

  /**
   * A quantile of the draws.
   *
   * @param zeros so many of them, the first ones, are zero and the others greater
   */
  static double quantile(double[] draws, int zeros, double share) {
    int at = (int) Math.ceil(share * DRAWS) - 1;
    if (at < zeros) {
      return 0;
    }
    return share < 0.5
        ? fromEnd(draws, zeros, at - zeros + 1, 1)
        : fromEnd(draws, zeros, DRAWS - at, -1);
  }

  /**
   * The n-th least of the draws from one on, the n-th greatest if the sign is -1. Either end is
   * near: to keep so few in order takes a part of what ordering all would.
   */
  private static double fromEnd(double[] draws, int from, int n, int sign) {
    double[] kept = new double[n];
    int count = 0;
    for (int i = from; i < DRAWS; i++) {
      double draw = sign * draws[i];
      if (count == n && draw >= kept[n - 1]) {
        continue;
      }
      int at = count < n ? count++ : n - 1;
      while (at > 0 && kept[at - 1] > draw) {
        kept[at] = kept[at - 1];
        at--;
      }
      kept[at] = draw;
    }
    return sign * kept[n - 1];
  }
}
