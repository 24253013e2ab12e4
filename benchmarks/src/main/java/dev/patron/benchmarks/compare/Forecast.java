package dev.patron.benchmarks.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;

/**
 * BG/NBD and Gamma-Gamma as a data engineer would take them from the papers, with the parameters of
 * a model document of Patron. The closed form of Fader, Hardie and Lee (2005), equation (10), with
 * the hypergeometric function by its power series.
 */
record Forecast(double r, double alpha, double a, double b, double p, double q, double gamma)
    implements Serializable {
  /** A year ahead, month by month. */
  static final int MONTHS = 12;

  /** A month, in weeks. */
  static final double MONTH = 365.0 / MONTHS / 7;

  /** The monthly discount rate, Patron's default. */
  static final double RATE = 0.01;

  private static final double ENOUGH = 1e-15;

  /** The parameters of {@code lifetime/1/model.json} in a folder of models. */
  static Forecast read(Path models) throws IOException {
    JsonNode parameters =
        new ObjectMapper()
            .readTree(models.resolve("lifetime/1/model.json").toFile())
            .path("parameters");
    JsonNode purchases = parameters.path("purchases");
    JsonNode amounts = parameters.path("amounts");
    return new Forecast(
        purchases.path("r").asDouble(),
        purchases.path("alpha").asDouble(),
        purchases.path("a").asDouble(),
        purchases.path("b").asDouble(),
        amounts.path("p").asDouble(),
        amounts.path("q").asDouble(),
        amounts.path("gamma").asDouble());
  }

  /** Purchases expected of a customer who is alive within so many weeks. */
  double whileAlive(long x, double tenure, double weeks) {
    double z = weeks / (alpha + tenure + weeks);
    double series = hypergeometric(r + x, b + x, a + b + x - 1, z);
    double quiet = Math.pow((alpha + tenure) / (alpha + tenure + weeks), r + x);
    return (a + b + x - 1) / (a - 1) * (1 - quiet * series);
  }

  /** The same over a year, each month discounted from its end. */
  double discountedWhileAlive(long x, double tenure) {
    double sum = 0;
    double before = 0;
    for (int month = 1; month <= MONTHS; month++) {
      double until = whileAlive(x, tenure, month * MONTH);
      sum += (until - before) * Math.pow(1 + RATE, -month);
      before = until;
    }
    return sum;
  }

  private static double hypergeometric(double a, double b, double c, double z) {
    double term = 1;
    double sum = 1;
    for (int k = 0; Math.abs(term) > ENOUGH * sum || k < 10; k++) {
      term *= (a + k) / (c + k) * (b + k) / (k + 1) * z;
      sum += term;
    }
    return sum;
  }
}
