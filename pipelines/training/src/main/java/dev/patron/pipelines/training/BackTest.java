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

  private static final int RESAMPLES = 100;
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

  /** A tested day, with the forecasts of its candidates. */
  private static final class Day {
    final OriginRows rows;
    final Amounts actual;
    final Map<String, Amounts> forecasts = new LinkedHashMap<>();
    Season season = Season.NONE;
    double mix = 1;

    /** What learnt from earlier windows, at the level of the probabilistic model. */
    Refinement byTrees = Refinement.NONE;

    Day(OriginRows rows) {
      this.rows = rows;
      this.actual = rows.actual();
    }
  }

  /**
   * Runs it.
   *
   * @param champion null if there is none
   */
  public Result run(@Nullable Champion champion) {
    List<OriginPlan.Test> tests = new ArrayList<>();
    for (OriginPlan.Test test : plan.tests()) {
      if (!rows.isEmpty() && !rows.get(test.origin()).isInsufficient()) {
        tests.add(test);
      }
    }
    if (tests.isEmpty()) {
      return new Result(
          List.of(),
          new Choice(
              Kinds.DEFAULT,
              0,
              0,
              false,
              false,
              1,
              List.of("the history is too short for a back-test: the defaults are taken")),
          Map.of(),
          null);
    }
    List<Day> days = new ArrayList<>();
    for (OriginPlan.Test test : tests) {
      Day day = new Day(rows.get(test.origin()));
      naive(day);
      days.add(day);
    }
    List<String> reasons = new ArrayList<>();
    Kinds kinds = chooseKinds(days, reasons);

    List<String> ofSeason = new ArrayList<>();
    boolean season = seasonHelps(kinds, ofSeason);
    if (season) {
      findSeasons(days, tests, kinds);
    }
    List<Day> byClock = days.stream().filter(day -> day.season.inSeason() != null).toList();
    String base = byClock.isEmpty() ? kinds.candidate() : IN_SEASON;

    boolean treesEverywhere = true;
    for (int i = 0; i < days.size() && treesEverywhere; i++) {
      TwoStageTrees fitted =
          learn(kinds, tests.get(i).learnt(), Math.min(mostRows, TreeTraining.MOST_ROWS_OF_A_TEST));
      treesEverywhere = fitted != null;
      if (fitted != null) {
        addTrees(days.get(i), kinds, base, fitted);
      }
    }
    double purchaseWeight = 0;
    double spendWeight = 0;
    if (treesEverywhere) {
      // Of days out of season it cannot be learnt what tells customers apart in one.
      List<Day> judged = byClock.isEmpty() ? days : byClock;
      purchaseWeight = weigh(judged, base, Target.PURCHASES);
      spendWeight = weigh(judged, base, Target.SPEND);
      Part ofPurchases = new Part(purchaseWeight, 1, 1);
      Part ofSpend = new Part(spendWeight, 1, 1);
      for (Day day : days) {
        Amounts plain = forecast(day, base);
        day.forecasts.put(BLEND, plain.blend(forecast(day, TREES), ofPurchases, ofSpend));
      }
      reasons.add(
          String.format(
              Locale.ROOT,
              "trees have a weight of %.2f for purchases and %.2f for spend: the best where it is"
                  + " better than none by more than one standard error, a quarter where the days"
                  + " cannot tell",
              purchaseWeight,
              spendWeight));
    } else {
      days.forEach(day -> day.forecasts.remove(TREES));
      reasons.add(
          "trees have no weight: before a tested day fewer than %d customers are known to have bought"
              .formatted(TreeTraining.FEWEST_BUYERS));
    }
    reasons.addAll(ofSeason);
    boolean mix = mixHelps(days, tests, kinds, base, reasons);
    if (season || mix) {
      level(days, tests, kinds, base, mix);
    }
    Choice drawn = new Choice(kinds, purchaseWeight, spendWeight, season, mix, 1, reasons);
    Widths widths = widths(days, tests, drawn, reasons);
    Choice choice =
        new Choice(kinds, purchaseWeight, spendWeight, season, mix, widths.ofAll(), reasons);
    Map<String, Double> losses = new LinkedHashMap<>();
    for (String candidate : days.get(0).forecasts.keySet()) {
      losses.put(
          candidate, loss(days, candidate, Target.PURCHASES) + loss(days, candidate, Target.SPEND));
    }
    List<Line> lines = lines(days, choice, widths.ofOlder());
    Duel duel = champion == null ? null : duel(days, champion, taken(days, choice), lines);
    return new Result(lines, choice, losses, duel);
  }

  /**
   * Finds the seasons of the tested days of which they are known. Where a shop has seasons beyond
   * chance its customers are then forecast by the clock.
   */
  private void findSeasons(List<Day> days, List<OriginPlan.Test> tests, Kinds kinds) {
    boolean byClock = false;
    for (int i = 0; i < days.size(); i++) {
      Day day = days.get(i);
      if (tests.get(i).isSeasonKnown()) {
        day.season = season(day.rows.model(kinds), day.rows, day.rows.origin().windowDays());
        byClock |= day.season.inSeason() != null;
      }
    }
    if (byClock) {
      for (Day day : days) {
        InSeason inSeason = day.season.inSeason();
        day.forecasts.put(
            IN_SEASON,
            inSeason == null
                ? forecast(day, kinds.candidate())
                : Amounts.of(
                    inSeason.expected(
                        day.rows.model(kinds), day.rows.rows(), day.rows.origin().windowDays())));
      }
    }
  }

  /** Levels what is blended at the tested days, as scoring will. */
  private void level(
      List<Day> days, List<OriginPlan.Test> tests, Kinds kinds, String base, boolean mix) {
    for (int i = 0; i < days.size(); i++) {
      Day day = days.get(i);
      if (mix) {
        day.mix = mix(tests.get(i), kinds);
      }
      Amounts plain = blended(day, base);
      Part ofPurchases = new Part(0, 1, day.season.factor(Target.PURCHASES));
      Part ofSpend = new Part(0, 1, day.season.factor(Target.SPEND), day.mix);
      day.forecasts.put(BLEND, plain.blend(plain, ofPurchases, ofSpend));
    }
  }

  private static Amounts blended(Day day, String base) {
    return forecast(day, day.forecasts.containsKey(BLEND) ? BLEND : base);
  }

  private double mix(OriginPlan.Test test, Kinds kinds) {
    return SpendMix.of(kinds, rows(test.learnt()));
  }

  /** The name of the candidate that scores. */
  private static String taken(List<Day> days, Choice choice) {
    return days.get(0).forecasts.containsKey(BLEND) ? BLEND : choice.kinds().candidate();
  }

  /** Lets the champion forecast the days that it has not seen, and adds its lines. */
  private @Nullable Duel duel(
      List<Day> days, Champion champion, String challenger, List<Line> lines) {
    List<Day> unseen =
        days.stream().filter(day -> day.rows.origin().day() >= champion.asOfDay()).toList();
    if (unseen.isEmpty() || champion.model().purchases() == null) {
      return null;
    }
    for (Day day : unseen) {
      Refinement refinement =
          champion.refinement().later(day.rows.origin().day() - champion.asOfDay());
      Frame forecast =
          new RefinedForecast(champion.model(), refinement, plan.windowDays(), 0, seed)
              .of(day.rows.rows());
      Amounts amounts = new Amounts(forecast.rows());
      for (int row = 0; row < forecast.rows(); row++) {
        amounts.purchases()[row] = forecast.doubles("expected_purchases").get(row);
        amounts.spend()[row] =
            forecast.column("cltv").isNull(row) ? 0 : forecast.doubles("cltv").get(row);
      }
      day.forecasts.put(champion.name(), amounts);
      for (Target target : Target.values()) {
        lines.add(
            line(
                champion.name(),
                "champion",
                false,
                target,
                day.rows.origin().day(),
                amounts.of(target),
                day.actual.of(target),
                new Bootstrap(RESAMPLES, seed),
                null));
      }
    }
    return new Duel(
        champion.name(),
        unseen.size(),
        loss(unseen, champion.name(), Target.PURCHASES)
            + loss(unseen, champion.name(), Target.SPEND),
        loss(unseen, challenger, Target.PURCHASES) + loss(unseen, challenger, Target.SPEND));
  }

  private @Nullable TwoStageTrees learn(Kinds kinds, List<Integer> origins, int most) {
    return new TreeTraining(kinds, seed, most).fit(rows(origins)).trees();
  }

  private static Amounts forecast(Day day, String candidate) {
    Amounts forecast = day.forecasts.get(candidate);
    if (forecast == null) {
      throw new IllegalStateException("no forecast of " + candidate);
    }
    return forecast;
  }

  private static void naive(Day day) {
    Amounts past = day.rows.past();
    int size = day.rows.size();
    double[] meanPurchases = new double[size];
    double[] meanSpend = new double[size];
    Arrays.fill(meanPurchases, Arrays.stream(past.purchases()).sum() / size);
    Arrays.fill(meanSpend, Arrays.stream(past.spend()).sum() / size);
    day.forecasts.put(MEAN, new Amounts(meanPurchases, meanSpend));
    day.forecasts.put(LAST_PERIOD, past);
    double window = day.rows.origin().windowDays();
    double[] rate = new double[size];
    double[] spend = new double[size];
    for (int row = 0; row < size; row++) {
      rate[row] =
          day.rows.rows().longs("repeat_purchases").get(row)
              / (day.rows.rows().longs("tenure_days").get(row) + 1.0)
              * window;
      spend[row] = rate[row] * day.rows.rows().doubles("mean_amount").get(row);
    }
    day.forecasts.put(PAST_RATE, new Amounts(rate, spend));
  }

  /** Adds the probabilistic candidates, and takes the one with the least loss. */
  private static Kinds chooseKinds(List<Day> days, List<String> reasons) {
    Kinds best = null;
    double least = Double.POSITIVE_INFINITY;
    for (String purchases : PurchaseModels.KINDS) {
      for (String amounts : MoneyModels.KINDS) {
        Kinds kinds = new Kinds(purchases, amounts);
        if (!identified(days, kinds)) {
          continue;
        }
        for (Day day : days) {
          Expectation expected =
              Expectation.of(
                  day.rows.model(kinds), day.rows.rows(), day.rows.origin().windowDays());
          day.forecasts.put(kinds.candidate(), Amounts.of(expected));
        }
        double loss =
            loss(days, kinds.candidate(), Target.PURCHASES)
                + loss(days, kinds.candidate(), Target.SPEND);
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

  /** Whether the data can tell this model from its boundary at every tested day. */
  private static boolean identified(List<Day> days, Kinds kinds) {
    return days.stream().allMatch(day -> day.rows.model(kinds).kind().equals(kinds.purchases()));
  }

  private static void addTrees(Day day, Kinds kinds, String candidate, TwoStageTrees trees) {
    Amounts base = forecast(day, candidate);
    Amounts raw =
        Amounts.of(
            TreeForecast.of(
                trees,
                day.rows.model(kinds),
                day.rows.rows(),
                day.season.inSeason(),
                trees.windowDays()));
    day.byTrees =
        new Refinement(
            trees,
            new Part(1, Amounts.ratio(base.purchases(), raw.purchases()), 1),
            new Part(1, Amounts.ratio(base.spend(), raw.spend()), 1));
    day.forecasts.put(
        TREES,
        new Amounts(day.rows.size()).blend(raw, day.byTrees.purchases(), day.byTrees.spend()));
  }

  private static Amounts pooled(List<Day> days, String candidate) {
    return Amounts.pool(days.stream().map(day -> forecast(day, candidate)).toList());
  }

  private static Amounts actual(List<Day> days) {
    return Amounts.pool(days.stream().map(day -> day.actual).toList());
  }

  private static double loss(List<Day> days, String candidate, Target target) {
    double[] actual = actual(days).of(target);
    return Loss.of(pooled(days, candidate).of(target), pooled(days, MEAN).of(target), actual);
  }

  private static double weigh(List<Day> days, String base, Target target) {
    return TreeWeight.of(
        pooled(days, base).of(target),
        pooled(days, TREES).of(target),
        pooled(days, MEAN).of(target),
        actual(days).of(target));
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
    boolean helps = without - with > ROUNDING || (hasSeasons && with - without <= chance);
    reasons.add(
        String.format(
            Locale.ROOT,
            "levelling by the season of the year before is %s: totals were off by %.1f %% with it"
                + " and %.1f %% without, over %d windows",
            helps ? "taken" : "left out",
            100 * FastMath.expm1(with / (2 * judged)),
            100 * FastMath.expm1(without / (2 * judged)),
            judged));
    return helps;
  }

  /**
   * Whether what windows before a tested day say of the worth of a purchase brings it nearer to
   * what it was then. The level of the day, of which seasons are a part, does not count; but who
   * buys in one part of a year need not be who buys in the rest of it, so that a year must be
   * known.
   */
  private boolean mixHelps(
      List<Day> days, List<OriginPlan.Test> tests, Kinds kinds, String base, List<String> reasons) {
    if (!plan.isSeasonKnown()) {
      return false;
    }
    double without = 0;
    double with = 0;
    int judged = 0;
    for (int i = 0; i < days.size(); i++) {
      Day day = days.get(i);
      double mix = mix(tests.get(i), kinds);
      Amounts expected = blended(day, base);
      double worth =
          FastMath.log(
              Amounts.ratio(day.actual.of(Target.SPEND), expected.of(Target.SPEND))
                  / Amounts.ratio(day.actual.of(Target.PURCHASES), expected.of(Target.PURCHASES)));
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

  private List<Line> lines(List<Day> days, Choice choice, double width) {
    List<Line> lines = new ArrayList<>();
    Bootstrap bootstrap = new Bootstrap(RESAMPLES, seed);
    String taken = taken(days, choice);
    for (String candidate : days.get(0).forecasts.keySet()) {
      String role = role(candidate);
      for (Target target : Target.values()) {
        for (int i = 0; i < days.size(); i++) {
          Day day = days.get(i);
          Double coverage = null;
          if (i == 0 && target == Target.SPEND) {
            if (candidate.equals(taken)) {
              coverage = coverage(needed(day, choice), width);
            } else if (candidate.equals(choice.kinds().candidate())) {
              coverage = coverage(needed(day, choice.kinds(), Refinement.NONE), 1);
            }
          }
          lines.add(
              line(
                  candidate,
                  role,
                  candidate.equals(taken),
                  target,
                  day.rows.origin().day(),
                  forecast(day, candidate).of(target),
                  day.actual.of(target),
                  bootstrap,
                  coverage));
        }
        lines.add(
            line(
                candidate,
                role,
                candidate.equals(taken),
                target,
                null,
                pooled(days, candidate).of(target),
                actual(days).of(target),
                null,
                null));
      }
    }
    return lines;
  }

  private static String role(String candidate) {
    return switch (candidate) {
      case MEAN, LAST_PERIOD, PAST_RATE -> "naive";
      case TREES -> "trees";
      case BLEND -> "blend";
      default -> "probabilistic";
    };
  }

  private Line line(
      String candidate,
      String role,
      boolean chosen,
      Target target,
      @Nullable Long day,
      double[] expected,
      double[] actual,
      @Nullable Bootstrap bootstrap,
      @Nullable Double coverage) {
    return new Line(
        candidate,
        role,
        chosen,
        target.word(),
        day,
        plan.windowDays(),
        expected.length,
        Arrays.stream(expected).sum(),
        Arrays.stream(actual).sum(),
        Accuracy.of(expected, actual),
        bootstrap == null ? null : bootstrap.of(expected, actual),
        coverage,
        Decile.of(expected, actual));
  }

  /**
   * How wide intervals must be.
   *
   * @param ofAll as all tested days say
   * @param ofOlder as all but the newest say, by which that one can be judged
   */
  private record Widths(double ofAll, double ofOlder) {}

  /** Of days out of season nothing is learnt where the season is known at others. */
  private Widths widths(
      List<Day> days, List<OriginPlan.Test> tests, Choice choice, List<String> reasons) {
    boolean inSeason = choice.season() && tests.stream().anyMatch(OriginPlan.Test::isSeasonKnown);
    List<double[]> needed = new ArrayList<>();
    List<double[]> ofOlder = new ArrayList<>();
    for (int i = 0; i < days.size(); i++) {
      double[] ofDay = needed(days.get(i), choice);
      if (ofDay != null && (!inSeason || tests.get(i).isSeasonKnown())) {
        needed.add(ofDay);
        if (i > 0) {
          ofOlder.add(ofDay);
        }
      }
    }
    double width = IntervalWidth.of(needed);
    if (!needed.isEmpty()) {
      double held = 100 * IntervalWidth.covered(IntervalWidth.pool(needed), 1);
      reasons.add(
          String.format(
                  Locale.ROOT,
                  "the 90 %% interval, as drawn, held %.1f %% of the customers: ",
                  held)
              + (width == 1
                  ? "it stays as it is"
                  : String.format(
                      Locale.ROOT,
                      "its upper end is multiplied by %.3f and its lower one divided by it",
                      width)));
    }
    return new Widths(width, ofOlder.isEmpty() ? width : IntervalWidth.of(ofOlder));
  }

  /** What width the customers of a day need of the interval that scores; null without money. */
  private double @Nullable [] needed(Day day, Choice choice) {
    boolean isBlend = choice.purchaseWeight() > 0 || choice.spendWeight() > 0;
    Refinement refinement =
        new Refinement(
            isBlend ? day.byTrees.trees() : null,
            new Part(choice.purchaseWeight(), day.byTrees.purchases().level(), 1),
            new Part(choice.spendWeight(), day.byTrees.spend().level(), 1));
    return needed(day, choice.kinds(), levelled(refinement, day.season, day.mix, 1));
  }

  /** Customers evenly spaced are enough to know a share by. */
  private double @Nullable [] needed(Day day, Kinds kinds, Refinement refinement) {
    LifetimeModel model = day.rows.model(kinds);
    if (model.money() == null) {
      return null;
    }
    Frame some = OriginRows.some(day.rows.rows());
    return IntervalWidth.needed(
        new RefinedForecast(model, refinement, plan.windowDays(), 0, seed).of(some),
        some.doubles("actual_spend"));
  }

  private static @Nullable Double coverage(double @Nullable [] needed, double width) {
    return needed == null ? null : IntervalWidth.covered(needed, width);
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
    if (choice.purchaseWeight() > 0 || choice.spendWeight() > 0) {
      TwoStageTrees trees = learn(choice.kinds(), plan.learnt(), mostRows);
      if (trees != null) {
        refinement = refinement(trees, model, now.rows(), season.inSeason(), horizonDays, choice);
      }
    }
    double mix = choice.mix() ? SpendMix.of(choice.kinds(), rows(plan.learnt())) : 1;
    return levelled(refinement, season, mix, choice.width());
  }

  private static Refinement levelled(
      Refinement refinement, Season season, double mix, double width) {
    Part purchases = refinement.purchases();
    Part spend = refinement.spend();
    return new Refinement(
        refinement.trees(),
        new Part(purchases.weight(), purchases.level(), season.factor(Target.PURCHASES)),
        new Part(spend.weight(), spend.level(), season.factor(Target.SPEND), mix),
        new Interval(season.factor(Target.PURCHASES), width),
        season.inSeason());
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
