package dev.patron.features.clv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.math3.analysis.MultivariateFunction;
import org.apache.commons.math3.exception.MathIllegalStateException;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.NonPositiveDefiniteMatrixException;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.optim.InitialGuess;
import org.apache.commons.math3.optim.MaxEval;
import org.apache.commons.math3.optim.SimpleBounds;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;
import org.apache.commons.math3.optim.nonlinear.scalar.ObjectiveFunction;
import org.apache.commons.math3.optim.nonlinear.scalar.noderiv.BOBYQAOptimizer;
import org.apache.commons.math3.optim.nonlinear.scalar.noderiv.NelderMeadSimplex;
import org.apache.commons.math3.optim.nonlinear.scalar.noderiv.SimplexOptimizer;
import org.apache.commons.math3.util.FastMath;
import org.jspecify.annotations.Nullable;

/**
 * Greatest likelihood over positive parameters, in their logarithms within bounds. Powell's BOBYQA
 * (no derivatives, so that bounds and flat ridges do no harm) from fixed starts finds the summit,
 * then Newton steps with the analytic gradient settle its last digits. Deterministic.
 */
final class MaximumLikelihood {

  /** A log-likelihood; fills the gradient by the parameters unless it is null. */
  interface Likelihood {
    double at(double[] parameters, double @Nullable [] gradient);
  }

  /** The parameters with the greatest likelihood, and what is known about them. */
  static final class Summit {
    private final double[] parameters;
    private final double logLikelihood;
    private final boolean[] atBound;
    private final double[] deviations;

    private final boolean arrived;

    Summit(
        double[] parameters,
        double logLikelihood,
        boolean[] atBound,
        double[] deviations,
        boolean arrived) {
      this.arrived = arrived;
      this.parameters = parameters;
      this.logLikelihood = logLikelihood;
      this.atBound = atBound;
      this.deviations = deviations;
    }

    /** In the order of the likelihood. */
    double[] parameters() {
      return parameters;
    }

    double logLikelihood() {
      return logLikelihood;
    }

    /** For each parameter whether it ran to a bound. */
    boolean[] atBound() {
      return atBound;
    }

    /**
     * Standard errors of the parameters' logarithms by these names; null where there is no proper
     * summit.
     */
    Map<String, @Nullable Double> deviations(List<String> names) {
      Map<String, @Nullable Double> byName = new LinkedHashMap<>();
      for (int i = 0; i < names.size(); i++) {
        boolean known = Double.isFinite(deviations[i]) && !atBound[i];
        byName.put(names.get(i), known ? deviations[i] : null);
      }
      return byName;
    }

    /**
     * What must be said of parameters that the likelihood does not pin down.
     *
     * @param values of the parameters, as they will be shown
     */
    List<String> limits(String kind, List<String> names, double[] values) {
      List<String> limits = new ArrayList<>();
      List<String> onRidge = new ArrayList<>();
      for (int i = 0; i < names.size(); i++) {
        if (atBound[i]) {
          limits.add(
              String.format(
                  Locale.ROOT,
                  "%s: %s ran to its bound (%.4g): its value is not identified, only that it is"
                      + " extreme",
                  kind,
                  names.get(i),
                  values[i]));
        } else if (!(deviations[i] <= VAGUE)) {
          onRidge.add(names.get(i));
        }
      }
      if (!onRidge.isEmpty()) {
        limits.add(
            "%s: the likelihood is flat along %s: not known on their own, only what follows from all of them"
                .formatted(kind, String.join(", ", onRidge)));
      }
      return limits;
    }
  }

  /** A parameter whose standard error is a factor of e is as good as unknown. */
  static final double VAGUE = 1;

  private static final double NEAR_BOUND = 1e-3;
  private static final double DIFFERENCE = 1e-4;
  private static final int MOST_EVALUATIONS = 20_000;
  private static final int NEWTON_STEPS = 30;

  private final Likelihood likelihood;
  private final double[] lower;
  private final double[] upper;

  /** Bounds are of the parameters, not of their logarithms. */
  MaximumLikelihood(Likelihood likelihood, double[] lower, double[] upper) {
    this.likelihood = likelihood;
    this.lower = logarithms(lower);
    this.upper = logarithms(upper);
  }

  /** The best summit reached from these starts. */
  Summit from(double[]... starts) {
    // A rough climb from every start, and Newton's steps from the best place; where they do not
    // arrive, on ridges and at bounds, slow and careful climbs instead.
    Summit summit = settle(best(starts, new double[] {0.5}, 1e-3));
    return summit.arrived ? summit : settle(best(starts, new double[] {0.5, 0.05}, 1e-7));
  }

  private double[] best(double[][] starts, double[] radii, double precision) {
    double @Nullable [] best = null;
    double bestValue = Double.NEGATIVE_INFINITY;
    for (double[] start : starts) {
      double[] reached = climb(logarithms(start), radii, precision);
      double value = at(reached);
      if (best == null || value > bestValue) {
        best = reached;
        bestValue = value;
      }
    }
    if (best == null) {
      throw new IllegalArgumentException("a fit needs a start");
    }
    return best;
  }

  /**
   * The summit near this start: by Newton's steps, or by one short climb where they do not arrive.
   */
  Summit near(double[] start) {
    Summit summit = settle(within(logarithms(start)));
    return summit.arrived
        ? summit
        : settle(best(new double[][] {start}, new double[] {0.05}, 1e-3));
  }

  private double[] climb(double[] start, double[] radii, double precision) {
    int n = start.length;
    double[] inside = new double[n];
    for (int i = 0; i < n; i++) {
      inside[i] = Math.min(upper[i] - 1e-6, Math.max(lower[i] + 1e-6, start[i]));
    }
    try {
      double[] from = inside;
      // After the first, each climb begins where the one before rested, with a fresh quadratic
      // model.
      for (double radius : radii) {
        from =
            new BOBYQAOptimizer(2 * n + 1, radius, precision)
                .optimize(
                    new MaxEval(MOST_EVALUATIONS),
                    new ObjectiveFunction((MultivariateFunction) this::at),
                    GoalType.MAXIMIZE,
                    new InitialGuess(from),
                    new SimpleBounds(lower, upper))
                .getPoint();
      }
      return from;
    } catch (MathIllegalStateException e) {
      // On a ridge that is flat to the last bit BOBYQA's quadratic model has no descent left to
      // find, and says so; a simplex needs none.
      return climbBySimplex(inside);
    }
  }

  private double[] climbBySimplex(double[] start) {
    double[] reached =
        new SimplexOptimizer(1e-12, 1e-12)
            .optimize(
                new MaxEval(MOST_EVALUATIONS),
                new ObjectiveFunction((MultivariateFunction) point -> at(within(point))),
                GoalType.MAXIMIZE,
                new InitialGuess(start),
                new NelderMeadSimplex(start.length, 0.5))
            .getPoint();
    return within(reached);
  }

  private double[] within(double[] point) {
    double[] within = new double[point.length];
    Arrays.setAll(within, i -> Math.min(upper[i], Math.max(lower[i], point[i])));
    return within;
  }

  private Summit settle(double[] from) {
    double[] at = from.clone();
    double value = at(at);
    boolean arrived = false;
    @Nullable RealMatrix covariance = null;
    for (int step = 0; step < NEWTON_STEPS; step++) {
      double[] gradient = new double[at.length];
      gradient(at, gradient);
      covariance = covariance(at);
      if (covariance == null || anyAtBound(at)) {
        break;
      }
      double[] move = covariance.operate(new ArrayRealVector(gradient)).toArray();
      double[] next = new double[at.length];
      double greatest = 0;
      for (int i = 0; i < at.length; i++) {
        next[i] = Math.min(upper[i], Math.max(lower[i], at[i] + move[i]));
        greatest = Math.max(greatest, Math.abs(move[i]));
      }
      double nextValue = at(next);
      if (greatest > 0.5 || !(nextValue >= value - 1e-9 * Math.abs(value))) {
        break;
      }
      at = next;
      value = nextValue;
      if (greatest < 1e-10) {
        arrived = true;
        break;
      }
    }
    double[] deviations = new double[at.length];
    for (int i = 0; i < at.length; i++) {
      deviations[i] = covariance == null ? Double.NaN : Math.sqrt(covariance.getEntry(i, i));
    }
    boolean[] atBound = new boolean[at.length];
    for (int i = 0; i < at.length; i++) {
      atBound[i] = atBound(at, i);
    }
    return new Summit(exponentials(at), value, atBound, deviations, arrived);
  }

  private boolean anyAtBound(double[] at) {
    for (int i = 0; i < at.length; i++) {
      if (atBound(at, i)) {
        return true;
      }
    }
    return false;
  }

  private boolean atBound(double[] at, int i) {
    return at[i] < lower[i] + NEAR_BOUND || at[i] > upper[i] - NEAR_BOUND;
  }

  /** The inverse of the negative second derivatives; null where they are not those of a summit. */
  private @Nullable RealMatrix covariance(double[] at) {
    int n = at.length;
    double[][] second = new double[n][n];
    double[] ahead = new double[n];
    double[] behind = new double[n];
    for (int i = 0; i < n; i++) {
      double[] moved = at.clone();
      moved[i] = at[i] + DIFFERENCE;
      gradient(moved, ahead);
      moved[i] = at[i] - DIFFERENCE;
      gradient(moved, behind);
      for (int j = 0; j < n; j++) {
        second[i][j] = -(ahead[j] - behind[j]) / (2 * DIFFERENCE);
      }
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        second[i][j] = second[j][i] = (second[i][j] + second[j][i]) / 2;
      }
    }
    try {
      return new CholeskyDecomposition(new Array2DRowRealMatrix(second), 1e-6, 1e-10)
          .getSolver()
          .getInverse();
    } catch (NonPositiveDefiniteMatrixException e) {
      return null; // the answer to the question asked, not a failure
    }
  }

  private double at(double[] logarithms) {
    return likelihood.at(exponentials(logarithms), null);
  }

  /** By the logarithms of the parameters. */
  private void gradient(double[] logarithms, double[] gradient) {
    double[] parameters = exponentials(logarithms);
    likelihood.at(parameters, gradient);
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] *= parameters[i];
    }
  }

  private static double[] logarithms(double[] values) {
    return Arrays.stream(values).map(FastMath::log).toArray();
  }

  private static double[] exponentials(double[] values) {
    return Arrays.stream(values).map(FastMath::exp).toArray();
  }
}
