package dev.patron.pipelines.dataset;

import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
   * @param folder the folder that relative patterns start from, the definition's own: an absolute
   *     path, or a URI
   * @param globs the patterns as they are written, at least one
   */
  record Files(String folder, List<Setting> globs) implements Source {
    public Files {
      globs = List.copyOf(globs);
    }

    @Override
    public Kind kind() {
      return Kind.FILES;
    }

    /**
     * The patterns with their folder before them, in the order written; absolute paths and URIs
     * stay as they are. The folder itself is no pattern: characters of patterns in its name stand
     * for themselves.
     */
    public List<String> locations() {
      return globs.stream().map(Setting::reveal).map(new Folder(folder)::resolvePattern).toList();
    }
  }

  /**
   * Topics of a Kafka cluster.
   *
   * @param topics their names, at least one
   * @param bootstrap the brokers to ask first, {@code host:port,...}
   * @param properties further properties of Kafka's clients, by name; their values never show
   * @param skipExpired whether to go on where records expired before they were read
   */
  record Kafka(
      List<Setting> topics, Setting bootstrap, Map<String, Setting> properties, boolean skipExpired)
      implements Source {
    public Kafka {
      topics = List.copyOf(topics);
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
   * @param url where the first page is
   * @param page how one page leads to the next
   * @param headers what is sent with every request, by name; their values never show
   */
  record Rest(Setting url, Page page, Map<String, Setting> headers) implements Source {

    /**
     * How pages are made.
     *
     * @param cursor which field of a page says what comes next, by name or, within others, as
     *     {@code meta.next}; null: the header {@code Link} with {@code rel="next"} says it
     * @param parameter the query parameter that takes the cursor
     * @param records which field of a page holds the records; null: the page is the records, as
     *     lines or as one array
     */
    public record Page(@Nullable String cursor, String parameter, @Nullable String records)
        implements Serializable {
      /** By the header {@code Link}. */
      public static final Page LINK = new Page(null, "cursor", null);
    }

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
