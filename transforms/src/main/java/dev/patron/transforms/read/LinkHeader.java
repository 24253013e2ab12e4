package dev.patron.transforms.read;

import java.util.Arrays;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The header {@code Link} as <a href="https://www.rfc-editor.org/rfc/rfc8288">RFC 8288</a> has it.
 */
final class LinkHeader {
  // Possessive, as a server may send a header of any length.
  private static final String QUOTED = "\"((?:[^\"\\\\]|\\\\.)*+)\"";

  /** A target and its parameters, up to a comma that is in no quoted text. */
  private static final Pattern LINK = Pattern.compile("<([^>]*)>((?:[^,\"<]|" + QUOTED + ")*+)");

  private static final Pattern PARAMETER =
      Pattern.compile(";\\s*([^\\s=;]+)\\s*(?:=\\s*(?:" + QUOTED + "|([^\";]*)))?");

  private LinkHeader() {}

  /**
   * The target of the first link that leads to the next page; null if there is none.
   *
   * @param isPage whether a reference, as {@code anchor} gives it, is the page itself: a link that
   *     leads on from anything else (section 3.2) is none of the page's
   */
  static @Nullable String next(String header, Predicate<String> isPage) {
    Matcher link = LINK.matcher(header);
    while (link.find()) {
      String types = first("rel", link.group(2));
      String anchor = first("anchor", link.group(2));
      if (types != null
          && Arrays.stream(types.strip().split("\\s+")).anyMatch("next"::equalsIgnoreCase)
          && (anchor == null || isPage.test(anchor.strip()))) {
        return link.group(1);
      }
    }
    return null;
  }

  /** The value of the first parameter of a name, which alone counts; null if there is none. */
  private static @Nullable String first(String name, String parameters) {
    Matcher parameter = PARAMETER.matcher(parameters);
    while (parameter.find()) {
      if (parameter.group(1).equalsIgnoreCase(name)) {
        return parameter.group(2) == null ? parameter.group(3) : parameter.group(2);
      }
    }
    return null;
  }
}
