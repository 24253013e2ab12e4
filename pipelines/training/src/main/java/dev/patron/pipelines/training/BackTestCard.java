package dev.patron.pipelines.training;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.patron.features.evaluate.Accuracy;
import dev.patron.features.trees.InSeason;
import dev.patron.features.trees.Refinement;
import dev.patron.features.trees.TwoStageTrees;
import dev.patron.pipelines.training.BackTest.Line;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a back-test found, for people and for {@code metrics.json}. */
public final class BackTestCard {
  private BackTestCard() {}

  /** The measures of all tested days together, a row a candidate, as Markdown. */
  static String table(List<Line> lines, String target) {
    StringBuilder table =
        new StringBuilder(
            "| %s | MAE | RMSE | bias | Spearman | Gini | coverage |\n|---|---|---|---|---|---|---|\n"
                .formatted(target));
    for (Line line : lines) {
      if (line.cutoffDay() == null && line.target().equals(target)) {
        Accuracy accuracy = line.accuracy();
        table.append(
            String.format(
                Locale.ROOT,
                "| %s | %.4g | %.4g | %s | %s | %s | %s |\n",
                line.chosen() ? "**" + line.candidate() + "**" : line.candidate(),
                accuracy.mae(),
                accuracy.rmse(),
                bias(accuracy.bias(), line.expectedTotal()),
                number("%.3f", accuracy.spearman()),
                number("%.3f", accuracy.gini()),
                number("%.3f", coverage(lines, line.candidate()))));
      }
    }
    return table.toString();
  }

  /**
   * A bias as a card has it. Where nothing came there is none, and a forecast of something is worse
   * than any that could be told as a share.
   *
   * @param bias null if the actual total is 0
   * @param expected total
   */
  static String bias(@Nullable Double bias, double expected) {
    if (bias != null) {
      return String.format(Locale.ROOT, "%+.3f", bias);
    }
    return expected > 0 ? String.format(Locale.ROOT, "forecast %.2f where 0 came", expected) : "";
  }

  private static String number(String format, @Nullable Double value) {
    return value == null ? "" : String.format(Locale.ROOT, format, value);
  }

  private static @Nullable Double coverage(List<Line> lines, String candidate) {
    for (Line line : lines) {
      if (line.candidate().equals(candidate) && line.coverage() != null) {
        return line.coverage();
      }
    }
    return null;
  }

  /** The section of the model card. */
  static String section(BackTest backTest, BackTest.Result result, Refinement refinement) {
    StringBuilder card = new StringBuilder("\n## Back-test\n\n");
    if (result.lines().isEmpty()) {
      result.choice().reasons().forEach(reason -> card.append("- ").append(reason).append('\n'));
      return card.toString();
    }
    card.append(
        "Windows of %s after %s; everything is fitted on what was known at the cut-off. %s at as-of. All days together:\n\n"
            .formatted(
                Cards.count(backTest.plan().windowDays(), "day"),
                result.lines().stream()
                    .filter(line -> line.cutoffDay() != null)
                    .map(line -> LocalDate.ofEpochDay(line.cutoffDay()).toString())
                    .distinct()
                    .sorted()
                    .reduce((a, b) -> a + ", " + b)
                    .orElse(""),
                Cards.count(backTest.customers(), "customer")));
    card.append(table(result.lines(), "purchases")).append('\n');
    card.append(table(result.lines(), "spend")).append('\n');
    card.append(
        "Coverage is that of the 90 % interval on the newest day, as wide as the older ones say. Why this one:\n\n");
    result.choice().reasons().forEach(reason -> card.append("- ").append(reason).append('\n'));
    BackTest.Duel duel = result.champion();
    if (duel != null) {
      card.append(
          String.format(
              Locale.ROOT,
              "- the champion %s had not seen %d of the days: its loss there is %.4f, that of this"
                  + " recipe %.4f\n",
              duel.champion(),
              duel.days(),
              duel.championLoss(),
              duel.challengerLoss()));
    }
    TwoStageTrees trees = refinement.trees();
    if (trees != null) {
      int[] rows = backTest.rowsToLearn();
      card.append(
          String.format(
              Locale.ROOT,
              "- the trees that score learnt from %d of %d rows (a seeded sample where that is"
                  + " fewer; at tested days at most %d), at %d cut-offs whose windows of %d days have"
                  + " ended\n",
              rows[1],
              rows[0],
              TreeTraining.MOST_ROWS_OF_A_TEST,
              backTest.plan().learnt().size(),
              trees.windowDays()));
    }
    card.append(
        "- probabilistic models at cut-offs are fitted to %d customers at most, evenly spaced\n"
            .formatted(OriginRows.MOST_FITTED));
    card.append(
        "- the weights of the trees were learnt on the very windows of this table; the forecasts were not\n");
    card.append("- value is before returns: what comes back lowers no forecast\n");
    InSeason inSeason = refinement.inSeason();
    if (inSeason != null) {
      double[] paces = inSeason.clock().paces();
      card.append(
          String.format(
              Locale.ROOT,
              "- the shop has seasons: customers are forecast by %s, by a clock whose paces are %.2f"
                  + " to %.2f of that of the window\n",
              inSeason.purchases().kind(),
              Arrays.stream(paces).min().orElse(1),
              Arrays.stream(paces).max().orElse(1)));
    }
    if (refinement.purchases().season() != 1 || refinement.spend().season() != 1) {
      card.append(
          String.format(
              Locale.ROOT,
              "- the season multiplies purchases by %.3f and spend by %.3f\n",
              refinement.purchases().season(),
              refinement.spend().season()));
    }
    if (refinement.spend().mix() != 1) {
      card.append(
          String.format(
              Locale.ROOT,
              "- those who buy for more buy more often, or less, than the models know: spend is"
                  + " multiplied by %.3f\n",
              refinement.spend().mix()));
    }
    return card.toString();
  }

  /** As {@code metrics.json} holds it. */
  static ObjectNode node(BackTest.Result result, Refinement refinement) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    BackTest.Choice choice = result.choice();
    if (!result.lines().isEmpty()) {
      node.put("purchases_kind", choice.kinds().purchases());
      node.put("amounts_kind", choice.kinds().amounts());
    }
    node.put("trees_weight_purchases", choice.purchaseWeight());
    node.put("trees_weight_spend", choice.spendWeight());
    node.put("season_purchases", refinement.purchases().season());
    node.put("season_spend", refinement.spend().season());
    node.put("mix_spend", refinement.spend().mix());
    node.put("interval_width", refinement.interval().width());
    ObjectNode losses = node.putObject("loss");
    result.losses().forEach(losses::put);
    ArrayNode lines = node.putArray("pooled");
    for (Line line : result.lines()) {
      if (line.cutoffDay() == null) {
        lines
            .addObject()
            .put("candidate", line.candidate())
            .put("target", line.target())
            .put("mae", line.accuracy().mae())
            .put("rmse", line.accuracy().rmse())
            .put("bias", line.accuracy().bias())
            .put("spearman", line.accuracy().spearman())
            .put("gini", line.accuracy().gini())
            .put("coverage", coverage(result.lines(), line.candidate()));
      }
    }
    return node;
  }
}
