package dev.patron.features.rfm;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Names for the 25 cells of R and FM, where FM is the mean of the F and M scores rounded half up.
 * Immutable.
 */
public final class RfmSegments implements Serializable {

  /** The 11-segment map that is in common use, see {@link #of} for how a cell is written. */
  public static final RfmSegments STANDARD =
      of(
          new String[][] {
            {"Champions", "55", "54", "45"},
            {"Loyal", "53", "44", "35", "34"},
            {"Potential Loyalists", "52", "42", "33", "43"},
            {"Recent", "51"},
            {"Promising", "41", "31"},
            {"Needing Attention", "32", "23", "22"},
            {"About to Sleep", "21"},
            {"At Risk", "25", "24", "13"},
            {"Cannot Lose Them", "15", "14"},
            {"Hibernating", "12"},
            {"Lost", "11"},
          });

  private final String[] names;

  private RfmSegments(String[] names) {
    this.names = names;
  }

  private static RfmSegments of(String[][] rows) {
    Map<String, List<String>> cells = new LinkedHashMap<>();
    for (String[] row : rows) {
      cells.put(row[0], List.of(row).subList(1, row.length));
    }
    return of(cells);
  }

  /**
   * Names for cells.
   *
   * @param cells for each name its cells, each written as two digits from 1 to 5: R, then FM
   * @throws IllegalArgumentException unless every one of the 25 cells is named exactly once
   */
  public static RfmSegments of(Map<String, List<String>> cells) {
    String[] names = new String[25];
    cells.forEach(
        (name, ofName) -> {
          for (String cell : ofName) {
            if (!cell.matches("[1-5][1-5]")) {
              throw new IllegalArgumentException(
                  "RFM segment '%s': cell '%s' is not two digits from 1 to 5 (R, then FM)"
                      .formatted(name, cell));
            }
            int at = position(cell.charAt(0) - '0', cell.charAt(1) - '0');
            if (names[at] != null) {
              throw new IllegalArgumentException(
                  "RFM cell %s is named twice: '%s' and '%s'".formatted(cell, names[at], name));
            }
            names[at] = name;
          }
        });
    List<String> missing = new ArrayList<>();
    for (int r = 1; r <= 5; r++) {
      for (int fm = 1; fm <= 5; fm++) {
        if (names[position(r, fm)] == null) {
          missing.add("" + r + fm);
        }
      }
    }
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException("RFM cells without a name: " + missing);
    }
    return new RfmSegments(names);
  }

  /** The mean of two scores, rounded half up. */
  public static int fm(int fScore, int mScore) {
    return (fScore + mScore + 1) / 2;
  }

  /** The name of the customer with these scores, each from 1 to 5. */
  public String name(int rScore, int fScore, int mScore) {
    return names[position(rScore, fm(fScore, mScore))];
  }

  /**
   * The names and their cells, as {@link #of} takes them; names in the order of their best cell.
   */
  public Map<String, List<String>> cells() {
    Map<String, List<String>> cells = new LinkedHashMap<>();
    for (int r = 5; r >= 1; r--) {
      for (int fm = 5; fm >= 1; fm--) {
        cells.computeIfAbsent(names[position(r, fm)], name -> new ArrayList<>()).add("" + r + fm);
      }
    }
    return cells;
  }

  private static int position(int r, int fm) {
    return (r - 1) * 5 + fm - 1;
  }
}
