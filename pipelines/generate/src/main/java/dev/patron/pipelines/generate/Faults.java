package dev.patron.pipelines.generate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * What goes wrong on the way from the shop's database to the files. None of it changes what the
 * tables must hold in the end, but for the truncate, which happens to the database itself.
 *
 * @param late the share of changes and orders that are delivered after newer ones
 * @param duplicate the share of changes and orders that are delivered a second time
 * @param reorder the share of changes that are delivered up to an hour too early or too late
 * @param malformed the chance that a change is followed by a copy of it that nobody can read
 * @param truncate whether both tables are truncated once and then loaded again, most rows in the
 *     same transaction, some a day later, some never
 * @param schema whether the books get a column midway, of integers first and of fractions later
 * @param clock whether the database's clock is three hours slow for two days
 */
public record Faults(
    double late,
    double duplicate,
    double reorder,
    double malformed,
    boolean truncate,
    boolean schema,
    boolean clock) {

  /** What a shop with an ordinary connector sees. */
  public static final Faults USUAL = new Faults(0.02, 0.02, 0.005);

  /** Every record once, in order, and readable. */
  public static final Faults NONE = new Faults(0, 0, 0);

  /** How the faults are written, as in {@code late:0.02,truncate}. */
  public static final String SYNTAX =
      "late:SHARE, duplicate:SHARE, reorder:SHARE, malformed:SHARE, truncate, schema, clock";

  private static final List<String> SHARES = List.of("late", "duplicate", "reorder", "malformed");
  private static final List<String> EVENTS = List.of("truncate", "schema", "clock");

  public Faults {
    requireShare("late", late);
    requireShare("duplicate", duplicate);
    requireShare("reorder", reorder);
    requireShare("malformed", malformed);
  }

  /** The faults that befall whole tables, by name. */
  List<String> events() {
    List<String> events = new ArrayList<>();
    if (truncate) {
      events.add("truncate");
    }
    if (schema) {
      events.add("schema");
    }
    if (clock) {
      events.add("clock");
    }
    return events;
  }

  /** Faults of single records alone. */
  public Faults(double late, double duplicate, double malformed) {
    this(late, duplicate, 0, malformed, false, false, false);
  }

  /**
   * Reads faults as {@link #SYNTAX} has them, or {@code none}; those that are not named do not
   * happen.
   *
   * @throws IllegalArgumentException if the text is something else, saying what
   */
  public static Faults parse(String text) {
    if (text.strip().toLowerCase(Locale.ROOT).equals("none")) {
      return NONE;
    }
    Map<String, Double> shares = new LinkedHashMap<>();
    TreeSet<String> named = new TreeSet<>();
    for (String word : text.split(",", -1)) {
      String[] parts = word.strip().split(":", 2);
      String name = parts[0].strip();
      if (!named.add(name)) {
        throw new IllegalArgumentException("fault '" + name + "' is given twice");
      }
      if (SHARES.contains(name)) {
        shares.put(name, share(name, parts.length == 1 ? "" : parts[1].strip()));
      } else if (!EVENTS.contains(name)) {
        throw new IllegalArgumentException(
            "'%s' is no fault; known are %s, or none".formatted(name, SYNTAX));
      } else if (parts.length > 1) {
        throw new IllegalArgumentException(
            "fault '%s' happens or not; it has no share: write '%s'".formatted(name, name));
      }
    }
    return new Faults(
        shares.getOrDefault("late", 0.0),
        shares.getOrDefault("duplicate", 0.0),
        shares.getOrDefault("reorder", 0.0),
        shares.getOrDefault("malformed", 0.0),
        named.contains("truncate"),
        named.contains("schema"),
        named.contains("clock"));
  }

  /** The faults as {@link #parse} reads them. */
  @Override
  public String toString() {
    List<String> words = new ArrayList<>();
    double[] shares = {late, duplicate, reorder, malformed};
    for (int i = 0; i < shares.length; i++) {
      if (shares[i] > 0) {
        words.add(SHARES.get(i) + ":" + shares[i]);
      }
    }
    words.addAll(events());
    return words.isEmpty() ? "none" : String.join(",", words);
  }

  private static double share(String name, String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "fault '%s' needs a share of the records, as in %s:0.02".formatted(name, name), e);
    }
  }

  private static void requireShare(String name, double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "fault '%s' is %s; it is a share between 0 and 1".formatted(name, share));
    }
  }
}
