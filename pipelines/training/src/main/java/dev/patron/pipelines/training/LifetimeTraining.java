package dev.patron.pipelines.training;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.patron.features.clv.LifetimeCells;
import dev.patron.features.clv.LifetimeFit;
import dev.patron.features.clv.LifetimeFits;
import dev.patron.features.clv.MoneyModel;
import dev.patron.features.clv.Nbd;
import dev.patron.features.clv.PurchaseModel;
import dev.patron.features.models.ModelFiles;
import dev.patron.features.models.TrainingFacts;
import dev.patron.features.trees.InSeason;
import dev.patron.features.trees.Refinement;
import dev.patron.pipelines.training.Calibration.Group;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Fits the lifetime model and writes it down with its calibration. */
public final class LifetimeTraining {
  private LifetimeTraining() {}

  /**
   * The files of a new version, by name.
   *
   * @param cells of all customers as of {@code facts.asOf()}
   * @param calibration of a fit at an earlier cut-off; null if the history is too short for one
   * @param backTest that chose
   * @param judged what it found
   */
  public static Map<String, String> train(
      LifetimeCells cells,
      @Nullable Calibration calibration,
      BackTest backTest,
      BackTest.Result judged,
      TrainingFacts facts) {
    Kinds kinds = judged.choice().kinds();
    LifetimeFits fits = new LifetimeFits(cells);
    LifetimeFit fit = fits.of(kinds.purchases(), kinds.amounts());
    Candidates candidates = Candidates.of(fits, fit.purchaseCells());
    Refinement refinement = backTest.refine(fit.model(), judged.choice(), facts.horizonDays());
    InSeason inSeason = refinement.inSeason();
    String byClock =
        inSeason == null ? null : byClock(fit.model().kind(), inSeason.purchases().kind());
    if (byClock != null) {
      fit = fit.noting(byClock);
    }
    TooNew tooNew = TooNew.of(cells.purchases());
    ObjectNode metrics = metrics(fit, calibration);
    metrics.set("too_new", tooNew.node());
    metrics.set("candidates", candidates.node());
    metrics.set("backtest", BackTestCard.node(judged, refinement));
    return ModelFiles.of(
        fit.model(),
        refinement,
        facts,
        metrics,
        card(fit, tooNew, calibration, facts)
            + candidates.section()
            + BackTestCard.section(backTest, judged, refinement));
  }

  /**
   * What to know of P(alive) where customers are forecast by a clock, whose model need not be of
   * the kind that the notes on the fit speak of; null where it is as they say.
   */
  static @Nullable String byClock(String byCalendar, String inSeason) {
    if (inSeason.equals(byCalendar)) {
      return null;
    }
    if (inSeason.equals(Nbd.KIND)) {
      return "drop-out is not identified by the clock of the season, by which customers are"
          + " forecast: as long as it counts P(alive) is 1 for all";
    }
    return byCalendar.equals(Nbd.KIND)
        ? "drop-out is identified by the clock of the season, by which customers are forecast: as"
            + " long as it counts P(alive) is that of "
            + inSeason
        : null;
  }

  private static ObjectNode metrics(LifetimeFit fit, @Nullable Calibration calibration) {
    ObjectNode metrics = JsonNodeFactory.instance.objectNode();
    metrics.put("kind", fit.model().kind());
    metrics.put("customers", fit.customers());
    metrics.put("repeat_customers", fit.repeatCustomers());
    metrics.put("cells", fit.purchaseCells());
    ObjectNode likelihoods = metrics.putObject("log_likelihood");
    fit.logLikelihoods().forEach(likelihoods::put);
    ObjectNode deviations = metrics.putObject("standard_error_of_logarithm");
    fit.deviations().forEach(deviations::put);
    ArrayNode notes = metrics.putArray("notes");
    fit.model().notes().forEach(notes::add);
    if (calibration == null) {
      metrics.putNull("calibration");
    } else {
      metrics.set("calibration", calibration.node());
    }
    return metrics;
  }

  private static String card(
      LifetimeFit fit, TooNew tooNew, @Nullable Calibration calibration, TrainingFacts facts) {
    StringBuilder card = new StringBuilder("# Lifetime value\n\n");
    Cards.facts(card, facts);
    card.append(
        String.format(
            Locale.ROOT,
            "Horizon %s, discount %.4g a month. %s, %d of them with a repeat purchase;"
                + " distinct histories: %d.\n\n",
            Cards.count(facts.horizonDays(), "day"),
            facts.discountRate(),
            Cards.count(fit.customers(), "customer"),
            fit.repeatCustomers(),
            fit.purchaseCells()));
    card.append(tooNew.sentence()).append("\n\n");
    PurchaseModel purchases = fit.model().purchases();
    if (purchases == null) {
      card.append("**No lifetime value**: scores are null.\n");
    } else {
      card.append("Purchases: **%s** (time in weeks).\n\n".formatted(purchases.kind()));
      parameters(card, purchases.parameters(), fit);
      MoneyModel money = fit.model().money();
      if (money != null) {
        card.append("\nAmounts: **%s**.\n\n".formatted(money.kind()));
        parameters(card, money.parameters(), fit);
        card.append(
            "\n`cltv` is a mean, `cltv_low` and `cltv_high` are the 5 % and 95 % quantiles: of who most"
                + " likely buys nothing both are 0, and the mean lies above them.\n");
      }
      card.append("\nLog-likelihoods: ");
      card.append(
          fit.logLikelihoods().entrySet().stream()
              .map(e -> String.format(Locale.ROOT, "%s %.2f", e.getKey(), e.getValue()))
              .collect(Collectors.joining(", ")));
      card.append(".\n");
    }
    if (!fit.model().notes().isEmpty()) {
      card.append("\n## What to know\n\n");
      fit.model().notes().forEach(note -> card.append("- ").append(note).append('\n'));
    }
    card.append("\n## Calibration\n\n");
    if (calibration == null) {
      String insufficient = fit.model().whyInsufficient();
      card.append(
          "None: %s.\n"
              .formatted(
                  insufficient == null
                      ? "the history is too short to hold a part of it back, or nobody had bought"
                          + " again by then"
                      : insufficient));
    } else {
      calibration(card, calibration);
    }
    return card.toString();
  }

  /** A parameter that the data do not pin down is not printed as if it were known. */
  private static void parameters(
      StringBuilder card, Map<String, Double> parameters, LifetimeFit fit) {
    card.append("| parameter | value | standard error |\n|---|---|---|\n");
    parameters.forEach(
        (name, value) -> {
          Double error = fit.model().standardErrors().get(name);
          boolean unknown =
              fit.deviations().containsKey(name)
                  && !LifetimeFits.isIdentified(fit.deviations().get(name));
          card.append(
              unknown
                  ? "| %s | not identified | |\n".formatted(name)
                  : String.format(
                      Locale.ROOT,
                      "| %s | %.6g | %s |\n",
                      name,
                      value,
                      error == null ? "" : String.format(Locale.ROOT, "%.3g", error)));
        });
  }

  private static void calibration(StringBuilder card, Calibration calibration) {
    card.append(
        String.format(
            Locale.ROOT,
            "%s by itself, without trees, season and width, fitted %d days before as-of, on %d"
                + " customers, against what they did since.\n\n",
            calibration.kind(),
            calibration.holdoutDays(),
            calibration.customers()));
    card.append("| | MAE | RMSE | bias |\n|---|---|---|---|\n");
    errors(card, "purchases", calibration.purchases());
    Calibration.Errors spend = calibration.spend();
    if (spend != null) {
      errors(card, "spend", spend);
    }
    Double coverage = calibration.coverage();
    if (coverage != null) {
      card.append(
          String.format(
              Locale.ROOT, "\nThe 90 %% interval of spend covered %.1f %%.\n", 100 * coverage));
    }
    groups(card, "decile of expected purchases", calibration.byDecile());
    groups(card, "repeat purchases before", calibration.byRepeats());
  }

  private static void errors(StringBuilder card, String what, Calibration.Errors errors) {
    Double bias = errors.bias();
    card.append(
        String.format(
            Locale.ROOT,
            "| %s | %.3f | %.3f | %s |\n",
            what,
            errors.mae(),
            errors.rmse(),
            BackTestCard.bias(bias, errors.expected())));
  }

  private static void groups(StringBuilder card, String label, List<Group> groups) {
    card.append(
        "\n| %s | customers | purchases expected | actual | spend expected | actual |\n"
            .formatted(label));
    card.append("|---|---|---|---|---|---|\n");
    for (Group group : groups) {
      Double spend = group.expectedSpend();
      card.append(
          String.format(
              Locale.ROOT,
              "| %s | %d | %.3f | %.3f | %s | %.2f |\n",
              group.label(),
              group.customers(),
              group.expectedPurchases(),
              group.actualPurchases(),
              spend == null ? "" : String.format(Locale.ROOT, "%.2f", spend),
              group.actualSpend()));
    }
  }
}
