package dev.patron.pipelines.dataset;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** How problems quote and list words, so that each stays one line. */
final class Words {
  private static final int LONGEST = 60;
  private static final int LISTED = 30;

  private Words() {}

  /** The text between single quotes, on one line and not longer than a line. */
  static String quote(String text) {
    StringBuilder line = new StringBuilder("'");
    int end = Math.min(text.length(), LONGEST);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      line.append(Character.isISOControl(c) ? ' ' : c);
    }
    return line.append(text.length() > LONGEST ? "...'" : "'").toString();
  }

  /** {@code a, b, c}, or {@code none}. */
  static String list(Collection<String> words) {
    if (words.isEmpty()) {
      return "none";
    }
    String listed = words.stream().limit(LISTED).collect(Collectors.joining(", "));
    return words.size() <= LISTED ? listed : listed + " and " + (words.size() - LISTED) + " more";
  }

  /** {@code a, b or c}. */
  static String either(List<String> words) {
    int last = words.size() - 1;
    return last == 0
        ? words.get(0)
        : String.join(", ", words.subList(0, last)) + " or " + words.get(last);
  }

  /** The question that proposes the word that was probably meant, or else these words. */
  static String didYouMean(String word, Collection<String> known, String otherwise) {
    Optional<String> near = NearMiss.of(word, known);
    return near.isPresent() ? "did you mean '" + near.get() + "'?" : otherwise;
  }
}
