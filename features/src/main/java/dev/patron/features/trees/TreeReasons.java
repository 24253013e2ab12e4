package dev.patron.features.trees;

import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.frame.Frame;
import dev.patron.features.trees.TwoStageTrees.Start;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.util.FastMath;
import org.jspecify.annotations.Nullable;

/** What the trees make of each customer, in half a sentence: the two inputs that count most. */
public final class TreeReasons implements Serializable {
  private static final int NAMED = 2;

  private final LifetimeModel model;
  private final Refinement refinement;

  /** The reasons of these models. */
  public TreeReasons(LifetimeModel model, Refinement refinement) {
    this.model = model;
    this.refinement = refinement;
  }

  /**
   * For each customer, for example {@code trees: spend_91 +12 %, recency_days -8 %}: by how much an
   * input moves the trees' forecast from that of a typical customer. It is of spend where trees
   * have a say in it, otherwise of purchases.
   *
   * @return null for all where trees have no say
   */
  public @Nullable List<String> of(Frame features) {
    TwoStageTrees trees = refinement.trees();
    if (trees == null || model.purchases() == null) {
      return null;
    }
    boolean ofSpend = refinement.spend().weight() > 0;
    Expectation expected = Expectation.of(model, features, trees.windowDays());
    double[][] inputs = TreeInputs.of(features, expected);
    List<String> reasons = new ArrayList<>();
    for (int row = 0; row < inputs.length; row++) {
      Start start = Start.at(expected.purchases(row), expected.amount(row));
      reasons.add(sentence(trees.contributions(start, inputs[row], ofSpend), ofSpend));
    }
    return reasons;
  }

  private static String sentence(double[] contributions, boolean ofSpend) {
    StringBuilder sentence = new StringBuilder("trees on ").append(ofSpend ? "spend" : "purchases");
    boolean[] named = new boolean[contributions.length];
    for (int i = 0; i < NAMED; i++) {
      int strongest = -1;
      for (int input = 0; input < contributions.length; input++) {
        if (!named[input]
            && (strongest < 0
                || Math.abs(contributions[input]) > Math.abs(contributions[strongest]))) {
          strongest = input;
        }
      }
      named[strongest] = true;
      long percent = Math.round(100 * FastMath.expm1(contributions[strongest]));
      sentence
          .append(i == 0 ? ": " : ", ")
          .append(TreeInputs.NAMES.get(strongest))
          .append(percent < 0 ? " " : " +")
          .append(percent)
          .append(" %");
    }
    return sentence.toString();
  }
}
