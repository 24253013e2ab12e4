package dev.patron.pipelines.dataset;

/**
 * Ends the reading of one part of a definition. Caught by {@link Reading#attempt}, which goes on
 * with the next part.
 */
final class Refusal extends RuntimeException {
  private final Place place;
  private final boolean consequence;

  private Refusal(Place place, String line, boolean consequence) {
    super(line, null, false, false);
    this.place = place;
    this.consequence = consequence;
  }

  static Refusal of(Place place, String problem, String advice) {
    return new Refusal(place, problem + " at " + place + "; " + advice, false);
  }

  /** A refusal that only follows from a problem already reported, and is not reported itself. */
  static Refusal consequence(Place place) {
    return new Refusal(place, "", true);
  }

  Place place() {
    return place;
  }

  boolean isConsequence() {
    return consequence;
  }

  /** The whole line: what, where, what to do. */
  String line() {
    return String.valueOf(getMessage());
  }
}
