package dev.patron.pipelines.training;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.patron.features.clv.LifetimeFits;
import dev.patron.features.clv.MoneyFit;
import dev.patron.features.clv.MoneyModel;
import dev.patron.features.clv.MoneyModels;
import dev.patron.features.clv.PurchaseFit;
import dev.patron.features.clv.PurchaseModels;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What every probabilistic candidate finds in all customers as of the observation time, beside the
 * one that was chosen: for comparison with published fits and from training to training.
 */
final class Candidates {
  /** Fitting them all to more distinct histories than this takes minutes and tells no more. */
  private static final int MOST_HISTORIES = 50_000;

  private final List<Candidate> fitted = new ArrayList<>();
  private final boolean tooMany;

  private Candidates(boolean tooMany) {
    this.tooMany = tooMany;
  }

  /**
   * One candidate.
   *
   * @param deviations as the fit has them
   * @param logLikelihood null where the model has none
   */
  private record Candidate(
      String kind,
      Map<String, Double> parameters,
      Map<String, @Nullable Double> deviations,
      @Nullable Double logLikelihood) {
    /** What was not fitted, such as a mean, is known. */
    boolean isUnknown(String parameter) {
      return deviations.containsKey(parameter)
          && !LifetimeFits.isIdentified(deviations.get(parameter));
    }

    String parametersAsText() {
      return parameters.entrySet().stream()
          .map(
              parameter ->
                  isUnknown(parameter.getKey())
                      ? parameter.getKey() + " not identified"
                      : String.format(
                          Locale.ROOT, "%s %.5g", parameter.getKey(), parameter.getValue()))
          .collect(Collectors.joining(", "));
    }
  }

  static Candidates of(LifetimeFits fits, int histories) {
    Candidates candidates = new Candidates(histories > MOST_HISTORIES);
    if (candidates.tooMany || fits.insufficient() != null) {
      return candidates;
    }
    for (String kind : PurchaseModels.KINDS) {
      PurchaseFit fit = fits.purchases(kind);
      candidates.fitted.add(
          new Candidate(kind, fit.model().parameters(), fit.deviations(), fit.logLikelihood()));
    }
    for (String kind : MoneyModels.KINDS) {
      MoneyFit fit = fits.amounts(kind);
      MoneyModel model = fit.model();
      if (model != null) {
        candidates.fitted.add(
            new Candidate(kind, model.parameters(), fit.deviations(), fit.logLikelihood()));
      }
    }
    return candidates;
  }

  /** The section of the card; nothing where nothing could be fitted. */
  String section() {
    if (tooMany) {
      return String.format(
          Locale.ROOT,
          "%n## Every candidate%n%nNot fitted to all customers: there are more than %,d distinct"
              + " histories.%n",
          MOST_HISTORIES);
    }
    if (fitted.isEmpty()) {
      return "";
    }
    StringBuilder section =
        new StringBuilder("\n## Every candidate, fitted to all customers\n\n")
            .append("| model | parameters | log-likelihood |\n|---|---|---|\n");
    for (Candidate candidate : fitted) {
      Double likelihood = candidate.logLikelihood();
      section.append(
          "| %s | %s | %s |\n"
              .formatted(
                  candidate.kind(),
                  candidate.parametersAsText(),
                  likelihood == null ? "" : String.format(Locale.ROOT, "%.2f", likelihood)));
    }
    return section.toString();
  }

  /** The same as JSON: by kind, the parameters and the log-likelihood. */
  ObjectNode node() {
    ObjectNode all = JsonNodeFactory.instance.objectNode();
    for (Candidate candidate : fitted) {
      ObjectNode one = all.putObject(candidate.kind());
      ObjectNode parameters = one.putObject("parameters");
      candidate
          .parameters()
          .forEach((name, value) -> parameters.put(name, candidate.isUnknown(name) ? null : value));
      one.put("log_likelihood", candidate.logLikelihood());
    }
    return all;
  }
}
