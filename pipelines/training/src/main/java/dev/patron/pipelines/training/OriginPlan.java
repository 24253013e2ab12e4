package dev.patron.pipelines.training;

import dev.patron.features.purchases.RollingOrigin.Origin;
import java.util.ArrayList;
import java.util.List;

/**
 * At which days of a shop's history models are tested, and from which they learn. Everything that
 * is learnt for a day lies at or before it: the windows whose outcomes trees learn from have ended
 * by then.
 *
 * <p>The window is the horizon, or a third of the history if that is shorter, so that before the
 * newest test there is a window to learn from and history to know customers by. What season a
 * window lies in is known where the same window one year earlier lies within the history.
 */
public final class OriginPlan {
  /** A window shorter than this says nothing. */
  static final long LEAST_WINDOW_DAYS = 14;

  /** Cut-offs are a quarter of a window apart. */
  private static final int STEPS = 4;

  private static final int MOST_LEARNT = 4;
  private static final long YEAR = 365;

  private final long windowDays;
  private final List<Origin> origins = new ArrayList<>();
  private final List<Test> tests = new ArrayList<>();
  private final List<Integer> learnt = new ArrayList<>();
  private final List<Integer> seasons = new ArrayList<>();
  private final int now;

  /**
   * A day that models are tested at; numbers are places in {@link #origins}.
   *
   * @param origin the cut-off with its window
   * @param learnt the earlier origins that trees learn from, the newest first
   * @param isSeasonKnown whether the same window one year earlier lies within the history, and
   *     behind customers to see it by
   */
  record Test(int origin, List<Integer> learnt, boolean isSeasonKnown) {
    Test {
      learnt = List.copyOf(learnt);
    }
  }

  /**
   * The plan for a history.
   *
   * @param firstDay the day of the first purchase
   * @param asOfDay the last day that is known
   * @param horizonDays what is to be forecast
   * @param mostTests how many days are tested at most
   */
  public OriginPlan(long firstDay, long asOfDay, long horizonDays, int mostTests) {
    long history = asOfDay - firstDay;
    long window = Math.min(horizonDays, history / 3) / STEPS * STEPS;
    this.windowDays = window >= LEAST_WINDOW_DAYS ? window : 0;
    this.now = add(new Origin(asOfDay, 0));
    if (windowDays > 0) {
      long step = windowDays / STEPS;
      long earliest = firstDay + windowDays / 2;
      for (int i = 0; i < mostTests; i++) {
        long day = asOfDay - windowDays - i * step;
        List<Integer> earlier = learntBy(day, earliest);
        if (!earlier.isEmpty()) {
          tests.add(
              new Test(
                  add(new Origin(day, windowDays)),
                  earlier,
                  isSeasonKnown(firstDay, day, windowDays)));
        }
      }
      learnt.addAll(learntBy(asOfDay, earliest));
      planSeasons(firstDay, asOfDay, horizonDays, mostTests);
    }
  }

  private List<Integer> learntBy(long day, long earliest) {
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < MOST_LEARNT; i++) {
      long cutoff = day - windowDays - i * (windowDays / STEPS);
      if (cutoff >= earliest) {
        places.add(add(new Origin(cutoff, windowDays)));
      }
    }
    return places;
  }

  private static boolean isSeasonKnown(long firstDay, long day, long window) {
    return window <= YEAR && day - YEAR - firstDay >= window / 2;
  }

  /** Windows that show whether the season of the year before helps. */
  private void planSeasons(long firstDay, long asOfDay, long horizonDays, int mostTests) {
    long window = Math.min(horizonDays, (asOfDay - firstDay - YEAR) / 2);
    if (horizonDays > YEAR || window < 2 * LEAST_WINDOW_DAYS) {
      return;
    }
    for (int i = 0; i < mostTests; i++) {
      long day = asOfDay - window - i * (window / 2);
      if (isSeasonKnown(firstDay, day, window)) {
        seasons.add(add(new Origin(day, window)));
      }
    }
  }

  private int add(Origin origin) {
    int known = origins.indexOf(origin);
    if (known >= 0) {
      return known;
    }
    origins.add(origin);
    return origins.size() - 1;
  }

  /** All days whose rows are needed. */
  public List<Origin> origins() {
    return List.copyOf(origins);
  }

  /** The length of the windows that are tested and learnt; 0 if the history is too short. */
  public long windowDays() {
    return windowDays;
  }

  List<Test> tests() {
    return tests;
  }

  /** What the trees that will score learn from. */
  List<Integer> learnt() {
    return learnt;
  }

  /** Origins whose windows show whether the season of the year before helps. */
  List<Integer> seasons() {
    return seasons;
  }

  /** As-of itself, whose window is not known. */
  int now() {
    return now;
  }

  /** Whether the season of the window that is to be forecast is known. */
  boolean isSeasonKnown() {
    return !seasons.isEmpty();
  }
}
