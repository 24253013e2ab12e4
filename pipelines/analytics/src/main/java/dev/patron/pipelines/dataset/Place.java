package dev.patron.pipelines.dataset;

import java.util.Comparator;
import org.yaml.snakeyaml.error.Mark;

/**
 * Where a word stands.
 *
 * @param file the file as the user named it
 * @param line from 1
 * @param column from 1
 */
record Place(String file, int line, int column) implements Comparable<Place> {
  private static final Comparator<Place> ORDER =
      Comparator.comparingInt(Place::line).thenComparingInt(Place::column);

  static Place of(String file, Mark mark) {
    return new Place(file, mark.getLine() + 1, mark.getColumn() + 1);
  }

  @Override
  public int compareTo(Place other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
