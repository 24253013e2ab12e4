package dev.patron.features.segments;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Names that tell segments apart. Segments of different RFM cells are named after their cells.
 * Several of one cell also say in what they differ: in the one measure that tells even the two
 * nearest of them apart best, for example "Loyal, big spenders" and "Loyal, small spenders".
 */
final class SegmentNames {
  /** By measure: of two the higher and the lower, of three the highest, middle and lowest. */
  private static final String[][] WORDS = {
    {"long away", "recent", "longest away", "away a while", "most recent"},
    {"frequent", "occasional", "most frequent", "fairly frequent", "least frequent"},
    {
      "big spenders", "small spenders", "biggest spenders", "middling spenders", "smallest spenders"
    },
  };

  private static final String[] MEASURE = {"time away", "purchases", "spend"};

  private SegmentNames() {}

  /**
   * Names for segments.
   *
   * @param cells the name of each segment's RFM cell
   * @param kept names that are to stay; null where a name is wanted
   * @param before names that are not given to others than those that keep them
   * @param centroids in z-scores, by segment and measure
   */
  static List<String> of(
      List<String> cells, List<@Nullable String> kept, List<String> before, double[][] centroids) {
    Set<String> taken = new HashSet<>(before);
    for (String name : kept) {
      if (name != null) {
        taken.add(name);
      }
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < centroids.length; i++) {
      String name = kept.get(i);
      if (name == null) {
        name = unused(name(i, cells, centroids), taken);
        taken.add(name);
      }
      names.add(name);
    }
    return names;
  }

  private static String name(int segment, List<String> cells, double[][] centroids) {
    List<Integer> group = new ArrayList<>();
    for (int i = 0; i < centroids.length; i++) {
      if (cells.get(i).equals(cells.get(segment))) {
        group.add(i);
      }
    }
    if (group.size() == 1) {
      return cells.get(segment);
    }
    int measure = mostDifferent(group, centroids);
    int above = 0;
    for (int other : group) {
      above += centroids[other][measure] > centroids[segment][measure] ? 1 : 0;
    }
    String difference =
        switch (group.size()) {
          case 2 -> WORDS[measure][above];
          case 3 -> WORDS[measure][2 + above];
          default ->
              String.format(
                  Locale.ROOT, "%d of %d by %s", above + 1, group.size(), MEASURE[measure]);
        };
    return cells.get(segment) + ", " + difference;
  }

  private static int mostDifferent(List<Integer> group, double[][] centroids) {
    int most = 0;
    double greatest = -1;
    // Money first: where measures differ alike it says most to whoever reads the name.
    for (int measure : new int[] {2, 1, 0}) {
      double[] places = group.stream().mapToDouble(i -> centroids[i][measure]).sorted().toArray();
      double nearest = Double.POSITIVE_INFINITY;
      for (int i = 1; i < places.length; i++) {
        nearest = Math.min(nearest, places[i] - places[i - 1]);
      }
      if (nearest > greatest) {
        greatest = nearest;
        most = measure;
      }
    }
    return most;
  }

  private static String unused(String name, Set<String> taken) {
    String unused = name;
    for (int i = 2; taken.contains(unused); i++) {
      unused = name + " (" + i + ")";
    }
    return unused;
  }
}
