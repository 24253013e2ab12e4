package dev.patron.pipelines.training;

import dev.patron.features.frame.Frame;
import dev.patron.features.trees.Expectation;
import dev.patron.features.trees.InSeason;
import dev.patron.features.trees.Refinement;
import dev.patron.features.trees.Refinement.Part;
import dev.patron.features.trees.TreeForecast;
import dev.patron.features.trees.TwoStageTrees;
import dev.patron.pipelines.training.Amounts.Target;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A tested day: its customers, what they did then, and what each candidate forecast of it. */
final class TestedDay {
  private final OriginPlan.Test test;
  private final OriginRows customers;
  private final Amounts actual;
  private final Map<String, Amounts> forecasts = new LinkedHashMap<>();
  private Season season = Season.NONE;
  private double mix = 1;

  /** What learnt from earlier windows, at the level of the probabilistic model. */
  private Refinement byTrees = Refinement.NONE;

  TestedDay(OriginPlan.Test test, OriginRows customers) {
    this.test = test;
    this.customers = customers;
    this.actual = customers.actual();
  }

  long day() {
    return customers.origin().day();
  }

  private long windowDays() {
    return customers.origin().windowDays();
  }

  OriginRows customers() {
    return customers;
  }

  /** Earlier origins whose windows had ended by then. */
  List<Integer> learnt() {
    return test.learnt();
  }

  boolean isSeasonKnown() {
    return test.isSeasonKnown();
  }

  /** Whether its customers are forecast by the clock. */
  boolean isInSeason() {
    return season.inSeason() != null;
  }

  Season season() {
    return season;
  }

  void setSeason(Season season) {
    this.season = season;
  }

  double mix() {
    return mix;
  }

  Refinement byTrees() {
    return byTrees;
  }

  Amounts actual() {
    return actual;
  }

  // ---- Candidates

  /** In the order in which they came. */
  List<String> candidates() {
    return List.copyOf(forecasts.keySet());
  }

  boolean has(String candidate) {
    return forecasts.containsKey(candidate);
  }

  Amounts forecast(String candidate) {
    Amounts forecast = forecasts.get(candidate);
    if (forecast == null) {
      throw new IllegalStateException("no forecast of " + candidate);
    }
    return forecast;
  }

  void add(String candidate, Amounts forecast) {
    forecasts.put(candidate, forecast);
  }

  void remove(String candidate) {
    forecasts.remove(candidate);
  }

  /** Adds those who know no model. */
  void addNaive() {
    Amounts past = customers.past();
    Frame rows = customers.rows();
    int size = customers.size();
    double[] meanPurchases = new double[size];
    double[] meanSpend = new double[size];
    Arrays.fill(meanPurchases, Arrays.stream(past.purchases()).sum() / size);
    Arrays.fill(meanSpend, Arrays.stream(past.spend()).sum() / size);
    add(BackTest.MEAN, new Amounts(meanPurchases, meanSpend));
    add(BackTest.LAST_PERIOD, past);
    double window = windowDays();
    double[] rate = new double[size];
    double[] spend = new double[size];
    for (int row = 0; row < size; row++) {
      rate[row] =
          rows.longs("repeat_purchases").get(row)
              / (rows.longs("tenure_days").get(row) + 1.0)
              * window;
      spend[row] = rate[row] * rows.doubles("mean_amount").get(row);
    }
    add(BackTest.PAST_RATE, new Amounts(rate, spend));
  }

  void add(Kinds kinds) {
    add(
        kinds.candidate(),
        Amounts.of(Expectation.of(customers.model(kinds), customers.rows(), windowDays())));
  }

  /** Forecasts its customers by the clock, or by the calendar where there is none. */
  void addInSeason(Kinds kinds) {
    InSeason inSeason = season.inSeason();
    add(
        BackTest.IN_SEASON,
        inSeason == null
            ? forecast(kinds.candidate())
            : Amounts.of(
                inSeason.expected(customers.model(kinds), customers.rows(), windowDays())));
  }

  /** Adds trees at the level of a candidate. */
  void add(TwoStageTrees trees, Kinds kinds, String base) {
    Amounts level = forecast(base);
    Amounts raw =
        Amounts.of(
            TreeForecast.of(
                trees,
                customers.model(kinds),
                customers.rows(),
                season.inSeason(),
                trees.windowDays()));
    byTrees =
        new Refinement(
            trees,
            new Part(1, Amounts.ratio(level.purchases(), raw.purchases()), 1),
            new Part(1, Amounts.ratio(level.spend(), raw.spend()), 1));
    add(
        BackTest.TREES,
        new Amounts(customers.size()).blend(raw, byTrees.purchases(), byTrees.spend()));
  }

  /** Blends a candidate with the trees. */
  void addBlend(String base, double purchaseWeight, double spendWeight) {
    add(
        BackTest.BLEND,
        forecast(base)
            .blend(
                forecast(BackTest.TREES),
                new Part(purchaseWeight, 1, 1),
                new Part(spendWeight, 1, 1)));
  }

  /** What scores where nothing is levelled: the blend, or the candidate where trees have no say. */
  Amounts blended(String base) {
    return forecast(has(BackTest.BLEND) ? BackTest.BLEND : base);
  }

  /** Levels what is blended, as scoring will. */
  void level(String base, double mix) {
    this.mix = mix;
    Amounts plain = blended(base);
    Part ofPurchases = new Part(0, 1, season.factor(Target.PURCHASES));
    Part ofSpend = new Part(0, 1, season.factor(Target.SPEND), mix);
    add(BackTest.BLEND, plain.blend(plain, ofPurchases, ofSpend));
  }
}
