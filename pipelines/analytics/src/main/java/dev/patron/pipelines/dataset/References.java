package dev.patron.pipelines.dataset;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * Puts values in the place of <code>${NAME}</code> (the environment) and <code>${file:PATH}</code>
 * (a mounted secret, a path relative to the definition or a URI; its line breaks at the end do not
 * count). Values are taken as they are: a reference inside a value is not read again.
 */
final class References {
  private static final String OPEN = "${";
  private static final String FILE = "file:";
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final int MAX_SECRET_BYTES = 64 * 1024;

  private final Folder folder;
  private final Map<String, String> environment;

  References(Folder folder, Map<String, String> environment) {
    this.folder = folder;
    this.environment = environment;
  }

  /** Whether this text holds a reference. */
  static boolean has(String text) {
    return text.contains(OPEN);
  }

  /**
   * The value of this text.
   *
   * @param value where it stands, for the refusal of what cannot be resolved
   */
  Setting resolve(String text, YamlValue value) {
    StringBuilder resolved = new StringBuilder();
    int at = 0;
    while (true) {
      int open = text.indexOf(OPEN, at);
      if (open < 0) {
        return new Setting(text, resolved.append(text, at, text.length()).toString());
      }
      int close = text.indexOf('}', open);
      if (close < 0) {
        throw value.refuse(value.path() + " has '${' without '}'", "close it, as in ${NAME}");
      }
      resolved.append(text, at, open);
      String inside = text.substring(open + OPEN.length(), close);
      resolved.append(
          inside.startsWith(FILE)
              ? file(inside.substring(FILE.length()), value)
              : variable(inside, value));
      at = close + 1;
    }
  }

  private String variable(String name, YamlValue value) {
    if (!NAME.matcher(name).matches()) {
      throw value.refuse(
          value.path() + " has " + Words.quote(OPEN + name + "}"),
          "expected ${NAME} for a variable of the environment or ${file:PATH} for a file");
    }
    String found = environment.get(name);
    if (found == null) {
      throw value.refuse(
          value.path() + " needs the environment variable " + name + ", which is not set",
          "set it, or write the value instead of ${" + name + "}");
    }
    return found;
  }

  private String file(String path, YamlValue value) {
    try {
      return TextFile.read(folder.resolve(path), MAX_SECRET_BYTES).replaceFirst("[\\r\\n]+\\z", "");
    } catch (TextFile.Unreadable e) {
      throw value.refuse(
          value.path() + " needs the file " + Words.quote(path) + ", which " + e.why(),
          "${file:PATH} is relative to the definition");
    }
  }
}
