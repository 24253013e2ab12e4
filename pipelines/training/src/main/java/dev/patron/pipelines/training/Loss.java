package dev.patron.pipelines.training;

import dev.patron.features.evaluate.Accuracy;

/**
 * How wrong a forecast is, the less the better: the sum of its RMSE and MAE, each in units of those
 * of the shop's mean, and of 1 - Gini. One figure alone misleads: to predict nothing for everybody
 * has a good MAE.
 */
final class Loss {
  private Loss() {}

  /**
   * The loss of a forecast.
   *
   * @param mean what forecasts the shop's mean for everybody
   * @param actual what came; all three an element a customer
   */
  static double of(double[] forecast, double[] mean, double[] actual) {
    Accuracy accuracy = Accuracy.of(forecast, actual);
    Accuracy unit = Accuracy.of(mean, actual);
    Double gini = accuracy.gini();
    return (unit.rmse() > 0 ? accuracy.rmse() / unit.rmse() : 1)
        + (unit.mae() > 0 ? accuracy.mae() / unit.mae() : 1)
        + (gini == null ? 1 : 1 - gini);
  }
}
