package dev.patron.pipelines.training;

import dev.patron.features.trees.BoostedTrees;
import dev.patron.features.trees.BoostedTrees.Leaf;
import dev.patron.features.trees.BoostedTrees.Node;
import dev.patron.features.trees.BoostedTrees.Split;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.util.FastMath;
import smile.base.cart.InternalNode;
import smile.base.cart.Loss;
import smile.base.cart.RegressionNode;
import smile.data.DataFrame;
import smile.data.Tuple;
import smile.data.formula.Formula;
import smile.data.type.StructType;
import smile.data.vector.DoubleVector;
import smile.math.MathEx;
import smile.regression.GradientTreeBoost;
import smile.regression.RegressionTree;

/**
 * Fits {@link BoostedTrees} by Smile's gradient boosting (Friedman 2001) and takes them out of
 * Smile. Equal rows in equal order give equal trees, to the bit: the only chance is which rows a
 * tree sees, drawn from a generator that is seeded here.
 */
final class Boosting {
  private static final String TARGET = "target";

  private Boosting() {}

  /**
   * How to boost.
   *
   * @param trees how many
   * @param leaves the most leaves of a tree
   * @param leafRows the fewest rows in a leaf
   * @param shrinkage what each tree is multiplied by
   * @param share of the rows that a tree sees
   */
  record Settings(int trees, int leaves, int leafRows, double shrinkage, double share) {}

  /** What the sum of the trees and an offset means, and how far it is off. */
  enum Target {
    /** The log-odds of 1 against 0: the binomial likelihood. */
    ODDS {
      @Override
      double mean(double score) {
        return 1 / (1 + FastMath.exp(-score));
      }

      @Override
      double slope(double value, double mean) {
        return value - mean;
      }

      @Override
      double curvature(double mean) {
        return mean * (1 - mean);
      }
    },
    /** The logarithm of the mean of counts: the Poisson likelihood. */
    COUNT {
      @Override
      double mean(double score) {
        return FastMath.exp(score);
      }

      @Override
      double slope(double value, double mean) {
        return value - mean;
      }

      @Override
      double curvature(double mean) {
        return mean;
      }
    },
    /**
     * The logarithm of the mean of amounts: the gamma likelihood, to which an error of so many
     * percent is the same for a small customer and a great one.
     */
    AMOUNT {
      @Override
      double mean(double score) {
        return FastMath.exp(score);
      }

      @Override
      double slope(double value, double mean) {
        return value / mean - 1;
      }

      @Override
      double curvature(double mean) {
        return 1;
      }
    };

    abstract double mean(double score);

    /** The derivative of the likelihood by the score. */
    abstract double slope(double value, double mean);

    /** The expected second derivative, with its sign changed. */
    abstract double curvature(double mean);
  }

  /** The trees, both as Smile has them and as we keep them. */
  record Fitted(GradientTreeBoost smile, BoostedTrees trees) {}

  /**
   * Fits trees.
   *
   * @param rows the inputs, no NaN among them; at least two leaves' worth
   * @param names of the inputs
   * @param offsets one a row: what is added to the trees
   * @param targets one a row: 0 or 1 for odds, at least 0 otherwise
   */
  static Fitted fit(
      double[][] rows,
      List<String> names,
      double[] offsets,
      double[] targets,
      Target target,
      Settings settings,
      long seed) {
    DataFrame frame =
        DataFrame.of(rows, names.toArray(String[]::new)).merge(DoubleVector.of(TARGET, targets));
    Likelihood likelihood = new Likelihood(target, offsets);
    MathEx.setSeed(seed);
    GradientTreeBoost smile =
        GradientTreeBoost.fit(
            Formula.lhs(TARGET),
            frame,
            likelihood,
            settings.trees(),
            settings.leaves(),
            settings.leaves(),
            settings.leafRows(),
            settings.shrinkage(),
            settings.share());
    return new Fitted(smile, export(smile, names.size(), likelihood.start, settings.shrinkage()));
  }

  private static BoostedTrees export(
      GradientTreeBoost smile, int inputs, double intercept, double shrinkage) {
    List<Node> trees = new ArrayList<>();
    for (RegressionTree tree : smile.trees()) {
      trees.add(node(tree.root(), smile.schema(), inputs));
    }
    return new BoostedTrees(inputs, intercept, shrinkage, trees);
  }

  private static Node node(smile.base.cart.Node node, StructType schema, int inputs) {
    if (node instanceof InternalNode split) {
      return new Split(
          split.feature(),
          threshold(split, schema, inputs),
          node(split.trueChild(), schema, inputs),
          node(split.falseChild(), schema, inputs));
    }
    RegressionNode leaf = (RegressionNode) node;
    return new Leaf(leaf.output(), leaf.size());
  }

  /**
   * The greatest value that a node sends to its first child. Smile does not tell it, so the node is
   * asked: a bisection over all doubles, whose order is that of their bits.
   */
  private static double threshold(InternalNode split, StructType schema, int inputs) {
    double[] row = new double[inputs];
    long low = ordered(-Double.MAX_VALUE);
    long high = ordered(Double.MAX_VALUE);
    while (low < high) {
      long middle = (low & high) + ((low ^ high) >> 1) + ((low ^ high) & 1);
      row[split.feature()] = fromOrdered(middle);
      if (split.branch(Tuple.of(row, schema))) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return fromOrdered(low);
  }

  private static long ordered(double value) {
    long bits = Double.doubleToLongBits(value);
    return bits < 0 ? Long.MIN_VALUE - bits : bits;
  }

  private static double fromOrdered(long ordered) {
    return Double.longBitsToDouble(ordered < 0 ? Long.MIN_VALUE - ordered : ordered);
  }

  /**
   * A likelihood with one Newton step a leaf. Smile subtracts each tree from an array that it calls
   * residual; we let it hold the negative scores, so that the subtraction adds.
   */
  private static final class Likelihood implements Loss {
    private static final double MOST_STEP = 1;

    private static final int START_STEPS = 20;

    private final Target target;
    private final double[] offsets;
    private final double[] negativeScores;
    private final double[] gradient;
    private double[] targets = {};
    private double start;

    private Likelihood(Target target, double[] offsets) {
      this.target = target;
      this.offsets = offsets;
      this.negativeScores = new double[offsets.length];
      this.gradient = new double[offsets.length];
    }

    /** What all rows are off by, by Newton's steps. */
    @Override
    public double intercept(double[] y) {
      targets = y;
      start = 0;
      for (int step = 0; step < START_STEPS; step++) {
        double slope = 0;
        double curvature = 0;
        for (int i = 0; i < y.length; i++) {
          double mean = target.mean(start + offsets[i]);
          slope += target.slope(y[i], mean);
          curvature += target.curvature(mean);
        }
        start += bounded(slope, curvature);
      }
      for (int i = 0; i < y.length; i++) {
        negativeScores[i] = -(start + offsets[i]);
      }
      return start;
    }

    private static double bounded(double slope, double curvature) {
      return curvature > 0 ? Math.max(-MOST_STEP, Math.min(MOST_STEP, slope / curvature)) : 0;
    }

    @Override
    public double[] residual() {
      return negativeScores;
    }

    @Override
    public double[] response() {
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] = target.slope(targets[i], target.mean(-negativeScores[i]));
      }
      return gradient;
    }

    @Override
    public double output(int[] nodeSamples, int[] sampleCount) {
      double slope = 0;
      double curvature = 0;
      for (int i : nodeSamples) {
        double mean = target.mean(-negativeScores[i]);
        slope += sampleCount[i] * target.slope(targets[i], mean);
        curvature += sampleCount[i] * target.curvature(mean);
      }
      return bounded(slope, curvature);
    }
  }
}
