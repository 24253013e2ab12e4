package dev.patron.pipelines.generate;

/**
 * How customers buy. After the first purchase a customer buys at a rate of lambda a week, drawn
 * from a gamma distribution, and after every repeat purchase stays away for ever with a probability
 * drawn from a beta distribution (BG/NBD: Fader, Hardie and Lee 2005). What is spent on a purchase
 * is gamma distributed, with a scale that is itself gamma distributed over the customers
 * (Gamma-Gamma: Fader and Hardie 2013). Books sell by Zipf's law.
 *
 * @param r shape of the purchase rates
 * @param alpha rate parameter of the purchase rates, in weeks: their mean is r / alpha a week
 * @param a first parameter of the drop-out probabilities
 * @param b second parameter of the drop-out probabilities: their mean is a / (a + b)
 * @param p shape of the amounts of one customer
 * @param q shape of the customers' scales
 * @param gamma in the currency's unit: the mean amount of a purchase is p gamma / (q - 1)
 * @param zipf exponent of the books' popularity: the n-th book sells as n to the power of -zipf
 * @param anotherBook probability that one more book is looked at for a basket, up to {@value
 *     Basket#MOST_LINES}
 */
public record BuyingModel(
    double r,
    double alpha,
    double a,
    double b,
    double p,
    double q,
    double gamma,
    double zipf,
    double anotherBook) {

  /** A shop of small baskets, in which four of ten customers have left after three years. */
  public static final BuyingModel USUAL = new BuyingModel(0.9, 7, 0.7, 4.2, 6, 4, 16, 0.9, 0.45);

  public BuyingModel {
    requirePositive("r", r);
    requirePositive("alpha", alpha);
    requirePositive("a", a);
    requirePositive("b", b);
    requirePositive("p", p);
    requirePositive("q", q);
    requirePositive("gamma", gamma);
    requirePositive("zipf", zipf);
    if (!(anotherBook >= 0 && anotherBook < 1)) {
      throw new IllegalArgumentException(
          "parameter 'anotherBook' of the buying model is %s; it must lie in [0, 1)"
              .formatted(anotherBook));
    }
  }

  private static void requirePositive(String name, double value) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "parameter '%s' of the buying model is %s; it must be positive".formatted(name, value));
    }
  }
}
