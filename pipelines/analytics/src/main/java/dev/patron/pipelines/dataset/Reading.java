package dev.patron.pipelines.dataset;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.yaml.snakeyaml.error.Mark;

/** One reading of one definition: where its words stand, and what is wrong with them. */
final class Reading {
  private final String file;
  private final References references;
  private final List<Refusal> refusals = new ArrayList<>();
  private final Map<String, Place> places = new LinkedHashMap<>();

  Reading(String file, Folder folder, Map<String, String> environment) {
    this.file = file;
    this.references = new References(folder, environment);
  }

  References references() {
    return references;
  }

  Place place(Mark mark) {
    return Place.of(file, mark);
  }

  void remember(String path, Place place) {
    places.put(path, place);
  }

  /** The place of this word, which must have been read. */
  Place placeOf(String path) {
    Place place = places.get(path);
    if (place == null) {
      throw new IllegalStateException("no word was read at " + path);
    }
    return place;
  }

  Places places() {
    return Places.of(places);
  }

  /** Notes a problem; the reading goes on, so that one run shows all of them. */
  void note(Refusal refusal) {
    if (!refusal.isConsequence()) {
      refusals.add(refusal);
    }
  }

  /** What the part gives, or {@code fallback} if it is refused. */
  <T> T attempt(Supplier<T> part, T fallback) {
    try {
      return part.get();
    } catch (Refusal refusal) {
      note(refusal);
      return fallback;
    }
  }

  /** Reads a part that gives nothing. */
  void attempt(Runnable part) {
    try {
      part.run();
    } catch (Refusal refusal) {
      note(refusal);
    }
  }

  /**
   * Ends the reading if anything was refused.
   *
   * @throws DatasetException with every problem, in the order of their places
   */
  void finish() {
    if (!refusals.isEmpty()) {
      throw new DatasetException(
          refusals.stream()
              .sorted(Comparator.comparing(Refusal::place))
              .map(Refusal::line)
              .distinct()
              .toList());
    }
  }
}
