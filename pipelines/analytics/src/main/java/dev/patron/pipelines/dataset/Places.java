package dev.patron.pipelines.dataset;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where the words of a definition stand, by their path from its root: {@code purchases.customer},
 * {@code tables.orders.key[0]}.
 */
public final class Places implements Serializable {
  /** The places of a definition that was not read from a file. */
  public static final Places NONE = new Places(Map.of());

  private final LinkedHashMap<String, String> byPath;

  private Places(Map<String, String> byPath) {
    this.byPath = new LinkedHashMap<>(byPath);
  }

  static Places of(Map<String, Place> byPath) {
    Map<String, String> texts = new LinkedHashMap<>();
    byPath.forEach((path, place) -> texts.put(path, place.toString()));
    return new Places(texts);
  }

  /**
   * The place of this word as {@code " at file:line:column"}, ready to follow the words that say
   * what is wrong; of the nearest word around it if it is not in the file, and empty if that is not
   * known either.
   */
  public String at(String path) {
    String inner = path;
    while (true) {
      String place = byPath.get(inner);
      if (place != null) {
        return " at " + place;
      }
      int end = Math.max(inner.lastIndexOf('.'), inner.lastIndexOf('['));
      if (end < 0) {
        return "";
      }
      inner = inner.substring(0, end);
    }
  }

  @Override
  public boolean equals(Object other) {
    return this == other || (other instanceof Places that && byPath.equals(that.byPath));
  }

  @Override
  public int hashCode() {
    return byPath.hashCode();
  }

  @Override
  public String toString() {
    return byPath.size() + " places";
  }
}
