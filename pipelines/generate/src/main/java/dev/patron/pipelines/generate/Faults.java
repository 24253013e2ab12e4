package dev.patron.pipelines.generate;

/**
 * How often deliveries go wrong. None of it changes what the tables must hold in the end.
 *
 * @param late the share of changes and orders that are delivered after newer ones
 * @param duplicate the share of changes and orders that are delivered a second time
 * @param malformed the chance that a change is followed by a copy of it that nobody can read
 */
public record Faults(double late, double duplicate, double malformed) {

  /** What a shop with an ordinary connector sees. */
  public static final Faults USUAL = new Faults(0.02, 0.02, 0.005);

  /** Every record once, in order, and readable. */
  public static final Faults NONE = new Faults(0, 0, 0);

  public Faults {
    requireShare("late", late);
    requireShare("duplicate", duplicate);
    requireShare("malformed", malformed);
  }

  private static void requireShare(String name, double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "fault '%s' is %s; it is a share between 0 and 1".formatted(name, share));
    }
  }
}
