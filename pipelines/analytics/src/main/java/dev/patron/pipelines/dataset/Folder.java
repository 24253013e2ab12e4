package dev.patron.pipelines.dataset;

import dev.patron.transforms.parquet.HadoopFiles;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/**
 * The folder of a definition, from which relative paths inside it start; absolute paths and URIs
 * stay as they are.
 *
 * @param location an absolute path on a local disk, or the URI of a folder elsewhere
 */
record Folder(String location) {
  private static final Pattern WHOLE = Pattern.compile("(/|[A-Za-z][A-Za-z0-9+.-]+:/).*");

  /** Hosts have brackets of their own: {@code hdfs://[::1]/shop}. */
  private static final Pattern HOST = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+://[^/]*");

  /** The folder that a definition is in. */
  static Folder of(Path definition) {
    Path parent = definition.getParent();
    return new Folder(HadoopFiles.display(parent == null ? definition : parent));
  }

  /** A path inside the definition, with this folder before it if it is relative. */
  String resolve(String path) {
    return WHOLE.matcher(path).matches() ? path : below(location, path);
  }

  /**
   * The same of a pattern. The folder itself is no pattern: characters of patterns in its name
   * stand for themselves.
   */
  String resolvePattern(String glob) {
    return WHOLE.matcher(glob).matches() ? glob : below(escaped(), glob);
  }

  private static String below(String folder, String path) {
    return folder.endsWith("/") ? folder + path : folder + "/" + path;
  }

  private String escaped() {
    Matcher host = HOST.matcher(location);
    int path = host.lookingAt() ? host.end() : 0;
    return location.substring(0, path)
        + location.substring(path).replaceAll("[\\\\*?\\[\\]{},]", "\\\\$0");
  }
}
