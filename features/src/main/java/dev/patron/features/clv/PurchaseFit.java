package dev.patron.features.clv;

import dev.patron.features.clv.MaximumLikelihood.Likelihood;
import dev.patron.features.clv.MaximumLikelihood.Summit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model of purchases fitted to a customer base by maximum likelihood. Equal cells give an equal
 * fit, to the last bit.
 *
 * @param model what was fitted
 * @param logLikelihood at the fit
 * @param deviations standard errors of the logarithms of the parameters, by name, from the second
 *     derivatives of the likelihood; null where it has no proper summit
 * @param limits what the data could not tell: parameters at a bound or on a ridge
 */
public record PurchaseFit(
    PurchaseModel model,
    double logLikelihood,
    Map<String, @Nullable Double> deviations,
    List<String> limits) {

  /** With more cells than this the climb is made on coarser ones first, then finished on all. */
  private static final int MANY_CELLS = 2_000;

  /** Whole weeks, and months of four, for the first climb. */
  private static final int[] COARSER_WEEKS = {1, 4};

  public PurchaseFit {
    limits = List.copyOf(limits);
  }

  /** How a model is fitted: its likelihood, the bounds of its parameters, and where to start. */
  private static final class Task {
    final List<String> parameters;
    final CellLikelihood likelihood;
    final double[] lower;
    final double[] upper;
    final double[][] starts;

    Task(
        List<String> parameters,
        CellLikelihood likelihood,
        double[] lower,
        double[] upper,
        double[]... starts) {
      this.parameters = parameters;
      this.likelihood = likelihood;
      this.lower = lower;
      this.upper = upper;
      this.starts = starts;
    }
  }

  private interface CellLikelihood {
    double at(double[] parameters, PurchaseCells cells, double @Nullable [] gradient);
  }

  /**
   * Fits the model of this name.
   *
   * @param cells with at least one repeat purchase
   * @throws IllegalArgumentException if there is no such model
   */
  public static PurchaseFit of(String kind, PurchaseCells cells) {
    Task task = task(kind, cells);
    return of(kind, task, summit(task, cells));
  }

  /**
   * Fits a model anew to a customer base that differs little from the one it was fitted to. A
   * proper summit is the one that {@link #of} finds. Along a ridge, whose highest place {@link #of}
   * seeks with patience, one short climb must do: the fit is about as likely, and much cheaper.
   *
   * @param model where the fit begins
   * @param cells with at least one repeat purchase
   * @throws IllegalArgumentException if the model is of a kind that cannot be fitted
   */
  public static PurchaseFit near(PurchaseModel model, PurchaseCells cells) {
    Task task = task(model.kind(), cells);
    double[] start = task.parameters.stream().mapToDouble(model.parameters()::get).toArray();
    return of(model.kind(), task, climb(task, cells).near(start));
  }

  private static PurchaseFit of(String kind, Task task, Summit summit) {
    Map<String, Double> parameters = new LinkedHashMap<>();
    for (int i = 0; i < task.parameters.size(); i++) {
      parameters.put(task.parameters.get(i), summit.parameters()[i]);
    }
    return new PurchaseFit(
        PurchaseModels.of(kind, parameters),
        summit.logLikelihood(),
        summit.deviations(task.parameters),
        summit.limits(kind, task.parameters, summit.parameters()));
  }

  private static Task task(String kind, PurchaseCells cells) {
    double scale = Math.max(1e-3, cells.meanTenure());
    double leastWeeks = 1e-4 * scale;
    double mostWeeks = 1e5 * scale;
    return switch (kind) {
      case BgNbd.KIND, MbgNbd.KIND ->
          new Task(
              List.of("r", "alpha", "a", "b"),
              kind.equals(BgNbd.KIND) ? BgNbd::logLikelihood : MbgNbd::logLikelihood,
              new double[] {5e-3, leastWeeks, 7e-3, 7e-3},
              new double[] {5e3, mostWeeks, 5e3, 2e4},
              new double[] {0.5, scale / 4, 0.5, 2},
              new double[] {1, scale, 1, 1},
              new double[] {0.3, scale / 10, 0.2, 4});
      case ParetoNbd.KIND ->
          new Task(
              List.of("r", "alpha", "s", "beta"),
              ParetoNbd::logLikelihood,
              new double[] {5e-3, leastWeeks, 7e-3, leastWeeks},
              new double[] {5e3, mostWeeks, 5e3, mostWeeks},
              new double[] {0.5, scale / 4, 0.5, scale / 4},
              new double[] {1, scale, 2, 2 * scale});
      case Nbd.KIND ->
          new Task(
              List.of("r", "alpha"),
              Nbd::logLikelihood,
              new double[] {5e-3, leastWeeks},
              new double[] {5e3, mostWeeks},
              new double[] {0.5, scale / 2},
              new double[] {2, scale});
      default ->
          throw new IllegalArgumentException(
              "'%s' is no model of purchases; known are %s".formatted(kind, PurchaseModels.KINDS));
    };
  }

  private static Summit summit(Task task, PurchaseCells cells) {
    if (cells.size() <= MANY_CELLS) {
      return climb(task, cells).from(task.starts);
    }
    double[][] starts = task.starts;
    for (int i = COARSER_WEEKS.length - 1; i >= 0; i--) {
      MaximumLikelihood coarser = climb(task, cells.atWholeWeeks(COARSER_WEEKS[i]));
      starts = new double[][] {coarser.from(starts).parameters()};
    }
    return climb(task, cells).near(starts[0]);
  }

  private static MaximumLikelihood climb(Task task, PurchaseCells cells) {
    Likelihood likelihood =
        (parameters, gradient) -> task.likelihood.at(parameters, cells, gradient);
    return new MaximumLikelihood(likelihood, task.lower, task.upper);
  }
}
