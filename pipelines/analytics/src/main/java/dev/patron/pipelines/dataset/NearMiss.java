package dev.patron.pipelines.dataset;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that was probably meant. */
public final class NearMiss {
  private NearMiss() {}

  /**
   * The known word nearest to this one, if it is near enough: one edit for words of up to four
   * letters, two above; case, {@code _} and {@code -} count for nothing. The first of equals wins.
   */
  public static Optional<String> of(String word, Collection<String> known) {
    String plain = plain(word);
    String nearest = null;
    int least = (plain.length() <= 4 ? 1 : 2) + 1;
    for (String candidate : known) {
      if (Math.abs(plain.length() - plain(candidate).length()) >= least) {
        continue;
      }
      int distance = distance(plain, plain(candidate));
      if (distance < least && distance < Math.max(plain.length(), 1)) {
        nearest = candidate;
        least = distance;
      }
    }
    return Optional.ofNullable(nearest);
  }

  private static String plain(String word) {
    return word.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
  }

  /** Edits with transpositions of neighbours (optimal string alignment). */
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + change);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
