package dev.patron.pipelines.dataset;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Reads {@code segments}: the names of the RFM segments and their cells. */
final class SegmentsSection {
  private static final Pattern CELL = Pattern.compile("[1-5][1-5]");

  private SegmentsSection() {}

  static Map<String, List<Integer>> read(YamlValue value) {
    YamlMapping names =
        value.openMapping("a mapping from names to cells, such as Champions: [55, 54, 45]");
    Set<Integer> missing = new TreeSet<>();
    for (int r = 1; r <= 5; r++) {
      for (int fm = 1; fm <= 5; fm++) {
        missing.add(10 * r + fm);
      }
    }
    Map<String, List<Integer>> segments = new LinkedHashMap<>();
    names
        .all()
        .forEach(
            (name, cells) -> {
              List<Integer> own = new ArrayList<>();
              for (YamlValue item : cells.items("a list of cells, such as [55, 54, 45]")) {
                own.add(cell(item, missing));
              }
              segments.put(name, List.copyOf(own));
            });
    if (!missing.isEmpty()) {
      throw value.refuse(
          "segments has no name for the cells "
              + Words.list(missing.stream().map(String::valueOf).toList()),
          "every one of the 25 cells 11 to 55 has one name");
    }
    return segments;
  }

  private static int cell(YamlValue item, Set<Integer> missing) {
    String text = item.text("a cell such as 55");
    if (!CELL.matcher(text).matches()) {
      throw item.refuse(
          item.path() + " is " + Words.quote(text),
          "expected the scores of recency and of frequency and money, each 1 to 5, such as 55");
    }
    int cell = Integer.parseInt(text);
    if (!missing.remove(cell)) {
      throw item.refuse(
          item.path() + " names the cell " + cell + " again", "every cell has one name");
    }
    return cell;
  }
}
