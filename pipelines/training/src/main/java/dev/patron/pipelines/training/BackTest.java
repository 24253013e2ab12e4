package dev.patron.pipelines.training;

import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.clv.MoneyModels;
import dev.patron.features.clv.Nbd;
import dev.patron.features.clv.PurchaseModels;
import dev.patron.features.evaluate.Accuracy;
import dev.patron.features.evaluate.Bootstrap;
import dev.patron.features.evaluate.Decile;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.purchases.DailyPurchases;
import dev.patron.features.trees.Expectation;
import dev.patron.features.trees.InSeason;
import dev.patron.features.trees.RefinedForecast;
import dev.patron.features.trees.Refinement;
import dev.patron.features.trees.Refinement.Interval;
import dev.patron.features.trees.Refinement.Part;
import dev.patron.features.trees.TreeForecast;
import dev.patron.features.trees.TwoStageTrees;
import dev.patron.pipelines.training.Amounts.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.math3.util.FastMath;
import org.jspecify.annotations.Nullable;

/**
 * Judges every candidate at days of the past, as if nothing later were known, and chooses: the
 * probabilistic models, how much the trees have to say, and whether last year's season counts. The
 * result depends on the rows and the seed alone, not on the order of the rows.
 *
 * <p>A candidate's loss for a target is its {@link Loss} over all tested days together.
 */
public final class BackTest {
  /** Every customer gets what a customer spent on the mean in the window before. */
  static final String MEAN = "mean";

  /** Every customer does what that customer did in the window before. */
  static final String LAST_PERIOD = "last period";

  /** Every customer goes on at the rate, and the mean amount, of all of that customer's past. */
  static final String PAST_RATE = "past rate";

  /** The probabilistic model by the clock of a shop with seasons, where its season is known. */
  static final String IN_SEASON = "in season";

  /** The trees, at the level of the probabilistic model. */
  static final String TREES = "trees";

  /** The probabilistic model and the trees, in the season where one is known and helps. */
  static final String BLEND = "blend";

  private static final double ROUNDING = 1e-9;

  private final OriginPlan plan;
  private final List<OriginRows> rows = new ArrayList<>();
  private final DailyPurchases daily;
  private final long seed;
  private final int mostRows;

  /**
   * A candidate's measures for one target.
   *
   * @param role {@code naive}, {@code probabilistic}, {@code trees}, {@code blend} or {@code
   *     champion}
   * @param chosen whether it is what the training took
   * @param cutoffDay the day; null: all tested days together
   * @param customers how many rows were measured
   * @param coverage the share of customers within the 90 % interval; null where there is none
   * @param intervals null for all days together, whose rows are not independent
   */
  public record Line(
      String candidate,
      String role,
      boolean chosen,
      String target,
      @Nullable Long cutoffDay,
      long windowDays,
      long customers,
      double expectedTotal,
      double actualTotal,
      Accuracy accuracy,
      Bootstrap.@Nullable Intervals intervals,
      @Nullable Double coverage,
      List<Decile> deciles) {}

  /**
   * What was chosen.
   *
   * @param kinds the probabilistic models
   * @param purchaseWeight of the trees, for purchases
   * @param spendWeight of the trees, for spend
   * @param season whether the season of the year before levels the forecast
   * @param mix whether spend is multiplied as {@link SpendMix} says
   * @param width of the interval, as {@link Interval#width}
   * @param reasons why, a sentence each
   */
  public record Choice(
      Kinds kinds,
      double purchaseWeight,
      double spendWeight,
      boolean season,
      boolean mix,
      double width,
      List<String> reasons) {
    public Choice {
      reasons = List.copyOf(reasons);
    }

    /** Whether trees have a say. */
    boolean hasTrees() {
      return purchaseWeight > 0 || spendWeight > 0;
    }
  }

  /**
   * A back-test's result.
   *
   * @param lines of every candidate, target and day; none if the history is too short
   * @param choice what scores
   * @param losses by candidate, over all tested days
   * @param champion how the champion did where it could be judged; null if it could not
   */
  public record Result(
      List<Line> lines, Choice choice, Map<String, Double> losses, @Nullable Duel champion) {

    /** Whether what was chosen is at least as good as the champion, as far as can be judged. */
    public boolean isAsGoodAsChampion() {
      return champion == null || champion.challengerLoss() <= champion.championLoss();
    }
  }

  /**
   * The champion, as it was trained, against what was chosen, on the tested days that the champion
   * had not seen when it was trained.
   */
  public record Duel(String champion, int days, double championLoss, double challengerLoss) {}

  /**
   * A champion that defends its place.
   *
   * @param name as lines call it
   * @param asOfDay the last day that it was trained on
   */
  public record Champion(String name, LifetimeModel model, Refinement refinement, long asOfDay) {}

  /**
   * A back-test.
   *
   * @param frames of {@link dev.patron.features.purchases.RollingOrigin} for the plan's origins
   * @param daily of the same customers
   * @param mostRows how many rows trees learn from at most
   */
  public BackTest(
      OriginPlan plan, Iterable<Frame> frames, DailyPurchases daily, long seed, int mostRows) {
    this.plan = plan;
    this.daily = daily;
    this.seed = seed;
    this.mostRows = mostRows;
    List<List<Frame>> byOrigin = new ArrayList<>();
    plan.origins().forEach(origin -> byOrigin.add(new ArrayList<>()));
    Schema schema = null;
    for (Frame frame : frames) {
      schema = frame.schema();
      LongColumn origin = frame.longs("origin");
      for (int i = 0; i < byOrigin.size(); i++) {
        int wanted = i;
        Frame ofOrigin = frame.filter(row -> origin.get(row) == wanted);
        if (ofOrigin.rows() > 0) {
          byOrigin.get(i).add(ofOrigin);
        }
      }
    }
    if (schema != null) {
      for (int i = 0; i < byOrigin.size(); i++) {
        rows.add(new OriginRows(plan.origins().get(i), Frame.concat(schema, byOrigin.get(i))));
      }
    }
  }

  /**
   * Runs it.
   *
   * @param champion null if there is none
   */
  public Result run(@Nullable Champion champion) {
    TestedDays days = testedDays();
    if (days.isEmpty()) {
      return new Result(
          List.of(),
          new Choice(
              Kinds.DEFAULT,
              0,
              0,
              false,
              false,
              1,
              List.of(
                  plan.tests().isEmpty()
                      ? "the history is too short for a back-test: the defaults are taken"
                      : "before no tested day two customers and a repeat purchase were known, so"
                          + " nothing could be back-tested: the defaults are taken")),
          Map.of(),
          null);
    }
    List<String> reasons = new ArrayList<>();
    Kinds kinds = chooseKinds(days, reasons);
    List<String> ofSeason = new ArrayList<>();
    boolean season = seasonHelps(kinds, ofSeason);
    if (season) {
      findSeasons(days, kinds);
    }
    TestedDays byClock = days.where(TestedDay::isInSeason);
    String base = byClock.isEmpty() ? kinds.candidate() : IN_SEASON;
    Weights weights = Weights.NONE;
    String lack = addTrees(days, kinds, base);
    if (lack == null) {
      // Of days out of season it cannot be learnt what tells customers apart in one.
      weights = Weights.of(byClock.isEmpty() ? days : byClock, base);
      for (TestedDay day : days.days()) {
        day.addBlend(base, weights.purchases(), weights.spend());
      }
      reasons.add(
          String.format(
              Locale.ROOT,
              "trees have a weight of %.2f for purchases and %.2f for spend: the best where it is"
                  + " better than none by more than one standard error, 0 where a quarter is worse"
                  + " than none by more than one, a quarter where the days cannot tell",
              weights.purchases(),
              weights.spend()));
    } else {
      reasons.add(
          "trees have no weight: before a tested day %s in a window that had ended"
              .formatted(lack));
    }
    reasons.addAll(ofSeason);
    boolean mix = mixHelps(days, kinds, base, reasons);
    if (season || mix) {
      days.days().forEach(day -> day.level(base, mix ? mix(day, kinds) : 1));
    }
    Choice drawn = new Choice(kinds, weights.purchases(), weights.spend(), season, mix, 1, reasons);
    TestedIntervals intervals = new TestedIntervals(plan.windowDays(), seed);
    TestedIntervals.Widths widths = intervals.widths(days, drawn, reasons);
    Choice choice =
        new Choice(
            kinds, weights.purchases(), weights.spend(), season, mix, widths.ofAll(), reasons);
    Map<String, Double> losses = new LinkedHashMap<>();
    for (String candidate : days.candidates()) {
      losses.put(candidate, days.loss(candidate));
    }
    String taken = days.have(BLEND) ? BLEND : kinds.candidate();
    BackTestLines measured = new BackTestLines(plan.windowDays(), seed, intervals);
    List<Line> lines = new ArrayList<>(measured.of(days, choice, taken, widths.ofOlder()));
    if (champion == null || champion.model().purchases() == null) {
      return new Result(lines, choice, losses, null);
    }
    TestedDays unseen = days.where(day -> day.day() >= champion.asOfDay());
    Duel duel = duel(unseen, champion, taken);
    lines.addAll(measured.ofChampion(unseen, champion.name()));
    return new Result(lines, choice, losses, duel);
  }

  private TestedDays testedDays() {
    List<TestedDay> days = new ArrayList<>();
    for (OriginPlan.Test test : plan.tests()) {
      if (!rows.isEmpty() && !rows.get(test.origin()).isInsufficient()) {
        TestedDay day = new TestedDay(test, rows.get(test.origin()));
        day.addNaive();
        days.add(day);
      }
    }
    return new TestedDays(days);
  }

  /** Adds the probabilistic candidates, and takes the one with the least loss. */
  private static Kinds chooseKinds(TestedDays days, List<String> reasons) {
    Kinds best = null;
    double least = Double.POSITIVE_INFINITY;
    for (String purchases : PurchaseModels.KINDS) {
      for (String amounts : MoneyModels.KINDS) {
        Kinds kinds = new Kinds(purchases, amounts);
        if (!days.identify(kinds)) {
          continue;
        }
        days.days().forEach(day -> day.add(kinds));
        double loss = days.loss(kinds.candidate());
        if (loss < least) {
          least = loss;
          best = kinds;
        }
      }
    }
    Kinds chosen = best == null ? new Kinds(Nbd.KIND, Kinds.DEFAULT.amounts()) : best;
    reasons.add(
        String.format(
            Locale.ROOT,
            "%s has the least loss of the probabilistic candidates (%.4f) over %d tested days",
            chosen.candidate(),
            least,
            days.size()));
    return chosen;
  }

  /**
   * Finds the seasons of the tested days of which they are known. Where a shop has seasons beyond
   * chance its customers are then forecast by the clock.
   */
  private void findSeasons(TestedDays days, Kinds kinds) {
    for (TestedDay day : days.where(TestedDay::isSeasonKnown).days()) {
      OriginRows origin = day.customers();
      day.setSeason(season(origin.model(kinds), origin, plan.windowDays()));
    }
    if (!days.where(TestedDay::isInSeason).isEmpty()) {
      days.days().forEach(day -> day.addInSeason(kinds));
    }
  }

  /**
   * Adds what trees learnt from earlier windows.
   *
   * @return null; what they lacked at a day where they could not learn, and then none are added
   */
  private @Nullable String addTrees(TestedDays days, Kinds kinds, String base) {
    int most = Math.min(mostRows, TreeTraining.MOST_ROWS_OF_A_TEST);
    for (TestedDay day : days.days()) {
      TreeTraining.Fit fit = learn(kinds, day.learnt(), most);
      TwoStageTrees trees = fit.trees();
      if (trees == null) {
        days.days().forEach(any -> any.remove(TREES));
        return String.valueOf(fit.lack());
      }
      day.add(trees, kinds, base);
    }
    return null;
  }

  /** What the trees have to say of each target, from 0 to 1. */
  private record Weights(double purchases, double spend) {
    static final Weights NONE = new Weights(0, 0);

    static Weights of(TestedDays days, String base) {
      return new Weights(
          days.weighTrees(base, Target.PURCHASES), days.weighTrees(base, Target.SPEND));
    }
  }

  private TreeTraining.Fit learn(Kinds kinds, List<Integer> origins, int most) {
    return new TreeTraining(kinds, seed, most).fit(rows(origins));
  }

  private double mix(TestedDay day, Kinds kinds) {
    return SpendMix.of(kinds, rows(day.learnt()));
  }

  /** Lets the champion forecast the days that it has not seen. */
  private @Nullable Duel duel(TestedDays unseen, Champion champion, String challenger) {
    if (unseen.isEmpty()) {
      return null;
    }
    for (TestedDay day : unseen.days()) {
      Refinement refinement = champion.refinement().later(day.day() - champion.asOfDay());
      Frame forecast =
          new RefinedForecast(champion.model(), refinement, plan.windowDays(), 0, seed)
              .of(day.customers().rows());
      Amounts amounts = new Amounts(forecast.rows());
      for (int row = 0; row < forecast.rows(); row++) {
        amounts.purchases()[row] = forecast.doubles("expected_purchases").get(row);
        amounts.spend()[row] =
            forecast.column("cltv").isNull(row) ? 0 : forecast.doubles("cltv").get(row);
      }
      day.add(champion.name(), amounts);
    }
    return new Duel(
        champion.name(), unseen.size(), unseen.loss(champion.name()), unseen.loss(challenger));
  }

  private Season season(LifetimeModel model, OriginRows origin, long windowDays) {
    return Season.after(model, origin, windowDays, daily);
  }

  private List<OriginRows> rows(List<Integer> origins) {
    return origins.stream().map(rows::get).toList();
  }

  /**
   * Whether the season of a year before brings totals nearer to what they were; or, where the shop
   * has seasons beyond chance, takes them no further away than chance does: the windows that can be
   * judged may lie in months like any other, and the one to come before Christmas.
   */
  private boolean seasonHelps(Kinds kinds, List<String> reasons) {
    double without = 0;
    double with = 0;
    double chance = 0;
    boolean hasSeasons = true;
    int judged = 0;
    for (int place : plan.seasons()) {
      OriginRows origin = rows.get(place);
      if (origin.isInsufficient()) {
        continue;
      }
      LifetimeModel model = origin.model(kinds);
      long window = origin.origin().windowDays();
      Amounts expected = Amounts.of(Expectation.of(model, origin.rows(), window));
      Season season = season(model, origin, window);
      for (Target target : Target.values()) {
        double actual = Amounts.ratio(origin.actual().of(target), expected.of(target));
        without += Math.abs(FastMath.log(actual));
        with += Math.abs(FastMath.log(actual / season.of(target)));
        chance += SeasonClock.chance(Arrays.stream(origin.actual().purchases()).sum());
      }
      hasSeasons &= season.isBeyondChance();
      judged++;
    }
    if (judged == 0 || !plan.isSeasonKnown()) {
      reasons.add("no window one year earlier could be judged: the level is the model's own");
      return false;
    }
    // Where there is no season the two differ by rounding, which decides nothing.
    boolean nearer = without - with > ROUNDING;
    boolean helps = nearer || (hasSeasons && with - without <= chance);
    reasons.add(
        String.format(
            Locale.ROOT,
            "levelling by the season of the year before is %s: totals were off by %.1f %% with it"
                + " and %.1f %% without, over %d windows%s",
            helps ? "taken" : "left out",
            100 * FastMath.expm1(with / (2 * judged)),
            100 * FastMath.expm1(without / (2 * judged)),
            judged,
            helps && !nearer
                ? "; the shop has seasons beyond chance, and chance alone can make that difference"
                : ""));
    return helps;
  }

  /**
   * Whether what windows before a tested day say of the worth of a purchase brings it nearer to
   * what it was then. The level of the day, of which seasons are a part, does not count; but who
   * buys in one part of a year need not be who buys in the rest of it, so that a year must be
   * known.
   */
  private boolean mixHelps(TestedDays days, Kinds kinds, String base, List<String> reasons) {
    if (!plan.isSeasonKnown()) {
      return false;
    }
    double without = 0;
    double with = 0;
    int judged = 0;
    for (TestedDay day : days.days()) {
      double mix = mix(day, kinds);
      Amounts actual = day.actual();
      Amounts expected = day.blended(base);
      double worth =
          FastMath.log(
              Amounts.ratio(actual.of(Target.SPEND), expected.of(Target.SPEND))
                  / Amounts.ratio(actual.of(Target.PURCHASES), expected.of(Target.PURCHASES)));
      if (mix != 1) {
        without += Math.abs(worth);
        with += Math.abs(worth - FastMath.log(mix));
        judged++;
      }
    }
    if (judged == 0) {
      return false;
    }
    boolean helps = with < without;
    reasons.add(
        String.format(
            Locale.ROOT,
            "how much more often those buy who buy for more is %s: a purchase was worth %.1f %% off"
                + " with it and %.1f %% without, over %d windows",
            helps ? "taken" : "left out",
            100 * FastMath.expm1(with / judged),
            100 * FastMath.expm1(without / judged),
            judged));
    return helps;
  }

  /** The trees with the weights of a choice, at the level of a model over these customers. */
  private static Refinement refinement(
      TwoStageTrees trees,
      LifetimeModel model,
      Frame customers,
      @Nullable InSeason inSeason,
      long days,
      Choice choice) {
    TreeForecast forecast = TreeForecast.of(trees, model, customers, inSeason, days);
    Amounts expected = Amounts.of(forecast.expected());
    Amounts byTrees = Amounts.of(forecast);
    return new Refinement(
        trees,
        new Part(
            choice.purchaseWeight(), Amounts.ratio(expected.purchases(), byTrees.purchases()), 1),
        new Part(choice.spendWeight(), Amounts.ratio(expected.spend(), byTrees.spend()), 1));
  }

  /**
   * What scoring adds to a model that is fitted to all that is known by as-of: trees that learnt
   * from windows which have ended by then, at the level of the model over the horizon.
   *
   * @param model of the chosen kinds
   */
  public Refinement refine(LifetimeModel model, Choice choice, long horizonDays) {
    if (model.purchases() == null || rows.isEmpty()) {
      return Refinement.NONE;
    }
    OriginRows now = rows.get(plan.now());
    Season season =
        choice.season() && plan.isSeasonKnown()
            ? season(model, now, horizonDays).fittedTo(now.rows())
            : Season.NONE;
    Refinement refinement = Refinement.NONE;
    if (choice.hasTrees()) {
      TwoStageTrees trees = learn(choice.kinds(), plan.learnt(), mostRows).trees();
      if (trees != null) {
        refinement = refinement(trees, model, now.rows(), season.inSeason(), horizonDays, choice);
      }
    }
    double mix = choice.mix() ? SpendMix.of(choice.kinds(), rows(plan.learnt())) : 1;
    return season.level(refinement, mix, choice.width());
  }

  /** How many customers the newest day has. */
  public int customers() {
    return rows.isEmpty() ? 0 : rows.get(plan.now()).size();
  }

  /** How many rows trees could learn from, and how many of them they learn from at most. */
  int[] rowsToLearn() {
    int offered = plan.learnt().stream().mapToInt(origin -> rows.get(origin).size()).sum();
    return new int[] {offered, Math.min(offered, mostRows)};
  }

  /** What is tested and learnt at which days. */
  OriginPlan plan() {
    return plan;
  }
}
