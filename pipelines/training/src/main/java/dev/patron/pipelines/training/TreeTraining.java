package dev.patron.pipelines.training;

import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.frame.CanonicalBytes;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import dev.patron.features.trees.BoostedTrees;
import dev.patron.features.trees.Expectation;
import dev.patron.features.trees.TreeInputs;
import dev.patron.features.trees.TwoStageTrees;
import dev.patron.features.trees.TwoStageTrees.Start;
import it.unimi.dsi.fastutil.ints.IntArrays;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.apache.commons.math3.util.FastMath;
import org.jspecify.annotations.Nullable;

/**
 * Fits trees in two stages to the outcomes of origins that have passed: who bought, and how often
 * and for how much. The same rows give the same trees, to the bit, in whatever order they come.
 */
public final class TreeTraining {
  /** Of these sizes Smile takes about 7 CPU seconds for 25,000 rows. */
  public static final int DEFAULT_MOST_ROWS = 100_000;

  /** At tested days, of which there are several, less must do. */
  static final int MOST_ROWS_OF_A_TEST = 40_000;

  /** Fewer buyers than this say too little of who buys. */
  static final int FEWEST_BUYERS = 100;

  private static final int TREES = 80;
  private static final int LEAVES = 6;
  private static final double SHRINKAGE = 0.06;
  private static final double SHARE = 0.7;

  /** A leaf holds a five hundredth of the rows, and no fewer than these. */
  private static final int LEAST_LEAF = 50;

  private final Kinds kinds;
  private final long seed;
  private final int mostRows;

  /**
   * A training.
   *
   * @param kinds of the probabilistic models whose expectations the trees look at
   * @param seed of the sample, and of the rows that each tree sees
   * @param mostRows how many rows are learnt from at most; of more a seeded sample is
   */
  TreeTraining(Kinds kinds, long seed, int mostRows) {
    this.kinds = kinds;
    this.seed = seed;
    this.mostRows = mostRows;
  }

  /**
   * What was fitted.
   *
   * @param trees null if they could not learn
   * @param lack what they lacked for it; null if nothing
   * @param offered how many rows there were
   * @param rows how many were learnt from
   */
  record Fit(@Nullable TwoStageTrees trees, @Nullable String lack, int offered, int rows) {}

  /** Fits to these origins, whose windows are equally long. */
  Fit fit(List<OriginRows> origins) {
    long window = origins.get(0).origin().windowDays();
    int offered = origins.stream().mapToInt(OriginRows::size).sum();
    List<double[]> inputs = new ArrayList<>();
    List<double[]> outcomes = new ArrayList<>();
    List<Start> starts = new ArrayList<>();
    for (OriginRows origin : origins) {
      LifetimeModel model = origin.model(kinds);
      if (model.purchases() == null) {
        continue;
      }
      int[] chosen = sample(origin, offered);
      Frame rows = origin.rows().take(chosen);
      Amounts actual = origin.actual();
      Expectation expected = Expectation.of(model, rows, window);
      double[][] values = TreeInputs.of(rows, expected);
      for (int i = 0; i < chosen.length; i++) {
        inputs.add(values[i]);
        starts.add(Start.at(expected.purchases(i), expected.amount(i)));
        outcomes.add(new double[] {actual.purchases()[chosen[i]], actual.spend()[chosen[i]]});
      }
    }
    int[] everybody = new int[inputs.size()];
    Arrays.setAll(everybody, i -> i);
    int[] buyers = Arrays.stream(everybody).filter(i -> outcomes.get(i)[0] > 0).toArray();
    double spent = Arrays.stream(buyers).mapToDouble(i -> outcomes.get(i)[1]).sum();
    String lack =
        buyers.length < FEWEST_BUYERS
            ? "fewer than %d customers are known to have bought".formatted(FEWEST_BUYERS)
            : !(spent > 0) ? "no purchase with a positive amount is known" : null;
    return new Fit(
        lack == null ? fit(inputs, starts, outcomes, buyers, spent, window) : null,
        lack,
        offered,
        inputs.size());
  }

  private TwoStageTrees fit(
      List<double[]> inputs,
      List<Start> starts,
      List<double[]> outcomes,
      int[] buyers,
      double spent,
      long window) {
    int[] everybody = new int[inputs.size()];
    Arrays.setAll(everybody, i -> i);
    // Money is fitted in units of its mean, so that the arithmetic is the same in every currency.
    double unit = spent / buyers.length;
    return new TwoStageTrees(
        window,
        boost(
            inputs,
            everybody,
            i -> starts.get(i).logOdds(),
            i -> Math.min(1, outcomes.get(i)[0]),
            Boosting.Target.ODDS,
            seed),
        boost(
            inputs,
            buyers,
            i -> starts.get(i).logPurchases(),
            i -> outcomes.get(i)[0],
            Boosting.Target.COUNT,
            seed + 1),
        boost(
            inputs,
            buyers,
            i -> starts.get(i).logSpend() - FastMath.log(unit),
            i -> outcomes.get(i)[1] / unit,
            Boosting.Target.AMOUNT,
            seed + 2));
  }

  private static BoostedTrees boost(
      List<double[]> inputs,
      int[] chosen,
      IntToDoubleFunction offset,
      IntToDoubleFunction outcome,
      Boosting.Target target,
      long seed) {
    return Boosting.fit(
            Arrays.stream(chosen).mapToObj(inputs::get).toArray(double[][]::new),
            TreeInputs.NAMES,
            Arrays.stream(chosen).mapToDouble(offset).toArray(),
            Arrays.stream(chosen).mapToDouble(outcome).toArray(),
            target,
            settings(chosen.length),
            seed)
        .trees();
  }

  private static Boosting.Settings settings(int rows) {
    return new Boosting.Settings(TREES, LEAVES, Math.max(LEAST_LEAF, rows / 500), SHRINKAGE, SHARE);
  }

  /** The rows of an origin that are learnt from: those with the lowest seeded hash, in order. */
  private int[] sample(OriginRows origin, int offered) {
    int size = origin.size();
    int[] all = new int[size];
    Arrays.setAll(all, i -> i);
    if (offered <= mostRows) {
      return all;
    }
    long[] ranks = new long[size];
    Column id = origin.rows().column("customer_id");
    CanonicalBytes bytes = new CanonicalBytes();
    for (int row = 0; row < size; row++) {
      bytes.clear().putLong(seed).putLong(origin.origin().day());
      id.canonical(row, bytes);
      ranks[row] = bytes.hash64();
    }
    IntArrays.mergeSort(
        all,
        (a, b) -> {
          int order = Long.compareUnsigned(ranks[a], ranks[b]);
          return order != 0 ? order : Integer.compare(a, b);
        });
    int[] chosen = Arrays.copyOf(all, (int) ((long) size * mostRows / offered));
    Arrays.sort(chosen);
    return chosen;
  }
}
