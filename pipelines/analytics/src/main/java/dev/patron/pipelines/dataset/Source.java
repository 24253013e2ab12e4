package dev.patron.pipelines.dataset;

import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Where the records of a table come from. */
public sealed interface Source extends Serializable
    permits Source.Files, Source.Kafka, Source.Rest {

  /** The kinds of sources; {@code toString} is how a sentence calls them. */
  enum Kind {
    FILES("files"),
    KAFKA("Kafka"),
    REST("pages over HTTP");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  /** Which kind of source this is. */
  Kind kind();

  /**
   * Files named by patterns.
   *
   * @param folder the absolute folder that relative patterns start from: the definition's own
   * @param globs the patterns as they are written, at least one
   */
  record Files(String folder, List<Setting> globs) implements Source {
    private static final Pattern ABSOLUTE = Pattern.compile("(/|[A-Za-z][A-Za-z0-9+.-]+:/).*");

    public Files {
      globs = List.copyOf(globs);
    }

    @Override
    public Kind kind() {
      return Kind.FILES;
    }

    /**
     * The patterns with their folder before them, in the order written; absolute paths and URIs
     * stay as they are. The folder itself is no pattern: where its name may hold characters of
     * patterns, match {@link #globs} within it instead.
     */
    public List<String> locations() {
      return globs.stream()
          .map(Setting::reveal)
          .map(glob -> ABSOLUTE.matcher(glob).matches() ? glob : folder + "/" + glob)
          .toList();
    }
  }

  /**
   * A topic of a Kafka cluster.
   *
   * @param topic its name
   * @param bootstrap the brokers to ask first, {@code host:port,...}
   * @param properties further properties of the consumer, by name; their values never show
   */
  record Kafka(Setting topic, Setting bootstrap, Map<String, Setting> properties)
      implements Source {
    public Kafka {
      properties = inOrder(properties);
    }

    @Override
    public Kind kind() {
      return Kind.KAFKA;
    }
  }

  /**
   * Pages over HTTP.
   *
   * @param url where the pages are
   * @param page the query parameter that asks for a page by its number
   * @param headers what is sent with every request, by name; their values never show
   */
  record Rest(Setting url, String page, Map<String, Setting> headers) implements Source {
    public Rest {
      headers = inOrder(headers);
    }

    @Override
    public Kind kind() {
      return Kind.REST;
    }
  }

  private static Map<String, Setting> inOrder(Map<String, Setting> settings) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }
}
