package dev.patron.features.clv;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lifetime models fitted to one customer base, each part when it is first asked for and once. Equal
 * cells give equal fits, to the last bit.
 *
 * <p>A model with drop-out is kept where it is better than its own boundary without, {@link Nbd},
 * by more than chance; otherwise drop-out is not identified, P(alive) would be 1 for everybody in
 * all but name, and NBD says so openly. Without a repeat buyer, or with one customer alone, nothing
 * can be said.
 */
public final class LifetimeFits {
  /**
   * How much better in log-likelihood a model with drop-out must be than NBD: half the 95 %
   * quantile of chi-squared with the two degrees of freedom between them.
   */
  static final double DROP_OUT_EVIDENCE = 2.996;

  private final PurchaseCells purchaseCells;
  private final LifetimeCells cells;
  private final @Nullable PurchaseModel near;
  private final Map<String, PurchaseFit> purchases = new HashMap<>();
  private final Map<String, MoneyFit> amounts = new HashMap<>();

  /** Fits to these cells. */
  public LifetimeFits(LifetimeCells cells) {
    this(cells, null);
  }

  /**
   * Fits to these cells.
   *
   * @param near the model of purchases of a customer base that differs little, where the fit of its
   *     kind begins; null: nothing is known
   */
  public LifetimeFits(LifetimeCells cells, @Nullable PurchaseModel near) {
    this.near = near;
    this.cells = cells;
    this.purchaseCells = cells.purchases();
  }

  /**
   * Whether there is enough history to fit anything.
   *
   * @return null if there is, otherwise why there is not
   */
  public @Nullable String insufficient() {
    if (purchaseCells.customers() < 2) {
      return LifetimeModel.INSUFFICIENT_HISTORY
          + "%d customer(s); at least two are needed".formatted(purchaseCells.customers());
    }
    if (purchaseCells.repeatCustomers() == 0) {
      return LifetimeModel.INSUFFICIENT_HISTORY
          + "no customer has bought on a second day, so nothing is known"
          + " about when customers come back";
    }
    return null;
  }

  /**
   * The fit of a model of purchases, whether or not its drop-out is identified.
   *
   * @param kind one of {@link PurchaseModels#KINDS}
   * @throws IllegalStateException if history is insufficient
   */
  public PurchaseFit purchases(String kind) {
    String insufficient = insufficient();
    if (insufficient != null) {
      throw new IllegalStateException(insufficient);
    }
    return purchases.computeIfAbsent(
        kind,
        k ->
            near != null && near.kind().equals(k)
                ? PurchaseFit.near(near, purchaseCells)
                : PurchaseFit.of(k, purchaseCells));
  }

  /**
   * The fit of a model of money.
   *
   * @param kind one of {@link MoneyModels#KINDS}
   */
  public MoneyFit amounts(String kind) {
    return amounts.computeIfAbsent(kind, k -> MoneyFit.of(k, cells.money(MoneyModels.days(k))));
  }

  /**
   * By how much the log-likelihood of a model with drop-out exceeds that of NBD; drop-out is
   * identified above {@value #DROP_OUT_EVIDENCE}.
   */
  public double evidenceOfDropOut(String kind) {
    return purchases(kind).logLikelihood() - purchases(Nbd.KIND).logLikelihood();
  }

  /** Whether customers of this base drop out, as far as this model can tell. */
  public boolean identified(String kind) {
    return !kind.equals(Nbd.KIND) && evidenceOfDropOut(kind) > DROP_OUT_EVIDENCE;
  }

  /**
   * The fit that scores where this kind was asked for: itself, or NBD where it is not identified.
   */
  private PurchaseFit scoring(String kind) {
    return purchases(identified(kind) ? kind : Nbd.KIND);
  }

  /**
   * The model of these two parts alone, with what to fall back to where the data cannot tell, but
   * without notes and standard errors: of cut-offs there are many, and nobody reads what is said of
   * them.
   *
   * @param purchasesKind one of {@link PurchaseModels#KINDS}
   * @param amountsKind one of {@link MoneyModels#KINDS}
   */
  public LifetimeModel model(String purchasesKind, String amountsKind) {
    String insufficient = insufficient();
    return insufficient != null
        ? new LifetimeModel(null, null, List.of(insufficient))
        : new LifetimeModel(
            scoring(purchasesKind).model(), amounts(amountsKind).model(), List.of());
  }

  /**
   * What there is to say of drop-out where this kind was asked for; null where it is identified.
   *
   * <p>Also NBD may be asked for, by a back-test to which only identified kinds are offered. Then
   * the others are fitted too, to say which it was: that there is none, or that it was not chosen.
   */
  private @Nullable String dropOut(String kind) {
    String best = kind;
    if (kind.equals(Nbd.KIND)) {
      best = PurchaseModels.KINDS.get(0);
      for (String other : PurchaseModels.KINDS) {
        if (identified(other)) {
          return String.format(
              Locale.ROOT,
              "NBD knows no drop-out, although %s explains the purchases better (log-likelihood"
                  + " %+.2f): it was chosen for its forecasts; P(alive) is 1 for all",
              other,
              evidenceOfDropOut(other));
        }
        boolean better = evidenceOfDropOut(other) > evidenceOfDropOut(best);
        best = better && !other.equals(Nbd.KIND) ? other : best;
      }
    } else if (identified(kind)) {
      return null;
    }
    return String.format(
        Locale.ROOT,
        "drop-out is not identified: %s explains the purchases no better than NBD"
            + " (log-likelihood %+.2f, more than %.2f is wanted); P(alive) is 1 for all",
        best,
        evidenceOfDropOut(best),
        DROP_OUT_EVIDENCE);
  }

  /**
   * The model of these two parts, with what to fall back to where the data cannot tell, and what a
   * reader must know of it.
   *
   * @param purchasesKind one of {@link PurchaseModels#KINDS}
   * @param amountsKind one of {@link MoneyModels#KINDS}
   */
  public LifetimeFit of(String purchasesKind, String amountsKind) {
    List<String> notes = new ArrayList<>();
    Map<String, Double> logLikelihoods = new LinkedHashMap<>();
    Map<String, @Nullable Double> deviations = new LinkedHashMap<>();
    PurchaseModel purchaseModel = null;
    MoneyModel moneyModel = null;
    String insufficient = insufficient();
    if (insufficient != null) {
      notes.add(insufficient);
    } else {
      PurchaseFit purchaseFit = purchases(purchasesKind);
      logLikelihoods.put(purchasesKind, purchaseFit.logLikelihood());
      logLikelihoods.put(Nbd.KIND, purchases(Nbd.KIND).logLikelihood());
      String dropOut = dropOut(purchasesKind);
      if (dropOut != null) {
        notes.add(dropOut);
        purchaseFit = purchases(Nbd.KIND);
      }
      purchaseModel = purchaseFit.model();
      notes.addAll(purchaseFit.limits());
      deviations.putAll(purchaseFit.deviations());
      MoneyFit moneyFit = amounts(amountsKind);
      moneyModel = moneyFit.model();
      notes.addAll(moneyFit.limits());
      deviations.putAll(moneyFit.deviations());
      Double moneyLikelihood = moneyFit.logLikelihood();
      if (moneyLikelihood != null) {
        logLikelihoods.put(amountsKind, moneyLikelihood);
      }
    }
    return new LifetimeFit(
        new LifetimeModel(
            purchaseModel,
            moneyModel,
            notes,
            standardErrors(purchaseModel, moneyModel, deviations)),
        logLikelihoods,
        deviations,
        purchaseCells.customers(),
        purchaseCells.repeatCustomers(),
        purchaseCells.size());
  }

  /**
   * Whether the data pin a fitted parameter down. Where they do not, its value is one of many that
   * are about as likely, and must not be shown as if it were known.
   *
   * @param deviation the standard error of its logarithm, as fits have it: null at a bound, or
   *     where the likelihood has no proper summit
   */
  public static boolean isIdentified(@Nullable Double deviation) {
    return deviation != null && deviation <= MaximumLikelihood.VAGUE;
  }

  /** By the delta method: the standard error of a logarithm times the value. */
  private static Map<String, Double> standardErrors(
      @Nullable PurchaseModel purchases,
      @Nullable MoneyModel money,
      Map<String, @Nullable Double> deviations) {
    Map<String, Double> values = new LinkedHashMap<>();
    if (purchases != null) {
      values.putAll(purchases.parameters());
    }
    if (money != null) {
      values.putAll(money.parameters());
    }
    Map<String, Double> errors = new LinkedHashMap<>();
    values.forEach(
        (name, value) -> {
          Double deviation = deviations.get(name);
          if (deviation != null && isIdentified(deviation)) {
            errors.put(name, value * deviation);
          }
        });
    return errors;
  }
}
