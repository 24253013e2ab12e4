package dev.patron.features.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.patron.features.clv.YearClock;
import dev.patron.features.trees.BoostedTrees;
import dev.patron.features.trees.BoostedTrees.Leaf;
import dev.patron.features.trees.BoostedTrees.Node;
import dev.patron.features.trees.BoostedTrees.Split;
import dev.patron.features.trees.InSeason;
import dev.patron.features.trees.Refinement;
import dev.patron.features.trees.Refinement.Interval;
import dev.patron.features.trees.Refinement.Part;
import dev.patron.features.trees.TreeInputs;
import dev.patron.features.trees.TwoStageTrees;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Refinement} as JSON. A leaf is written as {@code [value, rows]} and a split as {@code
 * [input, threshold, atMost, above]}, where the last two are nodes again.
 */
final class RefinementNode {
  /** A tree that is deeper than this was not written by us. */
  private static final int DEEPEST = 64;

  private static final int LEAF = 2;
  private static final int SPLIT = 4;

  private RefinementNode() {}

  static ObjectNode of(Refinement refinement) {
    ObjectNode node = ModelDocument.NODES.objectNode();
    node.set("purchases", part(refinement.purchases()));
    node.set("spend", part(refinement.spend()));
    node.putObject("interval")
        .put("pace", refinement.interval().pace())
        .put("width", refinement.interval().width())
        .put("crosses", refinement.interval().crosses());
    if (!Double.isInfinite(refinement.amountWithin())) {
      node.put("amountWithin", refinement.amountWithin());
    }
    InSeason inSeason = refinement.inSeason();
    if (inSeason != null) {
      node.set("inSeason", inSeason(inSeason));
    }
    TwoStageTrees trees = refinement.trees();
    if (trees == null) {
      node.putNull("trees");
      return node;
    }
    ObjectNode stages = node.putObject("trees");
    stages.put("windowDays", trees.windowDays());
    ArrayNode inputs = stages.putArray("inputs");
    TreeInputs.NAMES.forEach(inputs::add);
    stages.set("buys", boosted(trees.buys()));
    stages.set("purchases", boosted(trees.purchases()));
    stages.set("spend", boosted(trees.spend()));
    return node;
  }

  private static ObjectNode inSeason(InSeason inSeason) {
    YearClock clock = inSeason.clock();
    ObjectNode node = ModelDocument.NODES.objectNode();
    node.put("foundOn", LocalDate.ofEpochDay(clock.foundOn()).toString());
    node.put("windowDays", clock.windowDays());
    ArrayNode paces = node.putArray("paces");
    for (double pace : clock.paces()) {
      paces.add(pace);
    }
    node.set("purchases", LifetimeDocument.node(inSeason.purchases()));
    return node;
  }

  private static ObjectNode part(Part part) {
    return ModelDocument.NODES
        .objectNode()
        .put("weight", part.weight())
        .put("level", part.level())
        .put("season", part.season())
        .put("mix", part.mix());
  }

  private static ObjectNode boosted(BoostedTrees trees) {
    ObjectNode node = ModelDocument.NODES.objectNode();
    node.put("intercept", trees.intercept());
    node.put("shrinkage", trees.shrinkage());
    ArrayNode array = node.putArray("trees");
    for (Node root : trees.trees()) {
      array.addObject().set("root", node(root));
    }
    return node;
  }

  private static ArrayNode node(Node node) {
    ArrayNode array = ModelDocument.NODES.arrayNode();
    if (node instanceof Split split) {
      return array
          .add(split.input())
          .add(split.threshold())
          .add(node(split.atMost()))
          .add(node(split.above()));
    }
    Leaf leaf = (Leaf) node;
    return array.add(leaf.value()).add(leaf.rows());
  }

  /**
   * Reads what {@link #of} wrote.
   *
   * @throws IllegalArgumentException if it is incomplete, or the trees look at other inputs
   */
  static Refinement read(JsonNode node) {
    JsonNode stages = ModelDocument.required(node, "trees");
    return new Refinement(
        stages.isNull() ? null : trees(stages),
        readPart(ModelDocument.required(node, "purchases")),
        readPart(ModelDocument.required(node, "spend")),
        readInterval(node.get("interval")),
        node.has("inSeason") ? readInSeason(node.get("inSeason")) : null,
        // Before schema version 7 the amount of a purchase could be any.
        node.has("amountWithin")
            ? ModelDocument.number(node, "amountWithin")
            : Double.POSITIVE_INFINITY);
  }

  /** Documents before schema version 6 know of no clock. */
  private static InSeason readInSeason(JsonNode node) {
    JsonNode paces = ModelDocument.required(node, "paces");
    double[] read = new double[paces.size()];
    for (int i = 0; i < read.length; i++) {
      if (!paces.get(i).isNumber()) {
        throw new IllegalArgumentException(
            "model.json: a pace is %s where a number is wanted".formatted(paces.get(i)));
      }
      read[i] = paces.get(i).doubleValue();
    }
    return new InSeason(
        new YearClock(
            day(ModelDocument.required(node, "foundOn").asText()),
            (long) ModelDocument.number(node, "windowDays"),
            read),
        LifetimeDocument.purchases(ModelDocument.required(node, "purchases")));
  }

  private static long day(String date) {
    try {
      return LocalDate.parse(date).toEpochDay();
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "model.json: foundOn is '%s'; a date is wanted".formatted(date), e);
    }
  }

  /**
   * Documents before schema version 3 know of no interval of its own, and before 5 of none whose
   * ends do not cross.
   */
  private static Interval readInterval(@Nullable JsonNode node) {
    return node == null
        ? Interval.NONE
        : new Interval(
            ModelDocument.number(node, "pace"),
            ModelDocument.number(node, "width"),
            !node.has("crosses") || node.get("crosses").asBoolean());
  }

  private static Part readPart(JsonNode node) {
    return new Part(
        ModelDocument.number(node, "weight"),
        ModelDocument.number(node, "level"),
        ModelDocument.number(node, "season"),
        // Before schema version 5 it was part of the season.
        node.has("mix") ? ModelDocument.number(node, "mix") : Part.NONE.mix());
  }

  private static TwoStageTrees trees(JsonNode node) {
    List<String> inputs = new ArrayList<>();
    ModelDocument.required(node, "inputs").forEach(input -> inputs.add(input.asText()));
    if (!inputs.equals(TreeInputs.NAMES)) {
      throw new IllegalArgumentException(
          "the trees look at %s; this program makes %s".formatted(inputs, TreeInputs.NAMES));
    }
    return new TwoStageTrees(
        (long) ModelDocument.number(node, "windowDays"),
        readBoosted(ModelDocument.required(node, "buys")),
        readBoosted(ModelDocument.required(node, "purchases")),
        readBoosted(ModelDocument.required(node, "spend")));
  }

  private static BoostedTrees readBoosted(JsonNode node) {
    List<Node> trees = new ArrayList<>();
    for (JsonNode tree : ModelDocument.required(node, "trees")) {
      trees.add(readNode(ModelDocument.required(tree, "root"), 0));
    }
    return new BoostedTrees(
        TreeInputs.NAMES.size(),
        ModelDocument.number(node, "intercept"),
        ModelDocument.number(node, "shrinkage"),
        trees);
  }

  private static Node readNode(JsonNode node, int depth) {
    boolean known = node.isArray() && depth <= DEEPEST;
    if (known && node.size() == LEAF && node.get(0).isNumber() && node.get(1).isNumber()) {
      return new Leaf(node.get(0).doubleValue(), node.get(1).doubleValue());
    }
    if (known && node.size() == SPLIT && node.get(0).isInt() && node.get(1).isNumber()) {
      return new Split(
          node.get(0).intValue(),
          node.get(1).doubleValue(),
          readNode(node.get(2), depth + 1),
          readNode(node.get(3), depth + 1));
    }
    throw new IllegalArgumentException(
        "model.json: a tree holds %s where [value, rows] or [input, threshold, atMost, above] is wanted"
            .formatted(node.toString().substring(0, Math.min(60, node.toString().length()))));
  }
}
