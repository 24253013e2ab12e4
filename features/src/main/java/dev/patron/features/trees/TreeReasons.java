package dev.patron.features.trees;

import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.frame.Frame;
import dev.patron.features.trees.TwoStageTrees.Start;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.util.FastMath;
import org.jspecify.annotations.Nullable;

/**
 * What the trees make of each customer to whom they make a difference: by how much they correct the
 * probabilistic forecast, and which inputs that comes from. The parts multiply to the correction.
 */
public final class TreeReasons implements Serializable {
  private static final int NAMED = 2;

  /** A forecast that trees move by less than this is not worth a sentence. */
  private static final double LEAST_MOVE = 0.05;

  private final LifetimeModel model;
  private final Refinement refinement;

  /** The reasons of these models. */
  public TreeReasons(LifetimeModel model, Refinement refinement) {
    this.model = model;
    this.refinement = refinement;
  }

  /**
   * For each customer, for example {@code Trees say +12 % spend (their weight is 0.40): in general
   * -3 %, spend_91 +18 %, recency_days -8 %, all else +6 %}: the trees' forecast beside that of the
   * probabilistic model, and its factors. It is of spend where trees have a say in it, otherwise of
   * purchases. Null where the trees move the forecast by less than 5 %.
   *
   * @return null for all where trees have no say
   */
  public @Nullable List<@Nullable String> of(Frame features) {
    TwoStageTrees trees = refinement.trees();
    if (trees == null || model.purchases() == null) {
      return null;
    }
    boolean ofSpend = refinement.spend().weight() > 0;
    Refinement.Part part = ofSpend ? refinement.spend() : refinement.purchases();
    long window = trees.windowDays();
    double[][] inputs = TreeInputs.of(features, Expectation.of(model, features, window));
    Expectation expected = refinement.expected(model, features, window);
    List<@Nullable String> reasons = new ArrayList<>();
    for (int row = 0; row < inputs.length; row++) {
      Start start = Start.at(expected.purchases(row), expected.amount(row));
      double[] contributions = trees.contributions(start, inputs[row], ofSpend);
      double inGeneral =
          trees.typical(start, ofSpend)
              - start.logExpectation(ofSpend)
              + FastMath.log(part.level());
      double all = inGeneral;
      for (double contribution : contributions) {
        all += contribution;
      }
      reasons.add(
          Math.abs(part.weight() * FastMath.expm1(all)) < LEAST_MOVE
              ? null
              : sentence(ofSpend, part.weight(), all, inGeneral, contributions));
    }
    return reasons;
  }

  private static String sentence(
      boolean ofSpend, double weight, double all, double inGeneral, double[] contributions) {
    StringBuilder sentence = new StringBuilder("Trees say ");
    percent(sentence, all).append(ofSpend ? " spend" : " purchases");
    long hundredths = Math.round(100 * weight);
    sentence.append(" (their weight is ").append(hundredths / 100).append('.');
    sentence.append(hundredths / 10 % 10).append(hundredths % 10).append("): in general ");
    percent(sentence, inGeneral);
    double rest = all - inGeneral;
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
      rest -= contributions[strongest];
      sentence.append(", ").append(TreeInputs.NAMES.get(strongest)).append(' ');
      percent(sentence, contributions[strongest]);
    }
    sentence.append(", all else ");
    return percent(sentence, rest).toString();
  }

  /** A factor's logarithm as what it adds, for example {@code +12 %}. */
  private static StringBuilder percent(StringBuilder sentence, double logarithm) {
    long percent = Math.round(100 * FastMath.expm1(logarithm));
    return sentence.append(percent < 0 ? "" : "+").append(percent).append(" %");
  }
}
