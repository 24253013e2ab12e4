package dev.patron.features.trees;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * A sum of regression trees: {@code intercept + shrinkage * tree 1 + shrinkage * tree 2 + ...}, in
 * this order of additions, so that it gives the same bits as the library that fitted it. Immutable.
 */
public final class BoostedTrees implements Serializable {

  /** A tree, as a recursive structure: what is built, written down and read. */
  public sealed interface Node extends Serializable permits Split, Leaf {
    /** The number of training rows that came by. */
    double rows();
  }

  /**
   * Values at most {@code threshold} go one way, greater ones the other.
   *
   * @param input the position of the input that is looked at
   * @param threshold the greatest value that goes to {@code atMost}
   * @param atMost where these go
   * @param above where the others go
   */
  public record Split(int input, double threshold, Node atMost, Node above) implements Node {
    @Override
    public double rows() {
      return atMost.rows() + above.rows();
    }
  }

  /**
   * What a tree says.
   *
   * @param value added to the sum, times the shrinkage
   * @param rows the number of training rows that ended here
   */
  public record Leaf(double value, double rows) implements Node {}

  private final int inputs;
  private final double intercept;
  private final double shrinkage;
  private final List<Node> trees;

  // All nodes of all trees one behind another, for speed. The input of a leaf is -1, and its
  // threshold what it says; the mean is that of the training rows that came by.
  private final int[] roots;
  private final int[] input;
  private final double[] threshold;
  private final int[] atMost;
  private final int[] above;
  private final double[] mean;

  /**
   * A sum of trees.
   *
   * @param inputs how many values a row has
   * @throws IllegalArgumentException if a tree looks at an input that there is not
   */
  public BoostedTrees(int inputs, double intercept, double shrinkage, List<Node> trees) {
    this.inputs = inputs;
    this.intercept = finite("intercept", intercept);
    this.shrinkage = finite("shrinkage", shrinkage);
    this.trees = List.copyOf(trees);
    int size = trees.stream().mapToInt(BoostedTrees::size).sum();
    roots = new int[trees.size()];
    input = new int[size];
    threshold = new double[size];
    atMost = new int[size];
    above = new int[size];
    mean = new double[size];
    int next = 0;
    for (int t = 0; t < roots.length; t++) {
      roots[t] = next;
      next = flatten(trees.get(t), next);
    }
  }

  private static double finite(String name, double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("the trees' %s is %s".formatted(name, value));
    }
    return value;
  }

  private static int size(Node node) {
    return node instanceof Split split ? 1 + size(split.atMost()) + size(split.above()) : 1;
  }

  /** Lays a node and all below it out from this place on; gives the place behind them. */
  private int flatten(Node node, int place) {
    if (node instanceof Split split) {
      if (split.input() < 0 || split.input() >= inputs) {
        throw new IllegalArgumentException(
            "a tree looks at input %d of %d".formatted(split.input(), inputs));
      }
      input[place] = split.input();
      threshold[place] = finite("threshold", split.threshold());
      atMost[place] = place + 1;
      above[place] = flatten(split.atMost(), place + 1);
      int end = flatten(split.above(), above[place]);
      double left = split.atMost().rows();
      double right = split.above().rows();
      mean[place] = (left * mean[atMost[place]] + right * mean[above[place]]) / (left + right);
      return end;
    }
    Leaf leaf = (Leaf) node;
    if (!(leaf.rows() > 0)) {
      throw new IllegalArgumentException("a leaf was reached by %s rows".formatted(leaf.rows()));
    }
    input[place] = -1;
    threshold[place] = finite("leaf", leaf.value());
    mean[place] = leaf.value();
    return place + 1;
  }

  /** How many values a row has. */
  public int inputs() {
    return inputs;
  }

  /** What the sum begins with. */
  public double intercept() {
    return intercept;
  }

  /** What each tree is multiplied by. */
  public double shrinkage() {
    return shrinkage;
  }

  /** The trees, in the order in which they are added. */
  public List<Node> trees() {
    return new ArrayList<>(trees);
  }

  /**
   * The sum for one row.
   *
   * @param row as many values as there are inputs; NaN is greater than every threshold
   */
  public double sum(double[] row) {
    double sum = intercept;
    for (int root : roots) {
      int at = root;
      while (input[at] >= 0) {
        at = row[input[at]] <= threshold[at] ? atMost[at] : above[at];
      }
      sum += shrinkage * threshold[at];
    }
    return sum;
  }

  /** The mean sum over the training rows of each tree: where {@link #contribute} begins. */
  public double meanSum() {
    double sum = intercept;
    for (int root : roots) {
      sum += shrinkage * mean[root];
    }
    return sum;
  }

  /**
   * Adds to each input what it contributes to the sum of one row: the change of the mean along the
   * way from the root to the leaf belongs to the input that each node looks at (Saabas 2014,
   * "Interpreting random forests"). {@link #meanSum} and all contributions add up to {@link #sum}.
   *
   * @param row as for {@link #sum}
   * @param into one element an input
   */
  public void contribute(double[] row, double[] into) {
    for (int root : roots) {
      int at = root;
      while (input[at] >= 0) {
        int next = row[input[at]] <= threshold[at] ? atMost[at] : above[at];
        into[input[at]] += shrinkage * (mean[next] - mean[at]);
        at = next;
      }
    }
  }
}
