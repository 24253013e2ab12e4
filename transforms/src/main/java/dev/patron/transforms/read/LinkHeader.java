package dev.patron.transforms.read;

import java.util.Arrays;
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

  /** The target of the first link that leads to the next page; null if there is none. */
  static @Nullable String next(String header) {
    Matcher link = LINK.matcher(header);
    while (link.find()) {
      if (isNext(link.group(2))) {
        return link.group(1);
      }
    }
    return null;
  }

  private static boolean isNext(String parameters) {
    Matcher parameter = PARAMETER.matcher(parameters);
    while (parameter.find()) {
      if (parameter.group(1).equalsIgnoreCase("rel")) {
        String types = parameter.group(2) == null ? parameter.group(3) : parameter.group(2);
        // Of several only the first counts.
        return types != null
            && Arrays.stream(types.strip().split("\\s+")).anyMatch("next"::equalsIgnoreCase);
      }
    }
    return false;
  }
}
